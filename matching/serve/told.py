"""What has happened, checked as a whole before anything of it is noted; and what is known of a need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from matching.history import Deed
from matching.serve.town import Message, Town, number, text_of, whole

DEEDS: Mapping[str, Deed] = {
    "accept": Deed.YES,
    "full": Deed.YES,
    "decline": Deed.NO,
    "no_reply": Deed.SILENCE,
    "browse_accept": Deed.VOLUNTEERED,
    "attended": Deed.CAME,
    "no_show": Deed.MISSED,
}
"""What people do when they are asked or expected."""

KINDS = frozenset({*DEEDS, "invited", "cancel", "opt_out", "closed"})


class Event(NamedTuple):
    """One thing that happened."""

    kind: str
    need: str
    person: int
    """Row; -1 where nobody is named, as when a need is over."""
    day: int
    served: float
    """Of a need that is over, from 0 to 1."""


def read_events(town: Town, given: Sequence[Message]) -> list[Event]:
    """Check all events.

    Raises
    ------
    ValueError
        Naming what is wrong with the first that is.
    """
    return [_read_event(town, event) for event in given]


def _read_event(town: Town, given: Message) -> Event:
    kind = text_of(given, "type")
    if kind not in KINDS:
        raise ValueError(f"unknown type {kind!r}; wanted one of {', '.join(sorted(KINDS))}")
    need, day = str(given.get("need")), whole(given, "day")
    if kind == "closed":
        served = number({"served": float(given.get("served") or 0)}, "served")
        return Event(kind, need, -1, day, min(1.0, max(0.0, served)))
    return Event(kind, need, town.row_of(given.get("volunteer")), day, 0.0)


@dataclass
class Course:
    """What is known of one need."""

    message: Message
    asked: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Days on which each person was asked."""
    open_questions: dict[int, tuple[int, float]] = field(default_factory=dict)
    """Who has not answered: day and chance of a yes."""
    said_no: set[int] = field(default_factory=set)
    going: list[int] = field(default_factory=list)
