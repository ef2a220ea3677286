"""Invitations and applications that nobody answered in time end by themselves."""

from datetime import datetime, timedelta

from linli.core.db import Database
from linli.core.jobs import Job
from linli.participation import actions


async def expire_due(database: Database, now: datetime) -> int:
    async with database.transaction() as session:
        return await actions.expire_due(session, now=now)


JOBS = (Job("participation.expire", timedelta(seconds=30), expire_due),)
