"""Somebody has lost phone and paper: a colleague who has seen them lets them in again."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.actions import forget_factor
from linli.accounts.models import Account
from linli.core.errors import Conflict, NotFound
from linli.core.i18n import Message
from linli.notifications.actions import tell
from linli.organizations.models import Membership, Organization
from linli.organizations.rules import OrganizationKind, Role
from linli.organizations.traces import note

SUBJECT = Message("A second step was cleared at Linli")


async def readmit_member(
    session: AsyncSession,
    *,
    organization: Organization,
    membership_id: UUID,
    by: Account,
    now: datetime,
) -> Account:
    """The member's second step is gone with all that rested on it; at the next sign-in it is set up anew."""
    member = await _member(session, organization, membership_id)
    if member.id == by.id:
        raise Conflict(Message("Nobody can do this for themselves. Please ask a colleague or your bureau."))
    if organization.kind is not OrganizationKind.bureau and await _works_for_a_bureau(session, member):
        raise Conflict(Message("This person also works for a bureau: a colleague there has to do it."))
    await forget_factor(session, account=member, now=now)
    note(
        session,
        "readmit_member",
        organization,
        by.id,
        now,
        membership_id=membership_id,
        member_id=member.id,
    )
    said = Message(
        "{colleague} has cleared the second step of your account, after seeing you in person. "
        "Please sign in and set it up anew. If that was not so, tell your bureau at once.",
        colleague=by.name,
    )
    _tell(session, member, said, path="/me/account/second-step", now=now)
    await _tell_bureau(session, organization, member, by, now)
    return member


async def _member(session: AsyncSession, organization: Organization, membership_id: UUID) -> Account:
    query = (
        select(Account)
        .join(Membership, Membership.account_id == Account.id)
        .where(
            Membership.id == membership_id,
            Membership.organization_id == organization.id,
            Membership.ended_at.is_(None),
        )
    )
    member: Account | None = await session.scalar(query)
    if member is None:
        raise NotFound
    return member


async def _works_for_a_bureau(session: AsyncSession, member: Account) -> bool:
    """Then its colleagues decide: a committee must not open a way into the bureau over it."""
    seat = (
        select(Membership.id)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(
            Membership.account_id == member.id,
            Membership.ended_at.is_(None),
            Organization.kind == OrganizationKind.bureau,
        )
    )
    return await session.scalar(seat.limit(1)) is not None


async def _tell_bureau(
    session: AsyncSession, organization: Organization, member: Account, by: Account, now: datetime
) -> None:
    """The staff of the nearest verified bureau over it, but not who did it or whom it concerns."""
    nearest = (
        select(Organization.id)
        .where(
            Organization.kind == OrganizationKind.bureau,
            Organization.is_verified,
            literal(organization.division).startswith(Organization.division),
        )
        .order_by(func.length(Organization.division).desc())
        .limit(1)
    )
    staff: Iterable[Account] = await session.scalars(
        select(Account)
        .join(Membership, Membership.account_id == Account.id)
        .where(
            Membership.organization_id.in_(nearest),
            Membership.role == Role.bureau_staff,
            Membership.ended_at.is_(None),
            Account.id.not_in((member.id, by.id)),
        )
        .limit(100)
    )
    said = Message(
        "{colleague} has seen {member} of {organization} in person and cleared their second step.",
        colleague=by.name,
        member=member.name,
        organization=organization.name,
    )
    for each in staff:
        _tell(session, each, said, path=f"/organizations/{organization.id}", now=now)


def _tell(session: AsyncSession, person: Account, said: Message, *, path: str, now: datetime) -> None:
    tell(
        session,
        person=person,
        event="organization.readmission",
        subject=SUBJECT,
        sentence=said,
        path=path,
        now=now,
    )
