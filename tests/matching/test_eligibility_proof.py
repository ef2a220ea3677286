"""The gates against a plain reference, pair by pair; `make bench` asks about a million pairs."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from matching import Gate, check
from tests.matching.factories import TODAY
from tests.matching.naive import OUTSIDE, PASSES, gates_of
from tests.matching.random_tables import RandomTown, random_town


def library_says(town: RandomTown) -> np.ndarray:
    eligible = check(town.needs, town.people, today=TODAY, bookings=town.bookings, pairs=town.pairs)
    found = eligible.first_failing.astype(np.int64)
    assert np.array_equal(found == PASSES, eligible.passes | ~eligible.pool)
    return np.where(eligible.pool, found, OUTSIDE)


@pytest.mark.parametrize("seed", range(5))
def test_every_pair_passes_or_fails_the_gate_that_plain_python_names(seed: int) -> None:
    town = random_town(seed, needs=40, people=100)
    assert np.array_equal(library_says(town), np.array(gates_of(town, TODAY)))


def test_one_person_before_many_needs_is_judged_the_same() -> None:
    town = random_town(9, needs=60, people=3)
    assert np.array_equal(library_says(town), np.array(gates_of(town, TODAY)))


def test_the_random_towns_reach_every_gate_and_both_ends() -> None:
    found = Counter[int]()
    for seed in range(3):
        found.update(library_says(random_town(seed, needs=40, people=100)).ravel().tolist())
    assert set(found) == {OUTSIDE, PASSES, *map(int, Gate)}
    assert found[PASSES] > 100
