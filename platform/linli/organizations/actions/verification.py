"""A bureau answers a registration, suspends an organization or lifts that, and hears an appeal."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.errors import Conflict
from linli.core.i18n import Message
from linli.organizations import rules
from linli.organizations.models import Organization
from linli.organizations.registration import CLAIM_LASTS, Step, claim_is_live
from linli.organizations.rules import OrganizationKind as Kind
from linli.organizations.steps import check_version, take_step
from linli.organizations.traces import tell_members

# What the members are told, by step.
TOLD = {
    Step.verify: Message("{organization} is verified: you can publish needs."),
    Step.hand_back: Message("{bureau} sent the registration of {organization} back: {reason}"),
    Step.suspend: Message("{bureau} has suspended {organization}: {reason} You can appeal."),
    Step.uphold: Message(
        "{bureau} has looked at the appeal of {organization}; the suspension stands: {reason}"
    ),
    Step.lift: Message("The suspension of {organization} is lifted: {reason}"),
}


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
    if organization.is_verified:
        raise Conflict(Message("This organization is verified already."))
    return await answer_registration(
        session,
        Step.verify,
        organization=organization,
        bureau=bureau,
        version=version,
        account_id=account_id,
        now=now,
    )


async def answer_registration(
    session: AsyncSession,
    step: Step,
    *,
    organization: Organization,
    bureau: Organization,
    version: int,
    account_id: UUID,
    now: datetime,
    reason: str = "",
) -> Organization:
    """Any step of the bureau, about the organization as it was when the page was opened."""
    _check_bureau(bureau, organization)
    check_version(organization, version)
    await _check_claim(session, organization, account_id, now)
    await take_step(session, step, organization, account_id=account_id, now=now, reason=reason, bureau=bureau)
    sentence = TOLD[step].given(organization=organization.name, bureau=bureau.name, reason=reason)
    await tell_members(
        session, organization, sentence, now, path=f"/organizations/{organization.id}/registration"
    )
    return organization


async def claim_registration(
    session: AsyncSession,
    *,
    organization: Organization,
    account_id: UUID,
    now: datetime,
    take_over: bool = False,
) -> bool:
    """Who opens a registration to decide on it keeps others from it for half an hour; whether it is theirs.

    Not a change of the organization: its version stays, and whoever is editing it goes on.
    """
    free = or_(
        Organization.claimed_at.is_(None),
        Organization.claimed_at <= now - CLAIM_LASTS,
        Organization.claimed_by_id == account_id,
    )
    mine = update(Organization).where(Organization.id == organization.id)
    changed: CursorResult[tuple[()]] = await session.execute(  # type: ignore[assignment]
        (mine if take_over else mine.where(free)).values(claimed_at=now, claimed_by_id=account_id),
        execution_options={"synchronize_session": False},
    )
    await session.refresh(organization, ["claimed_at", "claimed_by_id"])
    return bool(changed.rowcount)


async def _check_claim(
    session: AsyncSession, organization: Organization, account_id: UUID, now: datetime
) -> None:
    is_others = organization.claimed_by_id not in {None, account_id}
    if is_others and claim_is_live(organization.claimed_at, now):
        holder = await session.get_one(Account, organization.claimed_by_id)
        raise Conflict(
            Message(
                "{name} has had this open since {since}. Nothing was decided; please talk to each other.",
                name=holder.name,
                since=organization.claimed_at,
            )
        )


def _check_bureau(bureau: Organization, organization: Organization) -> None:
    refusal = rules.refuse_verifying(
        bureau_division=bureau.division,
        bureau_is_verified=bureau.kind is Kind.bureau and bureau.is_verified,
        division=organization.division,
        is_own=bureau.id == organization.id,
    )
    if refusal:
        raise Conflict(refusal)
