"""How the columns of a spreadsheet become a need: one file in seed/mappings/ for each kind of spreadsheet."""

import re
from collections.abc import Collection, Mapping
from datetime import time
from functools import lru_cache
from pathlib import Path
from typing import Literal

from msgspec import field

from linli.core import seed
from linli.core.errors import NotFound
from linli.core.i18n import Message
from linli.core.seed_files import Named, Row, SeedError, check_known, read_folder, seed_dir

# What a column can hold.
Part = Literal[
    "key",
    "title",
    "description",
    "language",
    "risks",
    "category",
    "skills",
    "priority",
    "places",
    "first_day",
    "last_day",
    "starts",
    "ends",
    "division",
    "place",
    "address",
    "latitude",
    "longitude",
    "contact_name",
    "contact_phone",
]


class Category(Row, frozen=True):
    """What a word in the category column means here."""

    field: str
    skills: tuple[str, ...] = ()
    setting: seed.Setting = "indoors"


class Hours(Row, frozen=True):
    """From and to, on one day."""

    starts: time
    ends: time


class PointInText(Row, frozen=True):
    """A point inside a longer cell; the pattern names `latitude` and `longitude`."""

    column: str
    pattern: str

    def find(self, cell: str) -> tuple[str, str] | None:
        found = re.search(self.pattern, cell)
        return (found["latitude"], found["longitude"]) if found else None


class ColumnMapping(Named, frozen=True):
    """Each part is found under one of several headings; `columns` must be there, `optional` may be.

    Without a title column the first clause of the description is the title. Days are read by `dates`
    (as in Python's strptime), by default as people type them in forms. `usual_hours` are taken where a row
    names one day and no hour; the need says that they are assumed.
    """

    source: str
    language: Literal["zh", "en"]
    columns: dict[Part, tuple[str, ...]]
    optional: dict[Part, tuple[str, ...]] = field(default_factory=dict)
    dates: tuple[str, ...] = ()
    usual_hours: Hours | None = None
    point: PointInText | None = None
    priorities: dict[str, seed.Priority] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)

    @property
    def headings(self) -> Mapping[Part, tuple[str, ...]]:
        return {**self.columns, **self.optional}


def mappings() -> Mapping[str, ColumnMapping]:
    return load_mappings(seed_dir())


def mapping_named(name: str) -> ColumnMapping:
    found = mappings().get(name)
    if found is None:
        raise NotFound(
            Message("No mapping is called “{name}”. There are: {names}.", name=name, names=list(mappings()))
        )
    return found


@lru_cache
def load_mappings(folder: Path) -> Mapping[str, ColumnMapping]:
    known = seed.load_vocabulary(folder)
    loaded = read_folder(folder / "mappings", ColumnMapping)
    for mapping in loaded.values():
        _check(mapping, known)
    return loaded


def _check(mapping: ColumnMapping, known: seed.Vocabulary) -> None:
    where = f"mappings/{mapping.id}.toml"
    for category in mapping.categories.values():
        check_known([category.field], known.fields, what="field", where=where)
        check_known(category.skills, known.skills, what="skill", where=where)
    if not {"key", "description"} <= set(mapping.columns):
        raise SeedError(f"{where}: columns must name at least key and description")
    if mapping.point:
        _check_pattern(mapping.point.pattern, where)


def _check_pattern(pattern: str, where: str) -> None:
    try:
        names: Collection[str] = re.compile(pattern).groupindex
    except re.error as error:
        raise SeedError(f"{where}: pattern {pattern!r} cannot be read: {error}") from None
    if set(names) != {"latitude", "longitude"}:
        raise SeedError(
            f"{where}: pattern must name latitude and longitude, but names {', '.join(names) or 'nothing'}"
        )
