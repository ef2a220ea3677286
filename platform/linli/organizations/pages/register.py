"""The desk of a bureau: what waits, one registration with its papers, and the answer to it."""

from typing import Any

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import i18n
from linli.core.errors import Conflict, FieldErrors, Invalid, Refusal
from linli.core.i18n import Message
from linli.core.web.given import Asked, Caller, Form, Id, Now, QueryText, Session
from linli.core.web.security import may
from linli.core.web.templating import done, render
from linli.organizations import actions, forms, policies, profiles, queries
from linli.organizations.documents import ENDINGS
from linli.organizations.models import Organization
from linli.organizations.queries import Show
from linli.organizations.registration import (
    STATE_NAMES,
    WAIT_FOR_THE_BUREAU,
    Step,
    is_overdue,
    refuse_step,
)
from linli.organizations.rules import Role

Page = Response[Any]
BASE = "/organizations/{organization_id:uuid}/register"
ONE = BASE + "/{subject_id:uuid}"
# What stands in the address, and what it does.
ANSWERS = {
    "verify": Step.verify,
    "return": Step.hand_back,
    "suspend": Step.suspend,
    "lift": Step.lift,
    "uphold": Step.uphold,
}
ANSWERED = {
    Step.verify: Message("Verified: {organization}. The members have been told."),
    Step.hand_back: Message("Sent back: {organization}. The members have been told why."),
    Step.suspend: Message("Suspended: {organization}. The members have been told why."),
    Step.lift: Message("{organization} may act again. The members have been told."),
    Step.uphold: Message("The suspension of {organization} stands. The members have been told why."),
}


@get(BASE, opt=may(policies.may_read_register))
async def show_register(
    request: Asked,
    session: Session,
    caller: Caller,
    now: Now,
    organization_id: Id,
    show: QueryText = "",
    after: QueryText = "",
) -> Page:
    bureau = await queries.organization_with_id(session, organization_id)
    chosen = Show(show) if show in set(Show) else Show.waiting
    today = i18n.local(now).date()
    return render(
        request,
        "organizations/register.html",
        organization=bureau,
        seat=caller.seat_in(organization_id),
        show=chosen,
        page=await queries.register_page(session, bureau=bureau, show=chosen, today=today, after=after),
        counts=await queries.register_counts(session, bureau=bureau, today=today),
        is_first=not after,
        now=now,
        is_overdue=is_overdue,
    )


@get(ONE, opt=may(policies.may_read_registration, writes=True))
async def show_registration(
    request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id, subject_id: Id
) -> Page:
    """Whoever of the staff opens what waits has it to themselves for a while."""
    subject = await queries.organization_with_id(session, subject_id)
    seat = caller.seat_in(organization_id)
    if seat and seat.role == Role.bureau_staff and subject.state in WAIT_FOR_THE_BUREAU:
        await actions.claim_registration(session, organization=subject, account_id=caller.account_id, now=now)
    return await _registration_page(request, session, caller, subject, organization_id, now)


@post(ONE + "/claim", opt=may(policies.may_verify))
async def take_over(
    request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id, subject_id: Id
) -> Page:
    subject = await queries.organization_with_id(session, subject_id)
    await actions.claim_registration(
        session, organization=subject, account_id=caller.account_id, now=now, take_over=True
    )
    path = f"/organizations/{organization_id}/register/{subject_id}"
    return done(request, path, Message("You have it now. Please tell your colleague."))


@post(
    [f"{ONE}/{answer}" for answer in ANSWERS],
    opt=may(policies.may_verify),
)
async def answer(
    request: Asked,
    session: Session,
    caller: Caller,
    form: Form,
    now: Now,
    organization_id: Id,
    subject_id: Id,
) -> Page:
    step = ANSWERS[request.scope["path"].rstrip("/").rpartition("/")[2]]
    version = forms.read_version(form)
    subject = await queries.organization_with_id(session, subject_id)
    try:
        reason = "" if step is Step.verify else forms.read_reason(form)
        async with session.begin_nested():
            await actions.answer_registration(
                session,
                step,
                organization=subject,
                bureau=await queries.organization_with_id(session, organization_id),
                version=version,
                account_id=caller.account_id,
                now=now,
                reason=reason,
            )
    except (Invalid, Conflict) as refusal:
        await session.rollback()
        subject = await queries.organization_with_id(session, subject_id)
        return await _registration_page(
            request, session, caller, subject, organization_id, now, form=form, step=step, refusal=refusal
        )
    return done(
        request,
        f"/organizations/{organization_id}/register",
        ANSWERED[step].given(organization=subject.name),
    )


@get(ONE + "/documents/{document_id:uuid}", opt=may(policies.may_read_registration, writes=True))
async def see_document(
    session: Session, caller: Caller, now: Now, organization_id: Id, subject_id: Id, document_id: Id
) -> Response[bytes]:
    """A paper for the bureau, and a note that it was looked at."""
    subject = await queries.organization_with_id(session, subject_id)
    document, content = await profiles.document_with_id(
        session, organization_id=subject_id, document_id=document_id
    )
    actions.note_document_seen(
        session,
        organization=subject,
        document=document,
        bureau_id=organization_id,
        account_id=caller.account_id,
        now=now,
    )
    headers = profiles.document_headers(document, ENDINGS[document.media_type])
    return Response(content, media_type=document.media_type, headers=headers)


async def _registration_page(
    request: Asked,
    session: AsyncSession,
    caller: Caller,
    subject: Organization,
    bureau_id: Id,
    now: Now,
    *,
    form: Form | None = None,
    step: Step | None = None,
    refusal: Refusal | None = None,
) -> Page:
    seat = caller.seat_in(bureau_id)
    holder = await queries.claim_of_another(session, subject, account_id=caller.account_id, now=now)
    may_act = seat is not None and seat.role == Role.bureau_staff and holder is None
    errors = refusal.errors if isinstance(refusal, Invalid) else FieldErrors()
    if isinstance(refusal, Conflict):
        errors = FieldErrors({"": refusal.sentence})
    return render(
        request,
        "organizations/registration_desk.html",
        status=409 if isinstance(refusal, Conflict) else 422 if refusal else 200,
        organization=await queries.organization_with_id(session, bureau_id),
        seat=seat,
        subject=subject,
        state_name=STATE_NAMES[subject.state],
        profile=await profiles.profile_of(session, subject),
        registration=await profiles.registration_of(session, subject, today=i18n.local(now).date()),
        members=await queries.members_page(session, organization_id=subject.id, after=None),
        holder=holder,
        can=[name for name, each in ANSWERS.items() if may_act and not refuse_step(subject.state, each)],
        is_overdue=is_overdue(subject.submitted_at, now) if subject.submitted_at else False,
        now=now,
        typed=form.typed if form else {},
        step=step,
        errors=errors,
    )


handlers = (show_register, show_registration, take_over, answer, see_document)
