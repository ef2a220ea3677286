"""From a text to the terms it is compared by: one code path for Chinese, English and both mixed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from typing import NamedTuple

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_RUN = re.compile(rf"([{_HAN}]+)|[^\W_{_HAN}]+(?:['’][^\W_{_HAN}]+)*")
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


PART = 5
"""Letters of a part of a word; shorter parts join strangers, longer ones find few relatives."""

PART_MARK = "#"
CONCEPT_MARK = "="
"""First characters of the terms that nobody wrote: parts of words, and phrases of the lexicon."""


class Piece(NamedTuple):
    """A run of Chinese characters or one word, and whether nothing stands between it and the piece before."""

    text: str
    is_han: bool
    touches: bool


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
    """Split a text into runs of Chinese characters and words in small letters, without addresses.

    Examples
    --------
    >>> [piece.text for piece in pieces("陪老人 to the clinics")]
    ['陪老人', 'to', 'the', 'clinics']
    """
    found: list[Piece] = []
    end = -1
    for match in _RUN.finditer(_NOISE.sub(" ", unicodedata.normalize("NFKC", text)).lower()):
        start, stop = match.span()
        found.append(Piece(match.group(), match.lastindex is not None, start == end))
        end = stop
    return found


def read(texts: Iterable[str]) -> list[list[Piece]]:
    """Split several texts, see `pieces`.

    Raises
    ------
    ValueError
        If one string is given instead of several texts, or anything that is no text.

    Examples
    --------
    >>> [len(found) for found in read(["陪老人 to the clinics", ""])]
    [4, 0]
    """
    return [pieces(text) for text in checked_texts(texts)]


def characters(found: Iterable[Piece]) -> Iterator[str]:
    """Chinese characters and pairs of neighbours, also where a word or number stands beside a character.

    Examples
    --------
    >>> list(characters(pieces("CPR急救")))
    ['急', '救', '急救', 'cpr急']
    """
    before: Piece | None = None
    for piece in found:
        if piece.is_han:
            yield from piece.text
            yield from (first + second for first, second in pairwise(piece.text))
        if before and piece.touches and piece.is_han != before.is_han:
            yield _edge(before, -1) + _edge(piece, 0)
        before = piece


def _edge(piece: Piece, at: int) -> str:
    return piece.text[at] if piece.is_han else piece.text[:LONGEST_WORD]


def words(found: Iterable[Piece]) -> Iterator[str]:
    """Stemmed words, without stop words.

    Examples
    --------
    >>> list(words(pieces("Cooking for the neighbours")))
    ['cook', 'neighbour']
    """
    return chain.from_iterable(_groups(found))


def pairs(found: Iterable[Piece]) -> Iterator[str]:
    """Pairs of neighbouring words, stop words left out.

    Examples
    --------
    >>> list(pairs(pieces("Cooking for the neighbours")))
    ['cook neighbour']
    """
    for group in _groups(found):
        yield from (f"{first} {second}" for first, second in pairwise(group))


def _groups(found: Iterable[Piece]) -> Iterator[list[str]]:
    """Words that no Chinese stands between."""
    group: list[str] = []
    for piece in found:
        if piece.is_han:
            yield group
            group = []
        elif piece.text not in STOP_WORDS:
            group.append(stem(piece.text[:LONGEST_WORD]))
    yield group


def parts(found: Iterable[Piece]) -> Iterator[str]:
    """Every five letters in a row of each word, its ends included: relatives share some of them.

    Examples
    --------
    >>> list(parts(pieces("gardens")))
    ['# gard', '#garde', '#arden', '#rdens', '#dens ']
    """
    for piece in found:
        if not piece.is_han and piece.text not in STOP_WORDS:
            word = f" {piece.text[:LONGEST_WORD]} "
            yield from (PART_MARK + word[at : at + PART] for at in range(max(1, len(word) - PART + 1)))


class Lexicon:
    """Joins the scripts: phrases that mean the same share one term, whatever language they are in.

    Parameters
    ----------
    entries : sequence of sequence of str
        Each entry lists phrases of one meaning, for example ``("陪诊", "hospital visits")``.

    Examples
    --------
    >>> list(Lexicon([("陪诊", "hospital visits")]).concepts(pieces("A hospital visit")))
    ['=0']
    """

    def __init__(self, entries: Sequence[Sequence[str]] = ()) -> None:
        self.entries = tuple(tuple(entry) for entry in entries)
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for number, entry in enumerate(self.entries):
            for phrase in {_units(pieces(phrase)) for phrase in entry}:
                if phrase:
                    self._phrases.setdefault(phrase[0], []).append((phrase, f"{CONCEPT_MARK}{number}"))

    def concepts(self, found: Iterable[Piece]) -> Iterator[str]:
        """One term for each phrase of the lexicon that stands in the pieces."""
        units = _units(found) if self._phrases else ()
        for at, unit in enumerate(units):
            for phrase, concept in self._phrases.get(unit, ()):
                if units[at : at + len(phrase)] == phrase:
                    yield concept


def _units(found: Iterable[Piece]) -> tuple[str, ...]:
    """What phrases are compared by: single characters, and stems of the words that carry a subject."""
    return tuple(
        unit
        for piece in found
        if piece.is_han or piece.text not in STOP_WORDS
        for unit in (piece.text if piece.is_han else (stem(piece.text[:LONGEST_WORD]),))
    )


def terms_by_block(found: Sequence[Piece], lexicon: Lexicon) -> dict[str, Iterator[str]]:
    """The five kinds of terms of a text, each by its own name.

    Examples
    --------
    >>> found = terms_by_block(pieces("陪诊"), Lexicon([("陪诊", "hospital visits")]))
    >>> [(block, list(terms)) for block, terms in found.items()]
    [('characters', ['陪', '诊', '陪诊']), ('concepts', ['=0']), ('pairs', []), ('parts', []), ('words', [])]
    """
    return {
        "characters": characters(found),
        "concepts": lexicon.concepts(found),
        "pairs": pairs(found),
        "parts": parts(found),
        "words": words(found),
    }


def terms(text: str) -> list[str]:
    """List the characters and words of a text and their pairs, with repetitions.

    Examples
    --------
    >>> terms("陪老人 cooking meals")
    ['陪', '老', '人', '陪老', '老人', 'cook', 'meal', 'cook meal']
    """
    found = pieces(text)
    return [*characters(found), *words(found), *pairs(found)]


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
