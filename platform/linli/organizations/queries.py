"""Reads of the register."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account, ApiToken, SecondFactor, SignInSession
from linli.accounts.rules import STAFF_IDLE
from linli.accounts.tokens import hash_token
from linli.core.errors import NotFound
from linli.core.i18n import Message, Name
from linli.core.paging import Page, read_page
from linli.core.web.security import Caller, Seat
from linli.divisions.shown import path_named
from linli.notifications.models import Notice
from linli.organizations.models import Membership, MembershipInvitation, Organization, OrganizationDocument
from linli.organizations.profiles import kind_of
from linli.organizations.registration import MOST_INVITED, RENEW_WITHIN, RegistrationState, claim_is_live


class Show(StrEnum):
    """The lists of a bureau's desk, in the order of its tabs."""

    waiting = "waiting"
    appeals = "appeals"
    renewals = "renewals"
    returned = "returned"
    suspended = "suspended"
    verified = "verified"


@dataclass(frozen=True)
class RegisterRow:
    """An organization as its bureau sees it in a list."""

    organization: Organization
    home: Name | None
    members: int
    claimed_by: str | None

    @property
    def kind(self) -> Message:
        return kind_of(self.organization)


async def organization_with_id(session: AsyncSession, organization_id: UUID) -> Organization:
    """The organization, or NotFound; whether it may be seen is asked elsewhere."""
    organization = await session.get(Organization, organization_id)
    if organization is None:
        raise NotFound
    return organization


async def is_verified_now(session: AsyncSession, organization_id: UUID | None) -> bool:
    """Whether a bureau vouches for it at this moment; False where nobody asks, as in an imported need."""
    query = select(Organization.id).where(Organization.id == organization_id, Organization.is_verified)
    return await session.scalar(query) is not None


async def members_page(session: AsyncSession, *, organization_id: UUID, after: str | None) -> Page[Any]:
    """Current members with id, account_id, name, role and since; who came first stands first."""
    query = (
        select(Membership.id, Membership.account_id, Account.name, Membership.role, Membership.since)
        .join(Account, Account.id == Membership.account_id)
        .where(Membership.organization_id == organization_id, Membership.ended_at.is_(None))
    )
    return await read_page(
        session,
        query,
        keys=[Membership.since, Membership.id],
        key_of=lambda row: [row.since, row.id],
        after=after,
    )


async def open_invitations(
    session: AsyncSession, *, organization_id: UUID, now: datetime
) -> Sequence[MembershipInvitation]:
    """Whom the organization has asked and who has not answered; there are only so many at once."""
    query = select(MembershipInvitation).where(
        MembershipInvitation.organization_id == organization_id, *_is_open(now)
    )
    return (await session.scalars(query.order_by(MembershipInvitation.id).limit(MOST_INVITED))).all()


async def invitations_to(session: AsyncSession, *, account: Account, now: datetime) -> Sequence[Any]:
    """Open invitations (with `organization`) to any of the account's addresses."""
    query = (
        select(MembershipInvitation, Organization.name.label("organization"))
        .join(Organization, Organization.id == MembershipInvitation.organization_id)
        .where(MembershipInvitation.address.in_([each.value for each in account.addresses]), *_is_open(now))
    )
    return (await session.execute(query.order_by(MembershipInvitation.id).limit(MOST_INVITED))).all()


async def members_with_factor(session: AsyncSession, *, organization_id: UUID, but: UUID) -> Sequence[Any]:
    """Membership id, name and role of the current members who have a second factor, by name."""
    query = (
        select(Membership.id, Account.name, Membership.role)
        .join(Account, Account.id == Membership.account_id)
        .join(SecondFactor, SecondFactor.account_id == Account.id)
        .where(
            Membership.organization_id == organization_id,
            Membership.ended_at.is_(None),
            Account.id != but,
            SecondFactor.confirmed_at.is_not(None),
        )
    )
    return (await session.execute(query.order_by(Account.name, Membership.id).limit(100))).all()


async def memberships_of(session: AsyncSession, *, account_id: UUID) -> Sequence[Any]:
    """Organization, role and since of each current membership, the first one first."""
    query = (
        select(Organization, Membership.role, Membership.since)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(Membership.account_id == account_id, Membership.ended_at.is_(None))
    )
    return (await session.execute(query.order_by(Membership.since, Membership.id).limit(100))).all()


def _is_open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return MembershipInvitation.answered_at.is_(None), MembershipInvitation.expires_at > now


async def register_page(
    session: AsyncSession, *, bureau: Organization, show: Show, today: date, after: str | None
) -> Page[RegisterRow]:
    """Other organizations inside the bureau's division; what waits stands longest wait first."""
    first = Organization.submitted_at if show in {Show.waiting, Show.appeals} else Organization.created_at
    page = await read_page(
        session,
        select(Organization, Account.name)
        .outerjoin(Account, Account.id == Organization.claimed_by_id)
        .where(*_in_division(bureau), _SHOWN[show](today)),
        keys=[first, Organization.id],
        key_of=lambda row: [getattr(row[0], first.key), row[0].id],
        after=after,
    )
    members = await _member_counts(session, [row[0].id for row in page.rows])
    rows = [
        RegisterRow(row[0], path_named(row[0].division), members.get(row[0].id, 0), row[1])
        for row in page.rows
    ]
    return Page(rows, page.next_cursor)


async def register_counts(session: AsyncSession, *, bureau: Organization, today: date) -> dict[Show, int]:
    """How many organizations stand in each list."""
    counted = [func.sum(case((_SHOWN[show](today), 1), else_=0)) for show in Show]
    row = (await session.execute(select(*counted).where(*_in_division(bureau)))).one()
    return {show: int(count or 0) for show, count in zip(Show, row, strict=True)}


async def claim_of_another(
    session: AsyncSession, organization: Organization, *, account_id: UUID, now: datetime
) -> str | None:
    """The name of a colleague who has this open to decide on it."""
    if organization.claimed_by_id in {None, account_id} or not claim_is_live(organization.claimed_at, now):
        return None
    name: str | None = await session.scalar(
        select(Account.name).where(Account.id == organization.claimed_by_id)
    )
    return name


def _in_division(bureau: Organization) -> tuple[ColumnElement[bool], ...]:
    return (
        Organization.division.startswith(bureau.division, autoescape=True),
        Organization.id != bureau.id,
    )


def _stands_at(*states: RegistrationState) -> Callable[[date], ColumnElement[bool]]:
    return lambda _today: Organization.state.in_(states)


def _has_renewals(today: date) -> ColumnElement[bool]:
    due = select(OrganizationDocument.organization_id).where(
        OrganizationDocument.expires_on <= today + RENEW_WITHIN
    )
    return Organization.is_verified & Organization.id.in_(due)


_SHOWN: Final[Mapping[Show, Callable[[date], ColumnElement[bool]]]] = {
    Show.waiting: _stands_at(RegistrationState.submitted),
    Show.appeals: _stands_at(RegistrationState.appealed),
    Show.renewals: _has_renewals,
    Show.returned: _stands_at(RegistrationState.returned),
    Show.suspended: _stands_at(RegistrationState.suspended, RegistrationState.appealed),
    Show.verified: _stands_at(RegistrationState.verified),
}


async def _member_counts(session: AsyncSession, organization_ids: Sequence[UUID]) -> dict[UUID, int]:
    counted = await session.execute(
        select(Membership.organization_id, func.count())
        .where(Membership.organization_id.in_(organization_ids), Membership.ended_at.is_(None))
        .group_by(Membership.organization_id)
    )
    return {row[0]: row[1] for row in counted}


_UNREAD: Final = (
    select(func.count())
    .where(Notice.account_id == Account.id, Notice.read_at.is_(None))
    .correlate(Account)
    .scalar_subquery()
)
_SEAT: Final = (
    Membership.role,
    Organization.id,
    Organization.name,
    Organization.kind,
    Organization.division,
    Organization.is_verified,
)
_PERSON: Final = (
    Account.id,
    Account.name,
    Account.language,
    Account.large_text,
    Account.personalised,
    _UNREAD,
)
# Put together once: every request of a signed-in person asks it.
_HOLDER: Final = (
    select(
        SignInSession.id,
        *_PERSON,
        Account.password_hash.is_not(None),
        SignInSession.last_seen_at,
        SignInSession.factor_at,
        *_SEAT,
    )
    .join(Account, Account.id == SignInSession.account_id)
    .outerjoin(Membership, (Membership.account_id == Account.id) & Membership.ended_at.is_(None))
    .outerjoin(Organization, Organization.id == Membership.organization_id)
    .where(SignInSession.token_hash == bindparam("token_hash"), SignInSession.expires_at > bindparam("now"))
    .order_by(Membership.since)
)
# A role given later than the key is not in it, as with sessions (security 11).
_BEARER: Final = (
    select(
        ApiToken.id,
        *_PERSON,
        ApiToken.scopes,
        ApiToken.last_used_at,
        SecondFactor.confirmed_at,
        *_SEAT,
    )
    .join(Account, Account.id == ApiToken.account_id)
    .join(SecondFactor, SecondFactor.account_id == Account.id)
    .outerjoin(
        Membership,
        (Membership.account_id == Account.id)
        & Membership.ended_at.is_(None)
        & (Membership.since <= ApiToken.created_at),
    )
    .outerjoin(Organization, Organization.id == Membership.organization_id)
    .where(
        ApiToken.token_hash == bindparam("token_hash"),
        ApiToken.expires_at > bindparam("now"),
        ApiToken.revoked_at.is_(None),
        Account.stopped_at.is_(None),
        Account.password_hash.is_not(None),
        SecondFactor.confirmed_at.is_not(None),
    )
    .order_by(Membership.since)
)


async def caller_of(session: AsyncSession, token: str, now: datetime) -> Caller | None:
    """Who holds this session token, with their seats, in one query; None when it has ended.

    A role counts only with a password and, in this session, a second factor; and it ends a session that rests
    for two hours.
    """
    found = await session.execute(_HOLDER, {"token_hash": hash_token(token), "now": now})
    rows = found.all()
    if not rows:
        return None
    has_password, last_seen_at, factor_at = rows[0][7:10]
    seats = _seats(rows)
    if seats and last_seen_at <= now - STAFF_IDLE:
        return None
    return Caller(
        **_who(rows[0]),
        seats=seats if has_password and factor_at else (),
        needs_password=bool(seats) and not has_password,
        needs_factor=bool(seats) and has_password and factor_at is None,
        factor_at=factor_at,
        last_seen_at=last_seen_at,
    )


async def bearer_of_key(session: AsyncSession, key: str, now: datetime) -> Caller | None:
    """In whose name a program calls with this access key; None when it does not work, or no longer."""
    found = await session.execute(_BEARER, {"token_hash": hash_token(key), "now": now})
    rows = found.all()
    if not rows:
        return None
    scopes, last_used_at, factor_at = rows[0][7:10]
    return Caller(
        **_who(rows[0]),
        seats=_seats(rows),
        factor_at=factor_at,
        last_seen_at=last_used_at,
        scopes=frozenset(scopes),
    )


def _who(row: Sequence[Any]) -> dict[str, Any]:
    names = (
        "session_id",
        "account_id",
        "name",
        "language",
        "large_text",
        "personalised",
        "unread_notices",
    )
    return dict(zip(names, row, strict=False))


def _seats(rows: Sequence[Sequence[Any]]) -> tuple[Seat, ...]:
    return tuple(_seat(*row[10:]) for row in rows if row[11] is not None)


def _seat(role: str, id: UUID, name: str, kind: str, division: str, is_verified: bool) -> Seat:
    return Seat(id, name, kind, role, division, bool(is_verified))
