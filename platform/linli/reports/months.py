"""The course of the last twelve months: places confirmed in time, as numbers and as they are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import i18n
from linli.reports import queries
from linli.reports.rules import NOTHING, Share, last_months, untold_months
from linli.suggestions.outcomes import Area

WIDTH: Final = 360
HEIGHT: Final = 196
LEFT: Final = 32
TOP: Final = 20
BOTTOM: Final = 40
# Of the room of one month, what its column takes.
FILLED: Final = 0.62
MARKS: Final = (0, 50, 100)
# One month alone is no course.
FEWEST_DRAWN: Final = 2


@dataclass(frozen=True)
class Month:
    """Places that were due in one month; `is_told` is False where so few stay untold to the public."""

    begins_on: date
    places: Share
    is_told: bool

    @property
    def percent(self) -> int | None:
        return self.places.percent if self.is_told else None


@dataclass(frozen=True)
class Column:
    """One month as drawn; `has_name` for every other month, and `has_year` where a year begins."""

    month: Month
    x: float
    y: float
    width: float
    height: float
    middle: float
    has_name: bool
    has_year: bool


@dataclass(frozen=True)
class Course:
    """A drawing 360 wide and 196 high; `marks` are (percent, y)."""

    columns: tuple[Column, ...]
    marks: tuple[tuple[int, float], ...]

    @property
    def ground(self) -> float:
        return _y(0)


async def months_of(
    session: AsyncSession, *, area: Area, now: datetime, is_public: bool
) -> tuple[Month, ...]:
    """The last twelve months, the present one as far as it has come; one query."""
    days = last_months(i18n.local(now).date())
    begins = [datetime.combine(day, time(), i18n.zone()) for day in days]
    found = await queries.places_by_month(session, area=area, begins=begins, now=now)
    shares = [found.get(n, NOTHING) for n in range(len(days))]
    untold = untold_months(shares) if is_public else set()
    return tuple(Month(days[n], share, n not in untold) for n, share in enumerate(shares))


def course_of(months: Sequence[Month]) -> Course | None:
    """Columns side by side; None where there are too few to be compared."""
    if sum(month.percent is not None for month in months) < FEWEST_DRAWN:
        return None
    marks = tuple((percent, _y(percent)) for percent in MARKS)
    return Course(tuple(_column(n, month, len(months)) for n, month in enumerate(months)), marks)


def _column(n: int, month: Month, count: int) -> Column:
    room, y = (WIDTH - LEFT) / count, _y(month.percent or 0)
    middle = LEFT + (n + 0.5) * room
    return Column(
        month=month,
        x=round(middle - room * FILLED / 2, 1),
        y=y,
        width=round(room * FILLED, 1),
        height=round(_y(0) - y, 1),
        middle=round(middle, 1),
        has_name=(count - 1 - n) % 2 == 0,
        # Of two years beside each other the second is told, for most columns are its own.
        has_year=month.begins_on.month == 1 or (n == 0 and month.begins_on.month != 12),
    )


def _y(percent: int) -> float:
    return round(HEIGHT - BOTTOM - percent / 100 * (HEIGHT - BOTTOM - TOP), 1)
