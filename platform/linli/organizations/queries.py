"""Reads of the register."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account, SignInSession
from linli.accounts.rules import STAFF_IDLE
from linli.accounts.tokens import hash_token
from linli.core.errors import NotFound
from linli.core.i18n import Message, Name
from linli.core.paging import Page, read_page
from linli.core.web.security import Caller, Seat
from linli.divisions.shown import path_named
from linli.notifications.models import Notice
from linli.organizations.models import Membership, Organization
from linli.organizations.rules import KIND_NAMES


@dataclass(frozen=True)
class RegisterRow:
    """An organization as its bureau sees it."""

    organization: Organization
    home: Name | None
    members: int

    @property
    def kind(self) -> Message:
        return KIND_NAMES[self.organization.kind]


async def organization_with_id(session: AsyncSession, organization_id: UUID) -> Organization:
    """The organization, or NotFound; every organization may be seen by everyone."""
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


async def register_page(
    session: AsyncSession, *, bureau: Organization, verified: bool, after: str | None
) -> Page[RegisterRow]:
    """Other organizations inside the bureau's division: those not yet verified, or those that are."""
    page = await read_page(
        session,
        select(Organization).where(*_in_register(bureau, verified=verified)),
        keys=[Organization.created_at, Organization.id],
        key_of=lambda row: [row[0].created_at, row[0].id],
        after=after,
    )
    members = await _member_counts(session, [row[0].id for row in page.rows])
    rows = [RegisterRow(row[0], path_named(row[0].division), members.get(row[0].id, 0)) for row in page.rows]
    return Page(rows, page.next_cursor)


async def register_counts(session: AsyncSession, *, bureau: Organization) -> dict[bool, int]:
    """How many organizations of the register are verified (True) and not (False)."""
    count = {}
    for verified in (False, True):
        query = select(func.count()).select_from(Organization).where(*_in_register(bureau, verified=verified))
        count[verified] = await session.scalar(query) or 0
    return count


def _in_register(bureau: Organization, *, verified: bool) -> tuple[ColumnElement[bool], ...]:
    return (
        Organization.division.startswith(bureau.division, autoescape=True),
        Organization.id != bureau.id,
        and_(Organization.is_verified) if verified else ~Organization.is_verified,
    )


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
# Put together once: every request of a signed-in person asks it.
_HOLDER: Final = (
    select(
        SignInSession.id,
        Account.id,
        Account.name,
        Account.language,
        Account.large_text,
        Account.personalised,
        _UNREAD,
        Account.password_hash.is_not(None),
        SignInSession.last_seen_at,
        SignInSession.factor_at,
        Membership.role,
        Organization.id,
        Organization.name,
        Organization.kind,
        Organization.division,
        Organization.is_verified,
    )
    .join(Account, Account.id == SignInSession.account_id)
    .outerjoin(Membership, (Membership.account_id == Account.id) & Membership.ended_at.is_(None))
    .outerjoin(Organization, Organization.id == Membership.organization_id)
    .where(SignInSession.token_hash == bindparam("token_hash"), SignInSession.expires_at > bindparam("now"))
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
    (
        session_id,
        account_id,
        name,
        language,
        large_text,
        personalised,
        notices,
        has_password,
        last_seen_at,
        factor_at,
    ) = rows[0][:10]
    seats = tuple(_seat(*row[10:]) for row in rows if row[11] is not None)
    if seats and last_seen_at <= now - STAFF_IDLE:
        return None
    return Caller(
        account_id=account_id,
        session_id=session_id,
        name=name,
        language=language,
        large_text=large_text,
        personalised=personalised,
        unread_notices=notices,
        seats=seats if has_password and factor_at else (),
        needs_password=bool(seats) and not has_password,
        needs_factor=bool(seats) and has_password and factor_at is None,
        factor_at=factor_at,
        last_seen_at=last_seen_at,
    )


def _seat(role: str, id: UUID, name: str, kind: str, division: str, is_verified: bool) -> Seat:
    return Seat(id, name, kind, role, division, bool(is_verified))
