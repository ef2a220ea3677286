"""What came of the needs of an area: the public list is ordered by it, and the figures show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.needs.models import Need, Shift
from linli.needs.rules import NeedState
from linli.participation.models import Participation
from linli.participation.rules import SAID_YES

# Attendance is not recorded yet: whoever is confirmed, or was, counts; nobody is said to have been there.
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
    confirmed: int
    places: int
    mean: float


async def outcomes_in(
    session: AsyncSession, *, area: Area, begin: datetime, now: datetime
) -> Sequence[Outcome]:
    """Places that were due in the span, and those of them that were confirmed by then.

    A place is due when the time to answer is over or its time begins, whichever comes first.
    """
    shifts = due_shifts(area, begin, now).subquery()
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
        Outcome(unit, field_id or "", count, int(part), int(whole), float(mean))
        for unit, field_id, count, part, whole, mean in rows
    ]


def counted(area: Area) -> tuple[ColumnElement[bool], ...]:
    # What did not take place because people were lacking was wanted all the same.
    lacked_people = and_(Need.state == NeedState.cancelled, Need.decided_at.is_not(None))
    return (area.contains(Need.division), or_(Need.state.not_in(NOT_COUNTED), lacked_people))


def due_shifts(area: Area, begin: datetime, now: datetime) -> Select[Any]:
    """Times of needs that were due in the span: when, how many places, and how many confirmed by then."""
    due = case((Need.answer_due_at < Shift.starts_at, Need.answer_due_at), else_=Shift.starts_at)
    in_time = and_(
        Participation.shift_id == Shift.id,
        Participation.state.in_(SAID_YES),
        Participation.changed_at <= due,
    )
    unit = area.unit_of(Need.division).label("unit")
    return (
        select(
            Shift.need_id,
            unit,
            Need.field_id,
            due.label("due"),
            Shift.places,
            func.count(Participation.id).cast(Integer).label("confirmed"),
        )
        .join(Need, Need.id == Shift.need_id)
        .outerjoin(Participation, in_time)
        .where(*counted(area), due > begin, due <= now)
        .group_by(Shift.id, Shift.need_id, Shift.places, Need.division, Need.field_id, due)
    )
