"""Where the same person comes to all times of a need, a gate that one time fails is failed for all."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from linli.suggestions.reads import NeedRow, ShiftRow
from matching import Eligibility

Rows = Sequence[tuple[NeedRow, ShiftRow | None]]


def in_all_times(eligible: Eligibility, of_row: Rows) -> Eligibility:
    """The lowest answer of each gate over the times of a need, for needs that ask for it."""
    rows_of: defaultdict[UUID, list[int]] = defaultdict(list)
    for row, (need, _) in enumerate(of_row):
        if need.same_person:
            rows_of[need.id].append(row)
    several = [rows for rows in rows_of.values() if len(rows) > 1]
    if not several:
        return eligible
    answers, pool = eligible.answers.copy(), eligible.pool.copy()
    for rows in several:
        answers[:, rows] = answers[:, rows].min(axis=1, keepdims=True)
        pool[rows] = pool[rows].all(axis=0)
    return replace(eligible, answers=answers, pool=pool)


def whole_needs(of_row: Rows, at_once: int) -> Iterator[range]:
    """The rows in parts of about so many; the times of one need are never parted."""
    start = 0
    for row in range(1, len(of_row) + 1):
        is_last = row == len(of_row)
        if is_last or (row - start >= at_once and of_row[row][0].id != of_row[row - 1][0].id):
            yield range(start, row)
            start = row
