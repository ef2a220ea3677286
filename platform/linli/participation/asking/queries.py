"""How much was asked of people lately, and who has let questions run out."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from linli.accounts.models import Account
from linli.core import i18n
from linli.needs.models import Shift
from linli.notifications.rules import reaches_at
from linli.participation.models import Participation
from linli.participation.rules import WAITS_FOR_YES, State
from linli.volunteers.asking.rules import A_DAY, A_WEEK, SILENT_AFTER, Load
from linli.volunteers.models import VolunteerProfile

A_MONTH: Final = timedelta(days=30)
# A question that ran out is looked at for so long: a worker may have stood still.
LOOKED_BACK: Final = timedelta(days=3)
LEFT_UNANSWERED: Final = (*WAITS_FOR_YES, State.expired)
# States that tell of no word of the person's own.
SAYS_NOTHING: Final = (State.expired, State.invited, State.offered, State.cancelled)


async def loads_at(
    session: AsyncSession, *, account_ids: Collection[UUID], at: datetime
) -> Mapping[UUID, Load]:
    """Questions that reached each, or will, before this moment; who was asked none is left out."""
    reaches_at = Participation.reaches_at

    def since(span: timedelta, *others: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((and_(reaches_at > at - span, *others), 1), else_=0))

    unanswered = since(A_WEEK, Participation.state.in_(LEFT_UNANSWERED))
    rows = await session.execute(
        select(Participation.account_id, since(A_DAY), since(A_WEEK), func.count(), unanswered)
        .where(Participation.account_id.in_(account_ids), reaches_at > at - A_MONTH)
        .group_by(Participation.account_id)
    )
    return {account_id: Load(*counts) for account_id, *counts in rows}


async def loads_of(
    session: AsyncSession, *, accounts: Collection[Account], now: datetime
) -> Mapping[UUID, Load]:
    """What each would have been asked when a question that is put now reaches them."""
    arriving: dict[datetime, list[UUID]] = {}
    for each in accounts:
        arriving.setdefault(reaches_at(now, each.quiet_hours, i18n.zone()), []).append(each.id)
    found: dict[UUID, Load] = {}
    for at, account_ids in arriving.items():
        found |= await loads_at(session, account_ids=account_ids, at=at)
    return found


async def gone_silent(session: AsyncSession, *, now: datetime, limit: int) -> Sequence[Account]:
    """People whose last questions all ran out, and who have not been left alone for it yet."""
    lately = select(Participation.account_id).where(
        Participation.state == State.expired, Participation.changed_at > now - LOOKED_BACK
    )
    said_last = func.coalesce(VolunteerProfile.heard_at, Account.created_at)
    ran_out = (
        select(func.count())
        .select_from(Participation)
        .join(Shift, Shift.id == Participation.shift_id)
        .where(Participation.account_id == Account.id, Participation.reaches_at > said_last)
        # Where all places were taken by then, silence says nothing.
        .where(Participation.state == State.expired, Shift.places_taken < Shift.places)
        .where(~_spoke_later())
        .correlate(Account, VolunteerProfile)
        .scalar_subquery()
    )
    found = await session.scalars(
        select(Account)
        .join(VolunteerProfile, VolunteerProfile.account_id == Account.id)
        .where(Account.id.in_(lately), Account.stopped_at.is_(None))
        .where(VolunteerProfile.opted_in, VolunteerProfile.silent_since.is_(None), ran_out >= SILENT_AFTER)
        .order_by(Account.id)
        .limit(limit)
    )
    return found.all()


def _spoke_later() -> ColumnElement[bool]:
    """Whether the person has answered something, or come forward, after this question reached them."""
    other = aliased(Participation)
    return (
        select(other.id)
        .where(other.account_id == Participation.account_id, other.state.not_in(SAYS_NOTHING))
        .where(other.changed_at > Participation.reaches_at)
        .correlate(Participation)
        .exists()
    )
