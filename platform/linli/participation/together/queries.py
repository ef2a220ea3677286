"""Reads of groups of friends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.db import UtcDateTime
from linli.core.errors import NotFound
from linli.needs.models import Need, Shift
from linli.needs.views import PublicNeed
from linli.participation.models import FriendGroup, FriendGroupMember, Participation
from linli.participation.rules import GroupState, State

LONGEST_TOKEN = 60


async def group_with_token(session: AsyncSession, token: str) -> FriendGroup:
    """Fresh from the database: somebody may have changed it while we waited for the need."""
    found: FriendGroup | None = (
        await session.scalar(
            select(FriendGroup).where(FriendGroup.token == token).execution_options(populate_existing=True)
        )
        if len(token) <= LONGEST_TOKEN and "\x00" not in token
        else None
    )
    if found is None:
        raise NotFound
    return found


async def members_of(session: AsyncSession, group_id: UUID) -> Sequence[Account]:
    """Who has said yes, the first one first."""
    found = await session.scalars(
        select(Account)
        .join(FriendGroupMember, FriendGroupMember.account_id == Account.id)
        .where(FriendGroupMember.group_id == group_id)
        .order_by(FriendGroupMember.said_yes_at, Account.id)
    )
    return found.all()


async def find_member(session: AsyncSession, *, group_id: UUID, account_id: UUID) -> FriendGroupMember | None:
    return await session.get(FriendGroupMember, (group_id, account_id), populate_existing=True)


# Put together once: every look at a need asks it.
_GATHERING: Final = (
    select(FriendGroup)
    .join(FriendGroupMember, FriendGroupMember.group_id == FriendGroup.id)
    .where(
        FriendGroupMember.account_id == bindparam("account_id"),
        FriendGroup.state == GroupState.gathering,
        FriendGroup.expires_at > bindparam("now", type_=UtcDateTime),
    )
)
_IN_SHIFT: Final = _GATHERING.where(FriendGroup.shift_id == bindparam("shift_id")).limit(1)
_IN_NEED: Final = _GATHERING.where(FriendGroup.need_id == bindparam("need_id"))


async def gathering_in_shift(
    session: AsyncSession, *, shift_id: UUID, account_id: UUID, now: datetime
) -> FriendGroup | None:
    """The group in which somebody waits for others at this time."""
    found: FriendGroup | None = await session.scalar(
        _IN_SHIFT, {"account_id": account_id, "now": now, "shift_id": shift_id}
    )
    return found


async def gathering_in_need(
    session: AsyncSession, *, need_id: UUID, account_id: UUID, now: datetime
) -> Mapping[UUID, FriendGroup]:
    """By shift, the groups in which somebody waits for others."""
    found = await session.scalars(_IN_NEED, {"account_id": account_id, "now": now, "need_id": need_id})
    return {each.shift_id: each for each in found}


@dataclass(frozen=True)
class OwnGroup:
    """A group in which somebody waits for others; `yeses` counts who has said yes."""

    group: FriendGroup
    need: PublicNeed
    shift: Shift
    yeses: int


async def own_groups(session: AsyncSession, *, account_id: UUID, now: datetime) -> list[OwnGroup]:
    yeses = (
        select(func.count())
        .where(FriendGroupMember.group_id == FriendGroup.id)
        .correlate(FriendGroup)
        .scalar_subquery()
    )
    rows = await session.execute(
        _GATHERING.add_columns(Need, Shift, yeses)
        .join(Need, Need.id == FriendGroup.need_id)
        .join(Shift, Shift.id == FriendGroup.shift_id)
        .order_by(Shift.starts_at)
        .limit(50),
        {"account_id": account_id, "now": now},
    )
    return [OwnGroup(group, PublicNeed.of(need), shift, count) for group, need, shift, count in rows]


async def places_of_group(session: AsyncSession, group_id: UUID) -> Mapping[UUID, State]:
    """What became of each who went for a place, by account."""
    rows = await session.execute(
        select(Participation.account_id, Participation.state)
        .where(Participation.group_id == group_id)
        .order_by(Participation.id)
    )
    return {account_id: state for account_id, state in rows}


async def expired_groups(session: AsyncSession, *, now: datetime, limit: int = 100) -> Sequence[FriendGroup]:
    found = await session.scalars(
        select(FriendGroup)
        .where(FriendGroup.state == GroupState.gathering, FriendGroup.expires_at <= now)
        .order_by(FriendGroup.expires_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return found.all()
