from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from matching.additive import AdditiveModel, linear_tables, probability, quantile_edges
from matching.columns import Floats
from matching.features import Feature
from matching.learning import OutcomeClassifier, Stage
from matching.learnt import FEATURES, LearntRanker, Outcomes, assumed


def sample(count: int, seed: int = 0) -> tuple[Floats, np.ndarray[Any, Any]]:
    """Outcomes of four features, of which the first speaks for and the second against a yes."""
    random = np.random.default_rng(seed)
    X = random.random((count, 4))
    return X, random.random(count) < probability(3 * X[:, 0] - 2 * X[:, 1] - 0.5)


@parametrize_with_checks([OutcomeClassifier(), OutcomeClassifier(boosting_from=10**6, calibrate_from=10**6)])  # type: ignore[untyped-decorator]
def test_the_classifier_passes_every_check_of_scikit_learn(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.mark.parametrize(
    ("count", "stage"),
    [(10, Stage.RATE), (60, Stage.LOGISTIC), (400, Stage.BOOSTING), (1500, Stage.CALIBRATED)],
)
def test_the_stage_follows_the_evidence(count: int, stage: Stage) -> None:
    X, y = sample(count)
    assert OutcomeClassifier().fit(X, y).stage_ == stage


@pytest.mark.parametrize("count", [10, 60, 400, 1500])
def test_the_exported_tables_say_what_the_estimator_says(count: int) -> None:
    X, y = sample(count)
    model = OutcomeClassifier().fit(X, y)
    fresh, _ = sample(200, seed=1)
    arrays = AdditiveModel(model.additive_.intercept, model.additive_.edges, model.additive_.tables)
    assert np.allclose(probability(arrays.log_odds(fresh.T)), model.predict_proba(fresh)[:, 1], atol=1e-12)
    added = arrays.intercept + arrays.contributions(fresh.T).sum(axis=0)
    assert np.allclose(added, model.decision_function(fresh), atol=1e-12)


def test_more_evidence_comes_nearer_to_the_truth() -> None:
    fresh, _ = sample(2000, seed=9)
    truth = probability(3 * fresh[:, 0] - 2 * fresh[:, 1] - 0.5)
    errors = []
    for count in (10, 100, 2000):
        found = OutcomeClassifier(monotone=[1, -1, 0, 0]).fit(*sample(count)).predict_proba(fresh)[:, 1]
        errors.append(np.abs(found - truth).mean())
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 0.06


def test_a_monotone_feature_never_lowers_the_chance_when_it_rises() -> None:
    model = OutcomeClassifier(monotone=[1, -1, 0, 0]).fit(*sample(3000)).additive_
    assert (np.diff(model.tables[0][: np.isfinite(model.edges[0]).sum() + 1]) >= -1e-9).all()


def test_one_class_alone_is_a_rate_and_not_a_failure() -> None:
    model = OutcomeClassifier().fit(np.zeros((40, 2)), np.ones(40, dtype=np.bool_))
    assert model.stage_ == Stage.RATE
    assert model.predict(np.zeros((1, 2))).tolist() == [True]


def test_blending_mixes_the_log_odds() -> None:
    one, two = linear_tables(np.array([1.0, -2.0]), 0.5), linear_tables(np.array([3.0, 1.0]), -1.0, steps=7)
    at = np.array([[0.03, 0.5, 1.0], [0.99, 0.4, 0.0]])
    wanted = 0.75 * one.log_odds(at) + 0.25 * two.log_odds(at)
    assert np.allclose(one.blended(two, 0.25).log_odds(at), wanted)


@pytest.mark.parametrize("features", [np.zeros((3, 2)), np.full((2, 2), np.nan)])
def test_features_that_do_not_suit_the_model_are_refused(features: Floats) -> None:
    with pytest.raises(ValueError, match=r"wanted|finite"):
        linear_tables(np.ones(2), 0.0).contributions(features)


def test_edges_part_a_column_evenly() -> None:
    edges = quantile_edges(np.arange(1000.0), 10)
    assert np.bincount(np.searchsorted(edges, np.arange(1000.0))).min() >= 90


def outcomes(count: int) -> Outcomes:
    """People said yes to what was near, whatever else; all were free."""
    random = np.random.default_rng(3)
    features = random.random((count, len(FEATURES)))
    features[:, FEATURES.index(Feature.TIME)] = 1.0
    yes = features[:, FEATURES.index(Feature.NEARNESS)] > random.random(count)
    return Outcomes(
        features, yes, np.arange(count).astype(str), 0.1 * np.arange(count, dtype=np.float64), np.ones(count)
    )


def background() -> Floats:
    return np.random.default_rng(4).random((200, len(FEATURES)))


def test_what_was_never_seen_keeps_its_assumed_weight() -> None:
    learnt = LearntRanker().learn(outcomes(1500), background())
    free, busy = np.full((2, len(FEATURES)), 0.5)
    free[FEATURES.index(Feature.TIME)], busy[FEATURES.index(Feature.TIME)] = 1.0, 0.0
    near = free.copy()
    near[FEATURES.index(Feature.NEARNESS)] = 1.0
    chance = learnt.chance_of_yes(np.stack([free, busy, near], axis=1)[:, None])[0]
    assert chance[0] > chance[1] + 0.01
    assert chance[2] > chance[0] + 0.1


def test_a_dozen_outcomes_change_nothing_and_say_so() -> None:
    learnt = LearntRanker().learn(outcomes(12), background())
    assert "only 12" in learnt.stage
    assert np.array_equal(learnt.model.tables, assumed().tables)


def test_nothing_that_speaks_for_a_person_lowers_the_assumed_chance() -> None:
    base = np.full((len(FEATURES), 1), 0.4)
    for row in range(len(FEATURES)):
        better = base.copy()
        better[row] = 0.9
        assert assumed().log_odds(better)[0] > assumed().log_odds(base)[0]


@pytest.mark.parametrize("propensity", [0.0, 1.5])
def test_a_propensity_outside_its_range_is_refused(propensity: float) -> None:
    with pytest.raises(ValueError, match="propensities"):
        Outcomes(
            np.zeros((1, len(FEATURES))),
            np.ones(1, dtype=np.bool_),
            np.array(["n"]),
            np.zeros(1),
            np.array([propensity]),
        )
