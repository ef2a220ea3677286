"""Files of rosters are forgotten in their time."""

from datetime import datetime, timedelta
from typing import Final

from linli.core.db import Database
from linli.core.jobs import Job
from linli.rosters.actions import forget_old_imports


async def forget_old(database: Database, now: datetime) -> int:
    async with database.transaction() as session:
        return await forget_old_imports(session, now=now)


JOBS: Final = (Job("rosters.forget_old", timedelta(hours=1), forget_old),)
