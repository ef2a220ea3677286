"""Teams and the organizations that answer for them: founding, proposing, agreeing."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.queries import account_with_id
from linli.core.errors import Conflict, FieldErrors, Invalid
from linli.core.forms import Form as SentForm
from linli.core.i18n import Message
from linli.core.web.given import Asked, Caller, Form, Id, Now, QueryText, Session
from linli.core.web.security import may, signed_in
from linli.core.web.templating import done, locale_of, render
from linli.organizations.queries import organization_with_id
from linli.organizations.rules import COMMITTEES
from linli.teams import actions, forms, policies, queries
from linli.teams.models import Team
from linli.teams.pages.form import team_form
from linli.teams.rules import TeamState
from linli.teams.typed import typed_form, typed_new

Page = Response[Any]
NO_COMMITTEE = Message(
    "No committee of this community is on Linli yet. Ask it to register, or choose a neighbouring community."
)
TEAM = "/organizations/{organization_id:uuid}/teams/{team_id:uuid}"


@get("/teams/new", opt=may(signed_in))
async def propose_form(request: Asked, session: Session, caller: Caller) -> Page:
    account = await account_with_id(session, caller.account_id)
    return await team_form(request, session, typed_new(account.division or "", locale_of(request)))


@post("/teams/new", opt=may(signed_in))
async def propose_team(request: Asked, session: Session, caller: Caller, form: Form, now: Now) -> Page:
    """A community group: its committee reads it and answers."""
    values = typed_form(form)
    try:
        draft = forms.read_team(form)
        committees = await queries.committees_in(session, division=draft.division)
        if not committees:
            raise Invalid({"community": NO_COMMITTEE})
        async with session.begin_nested():
            team = await actions.propose_team(
                session,
                account=await account_with_id(session, caller.account_id),
                committee=committees[0],
                draft=draft,
                now=now,
            )
    except Invalid as refusal:
        return await team_form(request, session, values, form=form, errors=refusal.errors)
    except Conflict as refusal:
        errors = {"": refusal.sentence}
        return await team_form(request, session, values, form=form, errors=errors, status=409)
    said = Message("{committee} has been asked and will answer.", committee=committees[0].name)
    return done(request, f"/teams/{team.id}", said)


@get("/organizations/{organization_id:uuid}/teams", opt=may(policies.may_manage_teams))
async def teams_of_home(
    request: Asked,
    session: Session,
    caller: Caller,
    organization_id: Id,
    show: QueryText = "",
    after: QueryText = "",
) -> Page:
    """The teams an organization answers for; a committee also sees the groups that ask it to agree."""
    return await _list(request, session, caller, organization_id, show=show, after=after)


async def _list(
    request: Asked,
    session: AsyncSession,
    caller: Caller,
    organization_id: UUID,
    *,
    show: str = "",
    after: str = "",
    errors: Mapping[str, Message] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Page:
    organization = await organization_with_id(session, organization_id)
    state = TeamState.ended if show == "ended" else TeamState.agreed
    page = await queries.teams_of_home(session, organization_id=organization_id, state=state, after=after)
    proposed = await queries.teams_of_home(session, organization_id=organization_id, state=TeamState.proposed)
    own = [card.team.id for card in page.rows if card.team.organization_id]
    return render(
        request,
        "teams/of_home.html",
        status=422 if errors else 200,
        organization=organization,
        seat=caller.seat_in(organization_id),
        is_committee=organization.kind in COMMITTEES,
        proposed=proposed.rows,
        page=page,
        show=state.value,
        counts=await queries.home_counts(session, organization_id=organization_id),
        waiting=await queries.waiting_counts(session, own),
        is_first=not after,
        errors=FieldErrors(errors or {}),
        typed=typed or {},
    )


@get("/organizations/{organization_id:uuid}/teams/new", opt=may(policies.may_manage_teams))
async def found_form(request: Asked, session: Session, organization_id: Id) -> Page:
    organization = await organization_with_id(session, organization_id)
    values = typed_new(organization.division, locale_of(request))
    return await team_form(request, session, values, organization=organization)


@post("/organizations/{organization_id:uuid}/teams", opt=may(policies.may_manage_teams))
async def found_team(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, organization_id: Id
) -> Page:
    organization = await organization_with_id(session, organization_id)
    try:
        draft = forms.read_team(form)
        async with session.begin_nested():
            team = await actions.found_team(
                session, organization=organization, draft=draft, account_id=caller.account_id, now=now
            )
    except Invalid as refusal:
        return await team_form(
            request, session, typed_form(form), organization=organization, form=form, errors=refusal.errors
        )
    said = Message("Founded. Invite people by link or QR code, then say who leads.")
    return done(request, f"/teams/{team.id}/invite", said)


@post(f"{TEAM}/agree", opt=may(policies.may_decide_team))
async def agree(
    request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id, team_id: Id
) -> Page:
    team = await queries.team_with_id(session, team_id, lock=True)
    await actions.agree_to_team(session, team=team, account_id=caller.account_id, now=now)
    return _answered(request, organization_id)


@post(f"{TEAM}/decline", opt=may(policies.may_decide_team))
async def decline(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, organization_id: Id, team_id: Id
) -> Page:
    team = await queries.team_with_id(session, team_id, lock=True)
    try:
        reason = forms.read_reason(form)
    except Invalid as refusal:
        return await _without_reason(request, session, caller, team, form, refusal)
    await actions.decline_team(session, team=team, reason=reason, account_id=caller.account_id, now=now)
    return _answered(request, organization_id)


@post(f"{TEAM}/withdraw", opt=may(policies.may_decide_team))
async def withdraw(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, organization_id: Id, team_id: Id
) -> Page:
    """The committee takes its agreement back: the group ends, and its members hear why."""
    team = await queries.team_with_id(session, team_id, lock=True)
    try:
        reason = forms.read_reason(form)
    except Invalid as refusal:
        return await _without_reason(request, session, caller, team, form, refusal)
    await actions.withdraw_agreement(session, team=team, reason=reason, account_id=caller.account_id, now=now)
    return _answered(request, organization_id)


async def _without_reason(
    request: Asked, session: AsyncSession, caller: Caller, team: Team, form: SentForm, refusal: Invalid
) -> Page:
    """The list again, with what was typed for this team."""
    assert team.committee_id is not None
    at = f"reason-{team.id}"
    errors, typed = {at: refusal.errors["reason"]}, {at: form.typed.get("reason", "")}
    return await _list(request, session, caller, team.committee_id, errors=errors, typed=typed)


def _answered(request: Asked, organization_id: Id) -> Page:
    return done(
        request, f"/organizations/{organization_id}/teams", Message("Answered. The group has been told.")
    )


handlers: Final = (
    propose_form,
    propose_team,
    teams_of_home,
    found_form,
    found_team,
    agree,
    decline,
    withdraw,
)
