"""The gates once more, one pair after the other in plain Python, from the words of the README alone.

Nothing of the library's own arithmetic is used: only its tables are read, and its names for the gates.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta
from itertools import product
from math import asin, cos, isnan, radians, sin, sqrt
from typing import Any

from matching import Gate, PairKind, Taxonomy
from matching.tables import DEFAULT_REACH_KM
from tests.matching.random_tables import RandomTown

OUTSIDE = -2
PASSES = -1
NO, UNKNOWN, YES = 0, 1, 2
MAY_BE_UNKNOWN = (Gate.LANGUAGE, Gate.WITHIN_REACH, Gate.FREE_THEN)


@dataclass
class Row:
    """One row of a table as plain Python values, by the names of the columns."""

    def __init__(self, table: Any, row: int) -> None:
        for column in fields(table):
            values = getattr(table, column.name)
            if column.name not in ("vocabulary", "texts", "text_vectors"):
                value = values[row]
                setattr(self, column.name, value.tolist() if hasattr(value, "tolist") else value)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


def gates_of(town: RandomTown, today: date) -> list[list[int]]:
    """For every need and person the first gate that fails, `PASSES` or `OUTSIDE`."""
    needs = [Row(town.needs, row) for row in range(len(town.needs))]
    people = [Row(town.people, row) for row in range(len(town.people))]
    words = town.needs.vocabulary
    booked: dict[int, list[Row]] = {row: [] for row in range(len(people))}
    for row in range(len(town.bookings.volunteer)):
        booking = Row(town.bookings, row)
        booked[booking.volunteer].append(booking)
    between: dict[tuple[int, int], set[int]] = {}
    for need, person, kind in zip(
        town.pairs.need.tolist(), town.pairs.volunteer.tolist(), town.pairs.kind.tolist(), strict=True
    ):
        between.setdefault((need, person), set()).add(kind)
    nothing: set[int] = set()
    below = {
        "skills": _at_or_below(words.skills),
        "languages": _at_or_below(words.languages),
    }
    found = [[PASSES] * len(people) for _ in needs]
    for row, other in product(range(len(needs)), range(len(people))):
        kinds = between.get((row, other), nothing)
        found[row][other] = _gate(needs[row], people[other], booked[other], kinds, below, today)
    return found


def _at_or_below(taxonomy: Taxonomy) -> list[list[int]]:
    """For each entry the columns of itself and of everything under it, by following the parents."""
    columns: list[list[int]] = []
    for id in taxonomy.ids:
        inside = []
        for column, start in enumerate(taxonomy.ids):
            step: str | None = start
            while step is not None and step != id:
                step = (taxonomy.parents or {}).get(step)
            if step == id:
                inside.append(column)
        columns.append(inside)
    return columns


def _gate(
    need: Any, person: Any, booked: list[Any], kinds: set[int], below: dict[str, list[list[int]]], today: date
) -> int:
    reach, tier = _reach(need, person)
    if reach == NO and tier < 3:
        return OUTSIDE
    day, last_day = need.local_day or today, need.last_day or today
    answers = {
        Gate.OPTED_IN: YES if person.opted_in else NO,
        Gate.NOT_BARRED: NO if person.barred or PairKind.BARRED in kinds else YES,
        Gate.NOT_TAKING_PART: NO if PairKind.TAKING_PART in kinds else YES,
        Gate.NOT_ASKED: NO if PairKind.ASKED in kinds else YES,
        Gate.OLD_ENOUGH: _old_enough(person, need.minimum_age, day),
        Gate.GUARDIAN_CONSENT: _consent(person, day),
        Gate.CREDENTIALS: _papers(need, person, last_day),
        Gate.SKILLS: _skills(need, person, below["skills"]),
        Gate.LANGUAGE: _language(need, person, below["languages"]),
        Gate.WITHIN_REACH: reach,
        Gate.FREE_THEN: _free(need, person),
        Gate.NOT_BOOKED: _not_booked(need, booked),
        Gate.UNDER_WEEKLY_CAP: _under_cap(need, person, booked),
    }
    for gate in Gate:
        if answers[gate] < (UNKNOWN if gate in MAY_BE_UNKNOWN else YES):
            return int(gate)
    return PASSES


def _age(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _old_enough(person: Any, years: int, day: date) -> int:
    if person.born_on is None:
        return UNKNOWN
    return YES if _age(person.born_on, day) >= years else NO


def _consent(person: Any, day: date) -> int:
    if person.born_on is None:
        return UNKNOWN
    return YES if _age(person.born_on, day) >= 18 else int(person.guardian_consent)


def _papers(need: Any, person: Any, day: date) -> int:
    answer = YES
    for required, state, expires in zip(
        need.credentials_required, person.credential, person.credential_expires_on, strict=True
    ):
        if required:
            answer = min(answer, NO if expires is not None and expires < day else state)
    return answer


def _skills(need: Any, person: Any, below: list[list[int]]) -> int:
    for skill, level in enumerate(need.skills_required):
        if level and max(person.skill_level[column] for column in below[skill]) < level:
            return NO if any(person.skill_level) else UNKNOWN
    return YES


def _language(need: Any, person: Any, below: list[list[int]]) -> int:
    if not need.language_required or not any(need.languages):
        return YES
    for language, wanted in enumerate(need.languages):
        if wanted and any(person.languages[column] for column in below[language]):
            return YES
    return NO if any(person.languages) else UNKNOWN


def _reach(need: Any, person: Any) -> tuple[int, int]:
    """The answer, and how many levels of the division are known to be shared."""
    tier, differ = 0, False
    for one, other in zip(need.divisions, person.divisions, strict=True):
        if not one or not other:
            break
        if one != other:
            differ = True
            break
        tier += 1
    has_point = not (isnan(need.longitude) or isnan(need.latitude))
    if not has_point and not any(need.divisions):
        return YES, tier
    if has_point and not (isnan(person.longitude) or isnan(person.latitude)):
        reach = DEFAULT_REACH_KM if isnan(person.reach_km) else person.reach_km
        return (YES if _haversine(need, person) <= reach else NO), tier
    if tier >= 4:
        return YES, tier
    return (NO if differ and tier < 3 else UNKNOWN), tier


def _haversine(one: Any, other: Any) -> float:
    north, east = radians(other.latitude - one.latitude), radians(other.longitude - one.longitude)
    a = sin(north / 2) ** 2 + cos(radians(one.latitude)) * cos(radians(other.latitude)) * sin(east / 2) ** 2
    return 2 * 6371.0088 * asin(sqrt(a))


def _free(need: Any, person: Any) -> int:
    if need.local_day is None:
        return YES
    return min(answer for answer, wanted in zip(person.availability, need.cells, strict=True) if wanted)


def _not_booked(need: Any, booked: list[Any]) -> int:
    if need.local_day is None:
        return YES
    for each in booked:
        if each.start_minute < need.end_minute and need.start_minute < each.end_minute:
            return NO
    return YES


def _under_cap(need: Any, person: Any, booked: list[Any]) -> int:
    if need.local_day is None or isnan(person.weekly_cap):
        return YES
    monday = need.local_day - timedelta(days=need.local_day.weekday())
    load = need.load + sum(
        each.load for each in booked if monday <= each.local_day < monday + timedelta(days=7)
    )
    return YES if load <= person.weekly_cap else NO
