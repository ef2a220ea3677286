from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from matching import (
    Answer,
    Bookings,
    Eligibility,
    Gate,
    Needs,
    PairKind,
    Pairs,
    Taxonomy,
    Vocabulary,
    Volunteers,
    check,
)
from tests.matching.factories import HERE, TODAY, make_need, make_volunteer, together

FAR = (107.47, 27.38)  # 33 km north
NOWHERE = (np.nan, np.nan)
WENGAN = [52, 27, 25, 0, 0]
MORNING = (29_925_300, 29_925_420, date(2026, 11, 24), 1.0)


def gate_of(needs: Needs, volunteers: Volunteers, **known: Any) -> str:
    """The first gate that the only pair fails, "passes", or "outside" for who is not in the pool."""
    eligible = check(needs, volunteers, today=TODAY, **known)
    if not eligible.pool[0, 0]:
        return "outside"
    gate = int(eligible.first_failing[0, 0])
    return "passes" if gate < 0 else Gate(gate).name


def divisions(*codes: int) -> np.ndarray[Any, Any]:
    return np.array([[*codes, *([0] * (5 - len(codes)))]])


@pytest.mark.parametrize(
    ("need", "person", "gate"),
    [
        ({}, {}, "passes"),
        ({}, {"opted_in": [False]}, "OPTED_IN"),
        ({}, {"barred": [True]}, "NOT_BARRED"),
        # Age is counted on the day of the shift, 24 November 2026, not today, the 23rd.
        ({"minimum_age": [18]}, {"born_on": "2008-11-24"}, "passes"),
        ({"minimum_age": [18]}, {"born_on": "2008-11-25"}, "OLD_ENOUGH"),
        ({"minimum_age": [18]}, {"born_on": "NaT"}, "OLD_ENOUGH"),
        ({}, {"born_on": "NaT"}, "OLD_ENOUGH"),
        ({}, {"born_on": "2012-01-01"}, "GUARDIAN_CONSENT"),
        ({}, {"born_on": "2012-01-01", "guardian_consent": [Answer.NO]}, "GUARDIAN_CONSENT"),
        ({}, {"born_on": "2012-01-01", "guardian_consent": [Answer.YES]}, "passes"),
        # A paper counts until its last day, which may be the day of the shift.
        ({"credentials": ["driving_licence"]}, {}, "CREDENTIALS"),
        ({"credentials": ["driving_licence"]}, {"credentials": {"driving_licence": None}}, "passes"),
        ({"credentials": ["driving_licence"]}, {"credentials": {"driving_licence": "2026-11-24"}}, "passes"),
        (
            {"credentials": ["driving_licence"]},
            {"credentials": {"driving_licence": "2026-11-23"}},
            "CREDENTIALS",
        ),
        ({"credentials": ["driving_licence"]}, {"credentials": {"background_check": None}}, "CREDENTIALS"),
        ({"credentials": ["driving_licence"]}, {"credential": [[0, Answer.UNKNOWN]]}, "CREDENTIALS"),
        ({"required": {"plumbing": 2}}, {"skills": {"plumbing": 2}}, "passes"),
        ({"required": {"plumbing": 2}}, {"skills": {"plumbing": 1}}, "SKILLS"),
        ({"required": {"plumbing": 2}}, {"skills": {"repairs": 3}}, "SKILLS"),
        ({"required": {"repairs": 2}}, {"skills": {"plumbing": 2}}, "passes"),
        ({"required": {"plumbing": 2}}, {}, "SKILLS"),
        ({"wanted": {"plumbing": 2}}, {}, "passes"),
        ({"languages": ["mandarin"], "language_required": [True]}, {"languages": ["guiyang"]}, "passes"),
        ({"languages": ["guiyang"], "language_required": [True]}, {"languages": ["mandarin"]}, "LANGUAGE"),
        (
            {"languages": ["guiyang", "english"], "language_required": [True]},
            {"languages": ["english"]},
            "passes",
        ),
        ({"languages": ["guiyang"]}, {"languages": ["mandarin"]}, "passes"),
        ({"languages": ["guiyang"], "language_required": [True]}, {}, "passes"),
        # 33 km away: in the pool only through the county or an own reach of that size.
        ({}, {"at": FAR}, "outside"),
        ({}, {"at": FAR, "reach_km": [34.0]}, "passes"),
        (
            {"divisions": divisions(52, 27, 25)},
            {"at": FAR, "divisions": divisions(52, 27, 25)},
            "WITHIN_REACH",
        ),
        ({}, {"availability": np.full((1, 21), Answer.NO)}, "FREE_THEN"),
        ({}, {"free": Answer.UNKNOWN}, "passes"),
        ({"cells": [3, 4]}, {"availability": [[2, 2, 2, 2, 0, *[2] * 16]]}, "FREE_THEN"),
        ({"load": [2.0]}, {"weekly_cap": [2.0]}, "passes"),
        ({"load": [2.5]}, {"weekly_cap": [2.0]}, "UNDER_WEEKLY_CAP"),
    ],
)
def test_each_gate_lets_through_and_stops(need: dict[str, Any], person: dict[str, Any], gate: str) -> None:
    assert gate_of(make_need(**need), make_volunteer(**person)) == gate


@pytest.mark.parametrize(
    ("need", "person", "answer"),
    [
        ([52, 27, 25, 101, 7], [52, 27, 25, 101, 7], "YES"),
        ([52, 27, 25, 101, 7], [52, 27, 25, 101, 8], "YES"),
        ([52, 27, 25, 101, 7], [52, 27, 25, 102, 7], "UNKNOWN"),
        ([52, 27, 25, 101, 7], [52, 27, 25, 0, 0], "UNKNOWN"),
        ([52, 27, 25, 101, 7], [52, 27, 0, 0, 0], "UNKNOWN"),
        ([52, 27, 25, 101, 7], [52, 27, 22, 101, 7], "outside"),
        ([52, 27, 25, 101, 7], [11, 1, 1, 1, 1], "outside"),
        ([52, 27, 25, 101, 7], [0, 0, 0, 0, 0], "UNKNOWN"),
    ],
)
def test_without_points_divisions_say_what_is_near(need: list[int], person: list[int], answer: str) -> None:
    needs = make_need(at=NOWHERE, divisions=np.array([need]))
    eligible = check(needs, make_volunteer(at=NOWHERE, divisions=np.array([person])), today=TODAY)
    if answer == "outside":
        assert not eligible.pool[0, 0]
    else:
        assert eligible.passes[0, 0]
        assert Answer(eligible.answers[Gate.WITHIN_REACH, 0, 0]).name == answer


@pytest.mark.parametrize(
    ("booked", "gate"),
    [
        (MORNING, "NOT_BOOKED"),
        ((29_925_419, 29_925_500, date(2026, 11, 24), 1.0), "NOT_BOOKED"),
        ((29_925_420, 29_925_500, date(2026, 11, 24), 1.0), "passes"),
        ((29_925_200, 29_925_300, date(2026, 11, 24), 1.0), "passes"),
        # The week runs from Monday 23 to Sunday 29 November; the cap is 2.
        ((29_930_000, 29_930_060, date(2026, 11, 29), 1.5), "UNDER_WEEKLY_CAP"),
        ((29_930_000, 29_930_060, date(2026, 11, 23), 1.5), "UNDER_WEEKLY_CAP"),
        ((29_930_000, 29_930_060, date(2026, 11, 30), 1.5), "passes"),
        ((29_930_000, 29_930_060, date(2026, 11, 22), 1.5), "passes"),
    ],
)
def test_bookings_stop_overlaps_and_full_weeks(booked: tuple[int, int, date, float], gate: str) -> None:
    person = make_volunteer("li", weekly_cap=[2.0])
    assert gate_of(make_need(), person, bookings=Bookings.of(person, [("li", *booked)])) == gate


def test_bookings_of_one_person_stop_each_of_many_needs_the_same_way() -> None:
    starts = [29_925_180, 29_925_300, 29_925_420]
    needs = together(
        *(
            make_need(f"need{start}", start_minute=np.array([start]), end_minute=np.array([start + 120]))
            for start in starts
        )
    )
    person = make_volunteer("li")
    bookings = Bookings.of(person, [("li", 29_925_310, 29_925_420, date(2026, 11, 24), 1.0)])
    together_asked = check(needs, person, today=TODAY, bookings=bookings).answers[Gate.NOT_BOOKED, :, 0]
    one_by_one = [
        check(needs.take([row]), person, today=TODAY, bookings=bookings).answers[Gate.NOT_BOOKED, 0, 0]
        for row in range(len(needs))
    ]
    assert together_asked.tolist() == one_by_one == [Answer.YES, Answer.NO, Answer.YES]


@pytest.mark.parametrize(
    ("last_day", "gate"), [("NaT", "passes"), ("2026-11-24", "passes"), ("2026-11-25", "CREDENTIALS")]
)
def test_credentials_must_count_until_the_shift_ends(last_day: str, gate: str) -> None:
    need = make_need(credentials=["background_check"], last_day=np.array([last_day], dtype="datetime64[D]"))
    assert gate_of(need, make_volunteer(credentials={"background_check": "2026-11-24"})) == gate


@pytest.mark.parametrize(
    ("kind", "gate"),
    [
        (PairKind.BARRED, "NOT_BARRED"),
        (PairKind.TAKING_PART, "NOT_TAKING_PART"),
        (PairKind.ASKED, "NOT_ASKED"),
    ],
)
def test_what_stands_between_two_stops_only_these_two(kind: PairKind, gate: str) -> None:
    people, needs = together(make_volunteer("li"), make_volunteer("wang")), make_need("lunch")
    eligible = check(needs, people, today=TODAY, pairs=Pairs.of(needs, people, [("lunch", "wang", kind)]))
    assert eligible.passes.tolist() == [[True, False]]
    assert eligible.excluded_counts() == {Gate[gate]: 1}


def test_who_fails_several_gates_is_counted_once_under_the_first() -> None:
    people = together(
        make_volunteer("fits"),
        make_volunteer("out", opted_in=[False], born_on="2012-01-01"),
        make_volunteer("young", born_on="2012-01-01", availability=np.zeros((1, 21))),
        make_volunteer("busy", availability=np.zeros((1, 21))),
        make_volunteer("far", at=FAR),
    )
    eligible = check(make_need(minimum_age=[18]), people, today=TODAY)
    assert eligible.excluded_counts() == {Gate.OPTED_IN: 1, Gate.OLD_ENOUGH: 1, Gate.FREE_THEN: 1}
    assert eligible.pool.tolist() == [[True, True, True, True, False]]


def test_open_questions_of_who_passes_are_named() -> None:
    person = make_volunteer(free=Answer.UNKNOWN, at=NOWHERE)
    eligible = check(make_need(languages=["english"], language_required=[True]), person, today=TODAY)
    assert eligible.passes[0, 0]
    assert eligible.to_ask(0, 0) == (Gate.LANGUAGE, Gate.WITHIN_REACH, Gate.FREE_THEN)


def test_a_need_without_place_or_shift_says_which_gates_were_not_applied() -> None:
    foreign = make_need(at=NOWHERE, cells=[])
    eligible = check(foreign, make_volunteer(at=FAR, availability=np.zeros((1, 21))), today=TODAY)
    assert eligible.passes[0, 0]
    assert eligible.not_applied == (
        (Gate.WITHIN_REACH, Gate.FREE_THEN, Gate.NOT_BOOKED, Gate.UNDER_WEEKLY_CAP),
    )
    assert check(make_need(), make_volunteer(), today=TODAY).not_applied == ((),)


def test_without_a_shift_age_and_papers_are_judged_today() -> None:
    need = make_need(cells=[], credentials=["driving_licence"])
    until_today = make_volunteer(credentials={"driving_licence": "2026-11-23"})
    assert check(need, until_today, today=date(2026, 11, 23)).passes[0, 0]
    assert not check(need, until_today, today=date(2026, 11, 24)).passes[0, 0]


def test_both_directions_give_the_same_answers() -> None:
    people = together(
        *(make_volunteer(name, at=(HERE[0], HERE[1] + step / 20)) for step, name in enumerate("abc"))
    )
    needs = together(make_need("x", minimum_age=[60]), make_need("y"), make_need("z", cells=[]))
    whole = check(needs, people, today=TODAY)
    for row in range(3):
        by_need: Eligibility = check(needs.take([row]), people, today=TODAY)
        by_person = check(needs, people.take([row]), today=TODAY)
        np.testing.assert_array_equal(by_need.answers[:, 0], whole.answers[:, row])
        np.testing.assert_array_equal(by_person.answers[:, :, 0], whole.answers[:, :, row])


def test_nobody_and_nothing_give_empty_answers() -> None:
    nobody = make_volunteer().take([])
    eligible = check(make_need(), nobody, today=TODAY)
    assert eligible.passes.shape == (1, 0)
    assert eligible.excluded_counts() == {}
    assert check(make_need().take([]), make_volunteer(), today=TODAY).passes.shape == (0, 1)


def test_tables_of_different_vocabularies_are_refused() -> None:
    other = Volunteers(ids=["a"], vocabulary=Vocabulary(skills=Taxonomy(["juggling"])))
    with pytest.raises(ValueError, match="share one vocabulary"):
        check(make_need(), other, today=TODAY)
