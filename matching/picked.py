"""Some rows of a table, each column cut only when it is first read."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import fields
from functools import cache, cached_property
from typing import Any, TypeVar

from matching.base import Table
from matching.columns import Whole
from matching.text_vectors import FewTexts

T = TypeVar("T", bound=Table)

WORKED_OUT = (
    "effective_reach_km",
    "has_location",
    "has_point",
    "has_shift",
    "id_order",
    "says_languages",
    "says_skills",
)
"""What a table works out for each row; cut like a column instead of being worked out again."""


def pick(table: T, rows: Whole, *, with_texts: bool = True) -> T:
    """Return some rows of a table, in the order given, as `Table.take` does, but at hardly any cost.

    Parameters
    ----------
    table : Table
        `Needs` or `Volunteers`.
    rows : ndarray of int, shape (k,)
    with_texts : bool, default=True
        False leaves out what was written.

    Returns
    -------
    Table
        Of the same kind, with k rows.

    Examples
    --------
    >>> import numpy as np
    >>> from matching.tables import Volunteers
    >>> from matching.vocabulary import Vocabulary
    >>> people = Volunteers(ids=["li", "wang"], vocabulary=Vocabulary(), reach_km=np.array([2.0, 5.0]))
    >>> last = pick(people, np.array([1]))
    >>> last.ids.tolist(), last.effective_reach_km.tolist()
    (['wang'], [5.0])
    """
    some: T = object.__new__(_kind(type(table)))  # type: ignore[arg-type]
    known = {"_whole": table, "_rows": rows, "vocabulary": table.vocabulary}
    vars(some).update(known if with_texts else known | {"texts": None, "text_vectors": None})
    return some


@cache
def _kind(of: type[Table]) -> Any:
    names = [field.name for field in fields(of) if field.name not in ("vocabulary", "text_vectors")]
    names += [name for name in WORKED_OUT if hasattr(of, name)]
    return type(f"Picked{of.__name__}", (_Picked, of), {name: cached_property(_cut(name)) for name in names})


def _cut(name: str) -> Callable[[_Picked], Any]:
    def column(some: _Picked) -> Any:
        whole, rows = getattr(some._whole, name), some._rows
        if whole is None or hasattr(whole, "shape"):
            return whole if whole is None else whole[rows]
        return [whole[row] for row in rows]

    return column


class _Picked(Table):
    """What cannot be cut row by row from the table that the rows are of."""

    _whole: Any
    _rows: Whole

    def __len__(self) -> int:
        return len(self._rows)

    def take(self, rows: Any) -> Any:
        return self._whole.take(self._rows[rows])

    @cached_property
    def unit_vectors(self) -> Any:
        return self._whole.unit_vectors[:, self._rows]

    @cached_property
    def text_vectors(self) -> Any:
        whole = self._whole.text_vectors
        return None if whole is None else FewTexts(whole.terms[self._rows], whole.topics[self._rows])

    def of_column(self, name: str, column: int) -> Any:
        return self._whole.of_column(name, column)[self._rows]

    def worked_out(self, work: Callable[..., Any], *given: Hashable) -> Any:
        return self._whole.worked_out(work, *given)[self._rows]
