"""A row for each thing that waits, and groups of them under a heading."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from linli.core.i18n import Message

SHOWN: Final = 5


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One thing: what it is, what of it matters, how long there is. `url` leads to where it is done."""

    title: Any
    url: str | None
    title_lang: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    facts: Sequence[Any] = ()
    # Until when, as a sentence; or since when, which the page says as a length of time.
    due: Message | None = None
    since: datetime | None = None
    is_late: bool = False


@dataclass(frozen=True)
class Group:
    """The first few of a list; `url` leads to all of them."""

    title: Message
    rows: Sequence[Waiting]
    total: int
    url: str | None = None

    @property
    def is_cut(self) -> bool:
        return self.total > len(self.rows)


def group(
    title: Message, rows: Sequence[Waiting], *, url: str | None = None, total: int | None = None
) -> Group:
    return Group(title, rows[:SHOWN], len(rows) if total is None else total, url)


def filled(groups: Iterable[Group]) -> list[Group]:
    """Without those in which nothing waits."""
    return [each for each in groups if each.rows]
