"""What people did when they were asked: rates that start from what is usual and fade, and tiredness."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from matching.columns import Booleans, Floats, Whole
from matching.invitations import PRIOR_NO, PRIOR_YES
from matching.week import CELLS

HALF_LIFE_DAYS = 180.0
"""Days after which what somebody did counts half."""

REST_DAYS = 7.0
"""Days in which half of the tiredness of being asked goes away."""

COMMON_WEIGHT = PRIOR_YES + PRIOR_NO
"""How many answers of a person the common rate is worth; as in `matching.invitations`."""

OWN_WEIGHT = 3.0
"""How many answers for one field, or one part of the week, a person's own rate is worth."""

USUAL_YES = PRIOR_YES / (PRIOR_YES + PRIOR_NO)
"""Yeses per question before anybody was asked."""

USUAL_COMING = 0.85
"""Promises kept before anybody made one."""

CAUTION = 10.0
"""How many answers of all people these two are worth."""

PARTS = 6
"""Morning, afternoon and evening of weekdays, then those of weekends."""


class Deed(StrEnum):
    """What somebody did about one need.

    Examples
    --------
    >>> Deed("silence") is Deed.SILENCE
    True
    """

    YES = "yes"
    """Said yes to a question."""
    NO = "no"
    SILENCE = "silence"
    VOLUNTEERED = "volunteered"
    """Took a place without being asked."""
    CAME = "came"
    MISSED = "missed"


class HistoryFeature(StrEnum):
    """What history says about a pair, in the order of every array that holds it; each in [0, 1].

    Examples
    --------
    >>> list(HistoryFeature).index(HistoryFeature.RESTED)
    3
    """

    YES_RATE = "yes_rate"
    FIELD_RATE = "field_rate"
    TIME_RATE = "time_rate"
    RESTED = "rested"
    ANSWERS = "answers"
    FAMILIAR = "familiar"
    COMPANY = "company"


class History:
    """The deeds of n people, as decayed counts.

    Parameters
    ----------
    people : int
    fields : int
        Fields of service.
    usual_yes : float, optional
        Yeses per question among all, fixed; by default it starts at 0.35 and follows what all people did.

    Examples
    --------
    >>> history = History(2, fields=1)
    >>> history.asked(0, day=0)
    >>> history.did(Deed.YES, 0, day=1, field=0, cell=3, place="east")
    >>> history.yes_rate().round(2).tolist()
    [0.53, 0.41]
    """

    def __init__(self, people: int, *, fields: int, usual_yes: float | None = None) -> None:
        if usual_yes is not None and not 0 < usual_yes < 1:
            raise ValueError(f"usual_yes must be above 0 and below 1, but is {usual_yes}")
        self.day = 0
        self._fixed = usual_yes
        self._usual = np.array([USUAL_YES, 1.0]) * CAUTION
        self._kept = np.array([USUAL_COMING, 1.0]) * CAUTION
        self._answers = np.zeros((2, people))
        self._by_field = np.zeros((2, people, fields))
        self._by_part = np.zeros((2, people, PARTS))
        self._came = np.zeros((2, people))
        self._load = np.zeros(people)
        self.silent_streak = np.zeros(people, dtype=np.int64)
        self.last_asked = np.full(people, -(10**6), dtype=np.int64)
        self._places: dict[str, Booleans] = {}
        self._company: list[set[int]] = [set() for _ in range(people)]

    def advance(self, day: int) -> None:
        """Let time pass: deeds fade, people rest."""
        passed = max(0, day - self.day)
        if not passed:
            return
        for counts in (self._answers, self._by_field, self._by_part, self._came):
            counts *= 0.5 ** (passed / HALF_LIFE_DAYS)
        self._load *= 0.5 ** (passed / REST_DAYS)
        self.day = max(day, self.day)

    def asked(self, person: int, *, day: int) -> None:
        """A message was sent."""
        self._load[person] += 1
        self.last_asked[person] = day

    def did(
        self, deed: Deed, person: int, *, day: int, field: int | None = None, cell: int = 0, place: str = ""
    ) -> None:
        """Note one deed.

        Parameters
        ----------
        deed : Deed
        person : int
            Row.
        day : int
        field : int, optional
            Column of the need's field.
        cell : int
            Of the week, 0 to 20.
        place : str
            The community.
        """
        if deed in (Deed.CAME, Deed.MISSED):
            self._came[:, person] += (deed == Deed.CAME, 1)
            self._kept += (deed == Deed.CAME, 1)
            if deed == Deed.CAME:
                self._places.setdefault(place, np.zeros(len(self._load), dtype=np.bool_))[person] = True
            return
        said_yes = deed in (Deed.YES, Deed.VOLUNTEERED)
        weight = 0.5 if deed == Deed.VOLUNTEERED else 1.0
        row = np.array([weight * said_yes, weight])
        self._answers[:, person] += row
        if field is not None:
            self._by_field[:, person, field] += row
        self._by_part[:, person, part_of(cell)] += row
        if deed != Deed.VOLUNTEERED:
            self._usual += (said_yes, 1)
        self.silent_streak[person] = self.silent_streak[person] + 1 if deed == Deed.SILENCE else 0

    def went_together(self, people: Sequence[int]) -> None:
        """These served on the same need."""
        for person in people:
            self._company[person].update(other for other in people if other != person)

    @property
    def usual_yes(self) -> float:
        """Yeses per question among all."""
        if self._fixed is not None:
            return self._fixed
        return float(self._usual[0] / self._usual[1])

    def yes_rate(self) -> Floats:
        """Yeses per question of each: a Beta-binomial mean around the usual rate, shape (n,)."""
        yes, answers = self._answers
        return np.asarray((COMMON_WEIGHT * self.usual_yes + yes) / (COMMON_WEIGHT + answers))

    def chance_to_come(self) -> Floats:
        """Chance that each turns up after a yes, shape (n,)."""
        came, promised = self._came
        usual = self._kept[0] / self._kept[1]
        return np.asarray((COMMON_WEIGHT * usual + came) / (COMMON_WEIGHT + promised))

    def features(
        self,
        *,
        fields: Whole,
        cells: Whole,
        places: Sequence[str],
        company: Sequence[Sequence[int]],
        people: Whole | None = None,
    ) -> Floats:
        """What history says about m needs and n people.

        Parameters
        ----------
        fields : ndarray of int, shape (m,)
            Column of each need's field, -1 where it is not known.
        cells : ndarray of int, shape (m,)
            Of the week.
        places : sequence of str, length m
            Communities.
        company : sequence of sequence of int, length m
            Who already goes.
        people : ndarray of int, shape (n,), optional
            Rows; everybody by default.

        Returns
        -------
        ndarray of float64, shape (7, m, n)
            In the order of `HistoryFeature`.
        """
        rows = np.arange(len(self._load)) if people is None else people
        shape, nowhere = (len(fields), len(rows)), np.zeros(len(self._load), dtype=np.bool_)
        own = self.yes_rate()[rows]
        by_field = np.concatenate([_shrunk(self._by_field[:, rows], own), own[:, None]], axis=1)
        by_part = _shrunk(self._by_part[:, rows], own)
        found = [
            np.broadcast_to(own, shape),
            by_field[:, fields].T,
            by_part[:, [part_of(cell) for cell in cells.tolist()]].T,
            np.broadcast_to(1 / (1 + self._load[rows]), shape),
            np.broadcast_to(1 / (1 + self.silent_streak[rows]), shape),
            np.array([self._places.get(place, nowhere)[rows] for place in places]).reshape(shape),
            np.array([self._shared_company(going)[rows] for going in company]).reshape(shape),
        ]
        return np.stack(found).astype(np.float64)

    def _shared_company(self, going: Sequence[int]) -> Floats:
        """How many of those who go have served with each person before: none, one (a half), more (one)."""
        known = np.zeros(len(self._load))
        for person in going:
            known[list(self._company[person])] += 0.5
        return np.minimum(1.0, known)


def part_of(cell: int) -> int:
    """The part of the week of a cell: weekdays 0 to 2, weekends 3 to 5.

    Examples
    --------
    >>> part_of(1), part_of(20)
    (1, 5)
    """
    if not 0 <= cell < CELLS:
        raise ValueError(f"a cell must be from 0 to {CELLS - 1}, but is {cell}")
    return cell % 3 + 3 * (cell // 3 >= 5)


def _shrunk(counts: Floats, towards: Floats) -> Floats:
    yes, answers = counts
    return np.asarray((OWN_WEIGHT * towards[:, None] + yes) / (OWN_WEIGHT + answers))
