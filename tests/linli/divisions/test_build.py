"""Packing other sources in the same shape, and reading them back."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from linli import divisions
from linli.divisions import Level, Point, build, tables
from linli.divisions.pinyin import characters_read

CACHES = (tables.table, tables.alphabet, characters_read, divisions.english_name)

SOURCES = {
    "provinces.csv": "code,name\n52,贵州省\n44,广东省\n",
    "cities.csv": "code,name,provinceCode\n5203,遵义市,52\n4419,东莞市,44\n",
    "areas.csv": 'code,name,cityCode\n520302,"红花岗区",5203\n441900,东莞市,4419\n',
    "streets.csv": "\ufeffcode,name\n520302001,老城街道\n441900101,长涌镇\n",
    "county_coordinates.csv": (
        "adcode,name,longitude,latitude\n"
        "520302000000,红花岗区,106.8937,27.644754\n"
        "520000000000,贵州省,,\n"
        "441900000000,东莞市,113.751799,23.020673\n"
    ),
}
COMMUNITIES = "code,name\n520302001002,莫𡐓村委会\n520302001001,长虹A社区居委会\n441900101001,涌口村\n"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    for name, text in SOURCES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "villages.csv.gz").write_bytes(gzip.compress(COMMUNITIES.encode()))
    return tmp_path


@pytest.fixture
def packed(sources: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small packed file in the place of the real one."""
    target = sources / "small.npz"
    result = CliRunner().invoke(build.main, [str(sources), "--to", str(target)], catch_exceptions=False)
    assert result.output.startswith("small.npz: ")
    monkeypatch.setattr(tables, "PACKED_FILE", target)
    for cached in CACHES:
        cached.cache_clear()
    yield target
    for cached in CACHES:
        cached.cache_clear()


def test_what_was_packed_is_read_back(packed: Path) -> None:
    assert [divisions.count_inside(None, level) for level in Level] == [2, 2, 2, 2, 3]
    assert [division.name for division in divisions.inside(None, Level.COMMUNITY)] == [
        "涌口村",
        "长虹A社区居委会",
        "莫𡐓村委会",
    ]
    red = divisions.with_code("520302")
    assert red
    assert divisions.point_of(red) == Point(106.8937, 27.644754)
    assert divisions.point_of(divisions.children()[1]) is None


def test_readings_are_those_of_places(packed: Path) -> None:
    english = [divisions.english_name(place) for place in divisions.inside(None, Level.COMMUNITY)]
    assert english == ["Chongkou Village", "Changhong A Community", "Mo 𡐓 Village"]
    assert [place.name for place in divisions.search("changh")] == ["长虹A社区居委会"]


def test_the_same_sources_give_the_same_file(packed: Path, sources: Path) -> None:
    build.write(build.pack(sources), sources / "again.npz")
    assert (sources / "again.npz").read_bytes() == packed.read_bytes()


def test_a_code_of_the_wrong_length_is_refused(sources: Path) -> None:
    (sources / "areas.csv").write_text("code,name\n52030,红花岗区\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"county codes need 6 digits, got .*52030"):
        build.pack(sources)


def test_a_name_of_two_lines_is_refused(sources: Path) -> None:
    (sources / "areas.csv").write_text('code,name\n520302,"红花\n岗区"\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"county names need one line of text, got .*岗区"):
        build.pack(sources)
