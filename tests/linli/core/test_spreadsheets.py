import csv
import io

import pytest

from linli.core.errors import Invalid
from linli.core.spreadsheets import MOST_BYTES, read_sheet, write_sheet

TEXT = "编号,标题\r\n7,给独居老人送饭\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_sheet_reads_the_same_in_every_usual_encoding(encoding: str) -> None:
    sheet = read_sheet(TEXT.encode(encoding))
    assert sheet.header == ("编号", "标题")
    assert [(row.number, row.cells) for row in sheet.rows] == [(2, ("7", "给独居老人送饭"))]


def test_rows_keep_the_number_that_a_spreadsheet_shows() -> None:
    sheet = read_sheet(b'a,b\n1,"two\nlines"\n,\n\n3,4\n')
    assert [(row.number, row.cells[0]) for row in sheet.rows] == [(2, "1"), (5, "3")]


def test_a_cell_of_many_characters_does_not_hide_the_other_rows() -> None:
    sheet = read_sheet(("a,b\n1," + "x" * 200_000 + "\n2,y\n").encode())
    assert [row.cells[0] for row in sheet.rows] == ["1", "2"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "This file is empty."),
        (b"PK\x03\x04 a workbook", "This is not a CSV file. Please save the sheet as “CSV UTF-8” first."),
        ("a,b".encode("utf-16"), "This is not a CSV file. Please save the sheet as “CSV UTF-8” first."),
        (b"a,b\n\xff\xff", "This is neither UTF-8 nor GB18030. Please save the sheet as “CSV UTF-8” first."),
        (b"title,title\n1,2", "Two columns are called “title”. Please rename one."),
        (
            b'a,b\n1,2\n3,"never closed\n4,5\n',
            "Row 3 cannot be read: a quotation mark is not closed, or stands in the wrong place.",
        ),
        (b"x" * (MOST_BYTES + 1), "This file is too large: at most 10 MB."),
    ],
)
def test_a_file_that_cannot_be_read_says_why_in_one_sentence(data: bytes, said: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_sheet(data)
    assert refusal.value.sentence.in_language("en") == said
    assert refusal.value.sentence.in_language("zh") != said


def test_no_written_cell_is_taken_for_a_formula() -> None:
    written = write_sheet(["id"], [["=1+1"], ["+2"], ["-3"], ["@sum"], ["\tx"], ["plain"]])
    assert written.startswith(b"\xef\xbb\xbf")
    cells = [row[0] for row in csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""))]
    assert cells == ["id", "'=1+1", "'+2", "'-3", "'@sum", "'\tx", "plain"]
    assert [row.cells[0] for row in read_sheet(written).rows] == ["=1+1", "+2", "-3", "@sum", "\tx", "plain"]
