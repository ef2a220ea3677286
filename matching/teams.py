"""Which members of a team to name, so that together they bring what a need requires."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.columns import Booleans, Whole, column, within


@dataclass(frozen=True, eq=False)
class Cover:
    """Members to name, and what is still missing.

    Attributes
    ----------
    members : ndarray of int, shape (at most size,)
        Rows, in the order in which they were chosen: each brings most of what was missing.
    missing : ndarray of int, shape (requirements,)
        How many holders of each requirement are still wanted; all 0 for a full cover.

    Examples
    --------
    >>> Cover(members=np.array([2]), missing=np.array([0, 1])).is_full
    False
    """

    members: Whole
    missing: Whole

    @property
    def is_full(self) -> bool:
        """True if every requirement is met."""
        return not self.missing.any()


def cover(holds: Booleans, wanted: Whole, *, size: int) -> Cover:
    """Name members so that requirements are covered, as few of them as the greedy choice finds.

    What a set S brings is f(S) = sum over requirements r of min(wanted_r, holders of r in S), which is
    monotone and submodular. Taking whoever adds most, again and again, brings at least 1 - 1/e of what the
    best set of that size brings (Nemhauser, Wolsey and Fisher 1978, Mathematical Programming 14); where
    enough members are there for a full cover, it takes at most H(d) times the fewest, with d the most one
    member brings and H(d) = 1 + 1/2 + ... + 1/d (Wolsey 1982, Combinatorica 2). Ties go to the lower row.

    Parameters
    ----------
    holds : array of bool, shape (members, requirements)
        Who holds which credential or skill; only members who are free belong into it, the fittest first.
    wanted : array of int, shape (requirements,)
        How many holders each requirement takes.
    size : int
        How many members at most.

    Returns
    -------
    Cover
        Stops as soon as nothing is missing, or nobody brings anything that is.

    Raises
    ------
    ValueError
        For a table that is not two-dimensional, another number of requirements, or a negative number.

    Examples
    --------
    >>> holds = np.array([[True, False], [False, True], [True, True]])
    >>> found = cover(holds, np.array([1, 1]), size=2)
    >>> found.members.tolist(), found.is_full
    ([2], True)
    """
    table = np.asarray(holds)
    if table.ndim != 2:
        raise ValueError(f"holds must have two dimensions, but has {table.ndim}")
    if size < 0:
        raise ValueError(f"size must be at least 0, but is {size!r}")
    table = column("holds", table, table.shape, np.bool_, False)
    missing = column("wanted", wanted, (table.shape[1],), np.int64, 0).copy()
    within("wanted", missing, 0, np.inf)
    chosen: list[int] = []
    while len(chosen) < size and missing.any():
        gains = (table & (missing > 0)).sum(axis=1)
        gains[chosen] = 0
        best = int(np.argmax(gains)) if len(gains) else 0
        if not len(gains) or gains[best] == 0:
            break
        chosen.append(best)
        missing -= table[best] & (missing > 0)
    return Cover(np.array(chosen, dtype=np.int64), missing)
