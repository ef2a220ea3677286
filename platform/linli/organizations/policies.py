"""Who may see and do what in an organization: authority comes from a seat in it, or in the bureau over it."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.accounts.rules import Address
from linli.core.errors import NotFound, NotPermitted, NotSignedIn
from linli.core.i18n import Message
from linli.core.web.security import Caller, Policy, Seat
from linli.organizations.models import Membership, MembershipInvitation, Organization
from linli.organizations.registration import RegistrationState
from linli.organizations.rules import (
    ACTING_ROLES,
    DESK_ROLES,
    UNVERIFIED,
    OrganizationKind,
    Role,
    contains,
    refuse_deciding_for_all,
    wider_divisions,
)


def member_of_path_organization(*roles: Role, verified: bool = False) -> Policy:
    """Members of the organization in the path, in one of these roles; to others the page does not exist."""

    async def policy(_session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
        seat = seat_in_path(caller, ids)
        if roles and seat.role not in roles:
            raise NotPermitted
        if verified and not seat.is_verified:
            raise NotPermitted(UNVERIFIED)

    return policy


def seat_in_path(caller: Caller | None, ids: Mapping[str, Any]) -> Seat:
    """The caller's seat in the organization that the path names."""
    if caller is None:
        raise NotSignedIn
    seat = caller.seat_in(ids["organization_id"])
    if seat is None:
        raise NotFound
    return seat


def is_officer_of(caller: Caller, organization_id: UUID) -> bool:
    """Whether the caller can act for this organization."""
    seat = caller.seat_in(organization_id)
    return seat is not None and seat.role in ACTING_ROLES


def is_bureau_over(caller: Caller, division: str) -> bool:
    """Whether the caller works for a verified bureau whose division contains this one."""
    return any(
        seat.role == Role.bureau_staff and seat.is_verified and contains(seat.division, division)
        for seat in caller.seats
    )


def reads_for_bureau_over(caller: Caller, division: str) -> bool:
    """Whether the caller may read there for a verified bureau: its staff, and an auditor, who only reads."""
    return is_bureau_over(caller, division) or is_auditor_over(caller, division)


def is_auditor_over(caller: Caller, division: str) -> bool:
    return any(
        seat.role == Role.auditor and seat.is_verified and contains(seat.division, division)
        for seat in caller.seats
    )


# A draft is nobody else's business, and what was withdrawn is one again.
SEEN_BY_BUREAU: Final = frozenset(RegistrationState) - {RegistrationState.draft, RegistrationState.withdrawn}
may_see_members = member_of_path_organization()
may_manage_members = member_of_path_organization(*ACTING_ROLES)
may_register_for = member_of_path_organization(*DESK_ROLES)
# Charities, social organizations, stations and hosts bring people; the officers of committees ask for them.
may_take_on_needs = member_of_path_organization(Role.coordinator, Role.social_worker)
may_read_register = member_of_path_organization(Role.bureau_staff, Role.auditor, verified=True)
_may_verify = member_of_path_organization(Role.bureau_staff, verified=True)


async def why_not_for_all(session: AsyncSession, division: str) -> Message | None:
    """The sentence that keeps the bureau of this division from deciding for the whole site, or None."""
    above = (
        select(Organization.name)
        .where(Organization.kind == OrganizationKind.bureau, Organization.is_verified)
        .where(Organization.division.in_(wider_divisions(division)))
        .order_by(func.length(Organization.division), Organization.id)
    )
    return refuse_deciding_for_all(await session.scalar(above.limit(1)))


async def may_decide_for_all(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Staff of the verified bureau in the path, where no other verified bureau stands over it."""
    await _may_verify(session, caller, ids)
    if refusal := await why_not_for_all(session, seat_in_path(caller, ids).division):
        raise NotPermitted(refusal)


async def may_readmit(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Whoever acts for the organization, and staff of a bureau over it."""
    if caller is None:
        raise NotSignedIn
    if (seat := caller.seat_in(ids["organization_id"])) is not None:
        if seat.role not in ACTING_ROLES:
            raise NotPermitted
        return
    organization = await session.get(Organization, ids["organization_id"])
    if organization is None or not is_bureau_over(caller, organization.division):
        raise NotFound


async def may_end_membership(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Whoever acts for the organization, for its members; and everybody for themselves."""
    seat = seat_in_path(caller, ids)
    member_id = await session.scalar(
        select(Membership.account_id).where(
            Membership.id == ids["membership_id"],
            Membership.organization_id == seat.organization_id,
            Membership.ended_at.is_(None),
        )
    )
    if member_id is None:
        raise NotFound
    if seat.role not in ACTING_ROLES and caller is not None and member_id != caller.account_id:
        raise NotPermitted


async def may_see_organization(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Everybody, once it was verified; before that its members, and the bureau it was handed in to."""
    organization = await session.get(Organization, ids["organization_id"])
    if organization is None:
        raise NotFound
    if organization.is_public or (caller and caller.seat_in(organization.id)):
        return
    if not (
        caller
        and organization.state in SEEN_BY_BUREAU
        and reads_for_bureau_over(caller, organization.division)
    ):
        raise NotFound


async def may_read_registration(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Staff and auditors of the verified bureau in the path, for what was handed in inside its division."""
    await may_read_register(session, caller, ids)
    bureau = seat_in_path(caller, ids)
    subject = await session.get(Organization, ids["subject_id"])
    if (
        subject is None
        or subject.state not in SEEN_BY_BUREAU
        or subject.id == bureau.organization_id
        or not contains(bureau.division, subject.division)
    ):
        raise NotFound


async def may_verify(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Of these the staff; an auditor only reads."""
    await _may_verify(session, caller, ids)
    await may_read_registration(session, caller, ids)


async def may_answer_invitation(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Whoever has proved the address that was invited."""
    if caller is None:
        raise NotSignedIn
    invitation = await session.get(MembershipInvitation, ids["invitation_id"])
    account = await session.get_one(Account, caller.account_id)
    if invitation is None or Address(invitation.address_kind, invitation.address) not in account.addresses:
        raise NotFound
