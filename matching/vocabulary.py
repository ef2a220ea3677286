"""The ids a table may speak of: skills, fields, credentials and languages, with their parents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

TOP_LEVEL = 3
"""Levels of a skill run from 1 (beginner) over 2 (able) to 3 (could teach it)."""

PARENT_CLOSENESS = 0.5
"""What holding the parent of a wanted id is worth; each further step up halves it again."""

SIBLING_CLOSENESS = 0.25
"""What holding another child of the same parent is worth."""


@dataclass(frozen=True)
class Taxonomy:
    """Ids in a fixed order, each with at most one parent.

    Parameters
    ----------
    ids : sequence of str
        Unique ids; their order is the column order of every table that uses this taxonomy.
    parents : mapping of str to str, optional
        The parent of an id. Ids that are missing here are roots.

    Raises
    ------
    ValueError
        If an id appears twice, a parent is unknown, or parents form a circle.

    Examples
    --------
    >>> skills = Taxonomy(["care", "bathing", "feeding"], {"bathing": "care", "feeding": "care"})
    >>> skills.closeness[skills.position("care")].tolist()
    [1.0, 1.0, 1.0]
    >>> skills.closeness[skills.position("bathing")].tolist()
    [0.5, 1.0, 0.25]
    """

    ids: Sequence[str]
    parents: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", tuple(self.ids))
        object.__setattr__(self, "parents", dict(self.parents or {}))
        if len(set(self.ids)) != len(self.ids):
            twice = next(name for name in self.ids if self.ids.count(name) > 1)
            raise ValueError(f"ids of a taxonomy must be unique, but {twice!r} appears more than once")
        for name in self.ids:
            self._ancestors(name)

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {name: position for position, name in enumerate(self.ids)}

    def position(self, id: str) -> int:
        """Return the column of an id, or raise a ValueError that names it.

        Examples
        --------
        >>> Taxonomy(["a", "b"]).position("b")
        1
        """
        try:
            return self._positions[id]
        except KeyError:
            known = ", ".join(self.ids[:5]) + (", ..." if len(self.ids) > 5 else "")
            raise ValueError(f"unknown id {id!r}; wanted one of {len(self.ids)}: {known}") from None

    def _ancestors(self, id: str) -> list[int]:
        """Positions of parent, grandparent and so on, nearest first."""
        parents = self.parents or {}
        found = [self.position(id)]
        while (parent := parents.get(self.ids[found[-1]])) is not None:
            found.append(self.position(parent))
            if found[-1] in found[:-1]:
                raise ValueError(f"parents must not form a circle, but {parent!r} is its own ancestor")
        return found[1:]

    @cached_property
    def closeness(self) -> NDArray[np.float64]:
        """What a held id is worth where another is wanted, shape (wanted, held), in [0, 1].

        1 for the id itself and for everything below it (who can bathe a patient can care), one half per
        step for something above it, one quarter for another child of the same parent, otherwise 0.
        """
        size = len(self.ids)
        close = np.eye(size)
        lines = [self._ancestors(name) for name in self.ids]
        for child, line in enumerate(lines):
            for other in range(size):
                if other != child and line and lines[other][:1] == line[:1]:
                    close[child, other] = SIBLING_CLOSENESS
            for step, ancestor in enumerate(line, start=1):
                close[ancestor, child] = 1.0
                close[child, ancestor] = PARENT_CLOSENESS**step
        close.flags.writeable = False
        return close

    def strengths(self, wanted: int, level: int) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
        """How well every id, at every level held, covers one that is wanted at a level.

        Parameters
        ----------
        wanted : int
            Column of the id.
        level : int
            1 to 3.

        Returns
        -------
        values : ndarray of float64, shape (k,)
            closeness times min(1, level held / level wanted), as far as they differ, ascending from 0.
        places : ndarray of uint8, shape (ids, 4)
            The place among the values of each id and level held, 0 to 3.

        Examples
        --------
        >>> values, places = Taxonomy(["care", "bathing"], {"bathing": "care"}).strengths(0, 2)
        >>> values[places].tolist()
        [[0.0, 0.5, 1.0, 1.0], [0.0, 0.5, 1.0, 1.0]]
        """
        if (wanted, level) not in self._strengths:
            worth = self.closeness[wanted][:, None] * np.minimum(1.0, np.arange(TOP_LEVEL + 1) / level)
            values = np.unique(worth)
            self._strengths[wanted, level] = values, np.searchsorted(values, worth).astype(np.uint8)
        return self._strengths[wanted, level]

    @cached_property
    def _strengths(self) -> dict[tuple[int, int], tuple[NDArray[np.float64], NDArray[np.uint8]]]:
        return {}

    def levels(self, rows: Iterable[Mapping[str, int]]) -> NDArray[np.int8]:
        """Turn mappings of id to level into a table.

        Parameters
        ----------
        rows : iterable of mapping of str to int
            For each person or need the ids with their level, 1 to 3.

        Returns
        -------
        ndarray of int8, shape (rows, ids)
            The level, 0 where an id is not mentioned.

        Raises
        ------
        ValueError
            For an unknown id or a level outside 1 to 3.

        Examples
        --------
        >>> Taxonomy(["cooking", "driving"]).levels([{"driving": 2}, {}]).tolist()
        [[0, 2], [0, 0]]
        """
        listed = list(rows)
        table = np.zeros((len(listed), len(self.ids)), dtype=np.int8)
        for row, held in enumerate(listed):
            for name, level in held.items():
                if not 1 <= level <= TOP_LEVEL:
                    raise ValueError(f"the level of {name!r} must be 1 to {TOP_LEVEL}, but is {level!r}")
                table[row, self.position(name)] = level
        return table

    def members(self, rows: Iterable[Iterable[str]]) -> NDArray[np.bool_]:
        """Turn lists of ids into a table of True where a row names an id, shape (rows, ids).

        Examples
        --------
        >>> Taxonomy(["zh", "en"]).members([["en"], []]).tolist()
        [[False, True], [False, False]]
        """
        return self.levels(dict.fromkeys(row, 1) for row in rows).astype(np.bool_)


@dataclass(frozen=True)
class Vocabulary:
    """All ids that volunteers and needs of one matching may use.

    Parameters
    ----------
    skills, fields, credentials, languages : Taxonomy
        Insurance is a credential like any other; a dialect is a language with a parent.

    Examples
    --------
    >>> Vocabulary(skills=Taxonomy(["cooking"])).languages.ids
    ()
    """

    skills: Taxonomy = Taxonomy(())
    fields: Taxonomy = Taxonomy(())
    credentials: Taxonomy = Taxonomy(())
    languages: Taxonomy = Taxonomy(())
