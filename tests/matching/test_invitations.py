from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import probability_of_yes, propose
from matching.invitations import yes_distribution

probabilities = st.lists(st.floats(0, 1), max_size=7)


@settings(deadline=None, max_examples=50)
@given(probabilities)
def test_the_distribution_agrees_with_counting_every_outcome(chances: list[float]) -> None:
    counted = np.zeros(len(chances) + 1)
    for answers in product((0, 1), repeat=len(chances)):
        counted[sum(answers)] += np.prod(
            [chance if yes else 1 - chance for chance, yes in zip(chances, answers, strict=True)]
        )
    np.testing.assert_allclose(yes_distribution(chances), counted, atol=1e-12)


@settings(deadline=None, max_examples=50)
@given(probabilities, st.integers(0, 4), st.floats(0.05, 0.95))
def test_a_proposal_is_the_shortest_that_is_enough(chances: list[float], places: int, wanted: float) -> None:
    plan = propose(chances, places=places, wanted=wanted)
    asked = len(plan.ask)
    assert plan.ask == tuple(range(asked))
    assert plan.is_enough == (plan.probability_filled >= wanted)
    assert plan.is_enough or asked == len(chances)
    if asked:
        assert propose(chances, places=places, wanted=wanted, most=asked - 1).probability_filled < wanted


@pytest.mark.parametrize(
    ("arguments", "asked", "filled", "expected"),
    [
        # 1 - 0.5 ** n reaches 0.8 at n = 3.
        ({"places": 1, "probabilities": [0.5] * 9}, 3, 0.875, 0.875),
        ({"places": 0, "probabilities": [0.5] * 9}, 0, 1, 0),
        ({"places": 2, "probabilities": [1.0, 1.0, 1.0]}, 2, 1, 2),
        ({"places": 3, "probabilities": [0.5, 0.5]}, 2, 0, 1),
        ({"places": 1, "probabilities": []}, 0, 0, 0),
        ({"places": 1, "probabilities": [0.5] * 9, "pending": [0.5, 0.5]}, 1, 0.875, 0.875),
        ({"places": 1, "probabilities": [0.5] * 9, "pending": [0.9]}, 0, 0.9, 0.9),
        ({"places": 1, "probabilities": [0.5] * 9, "most": 2}, 2, 0.75, 0.75),
    ],
)
def test_proposals_by_hand(arguments: dict[str, Any], asked: int, filled: float, expected: float) -> None:
    plan = propose(**arguments)
    assert len(plan.ask) == asked
    assert plan.probability_filled == pytest.approx(filled)
    assert plan.expected_filled == pytest.approx(expected)


def test_evidence_moves_the_probability_of_a_yes_from_the_prior() -> None:
    assert probability_of_yes(np.array([0, 1, 1, 96]), np.array([0, 1, 0, 96])).tolist() == pytest.approx(
        [0.35, 0.48, 0.28, 0.974]
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"places": -1}, "places must be at least 0, but is -1"),
        ({"places": 1, "wanted": 1.0}, "wanted must be between 0 and 1, but is 1.0"),
        ({"places": 1, "most": -1}, "most must be at least 0, but is -1"),
        ({"places": 1, "probabilities": [1.5]}, "a probability of a yes must be from 0 to 1, but is 1.5"),
        ({"places": 1, "pending": [float("nan")]}, "must be from 0 to 1, but is nan"),
    ],
)
def test_wrong_wishes_are_refused(arguments: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        propose(**{"probabilities": [0.5], **arguments})


def test_more_yeses_than_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="accepted must be from 0 to asked, but is 2 where asked is 1"):
        probability_of_yes(np.array([1]), np.array([2]))
