"""Reads of participations: one person's, one need's, and who may be asked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.conversations.models import Conversation
from linli.core.errors import NotFound
from linli.needs.models import Need, Shift
from linli.needs.views import PublicNeed
from linli.organizations.models import Membership, Organization
from linli.participation.models import Participation
from linli.participation.rules import OPEN, SAID_NO, TAKES_A_PLACE, UNANSWERED, State, may_see_contact
from linli.volunteers.models import VolunteerCredential


async def find_participation(session: AsyncSession, participation_id: UUID) -> Participation:
    found = await session.get(Participation, participation_id)
    if found is None:
        raise NotFound
    return found


async def need_of_shift(session: AsyncSession, shift_id: UUID) -> UUID:
    need_id = await session.scalar(select(Shift.need_id).where(Shift.id == shift_id))
    if need_id is None:
        raise NotFound
    return need_id


async def open_in_shift(session: AsyncSession, *, shift_id: UUID, account_id: UUID) -> Participation | None:
    found: Participation | None = await session.scalar(
        select(Participation)
        .where(
            Participation.shift_id == shift_id,
            Participation.account_id == account_id,
            Participation.state.in_(OPEN),
        )
        .execution_options(populate_existing=True)
    )
    return found


async def ahead_in_need(
    session: AsyncSession, *, need_id: UUID, account_id: UUID, now: datetime
) -> Sequence[Participation]:
    """Everything open of a person in the times of one need that are to come."""
    found = await session.scalars(
        select(Participation)
        .join(Shift, Shift.id == Participation.shift_id)
        .where(Participation.need_id == need_id, Participation.account_id == account_id)
        .where(Participation.state.in_(OPEN), Shift.starts_at > now)
        .order_by(Shift.starts_at, Participation.id)
        .execution_options(populate_existing=True)
    )
    return found.all()


async def applied_together(session: AsyncSession, participation: Participation) -> Sequence[Participation]:
    """This offer and those of the friends who made it as one, in the order of the people's ids."""
    found = await session.scalars(
        select(Participation)
        .where(
            Participation.shift_id == participation.shift_id,
            or_(
                Participation.id == participation.id,
                and_(
                    Participation.group_id.is_not(None),
                    Participation.group_id == participation.group_id,
                    Participation.state == State.applied,
                ),
            ),
        )
        .order_by(Participation.account_id)
        .execution_options(populate_existing=True)
    )
    return found.all()


async def friends_of(session: AsyncSession, participation: Participation) -> Sequence[Account]:
    """Who came as one with this person and is still there."""
    if participation.group_id is None:
        return []
    found = await session.scalars(
        select(Account)
        .join(Participation, Participation.account_id == Account.id)
        .where(
            Participation.group_id == participation.group_id,
            Participation.id != participation.id,
            Participation.state.in_(OPEN),
        )
    )
    return found.all()


_OWN_IN_NEED: Final = (
    select(Participation)
    .where(Participation.need_id == bindparam("need_id"), Participation.account_id == bindparam("account_id"))
    .order_by(Participation.created_at, Participation.id)
)


async def own_in_need(session: AsyncSession, *, need_id: UUID, account_id: UUID) -> dict[UUID, Participation]:
    """The person's latest participation in each shift of a need."""
    found = await session.scalars(_OWN_IN_NEED, {"need_id": need_id, "account_id": account_id})
    return {each.shift_id: each for each in found}


async def has_taken_part(session: AsyncSession, *, need_id: UUID, account_id: UUID) -> bool:
    """Whether the person is or was invited to a need or took part, and so may see it."""
    found = await session.scalar(
        select(Participation.id)
        .where(Participation.need_id == need_id, Participation.account_id == account_id)
        .limit(1)
    )
    return found is not None


@dataclass(frozen=True)
class Promise:
    """A place that somebody holds, or that is kept until they answer."""

    title: str
    shift_id: UUID
    starts_at: datetime
    ends_at: datetime
    state: State

    def overlaps(self, shift: Shift) -> bool:
        is_another = self.shift_id != shift.id
        return is_another and self.starts_at < shift.ends_at and shift.starts_at < self.ends_at


_PROMISES: Final = (
    select(Need.title, Shift.id, Shift.starts_at, Shift.ends_at, Participation.state)
    .join(Shift, Shift.need_id == Need.id)
    .join(Participation, Participation.shift_id == Shift.id)
    .where(Participation.account_id == bindparam("account_id"), Participation.state.in_(TAKES_A_PLACE))
    .where(Shift.starts_at < bindparam("end"), Shift.ends_at > bindparam("begin"))
    .order_by(Shift.starts_at)
)


async def promises_during(
    session: AsyncSession, *, shifts: Sequence[Shift], account_id: UUID
) -> list[Promise]:
    """Places the person holds between the first beginning and the last end, the earliest first."""
    if not shifts:
        return []
    begin, end = min(shift.starts_at for shift in shifts), max(shift.ends_at for shift in shifts)
    rows = await session.execute(_PROMISES, {"account_id": account_id, "begin": begin, "end": end})
    return [Promise(*row) for row in rows]


async def checked_credentials(session: AsyncSession, account_id: UUID) -> dict[str, date | None]:
    rows = await session.execute(
        select(VolunteerCredential.credential_id, VolunteerCredential.expires_on).where(
            VolunteerCredential.account_id == account_id, VolunteerCredential.checked_at.is_not(None)
        )
    )
    return {credential: expires_on for credential, expires_on in rows}


async def who_said_no(session: AsyncSession, *, need_id: UUID, account_ids: Collection[UUID]) -> set[UUID]:
    found = await said_no(session, need_ids=[need_id], account_ids=account_ids)
    return {account_id for _, account_id in found}


async def said_no(
    session: AsyncSession, *, need_ids: Collection[UUID], account_ids: Collection[UUID]
) -> set[tuple[UUID, UUID]]:
    """Pairs of a need and a person who has said no to it, whichever shift."""
    rows = await session.execute(
        select(Participation.need_id, Participation.account_id).where(
            Participation.need_id.in_(need_ids),
            Participation.account_id.in_(account_ids),
            Participation.state.in_(SAID_NO),
        )
    )
    return {(need_id, account_id) for need_id, account_id in rows}


async def open_with_organization(
    session: AsyncSession, *, organization_id: UUID, account_id: UUID, now: datetime
) -> Sequence[Participation]:
    """Everything open and still to come between a person and an organization."""
    found = await session.scalars(
        select(Participation)
        .join(Need, Need.id == Participation.need_id)
        .join(Shift, Shift.id == Participation.shift_id)
        .where(
            Need.organization_id == organization_id,
            Shift.starts_at > now,
            Participation.account_id == account_id,
            Participation.state.in_(OPEN),
        )
        .order_by(Participation.need_id, Participation.id)
        .execution_options(populate_existing=True)
    )
    return found.all()


async def has_met_organization(session: AsyncSession, *, organization_id: UUID, account_id: UUID) -> bool:
    """Whether a person was asked by an organization, offered to come, or has written to it."""
    for table in (Participation, Conversation):
        found = await session.scalar(
            select(table.id)
            .join(Need, Need.id == table.need_id)
            .where(Need.organization_id == organization_id, table.account_id == account_id)
            .limit(1)
        )
        if found is not None:
            return True
    return False


@dataclass(frozen=True)
class RosterEntry:
    participation: Participation
    account: Account
    shift: Shift


async def roster(
    session: AsyncSession, *, need_id: UUID, states: Collection[State] | None = None, limit: int = 500
) -> list[RosterEntry]:
    """Everybody in a need, by shift and state."""
    query = (
        select(Participation, Account, Shift)
        .join(Account, Account.id == Participation.account_id)
        .join(Shift, Shift.id == Participation.shift_id)
        .where(Participation.need_id == need_id)
        .order_by(Shift.starts_at, Participation.created_at, Participation.id)
        .limit(limit)
    )
    if states is not None:
        query = query.where(Participation.state.in_(states))
    return [RosterEntry(*row) for row in await session.execute(query)]


@dataclass(frozen=True)
class Commitment:
    """`need` holds its public part: lists never carry an address or a contact (security 4)."""

    participation: Participation
    need: PublicNeed
    shift: Shift


async def commitments(
    session: AsyncSession, *, account_id: UUID, now: datetime, limit: int = 100
) -> list[Commitment]:
    """What a person is asked for, has asked for, or has promised, still to come or just over."""
    rows = await session.execute(
        select(Participation, Need, Shift)
        .join(Need, Need.id == Participation.need_id)
        .join(Shift, Shift.id == Participation.shift_id)
        .where(
            Participation.account_id == account_id,
            Participation.state.in_(OPEN),
            Shift.ends_at > now - timedelta(days=1),
        )
        .order_by(Shift.starts_at, Participation.id)
        .limit(limit)
    )
    return [Commitment(row[0], PublicNeed.of(row[1]), row[2]) for row in rows]


async def open_and_ahead(
    session: AsyncSession, *, account_id: UUID, now: datetime
) -> Sequence[Participation]:
    """Everything open of a person in shifts that have not begun; all of it, for it is to end."""
    found = await session.scalars(
        select(Participation)
        .join(Shift, Shift.id == Participation.shift_id)
        .where(Participation.account_id == account_id, Participation.state.in_(OPEN), Shift.starts_at > now)
        .order_by(Participation.need_id, Participation.id)
        .execution_options(populate_existing=True)
    )
    return found.all()


async def past_commitments(session: AsyncSession, *, account_id: UUID, limit: int = 50) -> list[Commitment]:
    """What has ended, in whatever way, the latest first."""
    rows = await session.execute(
        select(Participation, Need, Shift)
        .join(Need, Need.id == Participation.need_id)
        .join(Shift, Shift.id == Participation.shift_id)
        .where(Participation.account_id == account_id, Participation.state.not_in(OPEN))
        .order_by(Participation.changed_at.desc(), Participation.id.desc())
        .limit(limit)
    )
    return [Commitment(row[0], PublicNeed.of(row[1]), row[2]) for row in rows]


async def members_to_tell(session: AsyncSession, organization_id: UUID | None) -> Sequence[Account]:
    found = await session.scalars(
        select(Account)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.organization_id == organization_id, Membership.ended_at.is_(None))
        .order_by(Membership.since)
        .limit(50)
    )
    return found.all()


async def unaware_of_mark(
    session: AsyncSession, *, now: datetime, limit: int = 200
) -> list[tuple[RosterEntry, Need, bool]]:
    """Places still to come whose holders know something else of the asker's mark than is so now."""
    knows = Participation.told_unverified_at
    rows = await session.execute(
        select(Participation, Account, Shift, Need, Organization.is_verified)
        .join(Account, Account.id == Participation.account_id)
        .join(Shift, Shift.id == Participation.shift_id)
        .join(Need, Need.id == Participation.need_id)
        .join(Organization, Organization.id == Need.organization_id)
        .where(Participation.state.in_(TAKES_A_PLACE), Shift.starts_at > now)
        .where(
            or_(
                and_(~Organization.is_verified, knows.is_(None)),
                and_(Organization.is_verified, knows.is_not(None)),
            )
        )
        .order_by(Shift.starts_at, Participation.id)
        .limit(limit)
        .with_for_update(of=Participation, skip_locked=True)
    )
    return [(RosterEntry(*row[:3]), row[3], bool(row[4])) for row in rows]


def has_expired(now: datetime) -> ColumnElement[bool]:
    return and_(Participation.state.in_(UNANSWERED), Participation.expires_at <= now)


async def expired(session: AsyncSession, *, now: datetime, limit: int = 200) -> Sequence[Participation]:
    found = await session.scalars(
        select(Participation)
        .where(has_expired(now))
        .order_by(Participation.expires_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return found.all()


def _offer_has_expired(now: datetime) -> ColumnElement[bool]:
    return and_(Participation.state == State.offered, Participation.expires_at <= now)


async def needs_with_expired_offers(
    session: AsyncSession, *, now: datetime, limit: int = 50
) -> Sequence[UUID]:
    found = await session.scalars(
        select(Participation.need_id)
        .where(_offer_has_expired(now))
        .distinct()
        .order_by(Participation.need_id)
        .limit(limit)
    )
    return found.all()


async def expired_offers(session: AsyncSession, *, need_id: UUID, now: datetime) -> Sequence[Participation]:
    found = await session.scalars(
        select(Participation)
        .where(Participation.need_id == need_id, _offer_has_expired(now))
        .order_by(Participation.id)
        .execution_options(populate_existing=True)
    )
    return found.all()


def contact_may_be_shown(entry: RosterEntry, now: datetime) -> bool:
    """Whether the officer may still see this volunteer's number."""
    return may_see_contact(entry.participation.state, entry.shift.ends_at, now)
