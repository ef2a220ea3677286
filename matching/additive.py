"""A model that is a sum: one step table per feature, so that each part of a score can be looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.columns import Booleans, Floats


@dataclass(frozen=True, eq=False)
class AdditiveModel:
    """Log-odds as an intercept and one step function per feature.

    log(p / (1 - p)) = b + sum over features f of t_f(x_f), where t_f is constant between neighbouring edges.

    Parameters
    ----------
    intercept : float
    edges : ndarray of float64, shape (features, steps - 1)
        Ascending in every row; infinity where a feature needs fewer steps.
    tables : ndarray of float64, shape (features, steps)
        The value of step i is that of `edges[i - 1] < x <= edges[i]`.

    Examples
    --------
    >>> model = AdditiveModel(-1.0, np.array([[0.5]]), np.array([[0.0, 2.0]]))
    >>> model.log_odds(np.array([[0.2, 0.9]])).tolist()
    [-1.0, 1.0]
    """

    intercept: float
    edges: Floats
    tables: Floats

    def __post_init__(self) -> None:
        if self.tables.ndim != 2 or self.edges.shape != (self.tables.shape[0], self.tables.shape[1] - 1):
            seen = f"{self.edges.shape} with tables of shape {self.tables.shape}"
            raise ValueError(f"edges must have one column less than the tables, but have shape {seen}")

    def contributions(self, features: Floats) -> Floats:
        """What each feature adds to the log-odds.

        Parameters
        ----------
        features : ndarray of float64, shape (features, ...)
            Finite.

        Returns
        -------
        ndarray of float64, of the same shape

        Raises
        ------
        ValueError
            For another number of features, or a value that is no number.
        """
        features = np.asarray(features, dtype=np.float64)
        if features.shape[0] != len(self.tables):
            raise ValueError(f"wanted {len(self.tables)} features, but got {features.shape[0]}")
        if not np.isfinite(features).all():
            raise ValueError("features must be finite, but one is not a number or infinite")
        return np.stack([self.contribution(row, values) for row, values in enumerate(features)])

    def contribution(self, feature: int, values: Floats) -> Floats:
        """What one feature, a row of the tables, adds to the log-odds."""
        table: Floats = self.tables[feature]
        return np.asarray(table[np.searchsorted(self.edges[feature], values)], dtype=np.float64)

    def log_odds(self, features: Floats) -> Floats:
        """The sum of the contributions and the intercept, shape (...,)."""
        return np.asarray(self.intercept + self.contributions(features).sum(axis=0), dtype=np.float64)

    def blended(self, other: AdditiveModel, share: float) -> AdditiveModel:
        """A model whose log-odds are (1 - share) of this one's and `share` of the other's.

        Examples
        --------
        >>> flat = AdditiveModel(0.0, np.array([[0.5]]), np.zeros((1, 2)))
        >>> steep = AdditiveModel(2.0, np.array([[0.3]]), np.array([[0.0, 1.0]]))
        >>> flat.blended(steep, 0.5).log_odds(np.array([[0.2, 0.4]])).tolist()
        [1.0, 1.5]
        """
        if not 0 <= share <= 1:
            raise ValueError(f"a share must be from 0 to 1, but is {share}")
        edges = [np.union1d(one, two) for one, two in zip(self.edges, other.edges, strict=True)]
        width = max(len(row) for row in edges)
        padded = np.array([np.pad(row, (0, width - len(row)), constant_values=np.inf) for row in edges])
        just_below = np.concatenate([padded, np.full((len(padded), 1), np.inf)], axis=1)
        tables = (1 - share) * self._at(just_below) + share * other._at(just_below)
        return AdditiveModel((1 - share) * self.intercept + share * other.intercept, padded, tables)

    def _at(self, values: Floats) -> Floats:
        """The tables at the upper edge of given steps; infinity stands for the last step."""
        rows = zip(self.tables, self.edges, values, strict=True)
        return np.stack(
            [table[np.minimum(np.searchsorted(edges, at), len(edges))] for table, edges, at in rows]
        )

    def scaled(self, slope: float, shift: float) -> AdditiveModel:
        """The same order with log-odds slope x + shift: how a model is calibrated."""
        return AdditiveModel(slope * self.intercept + shift, self.edges, slope * self.tables)


def linear_tables(slopes: Floats, intercept: float, steps: int = 64) -> AdditiveModel:
    """Steps along straight lines over [0, 1].

    Parameters
    ----------
    slopes : ndarray of float64, shape (features,)
        What a feature adds as it goes from 0 to 1.
    intercept : float
    steps : int, default=64

    Examples
    --------
    >>> linear_tables(np.array([2.0]), 0.0, steps=2).log_odds(np.array([[0.1, 0.9]])).tolist()
    [0.5, 1.5]
    """
    edges = np.tile(np.arange(1, steps) / steps, (len(slopes), 1))
    middles = (np.arange(steps) + 0.5) / steps
    return AdditiveModel(intercept, edges, np.outer(slopes, middles))


def probability(log_odds: Floats) -> Floats:
    """The probability with given log-odds: 1 / (1 + exp(-x)).

    Examples
    --------
    >>> probability(np.array([0.0])).tolist()
    [0.5]
    """
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -40, 40))), dtype=np.float64)


def quantile_edges(values: Floats, steps: int, weight: Floats | None = None) -> Floats:
    """Edges that part a column into at most so many steps with about the same weight each.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
    steps : int
    weight : ndarray of float64, shape (n,), optional
        1 each by default; a row of weight 2 counts as two rows.

    Returns
    -------
    ndarray of float64, shape (steps - 1,)
        Ascending, padded with infinity.

    Examples
    --------
    >>> quantile_edges(np.array([0.0, 0.0, 1.0]), 3).tolist()
    [0.5, inf]
    """
    found, place = np.unique(values, return_inverse=True)
    if len(found) > steps:
        total = np.cumsum(np.bincount(place, weight))
        found = found[np.unique(np.searchsorted(total, (np.arange(steps) + 0.5) / steps * total[-1]))]
    middles = (found[1:] + found[:-1]) / 2
    return np.pad(middles, (0, steps - 1 - len(middles)), constant_values=np.inf)


def steps_used(edges: Floats) -> Booleans:
    """True for the steps that a value can fall into, shape (features, steps)."""
    return np.concatenate([np.ones((len(edges), 1), dtype=np.bool_), np.isfinite(edges)], axis=1)
