from __future__ import annotations

from math import log2

import numpy as np
import pytest

from matching.metrics import (
    calibration_error,
    concentration_at_k,
    coverage_at_k,
    ndcg_at_k,
    recall_at_k,
    reciprocal_rank,
)


def test_ndcg_by_hand() -> None:
    gains = {"a": 2.0, "b": 1.0, "c": 1.0}
    seen = 1 / log2(2) + 2 / log2(4)
    best = 2 / log2(2) + 1 / log2(3) + 1 / log2(4)
    assert ndcg_at_k(["b", "x", "a"], gains, k=3) == pytest.approx(seen / best)
    assert ndcg_at_k(["a", "b", "c", "x"], gains) == pytest.approx(1)
    assert ndcg_at_k(["x", "a"], gains, k=1) == 0
    assert ndcg_at_k([], gains) == ndcg_at_k(["x"], {}) == 0


def test_recall_and_reciprocal_rank_by_hand() -> None:
    assert recall_at_k(["x", "a", "b"], ["a", "b", "c"], k=2) == pytest.approx(1 / 3)
    assert recall_at_k(["x"], []) == 0
    assert reciprocal_rank(["x", "y", "a", "b"], ["a", "b"]) == pytest.approx(1 / 3)
    assert reciprocal_rank(["x"], ["a"]) == 0


def test_coverage_and_concentration_see_who_is_never_shown() -> None:
    everyone = ["a", "b", "c", "d"]
    assert coverage_at_k([["a", "b"], ["a", "c"]], everyone, k=2) == 0.75
    assert concentration_at_k([["a", "b", "c", "d"]], everyone) == 0
    # Counts 0, 0, 0, 2: the Gini coefficient of one who has everything among n is 1 - 1 / n.
    assert concentration_at_k([["a"], ["a"]], everyone) == pytest.approx(0.75)
    assert coverage_at_k([], []) == concentration_at_k([], everyone) == 0


def test_impossible_rankings_are_refused() -> None:
    with pytest.raises(ValueError, match="'a' is ranked 2 times"):
        ndcg_at_k(["a", "b", "a"], {})
    with pytest.raises(ValueError, match="k must be at least 1, but is 0"):
        recall_at_k(["a"], ["a"], k=0)
    with pytest.raises(ValueError, match="gains must be at least 0, but one is -1"):
        ndcg_at_k(["a"], {"a": -1.0})


def test_calibration_by_hand() -> None:
    # Bins .2 to .3 and .9 to 1: |.25 - .5| for two of three questions, |1 - 1| for the last.
    error = calibration_error(np.array([0.2, 0.3 - 1e-9, 1.0]), np.array([True, False, True]))
    assert error == pytest.approx(2 / 3 * 0.25)
    true = np.random.default_rng(1).random(50_000)
    came = np.random.default_rng(2).random(50_000) < true
    assert calibration_error(true, came) < 0.01
    assert calibration_error(np.sqrt(true), came) > 0.1
    assert np.isnan(calibration_error(np.zeros(0), np.zeros(0, dtype=np.bool_)))


@pytest.mark.parametrize(
    ("chances", "yes", "bins", "sentence"),
    [
        ([0.5], [True, False], 10, "one answer per chance"),
        ([1.5], [True], 10, "a chance must be from 0 to 1, but is 1.5"),
        ([0.5], [True], 0, "bins must be at least 1, but is 0"),
    ],
)
def test_calibration_refuses_what_it_cannot_judge(
    chances: list[float], yes: list[bool], bins: int, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        calibration_error(np.array(chances), np.array(yes), bins=bins)
