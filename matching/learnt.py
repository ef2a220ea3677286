"""The ranker that learns: similarity until there is evidence, then more and more what people did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.additive import AdditiveModel, linear_tables, probability
from matching.calibration import Recalibration
from matching.columns import Booleans, Floats, Whole
from matching.features import Feature
from matching.history import USUAL_YES, HistoryFeature
from matching.rankers import WEIGHTS

FEATURES: tuple[str, ...] = (*Feature, *HistoryFeature)
"""What a pair is judged by, in the order of every array."""

HISTORY_SLOPES: Mapping[HistoryFeature, float] = {
    HistoryFeature.YES_RATE: 2.0,
    HistoryFeature.FIELD_RATE: 2.0,
    HistoryFeature.TIME_RATE: 1.0,
    HistoryFeature.RESTED: 1.0,
    HistoryFeature.ANSWERS: 0.5,
    HistoryFeature.FAMILIAR: 0.5,
    HistoryFeature.COMPANY: 0.5,
}
"""Log-odds between the least and the most of each, before anything was learnt: judgement, not fitted."""

USUAL_HISTORY: Mapping[HistoryFeature, float] = {
    HistoryFeature.YES_RATE: USUAL_YES,
    HistoryFeature.FIELD_RATE: USUAL_YES,
    HistoryFeature.TIME_RATE: USUAL_YES,
    HistoryFeature.RESTED: 1.0,
    HistoryFeature.ANSWERS: 1.0,
}
"""The history of somebody who was never asked; what is left out is 0."""

SIMILARITY_SLOPE = 6.0
"""Log-odds of a yes between a similarity of 0 and of 1, before anything was learnt."""

USUAL_SIMILARITY = 0.75
"""The similarity at which a person says yes as often as not, were it not for `USUAL_LOG_ODDS`."""

USUAL_LOG_ODDS = -0.6
"""Log-odds of a yes of somebody who fits that well and was never asked: about 35 in a hundred."""

EVIDENCE = 100.0
"""How many outcomes the assumptions weigh as much as."""

FEWEST_OUTCOMES = 25
"""Below this nothing is learnt."""

LONGEST_GAP_DAYS = 365.0
"""Outcomes from before a silence of a year tell nothing about the people of today."""


def assumed() -> AdditiveModel:
    """What is believed before anybody was asked: similarity, and that tired people say no more often.

    Examples
    --------
    >>> assumed().tables.shape
    (13, 64)
    """
    slopes = [SIMILARITY_SLOPE * WEIGHTS[feature] for feature in Feature]
    slopes += [HISTORY_SLOPES[feature] for feature in HistoryFeature]
    at_usual = sum(HISTORY_SLOPES[name] * value for name, value in USUAL_HISTORY.items())
    return linear_tables(np.array(slopes), USUAL_LOG_ODDS - SIMILARITY_SLOPE * USUAL_SIMILARITY - at_usual)


MONOTONE = tuple(0 if name == HistoryFeature.COMPANY else 1 for name in FEATURES)
"""Nothing that speaks for a person may lower the score."""


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What came of questions that were asked, one a row.

    Parameters
    ----------
    features : ndarray of float64, shape (n, 13)
        As they were when the question was sent.
    yes : ndarray of bool, shape (n,)
    needs : ndarray of str, shape (n,)
    days : ndarray of float64, shape (n,)
    propensities : ndarray of float64, shape (n,)
        Chance with which each was asked; 1 where nothing was left to chance.

    Examples
    --------
    >>> one = Outcomes(np.full((1, 13), 0.5), np.array([True]), np.array(["lunch"]), np.zeros(1), np.ones(1))
    >>> len(one), one.why_too_few() != ""
    (1, True)
    """

    features: Floats
    yes: NDArray[np.bool_]
    needs: NDArray[np.str_]
    days: Floats
    propensities: Floats

    def __post_init__(self) -> None:
        sizes = {
            len(column) for column in (self.features, self.yes, self.needs, self.days, self.propensities)
        }
        if len(sizes) != 1 or self.features.ndim != 2 or self.features.shape[1] != len(FEATURES):
            seen = f"{sorted(sizes)} rows and features of shape {self.features.shape}"
            raise ValueError(f"outcomes must have one length and {len(FEATURES)} features, but have {seen}")
        if ((self.propensities <= 0) | (self.propensities > 1)).any():
            raise ValueError("propensities must be above 0 and at most 1")

    def __len__(self) -> int:
        return len(self.yes)

    def take(self, rows: Whole | Booleans) -> Outcomes:
        """Some of them."""
        return Outcomes(
            self.features[rows], self.yes[rows], self.needs[rows], self.days[rows], self.propensities[rows]
        )

    def since_last_gap(self, days: float = LONGEST_GAP_DAYS) -> Outcomes:
        """What came after the last time that nobody was asked for so long: before, everything was different.

        Examples
        --------
        >>> days = np.array([0.0, 900.0, 905.0])
        >>> needs, ones = np.array(["a", "b", "c"]), np.ones(3)
        >>> Outcomes(np.zeros((3, 13)), ones > 0, needs, days, ones).since_last_gap().needs.tolist()
        ['b', 'c']
        """
        asked_on = np.unique(self.days)
        after = asked_on[1:][np.diff(asked_on) >= days]
        return self.take(self.days >= after[-1]) if len(after) else self

    def why_too_few(self) -> str:
        """Why nothing can be learnt from them; empty where something can."""
        if len(self) < FEWEST_OUTCOMES:
            return f"only {len(self)} outcomes, and {FEWEST_OUTCOMES} are needed"
        if len(np.unique(self.yes)) < 2:
            return f"all {len(self)} outcomes are {'a yes' if self.yes[0] else 'no yes'}"
        return ""


class LearntRanker:
    """Chance of a yes for every pair: similarity and history, by what is assumed and what was learnt.

    Parameters
    ----------
    model : AdditiveModel, optional
        `assumed()` by default.
    stage : str, default="assumed"
        How it came about.

    Examples
    --------
    >>> ranker = LearntRanker()
    >>> features = np.full((13, 1, 2), 0.5)
    >>> features[0, 0, 1] = 1.0
    >>> int(ranker.chance_of_yes(features).argmax())
    1
    """

    def __init__(self, model: AdditiveModel | None = None, stage: str = "assumed") -> None:
        self.model = assumed() if model is None else model
        self.stage = stage

    def learn(self, outcomes: Outcomes, background: Floats) -> LearntRanker:
        """A ranker that has seen outcomes and still believes what was assumed where nothing was seen.

        What was assumed enters as imagined outcomes: every row of the background counts as a yes with its
        assumed chance and as a no with the rest, and all of them together weigh as much as `EVIDENCE` real
        ones. So a feature that was the same in all questions keeps its assumed curve, and what was assumed
        fades as the evidence grows.

        Parameters
        ----------
        outcomes : Outcomes
        background : ndarray of float64, shape (k, 13)
            Features of pairs drawn from all, whether they might be asked or not.

        Returns
        -------
        LearntRanker
            The assumed one, with a stage that says why, where nothing can be learnt: from fewer than 25
            outcomes, from yeses alone or noes alone. Outcomes from before a gap of a year are left out.

        References
        ----------
        Bedrick, Christensen and Johnson (1996), A new perspective on priors for generalized linear models.
        """
        from matching.learning import OutcomeClassifier

        outcomes = outcomes.since_last_gap()
        if why := outcomes.why_too_few():
            return LearntRanker(stage=f"assumed: {why}")
        imagined, weight = len(background), np.minimum(10.0, 1 / outcomes.propensities)
        believed = probability(assumed().log_odds(background.T)) * EVIDENCE / max(1, imagined)
        doubted = EVIDENCE / max(1, imagined) - believed
        classifier = OutcomeClassifier(
            logistic_from=FEWEST_OUTCOMES + int(EVIDENCE),
            boosting_from=200 + int(EVIDENCE),
            calibrate_from=1000 + int(EVIDENCE),
            monotone=MONOTONE,
        )
        classifier.fit(
            np.concatenate([outcomes.features, background, background]),
            np.concatenate([outcomes.yes, np.ones(imagined), np.zeros(imagined)]).astype(np.bool_),
            np.concatenate([weight / weight.mean(), believed, doubted]),
            groups=np.concatenate([outcomes.needs, np.repeat("", 2 * imagined)]),
            times=np.concatenate([outcomes.days, np.full(2 * imagined, -np.inf)]),
        )
        return LearntRanker(classifier.additive_, str(classifier.stage_))

    def put_right(self, line: Recalibration) -> LearntRanker:
        """The same ranker with its chances put right: parts still add up, and the order stays.

        Examples
        --------
        >>> ranker, features = LearntRanker(), np.full((13, 1, 1), 0.5)
        >>> lower = ranker.put_right(Recalibration(-0.5))
        >>> [round(float(each.chance_of_yes(features)[0, 0]), 2) for each in (ranker, lower)]
        [0.15, 0.1]
        """
        return LearntRanker(self.model.scaled(line.b, line.a), self.stage)

    def contributions(self, features: Floats) -> Floats:
        """What each feature adds to the log-odds, shape (13, m, n)."""
        return self.model.contributions(features)

    def chance_of_yes(self, features: Floats) -> Floats:
        """Chance of a yes of every pair.

        Parameters
        ----------
        features : ndarray of float64, shape (13, m, n)
            In the order of `FEATURES`.

        Returns
        -------
        ndarray of float64, shape (m, n)
        """
        return probability(self.model.log_odds(features))
