"""The ranker that serves: a weighted sum of the features, with no fitted constant."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from matching.columns import Floats
from matching.features import Feature, pair_features
from matching.ranking import AdditiveRanker, Scores
from matching.settings import Settings
from matching.tables import Needs, Volunteers

WEIGHTS: Mapping[Feature, float] = {
    Feature.SKILLS: 0.30,
    Feature.NEARNESS: 0.20,
    Feature.TIME: 0.15,
    Feature.FIELD: 0.15,
    Feature.TEXT: 0.15,
    Feature.LANGUAGE: 0.05,
}
"""Chosen by judgement, not fitted: what one can do first, then whether one can come, then what one likes."""


class SimilarityRanker(Settings, AdditiveRanker):
    """Score a pair by the weighted mean of its features.

    score = sum over features f of w(f) x(f), where the weights are scaled to sum to 1 and x(f) in [0, 1]
    comes from `matching.features`. The terms of the sum are the contributions, so the explanation adds up.

    Parameters
    ----------
    weights : mapping of Feature to float, optional
        At least 0 and not all 0; features left out weigh 0. `WEIGHTS` by default.

    Examples
    --------
    >>> import numpy as np
    >>> from datetime import date
    >>> from matching.eligibility import check
    >>> from matching.vocabulary import Taxonomy, Vocabulary
    >>> vocabulary = Vocabulary(skills=Taxonomy(["cooking"]))
    >>> needs = Needs(ids=["lunch"], vocabulary=vocabulary, skills_wanted=np.array([[1]]))
    >>> people = Volunteers(
    ...     ids=["li", "wang"], vocabulary=vocabulary, skill_level=np.array([[0], [2]]),
    ...     opted_in=np.array([True, True]), born_on=np.array(["1990-01-01"] * 2, "datetime64[D]"),
    ... )
    >>> eligible = check(needs, people, today=date(2026, 11, 24))
    >>> best = SimilarityRanker().rank_volunteers(needs, people, eligible, k=1)[0]
    >>> best.ids.tolist(), round(float(best.scores[0]), 4)
    (['wang'], 0.5625)
    """

    def __init__(self, weights: Mapping[Feature, float] | None = None) -> None:
        self.weights = weights

    def score(self, needs: Needs, volunteers: Volunteers) -> Scores:
        """Score all pairs, eligible or not.

        Parameters
        ----------
        needs : Needs, m rows
        volunteers : Volunteers, n rows

        Returns
        -------
        Scores
            In [0, 1], higher is better, with one part per feature.

        Raises
        ------
        ValueError
            For a weight that is unknown, negative or not finite, or when all are 0.
        """
        contributions = pair_features(needs, volunteers) * self.normalized_weights()[:, None, None]
        return Scores(contributions, tuple(Feature))

    def adds(self, feature: Feature, values: Floats) -> Floats:
        """What values of one feature add to the score: their share of its weight."""
        return np.asarray(values * self.normalized_weights()[list(Feature).index(feature)], dtype=np.float64)

    def normalized_weights(self) -> Floats:
        """Return the weights scaled to sum to 1, in the order of `Feature`, shape (6,)."""
        given = WEIGHTS if self.weights is None else self.weights
        for name, weight in given.items():
            if name not in set(Feature):
                raise ValueError(f"unknown feature {name!r}; wanted one of {', '.join(Feature)}")
            if not (np.isfinite(weight) and weight >= 0):
                raise ValueError(f"the weight of {name} must be a number of at least 0, but is {weight!r}")
        weights = np.array([given.get(feature, 0.0) for feature in Feature])
        if weights.sum() == 0:
            raise ValueError("at least one weight must be above 0, but all are 0")
        return np.asarray(weights / weights.sum(), dtype=np.float64)
