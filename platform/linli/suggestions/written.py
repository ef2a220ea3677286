"""A need as far as its form is filled: what can be read counts, the rest is assumed and said."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from linli.core import seed
from linli.core.db import new_id
from linli.core.forms import Form
from linli.core.i18n import Message
from linli.divisions.queries import with_code
from linli.needs.forms import read_shift, shift_rows
from linli.needs.rules import Setting, Times, refuse_shift
from linli.suggestions.open_needs import BLURRED_DECIMALS
from linli.suggestions.pools import county_of
from linli.suggestions.reads import NeedRow, ShiftRow

MOST_TIMES: Final = 8
USUAL_AGE: Final = 18
DAYS_AHEAD: Final = 7
# When a part of the day usually begins: morning, afternoon, evening.
USUAL_STARTS: Final = (time(9), time(14), time(19))
# How far a time is moved within its day, and not into the night.
A_LITTLE: Final = timedelta(hours=2)
EARLIEST_HOUR: Final = 6
LONGEST_IN_A_PART: Final = timedelta(hours=3)


@dataclass(frozen=True)
class WrittenTime:
    """A row of the form that can be read: its number, and the time in the place's own zone."""

    n: int
    times: Times


@dataclass(frozen=True, kw_only=True)
class WrittenNeed:
    """`fixed` are credentials that the field demands, `lowest_age` the least its field allows.

    `kept` are those of its credentials that are never proposed to be dropped.
    """

    division: str
    longitude: float | None
    latitude: float | None
    field_id: str | None
    minimum_age_years: int
    lowest_age: int | None
    skills: tuple[str, ...]
    credentials: tuple[str, ...]
    fixed: tuple[str, ...]
    kept: tuple[str, ...]
    times: tuple[WrittenTime, ...]
    assumed: tuple[Message, ...]

    @property
    def county(self) -> str | None:
        return county_of(self.division)

    def row(self, shifts: tuple[ShiftRow, ...], now: datetime) -> NeedRow:
        """As matching sees a need. What it says is left out: words decide about nobody's fitting at all."""
        return NeedRow(
            id=new_id(),
            organization_id=None,
            version=0,
            division=self.division,
            longitude=self.longitude,
            latitude=self.latitude,
            field_id=self.field_id,
            minimum_age_years=self.minimum_age_years,
            text="",
            created_at=now,
            skills=dict.fromkeys(self.skills, True),
            credentials=self.credentials,
            languages=(),
            shifts=shifts,
        )


def read_written(form: Form, *, within_division: str, zone: ZoneInfo, now: datetime) -> WrittenNeed:
    """What stands in the form; what cannot be read is left for the posting to refuse."""
    field = seed.fields().get(form.one_of("field_id", seed.fields()) or "")
    setting = form.choice("setting", Setting) or Setting.indoors
    fixed = field.credentials_for(setting.value) if field else ()
    credentials = tuple(dict.fromkeys((*form.some_of("credentials", seed.credentials()), *fixed)))
    lowest = field.minimum_age_years if field else None
    age = form.whole("minimum_age_years", least=14, most=80)
    longitude, latitude = _point(form)
    written = WrittenNeed(
        division=_division(form, within_division),
        longitude=longitude,
        latitude=latitude,
        field_id=field.id if field else None,
        minimum_age_years=max(age or lowest or USUAL_AGE, lowest or 0),
        lowest_age=lowest,
        skills=form.some_of("skills_required", seed.skills()),
        credentials=credentials,
        fixed=fixed,
        kept=_kept(form, credentials, fixed),
        times=tuple(_times(form, zone, now)),
        assumed=(),
    )
    return replace(written, assumed=tuple(_assumed(form, written, age)))


def shift_row(times: Times) -> ShiftRow:
    return ShiftRow(new_id(), times.starts_at, times.ends_at, times.places, times.places_taken)


def other_times(times: Times, *, now: datetime) -> list[Times]:
    """The same length of time on this day and the six that follow, the nearest first.

    First two hours earlier or later, then where it is short enough at the usual hour of the other parts, and
    the same on other days.

    >>> start = datetime(2026, 11, 24, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    >>> others = other_times(Times(start, start + timedelta(hours=2), 1), now=start - timedelta(days=1))
    >>> [f"{each.starts_at:%a %H}" for each in others][:6]
    ['Tue 11', 'Tue 07', 'Tue 14', 'Tue 19', 'Wed 09', 'Wed 14']
    >>> len(others)
    22
    """
    starts, length = times.starts_at, times.ends_at - times.starts_at
    others = [each for each in USUAL_STARTS if _part(each) != _part(starts.time())]
    if length > LONGEST_IN_A_PART:
        others = []
    days = [starts.date() + timedelta(days=n) for n in range(DAYS_AHEAD)]
    moments = [_at(day, clock, starts) for day in days for clock in (starts.time(), *others)]
    nearest = [starts + A_LITTLE, starts - A_LITTLE]
    # In a form a time ends on the day on which it begins.
    near = [each for each in nearest if _is_one_day(each, each + length, starts)]
    moments = list(dict.fromkeys((*near, *moments)))
    moved = [replace(times, starts_at=each, ends_at=each + length) for each in moments if each != starts]
    return [each for each in moved if refuse_shift(each, now) is None]


def taken_over(form: Form, way: str) -> Form:
    """The form with one proposed way in it, as its button names it; anything else changes nothing."""
    kind, _, rest = way.partition(":")
    match kind, rest.split("/"):
        case "time", [n, day, starts, ends] if n.isascii() and n.isdigit():
            for name, value in (("day", day), ("from", starts), ("to", ends)):
                form = form.with_values(f"{name}-{int(n)}", [value])
            return form
        case "age", [years]:
            return form.with_values("minimum_age_years", [years])
        case ("skills_required" | "credentials") as name, [id]:
            return form.with_values(name, [each for each in form.typed_many(name) if each != id])
    return form


def time_way(n: int, times: Times) -> str:
    """How a button names a time for a row of the form."""
    starts, ends = times.starts_at, times.ends_at
    return f"time:{n}/{starts:%Y-%m-%d}/{starts:%H:%M}/{ends:%H:%M}"


def _kept(form: Form, credentials: tuple[str, ...], fixed: tuple[str, ...]) -> tuple[str, ...]:
    """What the field or the law demands, and what the skills that are asked for take (seed/)."""
    skills, papers = seed.skills(), seed.credentials()
    asked = (*form.some_of("skills_wanted", skills), *form.some_of("skills_required", skills))
    taken = {id for skill in asked for id in skills[skill].credentials}
    return tuple(id for id in credentials if id in fixed or id in taken or papers[id].licence)


def _division(form: Form, within: str) -> str:
    code = form.text("division", longest=12)
    return code if code.startswith(within) and with_code(code) is not None else within


def _point(form: Form) -> tuple[float | None, float | None]:
    """To about a kilometre: nobody can work out where a person lives by moving the point a little."""
    longitude = form.decimal("longitude", least=-180, most=180)
    latitude = form.decimal("latitude", least=-90, most=90)
    if longitude is None or latitude is None:
        return None, None
    return round(longitude, BLURRED_DECIMALS), round(latitude, BLURRED_DECIMALS)


def _times(form: Form, zone: ZoneInfo, now: datetime) -> list[WrittenTime]:
    found = []
    for n in shift_rows(form):
        shift = read_shift(form, n, zone=zone, now=now)
        if shift is not None and refuse_shift(shift.times, now) is None:
            found.append(WrittenTime(n, shift.times))
    return found[:MOST_TIMES]


def _assumed(form: Form, written: WrittenNeed, age: int | None) -> list[Message]:
    sentences = []
    if not written.times:
        sentences.append(Message("No time yet: counted at any time."))
    if written.field_id is None:
        sentences.append(Message("No field of service yet: what it demands is not counted."))
    if age is None or age < written.minimum_age_years:
        sentences.append(Message("Counted from the age of {age}.", age=written.minimum_age_years))
    known = seed.credentials()
    if added := [known[id] for id in written.fixed if id not in form.typed_many("credentials")]:
        sentences.append(Message("This field of service demands: {credentials}.", credentials=added))
    return sentences


def _is_one_day(begin: datetime, end: datetime, like: datetime) -> bool:
    return begin.date() == end.date() == like.date() and begin.hour >= EARLIEST_HOUR


def _part(clock: time) -> int:
    return 0 if clock.hour < 12 else 1 if clock.hour < 18 else 2


def _at(day: date, clock: time, like: datetime) -> datetime:
    return datetime.combine(day, clock, like.tzinfo)
