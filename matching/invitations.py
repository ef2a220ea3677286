"""Whom to ask: the shortest beginning of a ranking that fills the places with a chosen probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.columns import Floats, Whole

PRIOR_YES = 1.4
"""Yeses that everybody is credited with before they were ever asked."""

PRIOR_NO = 2.6
"""Noes and silences that everybody is credited with: 35 % say yes, with the weight of four questions."""


FADES_A_DAY = 0.45
"""What a day without an answer leaves of the chance of a yes: the longer it takes, the less they mean it."""


def still_says_yes(chance: float, days: float) -> float:
    """Chance of a yes of somebody who was asked some days ago and has not answered.

    Parameters
    ----------
    chance : float
        When the question arrived, from 0 to 1.
    days : float
        Since then, at least 0.

    Returns
    -------
    float

    Examples
    --------
    >>> round(still_says_yes(0.4, 0), 2), round(still_says_yes(0.4, 1), 2)
    (0.4, 0.18)
    """
    if days < 0:
        raise ValueError(f"days must be at least 0, but is {days}")
    return float(chance * FADES_A_DAY**days)


def share_of_wave(wanted: float, waves: int) -> float:
    """Probability with which this wave has to fill what is open, so that all that are left do as `wanted`.

    Parameters
    ----------
    wanted : float
        From 0 to 1.
    waves : int
        How many are left, this one included; fewer than one counts as one.

    Returns
    -------
    float
        1 - (1 - wanted) ** (1 / waves).

    Examples
    --------
    >>> [round(share_of_wave(0.9, waves), 2) for waves in (1, 2, 4)]
    [0.9, 0.68, 0.44]
    """
    return float(1 - (1 - wanted) ** (1 / max(1, waves)))


@dataclass(frozen=True)
class Proposal:
    """Whom to ask now, and what to expect of it.

    Attributes
    ----------
    ask : tuple of int
        How many steps down the ranking: positions 0, 1, ... of the candidates that were given.
    probability_of_yes : tuple of float
        Of each of them.
    expected_filled : float
        Expected number of the places that get filled, people asked before included.
    probability_filled : float
        That all places get filled.
    is_enough : bool
        True where that reaches the probability that was wanted.

    Examples
    --------
    >>> plan = propose([0.9], places=1, wanted=0.8)
    >>> plan.ask, plan.is_enough
    ((0,), True)
    """

    ask: tuple[int, ...]
    probability_of_yes: tuple[float, ...]
    expected_filled: float
    probability_filled: float
    is_enough: bool


def probability_of_yes(asked: Whole, accepted: Whole) -> Floats:
    """Estimate how likely each person is to say yes.

    (1.4 + accepted) / (4 + asked): the mean of a Beta-binomial with the prior above.

    Parameters
    ----------
    asked, accepted : ndarray of int, shape (n,)
        How often they were asked, and said yes.

    Returns
    -------
    ndarray of float64, shape (n,), in (0, 1)

    Raises
    ------
    ValueError
        If somebody accepted more often than they were asked, or a number is negative.

    Examples
    --------
    >>> probability_of_yes(np.array([0, 6, 6]), np.array([0, 6, 0])).round(2).tolist()
    [0.35, 0.74, 0.14]
    """
    asked, accepted = np.asarray(asked), np.asarray(accepted)
    wrong = (accepted < 0) | (accepted > asked)
    if wrong.any():
        seen = f"{accepted[wrong].flat[0]} where asked is {asked[wrong].flat[0]}"
        raise ValueError(f"accepted must be from 0 to asked, but is {seen}")
    return np.asarray((PRIOR_YES + accepted) / (PRIOR_YES + PRIOR_NO + asked), dtype=np.float64)


def yes_distribution(probabilities: Sequence[float] | Floats) -> Floats:
    """Compute the exact distribution of the number of yeses among independent people (Poisson-binomial).

    Parameters
    ----------
    probabilities : sequence of float, length n
        Each from 0 to 1.

    Returns
    -------
    ndarray of float64, shape (n + 1,)
        Probability of 0, 1, ..., n yeses.

    Raises
    ------
    ValueError
        For a probability outside 0 to 1.

    Examples
    --------
    >>> yes_distribution([0.5, 0.5]).tolist()
    [0.25, 0.5, 0.25]
    """
    distribution = np.ones(1)
    for probability in probabilities:
        distribution = _add_person(distribution, float(probability))
    return distribution


def propose(
    probabilities: Sequence[float] | Floats,
    *,
    places: int,
    wanted: float = 0.8,
    pending: Sequence[float] | Floats = (),
    most: int | None = None,
) -> Proposal:
    """Propose the fewest people to ask, going down a ranking.

    Parameters
    ----------
    probabilities : sequence of float
        Probability of a yes for each candidate, best ranked first.
    places : int
        Places still free, at least 0.
    wanted : float, default=0.8
        Probability with which all places should be filled, between 0 and 1.
    pending : sequence of float, optional
        Probability of a yes for each person who was asked and has not answered.
    most : int, optional
        Never propose more than this many.

    Returns
    -------
    Proposal
        With `is_enough` False where all candidates, or `most`, do not reach the probability wanted.

    Raises
    ------
    ValueError
        Naming the value seen and the value wanted.

    Examples
    --------
    >>> plan = propose([0.5, 0.5, 0.5, 0.5], places=1, wanted=0.8)
    >>> plan.ask, plan.probability_filled, plan.expected_filled
    ((0, 1, 2), 0.875, 0.875)
    """
    if places < 0:
        raise ValueError(f"places must be at least 0, but is {places}")
    if not 0 < wanted < 1:
        raise ValueError(f"wanted must be between 0 and 1, but is {wanted}")
    if most is not None and most < 0:
        raise ValueError(f"most must be at least 0, but is {most}")
    candidates = [float(probability) for probability in probabilities][:most]
    distribution = yes_distribution(pending)
    asked = 0
    while asked < len(candidates) and _probability_filled(distribution, places) < wanted:
        distribution = _add_person(distribution, candidates[asked])
        asked += 1
    filled = _probability_filled(distribution, places)
    expected = float(distribution @ np.minimum(np.arange(len(distribution)), places))
    return Proposal(tuple(range(asked)), tuple(candidates[:asked]), expected, filled, filled >= wanted)


def _add_person(distribution: Floats, probability: float) -> Floats:
    if not 0 <= probability <= 1:
        raise ValueError(f"a probability of a yes must be from 0 to 1, but is {probability}")
    return np.convolve(distribution, [1 - probability, probability])


def _probability_filled(distribution: Floats, places: int) -> float:
    return float(min(1.0, distribution[places:].sum()))
