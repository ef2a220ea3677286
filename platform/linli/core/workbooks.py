"""Spreadsheets as Excel saves them: read in bounds, believing nothing, and written with drop-down lists.

Nothing in a workbook is ever calculated: a formula comes as its own text, which begins with "=".
"""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet.datavalidation import DataValidation

from linli.core.errors import Invalid
from linli.core.forms import clean
from linli.core.i18n import Message
from linli.core.spreadsheets import MOST_BYTES, Sheet, SheetRow, neutralised, read_sheet, restored

MARK: Final = b"PK\x03\x04"
# A roster of 5,000 people is 2 MB unpacked; what says it is more than this is not one.
MOST_UNPACKED_BYTES: Final = 60_000_000
MOST_PARTS: Final = 200
MOST_COLUMNS: Final = 40
LAST_ROW: Final = 20_000
LONGEST_CELL: Final = 2000
UNREADABLE: Final = Message("This workbook cannot be read. Please save it again as .xlsx or as “CSV UTF-8”.")
_MERGED: Final = re.compile(rb'<mergeCell [^>]*ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')


def read_table(data: bytes) -> tuple[Sheet, frozenset[int]]:
    """A sheet saved as CSV or as a workbook, and the numbers of its rows in which cells are merged."""
    if not data.startswith(MARK):
        return read_sheet(data), frozenset()
    _check_bounds(data)
    try:
        return _read(data)
    except Invalid:
        raise
    except Exception as error:  # a file that a stranger made can break its reader anywhere
        raise _unreadable(UNREADABLE) from error


def write_workbook(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    title: str,
    choices: Mapping[int, Sequence[str]],
    last_row: int,
) -> bytes:
    """All cells as text; `choices` gives columns (the first is 0) their drop-down list."""
    book = Workbook(write_only=True)
    sheet, lists = book.create_sheet(title), book.create_sheet("lists")
    lists.sheet_state = "hidden"
    for row in (header, *rows):
        sheet.append([_text_cell(sheet, neutralised(cell)) for cell in row])
    for names_of_row in zip(*_padded(list(choices.values())), strict=True):
        lists.append([_text_cell(lists, neutralised(name)) for name in names_of_row])
    for place, (column, names) in enumerate(choices.items()):
        if names:
            source = f"lists!${_letter(place)}$1:${_letter(place)}${len(names)}"
            check = DataValidation(type="list", formula1=source, allow_blank=True)
            check.add(f"{_letter(column)}2:{_letter(column)}{last_row}")
            sheet.data_validations.append(check)
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _check_bounds(data: bytes) -> None:
    """By what the archive says of itself, before anything is unpacked; Python unpacks no more than that."""
    if len(data) > MOST_BYTES:
        raise _unreadable(Message("This file is too large: at most {n} MB.", n=MOST_BYTES // 1_000_000))
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _unreadable(UNREADABLE) from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
        raise _unreadable(Message("This workbook holds far more than a roster. Please save only the sheet."))


def _read(data: bytes) -> tuple[Sheet, frozenset[int]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        texts = {name: archive.read(name) for name in archive.namelist() if name.endswith(".xml")}
    if any(b"<!DOCTYPE" in text[:4000] or b"<!ENTITY" in text for text in texts.values()):
        raise _unreadable(UNREADABLE)
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=LAST_ROW, max_col=MOST_COLUMNS, values_only=True)
    header = tuple(clean(_said(cell)) for cell in next(rows, ()))
    while header and not header[-1]:
        header = header[:-1]
    if not header:
        raise _unreadable(Message("This file is empty."))
    found = tuple(
        SheetRow(number, cells)
        for number, row in enumerate(rows, start=2)
        if any(cells := tuple(_said(cell) for cell in row[: len(header)]))
    )
    first = next((text for name, text in sorted(texts.items()) if "worksheets/sheet1" in name), b"")
    return Sheet(header, found), _merged_rows(first)


def _merged_rows(xml: bytes) -> frozenset[int]:
    rows: set[int] = set()
    for _, first, _, last in _MERGED.findall(xml):
        rows.update(range(int(first), min(int(last), LAST_ROW) + 1))
    return frozenset(rows)


def _said(cell: Any) -> str:
    """A cell as somebody would have typed it."""
    match cell:
        case None:
            return ""
        case bool():
            return str(cell)
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
    return restored(str(cell)[:LONGEST_CELL])


def _text_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text.translate(_NO_XML))
    cell.data_type, cell.number_format = "s", "@"
    return cell


_NO_XML: Final = {code: None for code in range(32) if code not in (9, 10, 13)}


def _padded(columns: Sequence[Sequence[str]]) -> list[list[str]]:
    longest = max((len(each) for each in columns), default=0)
    return [[*each, *[""] * (longest - len(each))] for each in columns]


def _letter(column: int) -> str:
    assert column < 26
    return chr(ord("A") + column)


def _unreadable(sentence: Message) -> Invalid:
    return Invalid({"file": sentence})
