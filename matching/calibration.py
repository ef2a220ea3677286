"""Chances that were said, put right by what came of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matching.additive import probability
from matching.columns import Floats

CAUTION = 5.0
"""How firmly chances are believed as they are: the precision of the normal prior around no change."""

LATEST = 600
"""Questions that are looked at: older ones were foretold by another ranker."""

STEPS = 25
"""Of Newton's method; a handful is enough."""


class Recalibration:
    """A line through the log-odds: P'(yes) = sigmoid(a + b logit P(yes)).

    Who is asked was chosen because their chance looked high, so chances of those who are asked come out too
    high on average, however well the ranker was calibrated before. The line is the one that makes the latest
    600 answers likeliest, held near a = 0 and b = 1 by a normal prior; b stays at least 0.1, so that the
    order of people never changes.

    Parameters
    ----------
    a, b : float
        No change by default.

    References
    ----------
    Platt (1999), Probabilistic outputs for support vector machines; Smith and Winkler (2006), The optimizer's
    curse.

    Examples
    --------
    >>> said = np.repeat([0.4, 0.8], 200)
    >>> came = np.arange(400) % 10 < np.repeat([2, 6], 200)
    >>> Recalibration.of(said, came)(np.array([0.4, 0.8])).round(2).tolist()
    [0.22, 0.61]
    """

    def __init__(self, a: float = 0.0, b: float = 1.0) -> None:
        self.a, self.b = a, b

    @classmethod
    def of(cls, chances: Floats, yes: NDArray[np.bool_], caution: float = CAUTION) -> Recalibration:
        """Fit the line to questions in the order of their answers.

        Parameters
        ----------
        chances : ndarray of float64, shape (n,)
            As they were foretold, from 0 to 1.
        yes : ndarray of bool, shape (n,)
        caution : float, default=5
            Precision of the prior. An answer to a chance of p brings p (1 - p): a caution of 20 weighs as
            much as about a hundred answers.

        Returns
        -------
        Recalibration

        Raises
        ------
        ValueError
            If there is not one answer per chance, or for a chance outside 0 to 1.
        """
        if chances.shape != yes.shape or chances.ndim != 1:
            raise ValueError(
                f"one answer per chance is wanted, but there are {yes.shape} for {chances.shape}"
            )
        if not ((chances >= 0) & (chances <= 1)).all():
            wrong = chances[~((chances >= 0) & (chances <= 1))][0]
            raise ValueError(f"a chance must be from 0 to 1, but is {wrong}")
        if not len(chances):
            return cls()
        x = np.stack([np.ones(min(LATEST, len(chances))), _log_odds(chances[-LATEST:])], axis=1)
        target, usual = yes[-LATEST:].astype(np.float64), np.array([0.0, 1.0])
        line = usual.copy()
        for _ in range(STEPS):
            said = probability(x @ line)
            slope = x.T @ (target - said) - caution * (line - usual)
            curve = (x * (said * (1 - said))[:, None]).T @ x + caution * np.eye(2)
            line = line + np.linalg.solve(curve, slope)
        return cls(float(line[0]), max(0.1, float(line[1])))

    def __call__(self, chances: Floats) -> Floats:
        """The chances put right, of the shape given."""
        return np.asarray(probability(self.a + self.b * _log_odds(chances)))

    def moves(self, other: Recalibration, at: Floats) -> float:
        """How far the two put chances like these apart, at most.

        Examples
        --------
        >>> round(Recalibration(-0.5).moves(Recalibration(), np.array([0.1, 0.5])), 2)
        0.12
        """
        return float(np.abs(self(at) - other(at)).max(initial=0.0))


def put_right_day_by_day(
    chances: Floats,
    yes: NDArray[np.bool_],
    *,
    asked: Floats,
    known: Floats,
    caution: float = CAUTION,
) -> Floats:
    """Each chance as it would have been said on its day: put right by what was known before, and by no more.

    This is how to judge a `Recalibration` that is learnt anew every day: no answer counts for the chance
    of its own question or of an earlier one.

    Parameters
    ----------
    chances : ndarray of float64, shape (n,)
        Of one ranker that has learnt from none of these questions.
    yes : ndarray of bool, shape (n,)
    asked, known : ndarray of float64, shape (n,)
        When each was asked, and from when on its answer counts; in days.
    caution : float, default=5

    Returns
    -------
    ndarray of float64, shape (n,)

    References
    ----------
    Dawid (1984), Present position and potential developments: some personal views. Statistical theory: the
    prequential approach.

    Examples
    --------
    >>> said, yes = np.full(300, 0.5), np.zeros(300, dtype=np.bool_)
    >>> asked = np.repeat([0.0, 1.0, 9.0], 100)
    >>> put_right_day_by_day(said, yes, asked=asked, known=asked + 2)[[0, 100, 200]].round(2).tolist()
    [0.5, 0.5, 0.07]
    """
    found, in_order = np.array(chances, dtype=np.float64), np.argsort(known, kind="stable")
    days = np.floor(asked)
    for day in np.unique(days):
        before = in_order[known[in_order] < day]
        today = days == day
        found[today] = Recalibration.of(chances[before], yes[before], caution)(chances[today])
    return found


def _log_odds(chances: Floats) -> Floats:
    inside = np.clip(chances, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(inside / (1 - inside)))
