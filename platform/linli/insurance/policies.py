"""Who may see, enter, check and take back insurances."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.errors import NotFound, NotSignedIn
from linli.core.web.security import Caller
from linli.insurance.models import InsuranceEntry
from linli.needs.policies import may_post_needs
from linli.organizations.models import Organization
from linli.organizations.policies import is_bureau_over, reads_for_bureau_over

may_enter_insurance = may_post_needs


async def may_see_insurances(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Those who post for the organization, and who reads for the bureau over it."""
    await _ours_or_the_bureaus(session, caller, ids["organization_id"], reads_for_bureau_over)


async def may_check_insurance(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Those who post for its organization: they can ask to see the paper."""
    await may_post_needs(session, caller, {"organization_id": await _home(session, caller, ids)})


async def may_revoke_insurance(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """The same people, and the bureau over them."""
    await _ours_or_the_bureaus(session, caller, await _home(session, caller, ids), is_bureau_over)


async def _ours_or_the_bureaus(
    session: AsyncSession,
    caller: Caller | None,
    organization_id: UUID,
    for_bureau: Callable[[Caller, str], bool],
) -> None:
    organization = await session.get(Organization, organization_id)
    if caller is not None and organization and for_bureau(caller, organization.division):
        return
    await may_post_needs(session, caller, {"organization_id": organization_id})


async def _home(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> UUID:
    if caller is None:
        raise NotSignedIn
    found = await session.scalar(
        select(InsuranceEntry.organization_id).where(InsuranceEntry.id == ids["entry_id"])
    )
    if found is None:
        raise NotFound
    return found
