"""The sample organizations of a county: who asks, who checks, who helps along."""

import random
from dataclasses import dataclass
from typing import Final

from linli.demo.places import LANGUAN, Town
from linli.divisions.names import label
from linli.divisions.rules import CommunityKind, Division, community_kind
from linli.organizations.credit_codes import complete_credit_code
from linli.organizations.rules import OrganizationKind as Kind
from linli.organizations.rules import Role

COMMITTEES: Final = 12
URBAN_COMMITTEES: Final = 7
_NUMBERS_OF_SAMPLES: Final = ("0000000A", "0000000B", "0000000C")


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


def bureau_of(town: Town) -> SampleOrganization:
    return SampleOrganization(Kind.bureau, f"{town.county.name}民政局", town.county.code, Role.bureau_staff)


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
        (Kind.charity, f"{short}县邻里关爱慈善会", "陪伴独居老人，帮助有急难的家庭。", True),
        (Kind.charity, f"{short}县山里娃助学服务中心", "为留守儿童找到长期的课业陪伴人。", True),
        (Kind.social_organization, f"{short}县清河志愿环保协会", "护河、植树、垃圾分类。", False),
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
        )
        for n, ((kind, name, about, is_verified), number) in enumerate(
            zip(names, _NUMBERS_OF_SAMPLES, strict=True)
        )
    )
    township = next(each for each in town.townships if each.code == station)
    name = f"{township.name}社会工作站"
    return (SampleOrganization(Kind.station, name, station, Role.social_worker), *registered)


def _committee(community: Division) -> SampleOrganization:
    is_village = community_kind(community) is CommunityKind.VILLAGE
    kind = Kind.village_committee if is_village else Kind.residents_committee
    return SampleOrganization(kind, community.name, community.code, Role.officer)
