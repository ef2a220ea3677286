"""The committee's page of one need: whom to ask now and why, who has answered, and what to do next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response, Router, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.conversations.queries import questions_of_need
from linli.core.errors import FieldErrors, Invalid
from linli.core.forms import Form as SentForm
from linli.core.i18n import Message
from linli.core.web.given import Asked, Caller, Form, Id, Now, QueryText, Session
from linli.core.web.security import may
from linli.core.web.templating import done, render
from linli.desks.board import BoardRow
from linli.desks.pages.need_tabs import chosen_shift, shift_tabs, times_to_ask_for, who_tabs
from linli.divisions.shown import named
from linli.insurance.queries import gap_of
from linli.needs import actions as needs
from linli.needs import forms
from linli.needs.actions import lacking
from linli.needs.imports.rules import unsaid
from linli.needs.models import Need, Shift
from linli.needs.policies import may_manage_need
from linli.needs.queries import cards_by_ids, find_need
from linli.needs.rules import NeedState
from linli.organizations.models import Organization
from linli.participation import actions, queries
from linli.participation.queries import RosterEntry
from linli.participation.rules import COMES, OPEN, SAID_YES, WAITS_FOR_YES, State, refuse_joining
from linli.suggestions import queries as suggestions
from linli.volunteers.names import shown_name
from linli.waves import queries as waves
from linli.waves.actions import first_left
from linli.waves.rules import AskingState, asks_until
from linli.waves.wording import ShownCourse, words_of

Page = Response[Any]


@dataclass(frozen=True)
class RosterRow:
    """Before a yes a surname; after it the name. A phone number only on the roster to print."""

    entry: RosterEntry

    @property
    def name(self) -> Message | str:
        account = self.entry.account
        said_yes = self.entry.participation.state in SAID_YES
        return account.name if said_yes else shown_name(account.name)


@get("/needs/{need_id:uuid}/desk", opt=may(may_manage_need))
async def show_desk(request: Asked, session: Session, now: Now, need_id: Id, shift: QueryText = "") -> Page:
    return await _desk(request, session, await find_need(session, need_id), now, shift=shift)


@post("/needs/{need_id:uuid}/answer", opt=may(may_manage_need))
async def record_answer(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, need_id: Id
) -> Page:
    """What was said to the person who needs help, in words: the clock stops."""
    need = await find_need(session, need_id, lock=True)
    try:
        answer = forms.read_answer(form)
    except Invalid as refusal:
        return await _desk(request, session, need, now, form=form, errors=refusal.errors)
    await needs.record_answer(session, need=need, answer=answer, account_id=caller.account_id, now=now)
    return done(request, f"/needs/{need.id}/desk", Message("Your answer is recorded."))


async def _desk(
    request: Asked,
    session: AsyncSession,
    need: Need,
    now: datetime,
    *,
    shift: str = "",
    form: SentForm | None = None,
    errors: Mapping[str, Message] | None = None,
) -> Page:
    organization = await session.get_one(Organization, need.organization_id)
    [card] = await cards_by_ids(session, [need.id], now=now)
    coming = [each for each in need.shifts if each.starts_at > now]
    to_ask = times_to_ask_for(need, now)
    chosen = chosen_shift(to_ask, shift)
    roster = await queries.roster(session, need_id=need.id)
    return render(
        request,
        "desks/need_desk.html",
        status=422 if errors else 200,
        typed_answer=form.typed.get("answer", "") if form else "",
        errors=FieldErrors(errors or {}),
        need=need,
        organization=organization,
        row=BoardRow(card, 0),
        now=now,
        community=named(need.division or ""),
        history=_history(need),
        lacks=lacking(need, now) if need.state is NeedState.draft else [],
        unsaid=unsaid(need.source, version=need.version) if need.state is NeedState.draft else [],
        is_running=need.is_running,
        questions=await questions_of_need(session, need.id),
        coming=coming,
        chosen=chosen,
        insurance=await gap_of(session, need=need, shifts=coming),
        shift_tabs=shift_tabs(need, to_ask, chosen, "desk"),
        who_tabs=who_tabs(need, chosen, "desk"),
        applied=[RosterRow(each) for each in roster if each.participation.state is State.applied],
        confirmed=[RosterRow(each) for each in roster if each.participation.state is State.confirmed],
        invited=[RosterRow(each) for each in roster if each.participation.state in WAITS_FOR_YES],
        ended=[RosterRow(each) for each in roster if each.participation.state not in OPEN],
        **await asking_for(session, need=need, organization=organization, shift=chosen, now=now),
    )


@get("/needs/{need_id:uuid}/desk/people", opt=may(may_manage_need))
async def show_people(request: Asked, session: Session, now: Now, need_id: Id, shift: QueryText = "") -> Page:
    """The fragment that asks again while the matcher is still looking."""
    need = await find_need(session, need_id)
    chosen = chosen_shift(times_to_ask_for(need, now), shift)
    organization = await session.get_one(Organization, need.organization_id)
    people = await asking_for(session, need=need, organization=organization, shift=chosen, now=now)
    return render(request, "desks/_people.html", need=need, chosen=chosen, now=now, **people)


@get("/needs/{need_id:uuid}/roster", opt=may(may_manage_need, writes=True))
async def show_roster(request: Asked, session: Session, caller: Caller, now: Now, need_id: Id) -> Page:
    """Who comes, with their numbers, to print; each number shown is noted (security 5)."""
    need = await find_need(session, need_id)
    entries = await queries.roster(session, need_id=need_id, states=COMES)
    shown = [each for each in entries if queries.contact_may_be_shown(each, now)]
    for entry in shown:
        actions.note_disclosure(
            session, participation=entry.participation, need=need, reader_id=caller.account_id, now=now
        )
    return render(request, "desks/roster.html", need=need, entries=shown, hidden=len(entries) - len(shown))


async def people_for(
    session: AsyncSession, *, need: Need, organization: Organization, shift: Shift | None, now: datetime
) -> dict[str, Any]:
    """The proposal on top, then the others who fit, then who does not and why; None while looking."""
    if shift is None or refuse_joining(need.state, asker_is_verified=organization.is_verified):
        return {"answer": None, "is_looking": False}
    answer = await suggestions.answer_for_shift(session, need=need, shift=shift, now=now)
    return {"answer": answer, "is_looking": answer is None}


async def asking_for(
    session: AsyncSession, *, need: Need, organization: Organization, shift: Shift | None, now: datetime
) -> dict[str, Any]:
    """As `people_for`, with the waves of this time: the proposal is the first of them, while none goes on."""
    found = await waves.courses_of(session, shift=shift) if shift else []
    courses = [ShownCourse.of(each, shift) for each in found] if shift else []
    going = courses[0] if courses and courses[0].asking.state is not AskingState.ended else None
    shown: dict[str, Any] = {
        "course": going,
        "past_courses": courses[1:] if going else courses,
        "wave_words": None,
        "may_wait": False,
    }
    if shift is None or refuse_joining(need.state, asker_is_verified=organization.is_verified):
        return shown | {"answer": None, "is_looking": False}
    left = None if going or now > asks_until(shift.starts_at) else first_left(shift, now=now)
    answer = await suggestions.answer_for_shift(session, need=need, shift=shift, now=now, left=left)
    if answer and answer.wave and answer.wave.seats:
        shown["wave_words"] = words_of(answer.wave, answer.proposed, shift, now=now)
    elif answer and answer.wave and shift.places_free > 0:
        shown["may_wait"] = answer.wave.messages > 0
        shown["waits_for_answers"] = answer.wave.pending > 0
    return shown | {"answer": answer, "is_looking": answer is None}


@dataclass(frozen=True)
class Happened:
    """One entry of the need's timeline."""

    at: datetime
    text: Message
    tone: str = ""
    note: str = ""
    note_lang: str = ""


def _history(need: Need) -> list[Happened]:
    """What happened to the need, the latest first."""
    answered = Message("Answered") if need.answer else Message("The first place was taken")
    known = (
        (need.cancelled_at, Message("Called off"), "attention", need.cancel_reason),
        (need.answered_at, answered, "filled", need.answer),
        (need.told_overdue_at, Message("Nobody had answered in time; you were told"), "attention", ""),
        (need.posted_at, Message("Posted"), "", ""),
        (need.created_at, Message("Written"), "", ""),
    )
    happened = [Happened(at, text, tone, note, need.language) for at, text, tone, note in known if at]
    return sorted(happened, key=lambda each: each.at, reverse=True)


router = Router("/", route_handlers=[show_desk, record_answer, show_people, show_roster])
