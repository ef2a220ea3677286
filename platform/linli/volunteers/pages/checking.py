"""For officers: papers that wait for a check, and those they have checked."""

from typing import Any

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import i18n, seed
from linli.core.errors import FieldErrors, Invalid
from linli.core.i18n import Message
from linli.core.web.given import Asked, Caller, Form, Id, Now, QueryText, Session
from linli.core.web.security import may
from linli.core.web.templating import done, render
from linli.organizations.models import Organization
from linli.organizations.queries import organization_with_id
from linli.volunteers import actions, forms, policies, queries

Page = Response[Any]


@get("/organizations/{organization_id:uuid}/credentials", opt=may(policies.may_check_papers, writes=True))
async def show_papers_to_check(
    request: Asked,
    session: Session,
    caller: Caller,
    now: Now,
    organization_id: Id,
    show: QueryText = "",
    after: QueryText = "",
) -> Page:
    """Writes, because each person on the page can later see who looked."""
    return await _desk_page(request, session, caller, now, organization_id, show=show, after=after)


@post(
    "/organizations/{organization_id:uuid}/credentials/{paper_id:uuid}/check",
    opt=may(policies.may_check_papers),
)
async def check_paper(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, organization_id: Id, paper_id: Id
) -> Page:
    organization = await organization_with_id(session, organization_id)
    held = await queries.paper_to_check(session, organization=organization, paper_id=paper_id)
    credential = seed.credentials()[held.credential_id]
    try:
        valid_until = forms.read_valid_until(form, credential=credential, today=i18n.local(now).date())
    except Invalid as refusal:
        errors = FieldErrors({f"valid_until-{paper_id}": refusal.sentence})
        typed = {f"valid_until-{paper_id}": form.typed.get("valid_until", "")}
        return await _desk_page(
            request, session, caller, now, organization_id, errors=errors, typed=typed, status=422
        )
    await actions.check_credential(
        session,
        held=held,
        organization=organization,
        role=_role(caller, organization),
        account_id=caller.account_id,
        valid_until=valid_until,
        now=now,
    )
    sentence = Message("Checked: {credential}. The volunteer has been told.", credential=credential)
    return done(request, f"/organizations/{organization_id}/credentials", sentence)


@post(
    "/organizations/{organization_id:uuid}/credentials/{paper_id:uuid}/take-back",
    opt=may(policies.may_check_papers),
)
async def take_back_check(
    request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id, paper_id: Id
) -> Page:
    organization = await organization_with_id(session, organization_id)
    held = await queries.paper_to_check(session, organization=organization, paper_id=paper_id)
    await actions.take_back_check(
        session, held=held, organization=organization, account_id=caller.account_id, now=now
    )
    return done(
        request,
        f"/organizations/{organization_id}/credentials?show=checked",
        Message(
            "Taken back: {credential}. The volunteer has been told.",
            credential=seed.credentials()[held.credential_id],
        ),
    )


async def _desk_page(
    request: Asked,
    session: AsyncSession,
    caller: Caller,
    now: Now,
    organization_id: Id,
    *,
    show: str = "",
    after: str = "",
    errors: FieldErrors | None = None,
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> Page:
    organization = await organization_with_id(session, organization_id)
    checked = show == "checked"
    page = await (
        queries.papers_checked(session, organization=organization, after=after)
        if checked
        else queries.papers_to_check(
            session,
            organization=organization,
            role=_role(caller, organization),
            account_id=caller.account_id,
            after=after,
        )
    )
    await actions.note_papers_seen(
        session, papers=page.rows, organization=organization, account_id=caller.account_id, now=now
    )
    return render(
        request,
        "volunteers/papers_to_check.html",
        status=status,
        organization=organization,
        seat=caller.seat_in(organization_id),
        page=page,
        checked=checked,
        is_first=not after,
        today=i18n.local(now).date(),
        typical_validity=forms.typical_validity,
        errors=errors or FieldErrors(),
        typed=typed or {},
    )


def _role(caller: Caller, organization: Organization) -> str:
    seat = caller.seat_in(organization.id)
    return seat.role if seat else ""


handlers = (show_papers_to_check, check_paper, take_back_check)
