"""The field that a text seems to be about, judged by sentences that were written for this test only."""

import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from linli.core import seed
from linli.suggestions.fields import suggested_field


@dataclass(frozen=True)
class Sentence:
    field: str
    language: str
    text: str


def sentences() -> list[Sentence]:
    lines = (Path(__file__).parent / "data" / "need_sentences.tsv").read_text("utf-8").splitlines()
    return [Sentence(*line.split("\t")) for line in lines]


OF_A_FIELD = [each for each in sentences() if each.field != seed.OTHER]
OF_NONE = [each for each in sentences() if each.field == seed.OTHER]


def test_the_sentences_are_balanced_and_none_stands_in_the_seed() -> None:
    counts = Counter((each.field, each.language) for each in OF_A_FIELD)
    assert counts == dict.fromkeys(((f, lang) for f in seed.fields() for lang in ("zh", "en")), 6)
    known = "\n".join(path.read_text("utf-8") for path in Path("seed").rglob("*.toml"))
    assert [each.text for each in sentences() if len(each.text) > 10 and each.text in known] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_it_suggests_is_nearly_always_right(language: str) -> None:
    """On 66 sentences a language: at least 4 of 5 answered, 19 of 20 answers right."""
    answers = [(each, suggested_field(each.text)) for each in OF_A_FIELD if each.language == language]
    answered = [(each, found) for each, found in answers if found]
    right = sum(each.field == found.id for each, found in answered)
    assert len(answered) / len(answers) >= 0.8
    assert right / len(answered) >= 0.95


def test_it_says_nothing_about_what_belongs_to_no_field() -> None:
    answered = [each.text for each in OF_NONE if suggested_field(each.text)]
    assert len(OF_NONE) >= 12
    assert len(answered) <= 1, answered


@pytest.mark.parametrize("text", ["", "   ", "。。。", "\x00", "12345", "q" * 5000])
def test_odd_texts_get_no_answer(text: str) -> None:
    assert suggested_field(text) is None


def test_a_suggestion_needs_no_scikit_learn() -> None:
    code = (
        "import sys; from linli.suggestions.fields import suggested_field;"
        "print(suggested_field('陪独居老人聊天').id, 'sklearn' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["elderly_care", "False"]
