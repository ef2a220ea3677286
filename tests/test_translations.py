"""Nothing is said in one language only, and both say the same."""

import re
from collections import defaultdict

import pytest

from linli.core.templates import create_templates
from tests.house import expect_none
from tests.sentences import (
    CATALOGUE,
    Sentence,
    Translation,
    forms,
    keys_as_written,
    placeholders,
    ready_to_paste,
    sentences_of_python,
    sentences_of_templates,
    translations,
)

CHINESE = re.compile(r"[\u3400-\u9fff]")
# Names are Chinese, and an English sentence may quote one: "for example ...".
EXAMPLE = re.compile(r"for example .*")
# Words of the workshop, and marks that shout.
NEVER_SAID = re.compile(r"\b(?:oops|tokens?|entity|entities|invalid)\b|!|！", re.IGNORECASE)
TO_CHILDREN = re.compile(r"Under 14|your parents|Not yet, and thank you")


@pytest.fixture(scope="module")
def sentences() -> list[Sentence]:
    return [*sentences_of_python(), *sentences_of_templates(create_templates())]


@pytest.fixture(scope="module")
def catalogue() -> list[Translation]:
    return translations()


def test_every_sentence_is_written_out_where_it_is_said(sentences: list[Sentence]) -> None:
    assert len(sentences) > 50
    expect_none(each.place for each in sentences if not each.texts or None in each.texts)


def test_every_sentence_is_given_what_it_names(sentences: list[Sentence]) -> None:
    expect_none(
        f"{each.place}: {text} lacks {', '.join(sorted(lacking))}"
        for each in sentences
        for text in each.texts
        if text and each.given is not None and (lacking := placeholders(text) - each.given)
    )


def test_english_holds_no_chinese(sentences: list[Sentence]) -> None:
    expect_none(
        f"{each.place}: {text}"
        for each in sentences
        for text in each.texts
        if text and CHINESE.search(EXAMPLE.sub("", text))
    )


def test_every_sentence_exists_in_chinese(sentences: list[Sentence], catalogue: list[Translation]) -> None:
    known = {each.one: each for each in catalogue}
    missing: dict[str, Sentence] = {}
    for each in sentences:
        has_forms = len(forms(known[each.one].entry.id)) if each.one in known else 0
        if each.one and has_forms < len(each.texts):
            missing.setdefault(each.one, each)
    assert not missing, "\n\n" + "\n".join(ready_to_paste(each) for each in missing.values())


def test_no_translation_outlives_its_sentence(
    sentences: list[Sentence], catalogue: list[Translation]
) -> None:
    spoken = {text for each in sentences for text in each.texts}
    expect_none(
        f"{each.file}: {text}" for each in catalogue for text in forms(each.entry.id) if text not in spoken
    )
    expect_none(
        path.name
        for path in CATALOGUE.glob("*.po")
        if re.search("^#~", path.read_text("utf-8"), re.MULTILINE)
    )


def test_every_sentence_stands_in_one_place_of_one_file() -> None:
    files = defaultdict(list)
    for key, file in keys_as_written():
        files[key].append(file)
    expect_none(f"{key}: {', '.join(found)}" for key, found in files.items() if len(found) > 1)


def test_every_translation_is_finished(catalogue: list[Translation]) -> None:
    expect_none(
        f"{each.file}: {each.one}"
        for each in catalogue
        if each.entry.fuzzy or not all(text.strip() for text in forms(each.entry.string))
    )


def test_a_translation_names_what_its_sentence_names(catalogue: list[Translation]) -> None:
    expect_none(
        f"{each.file}: {each.one} → {text}"
        for each in catalogue
        for text in forms(each.entry.string)
        if text and placeholders(text) != placeholders(forms(each.entry.id)[-1])
    )


def test_chinese_is_chinese(catalogue: list[Translation]) -> None:
    # Names in capitals, such as CSV, are the same in both.
    expect_none(
        f"{each.file}: {text}"
        for each in catalogue
        for text in forms(each.entry.string)
        if not CHINESE.search(text) and re.search("[a-z]{2}", re.sub(r"%\(\w+\)|\{\w+\}", "", text))
    )


def test_the_tone_is_calm_and_respectful(sentences: list[Sentence], catalogue: list[Translation]) -> None:
    said = {text for each in sentences for text in each.texts if text}
    said |= {text for each in catalogue for text in forms(each.entry.string)}
    expect_none(text for text in said if NEVER_SAID.search(text))
    expect_none(
        text
        for each in catalogue
        for text in forms(each.entry.string)
        if "你" in text and not TO_CHILDREN.search(each.one)  # grown-ups are 您
    )
