"""The table of teams or organizations that could take a need on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.base import DIVISION_LEVELS, MISSING
from matching.columns import (
    Booleans,
    Bytes,
    Floats,
    Whole,
    column,
    id_column,
    not_more_accepted_than_asked,
    within,
)
from matching.tables import Answer


@dataclass(frozen=True, eq=False, kw_only=True)
class Partners:
    """Teams or organizations before one need, one a row. All columns but the first may be left out.

    Parameters
    ----------
    ids : sequence of str
        Unique.
    verified : array of bool, shape (n,)
        Agreed to by a committee, or verified by a bureau, and not suspended. False by default.
    divisions : array of int, shape (n, 5)
        The area: codes of province to community, as far down as the area is named; 0 below, all 0 unknown.
    fields : array of `Answer`, shape (n,)
        Does it work in the need's field? UNKNOWN by default: it has named none.
    free : array of int, shape (n,)
        Members known to be free at the shift.
    maybe_free : array of int, shape (n,)
        Members who have not said.
    papers_free : array of int, shape (n, credentials)
        Members, not known to be busy then, who hold each paper that the need requires.
    open_requests : array of int, shape (n,)
        Requests it has not answered yet, or has taken on without having found everybody.
    days_since_asked : array of float, shape (n,), days
        NaN is never.
    asked, accepted : array of int, shape (n,)
        How often it was asked and said yes.
    banned : array of bool, shape (n,)
        Barred from this need, or it has said no to it.
    text : array of float, shape (n,), in [0, 1]
        How alike the need's text and what it stands ready for are, `texts_alike`; NaN is unknown.

    Raises
    ------
    ValueError
        Naming the column, the value seen and the value wanted.

    Examples
    --------
    >>> teams = Partners(ids=["spring", "autumn"], verified=np.array([True, False]))
    >>> len(teams), teams.fields.tolist()
    (2, [1, 1])
    """

    ids: Sequence[str] | NDArray[np.str_]
    verified: Booleans = MISSING
    divisions: Whole = MISSING
    fields: Bytes = MISSING
    free: Whole = MISSING
    maybe_free: Whole = MISSING
    papers_free: Whole = MISSING
    open_requests: Whole = MISSING
    days_since_asked: Floats = MISSING
    asked: Whole = MISSING
    accepted: Whole = MISSING
    banned: Booleans = MISSING
    text: Floats = MISSING

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", id_column("ids", self.ids))
        papers = 0 if self.papers_free is None else int(np.shape(self.papers_free)[-1])
        for name, shape, dtype, missing in (
            ("verified", (), np.bool_, False),
            ("divisions", (DIVISION_LEVELS,), np.int64, 0),
            ("fields", (), np.int8, Answer.UNKNOWN),
            ("free", (), np.int64, 0),
            ("maybe_free", (), np.int64, 0),
            ("papers_free", (papers,), np.int64, 0),
            ("open_requests", (), np.int64, 0),
            ("days_since_asked", (), np.float64, np.nan),
            ("asked", (), np.int64, 0),
            ("accepted", (), np.int64, 0),
            ("banned", (), np.bool_, False),
            ("text", (), np.float64, np.nan),
        ):
            given = column(name, getattr(self, name), (len(self.ids), *shape), dtype, missing)
            object.__setattr__(self, name, given)
        self._check_ranges()

    def _check_ranges(self) -> None:
        within("fields", self.fields, Answer.NO, Answer.YES)
        for name in ("free", "maybe_free", "papers_free", "open_requests", "days_since_asked", "accepted"):
            within(name, getattr(self, name), 0, np.inf)
        within("text", self.text, 0, 1)
        not_more_accepted_than_asked(self.ids, self.asked, self.accepted)

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: Sequence[int] | Whole) -> Partners:
        """Return the table of some rows, in the order given."""
        picked = np.asarray(rows, dtype=np.intp)
        names = self.__dataclass_fields__
        return Partners(**{name: getattr(self, name)[picked] for name in names})
