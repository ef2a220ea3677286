"""From scores to an order: best first, ties by id, nobody back whom a gate kept out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.additive import probability
from matching.columns import Booleans, Floats, Whole
from matching.eligibility import Eligibility
from matching.features import Feature
from matching.tables import Needs, Volunteers

SCORE_DECIMALS = 9
"""Scores that agree to nine decimals are a tie, so that the order is the same on every machine."""


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores of m needs and n volunteers, and what they are made of.

    Attributes
    ----------
    contributions : ndarray of float64, shape (len(parts), m, n)
        They sum to the total.
    parts : tuple of str
        What contributes.
    in_log_odds : bool, default=False
        True where the total is the log-odds of a yes; otherwise it is the score itself.

    Examples
    --------
    >>> scores = Scores(np.array([[[0.2]], [[0.3]]]), ("skills", "text"))
    >>> scores.values.tolist()
    [[0.5]]
    """

    contributions: Floats
    parts: tuple[str, ...]
    in_log_odds: bool = False

    @property
    def total(self) -> Floats:
        """What decides the order, shape (m, n), higher is better."""
        return np.asarray(self.contributions.sum(axis=0), dtype=np.float64)

    @property
    def values(self) -> Floats:
        """The scores, shape (m, n), in [0, 1], higher is better; a chance of a yes where that was learnt."""
        return self.as_scores(self.total)

    def as_scores(self, total: Floats) -> Floats:
        """Totals as scores in [0, 1]."""
        return probability(total) if self.in_log_odds else total


@dataclass(frozen=True, eq=False)
class Ranking:
    """The best rows of the other table for one need or one volunteer, best first.

    Attributes
    ----------
    rows : ndarray of int, shape (k,)
        Rows in the table that was ranked.
    ids : ndarray of str, shape (k,)
    scores : ndarray of float64, shape (k,)
        In [0, 1], higher is better.
    contributions : ndarray of float64, shape (k, len(parts))
        They sum to the score, or to the log-odds of it.
    parts : tuple of str

    Examples
    --------
    >>> best = Ranking(np.array([4]), np.array(["li"]), np.array([0.5]), np.array([[0.2, 0.3]]), ("a", "b"))
    >>> len(best), float(best.contributions.sum(axis=1)[0])
    (1, 0.5)
    """

    rows: Whole
    ids: NDArray[np.str_]
    scores: Floats
    contributions: Floats
    parts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rows)


def best_rows(scores: Floats, allowed: Booleans, tie_order: Whole, k: int | None = None) -> Whole:
    """Order the allowed entries of one row of scores.

    Parameters
    ----------
    scores : ndarray of float, shape (n,)
        Higher is better; finite.
    allowed : ndarray of bool, shape (n,)
    tie_order : ndarray of int, shape (n,)
        Lower comes first where scores agree to nine decimals.
    k : int, optional
        How many at most; all by default.

    Returns
    -------
    ndarray of int, shape (at most k,)

    Raises
    ------
    ValueError
        If k is negative or a score of an allowed entry is not finite.

    Examples
    --------
    >>> best_rows(np.array([0.2, 0.9, 0.2, 0.5]), np.array([True, False, True, True]), np.arange(4)).tolist()
    [3, 0, 2]
    """
    if k is not None and k < 0:
        raise ValueError(f"k must be at least 0, but is {k}")
    rows = np.flatnonzero(allowed)
    values = np.round(scores[rows], SCORE_DECIMALS)
    if not np.isfinite(values).all():
        raise ValueError(f"scores must be finite, but one is {values[~np.isfinite(values)][0]}")
    if k is not None and 0 < k < len(rows):
        least = np.partition(values, len(values) - k)[len(values) - k]
        rows, values = rows[values >= least], values[values >= least]
    return np.asarray(rows[np.lexsort((tie_order[rows], -values))][:k], dtype=np.int64)


class Ranker(ABC):
    """Anything that scores pairs of needs and volunteers.

    As in scikit-learn, constructors store settings and nothing else; what is learnt ends in an underscore.

    Examples
    --------
    >>> from matching.rankers import SimilarityRanker
    >>> isinstance(SimilarityRanker(), Ranker)
    True
    """

    @abstractmethod
    def score(self, needs: Needs, volunteers: Volunteers) -> Scores:
        """Score all pairs, eligible or not."""

    def rank_volunteers(
        self, needs: Needs, volunteers: Volunteers, eligible: Eligibility, k: int | None = None
    ) -> list[Ranking]:
        """Rank for each need the volunteers that pass all its gates.

        Parameters
        ----------
        needs : Needs, m rows
        volunteers : Volunteers, n rows
        eligible : Eligibility
            Of the same tables, from `matching.eligibility.check`.
        k : int, optional
            How many at most; all by default.

        Returns
        -------
        list of Ranking, length m

        Raises
        ------
        ValueError
            If the eligibility is of other tables.
        """
        allowed = _allowed(needs, volunteers, eligible)
        scores = self.score(needs, volunteers)
        return [ranking_of(scores, row, allowed[row], volunteers, k) for row in range(len(needs))]

    def rank_needs(
        self, needs: Needs, volunteers: Volunteers, eligible: Eligibility, k: int | None = None
    ) -> list[Ranking]:
        """Rank for each volunteer the needs whose gates they pass.

        Parameters, result and errors are those of `rank_volunteers`, with the sides exchanged: a list of
        length n, whose rows are rows of the needs.
        """
        allowed = _allowed(needs, volunteers, eligible)
        scores = self.score(needs, volunteers)
        return [
            _ranking(scores, np.s_[:, :, row], allowed[:, row], needs, k) for row in range(len(volunteers))
        ]


class AdditiveRanker(Ranker):
    """A ranker whose total is a sum over the features, so that each can be added on its own.

    Examples
    --------
    >>> from matching.rankers import SimilarityRanker
    >>> SimilarityRanker().adds(Feature.TEXT, np.array([0.0, 1.0])).round(2).tolist()
    [0.0, 0.15]
    """

    @abstractmethod
    def adds(self, feature: Feature, values: Floats) -> Floats:
        """What values of one feature add to the total; more for a higher value, or the same."""


def _allowed(needs: Needs, volunteers: Volunteers, eligible: Eligibility) -> Booleans:
    wanted = (len(needs), len(volunteers))
    if eligible.passes.shape != wanted:
        raise ValueError(f"eligibility must be of shape {wanted}, but is of shape {eligible.passes.shape}")
    return eligible.passes


def ranking_of(
    scores: Scores, need: int, allowed: Booleans, volunteers: Volunteers, k: int | None = None
) -> Ranking:
    """Order the allowed volunteers of one row of scores."""
    return _ranking(scores, np.s_[:, need, :], allowed, volunteers, k)


def _ranking(
    scores: Scores,
    of: tuple[slice, int, slice] | tuple[slice, slice, int],
    allowed: Booleans,
    ranked: Needs | Volunteers,
    k: int | None,
) -> Ranking:
    contributions = scores.contributions[of]
    total = contributions.sum(axis=0)
    rows = best_rows(total, allowed, ranked.id_order, k)
    values = scores.as_scores(total[rows])
    return Ranking(rows, np.asarray(ranked.ids)[rows], values, contributions[:, rows].T, scores.parts)
