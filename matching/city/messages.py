"""How people and needs of the city are put into messages, and no more than a policy may know."""

from __future__ import annotations

from typing import Any

from matching.city.people import OTHER, City, Need, words
from matching.columns import Booleans

Message = dict[str, Any]
"""One line of the protocol; see `matching/README.md`."""


def vocabulary(city: City) -> Message:
    """The ids that messages speak of."""
    known = words()
    return {
        "categories": [*known.categories, OTHER],
        "skills": known.skill_ids,
        "credentials": list(known.credentials),
        "languages": list(known.languages),
        "city_km": city.behaviour.city_km,
    }


def person_message(city: City, row: int) -> Message:
    """What a person has said of themselves."""
    people, known = city.people, words()
    return {
        "id": person_id(row),
        "x": round(float(people.x[row]), 3),
        "y": round(float(people.y[row]), 3),
        "text": people.texts[row],
        "skills": _named(known.skills, people.skills[row]),
        "interests": _named(known.categories, people.stated_interests[row]),
        "credentials": _named(known.credentials, people.credentials[row]),
        "languages": _named(known.languages, people.languages[row]),
        "availability": [int(free) for free in people.stated_free[row]],
        "weekly_cap": int(people.weekly_cap[row]),
    }


def need_message(need: Need, *, open_slots: int, standby: bool) -> Message:
    """What a need asks for, and how it stands."""
    return {
        "id": need.id,
        "community": need.community,
        "x": round(need.x, 3),
        "y": round(need.y, 3),
        "text": need.text,
        "lang_text": need.lang_text,
        "category": need.shown_category,
        "skills": [words().skill_ids[skill] for skill in need.skills],
        "credentials": list(need.credentials),
        "language": need.language,
        "tier": need.tier,
        "slots": need.slots,
        "open_slots": open_slots,
        "posted_day": need.posted_day,
        "due_day": need.due_day,
        "daypart": need.daypart,
        "standby": standby,
    }


def person_id(row: int) -> str:
    """As a person is called in messages."""
    return f"v{row:04d}"


def person_row(id: str) -> int:
    """The row of a person."""
    return int(id[1:])


def _named(names: dict[str, Any], held: Booleans) -> list[str]:
    return [name for name, has in zip(names, held, strict=True) if has]
