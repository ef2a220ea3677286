"""Each figure is one query with its definition; the database counts, so that none grows with the town."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Select, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core import i18n
from linli.core.db import hours_between
from linli.needs.models import Need, Shift
from linli.needs.rules import NeedState
from linli.participation.models import Participation
from linli.participation.rules import State
from linli.reports.rules import MOST_HOURS, Share
from linli.volunteers.models import VolunteerProfile

# Attendance is not recorded yet: whoever is confirmed, or was, counts; nobody is said to have been there.
CONFIRMED: Final = frozenset({State.confirmed, State.attended, State.absent})
# A draft asks nobody, and what was called off needs nobody any more.
NOT_COUNTED: Final = frozenset({NeedState.draft, NeedState.cancelled})


@dataclass(frozen=True)
class Area:
    """A division with what lies in it, in units of one level; an empty code is the country."""

    code: str
    digits: int

    def contains(self, column: Any) -> ColumnElement[bool]:
        inside: ColumnElement[bool] = column.startswith(self.code, autoescape=True)
        return inside if self.code else column.is_not(None)

    def unit_of(self, column: Any) -> ColumnElement[str]:
        return func.substr(column, 1, self.digits)


@dataclass(frozen=True)
class Outcome:
    """What came of the needs of one unit in one field; `mean` is the mean share of places per need."""

    unit: str
    field_id: str
    needs: int
    places: Share
    mean: float


@dataclass(frozen=True)
class Answered:
    """Of the needs of one unit in one field whose limit has passed, those to which nobody said yes."""

    unit: str
    field_id: str
    nobody: Share


async def outcomes(session: AsyncSession, *, area: Area, begin: datetime, now: datetime) -> Sequence[Outcome]:
    """Places that were due in the span, and those of them that were confirmed by then.

    A place is due when the time to answer is over or its time begins, whichever comes first.
    """
    shifts = _due_shifts(area, begin, now).subquery()
    confirmed, places = func.sum(shifts.c.confirmed), func.sum(shifts.c.places)
    needs = (
        select(shifts.c.unit, shifts.c.field_id, places.label("places"), confirmed.label("confirmed"))
        .group_by(shifts.c.need_id, shifts.c.unit, shifts.c.field_id)
        .subquery()
    )
    rows = await session.execute(
        select(
            needs.c.unit,
            needs.c.field_id,
            func.count(),
            func.sum(needs.c.confirmed),
            func.sum(needs.c.places),
            func.avg(1.0 * needs.c.confirmed / needs.c.places),
        ).group_by(needs.c.unit, needs.c.field_id)
    )
    return [
        Outcome(unit, field_id or "", count, Share(int(part), int(whole)), float(mean))
        for unit, field_id, count, part, whole, mean in rows
    ]


async def unanswered(
    session: AsyncSession, *, area: Area, begin: datetime, now: datetime
) -> Sequence[Answered]:
    """Needs whose time to answer ran out in the span, and those to which nobody has said yes until now."""
    said_yes = select(Participation.id).where(
        Participation.need_id == Need.id, Participation.state.in_(CONFIRMED)
    )
    unit = area.unit_of(Need.division)
    rows = await session.execute(
        select(unit, Need.field_id, func.sum(case((said_yes.exists(), 0), else_=1)), func.count())
        .where(*_counted(area), Need.answer_due_at > begin, Need.answer_due_at <= now)
        .group_by(unit, Need.field_id)
    )
    return [Answered(unit, field_id or "", Share(int(part), whole)) for unit, field_id, part, whole in rows]


async def hours_to_yes(
    session: AsyncSession, *, area: Area, begin: datetime, now: datetime
) -> dict[int | None, int]:
    """How many needs posted in the span waited so many whole hours for the first yes that was kept.

    None counts those that have none yet.
    """
    first_yes = (
        select(func.min(Participation.changed_at))
        .where(Participation.need_id == Need.id, Participation.state.in_(CONFIRMED))
        .correlate(Need)
        .scalar_subquery()
    )
    posted = (
        select(Need.posted_at, first_yes.label("first_yes"))
        .where(*_counted(area), Need.posted_at > begin, Need.posted_at <= now)
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


def _counted(area: Area) -> tuple[ColumnElement[bool], ...]:
    return (area.contains(Need.division), Need.state.not_in(NOT_COUNTED))


def _due_shifts(area: Area, begin: datetime, now: datetime) -> Select[Any]:
    due = case((Need.answer_due_at < Shift.starts_at, Need.answer_due_at), else_=Shift.starts_at)
    in_time = and_(
        Participation.shift_id == Shift.id,
        Participation.state.in_(CONFIRMED),
        Participation.changed_at <= due,
    )
    unit = area.unit_of(Need.division).label("unit")
    return (
        select(
            Shift.need_id,
            unit,
            Need.field_id,
            Shift.places,
            func.count(Participation.id).cast(Integer).label("confirmed"),
        )
        .join(Need, Need.id == Shift.need_id)
        .outerjoin(Participation, in_time)
        .where(*_counted(area), due > begin, due <= now)
        .group_by(Shift.id, Shift.need_id, Shift.places, Need.division, Need.field_id)
    )
