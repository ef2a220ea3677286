"""What is the same for everybody and long to count, kept for a while. Nothing of a person's belongs here."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

_everything: list["Kept[Any, Any]"] = []

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """The values counted last, by what was asked."""

    def __init__(self, *, lasts: timedelta, most: int) -> None:
        self._lasts, self._most = lasts, most
        self._found: OrderedDict[K, tuple[datetime, V]] = OrderedDict()
        _everything.append(self)

    async def find(self, asked: K, now: datetime, count: Callable[[], Awaitable[V]]) -> V:
        """As it was counted, or counted now."""
        kept = self._found.get(asked)
        if kept and timedelta(0) <= now - kept[0] < self._lasts:
            return kept[1]
        value = await count()
        self._found[asked] = now, value
        self._found.move_to_end(asked)
        while len(self._found) > self._most:
            self._found.popitem(last=False)
        return value


def forget_everything() -> None:
    for kept in _everything:
        kept._found.clear()
