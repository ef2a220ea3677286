"""An organization's public page, its members, and the register of a bureau."""

from typing import Any

from litestar import Response, Router, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.errors import Conflict, FieldErrors, Invalid
from linli.core.i18n import Message
from linli.core.web.given import Asked, Caller, Form, Id, Now, QueryText, Session, Visitor
from linli.core.web.security import anyone, may
from linli.core.web.templating import done, render
from linli.divisions.shown import path_named
from linli.organizations import actions, forms, policies, queries
from linli.organizations.models import Organization
from linli.organizations.rules import ACTING_ROLES, KIND_NAMES, ROLE_NAMES, ROLES

Page = Response[Any]


@get("/organizations/{organization_id:uuid}", opt=may(anyone))
async def show_organization(request: Asked, session: Session, visitor: Visitor, organization_id: Id) -> Page:
    organization = await queries.organization_with_id(session, organization_id)
    return render(
        request,
        "organizations/show.html",
        organization=organization,
        kind=KIND_NAMES[organization.kind],
        home=path_named(organization.division),
        seat=visitor.seat_in(organization.id) if visitor else None,
    )


@get("/organizations/{organization_id:uuid}/members", opt=may(policies.may_see_members))
async def show_members(
    request: Asked, session: Session, caller: Caller, organization_id: Id, after: QueryText = ""
) -> Page:
    organization = await queries.organization_with_id(session, organization_id)
    return await _members(request, session, caller, organization, after=after)


@post("/organizations/{organization_id:uuid}/members", opt=may(policies.may_manage_members))
async def add_member(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, organization_id: Id
) -> Page:
    organization = await queries.organization_with_id(session, organization_id)
    try:
        wanted = forms.read_new_member(form, kind=organization.kind)
        account = await actions.account_to_add(
            session,
            name=wanted.name,
            address=wanted.address,
            account_id=caller.account_id,
            secret_key=request.app.state.settings.secret_key,
            now=now,
        )
        await actions.add_member(
            session,
            organization=organization,
            account=account,
            role=wanted.role,
            account_id=caller.account_id,
            now=now,
        )
    except Invalid as refusal:
        return await _members(
            request, session, caller, organization, form=form, errors=refusal.errors, status=422
        )
    except Conflict as refusal:
        await session.rollback()
        organization = await queries.organization_with_id(session, organization_id)
        errors = FieldErrors(address=refusal.sentence)
        return await _members(request, session, caller, organization, form=form, errors=errors, status=409)
    sentence = Message("{name} is a member now: {role}.", name=wanted.name, role=ROLE_NAMES[wanted.role])
    return done(request, f"/organizations/{organization_id}/members", sentence)


@post(
    "/organizations/{organization_id:uuid}/members/{membership_id:uuid}/end",
    opt=may(policies.may_end_membership),
)
async def end_membership(
    request: Asked,
    session: Session,
    caller: Caller,
    now: Now,
    organization_id: Id,
    membership_id: Id,
) -> Page:
    ended = await actions.end_membership(
        session,
        organization=await queries.organization_with_id(session, organization_id),
        membership_id=membership_id,
        account_id=caller.account_id,
        now=now,
    )
    if ended.account_id == caller.account_id:
        return done(request, f"/organizations/{organization_id}", Message("You are no longer a member here."))
    return done(request, f"/organizations/{organization_id}/members", Message("The membership has ended."))


@get("/organizations/{organization_id:uuid}/register", opt=may(policies.may_read_register))
async def show_register(
    request: Asked,
    session: Session,
    caller: Caller,
    organization_id: Id,
    show: QueryText = "",
    after: QueryText = "",
) -> Page:
    bureau = await queries.organization_with_id(session, organization_id)
    verified = show == "verified"
    return render(
        request,
        "organizations/register.html",
        organization=bureau,
        seat=caller.seat_in(organization_id),
        verified=verified,
        page=await queries.register_page(session, bureau=bureau, verified=verified, after=after),
        counts=await queries.register_counts(session, bureau=bureau),
        is_first=not after,
    )


@post("/organizations/{organization_id:uuid}/register/{subject_id:uuid}/verify", opt=may(policies.may_verify))
async def verify_organization(
    request: Asked,
    session: Session,
    caller: Caller,
    form: Form,
    now: Now,
    organization_id: Id,
    subject_id: Id,
) -> Page:
    version = forms.read_version(form)
    organization = await actions.verify_organization(
        session,
        organization=await queries.organization_with_id(session, subject_id),
        bureau=await queries.organization_with_id(session, organization_id),
        version=version,
        account_id=caller.account_id,
        now=now,
    )
    sentence = Message(
        "Verified: {organization}. The members have been told.", organization=organization.name
    )
    return done(request, f"/organizations/{organization_id}/register", sentence)


@post(
    "/organizations/{organization_id:uuid}/register/{subject_id:uuid}/withdraw", opt=may(policies.may_verify)
)
async def withdraw_verification(
    request: Asked,
    session: Session,
    caller: Caller,
    form: Form,
    now: Now,
    organization_id: Id,
    subject_id: Id,
) -> Page:
    version = forms.read_version(form)
    organization = await actions.withdraw_verification(
        session,
        organization=await queries.organization_with_id(session, subject_id),
        bureau=await queries.organization_with_id(session, organization_id),
        version=version,
        account_id=caller.account_id,
        now=now,
    )
    sentence = Message(
        "No longer verified: {organization}. The members have been told.", organization=organization.name
    )
    return done(request, f"/organizations/{organization_id}/register?show=verified", sentence)


async def _members(
    request: Asked,
    session: AsyncSession,
    caller: Caller,
    organization: Organization,
    *,
    after: str = "",
    form: Form | None = None,
    errors: FieldErrors | None = None,
    status: int = 200,
) -> Page:
    seat = caller.seat_in(organization.id)
    return render(
        request,
        "organizations/members.html",
        status=status,
        organization=organization,
        seat=seat,
        may_manage=seat is not None and seat.role in ACTING_ROLES,
        roles=[(role.value, ROLE_NAMES[role]) for role in ROLE_NAMES if role in ROLES[organization.kind]],
        role_names=ROLE_NAMES,
        page=await queries.members_page(session, organization_id=organization.id, after=after),
        is_first=not after,
        typed=form.typed if form else {},
        errors=errors or FieldErrors(),
    )


router = Router(
    "/",
    route_handlers=[
        show_organization,
        show_members,
        add_member,
        end_membership,
        show_register,
        verify_organization,
        withdraw_verification,
    ],
)
