"""A small share of the questions goes to people who are hardly ever asked, with a chance that is known.

Who is never asked can never show that they would have come, and a ranker that learns from answers alone never
finds out. So some seats are handed over by lot. The chance with which each question came to be asked is
returned with it, so that outcomes weighed by its inverse stand for everybody who could have been asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.columns import Booleans, Floats, Whole

SHARE = 0.1
"""Of the seats, on average, that are handed over."""

RARELY = 0.25
"""Who was asked at most this often, measured by the average person, counts as rarely asked."""

WORTH_TRYING = 0.5
"""A person is tried out whose chance of a yes is at least this part of the chance they take the seat of."""


class Question(NamedTuple):
    """One question to be asked.

    Examples
    --------
    >>> Question(position=2, propensity=0.02, is_exploring=True).is_exploring
    True
    """

    position: int
    """In the ranking that was given, from 0."""
    propensity: float
    """The chance with which it came to be asked, above 0 and at most 1."""
    is_exploring: bool
    """True where the seat was handed over by lot."""


def rarely_asked(asked: Whole | Floats) -> Booleans:
    """Say who was hardly ever asked: at most a quarter as often as the average person, or never.

    Parameters
    ----------
    asked : ndarray of int or float, shape (n,)
        How often each was asked, at least 0; over all time or lately.

    Returns
    -------
    ndarray of bool, shape (n,)

    Raises
    ------
    ValueError
        For a number below 0, or one that is not finite.

    Examples
    --------
    >>> rarely_asked(np.array([0, 1, 7, 8])).tolist()
    [True, True, False, False]
    """
    counts = np.asarray(asked, dtype=np.float64)
    if not (np.isfinite(counts) & (counts >= 0)).all():
        wrong = counts[~(np.isfinite(counts) & (counts >= 0))][0]
        raise ValueError(f"asked must be a number of at least 0, but is {wrong}")
    return np.asarray(counts <= RARELY * counts.mean() if counts.size else np.zeros(0, dtype=np.bool_))


def explore(
    chances: Sequence[float] | Floats,
    rarely: Sequence[bool] | NDArray[np.bool_],
    *,
    seats: int,
    seed: int | Sequence[int],
    share: float = SHARE,
) -> list[Question]:
    """Choose whom to ask: the first of a ranking, but for a few seats that are handed over by lot.

    Each seat is handed over with probability `share`, the last seats first; those who get them are drawn
    evenly, without putting back, from the rarely asked people below the seats whose chance of a yes is at
    least half that of the last seat. With k seats, a pool of p people and E ~ Binomial(min(k, p), share), the
    person at position j < k is asked with propensity P(E < k - j), and each of the pool with E[E] / p.

    Parameters
    ----------
    chances : sequence of float, length n
        Of a yes, from 0 to 1, best ranked first, of people who may be asked; who has 0 is never tried out.
    rarely : sequence of bool, length n
        Who is rarely asked, for example from `rarely_asked`.
    seats : int
        How many questions, as from `propose`; at most n are used.
    seed : int or sequence of int
        At least 0. The same seed draws the same people: take one of the need and the wave.
    share : float, default=0.1
        From 0 to 1.

    Returns
    -------
    list of Question
        As many as there are seats: first those who keep theirs, by position, then those tried out.

    Raises
    ------
    ValueError
        Naming the value seen and the value wanted.

    References
    ----------
    Horvitz and Thompson (1952), A generalization of sampling without replacement from a finite universe.

    Examples
    --------
    >>> asked = explore([0.6, 0.5, 0.4, 0.4], [False, False, True, True], seats=2, share=0.5, seed=1)
    >>> [(each.position, each.propensity, each.is_exploring) for each in asked]
    [(0, 0.75, False), (3, 0.5, True)]
    """
    chance, is_rare = _checked(chances, rarely, seats, share)
    seats = min(seats, len(chance))
    if seats == 0:
        return []
    least = max(WORTH_TRYING * chance[seats - 1], np.finfo(np.float64).tiny)
    pool = np.flatnonzero(is_rare & (chance >= least) & (np.arange(len(chance)) >= seats))
    at_most = np.minimum(1.0, handed_over(min(seats, len(pool)), share).cumsum())
    at_most[-1] = 1.0
    random = np.random.default_rng(seed)
    handed = int(np.searchsorted(at_most, random.random(), side="right"))
    kept = [
        Question(place, float(at_most[min(seats - 1 - place, len(at_most) - 1)]), False)
        for place in range(seats - handed)
    ]
    lot = share * min(seats, len(pool)) / max(1, len(pool))
    drawn = np.sort(random.permutation(pool)[:handed]).tolist()
    return kept + [Question(int(place), lot, True) for place in drawn]


def handed_over(most: int, share: float) -> Floats:
    """The chance that 0, 1, ... `most` seats are handed over: a binomial distribution.

    Examples
    --------
    >>> handed_over(2, 0.5).tolist()
    [0.25, 0.5, 0.25]
    """
    found = np.ones(1)
    for _ in range(most):
        found = np.convolve(found, [1 - share, share])
    return found


def _checked(
    chances: Sequence[float] | Floats,
    rarely: Sequence[bool] | NDArray[np.bool_],
    seats: int,
    share: float,
) -> tuple[Floats, Booleans]:
    chance, is_rare = np.asarray(chances, dtype=np.float64), np.asarray(rarely, dtype=np.bool_)
    if chance.ndim != 1 or is_rare.shape != chance.shape:
        seen = f"they are of shapes {is_rare.shape} and {chance.shape}"
        raise ValueError(f"rarely must have one entry per chance, but {seen}")
    wrong = ~((chance >= 0) & (chance <= 1))
    if wrong.any():
        raise ValueError(f"a chance must be from 0 to 1, but is {chance[wrong][0]}")
    if seats < 0:
        raise ValueError(f"seats must be at least 0, but is {seats}")
    if not 0 <= share <= 1:
        raise ValueError(f"share must be from 0 to 1, but is {share}")
    return chance, is_rare
