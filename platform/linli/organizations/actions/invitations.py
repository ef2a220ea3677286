"""Members ask others to become members; nobody becomes one without a yes."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.accounts.queries import account_with_address
from linli.accounts.rules import Address, AddressKind
from linli.core.errors import Conflict, NotFound
from linli.core.i18n import Message
from linli.notifications.actions import send, tell
from linli.notifications.rules import Channel
from linli.organizations.actions.members import add_member, end_membership
from linli.organizations.forms import NewMember
from linli.organizations.models import Membership, MembershipInvitation, Organization
from linli.organizations.registration import (
    INVITATIONS_KEPT,
    INVITED_FOR,
    MOST_INVITED,
    MOST_INVITED_UNVERIFIED,
)
from linli.organizations.rules import ROLE_NAMES
from linli.organizations.traces import note, tell_members

MINE: Final = "/me/memberships"
EVENT: Final = "membership_invitation"
SUBJECT: Final = Message("You are invited on Linli")
CHANNELS: Final = {AddressKind.email: Channel.mail, AddressKind.mobile: Channel.sms}
GONE: Final = Message("This invitation has been answered, has run out, or was taken back.")
AT_ONCE: Final = 500


async def invite_member(
    session: AsyncSession,
    *,
    organization: Organization,
    wanted: NewMember,
    account_id: UUID,
    language: str,
    now: datetime,
) -> MembershipInvitation:
    """Whoever has the address, or signs up with it, may say yes; whether anybody has it is told to nobody."""
    await _make_room(session, organization, wanted.address, now)
    account = await account_with_address(session, wanted.address)
    own = select(Membership.id).where(
        Membership.organization_id == organization.id,
        Membership.account_id == account_id,
        Membership.ended_at.is_(None),
    )
    invitation = MembershipInvitation(
        organization_id=organization.id,
        address_kind=wanted.address.kind,
        address=wanted.address.value,
        role=wanted.role,
        hands_over_id=await session.scalar(own) if wanted.takes_over else None,
        invited_by_id=account_id,
        created_at=now,
        expires_at=now + INVITED_FOR,
        account_id=account.id if account else None,
    )
    session.add(invitation)
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict(Message("This address is invited already.")) from error
    note(session, "invite_member", organization, account_id, now, invitation_id=invitation.id)
    _tell_invited(session, organization, invitation, account, language, now)
    return invitation


async def accept_invitation(
    session: AsyncSession, *, invitation_id: UUID, account: Account, now: datetime
) -> Membership:
    """The yes: a membership; and where it was a hand-over, the end of the other one's."""
    invitation = await _open_invitation(session, invitation_id, account, now)
    organization = await session.get_one(Organization, invitation.organization_id)
    membership = await add_member(
        session,
        organization=organization,
        account=account,
        role=invitation.role,
        account_id=account.id,
        now=now,
    )
    _answer(invitation, account, accepted=True, now=now)
    await session.flush()
    if invitation.hands_over_id and await _is_current(session, invitation.hands_over_id):
        await end_membership(
            session,
            organization=organization,
            membership_id=invitation.hands_over_id,
            account_id=account.id,
            now=now,
        )
    return membership


async def decline_invitation(
    session: AsyncSession, *, invitation_id: UUID, account: Account, now: datetime
) -> None:
    """A no needs no reason; the organization hears of it."""
    invitation = await _open_invitation(session, invitation_id, account, now)
    organization = await session.get_one(Organization, invitation.organization_id)
    _answer(invitation, account, accepted=False, now=now)
    await session.flush()
    note(session, "decline_invitation", organization, account.id, now, invitation_id=invitation.id)
    sentence = Message(
        "An invitation to {organization} was declined: {address}.",
        organization=organization.name,
        address=Address(invitation.address_kind, invitation.address).masked,
    )
    await tell_members(session, organization, sentence, now, path=f"/organizations/{organization.id}/members")


async def take_back_invitation(
    session: AsyncSession, *, organization: Organization, invitation_id: UUID, account_id: UUID, now: datetime
) -> None:
    invitation = await session.scalar(
        select(MembershipInvitation)
        .where(
            MembershipInvitation.id == invitation_id,
            MembershipInvitation.organization_id == organization.id,
            MembershipInvitation.answered_at.is_(None),
        )
        .with_for_update()
    )
    if invitation is None:
        raise NotFound
    invitation.answered_at = now
    await session.flush()
    note(session, "take_back_invitation", organization, account_id, now, invitation_id=invitation.id)


async def forget_invitations(session: AsyncSession, *, now: datetime) -> int:
    """An address goes thirty days after its invitation was answered or ran out; how many went."""
    before = now - INVITATIONS_KEPT
    old = select(MembershipInvitation.id).where(
        or_(MembershipInvitation.expires_at < before, MembershipInvitation.answered_at < before)
    )
    ids = (await session.scalars(old.limit(AT_ONCE))).all()
    await session.execute(delete(MembershipInvitation).where(MembershipInvitation.id.in_(ids)))
    return len(ids)


async def _make_room(
    session: AsyncSession, organization: Organization, address: Address, now: datetime
) -> None:
    """What has run out makes way for a new one; and only so many may be open."""
    await session.execute(
        update(MembershipInvitation)
        .where(
            MembershipInvitation.organization_id == organization.id,
            MembershipInvitation.address == address.value,
            MembershipInvitation.answered_at.is_(None),
            MembershipInvitation.expires_at <= now,
        )
        .values(answered_at=now)
    )
    made = select(func.count()).select_from(MembershipInvitation)
    lately = await session.scalar(
        made.where(
            MembershipInvitation.organization_id == organization.id,
            MembershipInvitation.created_at > now - INVITED_FOR,
        )
    )
    if (lately or 0) >= (MOST_INVITED if organization.is_verified else MOST_INVITED_UNVERIFIED):
        raise Conflict(Message("You have invited many people lately. Please wait for some of their answers."))


async def _open_invitation(
    session: AsyncSession, invitation_id: UUID, account: Account, now: datetime
) -> MembershipInvitation:
    invitation = await session.get(
        MembershipInvitation, invitation_id, with_for_update=True, populate_existing=True
    )
    if invitation is None or (invitation.address_kind, invitation.address) not in {
        (each.kind, each.value) for each in account.addresses
    }:
        raise NotFound
    if invitation.answered_at is not None or invitation.expires_at <= now:
        raise Conflict(GONE)
    return invitation


async def _is_current(session: AsyncSession, membership_id: UUID) -> bool:
    membership = await session.get(Membership, membership_id)
    return membership is not None and membership.ended_at is None


def _answer(invitation: MembershipInvitation, account: Account, *, accepted: bool, now: datetime) -> None:
    invitation.answered_at, invitation.accepted, invitation.account_id = now, accepted, account.id


def _tell_invited(
    session: AsyncSession,
    organization: Organization,
    invitation: MembershipInvitation,
    account: Account | None,
    language: str,
    now: datetime,
) -> None:
    """To the address that was typed; who has an account there finds a notice as well."""
    sentence = Message(
        "{organization} invites you to act for it: {role}. Sign in with this address to answer, until {day}.",
        organization=organization.name,
        role=ROLE_NAMES[invitation.role],
        day=invitation.expires_at.date(),
    )
    if account is not None and account.stopped_at is None:
        tell(session, person=account, event=EVENT, subject=SUBJECT, sentence=sentence, path=MINE, now=now)
        return
    send(
        session,
        channel=CHANNELS[invitation.address_kind],
        address=invitation.address,
        recipient_id=account.id if account else None,
        language=account.language if account else language,
        event=EVENT,
        subject=SUBJECT,
        sentence=sentence,
        path=MINE,
        now=now,
    )
