"""One dispatch as those see it who were asked: yes or no, who goes, who could go, what is left."""

from typing import Any, Final

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.errors import Conflict, FieldErrors, Invalid
from linli.core.i18n import Message, counted
from linli.core.web import security
from linli.core.web.given import Asked, Caller, Form, Id, Now, QueryText, Session
from linli.core.web.security import may
from linli.core.web.templating import done, render
from linli.dispatch import actions, forms, policies, queries
from linli.dispatch.candidates import candidates
from linli.dispatch.models import Dispatch
from linli.dispatch.rules import STATE_NAMES, DispatchState
from linli.divisions.shown import path_named
from linli.needs.queries import find_need
from linli.needs.views import Asks
from linli.teams.queries import team_with_id

Page = Response[Any]
ONE: Final = "/dispatch/{dispatch_id:uuid}"


@get(ONE, opt=may(policies.may_name))
async def show(
    request: Asked, session: Session, caller: Caller, now: Now, dispatch_id: Id, after: QueryText = ""
) -> Page:
    dispatch = await queries.find_dispatch(session, dispatch_id)
    return await _show(request, session, caller, dispatch, now, after=after)


@post(f"{ONE}/accept", opt=may(policies.may_answer))
async def accept(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, dispatch_id: Id
) -> Page:
    """Fewer may be free by now: then the page says how many, and asks again."""
    dispatch = await queries.find_dispatch(session, dispatch_id)
    try:
        places = forms.read_places(form)
        async with session.begin_nested():
            await actions.accept(
                session, dispatch=dispatch, places=places, account_id=caller.account_id, now=now
            )
    except Invalid as refusal:
        return await _show(request, session, caller, dispatch, now, form.typed, refusal.errors, 422)
    except Conflict as refusal:
        # The number that is still possible stands in the field.
        errors = {"places": refusal.sentence}
        return await _show(request, session, caller, dispatch, now, {}, errors, 409)
    said = counted(
        places,
        "One place is kept for you. Now say who goes.",
        "{n} places are kept for you. Now say who goes.",
    )
    return done(request, f"/dispatch/{dispatch_id}", said)


@post(f"{ONE}/decline", opt=may(policies.may_answer))
async def decline(request: Asked, session: Session, caller: Caller, now: Now, dispatch_id: Id) -> Page:
    dispatch = await queries.find_dispatch(session, dispatch_id)
    await actions.decline(session, dispatch=dispatch, account_id=caller.account_id, now=now)
    said = Message("Thank you for answering. You will not be asked for this again.")
    return done(request, f"/dispatch/{dispatch_id}", said)


@post(f"{ONE}/name", opt=may(policies.may_name))
async def name(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, dispatch_id: Id
) -> Page:
    """Each of them is asked; who cannot be is said with the reason."""
    dispatch = await queries.find_dispatch(session, dispatch_id)
    try:
        people = forms.read_people(form)
    except Invalid as refusal:
        return await _show(request, session, caller, dispatch, now, form.typed, refusal.errors, 422)
    named = await actions.name_members(
        session, dispatch=dispatch, account_ids=people, named_by_id=caller.account_id, now=now
    )
    return done(request, f"/dispatch/{dispatch_id}", _told(named))


@post(f"{ONE}/release", opt=may(policies.may_answer))
async def release(request: Asked, session: Session, caller: Caller, now: Now, dispatch_id: Id) -> Page:
    dispatch = await queries.find_dispatch(session, dispatch_id)
    await actions.release(session, dispatch=dispatch, account_id=caller.account_id, now=now)
    said = Message("Given back. Thank you for saying so in time; whoever was named keeps the place.")
    return done(request, f"/dispatch/{dispatch_id}", said)


@post(f"{ONE}/hand-on", opt=may(policies.may_answer))
async def hand_on(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, dispatch_id: Id
) -> Page:
    dispatch = await queries.find_dispatch(session, dispatch_id)
    team_id = form.id("team", required=True)
    form.check()
    assert team_id is not None
    team = await team_with_id(session, team_id)
    await actions.hand_on(session, dispatch=dispatch, team=team, account_id=caller.account_id, now=now)
    said = Message("{team} has been told, and names who goes.", team=team.name)
    return done(request, f"/dispatch/{dispatch_id}", said)


async def _show(
    request: Asked,
    session: AsyncSession,
    caller: security.Caller,
    dispatch: Dispatch,
    now: Now,
    typed: Any = None,
    errors: Any = None,
    status: int = 200,
    after: str = "",
) -> Page:
    """Of the need its public part; the exact place stands on the page of who has a place (security 4)."""
    row = await queries.row_of(session, dispatch)
    need = await find_need(session, dispatch.need_id)
    is_naming = dispatch.state is DispatchState.accepted and row.hold is not None and row.hold.runs_at(now)
    team_ids = await queries.teams_to_name_from(session, dispatch)
    may_answer = await policies.answers_for(session, caller, dispatch)
    return render(
        request,
        "dispatch/show.html",
        status=status,
        row=row,
        asks=Asks.of(need),
        community=path_named(need.division or ""),
        states=STATE_NAMES,
        may_answer=may_answer,
        is_asked=dispatch.state is DispatchState.asked,
        is_naming=is_naming,
        named=await queries.named_people(session, dispatch.hold_id) if dispatch.hold_id else [],
        candidates=await candidates(session, need=need, shift=row.shift, team_ids=team_ids, after=after)
        if is_naming
        else None,
        is_first=not after,
        teams=await queries.teams_with_ids(session, team_ids) if dispatch.organization_id else [],
        suggested=min(dispatch.places, max(row.shift.places_free, 1)),
        typed=typed or {},
        errors=FieldErrors(errors or {}),
    )


def _told(named: actions.Named) -> Message:
    if not named.left_out:
        return counted(
            len(named.asked),
            "One person has been asked. You will be told what they say.",
            "{n} people have been asked. You will be told what they say.",
        )
    return Message(
        "{n} asked; {left} could not be named: {reason}",
        n=len(named.asked),
        left=len(named.left_out),
        reason=named.left_out[0][1],
    )


handlers: Final = (show, accept, decline, name, release, hand_on)
