"""A need that takes place only if all places are filled: looked at once, when the time for that is over."""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.i18n import Message
from linli.needs import queries as need_queries
from linli.needs.actions import times_of
from linli.needs.due import to_be_decided
from linli.needs.models import Need
from linli.needs.rules import places_lacking
from linli.participation.actions.officers import call_off
from linli.participation.actions.telling import tell_members

NOT_ALL_FILLED: Final = Message("not all places were filled in time, so it does not take place.")
TAKES_PLACE: Final = Message("All places are filled: it takes place.")
DOES_NOT: Final = Message(
    "Not all places were filled in time: it does not take place. Everybody has been told."
)


async def decide_due(session: AsyncSession, *, now: datetime) -> int:
    """Each under the lock of its need; how many were decided."""
    due = await to_be_decided(session, now=now)
    return sum(
        [await _decide(session, await need_queries.find_need(session, id, lock=True), now) for id in due]
    )


async def _decide(session: AsyncSession, need: Need, now: datetime) -> bool:
    """Whoever gives a place back later does not undo that it takes place."""
    if need.decides_at is None or not need.is_running:
        return False
    need.decided_at = now
    is_filled = places_lacking(times_of(need)) == 0
    await tell_members(
        session, need, need.shifts[0], "need_decided", TAKES_PLACE if is_filled else DOES_NOT, now
    )
    if not is_filled:
        await call_off(session, need=need, reason=NOT_ALL_FILLED, account_id=None, now=now)
    await session.flush()
    return True
