"""The ranker that learns, for tables of needs and people: how they suit each other, and what people did."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from matching.columns import Floats, Whole
from matching.features import Feature, pair_features
from matching.history import History, HistoryFeature
from matching.learnt import FEATURES, USUAL_HISTORY, LearntRanker
from matching.ranking import AdditiveRanker, Scores
from matching.tables import Needs, Volunteers

USUAL = "usual"
"""The part of a score that is the same for every pair."""

PARTS: tuple[str, ...] = (*FEATURES, USUAL)
"""What contributes to the log-odds of a yes, in the order of `Scores.contributions`."""


class InformedRanker(AdditiveRanker):
    """Score a pair by the chance of a yes, from what was learnt and what is known of the person's answers.

    Parameters
    ----------
    learnt : LearntRanker
    history : History, optional
        Without one, everybody is as somebody who was never asked.
    row_by_id : mapping of str to int, optional
        The row in the history of each person; who is not in it was never asked.

    Examples
    --------
    >>> from matching.vocabulary import Taxonomy, Vocabulary
    >>> words = Vocabulary(skills=Taxonomy(["cooking"]))
    >>> needs = Needs(ids=["lunch"], vocabulary=words, skills_wanted=np.array([[1]]))
    >>> people = Volunteers(ids=["li", "wang"], vocabulary=words, skill_level=np.array([[0], [2]]))
    >>> scores = InformedRanker(LearntRanker()).score(needs, people)
    >>> scores.values.round(2).tolist()
    [[0.04, 0.15]]
    """

    def __init__(
        self,
        learnt: LearntRanker,
        history: History | None = None,
        row_by_id: Mapping[str, int] | None = None,
    ) -> None:
        self.learnt = learnt
        self.history = history
        self.row_by_id = row_by_id or {}

    def score(self, needs: Needs, volunteers: Volunteers) -> Scores:
        """Score all pairs, eligible or not; the contributions sum to the log-odds of a yes."""
        contributions = self.learnt.contributions(self.features(needs, volunteers))
        usual = np.full((1, *contributions.shape[1:]), self.learnt.model.intercept)
        return Scores(np.concatenate([contributions, usual]), PARTS, in_log_odds=True)

    def adds(self, feature: Feature, values: Floats) -> Floats:
        """What values of one feature add to the log-odds, read off its table."""
        return self.learnt.model.contribution(FEATURES.index(feature), values)

    def features(self, needs: Needs, volunteers: Volunteers) -> Floats:
        """What all pairs are judged by, shape (13, m, n), in the order of `FEATURES`."""
        rows = np.array([self.row_by_id.get(str(id), -1) for id in volunteers.ids], dtype=np.int64)
        return np.concatenate([pair_features(needs, volunteers), self._past(needs, rows)])

    def _past(self, needs: Needs, rows: Whole) -> Floats:
        known = rows >= 0
        past = np.empty((len(HistoryFeature), len(needs), len(rows)))
        past[:, :, ~known] = never_asked(self.history)[:, None, None]
        if self.history is not None and known.any():
            past[:, :, known] = history_features(self.history, needs, rows[known])
        return past


def history_features(history: History, needs: Needs, people: Whole) -> Floats:
    """What history says about the rows of a table and some people, shape (7, m, n).

    Who served where and with whom is left out: a table of needs does not say who goes.
    """
    count = len(needs)
    return history.features(
        fields=np.where(needs.fields.any(axis=1), needs.fields.argmax(axis=1), -1),
        cells=needs.cells.argmax(axis=1),
        places=[""] * count,
        company=[()] * count,
        people=people,
    )


def never_asked(history: History | None = None) -> Floats:
    """The history of somebody who was never asked, among people who answer as usual, shape (7,)."""
    rates = (HistoryFeature.YES_RATE, HistoryFeature.FIELD_RATE, HistoryFeature.TIME_RATE)
    found = dict(USUAL_HISTORY)
    if history is not None:
        found |= dict.fromkeys(rates, history.usual_yes)
    return np.array([found.get(name, 0.0) for name in HistoryFeature])
