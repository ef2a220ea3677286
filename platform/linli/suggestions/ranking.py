"""The sum itself: who fits each shift, why, and who does not. Pure, and long enough to belong in a thread."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import numpy as np

from linli.suggestions.all_times import in_all_times, whole_needs
from linli.suggestions.learning.past import Informed
from linli.suggestions.matcher import matcher
from linli.suggestions.pools import Pool
from linli.suggestions.reads import NeedRow, PairRow, PromiseRow, ShiftRow
from linli.suggestions.tables import NeedTable, bookings_of, pairs_of
from matching import (
    Eligibility,
    Feature,
    HistoryFeature,
    Needs,
    Ranker,
    Ranking,
    Reason,
    ReasonCode,
    Volunteers,
    check,
    explain_pairs,
    pair_features,
    probability_of_yes,
)
from matching.informed import USUAL
from matching.nearness import Tier, distance_km, shared_tier

# Shifts looked at together; ten thousand people take a megabyte for each.
AT_ONCE: Final = 8
KEPT: Final = 50
KEPT_PER_PLACE: Final = 8
MOST_KEPT: Final = 500
FEATURE_DECIMALS: Final = 4

EARLIER: Final = ReasonCode.EARLIER_ANSWERS.value
Json = dict[str, Any]


@dataclass(frozen=True)
class RankedPerson:
    """`reasons` are codes with parameters, `unknown` gates to ask about, `nearness` km or a division.

    `likely` is the chance of a yes where that was learnt; the contributions then add up to its log-odds.
    """

    account_id: UUID
    score: float
    likely: float | None
    contributions: Json
    reasons: tuple[Json, ...]
    unknown: tuple[str, ...]
    nearness: Json
    features: Json


@dataclass(frozen=True)
class RankedShift:
    """The answer for one shift (or for a need without one). `excluded` counts each person once, by gate."""

    need: NeedRow
    shift: ShiftRow | None
    pool: int
    fitting: int
    excluded: Mapping[str, int]
    not_applied: tuple[str, ...]
    people: tuple[RankedPerson, ...]


@dataclass(frozen=True)
class Known:
    """What these people have promised, what already stands between them and these needs, what was learnt."""

    promises: Sequence[PromiseRow]
    pairs: Sequence[PairRow]
    learnt: Informed | None = None

    def ranker(self, account_ids: Sequence[UUID]) -> Ranker:
        return self.learnt.about(account_ids) if self.learnt else matcher().ranker


def rank_people(
    table: NeedTable, pool: Pool, known: Known, *, today: date, top: int | None = None
) -> list[RankedShift]:
    """For each shift the best people, best first; `top` of them, or enough for its places."""
    bookings, ranker = bookings_of(pool.people, known.promises), known.ranker(pool.account_ids)
    ranked: list[RankedShift] = []
    for rows in whole_needs(table.of_row, AT_ONCE):
        needs = table.needs.take(list(rows))
        pairs = pairs_of(needs, pool.people, known.pairs)
        passed = check(needs, pool.people, today=today, bookings=bookings, pairs=pairs)
        eligible = in_all_times(passed, [table.of_row[row] for row in rows])
        most = [top or _kept_for(table.of_row[row][1]) for row in rows]
        best = ranker.rank_volunteers(needs, pool.people, eligible, k=max(most))
        for n, row in enumerate(rows):
            people = tuple(_people(ranker, needs, n, pool, eligible, best[n], most[n]))
            ranked.append(_ranked_shift(*table.of_row[row], eligible, n, people))
    return ranked


def likely_of(answers: Mapping[UUID, tuple[int, int]], account_ids: Sequence[UUID]) -> dict[UUID, float]:
    """How likely each is to say yes, from how often they were asked and said yes."""
    counts = np.array([answers.get(id, (0, 0)) for id in account_ids], dtype=np.int64).reshape(-1, 2)
    likely = probability_of_yes(counts[:, 0], counts[:, 1])
    return dict(zip(account_ids, likely.tolist(), strict=True))


def told_contributions(parts: Mapping[str, float]) -> Json:
    """As they are kept: what somebody answered before is one number, and nobody's affair in detail."""
    kept = {str(name): value for name, value in parts.items() if name not in set(HistoryFeature)}
    if USUAL in kept:
        kept[EARLIER] = sum(parts[name] for name in HistoryFeature)
    return kept


def nearness_of(km: float, tier: int) -> Json:
    """As coarse as it may be told before a yes: whole kilometres, or the lowest division that is shared."""
    if not np.isnan(km):
        return {"km": round(km)}
    return {"tier": Tier(tier).name.lower()} if tier > Tier.NONE else {}


def reason_of(reason: Reason) -> Json:
    """As it is kept: nothing in it that the officer may not see."""
    params: Json = {name: value for name, value in reason.params.items() if name != "terms"}
    if "km" in params:
        params["km"] = round(params["km"])
    if "cells" in params:
        params["cells"] = list(params["cells"])
    return {"code": str(reason.code), **params}


def _kept_for(shift: ShiftRow | None) -> int:
    places = shift.places if shift else 0
    return min(max(KEPT, KEPT_PER_PLACE * places), MOST_KEPT)


def _ranked_shift(
    need: NeedRow,
    shift: ShiftRow | None,
    eligible: Eligibility,
    row: int,
    people: tuple[RankedPerson, ...],
) -> RankedShift:
    return RankedShift(
        need=need,
        shift=shift,
        pool=int(eligible.pool[row].sum()),
        fitting=int(eligible.passes[row].sum()),
        excluded={gate.name.lower(): count for gate, count in eligible.excluded_counts(row).items()},
        not_applied=tuple(gate.name.lower() for gate in eligible.not_applied[row]),
        people=people,
    )


def _people(
    ranker: Ranker, needs: Needs, row: int, pool: Pool, eligible: Eligibility, best: Ranking, most: int
) -> Iterator[RankedPerson]:
    rows = best.rows[:most]
    one, people = needs.take([row]), pool.people.take(rows)
    told, suits = explain_pairs(ranker, one, people)[0], _features(one, people)
    for person, where, why, features in zip(rows.tolist(), _nearness(one, people), told, suits, strict=True):
        yield RankedPerson(
            account_id=pool.account_ids[person],
            score=why.score,
            likely=why.score if USUAL in why.contributions else None,
            contributions=told_contributions(why.contributions),
            reasons=tuple(reason_of(each) for each in why.reasons),
            unknown=tuple(gate.name.lower() for gate in eligible.to_ask(row, person)),
            nearness=where,
            features=features,
        )


def _features(one: Needs, people: Volunteers) -> list[Json]:
    """How they suit each other, as it is kept with a question; what a person answered before is not in it."""
    values = pair_features(one, people)[:, 0, :].round(FEATURE_DECIMALS).T
    return [dict(zip(map(str, Feature), each, strict=True)) for each in values.tolist()]


def _nearness(one: Needs, people: Volunteers) -> list[Json]:
    distances, (tiers, _) = distance_km(one, people)[0], shared_tier(one, people)
    return [nearness_of(km, tier) for km, tier in zip(distances.tolist(), tiers[0].tolist(), strict=True)]
