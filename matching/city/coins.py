"""Coins that fell before anybody acted: the same question has the same answer under every policy."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching.columns import Floats


class Coin(IntEnum):
    """What is left to chance; each has its own stream."""

    READS = 1
    SAYS_YES = 2
    ANSWERS_NO = 3
    DELAY = 4
    LEAVES = 5
    CHANGES_MIND = 6
    COMES = 7
    VISITS = 8
    LOOKS_DOWN = 9
    MOOD = 10


def coin(seed: int, kind: Coin, *numbers: ArrayLike) -> Floats:
    """Toss the coin that belongs to these numbers: uniform in [0, 1), always the same for the same numbers.

    The numbers are mixed by the finalizer of SplitMix64.

    Parameters
    ----------
    seed : int
        Of the city.
    kind : Coin
    *numbers : array of int
        Of shapes that broadcast, for example the person, the need and the day.

    Returns
    -------
    ndarray of float64
        Of their common shape.

    References
    ----------
    Steele, Lea and Flood (2014), Fast splittable pseudorandom number generators.

    Examples
    --------
    >>> coin(7, Coin.READS, [1, 2], 5).round(3).tolist() == coin(7, Coin.READS, [1, 2], 5).round(3).tolist()
    True
    """
    with np.errstate(over="ignore"):
        state = _mix(np.asarray(np.uint64(seed * 1_000 + int(kind))))
        for each in numbers:
            state = _mix(state + _GOLDEN * (np.asarray(each).astype(np.uint64) + np.uint64(1)))
    return np.asarray(state >> np.uint64(11), dtype=np.float64) / 2.0**53


_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def _mix(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(state ^ (state >> np.uint64(31)), dtype=np.uint64)
