"""What a policy answered, checked: whoever writes a program is told what was wrong with a line of it."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

from matching.city.messages import Message


def pairs_in(answer: Message, needs: Container[str], people: Container[str]) -> list[tuple[str, str]]:
    """Who is to be asked about what.

    Raises
    ------
    ValueError
        If `pairs` is no list of [need, volunteer], or an id is not known.
    """
    pairs = [_two("pairs", each) for each in _list(answer, "pairs")]
    for pair in pairs:
        for kind, id, known in zip(("need", "volunteer"), pair, (needs, people), strict=True):
            if not isinstance(id, str) or id not in known:
                raise ValueError(f"unknown {kind} {id!r} in pairs; wanted one of those in the message")
    return pairs


def order_in(answer: Message, candidates: Sequence[str]) -> list[str]:
    """The candidates in the order that was given, best first.

    Raises
    ------
    ValueError
        If `ranked` is no list of [volunteer, score], or names somebody twice or nobody knows.
    """
    order = [person for person, _ in (_two("ranked", each) for each in _list(answer, "ranked"))]
    return _among("ranked", order, candidates)


def needs_in(answer: Message, shown: Sequence[str]) -> list[str]:
    """The needs in the order in which a visitor sees them.

    Raises
    ------
    ValueError
        If `needs` is no list of ids, or names one twice or one that was not sent.
    """
    return _among("needs", _list(answer, "needs"), shown)


def _list(answer: Message, name: str) -> list[Any]:
    found = answer.get(name)
    if not isinstance(found, list):
        raise ValueError(f"wanted a list {name} in the answer, but got {str(answer)[:80]}")
    return found


def _two(name: str, found: Any) -> tuple[Any, Any]:
    if not isinstance(found, list) or len(found) != 2:
        raise ValueError(f"wanted two entries in each of {name}, but got {found!r}")
    return found[0], found[1]


def _among(name: str, given: list[Any], known: Sequence[str]) -> list[str]:
    allowed = set(known)
    for each in given:
        if not isinstance(each, str) or each not in allowed:
            raise ValueError(f"wanted ids from the message, each once, in {name}, but got {each!r}")
        allowed.remove(each)
    return given
