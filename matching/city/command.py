"""`python -m matching evaluate`: the invented city, all policies side by side."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable
from time import monotonic

from matching.city.behaviour import EVALUATION_SEEDS, REGIMES, TUNING_SEEDS

BAR = 30
"""Characters of the progress bar."""

SEEDS_HELP = "how many cities, 0 for the texts alone (default: %(default)s)"


def add_city(command: argparse.ArgumentParser) -> None:
    """Give a command the options that measure the library in the city."""
    command.add_argument(
        "--regime", action="append", choices=list(REGIMES), help="all by default; may be repeated"
    )
    command.add_argument("--seeds", type=int, default=3, help=SEEDS_HELP)
    command.add_argument("--tuning", action="store_true", help="the cities that may be adjusted on")
    command.add_argument("--external", metavar="CMD", help="another program that speaks the protocol")


def print_city(chosen: argparse.Namespace) -> None:
    """Print a table for every regime, and a progress bar on standard error.

    Raises
    ------
    ValueError
        For a number of cities that there are not.
    """
    from matching.city.evaluation import evaluate, everyone, lines

    known = TUNING_SEEDS if chosen.tuning else EVALUATION_SEEDS
    if not 1 <= chosen.seeds <= len(known):
        raise ValueError(f"seeds must be from 1 to {len(known)}, but is {chosen.seeds}")
    policies = everyone(shlex.split(chosen.external) if chosen.external else None)
    for regime in chosen.regime or REGIMES:
        table = evaluate(policies, regime=regime, seeds=known[: chosen.seeds], progress=_progress(regime))
        sys.stdout.write("\n".join(lines(table)) + "\n\n")
        sys.stdout.flush()


def _progress(regime: str) -> Callable[[int, int], None]:
    began = monotonic()

    def show(done: int, of: int) -> None:
        left = (monotonic() - began) / done * (of - done) / 60
        bar = "#" * (done * BAR // of)
        told = f"\r[{bar:<{BAR}}] {regime}: run {done} of {of}, {left:4.0f} min left"
        sys.stderr.write(told + "\n" * (done == of))
        sys.stderr.flush()

    return show
