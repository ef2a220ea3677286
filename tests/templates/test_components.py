"""The shared building blocks of pages, rendered as a page would."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from jinja2 import Environment
from markupsafe import Markup

from linli.core.i18n import Message
from linli.core.templates import create_templates
from linli.core.web.security import Seat
from linli.desks.places import desk_path

STARTS_AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def templates() -> Environment:
    environment = create_templates().overlay()
    environment.globals = {
        **environment.globals,
        "static": lambda name: f"/static/{name}",
        "desk_path": desk_path,
    }
    return environment


def show(templates: Environment, source: str, *, locale: str = "en", **values: Any) -> str:
    context = {
        "locale": locale,
        "account": None,
        "csrf_token": "token",
        "csrf_field": lambda: Markup('<input type="hidden" name="_csrf_token" value="token">'),
        "current_path": "/needs",
        "next_path": "/needs?day=sat",
        "large_text": False,
        "memberships": (),
        "unread_notices": 0,
        "done": None,
        "dev_mailbox": False,
        "is_htmx": False,
    }
    return templates.from_string(source).render(context | values)


def part(templates: Environment, file: str, call: str, *, locale: str = "en", **values: Any) -> str:
    name = call.split("(")[0]
    source = f'{{% from "components/{file}.html" import {name} with context %}}{{{{ {call} }}}}'
    return show(templates, source, locale=locale, **values)


def need(**changes: object) -> SimpleNamespace:
    return SimpleNamespace(
        **{
            "url": "/needs/1",
            "title": "Go with Grandma Li to the clinic",
            "starts_at": STARTS_AT,
            "ends_at": STARTS_AT + timedelta(hours=2),
            "places_free": 2,
            "places_total": 5,
        }
        | changes
    )


def test_a_field_says_what_is_wrong_where_it_is_wrong_and_keeps_what_was_typed(
    templates: Environment,
) -> None:
    html = part(
        templates,
        "forms",
        "field('name', 'Name', '<b>', error=error, hint='As on your ID')",
        error=Message("Too long"),
    )
    assert 'value="&lt;b&gt;"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="field-name-hint field-name-error"' in html
    assert re.search(r'id="field-name-error">.*Too long', html, re.DOTALL)


def test_a_field_without_an_error_is_not_marked_invalid(templates: Environment) -> None:
    assert "aria-" not in part(templates, "forms", "field('name', 'Name')").split("<input")[1]


@pytest.mark.parametrize(("locale", "word"), [("en", "(optional)"), ("zh", "（选填）")])
def test_what_may_stay_empty_says_so_in_both_languages(
    templates: Environment, locale: str, word: str
) -> None:
    assert word in part(templates, "forms", "field('name', 'Name')", locale=locale)
    assert word not in part(templates, "forms", "field('name', 'Name', required=true)", locale=locale)


def test_the_summary_of_errors_leads_to_each_field(templates: Environment) -> None:
    errors: Mapping[str, Message] = {
        "name": Message("Please fill this in."),
        "": Message("All places are taken."),
    }
    html = part(templates, "forms", "error_summary(errors)", errors=errors)
    assert '<a href="#field-name">Please fill this in.</a>' in html
    assert "<strong>All places are taken.</strong>" in html


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("2026-11-24", "date"),
        (date(2026, 11, 24), "date"),
        ("", "date"),
        ("2026-13-77", "text"),
        ("next week", "text"),
    ],
)
def test_a_day_that_the_browser_would_drop_is_shown_as_text(
    templates: Environment, typed: Any, shown: str
) -> None:
    html = part(templates, "forms", "date('on', 'Day', typed)", typed=typed)
    assert f'type="{shown}" value="{typed}"' in html


def test_choices_come_back_ticked(templates: Environment) -> None:
    html = part(
        templates, "forms", "checkboxes('skills', 'Skills', [('a', 'Driving'), ('b', 'Cooking')], ['b'])"
    )
    assert re.findall(r'value="(\w)" checked', html) == ["b"]


def test_the_week_sends_a_day_and_a_part_of_the_day(templates: Environment) -> None:
    html = part(templates, "forms", "week('availability', 'Free', ['7-evening'])", locale="zh")
    assert len(re.findall(r'name="availability" value="[1-7]-(?:morning|afternoon|evening)"', html)) == 21
    assert re.findall(r'value="([\w-]+)" checked', html) == ["7-evening"]
    assert "周日 晚上" in html


@pytest.mark.parametrize(("locale", "sentence"), [("en", "2 of 5 free"), ("zh", "5 个名额，还剩 2 个")])
def test_a_card_says_when_and_how_many_places_are_free(
    templates: Environment, locale: str, sentence: str
) -> None:
    html = part(templates, "cards", "need_card(need)", locale=locale, need=need())
    assert sentence in html
    assert "14:00" in html  # in the place's time zone
    assert html.count('<i class="taken">') == 3


def test_a_card_without_time_place_or_reasons_leaves_those_lines_out(templates: Environment) -> None:
    html = part(
        templates, "cards", "need_card(need)", need=need(starts_at=None, ends_at=None, places_total=0)
    )
    assert "No time yet" in html
    assert "free" not in html
    assert 'class="chips"' not in html


def test_what_a_person_wrote_is_never_markup(templates: Environment) -> None:
    html = part(
        templates, "cards", "need_card(need)", need=need(title="<script>", asker="<b>", reasons=["<i>"])
    )
    assert "<script>" not in html
    assert "<b>" not in html
    assert "<i>" not in html.replace('<i class="taken"></i>', "").replace("<i></i>", "")


def test_a_card_that_changes_something_posts_with_the_token(templates: Environment) -> None:
    action = {"label": "I will go", "url": "/shifts/1/apply", "method": "post", "main": True}
    html = part(templates, "cards", "need_card(need)", need=need(action=action))
    assert '<form method="post" action="/shifts/1/apply"><input type="hidden" name="_csrf_token"' in html
    assert 'class="main"' in html


@pytest.mark.parametrize(
    ("locale", "language", "title"), [("zh", "zh-Hans", "没有这一页"), ("en", "en", "Nothing here")]
)
def test_a_refusal_is_a_whole_page_in_the_persons_language(
    templates: Environment, locale: str, language: str, title: str
) -> None:
    html = show(
        templates,
        '{% extends "errors/error.html" %}',
        locale=locale,
        refusal=Message("No."),
        refusal_status=404,
        reference="",
    )
    assert f'<html lang="{language}">' in html
    assert title in html


def test_every_page_carries_no_inline_script_style_or_handler(templates: Environment) -> None:
    html = show(
        templates,
        '{% extends "errors/error.html" %}',
        refusal=Message("No."),
        refusal_status=500,
        reference="a1",
        account=SimpleNamespace(name="Wang", needs_password=False, needs_factor=False),
        unread_notices=2,
        dev_mailbox=True,
        done=Message("Saved"),
        memberships=[
            Seat(
                organization_id=UUID(int=1),
                organization_name="Huazhu",
                organization_kind="residents_committee",
                role="officer",
                division="522725001",
                is_verified=True,
            )
        ],
    )
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:", html)
    assert html.count("<script") == 2


def test_each_icon_that_a_template_names_is_drawn(templates: Environment) -> None:
    from importlib.resources import files

    drawn = set(
        re.findall(r'<symbol id="(\w+)"', (files("linli") / "static" / "icons.svg").read_text("utf-8"))
    )
    assert templates.loader is not None
    named: set[str] = set()
    for name in templates.list_templates(extensions=["html"]):
        source = templates.loader.get_source(templates, name)[0]
        named |= set(re.findall(r'icon\("(\w+)"', source)) | set(re.findall(r'sprite }}#(\w+)"', source))
        named |= set(re.findall(r'icon_name="(\w+)"', source))
    assert named <= drawn
