"""Organizations for programs: who is verified, and what one of them says of itself in public."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import get

from linli.accounts.rules import Scope
from linli.core import seed
from linli.core.i18n import Message, in_words
from linli.core.web.api import answers, refuse_unknown
from linli.core.web.given import Caller, Id, QueryText, Session
from linli.core.web.security import may, needs_scope
from linli.divisions.queries import with_code
from linli.organizations import policies, profiles, queries
from linli.organizations.profiles import Profile

SEARCH: Final = Message("Verified organizations by name; by place and field.")
SHOW: Final = Message("One organization: what it is, where it works, what it stands ready for.")


class OrganizationInList(msgspec.Struct, kw_only=True):
    """An organization as lists show it; `kind_name` in the language of the key's holder."""

    id: UUID
    name: str
    kind: str
    kind_name: str
    division: str
    place: str | None
    fields: list[str]
    is_verified: bool


class WholeOrganization(OrganizationInList, kw_only=True):
    """What it says of itself in public. Nobody's name or number is in here."""

    about: str
    readiness: str
    credit_code: str | None
    areas: list[str]
    skills: list[str]
    state: str
    verified_at: datetime | None


class Organizations(msgspec.Struct):
    """A page of organizations; `next` is sent as `after` for the following one, and is null on the last."""

    organizations: list[OrganizationInList]
    next: str | None


_IN_LIST: Final[Mapping[str, Any]] = {
    "id": UUID("01936b2e-4c00-7000-8000-000000000002"),
    "name": "花桥社区居民委员会",
    "kind": "residents_committee",
    "kind_name": "社区居民委员会",
    "division": "522725001002",
    "place": "贵州省黔南布依族苗族自治州瓮安县",
    "fields": ["elderly_care"],
    "is_verified": True,
}
EXAMPLE: Final = WholeOrganization(
    **_IN_LIST,
    about="服务辖区里的两千户居民。",
    readiness="有一间可以坐四十人的活动室。",
    credit_code="51522725MJX0000017",
    areas=["522725001002"],
    skills=["chatting"],
    state="verified",
    verified_at=datetime.fromisoformat("2026-11-23T02:00:00Z"),
)


@get(
    "/organizations",
    opt=may(needs_scope(Scope.organizations_read)),
    summary=SEARCH.text,
    operation_id="list_organizations",
    responses=answers(Organizations([OrganizationInList(**_IN_LIST)], "WyJhIl0=")),
)
async def list_organizations(
    session: Session, caller: Caller, place: QueryText = "", field: QueryText = "", after: QueryText = ""
) -> Organizations:
    refuse_unknown(place=(place, with_code(place)), field=(field, field in seed.fields()))
    page = await profiles.verified_organizations(session, division=place, field_id=field, after=after)
    rows = [OrganizationInList(**_in_list(each, caller.language)) for each in page.rows]
    return Organizations(rows, page.next_cursor)


@get(
    "/organizations/{organization_id:uuid}",
    opt=may(needs_scope(Scope.organizations_read, policies.may_see_organization)),
    summary=SHOW.text,
    operation_id="show_organization",
    responses=answers(EXAMPLE),
)
async def show_organization(session: Session, caller: Caller, organization_id: Id) -> WholeOrganization:
    organization = await queries.organization_with_id(session, organization_id)
    profile = await profiles.profile_of(session, organization)
    return WholeOrganization(
        **_in_list(profile, caller.language),
        about=organization.about,
        readiness=organization.readiness,
        credit_code=organization.credit_code,
        areas=list(profile.areas),
        skills=[each.id for each in profile.skills],
        state=organization.state.value,
        verified_at=organization.verified_at,
    )


def _in_list(profile: Profile, language: str) -> dict[str, Any]:
    organization = profile.organization
    return {
        "id": organization.id,
        "name": organization.name,
        "kind": organization.kind.value,
        "kind_name": in_words(profile.kind, language),
        "division": organization.division,
        "place": in_words(profile.home, language) if profile.home else None,
        "fields": [each.id for each in profile.fields],
        "is_verified": organization.is_verified,
    }


handlers: Final = (list_organizations, show_organization)
