"""How one person wants to be asked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.i18n import Message, counted
from linli.volunteers.asking.rules import MOST_A_WEEK, Wishes
from linli.volunteers.models import VolunteerProfile


@dataclass(frozen=True)
class Asking:
    """`is_silent`: two questions ran out in a row, and nobody is asked by itself until a word comes."""

    wishes: Wishes
    opted_in: bool
    is_silent: bool

    @property
    def how_often(self) -> Message:
        return counted(self.wishes.per_week, "At most one question a week", "At most {n} questions a week")

    @property
    def when(self) -> Message:
        begin, end = self.wishes.quiet_from_hour, self.wishes.quiet_until_hour
        if begin == end:
            return Message("At any hour")
        return Message("Not from {begin}:00 to {end}:00", begin=begin, end=end)


async def asking_of(session: AsyncSession, account: Account) -> Asking:
    """As usual where they have said nothing."""
    profile = await session.get(VolunteerProfile, account.id)
    wishes = Wishes(
        per_week=profile.questions_per_week if profile else MOST_A_WEEK,
        quiet_from_hour=account.quiet_from_hour,
        quiet_until_hour=account.quiet_until_hour,
        paused_until=profile.paused_until if profile else None,
    )
    return Asking(
        wishes,
        opted_in=profile is not None and profile.opted_in,
        is_silent=profile is not None and profile.silent_since is not None,
    )


async def profiles_of(
    session: AsyncSession, account_ids: Collection[UUID]
) -> Mapping[UUID, VolunteerProfile]:
    """As they stand now, also where the session has read them before."""
    found = await session.scalars(
        select(VolunteerProfile)
        .where(VolunteerProfile.account_id.in_(account_ids))
        .execution_options(populate_existing=True)
    )
    return {each.account_id: each for each in found}
