"""Pinyin: how a name is read, and how typed letters may be cut into syllables. For ü stands v."""

import unicodedata
from bisect import bisect_left
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from linli.divisions.rules import Division, read_code
from linli.divisions.tables import Table, alphabet, table

LONGEST_SYLLABLE = 6  # zhuang
MOST_SPLITS = 6  # "xianxian" has four
OTHER_SPELLINGS = {"lyu": "lv", "nyu": "nv", "lue": "lve", "nue": "nve"}


def syllables_of(division: Division) -> list[str]:
    """One syllable per character of the name; empty where a character has none."""
    of, code = table(division.level), read_code(division.level, division.code)
    spoken = alphabet().read(division.name)
    row = of.row_of(code) if code else None
    if row is not None and of.division(row).name == division.name:
        _correct(spoken, of, row)
    words = [alphabet().syllables[number] for number in spoken]
    starts = np.cumsum([0, *(1 + (ord(character) > 0xFFFF) for character in division.name)])
    return [words[start] for start in starts[:-1]]


def _correct(spoken: NDArray[np.uint16], of: Table, row: int) -> None:
    """Put in the readings that are unusual in this row's name."""
    first, end = of.starts[row], of.starts[row + 1]
    unusual = slice(*np.searchsorted(of.unusual_at, (first, end)))
    spoken[of.unusual_at[unusual] - first] = of.unusual_reading[unusual]


def plain_letters(text: str) -> str:
    """Lower case without tone marks: "Lǘliáng" becomes "lvliang"."""
    decomposed = unicodedata.normalize("NFD", text.casefold()).replace("u\N{COMBINING DIAERESIS}", "v")
    return "".join(mark for mark in decomposed if unicodedata.category(mark) != "Mn")


def splits(letters: str, *, is_open: bool) -> list[list[str]]:
    """The ways to cut letters into syllables, long syllables first; an open end may be an unfinished one."""
    cuts: dict[int, list[list[str]]] = {len(letters): [[]]}
    for start in reversed(range(len(letters))):
        ends = range(min(start + LONGEST_SYLLABLE, len(letters)), start, -1)
        pieces = [(letters[start:end], is_open and end == len(letters)) for end in ends]
        read = [piece for piece, may_be_unfinished in pieces if _syllables(piece, may_be_unfinished)]
        cuts[start] = [[piece, *rest] for piece in read for rest in cuts[start + len(piece)]][:MOST_SPLITS]
    return cuts[0] if letters else []


@lru_cache(maxsize=4096)
def characters_read(piece: str, is_open: bool) -> tuple[range, ...]:
    """The numbers of the characters read like this, or usually beginning like this."""
    syllables = _syllables(piece, is_open)
    first, end = np.searchsorted(alphabet().usual, (syllables.start, syllables.stop)).tolist()
    others = [number for number, syllable in alphabet().others.tolist() if syllable in syllables]
    rare = {number for number in others if not (is_open or first <= number < end)}
    return (range(first, end), *(range(number, number + 1) for number in sorted(rare)))


def _syllables(piece: str, is_open: bool) -> range:
    """The numbers of the syllable, or of all syllables that begin like it; they are ordered."""
    known, spelled = alphabet().syllables, OTHER_SPELLINGS.get(piece, piece)
    first = bisect_left(known, spelled)
    if is_open:
        return range(first, bisect_left(known, spelled + "~"))
    return range(first, first + (known[first : first + 1] == (spelled,)))
