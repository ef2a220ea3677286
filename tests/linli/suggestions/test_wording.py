"""Everything the matcher can say exists as a sentence, in both languages."""

import re
from typing import Any

import pytest

from linli.core import seed
from linli.core.i18n import Message, in_words
from linli.suggestions import wording
from linli.volunteers.names import shown_name, surname_of
from matching import Feature, Gate, ReasonCode
from matching.gates import PASSES_UNKNOWN
from matching.informed import USUAL
from matching.nearness import Tier

REASONS: list[dict[str, Any]] = [
    {"code": "skill", "skill_id": "chatting", "level": level, "asked_level": 2, "covered": 1, "asked": 2}
    for level in (1, 2, 3)
]
REASONS += [
    {"code": "skill", "skill_id": "chatting", "level": 2, "asked_level": 2, "covered": 2, "asked": 3},
    {
        "code": "related_skill",
        "skill_id": "home_visits",
        "asked_skill_id": "chatting",
        "level": 2,
        "asked_level": 2,
        "covered": 0,
        "asked": 1,
    },
    {"code": "near", "km": 0},
    {"code": "near", "km": 7},
    {"code": "same_community"},
    {"code": "same_township"},
    {"code": "free_then", "cells": [3, 19]},
    {"code": "field", "field_id": "elderly_care"},
    {"code": "language", "language_id": "guizhou"},
    {"code": "text"},
    {"code": "text", "topics": [seed.skills()["chatting"]]},
    {"code": "earlier_answers"},
]
HAN, LATIN = re.compile("[\u4e00-\u9fff]"), re.compile("[A-Za-z]{2}")


def test_every_reason_of_the_matcher_is_among_these() -> None:
    assert {each["code"] for each in REASONS} == set(ReasonCode)


@pytest.mark.parametrize("worded", [wording.reasons_about_person, wording.reasons_for_person])
@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason["code"])
def test_each_reason_is_a_sentence_in_both_languages(worded: Any, reason: dict[str, Any]) -> None:
    [sentence] = worded([reason])
    assert not HAN.search(sentence.in_language("en"))
    assert HAN.search(sentence.in_language("zh"))
    assert not LATIN.search(sentence.in_language("zh"))


def test_reasons_name_what_they_speak_of() -> None:
    officer = wording.reasons_about_person(REASONS)
    assert [each.in_language("en") for each in officer] == [
        "Friendly chats: has tried it",
        "Friendly chats: good at it",
        "Friendly chats: by profession",
        "2 of 3 skills, among them Friendly chats",
        "Home visits, close to Friendly chats",
        "Less than 1 km away",
        "About 7 km away",
        "Same community",
        "Same township",
        "Free Tue mornings, Sun afternoons",
        "Likes to help: Elderly care",
        "Speaks Guizhou dialect",
        "What they say of themselves fits",
        "What they say of themselves fits",
        "Has gladly said yes before",
    ]
    volunteer = wording.reasons_for_person(REASONS)
    assert volunteer[-2].in_language("zh") == "您写到了陪伴聊天"
    assert volunteer[9].in_language("zh") == "您周二上午、周日下午有空"


def test_a_reason_that_speaks_of_something_forgotten_is_left_out() -> None:
    gone = [
        {"code": "field", "field_id": "gone"},
        {"code": "a reason of tomorrow"},
        {"code": "language", "language_id": "gone"},
    ]
    assert wording.reasons_about_person(gone) == ()


def test_every_gate_feature_question_and_tier_has_its_words() -> None:
    assert list(wording.GATE_SENTENCES) == [gate.name.lower() for gate in Gate]
    assert set(wording.QUESTIONS) == {gate.name.lower() for gate in PASSES_UNKNOWN}
    assert list(wording.FEATURE_NAMES) == list(Feature)
    assert list(wording.LEARNT_NAMES) == [*Feature, ReasonCode.EARLIER_ANSWERS, USUAL]
    assert set(wording.TIERS) == {tier.name.lower() for tier in Tier if tier > Tier.NONE}


@pytest.mark.parametrize(
    ("excluded", "counts", "total"),
    [
        ({}, [], "0"),
        ({"free_then": 4}, ["a few"], "a few"),
        ({"free_then": 5}, ["5"], "5"),
        ({"free_then": 8, "credentials": 1}, ["a few", "8"], "more than 8"),
        ({"free_then": 1, "credentials": 3}, ["a few", "a few"], "a few"),
        ({"credentials": 12, "free_then": 8}, ["12", "8"], "20"),
    ],
)
def test_small_numbers_are_not_told_and_cannot_be_worked_out(
    excluded: dict[str, int], counts: list[str], total: str
) -> None:
    assert [in_words(count, "en") for _, count in wording.counts(excluded)] == counts
    assert in_words(wording.total_excluded(excluded), "en") == total


def test_open_questions_are_asked_in_one_sentence() -> None:
    assert wording.please_ask([]) is None
    sentence = wording.please_ask(["within_reach", "free_then"])
    assert sentence is not None
    assert sentence.in_language("en") == "Please ask: when they are free, whether they can come this far"
    assert sentence.in_language("zh") == "还要问一问：什么时候有空、这么远能不能来"


@pytest.mark.parametrize(
    ("name", "surname"),
    [
        ("王小明", "王"),
        ("王", "王"),
        ("欧阳慧敏", "欧阳"),
        ("欧阳", "欧"),
        ("司马 光", "司马"),
        ("阿迪力·买买提", "买买提"),
        ("Anna Maria Adams", "Adams"),
        ("Anna", "A."),
        ("  ", "."),
        ("", "."),
        ("𠮷田", "𠮷"),
    ],
)
def test_before_a_yes_a_name_is_a_surname(name: str, surname: str) -> None:
    assert surname_of(name) == surname
    assert shown_name(name) == Message("Volunteer {surname}", surname=surname)
