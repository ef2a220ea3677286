"""How long a whole roster takes: 2,000 needs, 15,000 places, 180,000 pairs. Prints; asserts nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import perf_counter, process_time

import numpy as np

from matching import Roster, Rota, assign, assign_greedily
from matching.flows import has_ortools
from tests.benchmarks.measuring import show

NEEDS, PLACES, PAIRS = 2_000, 15_000, 180_000
WEEKS, SLOTS_A_WEEK, MINUTES = 4, 21, 480
EXACT_S, GREEDY_S = 6.0, 0.1


def made_up_rota(people: int, *, part: int = 1) -> Rota:
    """Shifts over four weeks, each in one of 21 slots; some have many who could come, some hardly anybody."""
    draw = np.random.default_rng(17)
    needs, pairs = NEEDS // part, PAIRS // part
    slot = draw.integers(0, WEEKS * SLOTS_A_WEEK, needs)
    places = 1 + draw.multinomial(PLACES // part - needs, np.full(needs, 1 / needs))
    known = draw.lognormal(0, 1.0, needs)
    shift = draw.choice(needs, 2 * pairs, p=known / known.sum())
    drawn = np.unique(shift * people + draw.integers(0, people, 2 * pairs))
    chosen = draw.permutation(drawn)[:pairs]
    return Rota(
        places=places,
        priority=draw.choice([1, 2, 3], needs, p=[0.2, 0.3, 0.5]),
        start_minute=slot * MINUTES,
        end_minute=slot * MINUTES + 180,
        week=slot // SLOTS_A_WEEK,
        need=np.arange(needs),
        whole=np.zeros(needs, dtype=np.bool_),
        cap=draw.integers(1, 3, people),
        shift=chosen // people,
        volunteer=chosen % people,
        score=draw.random(len(chosen)),
    )


def measure() -> None:
    rows: list[list[object]] = []
    for name, people in (("people enough", 10_000), ("just enough", 3_000), ("a disaster", 1_500)):
        rota = made_up_rota(people)
        if has_ortools():
            exact, took = _clocked(partial(assign, rota, with_ortools=True))
            rows.append([name, "exact, OR-tools", *_told(rota, exact, exact, took, EXACT_S)])
        rota = made_up_rota(people)
        quick, took = _clocked(partial(assign_greedily, rota))
        rows.append([name, "greedy", *_told(rota, quick, exact if has_ortools() else None, took, GREEDY_S)])
    rota = made_up_rota(300, part=10)
    exact, took = _clocked(partial(assign, rota, with_ortools=False))
    rows.append(["a tenth of it", "exact, SciPy alone", *_told(rota, exact, exact, took, EXACT_S)])
    sizes = f"{NEEDS:,} needs, {PLACES:,} places, {PAIRS:,} pairs"
    show(
        f"A roster of {sizes} (aim: exact {EXACT_S:.0f} s of CPU, greedy {GREEDY_S} s)",
        ("", "how", "CPU s", "seconds", "aim", "filled", "bound", "points behind", "of priority 1"),
        rows,
    )


def _clocked(work: Callable[[], Roster]) -> tuple[Roster, tuple[float, float]]:
    began, used = perf_counter(), process_time()
    found = work()
    return found, (process_time() - used, perf_counter() - began)


def _told(
    rota: Rota, found: Roster, exact: Roster | None, took: tuple[float, float], aim: float
) -> list[object]:
    of_first = int((rota.priority[rota.shift[found.pairs]] == 1).sum())
    behind = None if exact is None else f"{100 * (exact.filled - found.filled) / rota.places.sum():.2f}"
    met = "met" if took[0] <= aim else "missed"
    return [f"{took[0]:.2f}", f"{took[1]:.2f}", met, found.filled, found.bound, behind, of_first]


if __name__ == "__main__":
    measure()
