from pathlib import Path

import pytest
from sqlalchemy import select

from linli.core.spreadsheets import read_sheet
from linli.needs.models import Need
from linli.organizations.models import Organization
from tests.terminal import Linli, rows

PASSWORD = "vier rote Laternen am Fluss"
NEEDS = (
    "number,title,description,places\n"
    "{first},Sweep leaves,In the park,3\n"
    "{second},Carry books,To the library,{places}\n"
)


def write_needs(folder: Path, places: str = "4", encoding: str = "utf-8", first: int = 1) -> str:
    file = folder / f"needs-{places}.csv"
    file.write_bytes(NEEDS.format(first=first, second=first + 1, places=places).encode(encoding))
    return str(file)


def test_one_bad_row_keeps_the_whole_file_out(linli: Linli, url: str, tmp_path: Path) -> None:
    before = rows(url, select(Need.id))
    result = linli("import", "needs", write_needs(tmp_path, "none"), "--mapping", "linli_needs")
    assert result.exit_code == 1
    assert "Row 3, places: Please give a whole number from 1 to 500." in result.stdout
    assert result.stderr == (
        "Error: Nothing was imported: 1 of 2 rows cannot be used. "
        "Please mend them, or leave them out with --skip-bad.\n"
    )
    assert rows(url, select(Need.id)) == before


def test_a_preview_imports_nothing(linli: Linli, url: str, tmp_path: Path) -> None:
    before = rows(url, select(Need.id))
    file = write_needs(tmp_path, first=300)
    result = linli("import", "needs", file, "--mapping", "linli_needs", "--preview")
    assert "Linli's needs sheet: 2 rows, 2 can be used, 0 cannot, 0 are there already." in result.output
    assert "Sweep leaves" in result.output
    assert rows(url, select(Need.id)) == before


def test_the_good_rows_are_taken_and_the_bad_ones_written_down_to_be_mended(
    linli: Linli, url: str, tmp_path: Path
) -> None:
    refused = tmp_path / "refused.csv"
    file = write_needs(tmp_path, "-5")
    options = ["--mapping", "linli_needs", "--skip-bad", "--refused", str(refused)]
    result = linli("--language", "zh", "import", "needs", file, *options)
    assert (result.exit_code, "Imported 1 needs, 0 were there already" in result.output) == (0, True), (
        result.output
    )
    (row,) = read_sheet(refused.read_bytes()).rows
    assert row.cells == (
        "3",
        "places: 请填 1 到 500 之间的整数。",
        "2",
        "Carry books",
        "To the library",
        "-5",
    )
    assert b"'-5" in refused.read_bytes()
    refused.write_bytes(refused.read_bytes().replace(b"'-5", b"5"))
    mended = linli("import", "needs", str(refused), "--mapping", "linli_needs")
    assert "Imported 1 needs, 0 were there already" in mended.output
    assert {need.title for need in rows(url, select(Need))} == {"Sweep leaves", "Carry books"}
    again = linli("import", "needs", write_needs(tmp_path, "9"), "--mapping", "linli_needs")
    assert "Imported 0 needs, 2 were there already" in again.output


def test_a_refused_file_that_cannot_be_written_stops_the_import(linli: Linli, tmp_path: Path) -> None:
    options = [
        "--mapping",
        "linli_needs",
        "--skip-bad",
        "--refused",
        str(tmp_path / "no" / "such" / "folder.csv"),
    ]
    result = linli("import", "needs", write_needs(tmp_path, "0"), *options)
    assert result.exit_code == 1
    assert result.stderr.endswith("No such file or directory. Nothing was imported.\n")


@pytest.mark.parametrize(
    ("content", "mapping", "said"),
    [
        ("number,title\n1,x\n", "linli_needs", "Error: The file has no column description.\n"),
        ("", "linli_needs", "Error: This file is empty.\n"),
        (
            "a\n1\n",
            "nowhere",
            "Error: No mapping is called “nowhere”. There are: linli_needs, nyc_opportunities, ",
        ),
    ],
)
def test_a_file_that_does_not_fit_gives_one_sentence(
    linli: Linli, tmp_path: Path, content: str, mapping: str, said: str
) -> None:
    file = tmp_path / "file.csv"
    file.write_text(content, "utf-8")
    result = linli("import", "needs", str(file), "--mapping", mapping)
    assert result.exit_code == 1
    assert result.stderr.startswith(said)


def test_a_file_that_is_not_there_is_a_mistake_of_typing(linli: Linli) -> None:
    assert linli("import", "needs", "nowhere.csv", "--mapping", "linli_needs").exit_code == 2


def test_what_others_wrote_is_no_markup_for_the_terminal(linli: Linli, tmp_path: Path) -> None:
    file = tmp_path / "markup.csv"
    file.write_text("number,title,description\nm1,[red]bold[/red] \x1b[31m,x\n", "utf-8")
    result = linli("import", "needs", str(file), "--mapping", "linli_needs", "--preview")
    assert "[red]bold[/red] [31m" in result.output
    assert "\x1b[31m" not in result.output


def test_they_become_the_drafts_of_the_organization_that_is_named(
    linli: Linli, url: str, tmp_path: Path
) -> None:
    file = write_needs(tmp_path, first=11)
    owned = select(Organization.name).join(Need, Need.organization_id == Organization.id)
    options = ["--mapping", "linli_needs", "--organization", "无名社区"]
    refused = linli("import", "needs", file, *options)
    assert refused.exit_code == 1
    assert "No organization has the name 无名社区. Nothing was imported." in refused.stderr
    assert rows(url, owned) == []
    person = ["--name", "王敏", "--birth-date", "1985-06-01", "--email", "officer@example.org"]
    seat = ["--organization", "文峰社区居民委员会", "--division", "522725001002", "--role", "officer"]
    kind = ["--kind", "residents_committee"]
    made = linli("account", "create", *person, *seat, *kind, typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert made.exit_code == 0, made.output
    done = linli("import", "needs", file, *options[:-1], "文峰社区居民委员会")
    assert done.exit_code == 0, done.output
    assert rows(url, owned) == ["文峰社区居民委员会"] * 2
