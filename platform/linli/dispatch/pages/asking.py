"""Officers ask a team or an organization for places, see what came of it, and take it back."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import forms as core_forms
from linli.core.errors import Conflict, FieldErrors, Invalid
from linli.core.i18n import Message
from linli.core.web import security
from linli.core.web.given import Asked, Caller, Form, Id, Now, QueryText, Session
from linli.core.web.security import may
from linli.core.web.templating import done, render
from linli.dispatch import actions, forms, policies, queries
from linli.dispatch.actions.asking import why_not_ask
from linli.dispatch.rules import LONGEST_NOTE, STATE_NAMES
from linli.divisions.shown import named
from linli.needs.models import Need, Shift
from linli.needs.policies import POSTING_ROLES, may_manage_need
from linli.needs.queries import find_need
from linli.organizations.models import Organization
from linli.participation.rules import NOT_RUNNING
from linli.teams.models import Team

Page = Response[Any]
TIME_GONE: Final = Message("This time is no longer there. Please choose another one.")
TEAM: Final = "/needs/{need_id:uuid}/dispatch/team/{team_id:uuid}"
ORGANIZATION: Final = "/needs/{need_id:uuid}/dispatch/organization/{asked_id:uuid}"


@get("/teams/{team_id:uuid}/ask-for-help", opt=may(policies.may_ask_for_help))
async def choose_need(request: Asked, session: Session, caller: Caller, now: Now, team_id: Id) -> Page:
    """From a team's page: for which of our needs?"""
    team = await session.get_one(Team, team_id)
    own = [seat.organization_id for seat in caller.seats if seat.role in POSTING_ROLES]
    return render(
        request,
        "dispatch/choose_need.html",
        team=team,
        can_be_asked=await queries.askable_team(session, team_id) is not None,
        needs=await queries.needs_to_ask_for(session, organization_ids=own, now=now),
        community=named,
    )


@get(TEAM, opt=may(policies.may_ask_team))
async def ask_team_form(
    request: Asked, session: Session, now: Now, need_id: Id, team_id: Id, shift: QueryText = ""
) -> Page:
    return await _form(request, session, now, need_id, team_id=team_id, typed={"shift": shift})


@post(TEAM, opt=may(policies.may_ask_team))
async def ask_team(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, need_id: Id, team_id: Id
) -> Page:
    return await _ask(request, session, caller, form, now, need_id, team_id=team_id)


@get(ORGANIZATION, opt=may(policies.may_ask_organization))
async def ask_organization_form(
    request: Asked, session: Session, now: Now, need_id: Id, asked_id: Id, shift: QueryText = ""
) -> Page:
    return await _form(request, session, now, need_id, organization_id=asked_id, typed={"shift": shift})


@post(ORGANIZATION, opt=may(policies.may_ask_organization))
async def ask_organization(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, need_id: Id, asked_id: Id
) -> Page:
    return await _ask(request, session, caller, form, now, need_id, organization_id=asked_id)


@get("/needs/{need_id:uuid}/dispatch", opt=may(may_manage_need))
async def of_need(request: Asked, session: Session, need_id: Id) -> Page:
    """Whom we asked, what they keep, who was named and who comes."""
    need = await find_need(session, need_id)
    return render(
        request,
        "dispatch/of_need.html",
        need=need,
        rows=await queries.of_need(session, need_id=need_id),
        states=STATE_NAMES,
        is_running=need.is_running,
    )


@post("/dispatch/{dispatch_id:uuid}/withdraw", opt=may(policies.may_withdraw))
async def withdraw(request: Asked, session: Session, caller: Caller, now: Now, dispatch_id: Id) -> Page:
    dispatch = await queries.find_dispatch(session, dispatch_id)
    await actions.withdraw(session, dispatch=dispatch, account_id=caller.account_id, now=now)
    said = Message("Taken back; what was kept is free again. They have been told.")
    return done(request, f"/needs/{dispatch.need_id}/dispatch", said)


async def _ask(
    request: Asked,
    session: AsyncSession,
    caller: security.Caller,
    form: core_forms.Form,
    now: Now,
    need_id: UUID,
    *,
    team_id: UUID | None = None,
    organization_id: UUID | None = None,
) -> Page:
    asked = {"team_id": team_id, "organization_id": organization_id}
    try:
        draft = forms.read_ask(form)
        need = await find_need(session, need_id)
        if draft.shift_id not in {shift.id for shift in need.shifts}:
            form.refuse("shift", TIME_GONE)
            form.check()
        async with session.begin_nested():
            await actions.ask(
                session,
                shift_id=draft.shift_id,
                places=draft.places,
                note_to_them=draft.note,
                asked_by_id=caller.account_id,
                now=now,
                **asked,
            )
    except Invalid as refusal:
        return await _form(
            request, session, now, need_id, typed=form.typed, errors=refusal.errors, status=422, **asked
        )
    except Conflict as refusal:
        errors = {"": refusal.sentence}
        return await _form(
            request, session, now, need_id, typed=form.typed, errors=errors, status=409, **asked
        )
    return done(request, f"/needs/{need_id}/dispatch", Message("Asked. You will be told what they say."))


async def _form(
    request: Asked,
    session: AsyncSession,
    now: Now,
    need_id: UUID,
    *,
    typed: Any,
    team_id: UUID | None = None,
    organization_id: UUID | None = None,
    errors: Any = None,
    status: int = 200,
) -> Page:
    """The times that are still to come with what is free; or why they cannot be asked."""
    need = await find_need(session, need_id)
    coming = [shift for shift in need.shifts if shift.starts_at > now and shift.places_free]
    chosen = next((each for each in coming if str(each.id) == typed.get("shift")), None)
    shift = chosen or (coming[0] if coming else None)
    return render(
        request,
        "dispatch/ask.html",
        status=status,
        need=need,
        name=await _name(session, team_id, organization_id),
        team_id=team_id,
        asked_id=organization_id,
        shifts=coming,
        chosen=shift,
        refusal=await _why_not(session, need, shift, team_id, organization_id, now),
        typed=typed,
        longest_note=LONGEST_NOTE,
        errors=FieldErrors(errors or {}),
    )


async def _why_not(
    session: AsyncSession,
    need: Need,
    shift: Shift | None,
    team_id: UUID | None,
    organization_id: UUID | None,
    now: Now,
) -> Message | None:
    if not need.is_running:
        return NOT_RUNNING
    if shift is None:
        return Message("No time that is still to come has a free place.")
    return await why_not_ask(
        session, need=need, shift=shift, team_id=team_id, organization_id=organization_id, now=now
    )


async def _name(session: AsyncSession, team_id: UUID | None, organization_id: UUID | None) -> str:
    if team_id is not None:
        return (await session.get_one(Team, team_id)).name
    return (await session.get_one(Organization, organization_id)).name


handlers: Final = (
    choose_need,
    ask_team_form,
    ask_team,
    ask_organization_form,
    ask_organization,
    of_need,
    withdraw,
)
