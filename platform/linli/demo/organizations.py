"""The sample organizations of a county: who asks, who checks, who helps along."""

import random
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from linli.demo.places import LANGUAN, Town
from linli.divisions.names import label
from linli.divisions.rules import CommunityKind, Division, community_kind
from linli.organizations.credit_codes import complete_credit_code
from linli.organizations.forms import ContactDraft, OrganizationDraft
from linli.organizations.rules import OrganizationKind as Kind
from linli.organizations.rules import Role, SubKind

COMMITTEES: Final = 12
URBAN_COMMITTEES: Final = 7
_NUMBERS_OF_SAMPLES: Final = tuple(f"0000000{letter}" for letter in "ABCDEFGH")
PAPER_DAYS: Final = 4 * 365


class Standing(StrEnum):
    """What the bureau has said so far."""

    verified = "verified"
    waiting = "waiting"
    returned = "returned"
    suspended = "suspended"


@dataclass(frozen=True)
class SampleOrganization:
    """`reason` is the bureau's, where it sent the registration back or suspended."""

    kind: Kind
    name: str
    division: str
    role: Role
    credit_code: str = ""
    about: str = ""
    standing: Standing = Standing.verified
    reason: str = ""
    paper_days: int = PAPER_DAYS
    teams: int = 0
    fields: tuple[str, ...] = ("elderly_care", "children", "community_services")
    readiness: str = ""
    skills: tuple[str, ...] = ()
    sub_kind: SubKind | None = None

    @property
    def is_verified(self) -> bool:
        return self.standing is Standing.verified


@dataclass(frozen=True)
class _Registered:
    """Before it has a number and a home; the county's name is put before `name`."""

    kind: Kind
    name: str
    about: str
    fields: tuple[str, ...]
    readiness: str = ""
    skills: tuple[str, ...] = ()
    sub_kind: SubKind | None = None
    teams: int = 0
    standing: Standing = Standing.verified
    reason: str = ""
    paper_days: int = PAPER_DAYS


def bureau_of(town: Town) -> SampleOrganization:
    name = f"{town.county.name}民政局"
    return SampleOrganization(Kind.bureau, name, town.county.code, Role.bureau_staff, fields=())


def draft_of(planned: SampleOrganization, *, contact: str, mobile: str) -> OrganizationDraft:
    """What its member would type into the form."""
    return OrganizationDraft(
        kind=planned.kind,
        sub_kind=planned.sub_kind,
        name=planned.name,
        credit_code=planned.credit_code or None,
        division=planned.division,
        areas=(planned.division,),
        fields=planned.fields,
        skills=planned.skills,
        readiness=planned.readiness,
        about=planned.about or f"{planned.name}，为居民办实事，也在这里发布邻里需要的帮助。",
        phone=mobile,
        address=f"{planned.name}办公室",
        contacts=(ContactDraft(contact, mobile, ""),),
    )


def committees_of(town: Town, rng: random.Random) -> tuple[SampleOrganization, ...]:
    """The first is where the demo's officer works; one is that of Languan, if the county has it."""
    languan = [each for each in town.communities if each.code == LANGUAN]
    urban = rng.sample(town.urban, URBAN_COMMITTEES)
    outside = [each for each in town.communities if each not in town.urban and each.code != LANGUAN]
    chosen = (*urban, *languan, *rng.sample(outside, COMMITTEES - URBAN_COMMITTEES - len(languan)))
    return tuple(_committee(each) for each in chosen)


def others_of(town: Town, rng: random.Random, *, is_whole: bool) -> tuple[SampleOrganization, ...]:
    """Stations, charities, institutions and an association; those that may act come first."""
    homes = rng.sample(town.urban, len(town.urban))
    stations = sorted({each.code[:9] for each in town.urban})
    chosen = rng.sample(stations, 2 if is_whole else 1)
    registered = [*CHARITIES, *OTHERS] if is_whole else TOWN_REGISTERED
    short = label(town.county).removesuffix("县").removesuffix("区")
    made = [
        _registered(town, each, number, f"{short}县", homes[n].code)
        for n, (each, number) in enumerate(zip(registered, _NUMBERS_OF_SAMPLES, strict=False))
    ]
    township_names = {each.code: each.name for each in town.townships}
    return (
        *(_station(code, township_names[code], teams=1 if is_whole else 2) for code in chosen),
        *sorted(made, key=lambda each: not each.is_verified),
    )


def _station(code: str, township: str, *, teams: int) -> SampleOrganization:
    return SampleOrganization(
        Kind.station,
        f"{township}社会工作站",
        code,
        Role.social_worker,
        about="社工在这里接待居民：办事陪同、心理疏导、政策咨询，也接手一时找不到人的需求。",
        fields=("low_income", "disabled_people", "advice_and_counselling"),
        teams=teams,
    )


def _registered(
    town: Town, planned: _Registered, number: str, county_name: str, home: str
) -> SampleOrganization:
    """Institutions are somewhere; charities serve the whole county."""
    kind_digits = {Kind.charity: "53", Kind.host: "52"}.get(planned.kind, "51")
    return SampleOrganization(
        planned.kind,
        county_name + planned.name,
        home if planned.kind is Kind.host else town.county.code,
        Role.coordinator,
        complete_credit_code(kind_digits + town.county.code, number),
        planned.about,
        planned.standing,
        planned.reason,
        planned.paper_days,
        planned.teams,
        planned.fields,
        planned.readiness,
        planned.skills,
        planned.sub_kind,
    )


def _committee(community: Division) -> SampleOrganization:
    is_village = community_kind(community) is CommunityKind.VILLAGE
    kind = Kind.village_committee if is_village else Kind.residents_committee
    return SampleOrganization(kind, community.name, community.code, Role.officer, teams=1)


CHARITIES: Final = (
    _Registered(
        Kind.charity,
        "邻里关爱慈善会",
        "陪伴独居老人，帮助有急难的家庭。",
        ("elderly_care", "emergency_assistance"),
        "工作日有两名司机，每月一次义剪。",
        ("driving", "haircuts"),
        teams=4,
        paper_days=18,
    ),
    _Registered(
        Kind.charity,
        "山里娃助学服务中心",
        "为留守儿童找到长期的课业陪伴人。",
        ("children",),
        "周末可派课业陪伴人，寒暑假可办托管班。",
        teams=3,
    ),
    _Registered(
        Kind.charity,
        "同行助残慈善会",
        "陪残疾邻居办事、看病、逛街，辅具可借可修。",
        ("disabled_people", "health"),
        "有一辆能上轮椅的面包车，周三、周五可用。",
        ("driving",),
        teams=2,
    ),
    _Registered(
        Kind.charity,
        "暖冬衣物互助会",
        "收旧衣、洗净分码，送到要过冬的人家。",
        ("low_income", "disaster_relief"),
        "仓库常备两百套被褥，一天内能送到各乡镇。",
        standing=Standing.waiting,
    ),
    _Registered(
        Kind.charity,
        "乡村医路健康促进会",
        "请退休医生下乡义诊，教村民量血压、认药盒。",
        ("health", "rural_vitalization"),
        standing=Standing.returned,
        reason="登记证书的照片看不清号码，请重新拍一张；业务范围里的“诊疗”需要附卫生部门的备案。",
    ),
    _Registered(
        Kind.charity,
        "春风应急救助基金会",
        "给突遇难处的家庭送第一笔钱、第一顿饭。",
        ("emergency_assistance", "low_income"),
        standing=Standing.suspended,
        reason="去年的年度报告没有按时公开，捐赠收支待核实。补齐报告后即可申请恢复。",
    ),
)
OTHERS: Final = (
    _Registered(
        Kind.host,
        "桂花园养老院",
        "院里住着六十多位老人，欢迎邻里常来坐坐、聊天、演节目。",
        ("elderly_care",),
        "有无障碍活动室，午后可以接待二十人。",
        sub_kind=SubKind.home,
        teams=1,
    ),
    _Registered(
        Kind.host,
        "儿童福利服务中心",
        "照看暂时没有家人陪伴的孩子，也为全县的留守儿童办活动。",
        ("children",),
        "周末开放图书室和手工室。",
        sub_kind=SubKind.child_welfare,
    ),
)
TOWN_REGISTERED: Final = (
    *(replace(each, teams=5) for each in CHARITIES[:2]),
    _Registered(
        Kind.social_organization,
        "清河志愿环保协会",
        "护河、植树、垃圾分类。",
        ("community_services", "rural_vitalization"),
        "每月第一个周六可出三十人清河。",
        sub_kind=SubKind.association,
        standing=Standing.waiting,
    ),
)
