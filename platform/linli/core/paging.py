"""Lists page by key: the next page starts after the last row seen, so nothing is skipped or shown twice."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

PAGE_SIZE = 20
MAX_CURSOR_LENGTH = 300

T = TypeVar("T")
Key = ColumnElement[Any] | InstrumentedAttribute[Any]


@dataclass(frozen=True)
class Page(Generic[T]):
    rows: Sequence[T]
    next_cursor: str | None = None


async def read_page(
    session: AsyncSession,
    query: Select[Any],
    *,
    keys: Sequence[Key],
    key_of: Callable[[Any], Sequence[Any]],
    after: str | None,
    size: int = PAGE_SIZE,
    descending: bool = False,
    given: Mapping[str, Any] | None = None,
) -> Page[Any]:
    """One page of rows ordered by `keys` (unique together); `key_of(row)` gives their values.

    `given` are the values of the query's own named parameters.
    """
    order = [key.desc() if descending else key.asc() for key in keys]
    start = _read_cursor(after, keys)
    if start is not None:
        here = tuple_(*keys)
        there = tuple_(*(literal(value, key.type) for value, key in zip(start, keys, strict=True)))
        query = query.where(here < there if descending else here > there)
    rows = list(await session.execute(query.order_by(*order).limit(size + 1), given))
    more = len(rows) > size
    rows = rows[:size]
    return Page(rows, _write_cursor(key_of(rows[-1])) if more else None)


def _write_cursor(values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(list(values))).decode()


def _read_cursor(cursor: str | None, keys: Sequence[Key]) -> list[Any] | None:
    """A cursor that was not written here is no error: the list starts at its beginning."""
    if not cursor or len(cursor) > MAX_CURSOR_LENGTH:
        return None
    try:
        values = msgspec.json.decode(base64.urlsafe_b64decode(cursor), type=list[Any])
        if len(values) != len(keys):
            return None
        return [_typed(value, key) for value, key in zip(values, keys, strict=True)]
    except (ValueError, TypeError, OverflowError, binascii.Error, msgspec.DecodeError):
        return None


def _typed(value: Any, key: Key) -> Any:
    kind = key.type.python_type
    if kind is datetime:
        return datetime.fromisoformat(value).astimezone(UTC)
    if kind is UUID:
        return UUID(value)
    if isinstance(value, str) and "\x00" in value:
        raise ValueError("NUL in a cursor")
    if isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError("a number that no database takes")
    return kind(value)
