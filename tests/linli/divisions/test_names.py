"""How divisions are called in Chinese and in English."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli import divisions
from linli.divisions import Division, Level, english_name, label, path, with_code
from linli.divisions.tables import table


def _known(code: str) -> Division:
    division = with_code(code)
    assert division
    return division


def _named(name: str, level: Level) -> Division:
    return divisions.search(name, level=level, limit=1)[0]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("东厂社区居委会", "东厂社区"),
        ("恒盛社区居民委员会", "恒盛社区"),
        ("河南居委会", "河南居委会"),
        ("河南居民委员会", "河南居委会"),
        ("张家庄村村民委员会", "张家庄村"),
        ("南关村委会", "南关村"),
        ("木沟府村民委员会", "木沟府村"),
        ("同心村", "同心村"),
        ("龙兴社区村民委员会", "龙兴社区"),
        ("三河口社区居委会（含三河口村村委）", "三河口社区（含三河口村村委）"),
        ("居委会", "居委会"),
        ("八连生活区", "八连生活区"),
    ],
)
def test_a_label_leaves_the_committee_out(name: str, short: str) -> None:
    assert label(Division(Level.COMMUNITY, "110101001001", name)) == short


def test_only_communities_have_shorter_labels() -> None:
    assert label(Division(Level.TOWNSHIP, "110101001", "某村委会")) == "某村委会"


@pytest.mark.parametrize(
    ("code", "chinese", "english"),
    [
        ("52", "贵州省", "Guizhou Province"),
        ("520302", "贵州省 遵义市 红花岗区", "Honghuagang District, Zunyi City, Guizhou Province"),
        ("110101", "北京市 东城区", "Dongcheng District, Beijing"),
        ("500229", "重庆市 城口县", "Chengkou County, Chongqing"),
        ("429004", "湖北省 仙桃市", "Xiantao City, Hubei Province"),
        ("441900", "广东省 东莞市", "Dongguan City, Guangdong Province"),
        (
            "110101001005",
            "北京市 东城区 东华门街道 东厂社区",
            "Dongchang Community, Donghuamen Sub-district, Dongcheng District, Beijing",
        ),
    ],
)
def test_a_path_names_the_places_people_speak_of(code: str, chinese: str, english: str) -> None:
    assert path(_known(code)) == chinese
    assert path(_known(code), "en") == english


@pytest.mark.parametrize(
    ("level", "name", "english"),
    [
        (Level.PROVINCE, "重庆市", "Chongqing"),
        (Level.PROVINCE, "西藏自治区", "Tibet (Xizang)"),
        (Level.PROVINCE, "陕西省", "Shaanxi Province"),
        (Level.PROVINCE, "山西省", "Shanxi Province"),
        (Level.PROVINCE, "内蒙古自治区", "Inner Mongolia"),
        (Level.PREFECTURE, "厦门市", "Xiamen City"),
        (Level.PREFECTURE, "长沙市", "Changsha City"),
        (Level.PREFECTURE, "长治市", "Changzhi City"),
        (Level.PREFECTURE, "六安市", "Lu'an City"),
        (Level.PREFECTURE, "西安市", "Xi'an City"),
        (Level.PREFECTURE, "蚌埠市", "Bengbu City"),
        (Level.PREFECTURE, "吕梁市", "Lüliang City"),
        (Level.PREFECTURE, "成都市", "Chengdu City"),
        (Level.PREFECTURE, "佛山市", "Foshan City"),
        (Level.PREFECTURE, "漯河市", "Luohe City"),
        (Level.PREFECTURE, "宿州市", "Suzhou City"),
        (Level.PREFECTURE, "哈尔滨市", "Harbin City"),
        (Level.PREFECTURE, "阿里地区", "Ngari Prefecture"),
        (Level.PREFECTURE, "兴安盟", "Hinggan League"),
        (
            Level.PREFECTURE,
            "黔东南苗族侗族自治州",
            "Qiandongnan Miao and Dong Autonomous Prefecture",
        ),
        (Level.COUNTY, "朝阳区", "Chaoyang District"),
        (Level.COUNTY, "朝阳县", "Chaoyang County"),
        (Level.COUNTY, "单县", "Shan County"),
        (Level.COUNTY, "乐清市", "Yueqing City"),
        (Level.COUNTY, "乐亭县", "Laoting County"),
        (Level.COUNTY, "番禺区", "Panyu District"),
        (Level.COUNTY, "都江堰市", "Dujiangyan City"),
        (Level.COUNTY, "长子县", "Zhangzi County"),
        (Level.COUNTY, "子长市", "Zichang City"),
        (Level.COUNTY, "曾都区", "Zengdu District"),
        (Level.COUNTY, "六合区", "Luhe District"),
        (Level.COUNTY, "浚县", "Xun County"),
        (Level.COUNTY, "尉氏县", "Weishi County"),
        (Level.COUNTY, "尉犁县", "Yuli County"),
        (Level.COUNTY, "龙圩区", "Longxu District"),
        (Level.COUNTY, "台儿庄区", "Tai'erzhuang District"),
        (Level.COUNTY, "瓮安县", "Weng'an County"),
        (Level.COUNTY, "东乡族自治县", "Dongxiang Autonomous County"),
        (Level.COUNTY, "鄂伦春自治旗", "Oroqen Autonomous Banner"),
        (Level.COUNTY, "神农架林区", "Shennongjia Forestry District"),
        (Level.COUNTY, "扎鲁特旗", "Zhalute Banner"),
        (Level.COUNTY, "河北唐山芦台经济开发区", "Hebei Tangshan Lutai Economic Development Zone"),
        (
            Level.COUNTY,
            "双江拉祜族佤族布朗族傣族自治县",
            "Shuangjiang Lahu, Va, Blang and Dai Autonomous County",
        ),
        (Level.TOWNSHIP, "东华门街道", "Donghuamen Sub-district"),
        (Level.TOWNSHIP, "莘庄镇", "Xinzhuang Town"),
        (Level.TOWNSHIP, "雄先藏族乡", "Xiongxian Tibetan Ethnic Township"),
        (Level.TOWNSHIP, "阿拉坦额莫勒镇", "Alatan'emole Town"),
    ],
)
def test_english_names_are_established_ones_or_pinyin_with_the_right_readings(
    level: Level, name: str, english: str
) -> None:
    division = _named(name, level)
    assert division.name == name
    assert english_name(division) == english


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("站前社区（白河）", "Zhanqian Community (Baihe)"),
        ("温泉花园A区社区居委会", "Wenquanhuayuan A Qu Community"),
        ("八连生活区", "Balian Residential Area"),
    ],
)
def test_remarks_and_letters_stay_in_english_names(name: str, english: str) -> None:
    assert english_name(_named(name, Level.COMMUNITY)) == english


def test_the_same_character_is_read_as_each_region_does() -> None:
    assert english_name(_named("东涌镇", Level.TOWNSHIP)) == "Dongchong Town"
    assert english_name(_named("回龙圩", Level.COUNTY)).startswith("Yongzhoushi Huilong")


def test_a_page_calls_a_division_in_its_own_language() -> None:
    dongchang = _known("110101001005")
    assert divisions.name_in(dongchang, "zh") == "东厂社区"
    assert divisions.name_in(dongchang, "en") == "Dongchang Community"


@given(st.sampled_from(Level), st.integers(0, 10**9))
def test_every_division_has_an_english_name_without_characters(level: Level, number: int) -> None:
    division = table(level).division(number % len(table(level).codes))
    name = english_name(division)
    assert name == " ".join(name.split()) != ""
    unread = {character for character in division.name if character in "\ue170\ue08b𡐓𣒍𡌶"}
    assert all(character < "\u2e80" or character in unread or character in "ｅ０" for character in name)


@given(st.text(max_size=20), st.sampled_from(Level))
def test_any_name_can_be_shown(name: str, level: Level) -> None:
    division = Division(level, "1" * level.digits, name)
    assert label(division) or not name
    assert isinstance(english_name(division), str)
