"""What would change it is true: whoever makes the change finds that it brings what was said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from matching import (
    Answer,
    ChangeCode,
    Limits,
    Needs,
    Ranker,
    SimilarityRanker,
    Volunteers,
    at_times,
    check,
    needs_change,
    persons_change,
)
from matching.informed import InformedRanker
from matching.learnt import LearntRanker
from tests.matching.factories import TODAY, WORDS, make_need, make_volunteer
from tests.matching.random_tables import random_town

Params = Mapping[str, Any]
RANKERS: list[Ranker] = [SimilarityRanker(), InformedRanker(LearntRanker())]


def but(table: Any, name: str, at: Any, value: Any) -> Any:
    column = getattr(table, name).copy()
    column[0, at] = value
    return replace(table, **{name: column})


def show_paper(person: Volunteers, params: Params) -> Volunteers:
    paper = WORDS.credentials.position(params["credential_id"])
    checked = but(person, "credential", paper, Answer.YES)
    return but(checked, "credential_expires_on", paper, np.datetime64("2099-12-31"))


OF_PERSON: dict[ChangeCode, Callable[[Volunteers, Params], Volunteers]] = {
    ChangeCode.BE_ASKED: lambda person, _: replace(person, opted_in=np.array([True])),
    ChangeCode.GUARDIAN_CONSENT: lambda person, _: replace(
        person, guardian_consent=np.array([Answer.YES], dtype=np.int8)
    ),
    ChangeCode.CONFIRM_CREDENTIAL: show_paper,
    ChangeCode.SAY_SKILL: lambda person, told: but(
        person, "skill_level", WORDS.skills.position(told["skill_id"]), told["level"]
    ),
    ChangeCode.SAY_LANGUAGE: lambda person, told: but(
        person, "languages", WORDS.languages.position(told["language_id"]), True
    ),
    ChangeCode.NAME_FIELD: lambda person, told: but(
        person, "fields", WORDS.fields.position(told["field_id"]), True
    ),
    ChangeCode.GO_FARTHER: lambda person, told: replace(person, reach_km=np.array([float(told["km"])])),
    ChangeCode.SAY_WHEN_FREE: lambda person, told: but(
        person, "availability", list(told["cells"]), Answer.YES
    ),
    ChangeCode.BE_FREE_THEN: lambda person, told: but(
        person, "availability", list(told["cells"]), Answer.YES
    ),
    ChangeCode.MORE_A_WEEK: lambda person, told: replace(person, weekly_cap=np.array([float(told["cap"])])),
}


def want_instead(need: Needs, params: Params) -> Needs:
    skill = WORDS.skills.position(params["skill_id"])
    level = need.skills_asked[0, skill]
    return but(but(need, "skills_required", skill, 0), "skills_wanted", skill, level)


OF_NEED: dict[ChangeCode, Callable[[Needs, Params], Needs]] = {
    ChangeCode.LOWER_AGE: lambda need, told: replace(need, minimum_age=np.array([told["age"]])),
    ChangeCode.WITHOUT_SKILL: want_instead,
    ChangeCode.WITHOUT_CREDENTIAL: lambda need, told: but(
        need, "credentials_required", WORDS.credentials.position(told["credential_id"]), False
    ),
    ChangeCode.WITHOUT_LANGUAGE: lambda need, _: replace(need, language_required=np.array([False])),
}


@pytest.mark.parametrize("ranker", RANKERS, ids=["similarity", "learnt"])
def test_a_person_who_makes_the_change_gains_what_was_said(ranker: Ranker) -> None:
    town, seen = random_town(21, needs=6, people=24), Counter[tuple[str, bool]]()
    known: dict[str, Any] = {"today": TODAY, "bookings": town.bookings, "pairs": town.pairs}
    before = check(town.needs, town.people, **known).passes
    for row, other in np.ndindex(6, 24):
        told = persons_change(ranker, town.needs, row, town.people, other, **known)
        if told is None:
            continue
        # The changed person takes the place of the old one, with all that is known of them.
        changed = OF_PERSON[told.code](town.people.take([other]), told.params)
        people = replaced(town.people, other, changed)
        assert check(town.needs, people, **known).passes[row, other]
        assert told.brings_in == (not before[row, other])
        rise = (ranker.score(town.needs, people).values - ranker.score(town.needs, town.people).values)[
            row, other
        ]
        assert told.gain == pytest.approx(rise, abs=1e-12)
        assert told.brings_in or rise > 0
        seen[told.code, told.brings_in] += 1
    assert len({code for code, _ in seen}) >= 5
    assert sum(count for (_, brings_in), count in seen.items() if brings_in) > 15


def replaced(people: Volunteers, row: int, one: Volunteers) -> Volunteers:
    columns = {}
    for name in ("opted_in", "guardian_consent", "credential", "credential_expires_on", "skill_level"):
        columns[name] = getattr(people, name).copy()
    for name in ("languages", "fields", "reach_km", "availability", "weekly_cap"):
        columns[name] = getattr(people, name).copy()
    for name, column in columns.items():
        column[row] = getattr(one, name)[0]
    return replace(people, **columns)


def test_a_need_that_makes_the_change_lets_the_person_in() -> None:
    town, seen, ranker = random_town(22, needs=12, people=30), Counter[str](), SimilarityRanker()
    known: dict[str, Any] = {"today": TODAY, "bookings": town.bookings, "pairs": town.pairs}
    times = town.needs.take([row for row in range(12) if town.needs.has_shift[row]][:2])
    limits = Limits(times=times, lowest_age=16)
    for row, other in np.ndindex(12, 30):
        told = needs_change(ranker, town.needs, row, town.people, other, limits=limits, **known)
        if told is None:
            continue
        need, person = town.needs.take([row]), town.people.take([other])
        if told.code == ChangeCode.AT_ANOTHER_TIME:
            changed = at_times(need, times).take([int(str(told.params["time"]))])
        else:
            changed = OF_NEED[told.code](need, told.params)
        rise = (ranker.score(changed, person).values - ranker.score(need, person).values)[0, 0]
        assert told.gain == pytest.approx(rise, abs=1e-12)
        if told.brings_in and not ((town.pairs.need == row) & (town.pairs.volunteer == other)).any():
            booked = town.bookings.volunteer == other
            own = replace(
                town.bookings,
                volunteer=np.zeros(int(booked.sum()), dtype=np.int64),
                **{
                    name: getattr(town.bookings, name)[booked]
                    for name in ("start_minute", "end_minute", "local_day", "load")
                },
            )
            assert check(changed, person, today=TODAY, bookings=own).passes[0, 0]
        seen[told.code] += 1
    assert set(seen) >= {ChangeCode.AT_ANOTHER_TIME, ChangeCode.WITHOUT_SKILL, ChangeCode.WITHOUT_CREDENTIAL}


@pytest.mark.parametrize(
    ("need", "person", "code", "params"),
    [
        (
            {"credentials": ["driving_licence"]},
            {},
            "confirm_credential",
            {"credential_id": "driving_licence"},
        ),
        ({}, {"opted_in": [False]}, "be_asked", {}),
        ({}, {"free": Answer.UNKNOWN}, "say_when_free", {"cells": (3,)}),
        ({}, {"free": Answer.NO}, "be_free_then", {"cells": (3,)}),
        ({}, {"at": (107.47, 27.38)}, "go_farther", {"km": 34}),
        ({}, {"weekly_cap": [0.5]}, "more_a_week", {"cap": 1}),
        ({"wanted": {"care": 2}}, {"skills": {"care": 1}}, "say_skill", {"skill_id": "care", "level": 2}),
        ({"fields": ["elders"]}, {"fields": ["children"]}, "name_field", {"field_id": "elders"}),
        (
            {"languages": ["english"], "language_required": [True]},
            {"languages": ["mandarin"]},
            "say_language",
            {"language_id": "english"},
        ),
    ],
)
def test_changes_of_a_person_by_hand(
    need: dict[str, Any], person: dict[str, Any], code: str, params: dict[str, Any]
) -> None:
    divisions: dict[str, Any] = {"divisions": [[52, 27, 25, 0, 0]]}
    told = persons_change(
        SimilarityRanker(),
        make_need(**need, **divisions),
        0,
        make_volunteer(**{**person, **divisions}),
        0,
        today=TODAY,
    )
    assert told is not None
    assert (told.code, told.params) == (code, params)


def test_two_things_that_are_missing_are_not_mended_by_one() -> None:
    need = make_need(credentials=["driving_licence", "background_check"])
    assert persons_change(SimilarityRanker(), need, 0, make_volunteer(), 0, today=TODAY) is None


def test_what_a_rule_demands_is_never_dropped() -> None:
    need = make_need(required={"care": 1}, credentials=["driving_licence"])
    for missing, limits in (
        (make_volunteer(skills={"care": 1}), Limits(fixed_credentials=["driving_licence"])),
        (
            make_volunteer(skills={"repairs": 1}, credentials={"driving_licence": None}),
            Limits(fixed_skills=["care"]),
        ),
    ):
        found = needs_change(SimilarityRanker(), need, 0, missing, 0, today=TODAY)
        assert found is not None
        assert found.brings_in
        assert needs_change(SimilarityRanker(), need, 0, missing, 0, today=TODAY, limits=limits) is None


def test_who_fits_entirely_has_nothing_to_change() -> None:
    assert persons_change(SimilarityRanker(), make_need(), 0, make_volunteer(), 0, today=TODAY) is None
