"""Before a need is posted: how many people fit it, and what would bring more. Counts only, nobody's name."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import i18n, seed
from linli.core.forms import Form
from linli.core.i18n import Message, counted
from linli.needs.rules import Times
from linli.participation.rules import State
from linli.suggestions import reads
from linli.suggestions.looks import may_look
from linli.suggestions.matcher import matcher
from linli.suggestions.pools import Pool, pool_of
from linli.suggestions.reads import PairRow, PromiseRow
from linli.suggestions.tables import bookings_of, needs_table, pairs_of
from linli.suggestions.texts import EncodedTexts
from linli.suggestions.wording import FEWEST_COUNTED
from linli.suggestions.written import (
    A_LITTLE,
    WrittenNeed,
    WrittenTime,
    other_times,
    read_written,
    shift_row,
    time_way,
)
from matching import Foresight, Needs, Way, WayKind, check, foresee

# One in three says yes, and some plans change: with so many for each place more would only be noise.
ENOUGH_PER_PLACE: Final = 5
ENOUGH: Final = Message("That should be enough.")
WAYS: Final = Message("What would bring more:")
# How much farther than they go by themselves people could be fetched.
FETCHED_KM: Final = 10.0
UNVERIFIED: Final = Message("Once your organization is verified, this shows how many people could come.")
LOOKED_TOO_OFTEN: Final = Message("You have looked very often. The numbers come back in a few minutes.")
NO_COMMUNITY: Final = Message("Choose a community first: then this shows how many people could come.")


@dataclass(frozen=True)
class WayShown:
    """A way to get more people; `take` is what its button sends, empty where the form has nothing for it."""

    sentence: Message
    button: Message | None = None
    take: str = ""


@dataclass(frozen=True)
class ForesightShown:
    """What the officer reads: who fits at each time, what would bring more, and what was assumed."""

    counts: tuple[Message, ...]
    verdict: Message | None = None
    ways: tuple[WayShown, ...] = ()
    assumed: tuple[Message, ...] = ()


async def foresight_for(
    session: AsyncSession,
    form: Form,
    *,
    organization_id: UUID,
    within_division: str,
    is_verified: bool,
    now: datetime,
) -> ForesightShown:
    """What the form would bring as far as it is filled; a sentence instead where it may not be told."""
    if not is_verified:
        return ForesightShown((UNVERIFIED,))
    written = read_written(form, within_division=within_division, zone=i18n.zone(), now=now)
    if written.county is None:
        return ForesightShown((NO_COMMUNITY,))
    if not may_look(organization_id, now):
        return ForesightShown((LOOKED_TOO_OFTEN,))
    pool = await pool_of(session, written.county, now=now)
    promises = await promises_around(session, written, pool, now=now)
    today = i18n.local(now).date()
    seen = await asyncio.to_thread(look, written, pool, promises, today=today, now=now)
    return told(written, seen)


async def promises_around(
    session: AsyncSession, written: WrittenNeed, pool: Pool, *, now: datetime
) -> list[PromiseRow]:
    """What people have promised at the times that were written, and at those it could be moved to."""
    times = [each.times for each in written.times]
    others = [moved for each in times for moved in other_times(each, now=now)]
    around = reads.span_of([shift_row(each) for each in (*times, *others)])
    return await reads.promises(session, pool.is_theirs(), around=around)


@dataclass(frozen=True)
class Seen:
    """How many fit at each written time (or at any), and the foresight of the time that finds fewest.

    `others` are the times that the foresight speaks of.
    """

    fitting: tuple[int, ...]
    weakest: WrittenTime | None
    others: tuple[Times, ...]
    foresight: Foresight

    @property
    def is_enough(self) -> bool:
        places = self.weakest.times.places if self.weakest else 1
        return self.foresight.fitting >= ENOUGH_PER_PLACE * places


def look(
    written: WrittenNeed,
    pool: Pool,
    promises: Sequence[PromiseRow],
    *,
    today: date,
    now: datetime,
    row: int | None = None,
    said_no: Collection[UUID] = (),
) -> Seen:
    """The sum itself, for the time in a row or the one that finds fewest; long enough to belong in a thread.

    `said_no` are people who are not asked for it again.
    """
    texts = EncodedTexts(matcher().text_model)
    bookings = bookings_of(pool.people, promises)
    times = tuple(shift_row(each.times) for each in written.times)
    needs = needs_table([written.row(times, now)], texts).needs
    passes = check(needs, pool.people, today=today, bookings=bookings).passes
    fitting = tuple(passes.sum(axis=1).tolist())
    row = _weakest(written.times, fitting) if row is None else row
    weakest = written.times[row] if written.times else None
    others = _others(written, weakest, now) if weakest else ()
    moved = tuple(shift_row(each) for each in others)
    need = needs.take([row])
    foresight = foresee(
        need,
        pool.people,
        today=today,
        times=needs_table([written.row(moved, now)], texts).needs if moved else None,
        fixed_credentials=written.kept,
        lowest_age=written.lowest_age,
        wider_km=FETCHED_KM,
        bookings=bookings,
        pairs=pairs_of(need, pool.people, _refusals(need, said_no)),
    )
    return Seen(fitting, weakest, others, foresight)


def _refusals(need: Needs, said_no: Collection[UUID]) -> list[PairRow]:
    need_id = UUID(str(need.need_ids[0]))
    return [PairRow(need_id, need_id, account_id, State.declined) for account_id in said_no]


def told(written: WrittenNeed, seen: Seen) -> ForesightShown:
    ways = () if seen.is_enough else best_ways(seen)
    return ForesightShown(
        counts=tuple(_counts(written.times, seen.fitting)),
        verdict=_verdict(written, seen, has_ways=bool(ways)),
        ways=ways,
        assumed=written.assumed,
    )


def best_ways(seen: Seen) -> tuple[WayShown, ...]:
    return tuple(_way(way, seen) for way in seen.foresight.best)


def _verdict(written: WrittenNeed, seen: Seen, *, has_ways: bool) -> Message | None:
    if seen.is_enough:
        return ENOUGH
    if has_ways and seen.weakest and len(written.times) > 1:
        return Message("What would bring more on {start}:", start=seen.weakest.times.starts_at)
    return WAYS if has_ways else None


def _others(written: WrittenNeed, weakest: WrittenTime, now: datetime) -> tuple[Times, ...]:
    """Times that could take the place of the weakest, and that do not stand in the form already."""
    there = {each.times.starts_at for each in written.times}
    return tuple(each for each in other_times(weakest.times, now=now) if each.starts_at not in there)


def _weakest(times: Sequence[WrittenTime], fitting: Sequence[int]) -> int:
    """The time that finds fewest for each of its places; the earliest of several."""
    shares = [count / each.times.places for each, count in zip(times, fitting, strict=False)]
    return shares.index(min(shares)) if shares else 0


def _counts(times: Sequence[WrittenTime], fitting: Sequence[int]) -> list[Message]:
    if not times:
        return [counted(fitting[0], "One person could come.", "{n} people could come.")]
    return [_count(each.times.starts_at, n) for each, n in zip(times, fitting, strict=True)]


def _count(starts_at: datetime, n: int) -> Message:
    if not n:
        return Message("Nobody fits on {start} yet.", start=starts_at)
    return counted(n, "One person fits on {start}.", "{n} people fit on {start}.", start=starts_at)


def _way(way: Way, seen: Seen) -> WayShown:
    match way.kind:
        case WayKind.TIME if seen.weakest is not None:
            times = seen.others[int(way.what)]
            sentence = _at_another_time(way, times.starts_at, seen)
            return WayShown(sentence, Message("Take this time"), time_way(seen.weakest.n, times))
        case WayKind.AGE:
            sentence = _more(way.gain, *_FROM_AGE).given(age=way.what)
            return WayShown(sentence, Message("Change the age"), f"age:{way.what}")
        case WayKind.SKILL:
            sentence = _more(way.gain, *_WITHOUT).given(what=seed.skills()[str(way.what)])
            return WayShown(sentence, Message("Do not require it"), f"skills_required:{way.what}")
        case WayKind.CREDENTIAL:
            sentence = _more(way.gain, *_WITHOUT).given(what=seed.credentials()[str(way.what)])
            return WayShown(sentence, Message("Do not require it"), f"credentials:{way.what}")
    return WayShown(_more(way.gain, *_FETCHED).given(km=FETCHED_KM))


def _at_another_time(way: Way, starts_at: datetime, seen: Seen) -> Message:
    """How many fit then is no secret, and so neither is how many more."""
    moved = starts_at - seen.weakest.times.starts_at if seen.weakest else timedelta(0)
    if moved == A_LITTLE:
        return counted(
            way.gain,
            "Two hours later, one more person would fit.",
            "Two hours later, {n} more people would fit.",
        )
    if moved == -A_LITTLE:
        return counted(
            way.gain,
            "Two hours earlier, one more person would fit.",
            "Two hours earlier, {n} more people would fit.",
        )
    return _count(starts_at, way.fitting)


def _more(gain: int, few: Message, many: Message) -> Message:
    """How many lack just this one thing is told only where it points at nobody (security 4)."""
    return few if gain < FEWEST_COUNTED else many.given(n=gain)


_FROM_AGE: Final = (
    Message("A few more from the age of {age}."),
    Message("{n} more from the age of {age}."),
)
_WITHOUT: Final = (
    Message("A few more if this is not required: {what}."),
    Message("{n} more if this is not required: {what}."),
)
_FETCHED: Final = (
    Message("A few more if somebody fetches them: they live up to {km} km farther away than they go."),
    Message("{n} more if somebody fetches them: they live up to {km} km farther away than they go."),
)
