from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from matching import Answer, Feature, ReasonCode, SimilarityRanker, TextModel, explain_pair
from tests.matching.factories import HERE, make_need, make_volunteer

SILENT: dict[str, Any] = {"free": Answer.UNKNOWN, "at": (np.nan, np.nan)}


def reasons(need: dict[str, Any], person: dict[str, Any], **more: Any) -> list[tuple[str, dict[str, Any]]]:
    told = explain_pair(
        SimilarityRanker(), make_need(**need), 0, make_volunteer(**{**SILENT, **person}), 0, **more
    )
    return [(str(reason.code), dict(reason.params)) for reason in told.reasons]


@pytest.mark.parametrize(
    ("need", "person", "code", "params"),
    [
        (
            {"wanted": {"bathing": 2, "plumbing": 1}},
            {"skills": {"bathing": 3}},
            "skill",
            {"skill_id": "bathing", "level": 3, "asked_level": 2, "covered": 1, "asked": 2},
        ),
        (
            {"wanted": {"care": 1}},
            {"skills": {"feeding": 1}},
            "skill",
            {"skill_id": "feeding", "level": 1, "asked_level": 1, "covered": 1, "asked": 1},
        ),
        (
            {"required": {"bathing": 1}},
            {"skills": {"care": 2}},
            "related_skill",
            {
                "skill_id": "care",
                "asked_skill_id": "bathing",
                "level": 2,
                "asked_level": 1,
                "covered": 0,
                "asked": 1,
            },
        ),
        ({"cells": [3, 4]}, {"availability": [[*[1] * 4, 2, *[1] * 16]]}, "free_then", {"cells": (4,)}),
        ({"fields": ["elders"]}, {"fields": ["children", "elders"]}, "field", {"field_id": "elders"}),
        (
            {"languages": ["mandarin"]},
            {"languages": ["guiyang", "english"]},
            "language",
            {"language_id": "guiyang"},
        ),
        ({"divisions": [[1, 2, 3, 4, 5]]}, {"divisions": [[1, 2, 3, 4, 5]]}, "same_community", {}),
        ({"divisions": [[1, 2, 3, 4, 5]]}, {"divisions": [[1, 2, 3, 4, 6]]}, "same_township", {}),
    ],
)
def test_each_reason_names_what_it_speaks_of(
    need: dict[str, Any], person: dict[str, Any], code: str, params: dict[str, Any]
) -> None:
    assert reasons(need, person) == [(code, params)]


def test_a_distance_is_given_in_km() -> None:
    ((code, params),) = reasons({}, {"at": (HERE[0], HERE[1] + 0.01)})
    assert code == ReasonCode.NEAR
    assert params["km"] == pytest.approx(1.112, abs=0.001)


def test_texts_name_the_terms_they_share() -> None:
    model = TextModel().fit(["I love gardening", "cooking lunch", "陪老人"])
    columns = {"text_vectors": model.transform(["gardening, and cooking"])}
    person = {"text_vectors": model.transform(["I love gardening"])}
    assert reasons(columns, person, text_model=model) == [("text", {"terms": ("garden",)})]
    assert reasons(columns, person) == [("text", {"terms": ()})]


def test_a_stranger_has_no_reasons_and_still_a_score_that_adds_up() -> None:
    told = explain_pair(SimilarityRanker(), make_need(wanted={"care": 1}), 0, make_volunteer(**SILENT), 0)
    assert told.reasons == ()
    assert tuple(told.contributions) == tuple(Feature)
    assert sum(told.contributions.values()) == pytest.approx(told.score, abs=1e-12)


def test_at_most_so_many_reasons_the_largest_gain_first() -> None:
    need = make_need(wanted={"care": 1}, fields=["elders"], languages=["english"])
    person = make_volunteer(skills={"care": 2}, fields=["elders"], languages=["english"])
    told = explain_pair(SimilarityRanker(), need, 0, person, 0, limit=2)
    assert [reason.code for reason in told.reasons] == [ReasonCode.SKILL, ReasonCode.NEAR]
    assert told.reasons[0].gain == pytest.approx(0.3 * 0.8)
    assert told.reasons[1].gain == pytest.approx(0.2 * 0.75)
