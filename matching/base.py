"""What the tables of volunteers and of needs have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from matching.columns import Booleans, Floats, Whole, column, id_column, within
from matching.vocabulary import Vocabulary

if TYPE_CHECKING:
    from matching.text_vectors import TextVectors

DIVISION_LEVELS = 5
"""Province, prefecture, county, township, community."""

EARTH_RADIUS_KM = 6371.0088
"""Mean radius, IUGG."""

MISSING: Any = None
"""A column that was left out; the table fills it with the mark that stands for missing."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Table:
    """Who or what each row is, where it is, what was written; with some rows taken out, and in what order."""

    ids: Sequence[str] | NDArray[np.str_]
    vocabulary: Vocabulary
    texts: Sequence[str] | None = None
    text_vectors: TextVectors | None = None
    longitude: Floats = MISSING
    latitude: Floats = MISSING
    divisions: Whole = MISSING
    created_minute: Whole = MISSING

    def __len__(self) -> int:
        return len(self.ids)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self)} rows>"

    def _fill(self, name: str, shape: tuple[int, ...], dtype: Any, missing: Any) -> None:
        self._put(name, column(name, getattr(self, name), (len(self), *shape), dtype, missing))

    def _put(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def _check_common(self) -> None:
        self._put("ids", id_column("ids", self.ids))
        for name, limit in (("longitude", 180), ("latitude", 90)):
            self._fill(name, (), np.float64, np.nan)
            within(name, getattr(self, name), -limit, limit)
        self._fill("divisions", (DIVISION_LEVELS,), np.int64, 0)
        self._fill("created_minute", (), np.int64, 0)
        self._check_texts()

    def _check_texts(self) -> None:
        rows = {
            "texts": None if self.texts is None else len(self.texts),
            "text_vectors": None if self.text_vectors is None else self.text_vectors.shape[0],
        }
        for name, seen in rows.items():
            if seen is not None and seen != len(self):
                raise ValueError(f"{name} must have {len(self)} rows, one per id, but has {seen}")

    def take(self, rows: Sequence[int] | Whole) -> Self:
        """Return the table of some rows, in the order given."""
        picked = np.asarray(rows, dtype=np.intp)
        changes: dict[str, Any] = {}
        for name in (field.name for field in fields(self) if field.name != "vocabulary"):
            given = getattr(self, name)
            if given is not None:
                changes[name] = given[picked] if hasattr(given, "shape") else [given[row] for row in picked]
        return replace(self, **changes)

    @cached_property
    def id_order(self) -> Whole:
        """Place of each row among the sorted ids; ties in a ranking follow it."""
        order = np.empty(len(self), dtype=np.int64)
        order[np.argsort(np.asarray(self.ids), kind="stable")] = np.arange(len(self))
        return order

    @cached_property
    def row_by_id(self) -> dict[str, int]:
        """The row of each id."""
        return {str(name): row for row, name in enumerate(self.ids)}

    @cached_property
    def has_point(self) -> Booleans:
        """True where both coordinates are known."""
        return ~(np.isnan(self.longitude) | np.isnan(self.latitude))

    @cached_property
    def unit_vectors(self) -> Floats:
        """The point of each row on a globe of radius 1, shape (3, rows); NaN where it is unknown."""
        longitude, latitude = np.radians(self.longitude), np.radians(self.latitude)
        flat = np.cos(latitude)
        return np.stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)])
