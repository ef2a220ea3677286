"""The packed file of divisions, one table per level, unpacked when first asked for and then kept.

`divisions.npz` is written by `build.py`. All names of a level stand in one array of character numbers, so
that a search is a few comparisons of whole arrays and 665,276 names take 20 MB. Characters are numbered in
the order of their pinyin: those that are read alike are neighbours.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from linli.divisions.rules import Division, Level, Point

PACKED_FILE = Path(__file__).with_name("divisions.npz")
END_OF_NAME = 0  # the number of the line feed, which is first of the characters without a reading
NOT_IN_NAMES = 0xFFFF
MICRODEGREES = 1_000_000
NO_POINT = 2**31 - 1  # stands in the packed file where no coordinates are known


@dataclass(frozen=True, slots=True, eq=False)
class Alphabet:
    """The characters of all names and how they are read.

    Character i is the UTF-16 unit `units[i]`, read as `syllables[usual[i]]`; syllable 0 is empty. A row of
    `others` is a character and a rarer reading of it.
    """

    units: NDArray[np.uint16]
    usual: NDArray[np.uint16]
    others: NDArray[np.uint16]
    syllables: tuple[str, ...]
    numbers: NDArray[np.uint16]

    def encode(self, text: str) -> NDArray[np.uint16]:
        """Character numbers, NOT_IN_NAMES for those that occur in no name."""
        units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")
        numbers: NDArray[np.uint16] = self.numbers[units]
        return numbers

    def read(self, text: str) -> NDArray[np.uint16]:
        """Syllable numbers, one per UTF-16 unit, by the usual readings."""
        numbers = self.encode(text)
        is_known = numbers != NOT_IN_NAMES
        spoken = np.zeros(len(numbers), dtype=np.uint16)
        spoken[is_known] = self.usual[numbers[is_known]]
        return spoken

    def decode(self, numbers: NDArray[np.uint16]) -> str:
        return self.units[numbers].astype("<u2").tobytes().decode("utf-16-le")


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """All divisions of one level, ordered by code.

    `starts` has one entry more than there are rows; the name of row i is text[starts[i]:starts[i + 1] - 1].
    Where a character is not read as usual, its position stands in `unusual_at`, the reading in
    `unusual_reading`.
    """

    level: Level
    codes: NDArray[np.int64]
    text: NDArray[np.uint16]
    starts: NDArray[np.int32]
    unusual_at: NDArray[np.int32]
    unusual_reading: NDArray[np.uint16]
    points: NDArray[np.int32]

    def row_of(self, code: str) -> int | None:
        """The row of a code of this level's length."""
        row = int(np.searchsorted(self.codes, int(code)))
        return row if row < len(self.codes) and self.codes[row] == int(code) else None

    def row_after(self, code: str) -> int:
        """The first row with a greater code."""
        return int(np.searchsorted(self.codes, int(code), side="right"))

    def rows_inside(self, code: str) -> range:
        """The rows of all divisions whose codes begin with this one."""
        if len(code) > self.level.digits:
            return range(0)
        step = 10 ** (self.level.digits - len(code))
        first, end = np.searchsorted(self.codes, (int(code) * step, (int(code) + 1) * step))
        return range(int(first), int(end))

    def division(self, row: int) -> Division:
        name = alphabet().decode(self.text[self.starts[row] : self.starts[row + 1] - 1])
        return Division(self.level, str(self.codes[row]), name)

    def point(self, row: int) -> Point | None:
        if not len(self.points) or self.points[row, 0] == NO_POINT:
            return None
        longitude, latitude = self.points[row].tolist()
        return Point(longitude / MICRODEGREES, latitude / MICRODEGREES)


@cache
def table(level: Level) -> Table:
    """The table of one level."""
    with np.load(PACKED_FILE, allow_pickle=False) as packed:
        text = packed[f"{level}_names"]
        return Table(
            level=level,
            codes=np.cumsum(packed[f"{level}_code_steps"], dtype=np.int64),
            text=text,
            starts=np.append(0, np.flatnonzero(text == END_OF_NAME) + 1).astype(np.int32),
            unusual_at=np.cumsum(packed[f"{level}_unusual_steps"], dtype=np.int32),
            unusual_reading=packed[f"{level}_unusual_reading"],
            points=packed[f"{level}_points"],
        )


@cache
def alphabet() -> Alphabet:
    """The characters of all levels."""
    with np.load(PACKED_FILE, allow_pickle=False) as packed:
        units = packed["units"]
        numbers = np.full(0x10000, NOT_IN_NAMES, dtype=np.uint16)
        numbers[units] = np.arange(len(units), dtype=np.uint16)
        syllables = packed["syllables"].tobytes().decode("ascii").split("\n")
        return Alphabet(units, packed["usual"], packed["others"], tuple(syllables), numbers)


def load() -> None:
    """Unpack everything now, so that the first visitor does not wait for it."""
    alphabet()
    for level in Level:
        table(level)
