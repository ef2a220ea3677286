from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.exploration import explore, rarely_asked
from matching.waves import Asking, Day, Exploring, plan

CHANCES = [0.8, 0.7, 0.6, 0.5, 0.45, 0.4, 0.35, 0.1]
RARELY = [False, False, False, True, False, True, True, True]


def counted(seats: int, share: float, draws: int = 5_000) -> tuple[np.ndarray, np.ndarray]:
    """How often each position was asked, and its mean reported propensity."""
    times, told = np.zeros(len(CHANCES)), np.zeros(len(CHANCES))
    for seed in range(draws):
        for each in explore(CHANCES, RARELY, seats=seats, share=share, seed=seed):
            times[each.position] += 1
            told[each.position] += each.propensity
    return times / draws, told / np.maximum(1, times)


@pytest.mark.parametrize(("seats", "share"), [(1, 0.1), (3, 0.3), (3, 0.9)])
def test_the_propensity_of_a_question_is_how_often_it_is_asked(seats: int, share: float) -> None:
    often, told = counted(seats, share)
    asked = often > 0
    # Four standard errors of a share in 5,000 draws are at most 0.0283.
    np.testing.assert_allclose(often[asked], told[asked], atol=0.0283)
    assert often.sum() == pytest.approx(seats)


def test_propensities_by_hand() -> None:
    # One seat, handed over with .2; positions 3 and 5 are the pool, 6 and 7 lie below half of .8.
    found = {
        each.position: each.propensity
        for seed in range(200)
        for each in explore(CHANCES, RARELY, seats=1, share=0.2, seed=seed)
    }
    assert found == pytest.approx({0: 0.8, 3: 0.1, 5: 0.1})


def test_weighed_by_the_inverse_the_mean_over_all_that_may_be_asked_is_true() -> None:
    # The estimate is unbiased: its mean over all draws is the plain sum over those who may be asked.
    worth = np.arange(1.0, len(CHANCES) + 1)
    draws = 4_000
    estimates = [
        sum(worth[each.position] / each.propensity for each in found)
        for found in (explore(CHANCES, RARELY, seats=3, share=0.4, seed=seed) for seed in range(draws))
    ]
    true = worth[[0, 1, 2, 3, 5, 6]].sum()
    assert np.mean(estimates) == pytest.approx(true, abs=4 * np.std(estimates) / np.sqrt(draws))


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=12),
    st.integers(0, 6),
    st.floats(0, 1),
    st.integers(0, 2**40),
)
def test_as_many_are_asked_as_there_are_seats_and_only_the_rarely_asked_are_tried_out(
    people: list[tuple[float, bool]], seats: int, share: float, seed: int
) -> None:
    chances = sorted((chance for chance, _ in people), reverse=True)
    rarely = [rare for _, rare in people]
    found = explore(chances, rarely, seats=seats, share=share, seed=seed)
    assert found == explore(chances, rarely, seats=seats, share=share, seed=seed)
    positions = [each.position for each in found]
    assert len(set(positions)) == len(positions) == min(seats, len(people))
    for each in found:
        assert 0 < each.propensity <= 1
        if each.is_exploring:
            assert each.position >= seats
            assert rarely[each.position]
            assert chances[each.position] > 0
        else:
            assert each.position < seats


def test_without_a_share_or_without_anybody_to_try_the_ranking_is_followed() -> None:
    for share, rarely in ((0.0, RARELY), (1.0, [False] * len(CHANCES))):
        found = explore(CHANCES, rarely, seats=3, share=share, seed=1)
        assert [(each.position, each.propensity) for each in found] == [(0, 1.0), (1, 1.0), (2, 1.0)]


def test_who_was_asked_a_quarter_as_often_as_others_is_rarely_asked() -> None:
    assert rarely_asked(np.array([0, 1, 7, 8])).tolist() == [True, True, False, False]
    assert rarely_asked(np.zeros(3)).all()
    assert rarely_asked(np.zeros(0)).shape == (0,)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"seats": -1}, "seats must be at least 0, but is -1"),
        ({"share": 1.5}, "share must be from 0 to 1, but is 1.5"),
        ({"chances": [0.5, float("nan")]}, "a chance must be from 0 to 1, but is nan"),
        ({"rarely": [True]}, "one entry per chance"),
    ],
)
def test_wrong_wishes_are_refused(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        explore(**{"chances": [0.5, 0.4], "rarely": [True, True], "seats": 1, "seed": 1, **given})


@pytest.mark.parametrize("wrong", [-1.0, float("nan"), float("inf")])
def test_a_count_that_is_none_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="asked must be a number of at least 0"):
        rarely_asked(np.array([1.0, wrong]))


def wave(seeds: list[int], share: float) -> list[Asking]:
    chance = np.random.default_rng(3).uniform(0.3, 0.6, (3, 12))
    chance[1, :4] = 0.0
    rarely = np.arange(12) % 2 == 0
    return plan(
        Day(
            chance=chance,
            places=np.array([1, 1, 1]),
            value=np.ones(3),
            waves=np.full(3, 4),
            pending=[[], [], []],
            price=np.full(12, 0.02),
            comes=np.ones(12),
            exploring=Exploring(rarely=rarely, seeds=seeds, share=share),
        )
    )


def test_a_wave_asks_nobody_twice_and_the_seeds_of_its_needs_decide() -> None:
    for seed in range(200):
        found = wave([seed, seed + 1, seed + 2], 0.5)
        assert found == wave([seed, seed + 1, seed + 2], 0.5)
        people = [each.person for each in found]
        assert len(set(people)) == len(people)
        assert not any(each.need == 1 and each.person < 4 for each in found)
        assert all(each.person % 2 == 0 for each in found if each.is_exploring)
    assert all(each.propensity == 1.0 for each in wave([0, 0, 0], 0.0))


def test_propensities_hold_over_a_whole_wave() -> None:
    draws, times, told = 2_000, dict[tuple[int, int], int](), dict[tuple[int, int], float]()
    for seed in range(draws):
        for each in wave([3 * seed, 3 * seed + 1, 3 * seed + 2], 0.4):
            pair = each.need, each.person
            times[pair] = times.get(pair, 0) + 1
            assert told.setdefault(pair, each.propensity) == each.propensity
    for pair, count in times.items():
        assert count / draws == pytest.approx(told[pair], abs=0.045)  # four standard errors
