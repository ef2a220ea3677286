"""Who acts for an organization: ask others to join, hand over, leave."""

from typing import Any

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.errors import Conflict, FieldErrors, Invalid
from linli.core.i18n import Message
from linli.core.web.given import Asked, Caller, Form, Id, Now, QueryText, Session
from linli.core.web.security import may
from linli.core.web.templating import done, locale_of, render
from linli.organizations import actions, forms, policies, queries
from linli.organizations.rules import ACTING_ROLES, ROLE_NAMES, ROLES

Page = Response[Any]
BASE = "/organizations/{organization_id:uuid}"


@get(BASE + "/members", opt=may(policies.may_see_members))
async def show_members(
    request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id, after: QueryText = ""
) -> Page:
    return await _members(request, session, caller, organization_id, now, after=after)


@post(BASE + "/invitations", opt=may(policies.may_manage_members))
async def invite_member(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, organization_id: Id
) -> Page:
    organization = await queries.organization_with_id(session, organization_id)
    try:
        wanted = forms.read_new_member(form, kind=organization.kind)
        async with session.begin_nested():
            await actions.invite_member(
                session,
                organization=organization,
                wanted=wanted,
                account_id=caller.account_id,
                language=locale_of(request),
                now=now,
            )
    except Invalid as refusal:
        errors, status = refusal.errors, 422
    except Conflict as refusal:
        errors, status = FieldErrors(address=refusal.sentence), 409
    else:
        sentence = Message(
            "Invited: {address}. They have fourteen days to answer.", address=wanted.address.value
        )
        return done(request, f"/organizations/{organization_id}/members", sentence)
    return await _members(
        request, session, caller, organization_id, now, form=form, errors=errors, status=status
    )


@post(BASE + "/invitations/{invitation_id:uuid}/take-back", opt=may(policies.may_manage_members))
async def take_back_invitation(
    request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id, invitation_id: Id
) -> Page:
    await actions.take_back_invitation(
        session,
        organization=await queries.organization_with_id(session, organization_id),
        invitation_id=invitation_id,
        account_id=caller.account_id,
        now=now,
    )
    return done(
        request, f"/organizations/{organization_id}/members", Message("The invitation is taken back.")
    )


@post(BASE + "/members/{membership_id:uuid}/end", opt=may(policies.may_end_membership))
async def end_membership(
    request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id, membership_id: Id
) -> Page:
    ended = await actions.end_membership(
        session,
        organization=await queries.organization_with_id(session, organization_id),
        membership_id=membership_id,
        account_id=caller.account_id,
        now=now,
    )
    if ended.account_id == caller.account_id:
        return done(request, "/me/memberships", Message("You are no longer a member here."))
    return done(request, f"/organizations/{organization_id}/members", Message("The membership has ended."))


async def _members(
    request: Asked,
    session: AsyncSession,
    caller: Caller,
    organization_id: Id,
    now: Now,
    *,
    after: str = "",
    form: Form | None = None,
    errors: FieldErrors | None = None,
    status: int = 200,
) -> Page:
    organization = await queries.organization_with_id(session, organization_id)
    seat = caller.seat_in(organization_id)
    may_manage = seat is not None and seat.role in ACTING_ROLES
    return render(
        request,
        "organizations/members.html",
        status=status,
        organization=organization,
        seat=seat,
        may_manage=may_manage,
        roles=[(role.value, ROLE_NAMES[role]) for role in ROLE_NAMES if role in ROLES[organization.kind]],
        role_names=ROLE_NAMES,
        page=await queries.members_page(session, organization_id=organization_id, after=after),
        # The addresses are those that members typed; who only reads has no business with them.
        invitations=await queries.open_invitations(session, organization_id=organization_id, now=now)
        if may_manage
        else [],
        is_first=not after,
        typed=form.typed if form else {},
        errors=errors or FieldErrors(),
    )


handlers = (show_members, invite_member, take_back_invitation, end_membership)
