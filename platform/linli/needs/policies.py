"""Who may post and manage needs."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.errors import NotFound, NotSignedIn
from linli.core.web.security import Caller
from linli.needs import queries
from linli.organizations.rules import DESK_ROLES

POSTING_ROLES: Final = DESK_ROLES


async def may_post_needs(_session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Officers, social workers and coordinators, for their own organization."""
    if caller is None:
        raise NotSignedIn
    seat = caller.seat_in(ids["organization_id"])
    if seat is None or seat.role not in POSTING_ROLES:
        raise NotFound


async def may_manage_need(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """The same people, for the needs of their organization; to others the page does not exist."""
    if caller is None:
        raise NotSignedIn
    organization_id = await queries.organization_of(session, ids["need_id"])
    if organization_id is None:
        raise NotFound
    await may_post_needs(session, caller, {"organization_id": organization_id})
