"""People who hold a place hear when the organization they go to loses its mark, and when it has it back."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.i18n import Message
from linli.participation import queries
from linli.participation.actions.telling import tell_volunteer

MARK_LOST = Message(
    "The organization that asks is not verified at present. Your place stays; you may always give it back."
)
MARK_BACK = Message("The organization that asks is verified again.")


async def tell_of_marks(session: AsyncSession, *, now: datetime) -> int:
    """Whoever holds a place ahead and does not know yet; some at a time."""
    entries = await queries.unaware_of_mark(session, now=now)
    for entry, need, is_verified in entries:
        entry.participation.told_unverified_at = None if is_verified else now
        event, sentence = ("mark_back", MARK_BACK) if is_verified else ("mark_lost", MARK_LOST)
        tell_volunteer(session, entry.account, need, entry.shift, event, sentence, now)
    await session.flush()
    return len(entries)
