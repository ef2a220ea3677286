"""Divisions as sentences and pages use them: a name in both languages."""

from functools import lru_cache

from linli.core.i18n import Name
from linli.divisions.names import english_name, label, path
from linli.divisions.queries import inside, with_code
from linli.divisions.rules import Division, Level

MOST_COMMUNITIES = 500


@lru_cache(maxsize=8192)
def named(code: str) -> Name | None:
    """The short name of the division with this code."""
    division = with_code(code)
    return Name(label(division), english_name(division)) if division else None


@lru_cache(maxsize=8192)
def path_named(code: str) -> Name | None:
    """The name with everything it lies in."""
    division = with_code(code)
    return Name(path(division, "zh"), path(division, "en")) if division else None


def communities_inside(code: str) -> list[tuple[str, Name]]:
    """Codes and names of the communities of a division; a community's only one is itself."""
    division = with_code(code)
    if division is None:
        return []
    found = (
        [division]
        if division.level is Level.COMMUNITY
        else inside(division, Level.COMMUNITY, limit=MOST_COMMUNITIES)
    )
    return [(each.code, _name(each)) for each in found]


def _name(division: Division) -> Name:
    return named(division.code) or Name(division.name, division.name)
