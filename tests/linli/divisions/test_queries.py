"""Looking up real divisions in the packed file."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli import divisions
from linli.divisions import Division, Level, Point, get, with_code

# China's divisions as counted in the codes of 2023-06-30.
COUNTS = {
    Level.PROVINCE: 31,
    Level.PREFECTURE: 342,
    Level.COUNTY: 2_978,
    Level.TOWNSHIP: 41_352,
    Level.COMMUNITY: 620_573,
}


def _known(code: str) -> Division:
    division = with_code(code)
    assert division
    return division


@pytest.mark.parametrize(("level", "count"), COUNTS.items())
def test_all_divisions_of_the_country_are_there(level: Level, count: int) -> None:
    assert divisions.count_inside(None, level) == count


@pytest.mark.parametrize("level", Level)
def test_every_division_is_found_again_by_its_level_and_code(level: Level) -> None:
    found = divisions.inside(None, level, limit=3_000)
    assert all(get(level, division.code) == division == with_code(division.code) for division in found)
    assert all(one.code < next_one.code for one, next_one in pairwise(found))


@pytest.mark.parametrize("level", list(Level)[1:])
def test_every_division_has_a_parent_that_counts_it_among_its_children(level: Level) -> None:
    for division in divisions.inside(None, level, after="3301", limit=500):
        parent = divisions.parent(division)
        assert parent
        assert division in divisions.children(parent)


def test_level_and_code_together_are_the_key() -> None:
    assert get(Level.PREFECTURE, "441900000000") == Division(Level.PREFECTURE, "4419", "东莞市")
    assert get(Level.COUNTY, "441900000000") == Division(Level.COUNTY, "441900", "东莞市")
    assert [division.code for division in divisions.children(_known("4604"))] == ["460400"]


def test_codes_may_be_padded_and_levels_may_be_words() -> None:
    assert get("county", "520302") == get(Level.COUNTY, "520302000000") == _known("520302")


@pytest.mark.parametrize(
    ("level", "code"),
    [
        ("county", "999999"),
        ("county", "5203"),
        ("county", ""),
        ("county", "520302000001"),
        ("planet", "52"),
        ("", ""),
        ("community", "9" * 40),
        ("province", "五二"),
    ],
)
def test_an_unknown_division_is_none(level: str, code: str) -> None:
    assert get(level, code) is None


@given(st.text(max_size=20), st.sampled_from([*Level, "nowhere"]))
def test_no_text_is_a_code_that_breaks(code: str, level: str) -> None:
    found = get(level, code)
    assert found is None or found.code == code[: len(found.code)]
    assert with_code(code) is None or code.isdigit()


@given(st.sampled_from(Level), st.text(max_size=14), st.text(max_size=5))
def test_a_made_up_division_has_no_relatives_and_breaks_nothing(level: Level, code: str, name: str) -> None:
    made_up = Division(level, f"00{code}", name)
    assert divisions.ancestors(made_up) == ()
    assert divisions.parent(made_up) is None
    assert divisions.children(made_up) == []
    assert divisions.point_of(made_up) is None
    assert divisions.search("朝阳", within=made_up) == []
    assert divisions.path(made_up) in (divisions.label(made_up), "")
    divisions.english_name(made_up)
    divisions.tier(made_up, _known("52"))


def test_ancestors_run_from_the_province_down() -> None:
    assert [division.name for division in divisions.ancestors(_known("110101001001"))] == [
        "北京市",
        "市辖区",
        "东城区",
        "东华门街道",
    ]
    assert divisions.ancestors(_known("52")) == ()


def test_a_community_knows_its_county() -> None:
    assert divisions.county_of(_known("110101001001")) == _known("110101")
    assert divisions.county_of(_known("110101")) == _known("110101")
    assert divisions.county_of(_known("1101")) is None


def test_children_come_by_code_in_pages() -> None:
    zunyi = _known("5203")
    all_children = divisions.children(zunyi)
    first_page = divisions.children(zunyi, limit=5)
    second_page = divisions.children(zunyi, after=first_page[-1].code, limit=5)
    assert first_page + second_page == all_children[:10]
    assert divisions.children(zunyi, after=all_children[-1].code) == []
    assert divisions.children(zunyi, limit=0) == divisions.children(zunyi, limit=-1) == []


def test_above_the_provinces_is_the_country_and_below_communities_nothing() -> None:
    assert [division.name for division in divisions.children()][:3] == ["北京市", "天津市", "河北省"]
    assert divisions.children(_known("110101001001")) == []


def test_a_page_after_a_code_of_elsewhere_begins_at_the_first_division() -> None:
    beijing = _known("1101")
    assert divisions.children(beijing, after="100000") == divisions.children(beijing)
    assert divisions.children(beijing, after="nonsense") == divisions.children(beijing)
    assert divisions.children(beijing, after="520302") == []


def test_all_communities_of_a_county_are_inside_it() -> None:
    dongcheng = _known("110101")
    communities = divisions.inside(dongcheng, Level.COMMUNITY, limit=1_000)
    assert len(communities) == divisions.count_inside(dongcheng, Level.COMMUNITY) > 100
    assert all(divisions.contains(dongcheng, community) for community in communities)
    assert divisions.inside(dongcheng, Level.PROVINCE) == []


def test_a_county_and_all_below_it_have_the_counties_point() -> None:
    dongcheng = Point(longitude=116.41649, latitude=39.928341)
    assert divisions.point_of(_known("110101")) == dongcheng
    assert divisions.point_of(_known("110101001001")) == dongcheng


def test_a_county_without_a_point_has_the_prefectures() -> None:
    counties = divisions.inside(None, Level.COUNTY, limit=3_000)
    without = [county for county in counties if divisions.point_of(county) is None]
    assert len(without) == 18
    assert {county.code[:4] for county in without} == {"5406", "6590"}  # these have none either
    assert divisions.point_of(_known("130171")) == divisions.point_of(_known("1301"))


def test_provinces_and_prefectures_have_their_own_points() -> None:
    assert divisions.point_of(_known("11")) == Point(longitude=116.407394, latitude=39.904211)
    assert divisions.point_of(_known("5406")) is None


def test_points_lie_in_china() -> None:
    points = [divisions.point_of(county) for county in divisions.inside(None, Level.COUNTY, limit=3_000)]
    assert all(73 < point.longitude < 136 and 3 < point.latitude < 54 for point in points if point)
