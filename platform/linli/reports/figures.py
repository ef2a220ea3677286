"""The figures of an area over a span: all of them for staff, no small number for the public."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import seed
from linli.core.i18n import Message, Named
from linli.core.kept import Kept
from linli.divisions.shown import named
from linli.reports import queries
from linli.reports.months import Month, months_of
from linli.reports.queries import Answered
from linli.reports.rules import MOST_HOURS, NOTHING, Share, begins_at, folded, hidden, is_small, median_of
from linli.suggestions.outcomes import Area, Outcome, outcomes_in
from linli.suggestions.standing_behind import standing_behind

Name = Named | Message
REST = "rest"
KEPT_FOR = timedelta(minutes=10)
MOST_KEPT = 200
COLUMNS = ("places", "nobody", "never_asked")
OTHER_PLACES = Message("All other places together")
OTHER_FIELDS = Message("All other fields together")
NO_FIELD = Message("No field named")
WAITS = (
    (24, Message("within a day")),
    (72, Message("within three days")),
    (168, Message("within a week")),
    (MOST_HOURS + 1, Message("later than a week")),
)
NOBODY_YET = Message("nobody yet")


@dataclass(frozen=True)
class Row:
    """A place or a field. `code` leads into a place; `hides` names numbers that stay untold."""

    name: Name
    code: str = ""
    needs: int = 0
    places: Share = NOTHING
    nobody: Share = NOTHING
    never_asked: Share = NOTHING
    hides: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Figures:
    """`waits` counts needs by the time to the first yes, None for untold; `behind_…` points of a hundred.

    `months` are the last twelve, whatever the span.
    """

    counted_at: datetime
    places: Share
    nobody: Share
    never_asked: Share
    waits: tuple[tuple[Message, int | None], ...]
    median_hours: int | None
    months: tuple[Month, ...]
    units: tuple[Row, ...]
    fields: tuple[Row, ...]
    behind_units: tuple[tuple[Name, int], ...] = field(default=())
    behind_fields: tuple[tuple[Name, int], ...] = field(default=())


_public: Kept[tuple[Area, int], Figures] = Kept(lasts=KEPT_FOR, most=MOST_KEPT)


async def public_figures(session: AsyncSession, *, area: Area, weeks: int, now: datetime) -> Figures:
    """Kept for a while: everybody may ask, and the whole country is long to count."""
    count = partial(figures_of, session, area=area, weeks=weeks, now=now, is_public=True)
    return await _public.find((area, weeks), now, count)


async def figures_of(
    session: AsyncSession, *, area: Area, weeks: int, now: datetime, is_public: bool
) -> Figures:
    """Five queries, whatever the size."""
    begin = begins_at(now, weeks)
    outcomes = await outcomes_in(session, area=area, begin=begin, now=now)
    answered = await queries.unanswered(session, area=area, begin=begin, now=now)
    hours = await queries.hours_to_yes(session, area=area, begin=begin, now=now)
    found = {each: count for each, count in hours.items() if each is not None}
    never_asked = await queries.never_asked(session, area=area, begin=begin, now=now)
    units = _rows(outcomes, answered, by=lambda each: each.unit, name=_place, never_asked=never_asked)
    fields = _rows(outcomes, answered, by=lambda each: _known_field(each, is_public=is_public), name=_field)
    if is_public:
        units = _without_small(units, OTHER_PLACES)
        fields = _without_small(fields, OTHER_FIELDS, always={""})
    behind = standing_behind((each.unit, each.field_id, each.mean, each.needs) for each in outcomes)
    return Figures(
        counted_at=now,
        places=_sum(map(_places, outcomes)),
        nobody=_sum(each.nobody for each in answered),
        never_asked=_sum(never_asked.values()),
        waits=_waits(hours, is_public=is_public),
        median_hours=None if is_public and is_small(sum(found.values())) else median_of(found),
        months=await months_of(session, area=area, now=now, is_public=is_public),
        units=tuple(units.values()),
        fields=tuple(fields.values()),
        behind_units=tuple((_place(code), points) for code, points in behind.units if code in units),
        behind_fields=tuple((_field(id), points) for id, points in behind.fields if id in fields),
    )


def _rows(
    outcomes: Sequence[Outcome],
    answered: Sequence[Answered],
    *,
    by: Callable[[Outcome | Answered], str],
    name: Callable[[str], Name],
    never_asked: Mapping[str, Share] | None = None,
) -> dict[str, Row]:
    """By unit or by field, where most is lacking first."""
    needs: dict[str, int] = defaultdict(int)
    places: dict[str, Share] = defaultdict(lambda: NOTHING)
    nobody: dict[str, Share] = defaultdict(lambda: NOTHING)
    for outcome in outcomes:
        needs[by(outcome)] += outcome.needs
        places[by(outcome)] += _places(outcome)
    for each in answered:
        nobody[by(each)] += each.nobody
    people = never_asked or {}
    keys = {*needs, *nobody, *people}
    rows = [
        (key, Row(name(key), key, needs[key], places[key], nobody[key], people.get(key, NOTHING)))
        for key in keys
    ]
    return dict(sorted(rows, key=lambda each: (_lowest_first(each[1].places), each[0])))


def _lowest_first(places: Share) -> int:
    return 101 if places.percent is None else places.percent


def _without_small(rows: Mapping[str, Row], rest: Message, always: Set[str] = frozenset()) -> dict[str, Row]:
    """Rows behind which few needs or people stand are told together, and small numbers not at all."""
    sizes = {key: (row.needs, row.nobody.whole, row.never_asked.whole) for key, row in rows.items()}
    together = folded(sizes, always & sizes.keys())
    kept = {key: row for key, row in rows.items() if key not in together}
    if together:
        gone = [rows[key] for key in together]
        kept[REST] = Row(
            rest,
            needs=sum(row.needs for row in gone),
            places=_sum(row.places for row in gone),
            nobody=_sum(row.nobody for row in gone),
            never_asked=_sum(row.never_asked for row in gone),
        )
    columns = {column: [getattr(row, column).part for row in kept.values()] for column in COLUMNS}
    untold = {column: hidden(parts) for column, parts in columns.items()}
    return {
        key: replace(row, hides=frozenset(column for column in COLUMNS if n in untold[column]))
        for n, (key, row) in enumerate(kept.items())
    }


def _known_field(each: Outcome | Answered, *, is_public: bool) -> str:
    """For the public, needs that never stand on public pages are one of the other fields."""
    known = seed.need_fields().get(each.field_id)
    return each.field_id if known and (known.shown_publicly or not is_public) else ""


def _waits(hours: Mapping[int | None, int], *, is_public: bool) -> tuple[tuple[Message, int | None], ...]:
    known = {hour: count for hour, count in hours.items() if hour is not None}
    counts, least = [], 0
    for most, _ in WAITS:
        counts.append(sum(count for hour, count in known.items() if least <= hour < most))
        least = most
    counts.append(hours.get(None, 0))
    untold = hidden(counts) if is_public else set()
    names = (*(name for _, name in WAITS), NOBODY_YET)
    return tuple((name, None if n in untold else counts[n]) for n, name in enumerate(names))


def _place(code: str) -> Name:
    return named(code) or Message("A place that is not known")


def _field(field_id: str) -> Name:
    return seed.need_fields().get(field_id, NO_FIELD)


def _places(outcome: Outcome) -> Share:
    return Share(outcome.confirmed, outcome.places)


def _sum(shares: Iterable[Share]) -> Share:
    return sum(shares, NOTHING)
