"""Blocking and unblocking. What becomes of open participations is decided above, in participation."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.conversations import blocks
from linli.conversations.models import Block
from linli.conversations.rules import Side
from linli.core.audit import record
from linli.core.db import take_turns
from linli.core.i18n import Message
from linli.notifications.actions import tell
from linli.organizations.models import Organization


async def block(
    session: AsyncSession,
    *,
    organization: Organization,
    account_id: UUID,
    side: Side,
    actor_id: UUID,
    reason: str = "",
    now: datetime,
) -> Block:
    """One side wants nothing to do with the other; twice is once."""
    await take_turns(session, f"block:{organization.id}:{account_id}")
    standing = await blocks.current_block(
        session, organization_id=organization.id, account_id=account_id, side=side
    )
    if standing is not None:
        return standing
    made = Block(
        organization_id=organization.id,
        account_id=account_id,
        side=side,
        reason=reason,
        created_by_id=actor_id,
        created_at=now,
    )
    session.add(made)
    await session.flush()
    _note(session, "block", made, actor_id, now)
    if side is Side.organization:
        sentence = Message(
            "{organization} does not take messages or offers from you at present. "
            "If you think this is wrong, you can report it here.",
            organization=organization.name,
        )
        path = f"/organizations/{organization.id}/report"
        await _tell_person(session, account_id, sentence, path, now)
    return made


async def end_block(session: AsyncSession, *, block: Block, actor_id: UUID, now: datetime) -> None:
    """As before; whom an organization takes back is told."""
    if block.ended_at is not None:
        return
    block.ended_at = now
    await session.flush()
    _note(session, "end_block", block, actor_id, now)
    if block.side is Side.organization:
        organization = await session.get_one(Organization, block.organization_id)
        sentence = Message(
            "{organization} takes messages and offers from you again.", organization=organization.name
        )
        path = f"/organizations/{organization.id}"
        await _tell_person(session, block.account_id, sentence, path, now)


async def _tell_person(
    session: AsyncSession, account_id: UUID, sentence: Message, path: str, now: datetime
) -> None:
    tell(
        session,
        person=await session.get_one(Account, account_id),
        event="block",
        subject=Message("News about an organization"),
        sentence=sentence,
        path=path,
        now=now,
    )


def _note(session: AsyncSession, action: str, block: Block, actor_id: UUID, now: datetime) -> None:
    record(
        session,
        action=f"{action}_by_{block.side.value}",
        object_id=block.id,
        now=now,
        actor_id=actor_id,
        organization_id=block.organization_id,
        account_id=block.account_id,
    )
