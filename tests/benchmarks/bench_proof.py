"""A million pairs: does the library say what plain Python says? Prints; asserts nothing."""

from __future__ import annotations

from time import process_time

import numpy as np

from tests.benchmarks.measuring import show
from tests.matching.factories import TODAY
from tests.matching.naive import PASSES, gates_of
from tests.matching.random_tables import random_town
from tests.matching.test_eligibility_proof import library_says

TOWNS, NEEDS, PEOPLE = 50, 100, 200


def measure() -> None:
    pairs = passing = differing = violations = 0
    ours = plain = 0.0
    for seed in range(TOWNS):
        town = random_town(10_000 + seed, needs=NEEDS, people=PEOPLE)
        began = process_time()
        found = library_says(town)
        between = process_time()
        true = np.array(gates_of(town, TODAY))
        ours, plain = ours + between - began, plain + process_time() - between
        pairs, passing = pairs + found.size, passing + int((found == PASSES).sum())
        differing += int((found != true).sum())
        violations += int(((found == PASSES) & (true != PASSES)).sum())
    show(
        "Gates against plain Python (aim: 0 violations in 1,000,000 pairs)",
        ("pairs", "pass, %", "violations", "other differences", "library, CPU s", "plain Python, CPU s"),
        [[f"{pairs:,}", 100 * passing / pairs, violations, differing - violations, ours, plain]],
    )


if __name__ == "__main__":
    measure()
