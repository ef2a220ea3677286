"""How near two places are: kilometres where both points are known, shared divisions otherwise."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from matching.base import DIVISION_LEVELS, EARTH_RADIUS_KM
from matching.columns import Floats
from matching.tables import Needs, Volunteers


class Tier(IntEnum):
    """The lowest division that two places are known to share."""

    UNKNOWN = -1
    """One of them names no division at all."""
    NONE = 0
    PROVINCE = 1
    PREFECTURE = 2
    COUNTY = 3
    TOWNSHIP = 4
    COMMUNITY = 5


def distance_km(needs: Needs, volunteers: Volunteers) -> Floats:
    """Great-circle distance of every need from every volunteer.

    d = 2 R asin(c / 2), where c is the straight line between the points on a globe of radius 1; the same
    as the haversine formula, and as exact for neighbours.

    Returns
    -------
    ndarray of float64, shape (needs, volunteers), km
        NaN where either point is unknown.

    Examples
    --------
    >>> from matching.vocabulary import Vocabulary
    >>> east, empty = np.array([107.47]), Vocabulary()
    >>> here = Needs(ids=["n"], vocabulary=empty, longitude=east, latitude=np.array([27.08]))
    >>> there = Volunteers(ids=["v"], vocabulary=empty, longitude=east, latitude=np.array([27.17]))
    >>> distance_km(here, there).round(1).tolist()
    [[10.0]]
    """
    squares = np.zeros((len(needs), len(volunteers)))
    for one, other in zip(needs.unit_vectors, volunteers.unit_vectors, strict=True):
        squares += (one[:, None] - other[None, :]) ** 2
    angle = 2 * np.arcsin(np.minimum(1.0, np.sqrt(squares) / 2))
    return np.asarray(EARTH_RADIUS_KM * angle, dtype=np.float64)


def shared_tier(needs: Needs, volunteers: Volunteers) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """Find the lowest division that every need shares with every volunteer.

    Returns
    -------
    tier : ndarray of `Tier`, shape (needs, volunteers)
    differ : ndarray of bool, shape (needs, volunteers)
        True where both name the next lower division, and not the same one.

    Examples
    --------
    >>> from matching.vocabulary import Vocabulary
    >>> needs = Needs(ids=["n"], vocabulary=Vocabulary(), divisions=np.array([[52, 27, 25, 0, 0]]))
    >>> codes = np.array([[52, 27, 25, 101, 0], [52, 27, 30, 0, 0]])
    >>> people = Volunteers(ids=["near", "far"], vocabulary=Vocabulary(), divisions=codes)
    >>> [part.tolist() for part in shared_tier(needs, people)]
    [[[3, 2]], [[False, True]]]
    """
    shape = (len(needs), len(volunteers))
    tier = np.full(shape, Tier.NONE, dtype=np.int8)
    going, differ = np.ones(shape, dtype=np.bool_), np.zeros(shape, dtype=np.bool_)
    for level in range(DIVISION_LEVELS):
        one, other = needs.divisions[:, level, None], volunteers.divisions[None, :, level]
        known = (one != 0) & (other != 0)
        differ |= going & known & (one != other)
        going &= known & (one == other)
        tier[going] = level + 1
    tier[~differ & (tier == Tier.NONE)] = Tier.UNKNOWN
    return tier, differ
