"""From a text to the terms it is compared by: one code path for Chinese, English and both mixed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_RUN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+(?:['’][^\W_{_HAN}]+)*")
_IS_HAN = re.compile(rf"[{_HAN}]")
_NOISE = re.compile(r"https?://\S+|[\u200b-\u200f\u2060\ufeff]")

STOP_WORDS = frozenset(
    """
    a an and are as at be been being but by can could did do does for from had has have he her his
    how i if in into is it its may me might my no not of on or our out she should so such than that
    the their them then there these they this those through to up us was we were what when where
    which while who whom whose will with would you your
    """.split()  # noqa: SIM905  # a list literal would take ninety lines
)
"""English words that carry no subject. In Chinese, frequent characters get little weight anyway."""


LONGEST_WORD = 40
"""Longer runs without a space are cut, so that nobody can fill a model with one text."""


class Piece(NamedTuple):
    """One Chinese character or one stemmed word, and whether it continues the piece before it."""

    text: str
    is_han: bool
    continues: bool


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Cut the common English endings off a lower-case word.

    Plural, possessive, -ing, -ed and a silent e go; nothing else, so that different words seldom meet.

    Examples
    --------
    >>> [stem(word) for word in ("cooking", "cooked", "cooks", "stories", "running", "bus")]
    ['cook', 'cook', 'cook', 'story', 'run', 'bus']
    """
    word = _singular(re.sub(r"['’].*", "", word))
    for ending, shortest in (("ing", 6), ("ed", 5)):
        if word.endswith(ending) and len(word) >= shortest:
            word = _undouble(word[: -len(ending)])
            break
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ses", "xes", "zes", "hes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _undouble(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz" else word


def pieces(text: str) -> list[Piece]:
    """Split a text into Chinese characters and stemmed words, without stop words and addresses.

    Examples
    --------
    >>> [piece.text for piece in pieces("陪老人 to the clinics")]
    ['陪', '老', '人', 'clinic']
    """
    found: list[Piece] = []
    for run in _RUN.findall(_NOISE.sub(" ", unicodedata.normalize("NFKC", text)).lower()):
        if _IS_HAN.match(run):
            found += [Piece(character, True, at > 0) for at, character in enumerate(run)]
        elif run not in STOP_WORDS:
            found.append(Piece(stem(run[:LONGEST_WORD]), False, bool(found) and not found[-1].is_han))
    return found


class Lexicon:
    """Joins the scripts: phrases that mean the same share one term, whatever language they are in.

    Parameters
    ----------
    entries : sequence of sequence of str
        Each entry lists phrases of one meaning, for example ``("陪诊", "hospital visits")``.

    Examples
    --------
    >>> Lexicon([("陪诊", "hospital visits")]).concepts(pieces("A hospital visit"))
    ['=0']
    """

    def __init__(self, entries: Sequence[Sequence[str]] = ()) -> None:
        self.entries = tuple(tuple(entry) for entry in entries)
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for number, entry in enumerate(self.entries):
            for phrase in {tuple(piece.text for piece in pieces(phrase)) for phrase in entry}:
                if phrase:
                    self._phrases.setdefault(phrase[0], []).append((phrase, f"={number}"))

    def concepts(self, found: Sequence[Piece]) -> list[str]:
        """Return one term for each phrase of the lexicon that stands in the pieces."""
        words = tuple(piece.text for piece in found)
        return [
            concept
            for at, word in enumerate(words)
            for phrase, concept in self._phrases.get(word, ())
            if words[at : at + len(phrase)] == phrase
        ]


def terms(text: str, lexicon: Lexicon | None = None) -> list[str]:
    """List the terms of a text, with repetitions.

    Chinese gives characters and pairs of neighbouring characters, other scripts give words and pairs of
    neighbouring words, and a lexicon adds one term per phrase it knows.

    Examples
    --------
    >>> terms("陪老人 cooking meals")
    ['陪', '老', '人', '陪老', '老人', 'cook', 'meal', 'cook meal']
    """
    found = pieces(text)
    return [*_grams(found), *(lexicon.concepts(found) if lexicon else ())]


def _grams(found: Sequence[Piece]) -> Iterator[str]:
    for is_han, group in _groups(found):
        yield from group
        joint = "" if is_han else " "
        yield from (first + joint + second for first, second in pairwise(group))


def _groups(found: Sequence[Piece]) -> Iterator[tuple[bool, list[str]]]:
    """Pieces that continue each other."""
    group: list[str] = []
    is_han = False
    for piece in found:
        if group and not piece.continues:
            yield is_han, group
            group = []
        is_han = piece.is_han
        group.append(piece.text)
    if group:
        yield is_han, group


def checked_texts(texts: Iterable[str]) -> Iterator[str]:
    """Yield the texts, refusing a single string or anything that is not text.

    Raises
    ------
    ValueError
        Naming what was given instead of texts.

    Examples
    --------
    >>> list(checked_texts("one text"))
    Traceback (most recent call last):
    ...
    ValueError: wanted several texts, but got one string: put it in a list
    """
    if isinstance(texts, str):
        raise ValueError("wanted several texts, but got one string: put it in a list")
    for text in texts:
        if not isinstance(text, str):
            raise ValueError(f"wanted texts, but one of them is {type(text).__name__}: {text!r:.60}")
        yield text
