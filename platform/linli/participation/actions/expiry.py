"""What time does with invitations and applications that nobody answered."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from linli.participation import queries
from linli.participation.rules import State


async def expire_due(session: AsyncSession, *, now: datetime) -> int:
    """Invitations nobody answered, and applications nobody decided before the shift began."""
    due = await queries.expired(session, now=now)
    for participation in due:
        participation.state, participation.changed_at = State.expired, now
    await session.flush()
    return len(due)
