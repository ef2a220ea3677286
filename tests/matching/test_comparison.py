"""New against old, on questions that neither has seen."""

from __future__ import annotations

import numpy as np
import pytest

from matching import Judgement, compare, why_not_comparable
from matching.chances import calibration, error_by_luck, share
from matching.columns import Booleans, Floats
from matching.comparison import paired


def judged(chance: Floats) -> Judgement:
    return Judgement(chance, chance)


def town(
    needs: int = 40, asked: int = 6
) -> tuple[Floats, Booleans, np.ndarray[tuple[int], np.dtype[np.str_]]]:
    """True chances of questions, what came of them, and whose they were."""
    random = np.random.default_rng(7)
    truth = random.uniform(0.05, 0.95, needs * asked)
    return truth, random.random(len(truth)) < truth, np.repeat(np.arange(needs), asked).astype(str)


def test_who_knows_the_truth_is_better_and_who_knows_its_opposite_is_worse() -> None:
    truth, yes, needs = town()
    flat = judged(np.full(len(truth), 0.5))
    better = compare(judged(truth), flat, yes=yes, needs=needs)
    worse = compare(judged(1 - truth), flat, yes=yes, needs=needs)
    assert better.log_loss_difference.high < 0
    assert not better.is_worse
    assert worse.is_worse
    assert better.new.ndcg is not None and worse.new.ndcg is not None  # noqa: PT018
    assert better.new.ndcg > worse.new.ndcg + 0.2
    assert better.new.calibration_error < 0.1 < worse.new.calibration_error


def test_a_difference_within_the_noise_is_not_worse() -> None:
    truth, yes, needs = town(needs=12)
    nearly = np.clip(truth + np.random.default_rng(1).normal(0, 0.02, len(truth)), 0.01, 0.99)
    found = compare(judged(nearly), judged(truth), yes=yes, needs=needs)
    assert found.log_loss_difference.low < 0 < found.log_loss_difference.high
    assert not found.is_worse


def test_a_worse_order_alone_is_worse() -> None:
    truth, yes, needs = town()
    upside_down = Judgement(-truth, truth)
    found = compare(upside_down, judged(truth), yes=yes, needs=needs)
    assert found.log_loss_difference.mean == 0
    assert found.ndcg_difference is not None
    assert found.ndcg_difference.high < 0
    assert found.is_worse


def test_differences_are_of_needs_and_not_of_questions() -> None:
    """Each need counts once: ten questions of one need are no ten witnesses."""
    needs = np.array(["a"] * 10 + ["b"])
    yes = np.ones(11, dtype=np.bool_)
    new = np.array([0.5] * 10 + [0.9])
    found = compare(judged(new), judged(np.full(11, 0.5)), yes=yes, needs=needs)
    assert found.log_loss_difference.mean == pytest.approx((0 + np.log(0.5 / 0.9)) / 2)
    assert found.needs == 2
    assert found.ndcg_difference is None


def test_bins_count_what_came_of_what_was_said() -> None:
    chance = np.array([0.12, 0.18, 0.55, 0.999])
    bins = calibration(chance, np.array([False, True, True, True]))
    assert [(each.questions, round(each.said, 3), each.came.mean) for each in bins] == [
        (2, 0.15, 0.5),
        (1, 0.55, 1.0),
        (1, 0.999, 1.0),
    ]
    assert all(0 <= each.came.low <= each.came.mean <= each.came.high <= 1 for each in bins)


def test_intervals_are_those_of_the_books() -> None:
    assert share(8, 10).low == pytest.approx(0.490162, abs=1e-5)
    assert share(8, 10).high == pytest.approx(0.943318, abs=1e-5)
    found = paired(np.array([2.0, 4.0, 6.0, 8.0]))
    assert (found.high - found.low) / 2 == pytest.approx(3.182446 * 2.581989 / 2, abs=1e-4)


@pytest.mark.parametrize(
    ("needs", "questions", "yes", "sentence"),
    [
        (3, 60, None, "only 3 needs with 60 questions"),
        (12, 12, None, "only 12 needs with 12 questions"),
        (12, 60, True, "had the same answer"),
        (12, 60, None, ""),
    ],
)
def test_too_little_is_said_to_be_too_little(
    needs: int, questions: int, yes: bool | None, sentence: str
) -> None:
    answers = np.arange(questions) % 2 == 0 if yes is None else np.full(questions, yes)
    found = why_not_comparable(answers, (np.arange(questions) % needs).astype(str))
    assert sentence in found
    assert bool(sentence) == bool(found)


@pytest.mark.parametrize("chance", [0.0, 1.0, np.nan])
def test_a_chance_is_between_never_and_always(chance: float) -> None:
    with pytest.raises(ValueError, match="above 0 and below 1"):
        judged(np.array([chance, 0.5]))


def test_lengths_must_agree() -> None:
    half = judged(np.full(3, 0.5))
    with pytest.raises(ValueError, match="one length"):
        compare(half, half, yes=np.ones(2, dtype=np.bool_), needs=np.array(["a", "b"]))


def test_what_putting_right_brought_is_told_against_the_same_ranker_without_it() -> None:
    truth, yes, needs = town()
    too_high = np.sqrt(truth)
    found = compare(
        judged(truth), judged(np.full(len(truth), 0.5)), yes=yes, needs=needs, plain=judged(too_high)
    )
    assert found.plain is not None and found.put_right_difference is not None  # noqa: PT018
    assert found.put_right_difference.mean == pytest.approx(found.new.log_loss - found.plain.log_loss)
    assert found.put_right_difference.high < 0
    assert found.plain.calibration_error > 2 * found.new.calibration_error
    assert found.plain.ndcg == found.new.ndcg
    without = compare(judged(truth), judged(too_high), yes=yes, needs=needs)
    assert (without.plain, without.put_right_difference) == (None, None)


def test_the_squared_distance_is_a_mean_over_needs() -> None:
    needs, yes = np.array(["a", "a", "b"]), np.array([True, False, True])
    found = compare(judged(np.array([0.8, 0.4, 0.5])), judged(np.full(3, 0.5)), yes=yes, needs=needs)
    assert found.new.brier == pytest.approx(((0.04 + 0.16) / 2 + 0.25) / 2)
    assert found.brier_difference is not None
    assert found.brier_difference.mean == pytest.approx((0.2 / 2 + 0.25) / 2 - 0.25)


def test_the_error_by_luck_is_what_exact_chances_show() -> None:
    random = np.random.default_rng(11)
    chance = random.uniform(0.05, 0.95, 80)
    errors = []
    for _ in range(400):
        bins = calibration(chance, random.random(80) < chance)
        errors.append(sum(each.questions * abs(each.said - each.came.mean) for each in bins) / 80)
    assert error_by_luck(chance) == pytest.approx(np.mean(errors), rel=0.1)
