"""Finding divisions by a part of their name, in characters, in pinyin or in both.

What is typed becomes patterns: per character of a name the ranges of character numbers that may stand there.
numpy compares the whole text of a level with them at once.
"""

import re
from collections.abc import Iterator
from itertools import chain, islice, product

import numpy as np
from numpy.typing import NDArray

from linli.divisions.english import ENGLISH_NAMES, GENERIC_WORDS
from linli.divisions.pinyin import characters_read, plain_letters, splits
from linli.divisions.queries import ancestors, inside, rows_inside
from linli.divisions.rules import Division, Level, is_placeholder
from linli.divisions.tables import END_OF_NAME, NOT_IN_NAMES, Table, alphabet, table

MOST_RESULTS = 200
LONGEST_TEXT = 200
LONGEST_NAME = 60  # characters or letters; the longest name has 33 characters
MOST_WORDS = 6
MOST_PATTERNS = 8
MOST_PLACES = 10
MOST_PLACEHOLDERS = 10  # there are nine at prefecture level
WHOLE, BEGINNING, INSIDE = range(3)  # what part of a name was matched

Slot = tuple[range, ...]
Pattern = tuple[Slot, ...]
Rank = tuple[int, bool, int, int, int]  # kind, may be unfinished, depth, characters left over, row

_RUNS = re.compile("[a-z]+|[^a-z]+")
_AFTER_A_PLACE = re.compile("(?<=[省市区县旗州盟镇乡])|(?<=街道)")


def search(
    text: str, *, level: Level | None = None, within: Division | None = None, limit: int = 20
) -> list[Division]:
    """Divisions with `text` in their name: whole names first, then names that begin with it, wide ones first.

    Several words narrow the place down, in the order of an address in either language: "红花岗 北门",
    "Beimen, Honghuagang".
    """
    words, levels, most = _words(text), (level,) if level else tuple(Level), min(limit, MOST_RESULTS)
    if not words or most <= 0:
        return []
    found = _named("".join(words), levels, within, most) or _narrowed(words, levels, within, most)
    is_turned = len(words) > 1 and text.isascii()
    return found or (_narrowed(words[::-1], levels, within, most) if is_turned else [])


def suggest(
    text: str, level: Level = Level.COMMUNITY, near: Division | None = None, limit: int = 20
) -> list[Division]:
    """Divisions of one level for what was typed so far, those inside `near` first, then ever further out."""
    if not text.strip():
        return inside(near, level, limit=limit) if near else []
    places = (near, *reversed(ancestors(near)), None) if near else (None,)
    found: dict[Division, None] = {}
    for place in places:
        if len(found) < limit:
            found |= dict.fromkeys(search(text, level=level, within=place, limit=limit))
    return list(found)[: max(limit, 0)]


def _words(text: str) -> list[str]:
    """The words of an address, widest place first, without words like "County" and without apostrophes."""
    letters = re.sub("['’‘`´-]", "", plain_letters(text[:LONGEST_TEXT]))
    parts = [part.split() for part in reversed(letters.split(","))]
    words = [word for part in parts for word in part]
    return [word for word in words if word not in GENERIC_WORDS][:MOST_WORDS] or words[:1]


def _narrowed(
    words: list[str], levels: tuple[Level, ...], within: Division | None, limit: int
) -> list[Division]:
    """What the last word names inside what the words before it name."""
    if len(words) == 1:
        words = [word for word in _AFTER_A_PLACE.split(words[0]) if word][:MOST_WORDS]
    if len(words) < 2:
        return []
    wider = tuple(level for level in Level if level.depth < levels[-1].depth)
    places = _named("".join(words[:-1]), wider, within, MOST_PLACES) or _narrowed(
        words[:-1], wider, within, MOST_PLACES
    )
    found = (hit for place in places for hit in _named(words[-1], levels, place, limit))
    return list(islice(dict.fromkeys(found), limit))


def _named(name: str, levels: tuple[Level, ...], within: Division | None, limit: int) -> list[Division]:
    """The best matches of one name. Letters that may be an unfinished syllable come after finished ones."""
    places = [_Place(table(level), rows_inside(table(level), within)) for level in levels]
    patterns = [*_english_patterns(name), *_patterns(name, is_open=False)]
    ranks = _ranks(patterns, places, limit, is_open=False)
    if sum(kind < INSIDE for kind, *_ in ranks) < limit and "a" <= name[-1] <= "z":
        further = [pattern for pattern in _patterns(name, is_open=True) if pattern not in patterns]
        ranks += _ranks(further, places, limit, is_open=True)
    tables = tuple(table(level) for level in Level)
    found = dict.fromkeys(tables[depth].division(row) for _, _, depth, _, row in sorted(ranks))
    return list(islice((division for division in found if not is_placeholder(division)), limit))


def _english_patterns(name: str) -> Iterator[Pattern]:
    """The Chinese names of places whose English name is no pinyin: "Harbin", "Inner Mongolia"."""
    if len(name) >= 3 and name.isascii():
        for chinese, english in ENGLISH_NAMES.items():
            if plain_letters(english).replace(" ", "").startswith(name):
                yield tuple(_slots(chinese))


def _patterns(name: str, *, is_open: bool) -> list[Pattern]:
    runs = _RUNS.findall(name[:LONGEST_NAME])
    ways = [_ways(run, is_open=is_open and index == len(runs)) for index, run in enumerate(runs, start=1)]
    patterns = [tuple(chain.from_iterable(way)) for way in islice(product(*ways), MOST_PATTERNS)]
    return [pattern for pattern in patterns if all(pattern)]


def _ways(run: str, *, is_open: bool) -> list[Pattern]:
    """How a run of letters or of other characters may stand in a name."""
    if not "a" <= run[0] <= "z":
        return [tuple(_slots(run))]
    read = [
        tuple(
            characters_read(piece, is_open and index == len(cut)) for index, piece in enumerate(cut, start=1)
        )
        for cut in splits(run, is_open=is_open)
    ]
    literal = zip(_slots(run), _slots(run.upper()), strict=True)
    return [*read, tuple((*small, *capital) for small, capital in literal)]


def _slots(text: str) -> list[Slot]:
    """Slots for just these characters, empty for those that occur in no name."""
    numbers = alphabet().encode(text).tolist()
    return [() if number == NOT_IN_NAMES else (range(number, number + 1),) for number in numbers]


def _ranks(patterns: list[Pattern], places: list["_Place"], limit: int, *, is_open: bool) -> list[Rank]:
    return [
        (kind, is_open, place.of.level.depth, rest, row)
        for pattern in patterns
        for place in places
        for kind, rest, row in place.best(pattern, limit + MOST_PLACEHOLDERS)
    ]


class _Place:
    """Some rows of one level that one question is asked about several times."""

    def __init__(self, of: Table, rows: range) -> None:
        self.of = of
        self.rows = rows
        self.starts = of.starts[rows.start : rows.stop + 1]
        self.text = of.text[self.starts[0] : self.starts[-1]]
        self._known_positions: dict[Slot, NDArray[np.intp]] = {}

    def best(self, pattern: Pattern, limit: int) -> list[tuple[int, int, int]]:
        """The best rows in which a pattern fits: kind of match, characters left over, row."""
        at = self._fitting(pattern)
        begins = self.text[at - 1] == END_OF_NAME
        if np.count_nonzero(begins) >= limit:
            at, begins = at[begins], begins[begins]
        matched = np.searchsorted(self.starts, at + self.starts[0], side="right") - 1
        rest = self.starts[matched + 1] - self.starts[matched] - 1 - len(pattern)
        kinds = np.where(begins, np.where(rest == 0, WHOLE, BEGINNING), INSIDE)
        keys = (kinds << 48) | (rest.astype(np.int64) << 32) | matched
        best = np.argpartition(keys, limit)[:limit] if len(keys) > limit else np.arange(len(keys))
        return [(int(kinds[i]), int(rest[i]), self.rows.start + int(matched[i])) for i in best]

    def _fitting(self, pattern: Pattern) -> NDArray[np.intp]:
        """Where in the text a pattern fits."""
        at = self._positions(pattern[0])
        at = at[: np.searchsorted(at, len(self.text) - len(pattern), side="right")]
        for offset, slot in enumerate(pattern[1:], start=1):
            at = at[_fits(self.text[at + offset], slot)]
        return at

    def _positions(self, slot: Slot) -> NDArray[np.intp]:
        """Where in the text a slot fits; several ways to cut letters begin with the same syllable."""
        if slot not in self._known_positions:
            self._known_positions[slot] = np.flatnonzero(_fits(self.text, slot))
        return self._known_positions[slot]


def _fits(numbers: NDArray[np.uint16], slot: Slot) -> NDArray[np.bool_]:
    """Whether each number lies in one of the slot's ranges."""
    fits = _lies_in(numbers, slot[0])
    for span in slot[1:]:
        fits |= _lies_in(numbers, span)
    return fits


def _lies_in(numbers: NDArray[np.uint16], span: range) -> NDArray[np.bool_]:
    # A number below the range wraps round to one far above it: one comparison instead of two.
    steps = numbers - np.uint16(span.start) if len(span) > 1 else numbers
    fits: NDArray[np.bool_] = steps < np.uint16(len(span)) if len(span) > 1 else steps == span.start
    return fits
