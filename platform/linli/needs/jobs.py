"""What time does with needs."""

from datetime import datetime, timedelta

from linli.core.db import Database
from linli.core.jobs import Job
from linli.needs import actions


async def move_on(database: Database, now: datetime) -> int:
    async with database.transaction() as session:
        return await actions.move_on(session, now=now)


async def tell_overdue(database: Database, now: datetime) -> int:
    async with database.transaction() as session:
        return await actions.tell_overdue(session, now=now)


JOBS = (
    Job("needs.move_on", timedelta(minutes=1), move_on),
    Job("needs.tell_overdue", timedelta(minutes=1), tell_overdue),
)
