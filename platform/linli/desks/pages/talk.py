"""Where a person and an organization meet around a need: ask, write to all, report, block."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, Router, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.idempotency import answer_once
from linli.accounts.models import Account
from linli.conversations import actions as conversations
from linli.conversations import forms, queries
from linli.conversations.actions import Reported
from linli.conversations.pages.reporting import report_form, take_report
from linli.conversations.pages.talking import LONGEST_KEY, SENT
from linli.conversations.rules import LONGEST_MESSAGE, LONGEST_REASON, Side, Subject
from linli.core.db import new_id
from linli.core.errors import Conflict, FieldErrors, Invalid, NotFound, TooMany
from linli.core.i18n import Message, counted
from linli.core.web import security
from linli.core.web.given import Asked, Caller, Form, Id, Now, Session
from linli.core.web.htmx import go
from linli.core.web.security import may, signed_in
from linli.core.web.templating import done, locale_of, render
from linli.needs.models import Need
from linli.needs.policies import may_manage_need
from linli.organizations.models import Organization
from linli.organizations.policies import is_officer_of
from linli.organizations.queries import organization_with_id
from linli.participation import actions, policies
from linli.participation import queries as participations
from linli.participation.rules import COMES
from linli.volunteers.names import shown_name

Page = Response[Any]
Errors = Mapping[str, Message]


@get("/needs/{need_id:uuid}/question", opt=may(policies.may_ask_about_need))
async def ask_form(request: Asked, session: Session, caller: Caller, now: Now, need_id: Id) -> Page:
    """The first question; whoever has asked before finds their conversation."""
    need, organization = await _need(session, need_id)
    if path := await _where_it_stands(session, caller, need):
        return go(request, path)
    return await _ask_form(request, session, caller, need, organization, now)


@post("/needs/{need_id:uuid}/question", opt=may(policies.may_ask_about_need))
async def ask(request: Asked, session: Session, caller: Caller, form: Form, now: Now, need_id: Id) -> Page:
    need, organization = await _need(session, need_id)
    if is_officer_of(caller, organization.id):
        raise Conflict(Message("You ask for this yourself. The questions of others stand at your desk."))
    try:
        text = forms.read_message(form)
        async with session.begin_nested():
            conversation = await conversations.open_conversation(
                session, need_id=need.id, account_id=caller.account_id, now=now
            )
            await conversations.write_once(
                session,
                key=request.headers.get("Idempotency-Key") or form.text("key", longest=LONGEST_KEY),
                conversation=conversation,
                side=Side.volunteer,
                author_id=caller.account_id,
                text=text,
                language=locale_of(request),
                now=now,
            )
    except (Invalid, Conflict, TooMany) as refusal:
        errors = refusal.errors if isinstance(refusal, Invalid) else {"": refusal.sentence}
        status = {Invalid: 422, Conflict: 409}.get(type(refusal), 429)
        typed = form.typed.get("text", "")
        return await _ask_form(
            request, session, caller, need, organization, now, typed=typed, errors=errors, status=status
        )
    return done(request, f"/conversations/{conversation.id}", SENT)


@get("/needs/{need_id:uuid}/message", opt=may(may_manage_need))
async def message_form(request: Asked, session: Session, need_id: Id) -> Page:
    return await _message_form(request, session, need_id)


@post("/needs/{need_id:uuid}/message", opt=may(may_manage_need, seconds=30))
async def write_to_all(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, need_id: Id
) -> Page:
    """One message to everybody who holds a place."""

    async def do() -> dict[str, Any]:
        written = await actions.write_to_all(
            session,
            need_id=need_id,
            text=text,
            language=locale_of(request),
            author_id=caller.account_id,
            now=now,
        )
        return {"written": written}

    try:
        text = forms.read_message(form)
        key = form.text("key", longest=LONGEST_KEY)
        async with session.begin_nested():
            answer = (
                await answer_once(
                    session,
                    account_id=caller.account_id,
                    key=key,
                    fingerprint=f"write to all of {need_id} {text}",
                    now=now,
                    do=do,
                )
                if key
                else await do()
            )
    except Invalid as refusal:
        return await _message_form(request, session, need_id, form.typed, refusal.errors, 422)
    except Conflict as refusal:
        return await _message_form(request, session, need_id, form.typed, {"": refusal.sentence}, 409)
    told = counted(answer["written"], "Sent to one person.", "Sent to {n} people.")
    return done(request, f"/needs/{need_id}/conversations", told)


@get("/needs/{need_id:uuid}/report", opt=may(policies.may_ask_about_need))
async def ask_about_need(request: Asked, session: Session, caller: Caller, need_id: Id) -> Page:
    return await report_form(request, session, await _reported_need(session, caller, need_id))


@post("/needs/{need_id:uuid}/report", opt=may(policies.may_ask_about_need))
async def report_need(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, need_id: Id
) -> Page:
    reported = await _reported_need(session, caller, need_id)
    return await take_report(request, session, caller, form, now, reported)


@post("/organizations/{organization_id:uuid}/block", opt=may(signed_in))
async def block_organization(
    request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id
) -> Page:
    organization = await organization_with_id(session, organization_id)
    if caller.seat_in(organization_id):
        raise Conflict(Message("You belong to this organization yourself."))
    left = await actions.block(
        session,
        organization=organization,
        account_id=caller.account_id,
        side=Side.volunteer,
        actor_id=caller.account_id,
        now=now,
    )
    if not left.places:
        return done(
            request,
            "/me/reports",
            Message(
                "Blocked. {organization} cannot ask you or write to you.", organization=organization.name
            ),
        )
    return done(
        request,
        "/commitments",
        counted(
            len(left.places),
            "Blocked. You still have a place there: you may keep it, or give it back here.",
            "Blocked. You still have {n} places there: you may keep them, or give them back here.",
        ),
    )


@get(
    "/organizations/{organization_id:uuid}/people/{account_id:uuid}/block",
    opt=may(policies.may_block_person),
)
async def block_form(request: Asked, session: Session, organization_id: Id, account_id: Id) -> Page:
    return await _block_form(request, session, organization_id, account_id)


@post(
    "/organizations/{organization_id:uuid}/people/{account_id:uuid}/block",
    opt=may(policies.may_block_person),
)
async def block_person(
    request: Asked,
    session: Session,
    caller: Caller,
    form: Form,
    now: Now,
    organization_id: Id,
    account_id: Id,
) -> Page:
    try:
        reason = forms.read_block_reason(form)
    except Invalid as refusal:
        return await _block_form(request, session, organization_id, account_id, form.typed, refusal.errors)
    organization = await organization_with_id(session, organization_id)
    left = await actions.block(
        session,
        organization=organization,
        account_id=account_id,
        side=Side.organization,
        actor_id=caller.account_id,
        reason=reason,
        now=now,
    )
    if not left.places:
        return done(request, f"/organizations/{organization_id}/blocks", Message("Blocked. They are told."))
    return done(
        request,
        f"/needs/{left.places[0].need_id}/desk",
        counted(
            len(left.places),
            "Blocked. They still have a place with you: it stays, unless you call it off here.",
            "Blocked. They still have {n} places with you, the first one here: "
            "they stay, unless you call them off.",
        ),
    )


async def _need(session: AsyncSession, need_id: UUID) -> tuple[Need, Organization]:
    """An imported need has nobody who could answer."""
    need = await session.get_one(Need, need_id)
    if need.organization_id is None:
        raise NotFound
    return need, await session.get_one(Organization, need.organization_id)


async def _where_it_stands(session: AsyncSession, caller: security.Caller, need: Need) -> str | None:
    if need.organization_id and is_officer_of(caller, need.organization_id):
        return f"/needs/{need.id}/conversations"
    found = await queries.conversation_about(session, need_id=need.id, account_id=caller.account_id)
    return f"/conversations/{found.id}" if found else None


async def _ask_form(
    request: Asked,
    session: AsyncSession,
    caller: security.Caller,
    need: Need,
    organization: Organization,
    now: datetime,
    *,
    typed: str = "",
    errors: Errors | None = None,
    status: int = 200,
) -> Page:
    return render(
        request,
        "desks/question.html",
        status=status,
        need_id=need.id,
        title=need.title,
        language=need.language,
        organization_name=organization.name,
        published=await queries.published_answers(session, need.id),
        why_not=await conversations.why_not_write(
            session, need=need, account_id=caller.account_id, side=Side.volunteer, now=now
        ),
        typed=typed,
        errors=FieldErrors(errors or {}),
        key=new_id().hex,
        longest=LONGEST_MESSAGE,
    )


async def _message_form(
    request: Asked,
    session: AsyncSession,
    need_id: UUID,
    typed: Mapping[str, str] | None = None,
    errors: Errors | None = None,
    status: int = 200,
) -> Page:
    people = await participations.roster(session, need_id=need_id, states=COMES)
    return render(
        request,
        "desks/message.html",
        status=status,
        need=await session.get_one(Need, need_id),
        people=len({each.account.id for each in people}),
        typed=typed or {},
        errors=FieldErrors(errors or {}),
        key=new_id().hex,
        longest=LONGEST_MESSAGE,
    )


async def _block_form(
    request: Asked,
    session: AsyncSession,
    organization_id: UUID,
    account_id: UUID,
    typed: Mapping[str, str] | None = None,
    errors: Errors | None = None,
) -> Page:
    person = await session.get_one(Account, account_id)
    return render(
        request,
        "desks/block.html",
        status=422 if errors else 200,
        organization=await organization_with_id(session, organization_id),
        account_id=person.id,
        person_name=shown_name(person.name),
        typed=typed or {},
        errors=FieldErrors(errors or {}),
        longest=LONGEST_REASON,
    )


async def _reported_need(session: AsyncSession, caller: security.Caller, need_id: UUID) -> Reported:
    need, organization = await _need(session, need_id)
    side = Side.organization if is_officer_of(caller, organization.id) else Side.volunteer
    return Reported(Subject.need, side, organization, need_id=need.id)


router = Router(
    "/",
    route_handlers=[
        ask_form,
        ask,
        message_form,
        write_to_all,
        ask_about_need,
        report_need,
        block_organization,
        block_form,
        block_person,
    ],
)
