"""Teams and organizations: gates first, each left out once; then a score that adds up."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import (
    PARTNER_WEIGHTS,
    Answer,
    PartnerFeature,
    PartnerGate,
    PartnerRanking,
    Partners,
    cover,
    partner_answers,
    partner_features,
    rank_partners,
)
from tests.matching.test_properties import drawn

HERE = (52, 5227, 522725, 522725001, 522725001001)
areas = st.sampled_from(
    [(0,) * 5, HERE, (*HERE[:3], 0, 0), (*HERE[:3], 522725002, 0), (52, 5203, 520302, 0, 0)]
)
a_count = st.integers(0, 6)


@st.composite
def partners(draw: st.DrawFn) -> Partners:
    n = draw(st.integers(1, 7))

    def each(values: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(values, min_size=n, max_size=n))

    asked = np.array(each(a_count))
    return Partners(
        ids=[f"p{row}" for row in range(n)],
        verified=np.array(each(st.booleans())),
        divisions=np.array(each(areas)),
        fields=np.array(each(st.sampled_from(Answer))),
        free=np.array(each(a_count)),
        maybe_free=np.array(each(a_count)),
        papers_free=np.array(each(st.tuples(a_count, a_count))),
        open_requests=np.array(each(a_count)),
        days_since_asked=np.array(each(st.sampled_from([float("nan"), 0.0, 10.0, 400.0]))),
        asked=asked,
        accepted=np.minimum(asked, np.array(each(a_count))),
        banned=np.array(each(st.booleans())),
        text=np.array(each(st.sampled_from([float("nan"), 0.0, 0.7, 1.0]))),
    )


def ranked(table: Partners, places: int = 2) -> PartnerRanking:
    return rank_partners(table, division=HERE, places=places, least=2, asks_papers=True)


def test_the_published_weights_sum_to_one() -> None:
    assert sum(PARTNER_WEIGHTS.values()) == pytest.approx(1)
    assert list(PARTNER_WEIGHTS) == list(PartnerFeature)


@drawn
@given(partners(), st.data())
def test_the_order_of_the_input_never_matters(table: Partners, draw: st.DataObject) -> None:
    rows = draw.draw(st.permutations(range(len(table))))
    other = table.take(rows)
    one, two = ranked(table), ranked(other)
    assert np.asarray(table.ids)[one.rows].tolist() == np.asarray(other.ids)[two.rows].tolist()
    assert one.first_failing == two.first_failing


@drawn
@given(partners())
def test_contributions_sum_to_scores_in_range(table: Partners) -> None:
    ranking = ranked(table)
    np.testing.assert_allclose(ranking.contributions.sum(axis=1), ranking.scores)
    assert ((ranking.contributions >= 0) & (ranking.scores[:, None] <= 1 + 1e-12)).all()


@drawn
@given(partners())
def test_the_excluded_never_return_and_each_counts_once(table: Partners) -> None:
    ranking = ranked(table)
    assert len(ranking.rows) + sum(ranking.first_failing.values()) == len(table)
    answers = partner_answers(table, division=HERE, least=2, asks_papers=True)
    gates = list(PartnerGate)
    for row in ranking.rows:
        assert (answers[:, row] >= Answer.UNKNOWN).all()
        for gate in (PartnerGate.VERIFIED, PartnerGate.CREDENTIALS, PartnerGate.NOT_BANNED):
            assert answers[gates.index(gate), row] == Answer.YES


@drawn
@given(partners(), st.data())
def test_one_more_free_member_never_ranks_lower(table: Partners, draw: st.DataObject) -> None:
    row = draw.draw(st.integers(0, len(table) - 1))
    free = table.free.copy()
    free[row] += 1
    before, after = ranked(table), ranked(replace(table, free=free))

    def place(ranking: PartnerRanking) -> float:
        return ranking.rows.tolist().index(row) if row in ranking.rows else float("inf")

    assert place(after) <= place(before)


@drawn
@given(partners())
def test_the_same_said_instead_of_unknown_never_scores_lower(table: Partners) -> None:
    told = replace(table, free=table.free + table.maybe_free, maybe_free=np.zeros_like(table.maybe_free))
    before = partner_features(table, division=HERE, places=2).sum(axis=0)
    assert (partner_features(told, division=HERE, places=2).sum(axis=0) >= before - 1e-12).all()


@drawn
@given(partners(), st.lists(st.tuples(areas, st.integers(1, 9)), min_size=7, max_size=7))
def test_one_partner_before_many_needs_is_ranked_as_before_each_alone(
    table: Partners, needs: list[tuple[tuple[int, ...], int]]
) -> None:
    divisions, places = (np.array(column[: len(table)]) for column in zip(*needs, strict=True))
    together = rank_partners(table, division=divisions, places=places, asks_papers=True)
    alone = [
        rank_partners(table.take([row]), division=divisions[row], places=int(places[row]), asks_papers=True)
        for row in range(len(table))
    ]
    assert sorted(together.rows.tolist()) == [row for row, one in enumerate(alone) if len(one.rows)]
    for row, score in zip(together.rows.tolist(), together.scores.tolist(), strict=True):
        assert alone[row].scores.tolist() == pytest.approx([score])


def test_gates_speak_in_their_order() -> None:
    rows: dict[str, dict[str, Any]] = {
        "unverified": {"verified": False, "banned": True},
        "elsewhere": {"divisions": (52, 5203, 520302, 0, 0), "fields": Answer.NO},
        "other_field": {"fields": Answer.NO, "free": 0},
        "without_papers": {"papers_free": (1, 9)},
        "busy": {"free": 1},
        "banned": {"banned": True},
        "fits": {},
    }
    usual: dict[str, Any] = {
        "verified": True,
        "divisions": HERE,
        "fields": Answer.YES,
        "free": 9,
        "papers_free": (9, 9),
        "banned": False,
    }
    columns = {name: np.array([{**usual, **row}[name] for row in rows.values()]) for name in usual}
    ranking = ranked(Partners(ids=list(rows), **columns))
    assert list(ranking.first_failing) == list(PartnerGate)
    assert set(ranking.first_failing.values()) == {1}
    assert ranking.rows.tolist() == [6]


def test_who_has_not_said_passes_below_who_has() -> None:
    table = Partners(
        ids=["a", "b"], verified=np.array([True] * 2), free=np.array([1, 4]), maybe_free=np.array([3, 0])
    )
    ranking = rank_partners(table, division=HERE, places=3, least=3)
    assert ranking.rows.tolist() == [1, 0]
    assert ranking.unknown[1] == (PartnerGate.AREA, PartnerGate.FIELD, PartnerGate.ENOUGH_FREE)


@pytest.mark.parametrize(
    ("given_", "sentence"),
    [
        ({"places": 0}, "places must be at least 1, but is 0"),
        ({"least": 0}, "least must be at least 1, but is 0"),
        ({"division": (52,)}, "division must have shape"),
        ({"asks_papers": True}, "papers_free must have a column"),
        ({"k": -1}, "k must be at least 0, but is -1"),
    ],
)
def test_what_cannot_be_asked_is_named(given_: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        rank_partners(Partners(ids=["a"]), **{"division": HERE, **given_})


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"free": [-1]}, "free must be from 0"),
        ({"accepted": [2], "asked": [1]}, "accepted must not exceed asked, but a accepted 2 of 1"),
        ({"text": [1.5]}, "text must be from 0 to 1"),
        ({"verified": [True, False]}, "verified must have shape"),
    ],
)
def test_impossible_columns_are_refused(columns: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Partners(ids=["a"], **columns)


tables = st.integers(1, 6).flatmap(
    lambda m: st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=m, max_size=m)
)
demands = st.lists(st.integers(0, 3), min_size=3, max_size=3)


@drawn
@given(tables, demands, st.integers(0, 4))
def test_a_cover_is_within_its_guarantee_of_the_best(
    holds: list[list[bool]], wanted: list[int], size: int
) -> None:
    table, demand = np.array(holds), np.array(wanted)
    found = cover(table, demand, size=size)

    def brought(rows: Any) -> int:
        return int(np.minimum(demand, table[list(rows)].sum(axis=0)).sum())

    best = max(brought(rows) for n in range(size + 1) for rows in combinations(range(len(table)), n))
    assert brought(found.members) >= (1 - 1 / np.e) * best
    assert len(set(found.members.tolist())) == len(found.members) <= size
    assert found.missing.sum() == demand.sum() - brought(found.members)


def test_a_cover_names_as_few_as_it_takes() -> None:
    holds = np.array([[True, False, False], [True, True, False], [False, False, True], [True, True, True]])
    assert cover(holds, np.array([1, 1, 1]), size=4).members.tolist() == [3]
    assert cover(holds, np.array([2, 1, 1]), size=4).members.tolist() == [3, 0]
    assert cover(np.zeros((0, 1), dtype=bool), np.array([1]), size=2).missing.tolist() == [1]
    assert not cover(holds[:1], np.array([0, 1, 0]), size=1).is_full


@pytest.mark.parametrize(
    ("holds", "wanted", "size", "sentence"),
    [
        ([True], [1], 1, "holds must have two dimensions, but has 1"),
        ([[True]], [1, 2], 1, "wanted must have shape"),
        ([[True]], [-1], 1, "wanted must be from 0"),
        ([[True]], [1], -1, "size must be at least 0, but is -1"),
    ],
)
def test_an_impossible_cover_is_refused(holds: Any, wanted: Any, size: int, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        cover(np.array(holds), np.array(wanted), size=size)
