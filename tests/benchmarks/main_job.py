"""Import and match the two real files, and write what came of it into docs/main-job.md.

Run with ``python -m tests.benchmarks.main_job FOLDER``, where FOLDER holds nyc_opportunities.csv and
zh_citizen_messages.csv. Only ids, categories, counts and our own reasons are written, nobody's sentences.
"""

import csv
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

from click.testing import CliRunner, Result

from linli.cli import main
from linli.core.spreadsheets import read_sheet
from linli.needs.imports.mappings import mapping_named

DOCUMENT = Path(__file__).parents[2] / "docs/main-job.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
SHOWN, PEOPLE = 10, 3


@dataclass(frozen=True)
class Job:
    heading: str
    file: str
    mapping: str
    language: str
    people: tuple[str, ...]
    options: tuple[str, ...]
    category: str | None


JOBS = (
    Job(
        "Requests for volunteers in New York",
        "nyc_opportunities.csv",
        "nyc_opportunities",
        "en",
        ("demo", "--place", "new-york"),
        ("--shift-dates", "--skip-bad"),
        "category_desc",
    ),
    Job(
        "Citizens' messages in Chinese",
        "zh_citizen_messages.csv",
        "zh_citizen_messages",
        "zh",
        ("demo", "--size", "town"),
        (),
        None,
    ),
)


@dataclass
class Linli:
    """The command, on a database of its own; keeps how long each step took."""

    folder: Path
    language: str

    def __post_init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def __call__(self, step: str, *arguments: str) -> Result:
        url = f"sqlite:///{self.folder / 'linli.sqlite'}"
        began = perf_counter()
        result = CliRunner().invoke(
            main, ["--language", self.language, *arguments], env={"LINLI_DATABASE_URL": url}
        )
        self.seconds[step] = perf_counter() - began
        if result.exit_code:
            raise SystemExit(result.output)
        return result


def measured(job: Job, data: Path) -> Iterator[str]:
    file = data / job.file
    with tempfile.TemporaryDirectory() as folder:
        linli = Linli(Path(folder), job.language)
        refused = Path(folder) / "refused.csv"
        linli("people", *job.people)
        options = (*job.options, "--refused", str(refused)) if "--skip-bad" in job.options else job.options
        linli("import", "import", "needs", str(file), "--mapping", job.mapping, *options)
        matched = linli("match", "match", "--source", job.mapping, "--format", "json")
        linli("again", "import", "needs", str(file), "--mapping", job.mapping, *options)
        found = json.loads(matched.stdout)
        yield f"## {job.heading}\n\nSource: {mapping_named(job.mapping).source}.\n"
        yield from commands(job)
        yield from counts(found, linli.seconds)
        if refused.exists():
            yield from refusals(refused)
    yield from matches(found, categories(file, job.category))


def commands(job: Job) -> Iterator[str]:
    lines = (
        " ".join(("linli", *job.people)),
        " ".join(("linli import needs", job.file, "--mapping", job.mapping, *job.options)),
        f"linli match --source {job.mapping} --format json",
    )
    yield "```\n" + "\n".join(lines) + "\n```\n"


def counts(found: Sequence[dict[str, Any]], seconds: dict[str, float]) -> Iterator[str]:
    fitting = sorted(each["fitting"] for each in found)
    not_applied = Counter(", ".join(each["not_applied"]) or "none" for each in found)
    lacks = Counter(lack for each in found for lack in each["lacks"])
    excluded: Counter[str] = Counter()
    for each in found:
        excluded.update(each["excluded"])
    people = {person["person"] for each in found for person in each["people"]}
    rows = [
        (
            "imported",
            f"{len(found)} needs in {seconds['import']:.1f} s; again: nothing, in {seconds['again']:.1f} s",
        ),
        ("matched", f"{seconds['match']:.1f} s, {1000 * seconds['match'] / len(found):.1f} ms a need"),
        ("people who fit", f"median {fitting[len(fitting) // 2]}, from {fitting[0]} to {fitting[-1]}"),
        ("needs nobody fits", str(sum(count == 0 for count in fitting))),
        ("different people among the best ten", str(len(people))),
        ("what the file lacks", told(lacks)),
        ("gates not applied, needs", told(not_applied)),
        ("people kept out, by first gate, all needs", told(excluded)),
    ]
    yield "| | |\n|---|---|\n" + "\n".join(f"| {name} | {value} |" for name, value in rows) + "\n"


def told(counter: Counter[str]) -> str:
    return "; ".join(f"{name}: {count}" for name, count in counter.most_common()) or "nothing"


def refusals(file: Path) -> Iterator[str]:
    """The value that was refused, its row and the reason; nothing else of the row."""
    sheet = read_sheet(file.read_bytes())
    yield (
        "Refused rows:\n\n| row | id | reason |\n|---|---|---|\n"
        + "\n".join(f"| {row.cells[0]} | {row.cells[2]} | {row.cells[1]} |" for row in sheet.rows)
        + "\n"
    )


def categories(file: Path, column: str | None) -> dict[str, str]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream)) if column else []
    return {row["opportunity_id"]: row[column or ""] for row in rows}


def matches(found: Sequence[dict[str, Any]], category_of: dict[str, str]) -> Iterator[str]:
    """Ten needs at even steps through the file, none picked by hand, each with its three best people."""
    chosen = [found[number * len(found) // SHOWN] for number in range(SHOWN)]
    yield f"{SHOWN} needs at even steps through the file, with the best {PEOPLE} people of each:\n"
    lines = ["| need | category | fit | person | score | reasons | can | to ask |", "|---" * 8 + "|"]
    for need in chosen:
        category = category_of.get(need["key"]) or "none"
        fit = f"{need['fitting']} of {need['pool']}"
        for person in need["people"][:PEOPLE]:
            reasons = "<br>".join(person["reasons"]) or "nothing known speaks for them"
            cells = (
                need["key"],
                category,
                fit,
                person["person"][-12:],
                f"{person['score']:.2f}",
                reasons,
                ", ".join(person["skills"]),
                person["ask"],
            )
            lines.append(f"| {' | '.join(cells)} |")
        if not need["people"]:
            lines.append(
                f"| {need['key']} | {category} | {fit} | nobody | | {told(Counter(need['excluded']))} | | |"
            )
    yield "\n".join(lines) + "\n"


def write(parts: Sequence[str]) -> None:
    text = DOCUMENT.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    section = "\n".join((BEGIN, f"Measured on {date.today()}.\n", *parts, END))
    DOCUMENT.write_text(before + section + after, "utf-8")


if __name__ == "__main__":
    write([part for job in JOBS for part in measured(job, Path(sys.argv[1]))])
