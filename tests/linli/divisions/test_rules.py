"""The doctests of the rules, and what codes alone tell."""

import doctest

import pytest

from linli.divisions import (
    CommunityKind,
    Division,
    Level,
    Point,
    Tier,
    community_kind,
    contains,
    distance_km,
    is_placeholder,
    rules,
    tier,
)
from linli.divisions.rules import read_code


def _division(code: str, name: str = "") -> Division:
    level = rules.level_of_code(code)
    assert level
    return Division(level, code, name)


def test_the_examples_in_the_rules_are_true() -> None:
    assert doctest.testmod(rules).failed == 0


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ("52", "520302001001", True),
        ("520302", "520302", True),
        ("520302", "5203", False),
        ("5203", "520402", False),
        ("4419", "441900", True),
        ("441900", "4419", False),
    ],
)
def test_a_division_contains_itself_and_what_lies_below_it(outer: str, inner: str, expected: bool) -> None:
    assert contains(_division(outer), _division(inner)) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("110101001001", "110101001001", Tier.SAME_COMMUNITY),
        ("110101001001", "110101001002", Tier.SAME_TOWNSHIP),
        ("110101001001", "110101002001", Tier.SAME_COUNTY),
        ("520302001001", "520303001001", Tier.SAME_PREFECTURE),
        ("520302001001", "520402001001", Tier.SAME_PROVINCE),
        ("520302001001", "110101001001", Tier.ELSEWHERE),
        ("520302", "520302001001", Tier.SAME_COUNTY),
        ("52", "520302001001", Tier.SAME_PROVINCE),
    ],
)
def test_nearness_is_the_narrowest_shared_level(one: str, other: str, expected: Tier) -> None:
    assert tier(_division(one), _division(other)) is expected
    assert tier(_division(other), _division(one)) is expected


def test_counties_directly_under_a_province_share_only_the_province() -> None:
    assert tier(_division("429004"), _division("429005")) is Tier.SAME_PROVINCE


def test_tiers_sort_from_near_to_far() -> None:
    assert sorted(Tier) == [
        Tier.SAME_COMMUNITY,
        Tier.SAME_TOWNSHIP,
        Tier.SAME_COUNTY,
        Tier.SAME_PREFECTURE,
        Tier.SAME_PROVINCE,
        Tier.ELSEWHERE,
    ]


@pytest.mark.parametrize(
    ("code", "name", "kind"),
    [
        ("110101001001", "多福巷社区居委会", CommunityKind.RESIDENTS),
        ("130523100202", "西街村居民委员会", CommunityKind.RESIDENTS),
        ("340123101001", "赵岗社区村民委员会", CommunityKind.VILLAGE),
        ("152524101200", "榆树村委会社区", CommunityKind.VILLAGE),
        ("520302001001", "大兴路社区", CommunityKind.RESIDENTS),
        ("330383101200", "同心村", CommunityKind.VILLAGE),
        ("659012505508", "八连生活区", CommunityKind.VILLAGE),
        ("110105020400", "机场工作区社区", CommunityKind.RESIDENTS),
        ("110101001", "东华门街道", None),
    ],
)
def test_the_committee_in_the_name_decides_before_the_code(
    code: str, name: str, kind: CommunityKind | None
) -> None:
    assert community_kind(_division(code, name)) is kind


def test_a_level_that_only_fills_the_code_is_a_placeholder() -> None:
    assert is_placeholder(_division("5002", "县"))
    assert is_placeholder(_division("4290", "省直辖县级行政区划"))
    assert is_placeholder(_division("460202198", "海棠区直辖村级区划"))
    assert not is_placeholder(_division("140302", "城区"))


@pytest.mark.parametrize(
    "code", ["", "5", "52030", "5203021", "52030200100", "５２０３０２", "52a302", "-52030", "\0"]
)
def test_what_is_no_county_code_reads_as_none(code: str) -> None:
    assert read_code(Level.COUNTY, code) is None


def test_distances_match_published_ones() -> None:
    """London to Paris, 343.5 km by the haversine formula on the same sphere; a quarter of a meridian."""
    london, paris = Point(-0.1278, 51.5074), Point(2.3522, 48.8566)
    assert distance_km(london, paris) == pytest.approx(343.6, abs=0.2)
    assert distance_km(Point(0, 0), Point(0, 90)) == pytest.approx(10007.557, abs=0.001)
    assert distance_km(london, london) == 0
    assert distance_km(Point(0, 0), Point(180, 0)) == pytest.approx(2 * 10007.557, abs=0.002)
