"""Finding divisions by what people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli import divisions
from linli.divisions import Division, Level, search, suggest, with_code
from linli.divisions.tables import table


def _known(code: str) -> Division:
    division = with_code(code)
    assert division
    return division


def _first(text: str) -> str:
    return divisions.path(search(text, limit=1)[0])


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("遵义", "贵州省 遵义市"),
        ("朝阳", "辽宁省 朝阳市"),
        ("花岗区", "贵州省 遵义市 红花岗区"),
        ("东厂社区居委会", "北京市 东城区 东华门街道 东厂社区"),
        (" 遵 义 ", "贵州省 遵义市"),
        ("莫𡐓", "湖北省 襄阳市 襄城区 余家湖街道 莫𡐓村"),
        ("a区", "北京市 昌平区 北七家镇 温泉花园A区社区"),
    ],
)
def test_a_part_of_a_chinese_name_finds_it(text: str, path: str) -> None:
    assert _first(text) == path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("zunyi", "贵州省 遵义市"),
        ("ZunYi", "贵州省 遵义市"),
        ("zun yi", "贵州省 遵义市"),
        ("Zūnyì", "贵州省 遵义市"),
        ("chaoyang", "辽宁省 朝阳市"),
        ("chongqing", "重庆市"),
        ("xiamen", "福建省 厦门市"),
        ("changsha", "湖南省 长沙市"),
        ("xian", "陕西省 西安市"),
        ("weng'an", "贵州省 黔南布依族苗族自治州 瓮安县"),
        ("lvliang", "山西省 吕梁市"),
        ("lüliang", "山西省 吕梁市"),
        ("lyuliang", "山西省 吕梁市"),
        ("遵yi", "贵州省 遵义市"),
        ("chaoya", "辽宁省 朝阳市"),
        ("chongq", "重庆市"),
        ("Zunyi City", "贵州省 遵义市"),
    ],
)
def test_pinyin_finds_a_name_also_before_it_is_finished(text: str, path: str) -> None:
    assert _first(text) == path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("Harbin", "黑龙江省 哈尔滨市"),
        ("inner mongolia", "内蒙古自治区"),
        ("tibet", "西藏自治区"),
        ("xizang", "西藏自治区"),
        ("shaanxi", "陕西省"),
        ("urumqi", "新疆维吾尔自治区 乌鲁木齐市"),
    ],
)
def test_established_english_names_find_their_place(text: str, path: str) -> None:
    assert _first(text) == path


@pytest.mark.parametrize(
    "text",
    [
        "红花岗 北门",
        "遵义 红花岗 北门",
        "遵义市红花岗区北门",
        "贵州省 遵义市 红花岗区 老城街道 北门社区",
        "zunyi beimen",
        "beimen zunyi",
        "Beimen Community, Laocheng Sub-district, Honghuagang District, Zunyi City, Guizhou Province",
    ],
)
def test_an_address_in_either_order_narrows_the_name_down(text: str) -> None:
    assert _first(text) == "贵州省 遵义市 红花岗区 老城街道 北门社区"


def test_whole_names_come_first_then_beginnings_then_the_rest() -> None:
    names = [division.name for division in search("朝阳区", limit=50)]
    kinds = [(name != "朝阳区", not name.startswith("朝阳区")) for name in names]
    assert names[0] == "朝阳区"
    assert kinds == sorted(kinds)


def test_a_search_stays_at_its_level_and_inside_its_division() -> None:
    zunyi = _known("5203")
    found = search("北门", level=Level.COMMUNITY, within=zunyi)
    assert found
    assert all(hit.level is Level.COMMUNITY and divisions.contains(zunyi, hit) for hit in found)
    assert search("朝阳区", within=zunyi, level=Level.COUNTY) == []


def test_results_with_the_same_name_can_be_told_apart_by_their_path() -> None:
    found = search("北门社区", level=Level.COMMUNITY, limit=20)
    assert len(found) == 20
    assert len({divisions.label(hit) for hit in found}) < 20
    assert len({divisions.path(hit) for hit in found}) == 20


def test_no_more_than_the_limit_and_nothing_twice() -> None:
    assert len(search("村", limit=7)) == 7
    assert search("村", limit=0) == search("村", limit=-3) == []
    many = search("yi", limit=10_000)
    assert len(many) == len(set(many)) == 200


def test_levels_that_only_fill_the_code_are_not_found() -> None:
    assert search("市辖区", level=Level.PREFECTURE) == []
    assert search("xian", level=Level.PREFECTURE)[0].name == "西安市"


@pytest.mark.parametrize(
    "text", ["", "   ", ",", "'", "\0", "\ud800", "🙂", "qqqq", "%", "朝\n阳\n区\n村", "x" * 100_000]
)
def test_what_is_no_name_finds_nothing_or_something_but_never_fails(text: str) -> None:
    assert len(search(text, limit=3)) <= 3


@given(st.text(max_size=40))
def test_any_text_is_a_question_with_an_answer(text: str) -> None:
    assert len(search(text, limit=5)) <= 5
    assert len(suggest(text, near=with_code("520302"), limit=5)) <= 5


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz' ,", max_size=40))
def test_any_letters_are_a_question_with_an_answer(letters: str) -> None:
    assert len(search(letters, within=with_code("5203"), limit=5)) <= 5


@given(st.integers(0, 620_572))
def test_every_community_is_found_by_its_name_in_its_township(row: int) -> None:
    community = table(Level.COMMUNITY).division(row)
    township = divisions.parent(community)
    assert community in search(community.name, within=township, level=Level.COMMUNITY, limit=5)


def test_suggestions_begin_nearby_and_go_on_further_out() -> None:
    honghuagang = _known("520302")
    found = suggest("beimen", near=honghuagang, limit=10)
    tiers = [divisions.tier(honghuagang, hit) for hit in found]
    assert divisions.path(found[0]) == "贵州省 遵义市 红花岗区 老城街道 北门社区"
    assert len(found) == 10
    assert tiers == sorted(tiers)


def test_before_anything_is_typed_the_neighbourhood_is_suggested() -> None:
    laocheng = _known("520302001")
    assert suggest("", near=laocheng) == divisions.children(laocheng)[:20]
    assert suggest("  ") == []


def test_suggestions_without_a_neighbourhood_are_those_of_the_country() -> None:
    assert suggest("朝阳", Level.COUNTY, limit=3) == search("朝阳", level=Level.COUNTY, limit=3)
