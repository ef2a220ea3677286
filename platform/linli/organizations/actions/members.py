"""People become members of organizations, and leave."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.actions import end_sessions
from linli.accounts.models import Account
from linli.accounts.queries import account_with_address
from linli.accounts.rules import Address
from linli.accounts.tokens import keyed_hash
from linli.accounts.tries import count_try, take_back_try
from linli.core.errors import Conflict, Invalid, NotFound
from linli.core.i18n import Message
from linli.organizations import rules
from linli.organizations.models import Membership, Organization
from linli.organizations.rules import ACTING_ROLES, ROLE_NAMES, Role
from linli.organizations.traces import note, tell_member


async def account_to_add(
    session: AsyncSession, *, name: str, address: Address, account_id: UUID, secret_key: str, now: datetime
) -> Account:
    """The account with this address and name; tries are counted, so that nobody can look people up."""
    key_hash = keyed_hash(secret_key, f"add_member:{account_id}")
    try_id = await count_try(session, key_hash=key_hash, now=now)
    found = await account_with_address(session, address)
    if found is None or found.stopped_at or found.name.casefold() != name.casefold():
        sentence = Message("No account has this name and this address. Ask the person to sign up first.")
        raise Invalid({"address": sentence})
    await take_back_try(session, try_id=try_id)
    return found


async def add_member(
    session: AsyncSession,
    *,
    organization: Organization,
    account: Account,
    role: Role,
    account_id: UUID | None,
    now: datetime,
) -> Membership:
    """`account` gets a role; `account_id` is who gives it, None for the operator."""
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
        raise Conflict(Message("The last member cannot leave. Please add somebody else first."))
    membership.ended_at = now
    await session.flush()
    note(session, "end_membership", organization, account_id, now, membership_id=membership.id)
    if membership.account_id != account_id:
        await end_sessions(session, account_id=membership.account_id)
        member = await session.get_one(Account, membership.account_id)
        sentence = Message("You are no longer a member of {organization}.", organization=organization.name)
        tell_member(session, member, organization, sentence, now)
    return membership


async def _current_members(session: AsyncSession, organization: Organization) -> list[Membership]:
    """With the organization locked, so that the last two cannot end each other's membership at once."""
    await session.execute(select(Organization.id).where(Organization.id == organization.id).with_for_update())
    current = select(Membership).where(
        Membership.organization_id == organization.id, Membership.ended_at.is_(None)
    )
    return list(await session.scalars(current.execution_options(populate_existing=True)))
