"""Needs for programs: what everybody may see, an organization's own, and a new one."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.openapi.spec import Example
from litestar.params import Body, HeaderParameter, QueryParameter

from linli.accounts.rules import Scope
from linli.core import clock, i18n
from linli.core.errors import Invalid
from linli.core.forms import Form
from linli.core.i18n import Message, in_words
from linli.core.web.api import BASE, answers, refuse_unknown
from linli.core.web.given import Caller, Id, Now, QueryText, Session
from linli.core.web.security import may, needs_scope
from linli.needs import actions, forms, policies, queries
from linli.needs.filters import NeedFilter
from linli.needs.models import Need
from linli.needs.queries import NeedCard
from linli.needs.rules import MOST_SHIFTS, Joining, NeedState, Priority, Setting
from linli.organizations.queries import organization_with_id

SEARCH: Final = Message("Open needs with a free place, the next time first; by place, field and day.")
OWN: Final = Message("All needs of your organization, drafts too, the last written first.")
POST: Final = Message("Write a need for your organization: as a draft, or published at once.")


class NeedInList(msgspec.Struct, kw_only=True):
    """A need as lists show it: public parts only. Times and places are those to come."""

    id: UUID
    title: str
    language: str
    state: str
    priority: Priority
    field_id: str | None
    division: str | None
    community: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    more_times: int
    places: int
    places_free: int
    organization: str
    is_verified: bool


class OwnNeed(NeedInList, kw_only=True):
    """The same for its organization, with the answer clock."""

    places_taken: int
    answer_due_at: datetime | None
    answered_at: datetime | None
    is_overdue: bool


class Needs(msgspec.Struct):
    """A page of needs; `next` is sent as `after` for the following one, and is null on the last."""

    needs: list[NeedInList]
    next: str | None


class OwnNeeds(msgspec.Struct):
    """A page of the organization's own needs."""

    needs: list[OwnNeed]
    next: str | None


class TimeToPost(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A day, from when to when by the clock there, and for how many people."""

    day: str
    starts: str
    ends: str
    places: int = 1


class NeedToPost(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What the form of a need asks; what is left out is as an empty form has it.

    Without a division it is the organization's own. A draft, unless `publish` is true.
    """

    field_id: str
    title: str
    description: str
    risks: str
    address: str
    contact_name: str
    contact_phone: str
    times: Annotated[list[TimeToPost], msgspec.Meta(max_length=MOST_SHIFTS)]
    template_id: str = ""
    language: str = "zh"
    risk_kinds: list[str] = []
    priority: Priority = Priority.normal
    joining: Joining = Joining.asked
    setting: Setting = Setting.indoors
    minimum_age_years: int = 18
    division: str = ""
    place: str = ""
    longitude: float | None = None
    latitude: float | None = None
    directions: str = ""
    beneficiary_name: str = ""
    skills_wanted: list[str] = []
    skills_required: list[str] = []
    credentials: list[str] = []
    languages: list[str] = []
    same_person: bool = False
    all_or_nothing: bool = False
    publish: bool = False


class Posted(msgspec.Struct):
    """The need that was written, and its state."""

    id: UUID
    state: str


_ID: Final = UUID("01936b2e-4c00-7000-8000-000000000003")
_IN_LIST: Final[Mapping[str, Any]] = {
    "id": _ID,
    "title": "陪独居老人聊聊天",
    "language": "zh",
    "state": "open",
    "priority": Priority.normal,
    "field_id": "elderly_care",
    "division": "520302002001",
    "community": "府后社区",
    "starts_at": datetime.fromisoformat("2026-12-01T06:00:00Z"),
    "ends_at": datetime.fromisoformat("2026-12-01T08:00:00Z"),
    "more_times": 3,
    "places": 8,
    "places_free": 5,
    "organization": "花桥社区居民委员会",
    "is_verified": True,
}
_OWN: Final = OwnNeed(
    **_IN_LIST,
    places_taken=3,
    answer_due_at=datetime.fromisoformat("2026-11-30T02:00:00Z"),
    answered_at=datetime.fromisoformat("2026-11-24T02:00:00Z"),
    is_overdue=False,
)
_NEXT: Final = "WyIyMDI2LTEyLTAxVDA2OjAwOjAwWiJd"
# Far enough ahead that the example can be sent as it stands.
_DAY: Final = (clock.now() + timedelta(days=90)).date().isoformat()
EXAMPLE: Final = NeedToPost(
    field_id="elderly_care",
    title="陪独居老人聊聊天",
    description="陪三位老人说说话，下下棋。",
    risks="楼道灯光较暗，请留意台阶。",
    address="幸福路 8 号",
    contact_name="李主任",
    contact_phone="0851-1234567",
    times=[TimeToPost(day=_DAY, starts="14:00", ends="16:00", places=2)],
    place="社区活动室",
    skills_wanted=["chatting"],
    publish=True,
)
Sent = Annotated[NeedToPost, Body(examples=[Example(value=msgspec.to_builtins(EXAMPLE))])]
# "state" is a name that Litestar keeps for itself.
StateText = Annotated[str, QueryParameter(name="state")]
IdempotencyKey = Annotated[
    str, HeaderParameter(name="Idempotency-Key", description="The same key does its work once.")
]


def in_list(card: NeedCard, language: str) -> dict[str, Any]:
    return {
        "id": card.id,
        "title": card.title,
        "language": card.title_lang,
        "state": card.state,
        "priority": card.priority,
        "field_id": card.field_id,
        "division": card.division,
        "community": in_words(card.community, language) if card.community else None,
        "starts_at": card.starts_at,
        "ends_at": card.ends_at,
        "more_times": card.more_shifts,
        "places": card.places_total,
        "places_free": card.places_free,
        "organization": card.asker,
        "is_verified": card.asker_verified,
    }


@get(
    "/needs",
    opt=may(needs_scope(Scope.needs_read)),
    summary=SEARCH.text,
    operation_id="list_needs",
    responses=answers(Needs([NeedInList(**_IN_LIST)], _NEXT)),
)
async def list_needs(
    session: Session,
    caller: Caller,
    now: Now,
    place: QueryText = "",
    field: QueryText = "",
    day: QueryText = "",
    after: QueryText = "",
) -> Needs:
    chosen = NeedFilter.read(place=place, field=field, day=day)
    refuse_unknown(place=(place, chosen.division), field=(field, chosen.field_id), day=(day, chosen.day))
    page = await queries.open_needs(session, now=now, chosen=chosen, zone=i18n.zone(), after=after)
    return Needs([NeedInList(**in_list(card, caller.language)) for card in page.rows], page.next_cursor)


@get(
    "/organizations/{organization_id:uuid}/needs",
    opt=may(needs_scope(Scope.needs_read, policies.may_post_needs)),
    summary=OWN.text,
    operation_id="list_own_needs",
    responses=answers(OwnNeeds([_OWN], _NEXT)),
)
async def list_own_needs(
    session: Session,
    caller: Caller,
    now: Now,
    organization_id: Id,
    wanted: StateText = "",
    after: QueryText = "",
) -> OwnNeeds:
    state = NeedState(wanted) if wanted in set(NeedState) else None
    refuse_unknown(state=(wanted, state))
    page = await queries.needs_of_organization(
        session, organization_id=organization_id, state=state, now=now, after=after
    )
    return OwnNeeds([_own(card, caller.language) for card in page.rows], page.next_cursor)


def _own(card: NeedCard, language: str) -> OwnNeed:
    return OwnNeed(
        **in_list(card, language),
        places_taken=card.places_total - card.places_free,
        answer_due_at=card.answer_due_at,
        answered_at=card.answered_at,
        is_overdue=card.is_overdue,
    )


@post(
    "/organizations/{organization_id:uuid}/needs",
    opt=may(needs_scope(Scope.needs_post, policies.may_post_needs)),
    summary=POST.text,
    operation_id="post_need",
    responses=answers(Posted(_ID, "open"), 201),
)
async def post_need(
    session: Session,
    caller: Caller,
    now: Now,
    organization_id: Id,
    data: Sent,
    idempotency_key: IdempotencyKey = "",
) -> Response[Posted]:
    """By the rules of the page: the body is read as its form. A repeated key makes nothing twice."""
    organization = await organization_with_id(session, organization_id)
    need_id = await actions.make_once(
        session,
        make=actions.post_need if data.publish else actions.keep_draft,
        key=idempotency_key,
        organization=organization,
        draft=_read(data, within_division=organization.division, now=now),
        account_id=caller.account_id,
        now=now,
    )
    need = await session.get_one(Need, need_id)
    return Response(Posted(need.id, need.state.value), headers={"Location": f"{BASE}/needs/{need.id}"})


def _read(data: NeedToPost, *, within_division: str, now: datetime) -> forms.NeedDraft:
    try:
        return forms.read_need(as_form(data), within_division=within_division, zone=i18n.zone(), now=now)
    except Invalid as refusal:
        errors = {_in_body(name, len(data.times)): each for name, each in refusal.errors.items()}
        raise Invalid(errors) from None


def as_form(data: NeedToPost) -> Form:
    """The body as the page's form would send it."""
    sent = msgspec.to_builtins(data)
    times = sent.pop("times")
    values = {name: _texts(value) for name, value in sent.items() if name != "publish"}
    for n, time in enumerate(times):
        values |= {f"{row}-{n}": _texts(time[part]) for row, part in _TIME_PARTS.items()}
    return Form(values)


_TIME_PARTS: Final = {"day": "day", "from": "starts", "to": "ends", "places": "places"}


def _texts(value: Any) -> list[str]:
    match value:
        case None:
            return []
        case list():
            return value
        case float():
            return [f"{value:.12f}"]
        case bool():
            return ["yes"] if value else []
    return [str(value)]


def _in_body(name: str, times: int) -> str:
    """The field of the body that stands for a field of the form."""
    row, _, n = name.partition("-")
    if name == "shifts" or (n and int(n) >= times):
        return "times"
    return f"times.{n}.{_TIME_PARTS[row]}" if n else name


handlers: Final = (list_needs, list_own_needs, post_need)
