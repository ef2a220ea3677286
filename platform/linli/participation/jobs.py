"""What nobody answered ends by itself; people hear whether a bureau vouches for who asks."""

from datetime import datetime, timedelta

from linli.core.db import Database
from linli.core.jobs import Job
from linli.participation import actions
from linli.participation.asking.queries import gone_silent
from linli.participation.together import actions as together
from linli.volunteers.asking.actions import leave_alone

AT_ONCE = 100


async def expire_due(database: Database, now: datetime) -> int:
    async with database.transaction() as session:
        return await actions.expire_due(session, now=now)


async def decide_due(database: Database, now: datetime) -> int:
    """Needs that take place only if all places are filled, and whose time for that is over."""
    async with database.transaction() as session:
        return await actions.decide_due(session, now=now)


async def tell_of_marks(database: Database, now: datetime) -> int:
    async with database.transaction() as session:
        return await actions.tell_of_marks(session, now=now)


async def end_groups(database: Database, now: datetime) -> int:
    async with database.transaction() as session:
        return await together.end_expired(session, now=now)


async def forget_groups(database: Database, now: datetime) -> int:
    async with database.transaction() as session:
        return await together.forget_old(session, now=now)


async def leave_silent_alone(database: Database, now: datetime) -> int:
    """Who let two questions in a row run out is asked nothing by itself, and once whether to go on."""
    async with database.transaction() as session:
        silent = await gone_silent(session, now=now, limit=AT_ONCE)
        for account in silent:
            await leave_alone(session, account=account, now=now)
        return len(silent)


JOBS = (
    Job("participation.expire", timedelta(seconds=30), expire_due),
    Job("participation.leave_silent_alone", timedelta(minutes=1), leave_silent_alone),
    Job("participation.decide", timedelta(minutes=1), decide_due),
    Job("participation.tell_of_marks", timedelta(minutes=1), tell_of_marks),
    Job("participation.end_groups", timedelta(minutes=1), end_groups),
    Job("participation.forget_groups", timedelta(hours=1), forget_groups),
)
