"""The public list: what suits the visitor and lacks somebody first; and the plain order beside it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from matching.columns import Booleans, Floats, Whole
from matching.invitations import yes_distribution


def lift(
    chance: Floats, *, value: Floats, places: Whole, pending: Sequence[Sequence[float]], eligible: Booleans
) -> list[int]:
    """Order needs for one visitor by what a yes from them would bring.

    chance of a yes x value of the need x probability that a place stays free when all who were asked have
    answered / places that are free. What the visitor may not do stands last.

    Parameters
    ----------
    chance, value : ndarray of float64, shape (m,)
    places : ndarray of int, shape (m,)
        Free ones.
    pending : sequence of sequence of float, length m
        Chances of a yes of those who were asked.
    eligible : ndarray of bool, shape (m,)

    Returns
    -------
    list of int
        Rows of the needs, each once; ties by row.

    Examples
    --------
    >>> lift(np.array([0.5, 0.4]), value=np.ones(2), places=np.array([1, 1]), pending=[[0.9], []],
    ...      eligible=np.array([True, True]))
    [1, 0]
    """
    gain = worth(chance, value=value, places=places, pending=pending) + eligible * 1e3
    return [int(row) for row in np.argsort(-np.round(gain, 9), kind="stable")]


def worth(chance: Floats, *, value: Floats, places: Whole, pending: Sequence[Sequence[float]]) -> Floats:
    """What a yes would bring, of which `lift` orders; for a list that is the same for everybody, chance 1.

    Parameters are those of `lift`.

    Returns
    -------
    ndarray of float64, shape (m,)

    Examples
    --------
    >>> one = np.ones(2)
    >>> worth(one, value=one, places=np.array([1, 2]), pending=[[0.9], []]).round(6).tolist()
    [0.1, 0.5]
    """
    lacking = np.array(
        [_lacking(tuple(each), max(1, count)) for each, count in zip(pending, places.tolist(), strict=True)]
    )
    return np.asarray(chance * value * lacking / np.maximum(1, places), dtype=np.float64)


@lru_cache(maxsize=4096)
def _lacking(pending: tuple[float, ...], places: int) -> float:
    """The chance that fewer say yes than there are places; many visitors of one day ask for the same."""
    return float(yes_distribution(pending)[:places].sum())
