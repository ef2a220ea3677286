"""One step of a registration: the state moves, the step is kept with its reason, the audit log has it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from linli.core.errors import Conflict, Invalid
from linli.core.forms import REQUIRED
from linli.core.i18n import Message
from linli.organizations.models import Organization, RegistrationStep
from linli.organizations.registration import (
    WAIT_FOR_THE_BUREAU,
    WITH_REASON,
    RegistrationState,
    Step,
    refuse_step,
    state_after,
)
from linli.organizations.traces import note

CHANGED_MEANWHILE = Message("Somebody else changed this organization just now. Please look at it again.")


async def take_step(
    session: AsyncSession,
    step: Step,
    organization: Organization,
    *,
    account_id: UUID | None,
    now: datetime,
    reason: str = "",
    bureau: Organization | None = None,
) -> None:
    """The state after a step, or Conflict; who may take it is asked by the caller."""
    if refusal := refuse_step(organization.state, step):
        raise Conflict(refusal)
    if step in WITH_REASON and not reason:
        raise Invalid({"reason": REQUIRED})
    organization.state = state_after(organization.state, step) or organization.state
    if organization.state in WAIT_FOR_THE_BUREAU:
        organization.submitted_at = now
    is_verified = organization.state is RegistrationState.verified
    organization.verified_at = now if is_verified else None
    if step is Step.verify:
        organization.verified_by_id = account_id
    organization.claimed_at = organization.claimed_by_id = None
    session.add(
        RegistrationStep(
            organization_id=organization.id,
            step=step,
            reason=reason,
            bureau_id=bureau.id if bureau else None,
            by_id=account_id,
            at=now,
        )
    )
    await save(session)
    about_bureau = {"bureau_id": bureau.id} if bureau else {}
    note(session, f"{step}_organization", organization, account_id, now, **about_bureau)


def check_version(organization: Organization, version: int) -> None:
    if organization.version != version:
        raise Conflict(CHANGED_MEANWHILE)


async def save(session: AsyncSession) -> None:
    try:
        await session.flush()
    except StaleDataError as error:
        raise Conflict(CHANGED_MEANWHILE) from error
