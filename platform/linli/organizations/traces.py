"""What every act in an organization leaves behind: an audit entry, and a notice to its members."""

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
    session: AsyncSession, organization: Organization, sentence: Message, now: datetime
) -> None:
    members: Iterable[Account] = await session.scalars(
        select(Account)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.organization_id == organization.id, Membership.ended_at.is_(None))
    )
    for member in members:
        tell_member(session, member, organization, sentence, now)


def tell_member(
    session: AsyncSession, member: Account, organization: Organization, sentence: Message, now: datetime
) -> None:
    tell(
        session,
        person=member,
        event="organization",
        subject=Message("Your organization on Linli"),
        sentence=sentence,
        path=f"/organizations/{organization.id}",
        now=now,
    )
