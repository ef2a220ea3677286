"""People become members of organizations, and leave."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.actions import end_sessions
from linli.accounts.models import Account
from linli.core.errors import Conflict, Invalid, NotFound
from linli.core.i18n import Message
from linli.organizations import rules
from linli.organizations.models import Membership, MembershipInvitation, Organization
from linli.organizations.rules import ACTING_ROLES, ROLE_NAMES, Role
from linli.organizations.traces import note, tell_member


async def add_member(
    session: AsyncSession,
    *,
    organization: Organization,
    account: Account,
    role: Role,
    account_id: UUID | None,
    now: datetime,
) -> Membership:
    """`account` gets a role, having said yes; `account_id` is who gives it, None for the operator."""
    if refusal := rules.refuse_role(organization.kind, role):
        raise Invalid({"role": refusal})
    membership = Membership(account_id=account.id, organization_id=organization.id, role=role, since=now)
    already = Message("{name} is a member already.", name=account.name)
    session.add(membership)
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict(already) from error
    # A session that was open before must not carry the new role (security 11).
    await end_sessions(session, account_id=account.id)
    note(
        session,
        "add_member",
        organization,
        account_id,
        now,
        membership_id=membership.id,
        member_id=account.id,
    )
    sentence = Message(
        "You are now a member of {organization}: {role}.",
        organization=organization.name,
        role=ROLE_NAMES[role],
    )
    tell_member(session, account, organization, sentence, now)
    return membership


async def end_membership(
    session: AsyncSession, *, organization: Organization, membership_id: UUID, account_id: UUID, now: datetime
) -> Membership:
    """A member leaves or is let go; the last one who can act stays, or nobody could ever add another."""
    current = await _current_members(session, organization)
    membership = next((each for each in current if each.id == membership_id), None)
    if membership is None:
        raise NotFound
    acting = [each for each in current if each.role in ACTING_ROLES]
    if acting == [membership]:
        raise Conflict(Message("The last member cannot leave. Please invite somebody else first."))
    membership.ended_at = now
    await _void_invitations_by(session, membership, now)
    await session.flush()
    note(session, "end_membership", organization, account_id, now, membership_id=membership.id)
    if membership.account_id != account_id:
        await end_sessions(session, account_id=membership.account_id)
        member = await session.get_one(Account, membership.account_id)
        sentence = Message("You are no longer a member of {organization}.", organization=organization.name)
        tell_member(session, member, organization, sentence, now)
    return membership


async def _void_invitations_by(session: AsyncSession, membership: Membership, now: datetime) -> None:
    """Whom somebody asked who is no longer a member, nobody asked."""
    asked = update(MembershipInvitation).where(
        MembershipInvitation.organization_id == membership.organization_id,
        MembershipInvitation.invited_by_id == membership.account_id,
        MembershipInvitation.answered_at.is_(None),
    )
    await session.execute(asked.values(answered_at=now))


async def _current_members(session: AsyncSession, organization: Organization) -> list[Membership]:
    """With the organization locked, so that the last two cannot end each other's membership at once."""
    await session.execute(select(Organization.id).where(Organization.id == organization.id).with_for_update())
    current = select(Membership).where(
        Membership.organization_id == organization.id, Membership.ended_at.is_(None)
    )
    return list(await session.scalars(current.execution_options(populate_existing=True)))
