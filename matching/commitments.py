"""What already stands between volunteers and needs: booked shifts, blocks, places, questions asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

import numpy as np

from matching.columns import Bytes, Days, Floats, Whole, column, within
from matching.tables import Needs, Volunteers


@dataclass(frozen=True, eq=False, kw_only=True)
class Bookings:
    """Shifts that volunteers have already said yes to, one a row.

    Parameters
    ----------
    volunteer : array of int, shape (b,)
        Row in the volunteers' table.
    start_minute, end_minute : array of int, shape (b,)
        Minutes since 1970 in UTC.
    local_day : array of datetime64[D], shape (b,)
        Day in the place's own time, for the weekly cap.
    load : array of float, shape (b,)
        In the unit of `Volunteers.weekly_cap`.

    Examples
    --------
    >>> from matching.vocabulary import Vocabulary
    >>> people = Volunteers(ids=["li"], vocabulary=Vocabulary())
    >>> Bookings.of(people, [("li", 0, 60, date(1970, 1, 1), 1.0)]).volunteer.tolist()
    [0]
    """

    volunteer: Whole
    start_minute: Whole
    end_minute: Whole
    local_day: Days
    load: Floats

    def __post_init__(self) -> None:
        size = (len(self.volunteer),)
        types = {"volunteer": np.int64, "start_minute": np.int64, "end_minute": np.int64, "load": np.float64}
        for name, dtype in {**types, "local_day": "datetime64[D]"}.items():
            object.__setattr__(self, name, column(name, getattr(self, name), size, dtype, None))

    @classmethod
    def of(cls, volunteers: Volunteers, rows: Iterable[tuple[str, int, int, date, float]]) -> Bookings:
        """Build the table from (volunteer id, start minute, end minute, local day, load).

        Raises
        ------
        ValueError
            For an id that is not among the volunteers.
        """
        listed = list(rows)
        return cls(
            volunteer=np.array([_row(volunteers, row[0]) for row in listed], dtype=np.int64),
            start_minute=np.array([row[1] for row in listed], dtype=np.int64),
            end_minute=np.array([row[2] for row in listed], dtype=np.int64),
            local_day=np.array([row[3] for row in listed], dtype="datetime64[D]"),
            load=np.array([row[4] for row in listed], dtype=np.float64),
        )

    def among(self, rows: Whole, people: int) -> Bookings:
        """Those of some of the volunteers, whose rows they are counted by from then on.

        Parameters
        ----------
        rows : ndarray of int
            Rows in the table of all.
        people : int
            How many there are in it.

        Examples
        --------
        >>> days = np.array(["2026-11-24"] * 2, dtype="datetime64[D]")
        >>> booked = Bookings(volunteer=np.array([0, 2]), start_minute=np.zeros(2), end_minute=np.ones(2),
        ...                   local_day=days, load=np.ones(2))
        >>> booked.among(np.array([1, 2]), people=3).volunteer.tolist()
        [1]
        """
        volunteer = _places(rows, people)[self.volunteer]
        kept = volunteer >= 0
        return Bookings(
            volunteer=volunteer[kept],
            start_minute=self.start_minute[kept],
            end_minute=self.end_minute[kept],
            local_day=self.local_day[kept],
            load=self.load[kept],
        )


class PairKind(IntEnum):
    """What already stands between one volunteer and one need.

    Examples
    --------
    >>> PairKind(2).name
    'ASKED'
    """

    BARRED = 0
    """Either side has blocked the other."""
    TAKING_PART = 1
    """Confirmed, applied, waiting or offered."""
    ASKED = 2
    """Asked already, or has said no."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Pairs:
    """What already stands between volunteers and needs, one pair a row.

    Parameters
    ----------
    need, volunteer : array of int, shape (p,)
        Rows in the two tables.
    kind : array of `PairKind`, shape (p,)

    Examples
    --------
    >>> from matching.vocabulary import Vocabulary
    >>> people = Volunteers(ids=["li"], vocabulary=Vocabulary())
    >>> needs = Needs(ids=["mon", "tue"], need_ids=["lunch", "lunch"], vocabulary=Vocabulary())
    >>> Pairs.of(needs, people, [("lunch", "li", PairKind.ASKED)]).need.tolist()
    [0, 1]
    """

    need: Whole
    volunteer: Whole
    kind: Bytes

    def __post_init__(self) -> None:
        for name, dtype in {"need": np.int64, "volunteer": np.int64, "kind": np.int8}.items():
            object.__setattr__(self, name, column(name, getattr(self, name), (len(self.need),), dtype, None))
        within("kind", self.kind, min(PairKind), max(PairKind))

    @classmethod
    def of(cls, needs: Needs, volunteers: Volunteers, rows: Iterable[tuple[str, str, PairKind]]) -> Pairs:
        """Build the table from (id of a need or of one of its shifts, volunteer id, kind).

        A need's id stands for all its shifts.

        Raises
        ------
        ValueError
            For an id that is in neither table.
        """
        found = [
            (need, _row(volunteers, volunteer_id), int(kind))
            for need_id, volunteer_id, kind in rows
            for need in _shift_rows(needs, need_id)
        ]
        table = np.array(found, dtype=np.int64).reshape(-1, 3)
        return cls(need=table[:, 0], volunteer=table[:, 1], kind=table[:, 2].astype(np.int8))

    def among(self, need: int, rows: Whole, people: int) -> Pairs:
        """Those of one need and some of the volunteers, by whose rows they are counted from then on.

        Examples
        --------
        >>> asked = Pairs(need=np.array([0, 1]), volunteer=np.array([2, 2]), kind=np.array([2, 2]))
        >>> there = asked.among(1, np.array([1, 2]), people=3)
        >>> there.need.tolist(), there.volunteer.tolist()
        ([0], [1])
        """
        volunteer = _places(rows, people)[self.volunteer]
        kept = (volunteer >= 0) & (self.need == need)
        count = int(np.count_nonzero(kept))
        return Pairs(need=np.zeros(count, dtype=np.int64), volunteer=volunteer[kept], kind=self.kind[kept])


def _places(rows: Whole, people: int) -> Whole:
    """The place of each person among some rows, -1 for who is not among them."""
    places = np.full(people, -1, dtype=np.int64)
    places[rows] = np.arange(len(rows))
    return places


def _row(table: Volunteers, id: str) -> int:
    if id not in table.row_by_id:
        raise ValueError(f"unknown volunteer {id!r}; wanted one of the {len(table)} in the table")
    return table.row_by_id[id]


def _shift_rows(needs: Needs, id: str) -> list[int]:
    if id in needs.row_by_id:
        return [needs.row_by_id[id]]
    rows: list[int] = np.flatnonzero(np.asarray(needs.need_ids) == id).tolist()
    if not rows:
        raise ValueError(f"unknown need {id!r}; wanted one of the {len(needs)} rows or their needs")
    return rows
