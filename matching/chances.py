"""Whether chances came true: what was said in tenths, and the share that did."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.columns import Booleans, Floats

BINS = 10
"""Of the chances: from 0 to .1, to .2, ..., to 1."""

Z = 1.959964
"""Half the width of a normal distribution's middle 95 %, in standard deviations."""


@dataclass(frozen=True)
class Interval:
    """A mean with its 95 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Bin:
    """Questions whose chance lay within a tenth, and what came of them.

    Attributes
    ----------
    questions : int
    said : float
        Mean chance that was said.
    came : Interval
        Share of yeses, with Wilson's interval.
    """

    questions: int
    said: float
    came: Interval


def share(yes: int, questions: int) -> Interval:
    """Share of yeses with Wilson's 95 % interval.

    Parameters
    ----------
    yes, questions : int
        At least one question.

    References
    ----------
    Wilson (1927), Probable inference, the law of succession, and statistical inference.

    Examples
    --------
    >>> found = share(5, 10)
    >>> found.mean, round(found.low, 3), round(found.high, 3)
    (0.5, 0.237, 0.763)
    """
    p, z = yes / questions, Z**2 / questions
    middle = (p + z / 2) / (1 + z)
    half = Z * float(np.sqrt(p * (1 - p) / questions + z / (4 * questions))) / (1 + z)
    return Interval(p, max(0.0, middle - half), min(1.0, middle + half))


def calibration(chance: Floats, yes: Booleans) -> tuple[Bin, ...]:
    """The tenths of the chances that hold a question, lowest first.

    Examples
    --------
    >>> [(each.questions, each.said) for each in calibration(np.array([0.25, 0.75]), np.array([False, True]))]
    [(1, 0.25), (1, 0.75)]
    """
    place = _tenth(chance)
    return tuple(
        Bin(
            questions=int(inside.sum()),
            said=float(chance[inside].mean()),
            came=share(int(yes[inside].sum()), int(inside.sum())),
        )
        for inside in (place == each for each in np.unique(place))
    )


def error_by_luck(chance: Floats) -> float:
    """The calibration error that chances which are exactly right may be expected to show, for chance alone.

    sum over bins of sqrt(2 / pi sum p (1 - p)), divided by the number of questions: the mean distance of a
    sum of independent answers from what was expected of it, by the normal distribution.

    Parameters
    ----------
    chance : ndarray of float64, shape (n,), at least one

    Examples
    --------
    >>> round(error_by_luck(np.full(25, 0.5)), 2), round(error_by_luck(np.full(2500, 0.5)), 3)
    (0.08, 0.008)
    """
    spread = np.bincount(_tenth(chance), chance * (1 - chance))
    return float(np.sqrt(2 / np.pi * spread).sum() / len(chance))


def _tenth(chance: Floats) -> NDArray[np.int64]:
    return np.minimum((chance * BINS).astype(np.int64), BINS - 1)
