"""The quick way to the best few gives what asking and scoring everybody gives."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from matching import (
    AdditiveRanker,
    Deed,
    Feature,
    History,
    InformedRanker,
    LearntRanker,
    Needs,
    SimilarityRanker,
    TextModel,
    TextVectors,
    Volunteers,
    check,
    shortlist,
)
from matching.features import text_similarity
from matching.picked import WORKED_OUT, pick
from matching.shortlist import _could_pass
from tests.matching.factories import HERE, TODAY, WORDS, make_need, make_volunteer, together
from tests.matching.random_tables import RandomTown, random_town

SAID = [
    "chatting with elders",
    "陪老人聊天",
    "repairs and plumbing",
    "",
    "cooking lunch for elders",
    "修理水管",
]


def informed(town: RandomTown) -> InformedRanker:
    """Every other person has said yes once more than the last."""
    history = History(len(town.people), fields=3)
    for person in range(0, len(town.people), 2):
        for day in range(person % 5):
            history.did(Deed.YES, person, day=day, field=0, cell=3)
    return InformedRanker(LearntRanker(), history, town.people.row_by_id)


def with_texts(town: RandomTown, seed: int) -> RandomTown:
    draw, model = np.random.default_rng(seed), TextModel().fit(SAID)

    def said(table: Needs | Volunteers) -> TextVectors:
        return model.transform(draw.choice(SAID, len(table)).tolist())

    return town._replace(
        needs=replace(town.needs, text_vectors=said(town.needs)),
        people=replace(town.people, text_vectors=said(town.people)),
    )


def best_of_all(town: RandomTown, ranker: AdditiveRanker, k: int) -> list[tuple[list[int], list[float]]]:
    known = {"today": TODAY, "bookings": town.bookings, "pairs": town.pairs}
    eligible = check(town.needs, town.people, **known)  # type: ignore[arg-type]
    ranked = ranker.rank_volunteers(town.needs, town.people, eligible, k)
    return [(one.rows.tolist(), one.scores.round(6).tolist()) for one in ranked]


@pytest.mark.parametrize("has_texts", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_the_best_few_are_those_of_asking_and_scoring_everybody(seed: int, has_texts: bool) -> None:
    town = random_town(seed, needs=15, people=300)
    town = with_texts(town, seed) if has_texts else town
    for ranker in (SimilarityRanker(), informed(town)):
        for k in (0, 1, 5, 1000):
            found = shortlist(
                ranker, town.needs, town.people, k=k, today=TODAY, bookings=town.bookings, pairs=town.pairs
            )
            assert [(one.rows.tolist(), one.scores.round(6).tolist()) for one in found] == best_of_all(
                town, ranker, k
            )


def test_contributions_and_ids_belong_to_the_rows() -> None:
    town = with_texts(random_town(5, needs=10, people=200), 5)
    for row, one in enumerate(shortlist(SimilarityRanker(), town.needs, town.people, k=3, today=TODAY)):
        scores = SimilarityRanker().score(town.needs.take([row]), town.people)
        assert one.ids.tolist() == np.asarray(town.people.ids)[one.rows].tolist()
        assert np.allclose(one.contributions, scores.contributions[:, 0, one.rows].T)


@pytest.mark.parametrize("seed", range(4))
def test_the_sieve_holds_back_nobody_who_passes_and_most_who_do_not(seed: int) -> None:
    town = random_town(seed, needs=60, people=200)
    passes = check(town.needs, town.people, today=TODAY).passes
    through = np.array([_could_pass(town.needs, row, town.people) for row in range(len(town.needs))])
    assert not (passes & ~through).any()
    assert through.sum() < 0.6 * through.size


def test_who_lives_exactly_at_the_edge_of_their_reach_is_not_lost() -> None:
    here = (0.0, 0.0)
    for kilometres in (0.001, 0.4, 5.0, 10_000.0):
        degrees = kilometres / (6371.0088 * np.pi / 180)
        person = make_volunteer("edge", at=(degrees, 0.0), reach_km=np.array([kilometres * (1 + 1e-12)]))
        need = make_need("here", at=here)
        assert check(need, person, today=TODAY).passes[0, 0]
        [best] = shortlist(SimilarityRanker(), need, person, k=1, today=TODAY)
        assert best.ids.tolist() == ["edge"]


def test_nobody_and_a_negative_number_have_their_answers() -> None:
    people = together(make_volunteer("li", opted_in=[False]), make_volunteer("wang", barred=[True]))
    [best] = shortlist(SimilarityRanker(), make_need(), people, k=5, today=TODAY)
    assert len(best) == 0
    with pytest.raises(ValueError, match="k must be at least 0, but is -1"):
        shortlist(SimilarityRanker(), make_need(), make_volunteer(), k=-1, today=TODAY)


def test_picked_rows_say_what_taken_rows_say() -> None:
    town = with_texts(random_town(3, needs=20, people=50), 3)
    rows = np.array([7, 3, 19, 0])
    for table in (town.needs, town.people):
        picked, taken = pick(table, rows), table.take(rows)
        assert len(picked) == len(rows)
        names = [field.name for field in fields(table)] + [
            name for name in WORKED_OUT if hasattr(table, name)
        ]
        for name in set(names) - {"vocabulary", "texts", "text_vectors", "id_order"}:
            assert np.array_equal(
                getattr(picked, name), getattr(taken, name), equal_nan=_may_lack(taken, name)
            )
        assert np.array_equal(np.argsort(picked.id_order), np.argsort(taken.id_order))
        assert np.array_equal(picked.unit_vectors, taken.unit_vectors, equal_nan=True)
        assert picked.text_vectors is not None
        assert taken.text_vectors is not None
        assert np.allclose(picked.text_vectors.toarray(), taken.text_vectors.toarray())
        assert list(picked.take([1]).ids) == list(taken.take([1]).ids)


def _may_lack(table: object, name: str) -> bool:
    return np.asarray(getattr(table, name)).dtype.kind in "fM"


def test_what_a_feature_adds_is_its_contribution() -> None:
    town = with_texts(random_town(6, needs=5, people=30), 6)
    for ranker in (
        SimilarityRanker(),
        SimilarityRanker({Feature.TEXT: 2.0, Feature.SKILLS: 1.0}),
        informed(town),
    ):
        scores = ranker.score(town.needs, town.people)
        values = pick(town.people, np.arange(30))
        added = ranker.adds(Feature.TEXT, text_similarity(town.needs, values))
        assert np.allclose(added, scores.contributions[scores.parts.index(Feature.TEXT)])


def test_a_million_people_before_one_need() -> None:
    many, ids = 1_000_000, [f"{number:07}" for number in range(1_000_000)]
    crowd = Volunteers(
        ids=ids,
        vocabulary=WORDS,
        opted_in=np.arange(many) % 10 == 0,
        born_on=np.full(many, "1990-01-01", dtype="datetime64[D]"),
        reach_km=np.full(many, 5.0),
        longitude=np.full(many, HERE[0]),
        latitude=np.linspace(HERE[1], HERE[1] + 1, many),
    )
    [best] = shortlist(SimilarityRanker(), make_need(at=HERE), crowd, k=3, today=TODAY)
    assert best.ids.tolist() == ids[:30:10]
