"""An organization's insurances: the list, entering one, saying that the paper was seen, taking it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, Router, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import i18n, seed
from linli.core.errors import FieldErrors, Invalid, NotFound
from linli.core.forms import id_named
from linli.core.i18n import Message
from linli.core.web.given import Asked, Caller, Form, Id, Now, QueryText, Session
from linli.core.web.security import may
from linli.core.web.templating import done, render
from linli.insurance import actions, forms, policies, queries
from linli.insurance.queries import days_of
from linli.insurance.rules import COVER_NAMES, Cover
from linli.needs.models import Need
from linli.needs.policies import POSTING_ROLES
from linli.needs.queries import find_need
from linli.organizations.models import Organization
from linli.organizations.policies import is_bureau_over
from linli.organizations.queries import organization_with_id
from linli.teams.models import Team

Page = Response[Any]


@get("/organizations/{organization_id:uuid}/insurance", opt=may(policies.may_see_insurances))
async def show_insurances(
    request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id, after: QueryText = ""
) -> Page:
    return await _list(request, session, caller, organization_id, now=now, after=after)


@get("/organizations/{organization_id:uuid}/insurance/new", opt=may(policies.may_enter_insurance))
async def new_insurance(
    request: Asked, session: Session, organization_id: Id, need: QueryText = "", team: QueryText = ""
) -> Page:
    """The form; `need` in the address fills in its days and risks, `team` whom it covers."""
    organization = await organization_with_id(session, organization_id)
    found = await _need(session, organization, id_named(need)) if need else None
    teams = await queries.teams_to_name(
        session, organization_id=organization_id, also=forms.typed_ids([team])
    )
    named = [str(each.id) for each in teams if str(each.id) == team]
    return _form(request, organization, found, _typed_for(found, named), teams)


@post("/organizations/{organization_id:uuid}/insurance", opt=may(policies.may_enter_insurance))
async def enter_insurance(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, organization_id: Id
) -> Page:
    organization = await organization_with_id(session, organization_id)
    need_id = form.id("need")
    need = await _need(session, organization, need_id) if need_id else None
    also = forms.typed_ids(form.typed_many("teams"))
    teams = await queries.teams_to_name(session, organization_id=organization_id, also=also)
    try:
        draft = forms.read_insurance(
            form,
            need_id=need.id if need else None,
            teams=[each.id for each in teams],
            today=i18n.local(now).date(),
        )
    except Invalid as refusal:
        several = (tuple(form.typed_many(name)) for name in ("risk_kinds", "teams"))
        typed = TypedInsurance(form.typed, *several)
        return _form(request, organization, need, typed, teams, errors=refusal.errors)
    await actions.enter_insurance(
        session, organization=organization, draft=draft, account_id=caller.account_id, now=now
    )
    sentence = (
        Message("Entered. People can be confirmed now.")
        if draft.is_seen
        else Message("Entered. It counts once somebody of you has seen the paper.")
    )
    return done(request, f"/needs/{need.id}/desk" if need else _base(organization_id), sentence)


@post("/insurance/{entry_id:uuid}/check", opt=may(policies.may_check_insurance))
async def check_insurance(request: Asked, session: Session, caller: Caller, now: Now, entry_id: Id) -> Page:
    entry = await queries.find_insurance(session, entry_id)
    await actions.check_insurance(session, entry=entry, account_id=caller.account_id, now=now)
    return done(
        request, _base(entry.organization_id), Message("Noted: you have seen the paper. It counts now.")
    )


@post("/insurance/{entry_id:uuid}/revoke", opt=may(policies.may_revoke_insurance))
async def revoke_insurance(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, entry_id: Id
) -> Page:
    entry = await queries.find_insurance(session, entry_id)
    try:
        reason = forms.read_reason(form)
    except Invalid as refusal:
        at = f"reason-{entry.id}"
        errors, typed = {at: refusal.errors["reason"]}, {at: form.typed.get("reason", "")}
        return await _list(
            request, session, caller, entry.organization_id, now=now, errors=errors, typed=typed
        )
    await actions.revoke_insurance(session, entry=entry, reason=reason, account_id=caller.account_id, now=now)
    return done(request, _base(entry.organization_id), Message("Taken back. It counts no more."))


@dataclass(frozen=True)
class TypedInsurance:
    values: dict[str, str]
    risk_kinds: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()

    def value(self, name: str) -> str:
        return self.values.get(name, "")


def _typed_for(need: Need | None, teams: Sequence[str]) -> TypedInsurance:
    covers = Cover.named_teams if teams else Cover.everybody
    values = {"covers": covers.value, "scope": "need" if need else "all"}
    if need is None:
        return TypedInsurance(values, teams=tuple(teams))
    if need.shifts:
        first_on, last_on = days_of(need.shifts[0])[0], max(days_of(shift)[1] for shift in need.shifts)
        values |= {"starts_on": first_on.isoformat(), "ends_on": last_on.isoformat()}
    return TypedInsurance(values, tuple(need.risk_kinds), tuple(teams))


async def _need(session: AsyncSession, organization: Organization, need_id: UUID | None) -> Need:
    """A need of this organization; another's does not exist here."""
    need = await find_need(session, need_id) if need_id else None
    if need is None or need.organization_id != organization.id:
        raise NotFound
    return need


def _base(organization_id: UUID) -> str:
    return f"/organizations/{organization_id}/insurance"


def _form(
    request: Asked,
    organization: Organization,
    need: Need | None,
    typed: TypedInsurance,
    teams: Sequence[Team],
    *,
    errors: dict[str, Message] | None = None,
) -> Page:
    return render(
        request,
        "insurance/form.html",
        status=422 if errors else 200,
        organization=organization,
        need=need,
        typed=typed,
        errors=FieldErrors(errors or {}),
        covers=[each for each in COVER_NAMES.items() if teams or each[0] is not Cover.named_teams],
        teams=[(team.id, team.name) for team in teams],
        risk_kinds=seed.risk_kinds(),
    )


async def _list(
    request: Asked,
    session: AsyncSession,
    caller: Caller,
    organization_id: UUID,
    *,
    now: Now,
    after: str = "",
    errors: Mapping[str, Message] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Page:
    organization = await organization_with_id(session, organization_id)
    seat = caller.seat_in(organization_id)
    return render(
        request,
        "insurance/index.html",
        status=422 if errors else 200,
        organization=organization,
        seat=seat,
        is_ours=seat is not None and seat.role in POSTING_ROLES,
        may_take_back=seat is not None or is_bureau_over(caller, organization.division),
        page=await queries.insurances_page(session, organization_id=organization_id, after=after),
        is_first=not after,
        today=i18n.local(now).date(),
        errors=FieldErrors(errors or {}),
        typed=typed or {},
    )


router = Router(
    "/",
    route_handlers=[show_insurances, new_insurance, enter_insurance, check_insurance, revoke_insurance],
)
