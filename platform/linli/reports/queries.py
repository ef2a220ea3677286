"""Each figure is one query with its definition; the database counts, so that none grows with the town."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core import i18n
from linli.core.db import hours_between
from linli.needs.models import Need
from linli.participation.models import Participation
from linli.participation.rules import SAID_YES
from linli.reports.rules import MOST_HOURS, Share
from linli.suggestions.outcomes import Area, counted, due_shifts
from linli.volunteers.models import VolunteerProfile


@dataclass(frozen=True)
class Answered:
    """Of the needs of one unit in one field whose limit has passed, those to which nobody said yes."""

    unit: str
    field_id: str
    nobody: Share


async def unanswered(
    session: AsyncSession, *, area: Area, begin: datetime, now: datetime
) -> Sequence[Answered]:
    """Needs whose time to answer ran out in the span, and those to which nobody has said yes until now."""
    said_yes = select(Participation.id).where(
        Participation.need_id == Need.id, Participation.state.in_(SAID_YES)
    )
    unit = area.unit_of(Need.division)
    rows = await session.execute(
        select(unit, Need.field_id, func.sum(case((said_yes.exists(), 0), else_=1)), func.count())
        .where(*counted(area), Need.answer_due_at > begin, Need.answer_due_at <= now)
        .group_by(unit, Need.field_id)
    )
    return [Answered(unit, field_id or "", Share(int(part), whole)) for unit, field_id, part, whole in rows]


async def places_by_month(
    session: AsyncSession, *, area: Area, begins: Sequence[datetime], now: datetime
) -> dict[int, Share]:
    """Of the places that were due in each month, by its place among `begins`, those confirmed by then."""
    shifts = due_shifts(area, begins[0], now).subquery()
    ends = [(shifts.c.due <= end, month) for month, end in enumerate(begins[1:])]
    month = case(*ends, else_=len(ends))
    rows = await session.execute(
        select(month, func.sum(shifts.c.confirmed), func.sum(shifts.c.places)).group_by(month)
    )
    return {int(month): Share(int(part), int(whole)) for month, part, whole in rows}


async def hours_to_yes(
    session: AsyncSession, *, area: Area, begin: datetime, now: datetime
) -> dict[int | None, int]:
    """How many needs posted in the span waited so many whole hours for the first yes that was kept.

    None counts those that have none yet.
    """
    first_yes = (
        select(func.min(Participation.changed_at))
        .where(Participation.need_id == Need.id, Participation.state.in_(SAID_YES))
        .correlate(Need)
        .scalar_subquery()
    )
    posted = (
        select(Need.posted_at, first_yes.label("first_yes"))
        .where(*counted(area), Need.posted_at > begin, Need.posted_at <= now)
        .subquery()
    )
    exact = hours_between(posted.c.posted_at, posted.c.first_yes)
    hours = case((exact > MOST_HOURS, MOST_HOURS), (exact < 0, 0), else_=exact)
    rows = await session.execute(select(hours, func.count()).select_from(posted).group_by(hours))
    return {None if each is None else int(each): count for each, count in rows}


async def never_asked(
    session: AsyncSession, *, area: Area, begin: datetime, now: datetime
) -> dict[str, Share]:
    """Of the people who may be asked, by unit, those whom nobody asked in the span."""
    asked = select(Participation.id).where(
        Participation.account_id == VolunteerProfile.account_id,
        Participation.asked_at > begin,
        Participation.asked_at <= now,
    )
    unit = area.unit_of(VolunteerProfile.division)
    rows = await session.execute(
        select(unit, func.sum(case((asked.exists(), 0), else_=1)), func.count())
        .select_from(VolunteerProfile)
        .join(Account, Account.id == VolunteerProfile.account_id)
        .where(VolunteerProfile.may_be_asked_on(i18n.local(now).date()), Account.stopped_at.is_(None))
        .where(area.contains(VolunteerProfile.division))
        .group_by(unit)
    )
    return {unit: Share(int(part), whole) for unit, part, whole in rows}
