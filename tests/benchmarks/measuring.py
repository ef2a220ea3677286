"""Clocks, and the CPU that processes have used, user and system; of other processes only Linux tells it."""

import os
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Table

console = Console(width=120)
T = TypeVar("T")
CLOCK_OF_A_PROCESS = 2  # CPUCLOCK_SCHED of Linux: what the scheduler gave a process, in nanoseconds


@dataclass(frozen=True)
class Took:
    """Milliseconds of each run."""

    all_ms: Sequence[float]

    @property
    def median_ms(self) -> float:
        return statistics.median(self.all_ms)

    @property
    def p99_ms(self) -> float:
        return sorted(self.all_ms)[max(round(len(self.all_ms) * 0.99) - 1, 0)]


def clocked(work: Callable[[], T]) -> tuple[T, float, float]:
    """What came of it, seconds, and seconds of CPU, with those of processes that it started."""
    began, used = time.perf_counter(), _own_cpu()
    done = work()
    return done, time.perf_counter() - began, _own_cpu() - used


def _own_cpu() -> float:
    of_children = os.times()
    return time.process_time() + of_children.children_user + of_children.children_system


async def clocked_awaiting(work: Awaitable[T]) -> tuple[T, float]:
    """The same of something that is awaited."""
    began = time.perf_counter()
    done = await work
    return done, time.perf_counter() - began


def cpu_seconds(processes: Sequence[int]) -> float | None:
    """CPU that these processes have used; None where nobody can tell."""
    try:
        return sum(time.clock_gettime((~process << 3) | CLOCK_OF_A_PROCESS) for process in processes)
    except OSError:
        return None


def family_of(process: int) -> list[int]:
    """A process and its children, as PostgreSQL has one for each connection."""
    children = []
    with suppress(OSError):
        running = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
        children = [each for each in running if parent_of(each) == process]
    return [process, *children]


def parent_of(process: int) -> int:
    fields = stat_of(process)
    return int(fields[1]) if fields else 0


def stat_of(process: int) -> list[str]:
    """The fields of /proc/PID/stat that come after the name, which may hold blanks."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    console.print(title, style="bold")
    table = Table(box=None, pad_edge=False)
    for n, column in enumerate(columns):
        table.add_column(column, justify="right" if n else "left", overflow="fold")
    for row in rows:
        table.add_row(*(said(cell) for cell in row))
    console.print(table)
    console.print()


def said(cell: Any) -> str:
    if cell is None:
        return "-"
    return f"{cell:.1f}" if isinstance(cell, float) else str(cell)
