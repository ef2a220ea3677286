"""The week in 21 cells: which of them a block of time touches."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import numpy as np

from matching.columns import Booleans

CELLS = 21
"""A week in 7 days of 3 parts: cell = weekday * 3 + daypart, Monday and morning are 0."""


def week_cells(start: datetime, end: datetime) -> list[int]:
    """List the cells of the week that a block of time touches.

    Morning ends at 12:00, afternoon at 18:00.

    Parameters
    ----------
    start, end : datetime
        In the place's own time; `end` is later than `start`.

    Returns
    -------
    list of int
        Cells from 0 to 20 in the order of time, each once.

    Raises
    ------
    ValueError
        If the end is not after the start.

    Examples
    --------
    >>> week_cells(datetime(2026, 11, 24, 9), datetime(2026, 11, 24, 14))  # a Tuesday
    [3, 4]
    """
    if end <= start:
        raise ValueError(f"a shift must end after it starts, but {end} is not after {start}")
    first, last = _part_of_time(start.date(), start.hour), _part_of_time(end.date(), end.hour)
    ends_on_edge = end.hour in (0, 12, 18) and (end.minute, end.second, end.microsecond) == (0, 0, 0)
    parts = range(first, last + (0 if ends_on_edge else 1))
    return list(dict.fromkeys(part % CELLS for part in parts))


def _part_of_time(day: date, hour: int) -> int:
    """Parts of a day counted from a Monday."""
    return (day.toordinal() - 1) * 3 + (0 if hour < 12 else 1 if hour < 18 else 2)


def cell_table(rows: Iterable[Iterable[int]]) -> Booleans:
    """Turn lists of cells into a table of True where a cell is named, shape (rows, 21).

    Parameters
    ----------
    rows : iterable of iterable of int
        Cells of each row, 0 to 20: weekday (Monday 0) times 3 plus the part of the day.

    Returns
    -------
    ndarray of bool, shape (rows, 21)

    Raises
    ------
    ValueError
        For a cell outside 0 to 20.

    Examples
    --------
    >>> cell_table([[3, 4], []]).sum(axis=1).tolist()
    [2, 0]
    """
    listed = [list(row) for row in rows]
    table = np.zeros((len(listed), CELLS), dtype=np.bool_)
    for row, cells in enumerate(listed):
        for cell in cells:
            if not 0 <= cell < CELLS:
                raise ValueError(f"a cell of the week must be from 0 to {CELLS - 1}, but is {cell!r}")
            table[row, cell] = True
    return table
