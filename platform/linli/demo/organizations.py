"""The sample organizations of a county: who asks, who checks, who helps along."""

import random
from dataclasses import dataclass
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
_NUMBERS_OF_SAMPLES: Final = ("0000000A", "0000000B", "0000000C")
# Of each: fields of service, what it stands ready for, skills among its people.
_READY: Final = (
    (("elderly_care", "emergency_assistance"), "工作日有两名司机，每月一次义剪。", ("driving", "haircuts")),
    (("children",), "周末可派课业陪伴人，寒暑假可办托管班。", ()),
    (("community_services", "rural_vitalization"), "每月第一个周六可出三十人清河。", ()),
)


@dataclass(frozen=True)
class SampleOrganization:
    """`is_verified` False: it waits at the bureau's desk."""

    kind: Kind
    name: str
    division: str
    role: Role
    credit_code: str = ""
    about: str = ""
    is_verified: bool = True
    fields: tuple[str, ...] = ("elderly_care", "children", "community_services")
    readiness: str = ""
    skills: tuple[str, ...] = ()
    sub_kind: SubKind | None = None


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


def others_of(town: Town, rng: random.Random) -> tuple[SampleOrganization, ...]:
    """A station, two charities, and a social organization that is not verified yet."""
    county, short = town.county.code, label(town.county).removesuffix("县").removesuffix("区")
    station, *homes = rng.sample(sorted({each.code[:9] for each in town.urban}), 2)
    names = (
        (Kind.charity, None, f"{short}县邻里关爱慈善会", "陪伴独居老人，帮助有急难的家庭。", True),
        (Kind.charity, None, f"{short}县山里娃助学服务中心", "为留守儿童找到长期的课业陪伴人。", True),
        (
            Kind.social_organization,
            SubKind.association,
            f"{short}县清河志愿环保协会",
            "护河、植树、垃圾分类。",
            False,
        ),
    )
    registered = tuple(
        SampleOrganization(
            kind,
            name,
            homes[0] if n == 0 else county,
            Role.coordinator,
            complete_credit_code(f"5{'3' if kind is Kind.charity else '1'}{county}", number),
            about,
            is_verified,
            *ready,
            sub_kind=sub_kind,
        )
        for n, ((kind, sub_kind, name, about, is_verified), ready, number) in enumerate(
            zip(names, _READY, _NUMBERS_OF_SAMPLES, strict=True)
        )
    )
    township = next(each for each in town.townships if each.code == station)
    name = f"{township.name}社会工作站"
    return (SampleOrganization(Kind.station, name, station, Role.social_worker), *registered)


def _committee(community: Division) -> SampleOrganization:
    is_village = community_kind(community) is CommunityKind.VILLAGE
    kind = Kind.village_committee if is_village else Kind.residents_committee
    return SampleOrganization(kind, community.name, community.code, Role.officer)
