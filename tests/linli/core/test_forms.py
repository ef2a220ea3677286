from datetime import date, time
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core.errors import Invalid
from linli.core.forms import REQUIRED, Form, clean


class Colour(StrEnum):
    red = "red"
    green = "green"


def form(value: str, *more: str) -> Form:
    return Form({"it": [value, *more]})


HOSTILE = [
    "\x00",
    "a\x00b",
    "\ud800",
    "\ufeff\u200b\u202e",
    str(2**63),
    "-" + "9" * 400,
    "NaN",
    "Infinity",
    "1e999",
    "١٢",
    "1_000",
    "0x10",
    "🙂" * 1000,
    "x" * 100_000,
    "{0.__class__}",
    "%s%n",
    "' OR 1=1 --",
    "<script>",
]


def every_reading(typed: Form) -> list[Any]:
    return [
        typed.text("it", longest=100),
        typed.text("it", longest=100, many_lines=True),
        typed.secret("it"),
        typed.flag("it"),
        typed.whole("it", least=0, most=100),
        typed.decimal("it", least=-90, most=90),
        typed.day("it"),
        typed.clock("it"),
        typed.choice("it", Colour),
        typed.one_of("it", ["a", "b"]),
        typed.some_of("it", ["a", "b"]),
        typed.id("it"),
    ]


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_values_are_refused_or_cleaned_and_never_break(value: str) -> None:
    check(value)


@given(st.text())
def test_no_text_breaks_a_field(value: str) -> None:
    check(value)


def check(value: str) -> None:
    typed = form(value)
    one_line, many_lines, *_ = every_reading(typed)
    for text in (one_line, many_lines):
        text.encode("utf-8")
        assert "\x00" not in text
        assert len(text) <= 100
    for sentence in typed.errors.values():
        sentence.in_language("zh")


def test_what_cannot_be_seen_is_taken_out_and_what_can_be_stays() -> None:
    assert clean(" a\u200b\u202eb\u00a0\t c\x07\ufeff ") == "ab c"
    assert clean("e\u0301") == "é"
    assert clean(" \u200b\u200d \u200c\ufe0f ") == clean("\u200d\n", many_lines=True) == ""
    assert clean("👩\u200d👩\u200d👧 family") == "👩\u200d👩\u200d👧 family"
    assert clean("one\r\ntwo\rthree", many_lines=True) == "one\ntwo\nthree"


def test_a_missing_field_is_asked_for_and_an_optional_one_is_not() -> None:
    typed = Form()
    every_reading(typed)
    assert typed.errors == {}
    typed.text("it", longest=5, required=True)
    assert typed.errors == {"it": REQUIRED}
    with pytest.raises(Invalid) as refusal:
        typed.check()
    assert refusal.value.errors == {"it": REQUIRED}


def test_a_text_that_is_too_long_is_refused_with_both_numbers() -> None:
    typed = form("x" * 12)
    assert typed.text("it", longest=10) == ""
    assert typed.errors["it"].in_language("en") == "Please use at most 10 characters; this has 12."
    assert typed.typed == {"it": "x" * 12}


@pytest.mark.parametrize(("value", "number"), [("7", 7), (" +7 ", 7), ("０７", 7), ("100", 100), ("0", 0)])
def test_a_whole_number_is_read(value: str, number: int) -> None:
    typed = form(value)
    assert typed.whole("it", least=0, most=100) == number
    assert not typed.errors


@pytest.mark.parametrize("value", ["-1", "101", "7.0", "seven", "1 0", "9" * 5000])
def test_what_is_no_whole_number_in_bounds_is_refused(value: str) -> None:
    typed = form(value)
    assert typed.whole("it", least=0, most=100) is None
    assert "it" in typed.errors


@pytest.mark.parametrize(("value", "number"), [("27.5", 27.5), ("-3", -3.0), ("２７．５", 27.5)])
def test_a_decimal_number_is_read(value: str, number: float) -> None:
    assert form(value).decimal("it", least=-90, most=90) == number


@pytest.mark.parametrize("value", ["90.1", "nan", "inf", "1e5", "1,5", ".5"])
def test_what_is_no_decimal_number_in_bounds_is_refused(value: str) -> None:
    typed = form(value)
    assert typed.decimal("it", least=-90, most=90) is None
    assert "it" in typed.errors


@pytest.mark.parametrize(
    "value", ["2026-11-24", "2026/11/24", "2026.11.24", "2026年11月24日", "２０２６-11-24"]
)
def test_a_day_is_read_as_people_write_it(value: str) -> None:
    assert form(value).day("it") == date(2026, 11, 24)


@pytest.mark.parametrize(
    "value",
    ["2026-02-30", "24.11.2026", "tomorrow", "0000-01-01", "0001-01-01", "1899-12-31", "2026-11-24T00:00"],
)
def test_what_is_no_day_is_refused(value: str) -> None:
    typed = form(value)
    assert typed.day("it") is None
    assert "it" in typed.errors


@pytest.mark.parametrize("value", ["14:30", "14：30", "１４:30", "14:30:00"])
def test_a_time_is_read_as_people_write_it(value: str) -> None:
    assert form(value).clock("it") == time(14, 30)


@pytest.mark.parametrize("value", ["24:00", "14:30pm", "14", "1430", "14:30:00:00", "-1:00"])
def test_what_is_no_time_is_refused(value: str) -> None:
    typed = form(value)
    assert typed.clock("it") is None
    assert "it" in typed.errors


def test_a_choice_is_one_of_the_list() -> None:
    assert form("red").choice("it", Colour) is Colour.red
    typed = form("blue")
    assert typed.choice("it", Colour) is None
    assert "it" in typed.errors


def test_several_of_a_list_come_once_each_and_only_from_the_list() -> None:
    assert form("b", "a", "b", "").some_of("it", ["a", "b"]) == ("b", "a")
    typed = form("a", "z")
    assert typed.some_of("it", ["a", "b"]) == ()
    assert "it" in typed.errors
    typed = form("a", "b")
    assert typed.some_of("it", ["a", "b"], most=1) == ()
    assert "it" in typed.errors


def test_an_id_is_read_and_anything_else_refused() -> None:
    assert form("0193" + "0" * 28).id("it") == UUID("0193" + "0" * 28)
    typed = form("1; DROP TABLE needs")
    assert typed.id("it") is None
    assert "it" in typed.errors


def test_a_password_is_taken_as_it_was_typed() -> None:
    assert form(" \u200bgeheim  wort ").secret("it") == " \u200bgeheim  wort "


def test_the_form_token_is_never_shown_as_typed() -> None:
    assert Form({"_csrf_token": ["x"], "name": ["李"]}).typed == {"name": "李"}
