"""Rights as a table says them, and the places of the matrix that follow from one row of it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from tests.linli.world import WORDS, Ids, World

OWN, NEAR, OTHERS = "own", "a neighbour's", "another county's"


@dataclass(frozen=True)
class Rights:
    """Who may with what is their own; with other people's nobody may, unless it is nobody's in particular.

    `near` may with what is a neighbour's (the bureau over both), `inside` by the path of their own desk,
    and `anywhere` too by that path, where it names what is public: an organization or team to be asked.
    """

    own: frozenset[str]
    others: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()
    inside: frozenset[str] = frozenset()
    anywhere: frozenset[str] = frozenset()

    def of_neighbours_too(self, *roles: str) -> "Rights":
        return replace(self, near=frozenset(roles))


def open_to(*roles: str | Iterable[str]) -> Rights:
    return Rights(frozenset(each for role in roles for each in ([role] if isinstance(role, str) else role)))


def open_to_bureau(*roles: str) -> Rights:
    """For whatever lies inside the bureau's division, by the path of its own desk."""
    return Rights(frozenset(roles), inside=frozenset(roles))


@dataclass(frozen=True, eq=False)
class Cell:
    """One place of the matrix: a route with these ids, and whether the actor may."""

    route: str
    whose: str
    ids: Ids
    is_open: bool
    is_behind_own: bool = False


def cells_of(route: str, rights: Rights, world: World, actor: str) -> Iterator[Cell]:
    """What is one's own, a neighbour's, another county's, and these two behind one's own path."""
    own, near, others = world.own[actor], world.near[actor], world.others[actor]
    named = [name for name in re.findall(r"{(\w+)}", route) if name not in WORDS]
    yield Cell(route, OWN, own, actor in rights.own)
    if named:
        yield Cell(route, NEAR, near, actor in rights.near)
        yield Cell(route, OTHERS, others, actor in rights.others)
    if len(named) > 1:
        inner = named[1:]
        yield Cell(route, f"own path, {NEAR}", own | picked(near, inner), actor in rights.inside, True)
        yield Cell(route, f"own path, {OTHERS}", own | picked(others, inner), actor in rights.anywhere, True)


def picked(ids: Ids, names: Iterable[str]) -> Ids:
    return {name: ids[name] for name in names}
