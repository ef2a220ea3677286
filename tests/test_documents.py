"""The documents point at what is there.

docs/coverage.md is a table | system | where | test |: what is built names its files and a test as
`tests/.../test_x.py::test_y`; what is not says "not yet" or "outside, because ...".
"""

import ast
import re
from pathlib import Path
from typing import Final

from tests.house import ROOT, expect_none, parsed, project_files, said

LINK: Final = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
QUOTED: Final = re.compile(r"`([^`\n]+)`")
# A path from the top of the checkout, with nothing left to fill in; it may name a test in the file.
REFERENCE: Final = re.compile(
    r"(?:platform|matching|templates|seed|tests|docs|tools|\.ci)/[\w./-]*(?:::\w+(?:\[.*\])?)?"
    r"|(?:Makefile|[\w-]+\.(?:md|toml|json|txt))"
)
# The systems of the mission: what the state does for people's wellbeing, and who helps.
SYSTEMS: Final = (
    "elderly care",
    "children",
    "disabled",
    "low income",
    "dynamic monitoring",
    "emergency assistance",
    "disaster relief",
    "community services",
    "health and epidemics",
    "village and residents' committees",
    "marriage and funeral",
    "policy advice",
    "social organizations",
    "volunteers",
)


def documents() -> list[Path]:
    return [each for each in project_files() if each.suffix == ".md"]


def is_dead(reference: str) -> bool:
    name, _, test = reference.partition("::")
    path = ROOT / name
    if not path.exists():
        return True
    return bool(test) and test.partition("[")[0] not in {
        node.name
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def rows_of(text: str) -> list[list[str]]:
    """The table's rows below its heading."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    return [cells for cells in rows[1:] if not set("".join(cells)) <= set("-: ")]


def test_every_link_leads_somewhere() -> None:
    expect_none(
        f"{said(path)}: {target}"
        for path in documents()
        for target in LINK.findall(path.read_text("utf-8"))
        if not re.match(r"[a-z]+:", target) and not (path.parent / target).exists()
    )


def test_every_file_and_test_that_a_document_names_exists() -> None:
    expect_none(
        f"{said(path)}: {reference}"
        for path in documents()
        for reference in QUOTED.findall(path.read_text("utf-8"))
        if REFERENCE.fullmatch(reference) and is_dead(reference)
    )


def test_every_system_of_the_mission_is_covered_or_says_why_not() -> None:
    text = (ROOT / "docs/coverage.md").read_text("utf-8")
    rows = rows_of(text)
    named = " ".join(cells[0].lower() for cells in rows)
    expect_none(f"no row for {system}" for system in SYSTEMS if system not in named)
    expect_none(f"says nothing: {cells[0]}" for cells in rows if not is_answered(cells))


def is_answered(cells: list[str]) -> bool:
    """Built, with a test that proves it, or honestly not."""
    words = " ".join(cells[1:])
    if re.search(r"\bnot yet\b|\boutside, because\b", words, re.IGNORECASE):
        return True
    return any(reference.startswith("tests/") and "::" in reference for reference in QUOTED.findall(words))
