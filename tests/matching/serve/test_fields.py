"""Needs whose category says nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matching.city.behaviour import BASE
from matching.city.messages import Message, need_message, person_message, vocabulary
from matching.city.people import OTHER, City, build, words
from matching.serve import fields
from matching.serve.fields import FieldsOfTexts
from matching.serve.town import Town


@pytest.fixture(scope="module")
def city() -> City:
    return build(3, replace(BASE, volunteers=150, days=40, needs_per_day=12.0))


def town_of(city: City) -> Town:
    people = [person_message(city, row) for row in range(len(city.people.x))]
    return Town(people, vocabulary(city))


def needs_of(city: City) -> list[Message]:
    return [need_message(need, open_slots=need.slots, standby=False) for need in city.needs]


def test_a_need_without_a_category_gets_the_one_its_text_tells_and_mostly_the_right_one(city: City) -> None:
    reader = FieldsOfTexts(town_of(city))
    needs, names = needs_of(city), list(words().categories)
    seen = needs[:150]
    reader.understand([need for need in seen if need["category"] != OTHER])
    unnamed = [{**need, "id": f"x{need['id']}", "category": OTHER} for need in needs[150:]]
    told = [need["category"] for need in reader.understand(unnamed)]
    true = [names[need.category] for need in city.needs[150:]]
    answered = [(one, other) for one, other in zip(told, true, strict=True) if one != OTHER]
    assert len(answered) > 0.5 * len(true)
    assert sum(one == other for one, other in answered) > 0.85 * len(answered)


def test_what_a_need_says_itself_is_never_changed_and_each_is_judged_once(city: City) -> None:
    reader, needs = FieldsOfTexts(town_of(city)), needs_of(city)
    early = next(need for need in needs if need["category"] == OTHER)
    assert reader.understand([early]) == [early]
    named = [need for need in needs if need["category"] != OTHER]
    assert reader.understand(named) == named
    assert reader.understand([early]) == [early]


def test_without_texts_and_before_enough_needs_nothing_is_guessed(city: City) -> None:
    people = [{**person_message(city, row), "text": ""} for row in range(len(city.people.x))]
    reader, needs = FieldsOfTexts(Town(people, vocabulary(city))), needs_of(city)
    assert reader.understand(needs) == needs
    few = FieldsOfTexts(town_of(city))
    some = [need for need in needs if need["category"] != OTHER][: fields.LEARNS_FROM - 1]
    unnamed = {**needs[-1], "category": OTHER}
    assert few.understand([*some, unnamed])[-1] == unnamed
