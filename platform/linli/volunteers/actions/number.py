"""The volunteer number is given at the first confirmed place."""

import secrets
from datetime import datetime
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core import i18n
from linli.core.audit import record
from linli.core.errors import Conflict
from linli.core.i18n import Message
from linli.volunteers.actions.profile import ensure_profile
from linli.volunteers.models import VolunteerProfile
from linli.volunteers.numbers import DRAWN, NO_COUNTY, volunteer_number

MOST_DRAWS: Final = 50


async def give_number(session: AsyncSession, *, account: Account, now: datetime) -> str:
    """The volunteer number: drawn once, the same ever after, also when two places are confirmed at once."""
    profile = await ensure_profile(session, account=account, now=now)
    await session.flush()
    for _ in range(MOST_DRAWS):
        if profile.number:
            return profile.number
        if not await _draw(session, account, now):
            await session.refresh(profile, ["number"])
    raise Conflict(Message("No volunteer number is free just now. Please try again."))


async def _draw(session: AsyncSession, account: Account, now: datetime) -> bool:
    """Draw a number and keep it, where there is none yet; one that somebody else holds is drawn in vain."""
    number = volunteer_number(
        county=account.division or NO_COUNTY, year=i18n.local(now).year, drawn=secrets.randbelow(DRAWN)
    )
    without = (VolunteerProfile.account_id == account.id, VolunteerProfile.number.is_(None))
    try:
        async with session.begin_nested():
            kept: Any = await session.execute(update(VolunteerProfile).where(*without).values(number=number))
    except IntegrityError:
        return False
    if kept.rowcount:
        record(session, action="give_number", object_id=account.id, actor_id=None, now=now)
    return bool(kept.rowcount)
