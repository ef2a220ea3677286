"""Sample volunteers placed on New York: somebody to match that city's real requests with."""

import random
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.i18n import local
from linli.demo.build import sign_up
from linli.demo.people import MARK_OF_NEW_YORK, SamplePerson, volunteers_around_new_york
from linli.volunteers.models import VolunteerCredential

SEED: Final = 10007


async def add_volunteers(session: AsyncSession, *, count: int, now: datetime, seed: int = SEED) -> int:
    """How many were added: none where there are some already."""
    there = select(Account.id).where(Account.is_sample, Account.email.contains(MARK_OF_NEW_YORK)).limit(1)
    if await session.scalar(there):
        return 0
    today = local(now).date()
    rng = random.Random(f"{seed} {today}")  # noqa: S311 - samples, not secrets
    for person in volunteers_around_new_york(count, today=today, rng=rng):
        account = await sign_up(session, person, now=now)
        session.add_all(_papers(account, person, now))
    await session.flush()
    return count


def _papers(account: Account, person: SamplePerson, now: datetime) -> list[VolunteerCredential]:
    """Checked by nobody in particular: no organization of this register reaches there."""
    return [
        VolunteerCredential(
            account_id=account.id,
            credential_id=held.credential_id,
            stated_at=now,
            stated_expires_on=held.expires_on,
            expires_on=held.expires_on if held.is_checked else None,
            checked_at=now if held.is_checked else None,
        )
        for held in person.credentials
    ]
