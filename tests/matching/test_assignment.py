"""Rosters against all rosters there are, in small cases, and the rules in larger ones."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from matching import Roster, Rota, assign, assign_greedily
from matching.flows import Network, min_cost_flow

SOLVERS = [False, True]


def random_rota(
    seed: int, *, shifts: int, people: int, share: float = 0.5, whole: float = 0.0, aligned: bool = True
) -> Rota:
    random = np.random.default_rng(seed)
    starts = random.integers(0, 4, shifts) * 180
    if not aligned:
        starts = starts + random.integers(0, 3, shifts) * 60
    need = np.sort(random.integers(0, max(1, shifts - 1), shifts))
    pairs = np.argwhere(random.random((shifts, people)) < share)
    return Rota(
        places=random.integers(0, 3, shifts),
        priority=random.integers(1, 4, shifts)[need % shifts],
        start_minute=starts,
        end_minute=starts + 180,
        week=starts // 360,
        need=need,
        whole=(random.random(shifts) < whole)[need % shifts],
        cap=random.integers(0, 3, people),
        shift=pairs[:, 0],
        volunteer=pairs[:, 1],
        score=random.random(len(pairs)).round(3),
    )


def breaks_a_rule(rota: Rota, pairs: Any) -> bool:
    pairs = np.asarray(pairs, dtype=np.int64)
    shifts, people = rota.shift[pairs], rota.volunteer[pairs]
    if (np.bincount(shifts, minlength=len(rota.places)) > rota.places).any():
        return True
    for person in set(people.tolist()):
        own = shifts[people == person]
        if any(
            rota.start_minute[one] < rota.end_minute[other]
            and rota.start_minute[other] < rota.end_minute[one]
            for one, other in combinations(own.tolist(), 2)
        ):
            return True
        if np.bincount(rota.week[own]).max() > rota.cap[person]:
            return True
    return False


def worth(rota: Rota, pairs: Any) -> tuple[float, ...]:
    """How many places by priority, and last the sum of scores: what is compared."""
    pairs = np.asarray(pairs, dtype=np.int64)
    filled = np.bincount(rota.priority[rota.shift[pairs]], minlength=4)[1:]
    return (*map(float, filled), round(float(rota.score[pairs].sum()), 6))


def best_of_all(rota: Rota) -> tuple[float, ...]:
    """By trying every set of pairs that breaks no rule."""
    best, stack = worth(rota, []), list[tuple[tuple[int, ...], int]]([((), 0)])
    while stack:
        chosen, first = stack.pop()
        for pair in range(first, len(rota.shift)):
            more = (*chosen, pair)
            if not breaks_a_rule(rota, more):
                best = max(best, worth(rota, more))
                stack.append((more, pair + 1))
    return best


@pytest.mark.parametrize("with_ortools", SOLVERS)
def test_no_roster_fills_more_of_the_first_priorities_nor_scores_higher(with_ortools: bool) -> None:
    told = 0
    for seed in range(40):
        rota = random_rota(seed, shifts=4, people=4, share=0.55)
        roster, best = assign(rota, with_ortools=with_ortools), best_of_all(rota)
        assert not breaks_a_rule(rota, roster.pairs)
        assert roster.is_exact
        assert worth(rota, roster.pairs) == pytest.approx(best)
        assert roster.bound == roster.filled == sum(best[:-1])
        told += roster.filled
    assert told > 60


@pytest.mark.parametrize("aligned", [True, False])
def test_rosters_of_every_kind_break_no_rule(aligned: bool) -> None:
    for seed in range(30):
        rota = random_rota(seed, shifts=12, people=10, share=0.4, whole=0.4, aligned=aligned)
        for roster in (assign(rota, with_ortools=False), assign_greedily(rota)):
            assert not breaks_a_rule(rota, roster.pairs)
            assert roster.filled == len(set(roster.pairs.tolist()))
            assert_all_or_nothing(rota, roster)


def assert_all_or_nothing(rota: Rota, roster: Roster) -> None:
    filled = np.bincount(rota.shift[roster.pairs], minlength=len(rota.places))
    for need in set(rota.need[rota.whole].tolist()):
        rows = rota.need == need
        got = filled[rows].sum()
        assert got in (0, rota.places[rows].sum())
        assert (need in roster.given_up) == (got == 0 < rota.places[rows].sum())


def test_a_need_that_wants_all_is_completed_by_an_exchange() -> None:
    # Li can do either; Wang only the first. Whole need 1 wants two places: Li and Zhao.
    rota = Rota(
        places=np.array([1, 2]),
        priority=np.array([1, 1]),
        start_minute=np.zeros(2, dtype=np.int64),
        end_minute=np.full(2, 60),
        week=np.zeros(2, dtype=np.int64),
        need=np.array([0, 1]),
        whole=np.array([False, True]),
        cap=np.ones(3, dtype=np.int64),
        shift=np.array([0, 0, 1, 1]),
        volunteer=np.array([0, 1, 0, 2]),
        score=np.array([0.9, 0.1, 0.2, 0.5]),
    )
    roster = assign(rota, with_ortools=False)
    assert roster.pairs.tolist() == [1, 2, 3]
    assert roster.given_up == ()


def test_a_need_that_cannot_be_whole_is_given_up_and_sets_people_free() -> None:
    rota = Rota(
        places=np.array([1, 3]),
        priority=np.array([2, 1]),
        start_minute=np.zeros(2, dtype=np.int64),
        end_minute=np.full(2, 60),
        week=np.zeros(2, dtype=np.int64),
        need=np.array([0, 1]),
        whole=np.array([False, True]),
        cap=np.ones(2, dtype=np.int64),
        shift=np.array([0, 1, 1]),
        volunteer=np.array([0, 0, 1]),
        score=np.array([0.9, 0.2, 0.5]),
    )
    for roster in (assign(rota, with_ortools=False), assign_greedily(rota)):
        assert roster.pairs.tolist() == [0]
        assert roster.given_up == (1,)
        assert not roster.is_exact


def test_greedy_never_fills_more_than_the_bound_and_mostly_nearly_as_much() -> None:
    greedy = exact = 0
    for seed in range(20):
        rota = random_rota(seed, shifts=30, people=30, share=0.2)
        best, quick = assign(rota, with_ortools=False), assign_greedily(rota)
        assert quick.filled <= (best.bound or 0)
        greedy, exact = greedy + quick.filled, exact + best.filled
    assert greedy > 0.93 * exact


def test_both_solvers_find_flows_of_the_same_cost() -> None:
    for seed in range(10):
        rota = random_rota(seed, shifts=20, people=15, share=0.3)
        one, other = (assign(rota, with_ortools=each) for each in (True, False))
        assert worth(rota, one.pairs) == pytest.approx(worth(rota, other.pairs))


@pytest.mark.parametrize("assigning", [lambda rota: assign(rota, with_ortools=False), assign_greedily])
def test_nobody_and_nothing_give_an_empty_roster(assigning: Any) -> None:
    for shifts, people in ((0, 0), (3, 0), (0, 3)):
        roster = assigning(random_rota(1, shifts=shifts, people=people))
        assert roster.filled == 0
        assert not roster.pairs.size


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("places", [-1, 1], "places must be at least 0, but is -1"),
        ("priority", [0, 1], "priority must be at least 1, but is 0"),
        ("cap", [-1], "cap must be at least 0, but is -1"),
        ("shift", [0, 2], "shift must be a row from 0 to 1, but is 2"),
        ("volunteer", [0, 1], "volunteer must be a row from 0 to 0, but is 1"),
        ("score", [0.5, float("nan")], "score must be from 0 to 1, but is nan"),
        ("score", [0.5], "score must have 2 rows, but has 1"),
        ("end_minute", [0, 60], "end after it starts"),
        ("shift", [1, 1], "one is named twice"),
    ],
)
def test_a_rota_that_makes_no_sense_is_refused(column: str, value: list[float], sentence: str) -> None:
    two = np.array([1, 1])
    good = {
        "places": two,
        "priority": two,
        "start_minute": 0 * two,
        "end_minute": 60 * two,
        "week": 0 * two,
        "need": np.array([0, 1]),
        "whole": two > 1,
        "cap": np.array([1]),
        "shift": np.array([0, 1]),
        "volunteer": 0 * two,
        "score": 0.5 * two,
    }
    with pytest.raises(ValueError, match=sentence):
        Rota(**{**good, column: np.array(value)})


def test_a_flow_that_cannot_be_is_refused() -> None:
    one = np.array([1])
    for with_ortools in SOLVERS:
        with pytest.raises(ValueError, match="a flow that meets all supplies is wanted"):
            min_cost_flow(Network(0 * one, one, one, one, np.array([2, -2])), with_ortools=with_ortools)
