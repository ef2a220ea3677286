from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from matching import (
    Answer,
    BM25Ranker,
    CosineRanker,
    DistanceRanker,
    Feature,
    Needs,
    NewestRanker,
    RandomRanker,
    Ranker,
    SimilarityRanker,
    TextModel,
    Volunteers,
    check,
    pair_features,
)
from tests.matching.factories import HERE, TODAY, WORDS, make_need, make_volunteer, together

TEXTS = ["I like cooking and gardens", "陪老人聊天", ""]


def feature(name: Feature, needs: Needs, volunteers: Volunteers) -> float:
    return float(pair_features(needs, volunteers)[tuple(Feature).index(name), 0, 0])


@pytest.mark.parametrize(
    ("wanted", "held", "covered"),
    [
        ({}, {"care": 3}, 0.5),
        ({"bathing": 1}, {"bathing": 1}, 1),
        ({"bathing": 2}, {"bathing": 1}, 1 / 2),
        ({"bathing": 1}, {"care": 1}, 1 / 2),
        ({"bathing": 2}, {"care": 1}, 1 / 4),
        ({"bathing": 1}, {"feeding": 1}, 1 / 4),
        ({"care": 1}, {"feeding": 1}, 1),
        ({"bathing": 1}, {"plumbing": 3}, 0),
        ({"bathing": 1, "plumbing": 1}, {"bathing": 3}, 1 / 2),
        ({"bathing": 1, "feeding": 1}, {"bathing": 1}, (1 + 1 / 4) / 2),
        # Who says nothing ranks above who says only others, and below who has a neighbouring skill.
        ({"bathing": 1, "plumbing": 1}, {}, 0.1),
        ({"bathing": 2, "plumbing": 1}, {}, 0.05),
    ],
)
def test_skills_covered(wanted: Mapping[str, int], held: Mapping[str, int], covered: float) -> None:
    assert feature(Feature.SKILLS, make_need(wanted=wanted), make_volunteer(skills=held)) == pytest.approx(
        covered
    )


def test_a_required_skill_is_also_wanted() -> None:
    need = make_need(wanted={"care": 1}, required={"plumbing": 2})
    assert feature(Feature.SKILLS, need, make_volunteer(skills={"plumbing": 2})) == 0.5


@pytest.mark.parametrize(
    ("name", "need", "person", "value"),
    [
        (Feature.NEARNESS, {}, {}, 1),
        # A hundredth of a degree of latitude is 1.112 km, the default reach is 10 km.
        (Feature.NEARNESS, {}, {"at": (HERE[0], HERE[1] + 0.01)}, 4**-0.11119),
        (Feature.NEARNESS, {}, {"at": (HERE[0], HERE[1] + 0.01), "reach_km": [2.2239]}, 0.5),
        (Feature.NEARNESS, {}, {"at": (np.nan, np.nan)}, 0.25),
        (Feature.TIME, {}, {}, 1),
        (Feature.TIME, {}, {"free": Answer.UNKNOWN}, 0.5),
        (Feature.TIME, {"cells": [3, 4]}, {"availability": [[2, 2, 2, 2, 1, *[2] * 16]]}, 0.75),
        (Feature.TIME, {"cells": []}, {}, 0.5),
        (Feature.FIELD, {"fields": ["elders"]}, {"fields": ["elders", "children"]}, 1),
        (Feature.FIELD, {"fields": ["elders"]}, {"fields": ["children"]}, 0),
        (Feature.FIELD, {"fields": ["elders"]}, {}, 0.5),
        (Feature.FIELD, {}, {"fields": ["children"]}, 0.5),
        (Feature.LANGUAGE, {"languages": ["guiyang", "english"]}, {"languages": ["english"]}, 1),
        (Feature.LANGUAGE, {"languages": ["guiyang"]}, {"languages": ["mandarin"]}, 0.5),
        (Feature.LANGUAGE, {"languages": ["mandarin"]}, {"languages": ["guiyang"]}, 1),
        (Feature.LANGUAGE, {"languages": ["guiyang"]}, {"languages": ["english"]}, 0),
        (Feature.TEXT, {}, {}, 0.25),
    ],
)
def test_features(name: Feature, need: dict[str, Any], person: dict[str, Any], value: float) -> None:
    assert feature(name, make_need(**need), make_volunteer(**person)) == pytest.approx(value, abs=1e-4)


@pytest.mark.parametrize(("shared", "value"), [(5, 0.85), (4, 0.6), (3, 0.25), (2, 0.1), (1, 0.02), (0, 0.0)])
def test_nearness_by_the_lowest_shared_division(shared: int, value: float) -> None:
    need, person = np.arange(1, 6), np.arange(1, 6)
    person[shared:] += 10
    nowhere: dict[str, Any] = {"at": (np.nan, np.nan)}
    pair = make_need(divisions=[need], **nowhere), make_volunteer(divisions=[person], **nowhere)
    assert feature(Feature.NEARNESS, *pair) == value


def test_text_similarity_follows_the_cosine_and_a_missing_text_is_no_stranger() -> None:
    model = TextModel().fit(TEXTS)
    need = make_need(text_vectors=model.transform(["cooking"]))
    values = [
        feature(Feature.TEXT, need, make_volunteer(text_vectors=model.transform([text])))
        for text in ("cooking", TEXTS[0], "", TEXTS[1])
    ]
    cosine = float(model.transform(["cooking"]).cosines(model.transform(TEXTS[:1]))[0, 0])
    assert values == pytest.approx([1, 1.15 * cosine / (cosine + 0.15), 0.25, 0])


def test_texts_of_two_models_are_refused() -> None:
    one, other = TextModel().fit(["cooking"]), TextModel().fit(["cooking lunch"])
    need = make_need(text_vectors=one.transform(["cooking"]))
    with pytest.raises(ValueError, match=r"needs have \d+ terms, volunteers \d+"):
        pair_features(need, make_volunteer(text_vectors=other.transform(["cooking"])))


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ({"beauty": 1.0}, "unknown feature 'beauty'; wanted one of skills, nearness"),
        ({Feature.TIME: -1.0}, "the weight of time must be a number of at least 0, but is -1.0"),
        ({Feature.TIME: float("nan")}, "at least 0, but is nan"),
        ({Feature.TIME: 0.0}, "at least one weight must be above 0"),
    ],
)
def test_wrong_weights_are_refused(weights: Mapping[Feature, float], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        SimilarityRanker(weights).score(make_need(), make_volunteer())


def test_ties_go_by_id_and_k_cuts() -> None:
    people = together(*(make_volunteer(name) for name in "cab"), make_volunteer("near", skills={"care": 1}))
    need = make_need(wanted={"care": 1})
    eligible = check(need, people, today=TODAY)
    (ranking,) = SimilarityRanker().rank_volunteers(need, people, eligible)
    assert ranking.ids.tolist() == ["near", "a", "b", "c"]
    (short,) = SimilarityRanker().rank_volunteers(need, people, eligible, k=2)
    assert short.ids.tolist() == ["near", "a"]
    assert len(SimilarityRanker().rank_volunteers(need, people, eligible, k=0)[0]) == 0
    with pytest.raises(ValueError, match="k must be at least 0, but is -1"):
        SimilarityRanker().rank_volunteers(need, people, eligible, k=-1)


def test_needs_are_ranked_for_one_person() -> None:
    person = make_volunteer(skills={"plumbing": 2})
    needs = together(
        make_need("care", wanted={"care": 1}),
        make_need("pipes", wanted={"plumbing": 1}),
        make_need("grown", minimum_age=[90]),
    )
    (ranking,) = SimilarityRanker().rank_needs(needs, person, check(needs, person, today=TODAY))
    assert ranking.ids.tolist() == ["pipes", "care"]


def test_an_eligibility_of_other_tables_is_refused() -> None:
    people = together(make_volunteer("a"), make_volunteer("b"))
    with pytest.raises(ValueError, match=r"of shape \(1, 2\), but is of shape \(1, 1\)"):
        SimilarityRanker().rank_volunteers(
            make_need(), people, check(make_need(), people.take([0]), today=TODAY)
        )


def world(model: TextModel) -> tuple[Needs, Volunteers]:
    people = together(
        make_volunteer("far", at=(HERE[0], HERE[1] + 0.05), created_minute=[30]),
        make_volunteer("near", at=(HERE[0], HERE[1] + 0.01), created_minute=[20]),
        make_volunteer("lost", at=(np.nan, np.nan), created_minute=[10]),
    )
    texts = ["digging gardens", "cooking", "cooking and gardens and digging"]
    columns = {name: getattr(people, name) for name in ("opted_in", "born_on", "longitude", "latitude")}
    people = Volunteers(
        ids=people.ids,
        vocabulary=WORDS,
        texts=texts,
        text_vectors=model.transform(texts),
        created_minute=people.created_minute,
        **columns,
    )
    return make_need(texts=["who can cook"], text_vectors=model.transform(["who can cook"])), people


@pytest.mark.parametrize(
    ("ranker", "order"),
    [
        (NewestRanker(of="volunteers"), ["far", "near", "lost"]),
        (DistanceRanker(), ["near", "far", "lost"]),
        (CosineRanker(), ["near", "lost", "far"]),
        (
            BM25Ranker().fit(["digging gardens", "cooking", "cooking and gardens and digging"]),
            ["near", "lost", "far"],
        ),
    ],
)
def test_baselines_order_by_what_their_name_says(ranker: Ranker, order: list[str]) -> None:
    needs, people = world(TextModel().fit(["digging gardens", "cooking"]))
    (ranking,) = ranker.rank_volunteers(needs, people, check(needs, people, today=TODAY))
    assert ranking.ids.tolist() == order


def test_newest_needs_come_first() -> None:
    needs = together(make_need("old", created_minute=[1]), make_need("new", created_minute=[2]))
    (ranking,) = NewestRanker().rank_needs(
        needs, make_volunteer(), check(needs, make_volunteer(), today=TODAY)
    )
    assert ranking.ids.tolist() == ["new", "old"]


def test_chance_is_even_and_follows_the_seed() -> None:
    people = Volunteers(ids=[str(number) for number in range(2000)], vocabulary=WORDS)
    drawn = RandomRanker(1).score(make_need(), people).total[0]
    assert drawn.mean() == pytest.approx(0.5, abs=0.03)
    assert np.histogram(drawn, 10, (0, 1))[0].min() > 140
    assert not np.array_equal(drawn, RandomRanker(2).score(make_need(), people).total[0])


def test_bm25_needs_texts() -> None:
    with pytest.raises(ValueError, match="reads the column texts"):
        BM25Ranker().fit(["cooking"]).score(make_need(), make_volunteer())
    with pytest.raises(ValueError, match="at least one text with a word"):
        BM25Ranker().fit([""])
