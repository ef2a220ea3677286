"""Teams and organizations for a need: gates in a fixed order, then a published weighted score.

Both are rows of columns that a caller has already counted for one need: who is verified, how many are free
then, how many of these hold each paper. Nothing is fitted, nobody's name is known here, a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from matching.base import DIVISION_LEVELS
from matching.columns import Booleans, Bytes, Floats, Whole
from matching.invitations import probability_of_yes
from matching.partner_table import Partners
from matching.ranking import best_rows
from matching.tables import Answer

RESTED_DAYS = 30.0
"""A month after the last request nobody is tired of being asked, no more than who never was."""


class PartnerGate(StrEnum):
    """Gates in their fixed order: who fails several is counted under the first.

    Examples
    --------
    >>> PartnerGate("verified") in PartnerGate
    True
    """

    VERIFIED = "verified"
    AREA = "area"
    FIELD = "field"
    CREDENTIALS = "credentials"
    ENOUGH_FREE = "enough_free"
    NOT_BANNED = "not_banned"


PARTNER_PASSES_UNKNOWN = frozenset({PartnerGate.AREA, PartnerGate.FIELD, PartnerGate.ENOUGH_FREE})
"""Where they work, what they do and who is free can be asked; that they are verified must be known."""


class PartnerFeature(StrEnum):
    """What speaks for a partner, in the order of every array that holds it.

    Examples
    --------
    >>> list(PartnerFeature).index(PartnerFeature.CAPACITY)
    1
    """

    NEARNESS = "nearness"
    CAPACITY = "capacity"
    FIELD = "field"
    HISTORY = "history"
    REST = "rest"
    TEXT = "text"


PARTNER_WEIGHTS: Mapping[PartnerFeature, float] = {
    PartnerFeature.NEARNESS: 0.25,
    PartnerFeature.CAPACITY: 0.25,
    PartnerFeature.FIELD: 0.20,
    PartnerFeature.HISTORY: 0.15,
    PartnerFeature.REST: 0.10,
    PartnerFeature.TEXT: 0.05,
}
"""Chosen by judgement and published, not fitted; they sum to 1."""

NEARNESS_OF_SHARED = np.array([0.0, 0.1, 0.25, 0.5, 0.8, 1.0])
"""By the number of levels shared: nothing, province, prefecture, county, township, community."""


@dataclass(frozen=True, eq=False)
class PartnerRanking:
    """The partners that pass, best first, and who does not.

    Attributes
    ----------
    rows : ndarray of int, shape (k,)
    scores : ndarray of float64, shape (k,)
        In [0, 1].
    contributions : ndarray of float64, shape (k, 6)
        In the order of `PartnerFeature`; they sum to the score.
    unknown : tuple of tuple of PartnerGate, length k
        Open questions of each.
    first_failing : mapping of PartnerGate to int
        How many are left out, each once, under the first gate they fail; without zeros.

    Examples
    --------
    >>> ranking = rank_partners(Partners(ids=["a"], verified=np.array([False])), division=[52, 0, 0, 0, 0])
    >>> len(ranking.rows), [str(gate) for gate in ranking.first_failing]
    (0, ['verified'])
    """

    rows: Whole
    scores: Floats
    contributions: Floats
    unknown: tuple[tuple[PartnerGate, ...], ...]
    first_failing: Mapping[PartnerGate, int]


def partner_answers(partners: Partners, *, division: ArrayLike, least: int, asks_papers: bool) -> Bytes:
    """Ask every gate about every partner.

    Parameters
    ----------
    partners : Partners, n rows
    division : array of int, shape (5,) or (n, 5)
        Codes of the need's place, 0 where unknown. One row each where one partner stands before n needs,
        and each row of the table is counted for another of them.
    least : int
        With how many people a partner must be able to come; at least 1.
    asks_papers : bool
        Whether the need requires papers; then `papers_free` must have a column for each.

    Returns
    -------
    ndarray of `Answer`, shape (6, n)
        In the order of `PartnerGate`. An area that contains the place, or lies in it, is a yes; one with
        nothing known is unknown. Enough free is a yes by those known to be free, unknown if those who have
        not said could make it so.

    Raises
    ------
    ValueError
        For a least below 1, a division of another shape, or papers without their columns.

    Examples
    --------
    >>> teams = Partners(ids=["a"], verified=np.array([True]), free=np.array([2]), maybe_free=np.array([1]))
    >>> partner_answers(teams, division=[52, 0, 0, 0, 0], least=3, asks_papers=False)[:, 0].tolist()
    [2, 1, 1, 2, 1, 2]
    """
    if least < 1:
        raise ValueError(f"least must be at least 1, but is {least!r}")
    if asks_papers and not partners.papers_free.shape[1]:
        raise ValueError("papers_free must have a column for each paper the need requires, but has none")
    enough = np.select(
        [partners.free >= least, partners.free + partners.maybe_free >= least],
        [np.int8(Answer.YES), np.int8(Answer.UNKNOWN)],
        np.int8(Answer.NO),
    )
    return np.stack(
        [
            _yes_or_no(partners.verified),
            _area(partners, _codes(partners, division)),
            partners.fields,
            _yes_or_no(np.asarray((partners.papers_free >= least).all(axis=1))),
            enough,
            _yes_or_no(~partners.banned),
        ]
    )


def partner_features(partners: Partners, *, division: ArrayLike, places: ArrayLike) -> Floats:
    """Compute what speaks for each partner, higher is better.

    nearness: by the levels of division shared, `NEARNESS_OF_SHARED`; .25 unknown. capacity: (free + half of
    those who have not said) / twice the places, at most 1. field: 1, .5 unknown, 0. history: as for
    people, `probability_of_yes`. rest: min(1, days since asked / 30) / (1 + open requests). text: as given,
    .25 unknown.

    Parameters
    ----------
    partners : Partners, n rows
    division : array of int, shape (5,) or (n, 5)
        As in `partner_answers`.
    places : int or array of int, shape (n,)
        How many places are to be filled; at least 1. One each where one partner stands before n needs.

    Returns
    -------
    ndarray of float64, shape (6, n), in [0, 1]

    Raises
    ------
    ValueError
        For fewer than 1 place, or a division of another shape.

    Examples
    --------
    >>> teams = Partners(ids=["a"], free=np.array([2]), days_since_asked=np.array([15.0]))
    >>> partner_features(teams, division=[52, 0, 0, 0, 0], places=2)[:, 0].tolist()
    [0.25, 0.5, 0.5, 0.35, 0.5, 0.25]
    """
    wanted = np.asarray(places, dtype=np.int64)
    if (wanted < 1).any():
        raise ValueError(f"places must be at least 1, but is {places!r}")
    shared, unknown = _shared(partners, _codes(partners, division))
    days = np.nan_to_num(partners.days_since_asked, nan=RESTED_DAYS)
    return np.stack(
        [
            np.where(unknown, NEARNESS_OF_SHARED[2], NEARNESS_OF_SHARED[shared]),
            np.minimum(1.0, (partners.free + partners.maybe_free / 2) / (2 * wanted)),
            partners.fields / Answer.YES,
            probability_of_yes(partners.asked, partners.accepted),
            np.minimum(1.0, days / RESTED_DAYS) / (1 + partners.open_requests),
            np.where(np.isnan(partners.text), 0.25, partners.text),
        ]
    )


def rank_partners(
    partners: Partners,
    *,
    division: ArrayLike,
    places: ArrayLike = 1,
    least: int = 1,
    asks_papers: bool = False,
    k: int | None = None,
) -> PartnerRanking:
    """Rank those who pass all gates; nobody a gate keeps out comes back.

    score = sum over `PartnerFeature` of weight x value, `PARTNER_WEIGHTS`; ties go by id.

    Parameters
    ----------
    partners : Partners, n rows
    division, least, asks_papers
        As in `partner_answers`.
    places : int or array of int, default=1
        As in `partner_features`.
    k : int, optional
        How many at most; all by default.

    Returns
    -------
    PartnerRanking

    Raises
    ------
    ValueError
        As `partner_answers` does, or for a k below 0.

    Examples
    --------
    >>> known = {"verified": np.array([True, True, False]), "free": np.array([1, 4, 9])}
    >>> teams = Partners(ids=["a", "b", "c"], **known)
    >>> ranking = rank_partners(teams, division=[52, 0, 0, 0, 0])
    >>> ranking.rows.tolist(), {str(gate): n for gate, n in ranking.first_failing.items()}
    ([1, 0], {'verified': 1})
    """
    answers = partner_answers(partners, division=division, least=least, asks_papers=asks_papers)
    gates = tuple(PartnerGate)
    lowest = [Answer.UNKNOWN if gate in PARTNER_PASSES_UNKNOWN else Answer.YES for gate in gates]
    passed = np.greater_equal(answers, np.array(lowest, dtype=np.int8)[:, None])
    weights = np.array([PARTNER_WEIGHTS[feature] for feature in PartnerFeature])
    contributions = partner_features(partners, division=division, places=places) * weights[:, None]
    total, passes = contributions.sum(axis=0), np.asarray(passed.all(axis=0), dtype=np.bool_)
    rows = best_rows(total, passes, _id_order(partners), k)
    failing = np.bincount(np.argmin(passed, axis=0)[~passes], minlength=len(gates))
    return PartnerRanking(
        rows,
        total[rows],
        contributions[:, rows].T,
        tuple(tuple(g for g, told in zip(gates, answers[:, row], strict=True) if told == 1) for row in rows),
        {gate: int(count) for gate, count in zip(gates, failing, strict=True) if count},
    )


def _yes_or_no(claim: Booleans) -> Bytes:
    return np.where(claim, np.int8(Answer.YES), np.int8(Answer.NO))


def _codes(partners: Partners, division: ArrayLike) -> Whole:
    """The codes of the need's place, one row for each row of the table."""
    codes = np.asarray(division, dtype=np.int64)
    wanted = (len(partners), DIVISION_LEVELS)
    if codes.shape not in (wanted, wanted[1:]):
        raise ValueError(f"division must have shape {wanted[1:]} or {wanted}, but has shape {codes.shape}")
    return np.broadcast_to(codes, wanted)


def _shared(partners: Partners, division: Whole) -> tuple[Whole, Booleans]:
    """How many levels from the top are known and the same, and where nothing is known."""
    same = (partners.divisions == division) & (division != 0)
    shared = np.cumprod(same, axis=1).sum(axis=1)
    return shared, (partners.divisions == 0).all(axis=1) | (division == 0).all(axis=1)


def _area(partners: Partners, division: Whole) -> Bytes:
    """One area contains the other as far as both are named."""
    both = (partners.divisions != 0) & (division != 0)
    differs = (both & (partners.divisions != division)).any(axis=1)
    _, unknown = _shared(partners, division)
    return np.select([unknown, differs], [np.int8(Answer.UNKNOWN), np.int8(Answer.NO)], np.int8(Answer.YES))


def _id_order(partners: Partners) -> Whole:
    order = np.empty(len(partners), dtype=np.int64)
    order[np.argsort(np.asarray(partners.ids), kind="stable")] = np.arange(len(partners))
    return order
