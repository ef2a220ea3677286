"""The waves that follow the first one, and the end of all of them."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.db import Database
from linli.core.jobs import Job
from linli.waves.actions import look_after
from linli.waves.due import find_due
from linli.waves.together import read_due

AT_ONCE: Final = 100


async def look_after_due(database: Database, now: datetime) -> int:
    """Whom all of them ask is decided at once; then each has a transaction of its own.

    What one has sent is kept, whatever becomes of the next.
    """
    async with database.session(writes=False) as session:
        due = await find_due(session, now=now, limit=AT_ONCE)
        read = await read_due(session, [each.asking_id for each in due], now=now) if due else None
    if read is None:
        return 0
    decided = await asyncio.to_thread(read.decide)
    done = 0
    for each in due:
        async with database.transaction() as session:
            done += await look_after(session, due=each, decided=decided, now=now)
    return done


async def has_due(session: AsyncSession, now: datetime) -> bool:
    return bool(await find_due(session, now=now, limit=1))


JOBS: Final = (Job("waves.look_after", timedelta(seconds=15), look_after_due, has_due),)
