"""A need for programs: what who may see it sees, and never contact, exact place or whom it is for."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import get

from linli.accounts.rules import Scope
from linli.core.i18n import Message, in_words
from linli.core.web.api import answers
from linli.core.web.given import Caller, Id, Now, Session
from linli.core.web.security import may, needs_scope
from linli.divisions.shown import path_named
from linli.needs.models import Need, Shift
from linli.needs.queries import find_need_and_asker
from linli.needs.rules import Joining, Priority, Setting, is_overdue
from linli.organizations.policies import is_officer_of
from linli.participation.policies import may_see_need

SHOW: Final = Message("One need: what, when, what it asks for; for its organization also the answer clock.")


class Time(msgspec.Struct):
    """A time of a need, past ones included."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    places: int
    places_free: int


class OwnPart(msgspec.Struct):
    """What only the organization that asks is told."""

    places_taken: int
    posted_at: datetime | None
    answer_due_at: datetime | None
    answered_at: datetime | None
    is_overdue: bool
    version: int


class WholeNeed(msgspec.Struct, kw_only=True):
    """A need as its page shows it to everybody; `own` is null for all but its organization."""

    id: UUID
    title: str
    description: str
    risks: str
    language: str
    state: str
    priority: Priority
    joining: Joining
    setting: Setting
    field_id: str | None
    minimum_age_years: int
    division: str | None
    community: str | None
    place: str
    skills_wanted: list[str]
    skills_required: list[str]
    credentials: list[str]
    languages: list[str]
    risk_kinds: list[str]
    organization_id: UUID | None
    organization: str | None
    is_verified: bool
    times: list[Time]
    own: OwnPart | None


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


EXAMPLE: Final = WholeNeed(
    id=UUID("01936b2e-4c00-7000-8000-000000000003"),
    title="陪独居老人聊聊天",
    description="每周二下午陪三位老人说说话。",
    risks="楼道灯光较暗，请留意台阶。",
    language="zh",
    state="open",
    priority=Priority.normal,
    joining=Joining.asked,
    setting=Setting.indoors,
    field_id="elderly_care",
    minimum_age_years=18,
    division="520302002001",
    community="贵州省遵义市红花岗区",
    place="社区活动室",
    skills_wanted=["chatting"],
    skills_required=[],
    credentials=[],
    languages=[],
    risk_kinds=[],
    organization_id=UUID("01936b2e-4c00-7000-8000-000000000002"),
    organization="花桥社区居民委员会",
    is_verified=True,
    times=[
        Time(
            id=UUID("01936b2e-4c00-7000-8000-000000000004"),
            starts_at=_at("2026-12-01T06:00:00Z"),
            ends_at=_at("2026-12-01T08:00:00Z"),
            places=3,
            places_free=2,
        )
    ],
    own=OwnPart(
        places_taken=1,
        posted_at=_at("2026-11-23T02:00:00Z"),
        answer_due_at=_at("2026-11-30T02:00:00Z"),
        answered_at=_at("2026-11-24T02:00:00Z"),
        is_overdue=False,
        version=1,
    ),
)


@get(
    "/needs/{need_id:uuid}",
    opt=may(needs_scope(Scope.needs_read, may_see_need)),
    summary=SHOW.text,
    operation_id="show_need",
    responses=answers(EXAMPLE),
)
async def show_need(session: Session, caller: Caller, now: Now, need_id: Id) -> WholeNeed:
    need, organization = await find_need_and_asker(session, need_id)
    is_own = organization is not None and is_officer_of(caller, organization.id)
    community = path_named(need.division or "")
    return WholeNeed(
        id=need.id,
        title=need.title,
        description=need.description,
        risks=need.risks,
        language=need.language,
        state=need.state.value,
        priority=need.priority,
        joining=need.joining,
        setting=need.setting,
        field_id=need.field_id,
        minimum_age_years=need.minimum_age_years,
        division=need.division,
        community=in_words(community, caller.language) if community else None,
        place=need.place,
        skills_wanted=sorted(each.skill_id for each in need.skills if not each.is_required),
        skills_required=sorted(each.skill_id for each in need.skills if each.is_required),
        credentials=sorted(each.credential_id for each in need.credentials),
        languages=sorted(each.language_id for each in need.languages),
        risk_kinds=list(need.risk_kinds),
        organization_id=need.organization_id,
        organization=organization.name if organization else None,
        is_verified=organization is not None and organization.is_verified,
        times=_times(need.shifts),
        own=_own_part(need, now) if is_own else None,
    )


def _times(shifts: Iterable[Shift]) -> list[Time]:
    return [Time(each.id, each.starts_at, each.ends_at, each.places, each.places_free) for each in shifts]


def _own_part(need: Need, now: datetime) -> OwnPart:
    return OwnPart(
        places_taken=sum(each.places_taken for each in need.shifts),
        posted_at=need.posted_at,
        answer_due_at=need.answer_due_at,
        answered_at=need.answered_at,
        is_overdue=need.is_running
        and is_overdue(answer_due_at=need.answer_due_at, answered_at=need.answered_at, now=now),
        version=need.version,
    )


handlers: Final = (show_need,)
