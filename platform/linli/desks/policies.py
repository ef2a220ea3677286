"""Who sees the desks that no single domain owns."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.errors import NotPermitted
from linli.core.web.security import Caller
from linli.organizations.policies import member_of_path_organization, seat_in_path
from linli.organizations.rules import UNVERIFIED, Role

# Committees begin at their board, which shows what burns; these have more than needs of their own.
_may_see_waiting = member_of_path_organization(Role.coordinator, Role.social_worker, Role.bureau_staff)
# Who watches over a division; an auditor only reads.
may_see_unanswered = member_of_path_organization(
    Role.social_worker, Role.bureau_staff, Role.auditor, verified=True
)


async def may_see_waiting(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """A bureau looks into its division only once it is verified; others see what waits for themselves."""
    await _may_see_waiting(session, caller, ids)
    seat = seat_in_path(caller, ids)
    if seat.role == Role.bureau_staff and not seat.is_verified:
        raise NotPermitted(UNVERIFIED)
