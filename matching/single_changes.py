"""Single changes of one person, or of one need, that could bring a pair more; `changes` tries them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from math import ceil
from typing import Any, NamedTuple

import numpy as np

from matching.commitments import Bookings, Pairs
from matching.foresight import at_times
from matching.gates import answers_about_paper, days_of, level_held, load_of_week, week_of
from matching.nearness import distance_km
from matching.tables import Answer, Needs, Volunteers

Param = str | int | float | tuple[int, ...]


class ChangeCode(StrEnum):
    """What is changed, with its parameters; first what a person can do, then what a need can do.

    Examples
    --------
    >>> ChangeCode("say_skill").name
    'SAY_SKILL'
    """

    BE_ASKED = "be_asked"
    """Agree to be proposed. No parameter."""
    GUARDIAN_CONSENT = "guardian_consent"
    """Have a guardian's consent. No parameter."""
    CONFIRM_CREDENTIAL = "confirm_credential"
    """credential_id: have this paper checked, or checked anew."""
    SAY_SKILL = "say_skill"
    """skill_id, level: say that one can do this, if one can."""
    SAY_LANGUAGE = "say_language"
    """language_id: say that one speaks it, if one does."""
    GO_FARTHER = "go_farther"
    """km: go at least as far as this, in whole kilometres."""
    SAY_WHEN_FREE = "say_when_free"
    """cells: say that one is free then; nothing was said of them."""
    BE_FREE_THEN = "be_free_then"
    """cells: be free then; it was said that one is not."""
    MORE_A_WEEK = "more_a_week"
    """cap: take on as much as this in a week."""
    NAME_FIELD = "name_field"
    """field_id: name it among those one likes."""
    AT_ANOTHER_TIME = "at_another_time"
    """time: row of the other times."""
    LOWER_AGE = "lower_age"
    """age: ask for this many years."""
    WITHOUT_SKILL = "without_skill"
    """skill_id: do not require it."""
    WITHOUT_CREDENTIAL = "without_credential"
    """credential_id: do not require it."""
    WITHOUT_LANGUAGE = "without_language"
    """Do not require the language. No parameter."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Limits:
    """How far a need may be changed; by default it keeps its time and its age.

    Parameters
    ----------
    times : Needs, k rows, optional
        Other times at which it could be, of which only those columns are read that say when.
    lowest_age : int, optional, years
        As low as the minimum age may go.
    fixed_credentials, fixed_skills : collection of str
        Ids that a rule demands: never dropped.

    Examples
    --------
    >>> Limits(lowest_age=16).lowest_age
    16
    """

    times: Needs | None = None
    lowest_age: int | None = None
    fixed_credentials: Collection[str] = ()
    fixed_skills: Collection[str] = ()


class Changed(NamedTuple):
    """A need and a person, one row each, with one change made."""

    code: ChangeCode
    params: Mapping[str, Param]
    need: Needs
    person: Volunteers


class Known(NamedTuple):
    """Of one pair, whose rows are 0 and 0."""

    today: date
    bookings: Bookings | None
    pairs: Pairs | None


def changes_of_person(need: Needs, person: Volunteers, known: Known) -> Iterator[Changed]:
    def changed(code: ChangeCode, params: Mapping[str, Param] | None = None, **columns: Any) -> Changed:
        return Changed(code, params or {}, need, replace(person, **columns))

    if not person.opted_in[0]:
        yield changed(ChangeCode.BE_ASKED, opted_in=np.array([True]))
    if person.guardian_consent[0] != Answer.YES:
        yield changed(ChangeCode.GUARDIAN_CONSENT, guardian_consent=np.array([Answer.YES]))
    words = person.vocabulary
    _, last_day = days_of(need, known.today)
    for column in np.flatnonzero(need.credentials_required[0]).tolist():
        if answers_about_paper(person, column, last_day)[0, 0] != Answer.YES:
            yield changed(
                ChangeCode.CONFIRM_CREDENTIAL,
                {"credential_id": words.credentials.ids[column]},
                credential=_with(person.credential, column, Answer.YES),
                credential_expires_on=_with(person.credential_expires_on, column, np.datetime64("NaT")),
            )
    for column in np.flatnonzero(need.skills_asked[0]).tolist():
        level = int(need.skills_asked[0, column])
        if level_held(person, column)[0] < level:
            yield changed(
                ChangeCode.SAY_SKILL,
                {"skill_id": words.skills.ids[column], "level": level},
                skill_level=_with(person.skill_level, column, level),
            )
    for column in np.flatnonzero(need.languages[0] & ~person.languages[0]).tolist():
        yield changed(
            ChangeCode.SAY_LANGUAGE,
            {"language_id": words.languages.ids[column]},
            languages=_with(person.languages, column, True),
        )
    for column in np.flatnonzero(need.fields[0] & ~person.fields[0]).tolist():
        yield changed(
            ChangeCode.NAME_FIELD,
            {"field_id": words.fields.ids[column]},
            fields=_with(person.fields, column, True),
        )
    yield from _in_time_and_space(need, person, known)


def _in_time_and_space(need: Needs, person: Volunteers, known: Known) -> Iterator[Changed]:
    km = float(distance_km(need, person)[0, 0])
    if km > person.effective_reach_km[0]:
        farther = replace(person, reach_km=np.array([float(ceil(km))]))
        yield Changed(ChangeCode.GO_FARTHER, {"km": ceil(km)}, need, farther)
    if not need.has_shift[0]:
        return
    free, wanted = person.availability[0], need.cells[0]
    for answer, code in (
        (Answer.NO, ChangeCode.BE_FREE_THEN),
        (Answer.UNKNOWN, ChangeCode.SAY_WHEN_FREE),
    ):
        cells = np.flatnonzero(wanted & (free == answer))
        if len(cells):
            then = replace(person, availability=_with(person.availability, cells, Answer.YES))
            yield Changed(code, {"cells": tuple(cells.tolist())}, need, then)
    booked = load_of_week(known.bookings, week_of(need.local_day)[0], 1)[0]
    cap = ceil(booked + need.load[0])
    if cap > person.weekly_cap[0]:
        more = replace(person, weekly_cap=np.array([float(cap)]))
        yield Changed(ChangeCode.MORE_A_WEEK, {"cap": cap}, need, more)


def _with(column: Any, places: Any, value: Any) -> Any:
    changed = column.copy()
    changed[0, places] = value
    return changed


def changes_of_need(need: Needs, person: Volunteers, limits: Limits) -> Iterator[Changed]:
    def changed(code: ChangeCode, params: Mapping[str, Param] | None = None, **columns: Any) -> Changed:
        return Changed(code, params or {}, replace(need, **columns), person)

    yield from _at_other_times(need, person, limits.times)
    if limits.lowest_age is not None and limits.lowest_age < need.minimum_age[0]:
        lower = np.array([limits.lowest_age])
        yield changed(ChangeCode.LOWER_AGE, {"age": limits.lowest_age}, minimum_age=lower)
    words = person.vocabulary
    fixed = _columns(words.skills.position, limits.fixed_skills)
    for column in sorted(set(np.flatnonzero(need.skills_required[0]).tolist()) - fixed):
        # It is still wanted, so the score tells the truth about who cannot do it.
        yield changed(
            ChangeCode.WITHOUT_SKILL,
            {"skill_id": words.skills.ids[column]},
            skills_required=_with(need.skills_required, column, 0),
            skills_wanted=_with(need.skills_wanted, column, need.skills_asked[0, column]),
        )
    fixed = _columns(words.credentials.position, limits.fixed_credentials)
    for column in sorted(set(np.flatnonzero(need.credentials_required[0]).tolist()) - fixed):
        yield changed(
            ChangeCode.WITHOUT_CREDENTIAL,
            {"credential_id": words.credentials.ids[column]},
            credentials_required=_with(need.credentials_required, column, False),
        )
    if need.language_required[0]:
        yield changed(ChangeCode.WITHOUT_LANGUAGE, language_required=np.array([False]))


def _at_other_times(need: Needs, person: Volunteers, times: Needs | None) -> Iterator[Changed]:
    if times is None:
        return
    moved = at_times(need, times)
    for row in range(len(times)):
        # What was written stays; only the time is another.
        then = replace(moved.take([row]), texts=need.texts, text_vectors=need.text_vectors)
        yield Changed(ChangeCode.AT_ANOTHER_TIME, {"time": row}, then, person)


def _columns(position: Any, ids: Collection[str]) -> set[int]:
    return {int(position(id)) for id in ids}
