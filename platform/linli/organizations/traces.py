"""What every act in an organization leaves behind: an audit entry, and a notice to those it concerns."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.audit import record
from linli.core.i18n import Message
from linli.notifications.actions import tell
from linli.organizations.models import Membership, Organization
from linli.organizations.rules import BUREAU_DIGITS, OrganizationKind, Role

MOST_TOLD = 100


def note(
    session: AsyncSession,
    action: str,
    organization: Organization,
    account_id: UUID | None,
    now: datetime,
    **ids: UUID,
) -> None:
    record(
        session,
        action=action,
        object_id=organization.id,
        organization_id=organization.id,
        actor_id=account_id,
        now=now,
        **ids,
    )


async def tell_members(
    session: AsyncSession,
    organization: Organization,
    sentence: Message,
    now: datetime,
    *,
    path: str | None = None,
    role: Role | None = None,
) -> None:
    """Everybody in it, or everybody in one role."""
    query = (
        select(Account)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.organization_id == organization.id, Membership.ended_at.is_(None))
        .limit(MOST_TOLD)
    )
    members: Iterable[Account] = await session.scalars(
        query.where(Membership.role == role) if role else query
    )
    for member in members:
        tell_member(session, member, organization, sentence, now, path=path)


async def tell_bureau(
    session: AsyncSession, organization: Organization, sentence: Message, now: datetime
) -> None:
    """The staff of the nearest verified bureau over an organization: its county's, else its prefecture's."""
    wider = [organization.division[:digits] for digits in sorted(BUREAU_DIGITS)]
    bureaus = await session.scalars(
        select(Organization)
        .where(Organization.kind == OrganizationKind.bureau, Organization.is_verified)
        .where(Organization.division.in_(wider), Organization.id != organization.id)
    )
    nearest = max(bureaus, key=lambda bureau: len(bureau.division), default=None)
    if nearest is not None:
        path = f"/organizations/{nearest.id}/register/{organization.id}"
        await tell_members(session, nearest, sentence, now, path=path, role=Role.bureau_staff)


def tell_member(
    session: AsyncSession,
    member: Account,
    organization: Organization,
    sentence: Message,
    now: datetime,
    *,
    path: str | None = None,
) -> None:
    tell(
        session,
        person=member,
        event="organization",
        subject=Message("Your organization on Linli"),
        sentence=sentence,
        path=path or f"/organizations/{organization.id}",
        now=now,
    )
