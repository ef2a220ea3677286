"""Why a need was shown to somebody, in parts that add up; and why another is not."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core import i18n
from linli.core.i18n import Message
from linli.needs.models import Need
from linli.suggestions import reads, why_words, wording
from linli.suggestions.all_times import in_all_times
from linli.suggestions.change_words import change_for_person
from linli.suggestions.matcher import matcher
from linli.suggestions.open_needs import blurred
from linli.suggestions.person import known_of, row_of
from linli.suggestions.ranking import Known, reason_of, told_contributions
from linli.suggestions.reads import NeedRow, ShiftRow
from linli.suggestions.serving import serving
from linli.suggestions.tables import NeedTable, bookings_of, needs_table, pairs_of, volunteers_table
from linli.suggestions.texts import EncodedTexts
from linli.suggestions.topics import with_topics
from linli.volunteers.pool import PoolRow
from matching import Eligibility, Explanation, Volunteers, check, explain_pairs, persons_change
from matching.gates import Gate
from matching.informed import USUAL
from matching.ranking import best_rows

POINTS: Final = 100
# Where the matcher has learnt, ten points are the odds of a yes times e: nothing together is as often as not.
LEARNT_POINTS: Final = 10
# Every part may give a reason: the list is complete, not a selection.
ALL_REASONS: Final = 20


@dataclass(frozen=True)
class Share:
    """One part of the score, in whole points; `says` is what speaks for the need, None where nothing does."""

    name: Message
    points: int
    says: Message | None


@dataclass(frozen=True)
class Time:
    """A coming time of the need: `refusal` is the first gate that keeps the person out, None for none."""

    shift: ShiftRow
    refusal: Message | None


@dataclass(frozen=True)
class Why:
    """How a need fits one person, by its best time. The points of the shares add up to `points`.

    `chance` is how many of a hundred would say yes, None where nothing was learnt. `change` is the one thing
    the person could change about themselves that would bring most.
    """

    points: int
    chance: int | None
    shares: tuple[Share, ...]
    best: ShiftRow | None
    times: tuple[Time, ...]
    change: Message | None

    @property
    def fits(self) -> bool:
        return self.best is not None


async def why_shown(session: AsyncSession, *, account: Account, need: Need, now: datetime) -> Why | None:
    """The same sum as for the person's list, for one need; None where no time is left to come."""
    [row] = await reads.need_rows(session, Need.id == need.id, now=now, limit=1, only_free=False)
    if not row.shifts:
        return None
    table, serves = needs_table([blurred(row)], EncodedTexts(matcher().text_model)), await serving(session)
    person = await row_of(session, account, i18n.local(now).date())
    known = await known_of(session, account.id, table, serves, now=now)
    return await asyncio.to_thread(_why, table, person, known, now)


def in_points(contributions: Mapping[str, float], each: int = POINTS) -> dict[str, int]:
    """Whole points that add up to the rounded sum: the largest rests are rounded up.

    >>> in_points({"skills": 0.125, "nearness": 0.125, "time": 0.2})
    {'skills': 13, 'nearness': 12, 'time': 20}
    """
    exact = {name: value * each for name, value in contributions.items()}
    points = {name: int(np.floor(value)) for name, value in exact.items()}
    lacking = round(sum(exact.values())) - sum(points.values())
    by_rest = sorted(exact, key=lambda name: points[name] - exact[name])
    return points | {name: points[name] + 1 for name in by_rest[:lacking]}


def _why(table: NeedTable, person: PoolRow, known: Known, now: datetime) -> Why:
    one, ranker = (
        volunteers_table([person], EncodedTexts(matcher().text_model)),
        known.ranker([person.account_id]),
    )
    today = i18n.local(now).date()
    bookings = bookings_of(one, known.promises) if known.promises else None
    pairs = pairs_of(table.needs, one, known.pairs)
    eligible = in_all_times(
        check(table.needs, one, today=today, bookings=bookings, pairs=pairs), table.of_row
    )
    times = [
        Time(shift, _refusal(shift, eligible, row))
        for row, (_, shift) in enumerate(table.of_row)
        if shift is not None
    ]
    fitting = np.array([each.refusal is None for each in times])
    scores = ranker.score(table.needs, one).total[:, 0]
    is_any = fitting if fitting.any() else np.ones(len(times), dtype=np.bool_)
    best = int(best_rows(scores, is_any, table.needs.id_order, k=1)[0])
    told = explain_pairs(ranker, table.needs.take([best]), one, limit=ALL_REASONS)[0][0]
    kept = told_contributions(told.contributions)
    is_learnt = USUAL in kept
    change = None
    if _one_change_may_do(table.of_row[best][0], times[best]):
        change = persons_change(
            ranker, table.needs, best, one, 0, today=today, bookings=bookings, pairs=pairs
        )
    points = in_points(kept, LEARNT_POINTS if is_learnt else POINTS)
    return Why(
        points=sum(points.values()),
        chance=round(100 * told.score) if is_learnt else None,
        shares=tuple(_shares(points, told, table, best, one)),
        best=times[best].shift if fitting.any() else None,
        times=tuple(times),
        change=change_for_person(change) if change else None,
    )


def _one_change_may_do(need: NeedRow, time: Time) -> bool:
    """Not where all places are taken, nor where several times would have to be mended."""
    mends_all = not need.same_person or len(need.shifts) == 1
    return time.refusal is None or (time.refusal is not why_words.NO_PLACE and mends_all)


def _refusal(shift: ShiftRow, eligible: Eligibility, row: int) -> Message | None:
    if shift.places_taken >= shift.places:
        return why_words.NO_PLACE
    if eligible.passes[row, 0]:
        return None
    failing = int(eligible.first_failing[row, 0])
    return why_words.refusal(Gate(failing).name.lower() if failing >= 0 else "within_reach")


def _shares(
    points: Mapping[str, int], told: Explanation, table: NeedTable, row: int, one: Volunteers
) -> Sequence[Share]:
    needs = table.needs.take([row])
    kept = [with_topics(reason_of(reason), needs, 0, one) for reason in told.reasons]
    says = {why_words.FEATURE_OF_REASON[code]: said for code, said in wording.coded_for_person(kept)}
    shares = [
        Share(sentence, points[name], says.get(name))
        for name, sentence in why_words.PART_NAMES.items()
        if name in points
    ]
    return sorted(shares, key=lambda share: -share.points)
