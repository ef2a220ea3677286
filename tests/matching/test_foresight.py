"""Foresight says what asking all gates again of the changed need would say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import Bookings, Foresight, Needs, Volunteers, Way, WayKind, at_times, check, foresee
from matching.foresight import MOST_BEST
from tests.matching.factories import HERE, TODAY, TUESDAY, WORDS, make_need, make_volunteer, together
from tests.matching.test_properties import drawn, needs, volunteers, with_column

A_DAY_MINUTES = 24 * 60
start_minute = 29_925_300
some_people = st.integers(1, 6).flatmap(lambda size: st.tuples(*(volunteers(f"v{n}") for n in range(size))))
requirements = st.fixed_dictionaries(
    {
        "credentials": st.lists(st.sampled_from(WORDS.credentials.ids), max_size=2, unique=True),
        "required": st.dictionaries(st.sampled_from(WORDS.skills.ids), st.integers(1, 3), max_size=2),
    }
)


def week_of_times() -> Needs:
    """All 21 parts of the week that begins on the day of the factories' need."""
    times = []
    for day in range(7):
        for part in range(3):
            minutes = start_minute + day * A_DAY_MINUTES + part * 300
            times.append(
                make_need(
                    f"time{day}{part}",
                    cells=[(3 + day * 3 + part) % 21],
                    local_day=[TUESDAY + day],
                    start_minute=[minutes],
                    end_minute=[minutes + 120],
                )
            )
    return together(*times)


def bookings_for(people: Volunteers, draw: st.DataObject) -> Bookings:
    rows = draw.draw(st.lists(st.tuples(st.integers(0, len(people) - 1), st.integers(0, 6)), max_size=4))
    start = [start_minute + day * A_DAY_MINUTES for _, day in rows]
    return Bookings(
        volunteer=np.array([row for row, _ in rows], dtype=np.int64),
        start_minute=np.array(start, dtype=np.int64),
        end_minute=np.array(start, dtype=np.int64) + 90,
        local_day=np.array([TUESDAY + day for _, day in rows], dtype="datetime64[D]"),
        load=np.ones(len(rows)),
    )


def changed(need: Needs, people: Volunteers, times: Needs, way: Way) -> tuple[Needs, Volunteers]:
    """The need, or the people, as they would be if the change were made."""
    match way.kind:
        case WayKind.TIME:
            row = times.take([int(way.what)])
            return with_column(need, **{name: getattr(row, name) for name in TIMES}), people
        case WayKind.REACH:
            return need, with_column(people, reach_km=people.effective_reach_km + float(way.what))
        case WayKind.AGE:
            return with_column(need, minimum_age=[way.what]), people
        case WayKind.SKILL:
            levels = need.skills_required.copy()
            levels[0, WORDS.skills.position(str(way.what))] = 0
            return with_column(need, skills_required=levels), people
        case WayKind.CREDENTIAL:
            required = need.credentials_required.copy()
            required[0, WORDS.credentials.position(str(way.what))] = False
            return with_column(need, credentials_required=required), people


TIMES = ("local_day", "last_day", "start_minute", "end_minute", "cells")


def seen(need: Needs, people: Volunteers, bookings: Bookings | None = None, **given: Any) -> Foresight:
    return foresee(
        need,
        people,
        today=TODAY,
        bookings=bookings,
        **{"times": week_of_times(), "lowest_age": 14, "wider_km": 10.0, **given},
    )


@st.composite
def written_needs(draw: st.DrawFn) -> Needs:
    need = draw(needs())
    asked: dict[str, Any] = draw(requirements)
    return with_column(
        need,
        credentials_required=WORDS.credentials.members([asked["credentials"]]),
        skills_required=WORDS.skills.levels([asked["required"]]),
    )


@drawn
@given(written_needs(), some_people, st.data())
def test_counts_are_those_of_asking_all_gates_again(
    need: Needs, persons: tuple[Volunteers, ...], draw: st.DataObject
) -> None:
    people = together(*persons)
    bookings = bookings_for(people, draw)
    foresight = seen(need, people, bookings)
    now = check(need, people, today=TODAY, bookings=bookings).passes.sum()
    assert foresight.fitting == now
    for way in foresight.ways:
        other_need, others = changed(need, people, week_of_times(), way)
        again = check(other_need, others, today=TODAY, bookings=bookings).passes.sum()
        assert (way.fitting, way.gain) == (again, again - now), way


@drawn
@given(written_needs(), some_people)
def test_asking_for_less_never_lowers_the_count(need: Needs, persons: tuple[Volunteers, ...]) -> None:
    for way in seen(need, together(*persons)).ways:
        assert way.gain >= 0 or way.kind is WayKind.TIME


@drawn
@given(written_needs(), some_people, st.data())
def test_the_order_of_the_people_never_matters(
    need: Needs, persons: tuple[Volunteers, ...], draw: st.DataObject
) -> None:
    shuffled = draw.draw(st.permutations(persons))
    assert seen(need, together(*persons)) == seen(need, together(*shuffled))


@drawn
@given(written_needs(), some_people, requirements)
def test_what_a_rule_demands_is_never_proposed_to_be_dropped(
    need: Needs, persons: tuple[Volunteers, ...], fixed: dict[str, Any]
) -> None:
    foresight = seen(
        need,
        together(*persons),
        fixed_credentials=fixed["credentials"],
        fixed_skills=list(fixed["required"]),
    )
    dropped = {way.what for way in foresight.ways if way.kind in {WayKind.SKILL, WayKind.CREDENTIAL}}
    assert not dropped & {*fixed["credentials"], *fixed["required"]}


@drawn
@given(written_needs(), some_people)
def test_the_best_ways_gain_most_and_differ_in_kind(need: Needs, persons: tuple[Volunteers, ...]) -> None:
    foresight = seen(need, together(*persons))
    kinds = [way.kind for way in foresight.best]
    assert len(set(kinds)) == len(kinds) <= MOST_BEST
    assert all(way.gain > 0 for way in foresight.best)
    most = max((way.gain for way in foresight.ways), default=0)
    assert [way.gain for way in foresight.best[:1]] == ([most] if most > 0 else [])


def a_village() -> Volunteers:
    """Two who fit on Tuesday; four free on Saturday only; three without a licence; one too young."""
    saturday = np.full((1, 21), 0)
    saturday[0, 15:18] = 2
    licence = {"driving_licence": None}
    return together(
        *(make_volunteer(f"fits{n}", credentials=licence) for n in range(2)),
        *(make_volunteer(f"saturday{n}", credentials=licence, availability=saturday) for n in range(4)),
        *(make_volunteer(f"walks{n}") for n in range(3)),
        make_volunteer("young", credentials=licence, born_on="2009-01-01", guardian_consent=[2]),
    )


def test_a_village_by_hand() -> None:
    need = make_need(credentials=["driving_licence"], minimum_age=[18])
    foresight = seen(need, a_village(), lowest_age=16)
    assert foresight.fitting == 2
    time, credential = foresight.best
    assert (time.kind, time.what, time.fitting, time.gain) == (WayKind.TIME, 12, 6, 4)
    assert (credential.kind, credential.what, credential.gain) == (WayKind.CREDENTIAL, "driving_licence", 3)
    assert [way.gain for way in foresight.ways if way.kind is WayKind.AGE] == [1]


def test_of_two_times_that_bring_the_same_the_first_given_is_proposed() -> None:
    person = make_volunteer(availability=[[0] * 15 + [2] * 6])
    foresight = seen(make_need(), together(person))
    assert [(way.kind, way.what) for way in foresight.best] == [(WayKind.TIME, 12)]


def test_of_two_kinds_that_bring_the_same_a_time_comes_before_a_requirement() -> None:
    elsewhere = make_volunteer(
        "busy", credentials={"driving_licence": None}, availability=[[0] * 4 + [2] * 17]
    )
    foresight = seen(make_need(credentials=["driving_licence"]), together(elsewhere, make_volunteer("walks")))
    assert [way.kind for way in foresight.best] == [WayKind.TIME, WayKind.CREDENTIAL]


def test_a_higher_lowest_age_is_no_way() -> None:
    ways = seen(make_need(minimum_age=[16]), a_village(), lowest_age=18).ways
    assert not any(way.kind is WayKind.AGE for way in ways)


def test_without_a_place_no_circle_is_wider() -> None:
    nowhere = (float("nan"), float("nan"))
    assert not any(way.kind is WayKind.REACH for way in seen(make_need(at=nowhere), a_village()).ways)


def test_a_wider_circle_brings_who_lives_a_little_farther_than_they_go() -> None:
    far = make_volunteer(at=(HERE[0], HERE[1] + 0.05), reach_km=[2.0])
    [way] = seen(make_need(), together(far), wider_km=5.0).best
    assert (way.kind, way.what, way.fitting) == (WayKind.REACH, 5.0, 1)


def test_nobody_there_is_nobody_at_any_time() -> None:
    foresight = seen(make_need(credentials=["driving_licence"]), a_village().take([]))
    assert foresight.fitting == 0
    assert foresight.best == ()
    assert {way.fitting for way in foresight.ways} == {0}


def test_a_need_is_moved_with_all_it_asks() -> None:
    need = make_need(required={"care": 2}, credentials=["driving_licence"], minimum_age=[16])
    moved = at_times(need, week_of_times())
    assert list(moved.ids) == list(week_of_times().ids)
    assert moved.skills_required.tolist() == need.skills_required.tolist() * 21
    assert moved.minimum_age.tolist() == [16] * 21
    assert moved.cells.tolist() == week_of_times().cells.tolist()


@pytest.mark.parametrize(
    ("given_", "sentence"),
    [
        ({"lowest_age": -1}, "lowest_age must be from 0 to 120, but is -1"),
        ({"wider_km": 0.0}, "wider_km must be a number above 0, but is 0.0"),
        ({"wider_km": float("nan")}, "wider_km must be a number above 0, but is nan"),
        ({"fixed_credentials": ["pilot"]}, "unknown id 'pilot'; wanted one of 2"),
        ({"fixed_skills": ["flying"]}, "unknown id 'flying'; wanted one of 6"),
        ({"times": make_need("sometime", cells=())}, "a time must have a day, but that of sometime has none"),
    ],
)
def test_what_cannot_be_asked_is_named(given_: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        seen(make_need(), a_village(), **given_)


def test_two_needs_at_once_are_refused() -> None:
    two = together(make_need("a"), make_need("b"))
    with pytest.raises(ValueError, match="need must be one row, but has 2"):
        seen(two, a_village())
    with pytest.raises(ValueError, match="need must be one row, but has 2"):
        at_times(two, week_of_times())
