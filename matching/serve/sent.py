"""The messages that were sent to each person, on which days, and which of them found no answer."""

from __future__ import annotations

import numpy as np

from matching.columns import Floats, Whole

WEEK = 7


class Sent:
    """Days of the messages to each of n people."""

    def __init__(self, people: int) -> None:
        self._days: list[list[int]] = [[] for _ in range(people)]
        self._unanswered: list[list[tuple[str, int]]] = [[] for _ in range(people)]

    def note(self, person: int, day: int, need: str) -> None:
        """One was sent."""
        self._days[person].append(day)
        self._unanswered[person].append((need, day))

    def answered(self, person: int, need: str) -> None:
        """Somebody has said yes or no to a need, however often they were asked about it."""
        self._unanswered[person] = [each for each in self._unanswered[person] if each[0] != need]

    def ever(self) -> Whole:
        """How many each got, shape (n,)."""
        return np.array([len(days) for days in self._days])

    def this_day(self, day: int) -> Whole:
        """How many each got on a day, shape (n,)."""
        return np.array([days.count(day) for days in self._days])

    def this_week(self, day: int) -> Floats:
        """How many each got in the seven days that end with a day, shape (n,)."""
        return np.array([sum(each > day - WEEK for each in days) for days in self._days], dtype=np.float64)

    def unanswered_this_week(self, day: int) -> Floats:
        """How many of these each has not answered, whether they still may or not, shape (n,)."""
        return np.array(
            [sum(sent > day - WEEK for _, sent in messages) for messages in self._unanswered],
            dtype=np.float64,
        )
