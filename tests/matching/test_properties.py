"""What must hold for every town: drawn at random, smallest counter-example shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import (
    Answer,
    DistanceRanker,
    Gate,
    Needs,
    RandomRanker,
    Ranker,
    SimilarityRanker,
    Volunteers,
    check,
    explain_pair,
    explain_pairs,
)
from tests.matching.factories import HERE, TODAY, TUESDAY, WORDS, make_need, make_volunteer, together

drawn = settings(deadline=None, max_examples=25)
RANKERS: list[Ranker] = [SimilarityRanker(), DistanceRanker(), RandomRanker()]
skills = st.dictionaries(st.sampled_from(WORDS.skills.ids), st.integers(1, 3), max_size=4)
some_fields = st.lists(st.sampled_from(WORDS.fields.ids), max_size=2)
some_languages = st.lists(st.sampled_from(WORDS.languages.ids), max_size=2)
offsets = st.floats(0, 0.3)
places = st.one_of(
    st.builds(lambda step: (HERE[0], HERE[1] + step), offsets), st.just((float("nan"), float("nan")))
)
codes = st.sampled_from([[0] * 5, [52, 27, 25, 0, 0], [52, 27, 25, 101, 3], [52, 27, 22, 1, 1]])


def in_base_three(number: int) -> list[int]:
    """The 21 answers of a week as one number, which is much quicker to draw."""
    return [number // 3**cell % 3 for cell in range(21)]


@st.composite
def volunteers(draw: st.DrawFn, name: str) -> Volunteers:
    return make_volunteer(
        name,
        skills=draw(skills),
        fields=draw(some_fields),
        languages=draw(some_languages),
        credentials=draw(
            st.dictionaries(
                st.sampled_from(WORDS.credentials.ids), st.sampled_from([None, "2026-11-24", "2026-01-01"])
            )
        ),
        born_on=draw(st.sampled_from(["1950-01-01", "2008-11-24", "2010-06-01", "NaT"])),
        at=draw(places),
        divisions=[draw(codes)],
        opted_in=[draw(st.booleans())],
        barred=[draw(st.booleans())],
        guardian_consent=[draw(st.sampled_from(Answer))],
        availability=[in_base_three(draw(st.integers(0, 3**21 - 1)))],
        reach_km=[draw(st.sampled_from([float("nan"), 2.0, 10.0, 30.0]))],
        weekly_cap=[draw(st.sampled_from([float("nan"), 0.5, 3.0]))],
    )


@st.composite
def needs(draw: st.DrawFn, name: str = "need") -> Needs:
    return make_need(
        name,
        wanted=draw(skills),
        required=draw(st.one_of(st.just({}), skills)),
        fields=draw(some_fields),
        languages=draw(some_languages),
        language_required=[draw(st.booleans())],
        credentials=draw(st.lists(st.sampled_from(WORDS.credentials.ids), max_size=1)),
        at=draw(places),
        divisions=[draw(codes)],
        cells=draw(st.lists(st.integers(0, 20), max_size=2)),
        minimum_age=[draw(st.sampled_from([0, 16, 18, 60]))],
    )


towns = st.tuples(
    needs(),
    st.integers(1, 6).flatmap(lambda size: st.tuples(*(volunteers(f"v{row}") for row in range(size)))),
)


def score(need: Needs, person: Volunteers) -> float:
    return float(SimilarityRanker().score(need, person).total[0, 0])


@drawn
@given(needs(), volunteers("v"), offsets, offsets)
def test_nearer_never_ranks_lower(need: Needs, person: Volunteers, one: float, other: float) -> None:
    need = with_column(need, longitude=[HERE[0]], latitude=[HERE[1]])
    near, far = sorted((one, other))
    moved = [with_column(person, longitude=[HERE[0]], latitude=[HERE[1] + step]) for step in (near, far)]
    assert score(need, moved[0]) >= score(need, moved[1])


@drawn
@given(needs(), volunteers("v"), st.data())
def test_one_more_wanted_skill_never_lowers_the_score(
    need: Needs, person: Volunteers, data: st.DataObject
) -> None:
    wanted = np.flatnonzero(need.skills_asked[0])
    if not len(wanted):
        return
    skill = data.draw(st.sampled_from(wanted.tolist()))
    levels = person.skill_level.copy()
    levels[0, skill] = max(levels[0, skill], data.draw(st.integers(1, 3)))
    assert score(need, with_column(person, skill_level=levels)) >= score(need, person) - 1e-12


@drawn
@given(needs(), volunteers("v"), st.integers(0, 1), st.integers(1, 4000))
def test_an_expired_credential_always_excludes(
    need: Needs, person: Volunteers, paper: int, days: int
) -> None:
    required = np.zeros((1, 2), dtype=bool)
    required[0, paper] = True
    day = need.local_day[0] if need.has_shift[0] else np.datetime64(TODAY)
    expires_on = np.full((1, 2), day - days)
    holder = with_column(person, credential=np.full((1, 2), Answer.YES), credential_expires_on=expires_on)
    eligible = check(with_column(need, credentials_required=required), holder, today=TODAY)
    assert not eligible.passes.any()
    assert eligible.answers[Gate.CREDENTIALS, 0, 0] == Answer.NO


@drawn
@given(needs(), volunteers("v"), st.integers(0, 20))
def test_unknown_time_never_beats_a_yes(need: Needs, person: Volunteers, cell: int) -> None:
    known, unknown = person.availability.copy(), person.availability.copy()
    known[0, cell], unknown[0, cell] = Answer.YES, Answer.UNKNOWN
    assert score(need, with_column(person, availability=known)) >= score(
        need, with_column(person, availability=unknown)
    )


@drawn
@given(needs(), volunteers("v"))
def test_an_unknown_place_never_beats_one_within_reach(need: Needs, person: Volunteers) -> None:
    known = check(need, person, today=TODAY).answers[Gate.WITHIN_REACH, 0, 0] == Answer.YES
    nowhere = with_column(person, longitude=[np.nan], latitude=[np.nan], divisions=[[0] * 5])
    if known:
        assert score(need, person) >= score(need, nowhere)


@drawn
@given(needs(), volunteers("v"))
def test_an_unknown_language_never_beats_one_that_is_wanted(need: Needs, person: Volunteers) -> None:
    if need.languages.any():
        silent = with_column(person, languages=np.zeros((1, 3), dtype=bool))
        assert score(need, with_column(person, languages=need.languages)) >= score(need, silent)


@pytest.mark.parametrize("ranker", RANKERS, ids=repr)
@drawn
@given(town=towns, data=st.data())
def test_the_order_of_the_input_never_matters(
    ranker: Ranker, town: tuple[Needs, tuple[Volunteers, ...]], data: st.DataObject
) -> None:
    need, people = town
    shuffled = data.draw(st.permutations(people))
    rankings = [
        ranker.rank_volunteers(need, table, check(need, table, today=TODAY))[0]
        for table in (together(*people), together(*shuffled))
    ]
    assert rankings[0].ids.tolist() == rankings[1].ids.tolist()
    np.testing.assert_array_equal(rankings[0].scores, rankings[1].scores)


@pytest.mark.parametrize("ranker", RANKERS, ids=repr)
@drawn
@given(town=towns)
def test_scores_stay_in_range_and_contributions_sum_to_them(
    ranker: Ranker, town: tuple[Needs, tuple[Volunteers, ...]]
) -> None:
    need, people = town[0], together(*town[1])
    (ranking,) = ranker.rank_volunteers(need, people, check(need, people, today=TODAY))
    np.testing.assert_allclose(ranking.contributions.sum(axis=1), ranking.scores, atol=1e-12)
    assert ((ranking.scores >= 0) & (ranking.scores <= 1 + 1e-12)).all()


@drawn
@given(towns)
def test_explanations_sum_to_the_ranked_score(town: tuple[Needs, tuple[Volunteers, ...]]) -> None:
    need, people = town[0], together(*town[1])
    (ranking,) = SimilarityRanker().rank_volunteers(need, people, check(need, people, today=TODAY))
    (line,) = explain_pairs(SimilarityRanker(), need, people.take(ranking.rows))
    for row, total, told in zip(ranking.rows, ranking.scores, line, strict=True):
        assert told == explain_pair(SimilarityRanker(), need, 0, people, int(row))
        assert told.score == total
        assert sum(told.contributions.values()) == pytest.approx(total, abs=1e-12)
        assert len(told.reasons) <= 3
        assert all(reason.gain > 0 for reason in told.reasons)


@pytest.mark.parametrize("ranker", RANKERS, ids=repr)
@drawn
@given(town=towns)
def test_no_score_brings_an_excluded_person_back(
    ranker: Ranker, town: tuple[Needs, tuple[Volunteers, ...]]
) -> None:
    need, people = town[0], together(*town[1])
    eligible = check(need, people, today=TODAY)
    (ranking,) = ranker.rank_volunteers(need, people, eligible)
    assert sorted(ranking.rows.tolist()) == np.flatnonzero(eligible.passes[0]).tolist()


@drawn
@given(towns)
def test_excluded_counts_are_the_pool_minus_who_passes(town: tuple[Needs, tuple[Volunteers, ...]]) -> None:
    need, people = town[0], together(*town[1])
    eligible = check(need, people, today=TODAY)
    assert sum(eligible.excluded_counts().values()) == eligible.pool.sum() - eligible.passes.sum()


@drawn
@given(towns)
def test_unknown_age_consent_credential_or_required_skill_never_passes(
    town: tuple[Needs, tuple[Volunteers, ...]],
) -> None:
    need, people = town[0], together(*town[1])
    eligible = check(need, people, today=TODAY)
    for gate in (Gate.OLD_ENOUGH, Gate.GUARDIAN_CONSENT, Gate.CREDENTIALS, Gate.SKILLS):
        assert not (eligible.passes & (eligible.answers[gate] != Answer.YES)).any()


def with_column(table: Any, **columns: Any) -> Any:
    """The table with some columns changed."""
    return replace(table, **{name: np.asarray(value) for name, value in columns.items()})


def test_the_town_above_holds_people_who_pass_and_people_who_do_not() -> None:
    assert make_need().local_day[0] == TUESDAY
    assert check(make_need(), make_volunteer(), today=TODAY).passes.all()
