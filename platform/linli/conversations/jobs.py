"""Words are forgotten a year after their need; so are answered reports and ended blocks, in their time."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import CursorResult, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.conversations.models import Block, Conversation, ConversationMessage, Report
from linli.conversations.rules import ENDED_BLOCKS_KEPT, KEPT_AFTER_END, REPORTS_KEPT
from linli.core.db import Database
from linli.core.jobs import Job
from linli.needs.models import Need, Shift

AT_ONCE: Final = 200


async def forget_old(database: Database, now: datetime) -> int:
    async with database.transaction() as session:
        return sum(
            (
                await _forget_conversations(session, now),
                await _delete(session, Report, Report.answered_at <= now - REPORTS_KEPT),
                await _delete(session, Block, Block.ended_at <= now - ENDED_BLOCKS_KEPT),
            )
        )


async def _forget_conversations(session: AsyncSession, now: datetime) -> int:
    """With their messages, unless a report about one of them waits for its answer."""
    ended_at = (
        select(func.max(Shift.ends_at)).where(Shift.need_id == Need.id).correlate(Need).scalar_subquery()
    )
    is_reported = (
        select(Report.id)
        .join(ConversationMessage, ConversationMessage.id == Report.message_id)
        .where(ConversationMessage.conversation_id == Conversation.id, Report.answered_at.is_(None))
    )
    over = (
        select(Conversation.id)
        .join(Need, Need.id == Conversation.need_id)
        # A need without times has no end: its last words count.
        .where(func.coalesce(ended_at, Conversation.written_at) <= now - KEPT_AFTER_END)
        .where(~is_reported.exists())
        .limit(AT_ONCE)
    )
    return await _delete(session, Conversation, Conversation.id.in_(over))


async def _delete(session: AsyncSession, table: Any, is_over: Any) -> int:
    chosen = select(table.id).where(is_over).limit(AT_ONCE)
    result: CursorResult[Any] = await session.execute(delete(table).where(table.id.in_(chosen)))  # type: ignore[assignment]
    return result.rowcount


JOBS: Final = (Job("conversations.forget_old", timedelta(hours=1), forget_old),)
