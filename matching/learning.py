"""Learn from answers: who said yes when asked. This module alone imports scikit-learn, for fitting only."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from matching.additive import AdditiveModel, probability, quantile_edges, steps_used
from matching.columns import Booleans, Floats, Whole


class Stage(StrEnum):
    """How far the evidence goes."""

    RATE = "rate"
    """Too few outcomes: everybody gets the common rate."""
    LOGISTIC = "logistic"
    BOOSTING = "boosting"
    CALIBRATED = "calibrated"


class OutcomeClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Chance of a yes as a sum of step functions, as elaborate as the evidence allows.

    Below `logistic_from` outcomes it knows the common rate only. From there on it is a logistic regression
    over binned features; from `boosting_from` on the mean of that and of gradient boosting without
    interactions, monotone where asked; from `calibrate_from` on the latest outcomes are held back and the
    log-odds are stretched and shifted to fit them. Whatever the stage, `additive_` holds the whole model.

    Parameters
    ----------
    logistic_from, boosting_from, calibrate_from : int
        Numbers of outcomes, or what their weights add up to.
    steps : int, default=32
        Steps of each table at most.
    monotone : sequence of int, optional
        For each feature 1 (never falls), -1 (never rises) or 0; all 0 by default.
    rounds : int, default=40
        Trees of the boosting.
    C : float, default=0.3
        Inverse strength of the logistic regression's penalty.

    Attributes
    ----------
    classes_ : ndarray, shape (2,)
        The second is the yes.
    additive_ : AdditiveModel
    stage_ : Stage
    n_features_in_ : int

    Examples
    --------
    >>> X = np.repeat([[0.0], [1.0]], 20, axis=0)
    >>> y = np.repeat([0, 1], 20)
    >>> model = OutcomeClassifier().fit(X, y)
    >>> str(model.stage_), model.predict([[0.0], [1.0]]).tolist()
    ('logistic', [0, 1])
    """

    def __init__(
        self,
        *,
        logistic_from: int = 25,
        boosting_from: int = 200,
        calibrate_from: int = 1000,
        steps: int = 32,
        monotone: Sequence[int] | None = None,
        rounds: int = 40,
        C: float = 0.3,
    ) -> None:
        self.logistic_from = logistic_from
        self.boosting_from = boosting_from
        self.calibrate_from = calibrate_from
        self.steps = steps
        self.monotone = monotone
        self.rounds = rounds
        self.C = C

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        *,
        groups: ArrayLike | None = None,
        times: ArrayLike | None = None,
    ) -> Self:
        """Learn from outcomes.

        Parameters
        ----------
        X : array of float, shape (n, features)
        y : array, shape (n,)
            Two classes; the later one in order is the yes.
        sample_weight : array of float, shape (n,), optional
            For example one over the propensity of having been asked.
        groups : array, shape (n,), optional
            The need of each outcome: what is held back holds whole needs.
        times : array of float, shape (n,), optional
            When each was asked: the latest are held back.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For more than two classes, shapes that disagree, or values that are not finite.
        """
        rows, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        weight = _check_sample_weight(sample_weight, rows, dtype=np.float64)
        rows, y, weight, groups, times = _weighty(rows, y, weight, groups, times)
        self.classes_, target = np.unique(y, return_inverse=True)
        if len(self.classes_) > 2:
            raise ValueError(f"Only binary classification is supported. y has {len(self.classes_)} classes.")
        self.stage_ = self._stage(target, weight)
        if self.stage_ == Stage.CALIBRATED:
            self._fit_calibrated(rows, target, weight, _latest(target, groups, times))
        else:
            self.additive_ = self._additive(rows, target, weight)
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def _stage(self, target: Whole, weight: Floats) -> Stage:
        evidence = weight.sum()
        if evidence < self.logistic_from or len(np.unique(target)) < 2:
            return Stage.RATE
        if evidence < self.boosting_from:
            return Stage.LOGISTIC
        return Stage.BOOSTING if evidence < self.calibrate_from else Stage.CALIBRATED

    def _fit_calibrated(self, X: Floats, target: Whole, weight: Floats, held: Booleans) -> None:
        """Two numbers from the held-back outcomes, then the tables once more from all."""
        early = self._additive(X[~held], target[~held], weight[~held])
        slope, shift = _platt(early.log_odds(X[held].T), target[held], weight[held])
        self.additive_ = self._additive(X, target, weight).scaled(slope, shift)

    def _additive(self, X: Floats, target: Whole, weight: Floats) -> AdditiveModel:
        edges = np.stack([quantile_edges(column, self.steps, weight) for column in X.T])
        if self.stage_ == Stage.RATE:
            return AdditiveModel(_rate(target, weight), edges, np.zeros((len(edges), self.steps)))
        binned = np.stack([np.searchsorted(*pair) for pair in zip(edges, X.T, strict=True)], axis=1)
        linear = _logistic(edges, binned, X, target, weight, self.C)
        if self.stage_ == Stage.LOGISTIC:
            return linear
        return linear.blended(self._boosted(edges, binned, target, weight), 0.5)

    def _boosted(self, edges: Floats, binned: Whole, target: Whole, weight: Floats) -> AdditiveModel:
        boosting = HistGradientBoostingClassifier(
            interaction_cst="no_interactions",
            monotonic_cst=self.monotone,
            learning_rate=0.15,
            max_iter=self.rounds,
            max_leaf_nodes=6,
            min_samples_leaf=max(5, min(20, len(target) // 40)),
            l2_regularization=5.0,
            early_stopping=False,
            random_state=0,
        )
        # Tables this small are slower on several threads than on one.
        with threadpool_limits(1, user_api="openmp"):
            model = boosting.fit(binned, target, weight)
        # It is a sum, so one feature can be read at a time, from a base where all stand on their first step.
        used, base = steps_used(edges), np.zeros(binned.shape[1])
        intercept = float(model.decision_function(base[None, :])[0])
        tables = np.zeros(used.shape)
        for feature, steps in enumerate(used.sum(axis=1)):
            points = np.tile(base, (steps, 1))
            points[:, feature] = np.arange(steps)
            tables[feature, :steps] = model.decision_function(points) - intercept
            tables[feature, steps:] = tables[feature, steps - 1]
        return AdditiveModel(intercept, edges, tables)

    def decision_function(self, X: ArrayLike) -> Floats:
        """The log-odds of a yes, shape (n,)."""
        check_is_fitted(self)
        rows = validate_data(self, X, dtype=np.float64, reset=False)
        return self.additive_.log_odds(rows.T)

    def predict_proba(self, X: ArrayLike) -> Floats:
        """Chances of no and yes, shape (n, classes)."""
        yes = probability(self.decision_function(X))
        return np.ones((len(yes), 1)) if len(self.classes_) == 1 else np.stack([1 - yes, yes], axis=1)

    def predict(self, X: ArrayLike) -> Any:
        """The likelier class, shape (n,)."""
        likelier = (self.decision_function(X) > 0).astype(np.int64)
        return self.classes_[np.minimum(likelier, len(self.classes_) - 1)]


def _weighty(
    rows: Floats, y: Any, weight: Floats, groups: ArrayLike | None, times: ArrayLike | None
) -> tuple[Floats, Any, Floats, Any, Any]:
    """Leave out what weighs nothing, so that it is as if it had not been given."""
    if (weight < 0).any() or not weight.any():
        raise ValueError("weights must be at least 0, and one of them above")
    kept = weight > 0
    others = (None if each is None else np.asarray(each)[kept] for each in (groups, times))
    return rows[kept], y[kept], weight[kept], *others


def _rate(target: Whole, weight: Floats) -> float:
    """Log-odds of the common rate, with one yes and one no added."""
    yes = float(weight @ target)
    return float(np.log((1 + yes) / (1 + weight.sum() - yes)))


def _logistic(
    edges: Floats, binned: Whole, X: Floats, target: Whole, weight: Floats, C: float
) -> AdditiveModel:
    """A straight line per feature through the means of its steps."""
    means = np.zeros((len(edges), edges.shape[1] + 1))
    for feature, column in enumerate(X.T):
        total = np.bincount(binned[:, feature], weight * column, minlength=means.shape[1])
        count = np.bincount(binned[:, feature], weight, minlength=means.shape[1])
        means[feature] = np.where(count > 0, total / np.where(count > 0, count, 1), column.mean())
    values = np.take_along_axis(means.T, binned, axis=0)
    middle = np.average(values, axis=0, weights=weight)
    spread = np.sqrt(np.average((values - middle) ** 2, axis=0, weights=weight))
    spread[spread < 1e-12] = 1.0
    model = LogisticRegression(C=C, max_iter=200).fit((values - middle) / spread, target, weight)
    slopes = model.coef_[0] / spread
    tables = slopes[:, None] * (means - middle[:, None])
    tables[~steps_used(edges)] = 0.0
    return AdditiveModel(float(model.intercept_[0]), edges, tables)


def _latest(target: Whole, groups: ArrayLike | None, times: ArrayLike | None) -> Booleans:
    """True for the latest fifth of the groups."""
    group = (
        np.arange(len(target)) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
    )
    when = np.arange(len(target)) if times is None else np.asarray(times, dtype=np.float64)
    first = np.full(group.max() + 1, np.inf)
    np.minimum.at(first, group, when)
    dated = np.isfinite(first)
    held = first[group] > np.quantile(first[dated], 0.8, method="nearest")
    if held.any() and len(np.unique(target[~held])) == 2:
        return np.asarray(held)
    return np.asarray(np.arange(len(target)) % 5 == 0)


def _platt(log_odds: Floats, target: Whole, weight: Floats) -> tuple[float, float]:
    """Slope and shift that fit log-odds to outcomes; (1, 0) where only one outcome was seen."""
    if len(np.unique(target)) < 2:
        return 1.0, 0.0
    model = LogisticRegression(C=1e3).fit(log_odds[:, None], target, weight)
    return float(np.clip(model.coef_[0, 0], 0.3, 2.0)), float(model.intercept_[0])
