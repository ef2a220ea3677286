"""Applying, answering and deciding: one button each."""

from typing import Any

from icalendar import Calendar, Event
from litestar import Response, Router, get, post

from linli.accounts.idempotency import answer_once
from linli.core.errors import FieldErrors, NotFound
from linli.core.i18n import Message
from linli.core.web.given import Asked, Caller, Form, Id, Now, Session
from linli.core.web.security import may, signed_in
from linli.core.web.templating import done, locale_of, render
from linli.divisions.shown import named, path_named
from linli.needs.models import Need, Shift
from linli.needs.policies import may_manage_need
from linli.needs.views import PrivatePlace, PublicNeed
from linli.participation import actions, policies, queries
from linli.participation.models import Participation
from linli.participation.rules import OPEN, WAITS_FOR_YES, State, may_see_contact
from linli.participation.together.queries import own_groups

Page = Response[Any]
LONGEST_KEY = 200


@post("/shifts/{shift_id:uuid}/apply", opt=may(policies.may_apply))
async def apply(request: Asked, session: Session, caller: Caller, form: Form, now: Now, shift_id: Id) -> Page:
    """Take a place, or ask for one; a repeated Idempotency-Key gives the same answer."""
    note = form.text("note", longest=300)
    form.check()

    async def do() -> dict[str, Any]:
        made = await actions.apply(
            session, shift_id=shift_id, account_id=caller.account_id, now=now, note=note
        )
        return {"participation": str(made.id), "need": str(made.need_id), "state": made.state.value}

    key = request.headers.get("Idempotency-Key") or form.text("key", longest=LONGEST_KEY)
    answer = (
        await answer_once(
            session,
            account_id=caller.account_id,
            key=key,
            fingerprint=f"apply {shift_id} {note}",
            now=now,
            do=do,
        )
        if key
        else await do()
    )
    return _after_applying(request, State(answer["state"]), answer["participation"], answer["need"])


@post("/participations/{participation_id:uuid}/accept", opt=may(policies.may_answer))
async def accept(request: Asked, session: Session, caller: Caller, now: Now, participation_id: Id) -> Page:
    participation = await queries.find_participation(session, participation_id)
    await actions.accept(session, participation=participation, account_id=caller.account_id, now=now)
    return _after_applying(request, participation.state, participation.id, participation.need_id)


@post("/participations/{participation_id:uuid}/decline", opt=may(policies.may_answer))
async def decline(request: Asked, session: Session, caller: Caller, now: Now, participation_id: Id) -> Page:
    participation = await queries.find_participation(session, participation_id)
    await actions.decline(session, participation=participation, account_id=caller.account_id, now=now)
    return done(
        request, "/commitments", Message("Thank you for answering. You will not be asked for this again.")
    )


@post("/participations/{participation_id:uuid}/withdraw", opt=may(policies.may_answer))
async def withdraw(request: Asked, session: Session, caller: Caller, now: Now, participation_id: Id) -> Page:
    participation = await queries.find_participation(session, participation_id)
    await actions.withdraw(session, participation=participation, account_id=caller.account_id, now=now)
    return done(
        request,
        f"/needs/{participation.need_id}",
        Message("Thank you for saying so in time. The place is free for somebody else."),
    )


@get("/participations/{participation_id:uuid}", opt=may(policies.may_answer, writes=True))
async def my_place(request: Asked, session: Session, caller: Caller, now: Now, participation_id: Id) -> Page:
    """One's own place: with a yes the exact address and contact; each look is noted (security 4, 5)."""
    participation = await queries.find_participation(session, participation_id)
    need = await session.get_one(Need, participation.need_id)
    shift = await session.get_one(Shift, participation.shift_id)
    shows_contact = may_see_contact(participation.state, shift.ends_at, now)
    if shows_contact:
        actions.note_disclosure(
            session, participation=participation, need=need, reader_id=caller.account_id, now=now
        )
    return render(
        request,
        "participation/my_place.html",
        participation=participation,
        need=PublicNeed.of(need),
        shift=shift,
        contact=PrivatePlace.of(need) if shows_contact else None,
        community=path_named(need.division or ""),
    )


@get("/participations/{participation_id:uuid}/calendar.ics", opt=may(policies.may_answer))
async def calendar(request: Asked, session: Session, now: Now, participation_id: Id) -> Response[bytes]:
    """Time, community and a link; the exact place stays on the page (security 4)."""
    participation = await queries.find_participation(session, participation_id)
    need = await session.get_one(Need, participation.need_id)
    shift = await session.get_one(Shift, participation.shift_id)
    if participation.state is not State.confirmed:
        raise NotFound
    address = f"{request.app.state.settings.base_url}/needs/{need.id}"
    entry = Event()
    entry.add("uid", f"{participation.id}@linli")
    entry.add("dtstamp", now)
    entry.add("dtstart", shift.starts_at)
    entry.add("dtend", shift.ends_at)
    entry.add("summary", need.title)
    community = path_named(need.division or "")
    if community:
        entry.add("location", community.zh if locale_of(request) == "zh" else community.en)
    entry.add("url", address)
    entry.add("description", address)
    file = Calendar()
    file.add("prodid", "-//Linli//Linli//")
    file.add("version", "2.0")
    file.add_component(entry)
    return Response(
        file.to_ical(),
        media_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="linli.ics"'},
    )


@post("/participations/{participation_id:uuid}/confirm", opt=may(policies.may_decide))
async def confirm(request: Asked, session: Session, caller: Caller, now: Now, participation_id: Id) -> Page:
    participation = await queries.find_participation(session, participation_id)
    await actions.confirm_application(
        session, participation=participation, officer_id=caller.account_id, now=now
    )
    return done(request, _roster(participation), Message("Confirmed. They have been told."))


@post("/participations/{participation_id:uuid}/refuse", opt=may(policies.may_decide))
async def refuse(request: Asked, session: Session, caller: Caller, now: Now, participation_id: Id) -> Page:
    participation = await queries.find_participation(session, participation_id)
    await actions.refuse_application(
        session, participation=participation, officer_id=caller.account_id, now=now
    )
    return done(request, _roster(participation), Message("Declined kindly. They have been told."))


@post("/participations/{participation_id:uuid}/cancel", opt=may(policies.may_decide))
async def cancel(request: Asked, session: Session, caller: Caller, now: Now, participation_id: Id) -> Page:
    participation = await queries.find_participation(session, participation_id)
    await actions.cancel_participation(
        session, participation=participation, officer_id=caller.account_id, now=now
    )
    return done(request, _roster(participation), Message("Called off. They have been told."))


@get("/needs/{need_id:uuid}/cancel", opt=may(may_manage_need))
async def ask_before_cancelling(request: Asked, session: Session, need_id: Id) -> Page:
    need = await session.get_one(Need, need_id)
    people = await queries.roster(session, need_id=need_id, states=OPEN)
    return render(
        request,
        "participation/cancel_need.html",
        need=need,
        people=len(people),
        errors=FieldErrors(),
        reason="",
    )


@post("/needs/{need_id:uuid}/cancel", opt=may(may_manage_need))
async def cancel_need(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, need_id: Id
) -> Page:
    reason = form.text("reason", longest=300, required=True)
    if form.errors:
        need = await session.get_one(Need, need_id)
        people = await queries.roster(session, need_id=need_id, states=OPEN)
        values = {
            "need": need,
            "people": len(people),
            "errors": FieldErrors(form.errors),
            "reason": form.typed.get("reason", ""),
        }
        return render(request, "participation/cancel_need.html", status=422, **values)
    await actions.cancel_need(session, need_id=need_id, reason=reason, account_id=caller.account_id, now=now)
    return done(request, f"/needs/{need_id}/desk", Message("Called off. Everybody concerned has been told."))


@get("/commitments", opt=may(signed_in))
async def my_commitments(request: Asked, session: Session, caller: Caller, now: Now) -> Page:
    """What I am asked for, what I asked for, what I promised; and what is over."""
    coming = await queries.commitments(session, account_id=caller.account_id, now=now)
    past = await queries.past_commitments(session, account_id=caller.account_id)
    return render(
        request,
        "participation/commitments.html",
        invitations=[each for each in coming if each.participation.state in WAITS_FOR_YES],
        promised=[each for each in coming if each.participation.state is State.confirmed],
        applied=[each for each in coming if each.participation.state is State.applied],
        groups=await own_groups(session, account_id=caller.account_id, now=now),
        past=past,
        community=named,
    )


def _after_applying(request: Asked, state: State, participation_id: object, need_id: object) -> Page:
    """A place leads to the page with the exact address; an offer back to the need."""
    if state is State.confirmed:
        return done(request, f"/participations/{participation_id}", Message("You have a place. Thank you."))
    return done(
        request,
        f"/needs/{need_id}",
        Message("The committee has your offer and will answer. You will be told."),
    )


def _roster(participation: Participation) -> str:
    return f"/needs/{participation.need_id}/desk"


router = Router(
    "/",
    route_handlers=[
        apply,
        accept,
        decline,
        withdraw,
        my_place,
        calendar,
        confirm,
        refuse,
        cancel,
        ask_before_cancelling,
        cancel_need,
        my_commitments,
    ],
)
