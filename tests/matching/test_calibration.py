from __future__ import annotations

import numpy as np
import pytest

from matching import LearntRanker, Recalibration, put_right_day_by_day
from matching.learnt import FEATURES
from matching.metrics import calibration_error


def said_and_came(count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """People who come half as often as was said."""
    random = np.random.default_rng(5)
    said = random.uniform(0.1, 0.9, count)
    return said, random.random(count) < said / 2


def test_chances_that_were_too_high_are_put_right() -> None:
    said, came = said_and_came()
    line = Recalibration.of(said[:2000], came[:2000])
    before = calibration_error(said[2000:], came[2000:])
    after = calibration_error(line(said[2000:]), came[2000:])
    assert before > 0.2
    assert after < 0.04


def test_the_order_of_people_never_changes() -> None:
    said, came = said_and_came(400)
    chances = np.linspace(0, 1, 50)
    for answers in (came, ~came, np.zeros(400, dtype=np.bool_), np.ones(400, dtype=np.bool_), said < 0.5):
        found = Recalibration.of(said, answers)(chances)
        assert (np.diff(found) >= 0).all()
        assert ((found >= 0) & (found <= 1)).all()


def test_without_answers_chances_stay_and_a_few_answers_hardly_move_them() -> None:
    assert Recalibration.of(np.zeros(0), np.zeros(0, dtype=np.bool_))(np.array([0.3]))[0] == pytest.approx(
        0.3
    )
    few = Recalibration.of(np.array([0.5, 0.5]), np.array([False, False]))
    assert 0.4 < few(np.array([0.5]))[0] < 0.5


def test_only_the_latest_answers_count() -> None:
    said = np.full(2000, 0.5)
    came = np.arange(2000) >= 1400
    assert Recalibration.of(said, came)(np.array([0.5]))[0] > 0.95


@pytest.mark.parametrize(
    ("chances", "answers", "sentence"),
    [
        ([0.5], [True, False], "one answer per chance"),
        ([1.5], [True], "a chance must be from 0 to 1, but is 1.5"),
    ],
)
def test_wrong_chances_are_refused(chances: list[float], answers: list[bool], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Recalibration.of(np.array(chances), np.array(answers))


def test_the_more_cautious_the_less_a_few_answers_move() -> None:
    said, came = np.full(30, 0.5), np.zeros(30, dtype=np.bool_)
    moved = [Recalibration.of(said, came, caution)(np.array([0.5]))[0] for caution in (5, 25, 1000)]
    assert moved[0] < moved[1] < moved[2] < 0.5
    assert moved[1] > 0.25
    assert moved[2] == pytest.approx(0.5, abs=0.01)


def test_answers_of_one_kind_only_never_make_anybody_certain() -> None:
    said = np.tile([0.2, 0.5, 0.8], 200)
    for answer in (True, False):
        line = Recalibration.of(said, np.full(600, answer), 25.0)
        assert 0.001 < line(np.array([0.5]))[0] < 0.999
        assert line.b >= 0.1


def test_a_ranker_put_right_says_what_the_line_says_in_parts_that_add_up_and_in_the_same_order() -> None:
    ranker, line = LearntRanker(), Recalibration(-0.7, 0.6)
    features = np.random.default_rng(2).random((len(FEATURES), 3, 40))
    before, right = ranker.chance_of_yes(features), ranker.put_right(line)
    after = right.chance_of_yes(features)
    assert after == pytest.approx(line(before), abs=1e-12)
    assert (before.argsort(axis=None) == after.argsort(axis=None)).all()
    together = right.contributions(features).sum(axis=0) + right.model.intercept
    assert together == pytest.approx(np.log(after / (1 - after)), abs=1e-9)
    assert ranker.chance_of_yes(features) == pytest.approx(before)


def test_day_by_day_no_answer_counts_before_it_was_known() -> None:
    """Everything is turned round after a day: what was said until then does not change."""
    random = np.random.default_rng(3)
    said, asked = random.uniform(0.1, 0.9, 400), np.sort(random.uniform(0, 20, 400))
    yes = random.random(400) < said
    known = asked + random.uniform(0, 4, 400)
    found = put_right_day_by_day(said, yes, asked=asked, known=known)
    turned = put_right_day_by_day(said, yes ^ (known >= 12), asked=asked, known=known)
    until = np.floor(asked) <= 12
    assert (found[until] == turned[until]).all()
    assert not np.allclose(found[~until], turned[~until])


def test_day_by_day_chances_that_were_too_high_come_closer() -> None:
    said, came = said_and_came(2000)
    asked = np.sort(np.random.default_rng(1).uniform(0, 100, 2000))
    found = put_right_day_by_day(said, came, asked=asked, known=asked + 2)
    late = asked > 30
    assert calibration_error(found[late], came[late]) < 0.5 * calibration_error(said[late], came[late])
    assert found[asked < 2] == pytest.approx(said[asked < 2])


def test_two_lines_are_as_far_apart_as_the_chance_they_move_most() -> None:
    at = np.array([0.2, 0.5])
    assert Recalibration().moves(Recalibration(), at) == pytest.approx(0)
    assert Recalibration(0.4).moves(Recalibration(), at) == pytest.approx(1 / (1 + np.exp(-0.4)) - 0.5)
