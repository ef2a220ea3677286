"""A profile follows its account: whoever moves is looked for at the new place."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.db import Database
from linli.core.jobs import Job
from linli.volunteers.actions import follow_account
from linli.volunteers.models import VolunteerProfile

AT_ONCE: Final = 200


async def follow_accounts(database: Database, now: datetime) -> int:
    """Some profiles whose account has moved; how many."""
    async with database.transaction() as session:
        moved = await _moved(session)
        for account in moved:
            await follow_account(session, account=account, now=now)
        return len(moved)


async def _moved(session: AsyncSession) -> list[Account]:
    differs = VolunteerProfile.division.is_distinct_from(Account.division)
    query = select(Account).join(VolunteerProfile, VolunteerProfile.account_id == Account.id).where(differs)
    return list(await session.scalars(query.limit(AT_ONCE)))


JOBS: Final = (Job("volunteers.follow_accounts", timedelta(minutes=1), follow_accounts),)
