"""Reads the files of seed/ into frozen rows and says clearly what is wrong with one."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec

from linli.core.resources import resource_folder


class SeedError(ValueError):
    """A file in seed/ is missing, malformed or names something that does not exist."""


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row of a seed file: a key nobody knows is an error, as is a missing one."""


class Text(Row, frozen=True):
    """One text in both languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


class Words(Row, frozen=True):
    """Words or phrases in both languages; the two lists do not correspond one to one."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()

    def in_language(self, language: str) -> tuple[str, ...]:
        return self.zh if language == "zh" else self.en


class Named(Row, frozen=True):
    """Something with a stable id and a name in both languages."""

    id: str
    zh: str
    en: str

    def name(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


R = TypeVar("R", bound=Row)
T = TypeVar("T")


def seed_dir() -> Path:
    return resource_folder("seed")


def read_one(path: Path, row: type[R]) -> R:
    """The whole file as one row."""
    return _converted(_read(path), row, path.name)


def read_by_id(path: Path, row: type[R]) -> Mapping[str, R]:
    """One row for each [table] of the file, whose name is the id."""
    tables = _read(path)
    return MappingProxyType({key: _named(key, table, row, path.name) for key, table in tables.items()})


def read_tables(path: Path, row: type[R]) -> Mapping[str, R]:
    """One row for each [table] of the file, which says under what name it is found."""
    tables = _read(path)
    return MappingProxyType(
        {key: _converted(table, row, f"{path.name}: {key}") for key, table in tables.items()}
    )


def read_folder(folder: Path, row: type[R]) -> Mapping[str, R]:
    """One row for each file of the folder, whose name is the id."""
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise SeedError(f"{folder} holds no .toml file")
    return MappingProxyType({path.stem: _named(path.stem, _read(path), row, path.name) for path in paths})


def read_numbers(path: Path) -> Mapping[str, int]:
    """The whole file as names with a number each."""
    return MappingProxyType(_converted(_read(path), dict[str, int], path.name))


def read_list(path: Path, key: str, row: type[R]) -> tuple[R, ...]:
    """One row for each [[key]] of the file."""
    entries = _read(path).get(key, [])
    return tuple(_converted(entry, row, f"{path.name}: {key} {n}") for n, entry in enumerate(entries, 1))


def check_known(ids: Iterable[str], known: Mapping[str, object], *, what: str, where: str) -> None:
    """Raise when one of the ids is not among the known ones.

    `what` names the kind of thing in the singular, `where` the place in the file.
    """
    for unknown in (each for each in ids if each not in known):
        raise SeedError(f"{where}: {what} {unknown!r} does not exist")


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SeedError(f"{path} is missing") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SeedError(f"{path}: {error}") from error


def _named(id: str, table: object, row: type[R], file: str) -> R:
    if not isinstance(table, dict):
        raise SeedError(f"{file}: {id!r} is not a table")
    return _converted({"id": id, **table}, row, f"{file}: {id}")


def _converted(values: dict[str, Any], row: type[T], where: str) -> T:
    try:
        return msgspec.convert(values, row)
    except msgspec.ValidationError as error:
        raise SeedError(f"{where}: {error}") from error
