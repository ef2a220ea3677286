"""What time does with organizations."""

from datetime import datetime, timedelta
from typing import Final

from linli.core import i18n
from linli.core.db import Database
from linli.core.jobs import Job
from linli.organizations import actions


async def tell_renewals(database: Database, now: datetime) -> int:
    async with database.transaction() as session:
        return await actions.tell_renewals(session, now=now, today=i18n.local(now).date())


async def forget_invitations(database: Database, now: datetime) -> int:
    async with database.transaction() as session:
        return await actions.forget_invitations(session, now=now)


JOBS: Final = (
    Job("organizations.tell_renewals", timedelta(hours=1), tell_renewals),
    Job("organizations.forget_invitations", timedelta(hours=1), forget_invitations),
)
