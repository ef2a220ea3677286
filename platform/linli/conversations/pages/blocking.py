"""Whom an organization has blocked, what its bureau sees of that, and undoing a block."""

from typing import Any
from urllib.parse import quote

from litestar import Response, Router, get, post

from linli.conversations import actions, blocks, policies
from linli.conversations.models import Block
from linli.core.i18n import Message
from linli.core.web.given import Asked, Caller, Id, Now, QueryText, Session
from linli.core.web.security import may
from linli.core.web.templating import done, render
from linli.organizations.models import Organization
from linli.organizations.policies import seat_in_path
from linli.organizations.queries import organization_with_id
from linli.organizations.rules import OrganizationKind

Page = Response[Any]


@get("/organizations/{organization_id:uuid}/blocks", opt=may(policies.may_see_reports))
async def show_blocks(
    request: Asked, session: Session, caller: Caller, organization_id: Id, after: QueryText = ""
) -> Page:
    """An organization sees its own blocks with their reasons, a bureau those of its division."""
    organization = await organization_with_id(session, organization_id)
    is_bureau = organization.kind is OrganizationKind.bureau
    inside = (
        Organization.division.startswith(organization.division, autoescape=True)
        if is_bureau
        else Organization.id == organization.id
    )
    page = await blocks.blocked_people(session, inside=inside, after=after)
    here = f"/organizations/{organization.id}/blocks"
    return render(
        request,
        "conversations/blocks.html",
        organization=organization,
        seat=seat_in_path(caller, {"organization_id": organization_id}),
        is_bureau=is_bureau,
        rows=page.rows,
        next_url=f"{here}?after={quote(page.next_cursor)}" if page.next_cursor else None,
        first_url=here if after else None,
    )


@post("/organizations/{organization_id:uuid}/blocks/{block_id:uuid}/end", opt=may(policies.may_end_block))
async def end_block(
    request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id, block_id: Id
) -> Page:
    block = await session.get_one(Block, block_id)
    await actions.end_block(session, block=block, actor_id=caller.account_id, now=now)
    return done(
        request,
        f"/organizations/{organization_id}/blocks",
        Message("This person can write to you and offer to come again. They have been told."),
    )


@post("/me/blocks/{block_id:uuid}/end", opt=may(policies.may_end_own_block))
async def end_own_block(request: Asked, session: Session, caller: Caller, now: Now, block_id: Id) -> Page:
    block = await session.get_one(Block, block_id)
    await actions.end_block(session, block=block, actor_id=caller.account_id, now=now)
    return done(request, "/me/reports", Message("This organization can ask you and write to you again."))


router = Router("/", route_handlers=[show_blocks, end_block, end_own_block])
