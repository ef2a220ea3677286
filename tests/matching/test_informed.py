"""The learnt ranker on tables: history joined by id, contributions that add up, reasons."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from matching import (
    Deed,
    Feature,
    History,
    InformedRanker,
    LearntRanker,
    ReasonCode,
    check,
    explain_pairs,
    pair_features,
)
from matching.additive import probability
from matching.history import HistoryFeature
from matching.informed import PARTS, never_asked
from tests.matching.factories import TODAY, TUESDAY_MORNING, make_need, make_volunteer, together

NEED = make_need("tea", wanted={"care": 1}, fields=["elders"], cells=[TUESDAY_MORNING])
PEOPLE = together(make_volunteer("li", skills={"care": 2}), make_volunteer("wang"), make_volunteer("zhao"))


def informed() -> InformedRanker:
    """Wang said yes ten times, Zhao was silent ten times, Li is not known."""
    history = History(2, fields=3)
    for day in range(10):
        history.did(Deed.YES, 0, day=day, field=0, cell=TUESDAY_MORNING)
        history.did(Deed.SILENCE, 1, day=day, field=0, cell=TUESDAY_MORNING)
    return InformedRanker(LearntRanker(), history, {"wang": 0, "zhao": 1})


def test_what_people_answered_before_changes_their_chance_whatever_row_they_stand_in() -> None:
    ranker, turned = informed(), [2, 0, 1]
    chance = ranker.score(NEED, PEOPLE).values[0]
    assert chance[1] > chance[2]
    assert np.array_equal(ranker.score(NEED, PEOPLE.take(turned)).values[0], chance[turned])


def test_who_is_not_in_the_history_is_as_somebody_never_asked() -> None:
    ranker = informed()
    assert ranker.history is not None
    fresh = History(1, fields=3)
    fresh._usual = ranker.history._usual
    known = fresh.features(fields=np.array([0]), cells=np.array([3]), places=[""], company=[()])
    assert np.allclose(ranker.features(NEED, PEOPLE)[len(Feature) :, 0, 0], known[:, 0, 0])
    assert np.allclose(never_asked(ranker.history), known[:, 0, 0])


def test_without_a_history_similarity_and_what_is_usual_decide() -> None:
    ranker = InformedRanker(LearntRanker())
    found = ranker.features(NEED, PEOPLE)
    assert np.array_equal(found[: len(Feature)], pair_features(NEED, PEOPLE))
    assert np.array_equal(found[len(Feature) :, 0, 1], never_asked())


def test_contributions_add_up_to_the_log_odds_exactly() -> None:
    scores = informed().score(NEED, PEOPLE)
    assert scores.parts == PARTS
    assert np.array_equal(scores.values, probability(scores.contributions.sum(axis=0)))
    for person, told in enumerate(explain_pairs(informed(), NEED, PEOPLE)[0]):
        assert tuple(told.contributions) == PARTS
        log_odds = np.log(told.score / (1 - told.score))
        assert sum(told.contributions.values()) == pytest.approx(log_odds, abs=1e-12)
        assert told.score == pytest.approx(scores.values[0, person], abs=1e-15)


def test_reasons_are_those_of_similarity_and_earlier_answers_are_one_of_them() -> None:
    li, wang, zhao = explain_pairs(informed(), NEED, PEOPLE)[0]
    codes = [[reason.code for reason in told.reasons] for told in (li, wang, zhao)]
    assert ReasonCode.SKILL in codes[0]
    assert ReasonCode.EARLIER_ANSWERS in codes[1]
    assert ReasonCode.EARLIER_ANSWERS not in codes[0] + codes[2]
    [earlier] = [each for each in wang.reasons if each.code == ReasonCode.EARLIER_ANSWERS]
    stranger = dict(zip(HistoryFeature, never_asked(informed().history), strict=True))
    assert earlier.params == {}
    assert earlier.gain > 0
    assert stranger[HistoryFeature.YES_RATE] == informed().history.usual_yes  # type: ignore[union-attr]


def test_it_ranks_as_every_ranker_does_and_scores_are_chances() -> None:
    eligible = check(NEED, PEOPLE, today=TODAY)
    [ranking] = informed().rank_volunteers(NEED, PEOPLE, eligible)
    assert ranking.ids.tolist()[-1] == "zhao"
    assert ((ranking.scores > 0) & (ranking.scores < 1)).all()
    assert np.array_equal(np.sort(ranking.scores)[::-1], ranking.scores)


def test_a_history_of_some_people_is_that_of_these_rows() -> None:
    history = informed().history
    assert history is not None
    asked: dict[str, Any] = {
        "fields": np.array([0, -1]),
        "cells": np.array([3, 20]),
        "places": ["", ""],
        "company": [(), ()],
    }
    everybody = history.features(**asked)
    assert np.array_equal(history.features(**asked, people=np.array([1])), everybody[:, :, [1]])
