"""Spreadsheets that people save as CSV: read as they come, written so that no cell is taken for a formula."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from linli.core.errors import Invalid
from linli.core.forms import clean
from linli.core.i18n import Message

MOST_BYTES: Final = 10_000_000
# Python's own limit would make one long cell hide every row; the file as a whole is bounded already.
csv.field_size_limit(MOST_BYTES)
_BEGIN_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
# What Office and OpenDocument files begin with, and the marks of UTF-16.
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class SheetRow:
    """`number` is the one a spreadsheet shows beside the row: the header is 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    header: tuple[str, ...]
    rows: tuple[SheetRow, ...]

    def cut(self, most: int) -> "Sheet":
        """Only the first rows."""
        return Sheet(self.header, self.rows[:most])


def read_sheet(data: bytes) -> Sheet:
    """The header and every row that is not empty; Invalid says why a file cannot be read."""
    records = _records(decode(data))
    header = next(records, None)
    if header is None:
        raise _unreadable(Message("This file is empty."))
    names = tuple(clean(name) for name in header.cells)
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice:
        raise _unreadable(Message("Two columns are called “{name}”. Please rename one.", name=twice))
    return Sheet(names, tuple(row for row in records if any(cell.strip() for cell in row.cells)))


def decode(data: bytes) -> str:
    """UTF-8 with or without its mark, otherwise GB18030, in which Chinese spreadsheets are saved."""
    if len(data) > MOST_BYTES:
        raise _unreadable(Message("This file is too large: at most {n} MB.", n=MOST_BYTES // 1_000_000))
    if data.startswith(_WORKBOOKS):
        raise _unreadable(Message("This is not a CSV file. Please save the sheet as “CSV UTF-8” first."))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unreadable(
        Message("This is neither UTF-8 nor GB18030. Please save the sheet as “CSV UTF-8” first.")
    )


def write_sheet(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """With the mark of UTF-8, without which a spreadsheet shows Chinese as noise."""
    text = io.StringIO()
    csv.writer(text).writerows([[neutralised(cell) for cell in row] for row in (header, *rows)])
    return text.getvalue().encode("utf-8-sig", "replace")


def neutralised(cell: str) -> str:
    """
    >>> neutralised("=1+1"), neutralised("1+1")
    ("'=1+1", '1+1')
    """
    return f"'{cell}" if cell.startswith(_BEGIN_FORMULAS) else cell


def restored(cell: str) -> str:
    """What `neutralised` was given, so that a file we wrote can be mended and read again."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_BEGIN_FORMULAS) else cell


def _records(text: str) -> Iterator[SheetRow]:
    # Strict: otherwise a quotation mark that is never closed swallows all rows after it without a word.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    while True:
        number += 1
        try:
            yield SheetRow(number, tuple(restored(cell) for cell in next(reader)))
        except StopIteration:
            return
        except csv.Error:
            raise _unreadable(
                Message(
                    "Row {row} cannot be read: a quotation mark is not closed, or stands in the wrong place.",
                    row=number,
                )
            ) from None


def _unreadable(sentence: Message) -> Invalid:
    return Invalid({"file": sentence})
