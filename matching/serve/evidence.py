"""What came of the questions that were asked, as the ranker learns from it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.columns import Floats
from matching.learnt import Outcomes

AT_LEAST = 25
"""Outcomes below which nothing is learnt."""


class Told(NamedTuple):
    """What was foretold of questions, and what came of them; one a row, in the order of the answers."""

    chances: Floats
    """Of a yes, as they were when the questions were sent."""
    learnt: Floats
    """The same as the ranker gave them, before they were put right."""
    yes: NDArray[np.bool_]
    days: Floats
    """On which the answers came, or silence was taken for one."""


class Foretold(NamedTuple):
    """What was known of one question when it was sent."""

    features: Floats
    chance: float
    learnt: float
    propensity: float


class Evidence:
    """Questions that are open, with what was known when they were sent, and those that came to an end."""

    def __init__(self) -> None:
        self._asked_with: dict[tuple[str, int], Foretold] = {}
        self._outcomes: list[tuple[Floats, bool, str, float, float]] = []
        self._chances: list[tuple[float, float]] = []
        self._learnt_from = 0

    def __len__(self) -> int:
        return len(self._outcomes)

    def asked(self, need: str, person: int, foretold: Foretold) -> None:
        """A question was sent."""
        self._asked_with[need, person] = foretold

    def answered(self, need: str, person: int, *, yes: bool, day: int) -> None:
        """It has come to an end; what was never asked leaves no trace."""
        known = self._asked_with.pop((need, person), None)
        if known is not None:
            self._outcomes.append((known.features, yes, need, float(day), known.propensity))
            self._chances.append((known.chance, known.learnt))

    def has_grown(self, by: float) -> bool:
        """Is there enough more than at the last time to learn anew?"""
        return len(self) >= AT_LEAST and len(self) > by * self._learnt_from

    def outcomes(self, *, least_propensity: float) -> Outcomes:
        """All that came to an end, from which the ranker now learns; propensities at least the given."""
        self._learnt_from = len(self)
        features, yes, needs, days, chances = map(np.array, zip(*self._outcomes, strict=True))
        return Outcomes(features, yes, needs, days, np.maximum(least_propensity, chances))

    def told(self) -> Told:
        """All that came to an end, beside what was foretold."""
        chances = np.array(self._chances).reshape(-1, 2)
        return Told(
            chances[:, 0],
            chances[:, 1],
            np.array([row[1] for row in self._outcomes], dtype=np.bool_),
            np.array([row[3] for row in self._outcomes]),
        )
