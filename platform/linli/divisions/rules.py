"""What a division is and how two of them lie to each other; decided from codes and names alone."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG


class Level(StrEnum):
    """A level of the statistical division codes, from the widest to the narrowest."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"
    COMMUNITY = "community"

    @property
    def digits(self) -> int:
        """Length of a code at this level.

        Examples
        --------
        >>> [level.digits for level in Level]
        [2, 4, 6, 9, 12]
        """
        return _DIGITS[self]

    @property
    def depth(self) -> int:
        """0 for a province to 4 for a community.

        Examples
        --------
        >>> Level.COUNTY.depth
        2
        """
        return _DEPTH[self]


_DIGITS = dict(zip(Level, (2, 4, 6, 9, 12), strict=True))
_DEPTH = {level: depth for depth, level in enumerate(Level)}
_LEVEL_BY_DIGITS = {digits: level for level, digits in _DIGITS.items()}


@dataclass(frozen=True, slots=True)
class Division:
    """A place in the statistical code; its key is level and code together.

    Parameters
    ----------
    level : Level
    code : str
        As many digits as the level has, without padding: "5203" is a prefecture. A division's code
        begins with the code of every division that contains it.
    name : str
        The official Chinese name.
    """

    level: Level
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the map, in degrees: longitude -180 to 180, latitude -90 to 90."""

    longitude: float
    latitude: float


class Tier(IntEnum):
    """How near two divisions are when no distance is known; the smaller, the nearer."""

    SAME_COMMUNITY = 0
    SAME_TOWNSHIP = 1
    SAME_COUNTY = 2
    SAME_PREFECTURE = 3
    SAME_PROVINCE = 4
    ELSEWHERE = 5


class CommunityKind(StrEnum):
    """Whose committee a community has: residents' (居民委员会) or villagers' (村民委员会)."""

    RESIDENTS = "residents"
    VILLAGE = "village"


def level_of_code(code: str) -> Level | None:
    """Return the level that an unpadded code of this length belongs to.

    Examples
    --------
    >>> level_of_code("520302")
    <Level.COUNTY: 'county'>
    >>> level_of_code("5") is None
    True
    """
    return _LEVEL_BY_DIGITS.get(len(code))


def read_code(level: Level, code: str) -> str | None:
    """Return a code in the length of its level, or None where it cannot belong to that level.

    Parameters
    ----------
    level : Level
    code : str
        Unpadded, or padded with zeros as 6-, 9- and 12-digit codes are elsewhere.

    Examples
    --------
    >>> read_code(Level.PREFECTURE, "441900000000")
    '4419'
    >>> read_code(Level.PREFECTURE, "441901") is None
    True
    """
    own, padding = code[: level.digits], code[level.digits :]
    is_plain = code.isascii() and code.isdigit() and len(code) <= 12
    return own if is_plain and len(own) == level.digits and not padding.strip("0") else None


def contains(outer: Division, inner: Division) -> bool:
    """Tell whether `inner` is `outer` or lies inside it.

    Examples
    --------
    >>> zunyi = Division(Level.PREFECTURE, "5203", "遵义市")
    >>> contains(zunyi, Division(Level.COUNTY, "520302", "红花岗区")), contains(zunyi, zunyi)
    (True, True)
    """
    return outer.level.depth <= inner.level.depth and inner.code.startswith(outer.code)


def tier(one: Division, other: Division) -> Tier:
    """Return the narrowest level at which two divisions are still the same place.

    A county and a community inside it share the county. Counties directly under a province stand under
    a prefecture code that names no place (429000), so they share only the province.

    Examples
    --------
    >>> honghuagang = Division(Level.COUNTY, "520302", "红花岗区")
    >>> tier(honghuagang, Division(Level.COUNTY, "520303", "汇川区"))
    <Tier.SAME_PREFECTURE: 3>
    """
    for level in reversed(Level):
        shared = one.code[: level.digits]
        if len(shared) == level.digits and other.code.startswith(shared) and not _names_no_place(shared):
            return Tier(Level.COMMUNITY.depth - level.depth)
    return Tier.ELSEWHERE


def _names_no_place(code: str) -> bool:
    """GB/T 2260: prefecture code 90 gathers the counties directly under a province or region."""
    return len(code) == 4 and code.endswith("90")


def is_placeholder(division: Division) -> bool:
    """Tell whether a division only fills a level of the code and is no place people speak of.

    Prefecture level: 市辖区 and 县 of the municipalities, 直辖县级行政区划; township level: 直辖村级区划.

    Examples
    --------
    >>> is_placeholder(Division(Level.PREFECTURE, "1101", "市辖区"))
    True
    >>> is_placeholder(Division(Level.PREFECTURE, "5203", "遵义市"))
    False
    """
    if division.level is Level.PREFECTURE:
        return division.name in ("市辖区", "县") or division.name.endswith("直辖县级行政区划")
    return division.level is Level.TOWNSHIP and division.name.endswith("直辖村级区划")


def community_kind(division: Division) -> CommunityKind | None:
    """Return whose committee a community has; None at other levels.

    The committee named in the name decides, otherwise the tenth digit of the code: residents' committees
    are numbered 001 to 199 and areas like them 400 to 499, villages 200 to 399 and areas like them
    500 to 599 (National Bureau of Statistics, rules for statistical division codes).

    Examples
    --------
    >>> community_kind(Division(Level.COMMUNITY, "110101001001", "多福巷社区居委会")).value
    'residents'
    >>> community_kind(Division(Level.COMMUNITY, "520302105200", "同心村")).value
    'village'
    """
    if division.level is not Level.COMMUNITY:
        return None
    if any(word in division.name for word in ("居委会", "居民委员会")):
        return CommunityKind.RESIDENTS
    if any(word in division.name for word in ("村委会", "村民委员会", "牧委会", "嘎查")):
        return CommunityKind.VILLAGE
    return CommunityKind.RESIDENTS if division.code[9:10] in ("0", "1", "4") else CommunityKind.VILLAGE


def distance_km(one: Point, other: Point) -> float:
    """Return the great-circle distance of two points in kilometres (haversine formula, sphere).

    Examples
    --------
    >>> round(distance_km(Point(116.407394, 39.904211), Point(121.473662, 31.230372)))
    1067
    """
    north, south = radians(one.latitude), radians(other.latitude)
    across = sin(radians(other.longitude - one.longitude) / 2) ** 2
    haversine = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * across
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(haversine)))
