"""The messages that were sent to each person, and on which days."""

from __future__ import annotations

import numpy as np

from matching.columns import Floats, Whole

WEEK = 7


class Sent:
    """Days of the messages to each of n people."""

    def __init__(self, people: int) -> None:
        self._days: list[list[int]] = [[] for _ in range(people)]

    def note(self, person: int, day: int) -> None:
        """One was sent."""
        self._days[person].append(day)

    def ever(self) -> Whole:
        """How many each got, shape (n,)."""
        return np.array([len(days) for days in self._days])

    def this_day(self, day: int) -> Whole:
        """How many each got on a day, shape (n,)."""
        return np.array([days.count(day) for days in self._days])

    def this_week(self, day: int) -> Floats:
        """How many each got in the seven days that end with a day, shape (n,)."""
        return np.array([sum(each > day - WEEK for each in days) for days in self._days], dtype=np.float64)
