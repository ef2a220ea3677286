"""Reads when an imported need takes place."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from linli.core.forms import Form
from linli.core.i18n import Message
from linli.needs import rules
from linli.needs.imports.mappings import ColumnMapping, Hours
from linli.needs.imports.rules import Lack, moved_ahead
from linli.needs.rules import Times


@dataclass(frozen=True)
class When:
    """A shift, or the period as far as it is known; `stated_from` is the first day before it was moved."""

    first_day: date | None
    last_day: date | None
    stated_from: date | None
    times: Times | None
    lacks: tuple[Lack, ...]

    @property
    def source(self) -> dict[str, Any]:
        """For `Need.source`."""
        days = {"first_day": self.first_day, "last_day": self.last_day, "stated_from": self.stated_from}
        return {name: day.isoformat() if day else None for name, day in days.items()}


@dataclass(frozen=True)
class Calendar:
    """How days are read: hours are wall-clock hours in `zone`, as in every form."""

    mapping: ColumnMapping
    zone: ZoneInfo
    now: datetime
    moves_old_days: bool = False

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def read(self, form: Form, *, places: int) -> When:
        stated = self._day(form, "first_day")
        last = self._day(form, "last_day") or stated
        if stated and last and last < stated:
            form.refuse("last_day", Message("The last day must not be before the first."))
        first = moved_ahead(stated, self.today) if stated and self.moves_old_days else stated
        if first and last and stated:
            last += min(first - stated, date.max - last)
        times, lacks = self._times(form, first, last, places)
        return When(first, last, stated if first != stated else None, times, lacks)

    def _day(self, form: Form, part: str) -> date | None:
        if not self.mapping.dates:
            return form.day(part)
        typed = form.text(part, longest=80)
        for pattern in self.mapping.dates if typed else ():
            try:
                return datetime.strptime(typed, pattern).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
        if typed:
            example = date(2026, 11, 24).strftime(self.mapping.dates[0])
            form.refuse(part, Message("Please give a day like {example}.", example=example))
        return None

    def _times(
        self, form: Form, first: date | None, last: date | None, places: int
    ) -> tuple[Times | None, tuple[Lack, ...]]:
        """A shift where the row says when, or names one coming day and the mapping knows the usual hours."""
        stated = _hours(form)
        hours = stated or self.mapping.usual_hours
        if first is None or first != last or hours is None:
            return None, (Lack.shift,)
        starts_at, ends_at = (datetime.combine(first, hour, self.zone) for hour in (hours.starts, hours.ends))
        times = Times(starts_at, ends_at, places)
        if ends_at <= starts_at:
            form.refuse("ends", Message("The end must be after the start."))
            return None, (Lack.shift,)
        # An old day is no reason to refuse the row: it is kept in `source`, and a time to come is lacking.
        if starts_at <= self.now:
            return None, (Lack.shift,)
        if sentence := rules.refuse_shift(times, self.now):
            form.refuse("first_day", sentence)
        return times, () if stated else (Lack.hours,)


def _hours(form: Form) -> Hours | None:
    starts, ends = form.clock("starts"), form.clock("ends")
    has_one = bool(form.text("starts", longest=40)) != bool(form.text("ends", longest=40))
    if has_one:
        form.refuse("starts" if starts is None else "ends", Message("Please give both hours, or none."))
    return Hours(starts=starts, ends=ends) if isinstance(starts, time) and isinstance(ends, time) else None
