"""A bureau vouches for an organization, or takes that back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from linli.core.errors import Conflict
from linli.core.i18n import Message
from linli.organizations import rules
from linli.organizations.models import Organization
from linli.organizations.rules import OrganizationKind as Kind
from linli.organizations.traces import note, tell_members

CHANGED_MEANWHILE = Message("Somebody else changed this organization just now. Please look at it again.")


async def verify_organization(
    session: AsyncSession,
    *,
    organization: Organization,
    bureau: Organization,
    version: int,
    account_id: UUID,
    now: datetime,
) -> Organization:
    """The bureau vouches for the organization as it was when the page was opened (`version`)."""
    _check_bureau(bureau, organization)
    if organization.is_verified:
        raise Conflict(Message("This organization is verified already."))
    _check_version(organization, version)
    organization.verified_at, organization.verified_by_id = now, account_id
    await _save(session)
    note(session, "verify_organization", organization, account_id, now, bureau_id=bureau.id)
    sentence = Message("{organization} is verified: you can publish needs.", organization=organization.name)
    await tell_members(session, organization, sentence, now)
    return organization


async def withdraw_verification(
    session: AsyncSession,
    *,
    organization: Organization,
    bureau: Organization,
    version: int,
    account_id: UUID,
    now: datetime,
) -> Organization:
    """The bureau takes the verified mark back; the members are told whom to ask."""
    _check_bureau(bureau, organization)
    if not organization.is_verified:
        raise Conflict(Message("This organization is not verified."))
    _check_version(organization, version)
    organization.verified_at = organization.verified_by_id = None
    await _save(session)
    note(session, "withdraw_verification", organization, account_id, now, bureau_id=bureau.id)
    sentence = Message(
        "{organization} is no longer verified. Please ask {bureau} what is missing.",
        organization=organization.name,
        bureau=bureau.name,
    )
    await tell_members(session, organization, sentence, now)
    return organization


def _check_bureau(bureau: Organization, organization: Organization) -> None:
    refusal = rules.refuse_verifying(
        bureau_division=bureau.division,
        bureau_is_verified=bureau.kind is Kind.bureau and bureau.is_verified,
        division=organization.division,
        is_own=bureau.id == organization.id,
    )
    if refusal:
        raise Conflict(refusal)


def _check_version(organization: Organization, version: int) -> None:
    if organization.version != version:
        raise Conflict(CHANGED_MEANWHILE)


async def _save(session: AsyncSession) -> None:
    try:
        await session.flush()
    except StaleDataError as error:
        raise Conflict(CHANGED_MEANWHILE) from error
