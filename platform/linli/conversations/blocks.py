"""Reads of blocks: asked wherever an organization and a person could meet."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, case, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from linli.accounts.models import Account
from linli.conversations.models import Block
from linli.conversations.rules import Side
from linli.core.i18n import Message
from linli.core.paging import Page, read_page
from linli.organizations.models import Organization
from linli.volunteers.names import shown_name

# Put together once: every look at a need asks it, and every place that is taken.
_BLOCKED_BY: Final = (
    select(Block.side)
    .where(
        Block.organization_id == bindparam("organization_id"),
        Block.account_id == bindparam("account_id"),
        Block.ended_at.is_(None),
    )
    .order_by(case((Block.side == bindparam("first", type_=Block.side.type), 0), else_=1))
    .limit(1)
)


async def blocked_by(
    session: AsyncSession, *, organization_id: UUID | None, account_id: UUID, first: Side = Side.volunteer
) -> Side | None:
    """Which side has blocked the other; `first` where both have."""
    given = {"organization_id": organization_id, "account_id": account_id, "first": first}
    side: Side | None = await session.scalar(_BLOCKED_BY, given)
    return side


def stands_between(
    organization_id: ColumnElement[UUID] | InstrumentedAttribute[UUID | None],
    account_id: ColumnElement[UUID] | InstrumentedAttribute[UUID],
) -> ColumnElement[bool]:
    """For queries: whether either has blocked the other."""
    return (
        select(Block.id)
        .where(
            Block.organization_id == organization_id,
            Block.account_id == account_id,
            Block.ended_at.is_(None),
        )
        .correlate_except(Block)
        .exists()
    )


def people_apart(organization_id: UUID | None) -> Select[tuple[UUID]]:
    """For queries: who has blocked an organization, or is blocked by it."""
    return select(Block.account_id).where(Block.organization_id == organization_id, Block.ended_at.is_(None))


async def organizations_apart(
    session: AsyncSession, account_ids: Collection[UUID] | Select[Any]
) -> dict[UUID, set[UUID]]:
    """Of some people, by organization, those who have blocked it or are blocked by it."""
    rows = await session.execute(
        select(Block.organization_id, Block.account_id).where(
            Block.account_id.in_(account_ids), Block.ended_at.is_(None)
        )
    )
    found: dict[UUID, set[UUID]] = {}
    for organization_id, account_id in rows:
        found.setdefault(organization_id, set()).add(account_id)
    return found


async def current_block(
    session: AsyncSession, *, organization_id: UUID, account_id: UUID, side: Side
) -> Block | None:
    found: Block | None = await session.scalar(
        select(Block).where(
            Block.organization_id == organization_id,
            Block.account_id == account_id,
            Block.side == side,
            Block.ended_at.is_(None),
        )
    )
    return found


@dataclass(frozen=True)
class BlockRow:
    """`who` is the organization for a volunteer, the person's surname for an organization."""

    block: Block
    organization: str
    who: str | Message


async def own_blocks(session: AsyncSession, account_id: UUID) -> Sequence[BlockRow]:
    """The organizations that somebody has blocked."""
    rows = await session.execute(
        select(Block, Organization.name)
        .join(Organization, Organization.id == Block.organization_id)
        .where(Block.account_id == account_id, Block.side == Side.volunteer, Block.ended_at.is_(None))
        .order_by(Block.id.desc())
        .limit(100)
    )
    return [BlockRow(block, name, name) for block, name in rows]


async def blocked_people(
    session: AsyncSession, *, inside: ColumnElement[bool], after: str | None
) -> Page[BlockRow]:
    """Whom organizations have blocked, the latest first: of one organization, or of a bureau's division."""
    query = (
        select(Block, Organization.name, Account.name)
        .join(Organization, Organization.id == Block.organization_id)
        .join(Account, Account.id == Block.account_id)
        .where(Block.side == Side.organization, Block.ended_at.is_(None), inside)
    )
    page = await read_page(
        session,
        query,
        keys=[Block.id],
        key_of=lambda row: (row[0].id,),
        after=after,
        descending=True,
    )
    return Page([BlockRow(row[0], row[1], shown_name(row[2])) for row in page.rows], page.next_cursor)
