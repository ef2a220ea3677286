"""Entries of a roster that look like one person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from linli.core.i18n import Message
from linli.rosters.rules import Person

MOST_PAIRS: Final = 100


@dataclass(frozen=True)
class Pair:
    """`merged` would go: it is one whom the organization registered."""

    kept: Person
    merged: Person
    why: Sequence[Message]


def duplicates_in(people: Mapping[UUID, Person]) -> list[Pair]:
    """Pairs with the same name and birth date, or the same number and one of both; the likeliest first.

    Examples
    --------
    >>> from datetime import date
    >>> one, two = [Person(UUID(int=n), "李明", "", date(1950, 5, 1), "", True) for n in (1, 2)]
    >>> [each.why[0].text for each in duplicates_in({one.id: one, two.id: two})]
    ['Same name']
    """
    groups: dict[tuple[object, ...], list[Person]] = {}
    for person in people.values():
        for key in _keys(person):
            groups.setdefault(key, []).append(person)
    pairs: dict[tuple[UUID, UUID], Pair] = {}
    for group in groups.values():
        for pair in _pairs(group):
            pairs.setdefault((pair.kept.id, pair.merged.id), pair)
    return sorted(pairs.values(), key=lambda each: -len(each.why))[:MOST_PAIRS]


def _keys(person: Person) -> Iterable[tuple[object, ...]]:
    yield ("name and birth", person.name, person.birth_on)
    if person.mobile:
        yield ("mobile and name", person.mobile, person.name)
        yield ("mobile and birth", person.mobile, person.birth_on)


def _pairs(group: Sequence[Person]) -> Iterable[Pair]:
    """Who has an account of their own stays; of two registered ones the older entry."""
    ordered = sorted(group, key=lambda each: (each.is_managed, each.id))
    for person in ordered[1:]:
        if person.is_managed:
            yield Pair(ordered[0], person, _why(ordered[0], person))


def _why(one: Person, other: Person) -> list[Message]:
    same = (
        (Message("Same name"), one.name == other.name),
        (Message("Same birth date"), one.birth_on == other.birth_on),
        (Message("Same mobile number"), bool(one.mobile) and one.mobile == other.mobile),
    )
    return [said for said, holds in same if holds]
