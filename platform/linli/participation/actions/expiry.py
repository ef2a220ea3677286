"""What time does with what nobody answered: invitations, applications, and places kept for somebody."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from linli.needs.queries import find_need
from linli.participation import queries
from linli.participation.actions.steps import end
from linli.participation.rules import State


async def expire_due(session: AsyncSession, *, now: datetime) -> int:
    """Places kept first: whoever waits for a need must not hold a row that an answer waits for."""
    return await _expire_offers(session, now=now) + await _expire_unanswered(session, now=now)


async def _expire_offers(session: AsyncSession, *, now: datetime) -> int:
    """A place is given back under the lock of its need; needs in the order of their ids."""
    expired = 0
    for need_id in await queries.needs_with_expired_offers(session, now=now):
        need = await find_need(session, need_id, lock=True)
        shifts = {shift.id: shift for shift in need.shifts}
        for offer in await queries.expired_offers(session, need_id=need_id, now=now):
            shift = shifts[offer.shift_id]
            await end(session, need=need, shift=shift, participation=offer, state=State.expired, now=now)
            expired += 1
    return expired


async def _expire_unanswered(session: AsyncSession, *, now: datetime) -> int:
    """Invitations nobody answered, and applications nobody decided before the shift began."""
    due = await queries.expired(session, now=now)
    for participation in due:
        participation.state, participation.changed_at = State.expired, now
    await session.flush()
    return len(due)
