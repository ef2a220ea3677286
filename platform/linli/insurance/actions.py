"""Entering an insurance, confirming that the paper was seen, and taking it back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.audit import record
from linli.core.errors import Conflict
from linli.core.i18n import Message
from linli.insurance.forms import InsuranceDraft
from linli.insurance.models import InsuranceEntry, InsuranceTeam
from linli.notifications.actions import tell
from linli.organizations.models import Membership, Organization
from linli.organizations.rules import ACTING_ROLES

TAKEN_BACK = Message("This insurance has been taken back. Please enter it anew.")
MOST_TOLD = 100


async def enter_insurance(
    session: AsyncSession,
    *,
    organization: Organization,
    draft: InsuranceDraft,
    account_id: UUID,
    now: datetime,
) -> InsuranceEntry:
    """Counts at once where whoever enters it has the paper before them, else when somebody has seen it."""
    entry = InsuranceEntry(
        organization_id=organization.id,
        need_id=draft.need_id,
        insurer=draft.insurer,
        policy_number=draft.policy_number,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        covers=draft.covers,
        risk_kinds=list(draft.risk_kinds),
        entered_by_id=account_id,
        entered_at=now,
    )
    session.add(entry)
    await session.flush()
    session.add_all(InsuranceTeam(entry_id=entry.id, team_id=team_id) for team_id in draft.team_ids)
    await session.flush()
    _note(session, "enter_insurance", entry, account_id, now)
    if draft.is_seen:
        await check_insurance(session, entry=entry, account_id=account_id, now=now)
    return entry


async def check_insurance(
    session: AsyncSession, *, entry: InsuranceEntry, account_id: UUID, now: datetime
) -> None:
    """A named person has seen the paper; twice is once."""
    if entry.revoked_at is not None:
        raise Conflict(TAKEN_BACK)
    if entry.checked_at is not None:
        return
    entry.checked_by_id, entry.checked_at = account_id, now
    await session.flush()
    _note(session, "check_insurance", entry, account_id, now)


async def revoke_insurance(
    session: AsyncSession, *, entry: InsuranceEntry, reason: str, account_id: UUID, now: datetime
) -> None:
    """It counts no more. The organization is told, for people may hold places that rest on it."""
    if entry.revoked_at is not None:
        return
    entry.revoked_by_id, entry.revoked_at, entry.revoke_reason = account_id, now, reason
    await session.flush()
    _note(session, "revoke_insurance", entry, account_id, now)
    members = await session.scalars(
        select(Account)
        .join(Membership, Membership.account_id == Account.id)
        .where(
            Membership.organization_id == entry.organization_id,
            Membership.ended_at.is_(None),
            Membership.role.in_(ACTING_ROLES),
            Account.id != account_id,
        )
        .limit(MOST_TOLD)
    )
    for member in members.all():
        tell(
            session,
            person=member,
            event="insurance_revoked",
            subject=Message("An insurance counts no more"),
            sentence=Message(
                "The insurance with {insurer} has been taken back: {reason} "
                "Please see who is coming to risky work that rests on it.",
                insurer=entry.insurer,
                reason=reason,
            ),
            path=f"/organizations/{entry.organization_id}/insurance",
            now=now,
        )


def _note(session: AsyncSession, action: str, entry: InsuranceEntry, account_id: UUID, now: datetime) -> None:
    record(
        session,
        action=action,
        object_id=entry.id,
        now=now,
        actor_id=account_id,
        organization_id=entry.organization_id,
        need_id=entry.need_id,
    )
