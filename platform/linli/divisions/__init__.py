"""China's statistical division codes: five levels, their tree, names in both languages, search and nearness.

Read from one packed file, without a database. A division's key is its level and code together.
"""

from linli.divisions.names import english_name, label, name_in, path
from linli.divisions.queries import (
    ancestors,
    children,
    count_inside,
    county_of,
    get,
    inside,
    parent,
    point_of,
    with_code,
)
from linli.divisions.rules import (
    CommunityKind,
    Division,
    Level,
    Point,
    Tier,
    community_kind,
    contains,
    distance_km,
    is_placeholder,
    tier,
)
from linli.divisions.search import search, suggest
from linli.divisions.tables import load

__all__ = [
    "CommunityKind",
    "Division",
    "Level",
    "Point",
    "Tier",
    "ancestors",
    "children",
    "community_kind",
    "contains",
    "count_inside",
    "county_of",
    "distance_km",
    "english_name",
    "get",
    "inside",
    "is_placeholder",
    "label",
    "load",
    "name_in",
    "parent",
    "path",
    "point_of",
    "search",
    "suggest",
    "tier",
    "with_code",
]
