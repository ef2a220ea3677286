from datetime import date
from typing import Any

import pytest

from linli.core import seed
from linli.core.errors import Invalid
from linli.core.forms import Form
from linli.core.i18n import in_words
from linli.volunteers.forms import Part, ProfileDraft, read_part, read_stated_paper, read_valid_until
from linli.volunteers.rules import Means, SkillLevel
from linli.volunteers.summary import PART_NAMES, PART_OPENS, summary
from linli.volunteers.typed import typed_draft, typed_form

TODAY = date(2026, 11, 23)
FULL = ProfileDraft(
    skills={"chatting": SkillLevel.professional, "driving": SkillLevel.some},
    fields=("elderly_care",),
    languages=("mandarin", "guizhou"),
    availability="1" + "0" * 20,
    weekly_cap=2,
    means=Means.bicycle,
    reach_km=4.5,
    longitude=107.471,
    latitude=27.066,
    about="我喜欢下棋。",
)


def read(part: Part, kept: ProfileDraft = FULL, **typed: str | list[str]) -> ProfileDraft:
    values = {name: value if isinstance(value, list) else [value] for name, value in typed.items()}
    return read_part(Form({name.replace("__", "-"): value for name, value in values.items()}), part, kept)


def test_a_part_replaces_only_itself() -> None:
    draft = read(Part.fields, fields=["children"])
    assert draft.fields == ("children",)
    assert draft.skills == FULL.skills
    assert draft.about == FULL.about


@pytest.mark.parametrize("part", Part)
def test_what_is_kept_reads_back_from_its_own_form(part: Part) -> None:
    shown = typed_draft(FULL)
    typed: dict[str, list[str]] = {name: [value] for name, value in shown.text.items() if value}
    typed |= {name: list(values) for name, values in shown.chosen.items()}
    typed |= {f"level-{skill}": [level] for skill, level in shown.levels.items()}
    assert read_part(Form(typed), part, FULL) == FULL
    assert typed_form(Form(typed)) == shown


@pytest.mark.parametrize("part", Part)
def test_an_empty_form_empties_its_part(part: Part) -> None:
    emptied = read_part(Form(), part, FULL)
    assert summary(emptied, part) == []
    assert summary(FULL, part) != []


def test_a_skill_without_a_level_is_one_the_person_is_good_at() -> None:
    assert read(Part.skills, skills=["chatting"]).skills == {"chatting": SkillLevel.good}
    assert read(Part.skills, skills=["chatting"], level__chatting="some").skills == {
        "chatting": SkillLevel.some
    }


def test_a_point_is_kept_only_to_about_a_hundred_metres() -> None:
    draft = read(Part.place, longitude="107.4712345", latitude="27.0668765", agrees="yes")
    assert draft.point == (107.471, 27.067)


@pytest.mark.parametrize(
    ("part", "typed", "field"),
    [
        (Part.fields, {"fields": ["weightlifting"]}, "fields"),
        (Part.skills, {"skills": ["company"]}, "skills"),  # a group is no skill
        (Part.skills, {"skills": ["chatting"], "level__chatting": "genius"}, "skills"),
        (Part.languages, {"languages": ["klingon\x00"]}, "languages"),
        (Part.week, {"week": ["8-morning"]}, "week"),
        (Part.week, {"weekly_cap": "0"}, "weekly_cap"),
        (Part.week, {"weekly_cap": "22"}, "weekly_cap"),
        (Part.week, {"weekly_cap": "ⅩⅡ"}, "weekly_cap"),
        (Part.place, {"reach_km": "0"}, "reach_km"),
        (Part.place, {"reach_km": "501"}, "reach_km"),
        (Part.place, {"reach_km": "nan"}, "reach_km"),
        (Part.place, {"means": "rocket"}, "means"),
        (Part.place, {"longitude": "107.4", "latitude": "27"}, "agrees"),
        (Part.place, {"longitude": "107.4", "agrees": "yes"}, "latitude"),
        (Part.place, {"latitude": "27", "agrees": "yes"}, "longitude"),
        (Part.place, {"longitude": "181", "latitude": "27", "agrees": "yes"}, "longitude"),
        (Part.place, {"longitude": "1e2", "latitude": "27", "agrees": "yes"}, "longitude"),
        (Part.about, {"about": "长" * 1001}, "about"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(part: Part, typed: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(part, **typed)
    assert field in refused.value.errors
    assert refused.value.sentence.in_language("zh") != refused.value.sentence.in_language("en")


def test_a_stated_paper_is_one_of_the_list_and_not_expired() -> None:
    paper = read_stated_paper(Form({"credential": ["first_aid"], "expires_on": ["2027-05-01"]}), today=TODAY)
    assert (paper.credential.id, paper.expires_on) == ("first_aid", date(2027, 5, 1))
    for typed, field in (
        ({"credential": ["licence_to_kill"]}, "credential"),
        ({}, "credential"),
        ({"credential": ["first_aid"], "expires_on": ["2026-11-22"]}, "expires_on"),
        ({"credential": ["first_aid"], "expires_on": ["soon"]}, "expires_on"),
    ):
        with pytest.raises(Invalid) as refused:
            read_stated_paper(Form(typed), today=TODAY)
        assert list(refused.value.errors) == [field]


def test_whoever_checks_gives_the_day_on_the_paper() -> None:
    background_check = seed.credentials()["background_check"]
    typed = Form({"valid_until": ["2027-05-01"]})
    assert read_valid_until(typed, credential=background_check, today=TODAY) == date(2027, 5, 1)
    for wrong in ("", "2026-11-01", "2030-01-01", "31.12."):
        with pytest.raises(Invalid):
            read_valid_until(Form({"valid_until": [wrong]}), credential=background_check, today=TODAY)


def test_every_part_has_a_name_and_says_what_it_opens_in_both_languages() -> None:
    for part in Part:
        for sentence in (PART_NAMES[part], PART_OPENS[part]):
            assert sentence.in_language("zh") != sentence.in_language("en")


@pytest.mark.parametrize(
    ("part", "language", "said"),
    [
        (Part.week, "zh", ["周一上午", "每周最多2次"]),
        (Part.week, "en", ["Mon: Morning", "At most 2 times a week"]),
        (Part.place, "zh", ["骑自行车或电动车", "4.5公里以内", "已填写具体位置"]),
        (Part.skills, "zh", ["陪伴聊天（本行）", "驾驶小汽车（C1）（试过）"]),
        (Part.languages, "en", ["Mandarin", "Guizhou dialect"]),
    ],
)
def test_the_summary_reads_like_speech(part: Part, language: str, said: list[str]) -> None:
    assert [in_words(each, language) for each in summary(FULL, part)] == said
