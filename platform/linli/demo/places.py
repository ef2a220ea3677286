"""Where sample people and needs are: invented points, because known coordinates end at the county."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sin, sqrt, tau
from typing import Final

from linli.divisions.queries import children, inside, point_of, with_code
from linli.divisions.rules import Division, Level, Point
from linli.volunteers.rules import POINT_DECIMALS

WENGAN: Final = "522725"
# The article's example of residents who consult and build: Languan, in this county.
LANGUAN: Final = "522725205200"
KM_PER_DEGREE: Final = 111.2
TOWN_RADIUS_KM: Final = 2.5
TOWNSHIP_RADIUS_KM: Final = 22.0
COMMUNITY_RADIUS_KM: Final = 1.5
VILLAGE_RADIUS_KM: Final = 4.0


@dataclass(frozen=True)
class Town:
    """A county with its townships, and an invented point for every community in it."""

    county: Division
    townships: tuple[Division, ...]
    communities: tuple[Division, ...]
    point_of_community: dict[str, Point]

    @property
    def urban(self) -> tuple[Division, ...]:
        """Communities of the sub-districts, where most people live."""
        return tuple(each for each in self.communities if each.code[6] == "0")

    def near(self, community: str, rng: random.Random) -> Point:
        """A point within a walk of the community's."""
        return scattered(self.point_of_community[community], 1.0, rng)


def town(code: str, rng: random.Random) -> Town:
    """Sub-districts lie in the middle of the county, towns further out, communities around theirs."""
    county = with_code(code)
    centre = point_of(county) if county else None
    if county is None or centre is None:
        raise ValueError(f"wanted a county with a point, but saw {code}")
    townships, points = children(county), dict[str, Point]()
    for township in townships:
        is_urban = township.code[6] == "0"
        middle = scattered(centre, TOWN_RADIUS_KM if is_urban else TOWNSHIP_RADIUS_KM, rng)
        for community in children(township):
            radius_km = COMMUNITY_RADIUS_KM if community.code[9] == "0" else VILLAGE_RADIUS_KM
            points[community.code] = scattered(middle, radius_km, rng)
    communities = inside(county, Level.COMMUNITY, limit=len(points))
    return Town(county, tuple(townships), tuple(communities), points)


def scattered(middle: Point, radius_km: float, rng: random.Random) -> Point:
    """A point of the disc around `middle`, every spot as likely as any other."""
    angle, distance_km = rng.random() * tau, radius_km * sqrt(rng.random())
    north, east = distance_km * sin(angle), distance_km * cos(angle)
    longitude = middle.longitude + east / (KM_PER_DEGREE * cos(radians(middle.latitude)))
    return Point(
        round(longitude, POINT_DECIMALS), round(middle.latitude + north / KM_PER_DEGREE, POINT_DECIMALS)
    )


# Middles of well-known quarters of New York, to the nearest hundredth of a degree or so: facts of geography.
NEW_YORK: Final[Sequence[Point]] = (
    Point(-73.946, 40.811),  # Harlem
    Point(-73.975, 40.787),  # Upper West Side
    Point(-73.957, 40.773),  # Upper East Side
    Point(-73.992, 40.754),  # Midtown
    Point(-73.986, 40.717),  # Lower East Side
    Point(-73.940, 40.841),  # Washington Heights
    Point(-73.990, 40.694),  # Downtown Brooklyn
    Point(-73.944, 40.687),  # Bedford-Stuyvesant
    Point(-73.958, 40.648),  # Flatbush
    Point(-73.962, 40.578),  # Brighton Beach
    Point(-73.884, 40.747),  # Jackson Heights
    Point(-73.830, 40.760),  # Flushing
    Point(-73.794, 40.702),  # Jamaica
    Point(-73.917, 40.818),  # South Bronx
    Point(-73.878, 40.873),  # Bronx Park
    Point(-74.077, 40.641),  # St. George, Staten Island
)
