from __future__ import annotations

import numpy as np
import pytest

from matching import Recalibration
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
