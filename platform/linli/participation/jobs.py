"""What nobody answered ends by itself; people hear whether a bureau vouches for who asks."""

from datetime import datetime, timedelta

from linli.core.db import Database
from linli.core.jobs import Job
from linli.participation import actions
from linli.participation.together import actions as together


async def expire_due(database: Database, now: datetime) -> int:
    async with database.transaction() as session:
        return await actions.expire_due(session, now=now)


async def tell_of_marks(database: Database, now: datetime) -> int:
    async with database.transaction() as session:
        return await actions.tell_of_marks(session, now=now)


async def end_groups(database: Database, now: datetime) -> int:
    async with database.transaction() as session:
        return await together.end_expired(session, now=now)


async def forget_groups(database: Database, now: datetime) -> int:
    async with database.transaction() as session:
        return await together.forget_old(session, now=now)


JOBS = (
    Job("participation.expire", timedelta(seconds=30), expire_due),
    Job("participation.tell_of_marks", timedelta(minutes=1), tell_of_marks),
    Job("participation.end_groups", timedelta(minutes=1), end_groups),
    Job("participation.forget_groups", timedelta(hours=1), forget_groups),
)
