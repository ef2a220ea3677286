"""Reporting a message, a person or an organization; the bureau's list and answer; one's own reports."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from litestar import Response, Router, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.conversations import actions, blocks, forms, policies, queries, reports
from linli.conversations.actions import Reported
from linli.conversations.models import Conversation, Report
from linli.conversations.rules import LONGEST_REPORT, REASON_NAMES, Side, Subject, is_shared_with_organization
from linli.core.errors import FieldErrors, Invalid
from linli.core.i18n import Message
from linli.core.web import security
from linli.core.web.given import Asked, Caller, Form, Id, Now, QueryText, Session
from linli.core.web.security import may, signed_in
from linli.core.web.templating import done, render
from linli.needs.models import Need
from linli.organizations.models import Organization
from linli.organizations.policies import seat_in_path
from linli.organizations.queries import organization_with_id
from linli.organizations.rules import OrganizationKind, Role
from linli.volunteers.names import shown_name

Page = Response[Any]
MINE = "/me/reports"
REPORTED = Message("Your report is with the civil affairs bureau. It must answer, and you will be told.")


@get("/messages/{message_id:uuid}/report", opt=may(policies.may_report_message))
async def ask_about_message(request: Asked, session: Session, caller: Caller, message_id: Id) -> Page:
    return await report_form(request, session, await _message(session, caller, message_id))


@post("/messages/{message_id:uuid}/report", opt=may(policies.may_report_message))
async def report_message(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, message_id: Id
) -> Page:
    return await take_report(request, session, caller, form, now, await _message(session, caller, message_id))


@get("/conversations/{conversation_id:uuid}/report", opt=may(policies.may_read_conversation))
async def ask_about_conversation(
    request: Asked, session: Session, caller: Caller, conversation_id: Id
) -> Page:
    return await report_form(request, session, await _other_side(session, caller, conversation_id))


@post("/conversations/{conversation_id:uuid}/report", opt=may(policies.may_read_conversation))
async def report_conversation(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, conversation_id: Id
) -> Page:
    reported = await _other_side(session, caller, conversation_id)
    return await take_report(request, session, caller, form, now, reported)


@get("/organizations/{organization_id:uuid}/report", opt=may(signed_in))
async def ask_about_organization(request: Asked, session: Session, organization_id: Id) -> Page:
    return await report_form(request, session, await _organization(session, organization_id))


@post("/organizations/{organization_id:uuid}/report", opt=may(signed_in))
async def report_organization(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, organization_id: Id
) -> Page:
    return await take_report(
        request, session, caller, form, now, await _organization(session, organization_id)
    )


@get(MINE, opt=may(signed_in))
async def show_own_reports(request: Asked, session: Session, caller: Caller, after: QueryText = "") -> Page:
    """What I reported and what became of it, and whom I have blocked."""
    page = await reports.own_reports(session, account_id=caller.account_id, after=after)
    return render(
        request,
        "conversations/own_reports.html",
        rows=page.rows,
        blocked=await blocks.own_blocks(session, caller.account_id),
        next_url=f"{MINE}?after={quote(page.next_cursor)}" if page.next_cursor else None,
        first_url=MINE if after else None,
    )


@get("/organizations/{organization_id:uuid}/reports", opt=may(policies.may_see_reports))
async def show_reports(
    request: Asked,
    session: Session,
    caller: Caller,
    organization_id: Id,
    show: QueryText = "",
    after: QueryText = "",
) -> Page:
    return await _list(request, session, caller, organization_id, show=show, after=after)


@post(
    "/organizations/{organization_id:uuid}/reports/{report_id:uuid}/answer",
    opt=may(policies.may_answer_report),
)
async def answer(
    request: Asked,
    session: Session,
    caller: Caller,
    form: Form,
    now: Now,
    organization_id: Id,
    report_id: Id,
) -> Page:
    report = await session.get_one(Report, report_id)
    try:
        text = forms.read_report_answer(form)
    except Invalid as refusal:
        wrong = (report.id, form.typed.get("answer", ""), refusal.errors)
        return await _list(request, session, caller, organization_id, wrong=wrong)
    await actions.answer_report(session, report=report, answer=text, clerk_id=caller.account_id, now=now)
    return done(
        request, f"/organizations/{organization_id}/reports", Message("Answered. Both sides have been told.")
    )


async def report_form(
    request: Asked,
    session: AsyncSession,
    reported: Reported,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, Message] | None = None,
) -> Page:
    """What is reported, for which reason, in which words, and who will read it."""
    about = await session.get_one(Account, reported.about_id) if reported.about_id else None
    need = await session.get_one(Need, reported.need_id) if reported.need_id else None
    return render(
        request,
        "conversations/report.html",
        status=422 if errors else 200,
        subject=reported.subject.value,
        side=reported.side.value,
        organization_id=reported.organization.id,
        organization_name=reported.organization.name,
        need_id=need.id if need else None,
        title=need.title if need else None,
        language=need.language if need else None,
        person_name=shown_name(about.name) if about else None,
        message=reported.message.text if reported.message else None,
        is_shared=is_shared_with_organization(reported.subject, reported.side),
        reasons=[(each.value, name) for each, name in REASON_NAMES.items()],
        longest=LONGEST_REPORT,
        typed=typed or {},
        errors=FieldErrors(errors or {}),
    )


async def take_report(
    request: Asked,
    session: AsyncSession,
    caller: security.Caller,
    form: Form,
    now: Now,
    reported: Reported,
) -> Page:
    try:
        draft = forms.read_report(form)
    except Invalid as refusal:
        return await report_form(request, session, reported, typed=form.typed, errors=refusal.errors)
    await actions.report(session, reported=reported, draft=draft, reporter_id=caller.account_id, now=now)
    return done(request, MINE, REPORTED)


async def _message(session: AsyncSession, caller: security.Caller, message_id: Id) -> Reported:
    message = await queries.find_message(session, message_id)
    conversation = await queries.find_conversation(session, message.conversation_id)
    side = await queries.side_in(session, conversation_id=conversation.id, caller=caller)
    organization = await _organization_of(session, conversation)
    return Reported(
        Subject.message,
        side,
        organization,
        need_id=conversation.need_id,
        message=message,
        about_id=conversation.account_id if side is Side.organization else None,
    )


async def _other_side(session: AsyncSession, caller: security.Caller, conversation_id: Id) -> Reported:
    conversation = await queries.find_conversation(session, conversation_id)
    side = await queries.side_in(session, conversation_id=conversation.id, caller=caller)
    organization = await _organization_of(session, conversation)
    if side is Side.volunteer:
        return Reported(Subject.organization, side, organization, need_id=conversation.need_id)
    return Reported(
        Subject.person,
        side,
        organization,
        need_id=conversation.need_id,
        about_id=conversation.account_id,
    )


async def _organization(session: AsyncSession, organization_id: Id) -> Reported:
    organization = await organization_with_id(session, organization_id)
    return Reported(Subject.organization, Side.volunteer, organization)


async def _organization_of(session: AsyncSession, conversation: Conversation) -> Organization:
    need = await session.get_one(Need, conversation.need_id)
    return await session.get_one(Organization, need.organization_id)


async def _list(
    request: Asked,
    session: AsyncSession,
    caller: security.Caller,
    organization_id: Id,
    *,
    show: str = "",
    after: str = "",
    wrong: tuple[Id, str, Mapping[str, Message]] | None = None,
) -> Page:
    """A bureau's with what it can answer; another organization's with what it may know."""
    organization = await organization_with_id(session, organization_id)
    seat = seat_in_path(caller, {"organization_id": organization_id})
    is_bureau = organization.kind is OrganizationKind.bureau
    is_open = show != "answered"
    page = (
        await reports.reports_for_bureau(
            session, division=organization.division, is_open=is_open, after=after
        )
        if is_bureau
        else await reports.reports_for_organization(session, organization_id=organization.id, after=after)
    )
    here = f"/organizations/{organization.id}/reports"
    shown = "" if is_open else "show=answered&"
    return render(
        request,
        "conversations/reports.html",
        status=422 if wrong else 200,
        organization=organization,
        seat=seat,
        is_bureau=is_bureau,
        is_open=is_open,
        may_answer=is_bureau and seat.role == Role.bureau_staff,
        open_count=await reports.open_count(session, organization.division) if is_bureau else None,
        rows=page.rows,
        wrong=wrong,
        next_url=f"{here}?{shown}after={quote(page.next_cursor)}" if page.next_cursor else None,
        first_url=f"{here}?{shown}" if after else None,
    )


router = Router(
    "/",
    route_handlers=[
        ask_about_message,
        report_message,
        ask_about_conversation,
        report_conversation,
        ask_about_organization,
        report_organization,
        show_own_reports,
        show_reports,
        answer,
    ],
)
