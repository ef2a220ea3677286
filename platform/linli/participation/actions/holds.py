"""Places kept for people who are still to be named. The need is locked before any of this is asked."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.errors import Conflict
from linli.core.i18n import Message
from linli.needs import actions as needs
from linli.needs.models import Need, Shift
from linli.participation import rules
from linli.participation.models import Hold, Participation

BY_NAME: Final = Message("Here the same people come to all times: please ask people by name.")


async def take_hold(session: AsyncSession, *, need: Need, shift: Shift, places: int, now: datetime) -> Hold:
    """So many places count as taken from now on."""
    if need.same_person:
        raise Conflict(BY_NAME)
    if refusal := rules.refuse_hold(places, shift.places_free):
        raise Conflict(refusal)
    hold = Hold(
        shift_id=shift.id,
        need_id=need.id,
        places=places,
        places_left=places,
        until=rules.hold_ends_at(now, shift.starts_at),
        created_at=now,
    )
    session.add(hold)
    shift.places_taken += places
    await session.flush()
    await needs.places_changed(session, need=need, now=now)
    return hold


async def release_hold(session: AsyncSession, *, need: Need, shift: Shift, hold: Hold, now: datetime) -> int:
    """What is left is free again, once; who was named keeps the place. How many places that were."""
    left = hold.places_left
    if hold.ended_at is None:
        shift.places_taken -= left
        hold.places_left, hold.ended_at = 0, now
        await session.flush()
        await needs.places_changed(session, need=need, now=now)
    return left


async def hold_now(session: AsyncSession, hold_id: UUID) -> Hold:
    """As it stands under the lock of its need."""
    found = await session.scalars(
        select(Hold).where(Hold.id == hold_id).execution_options(populate_existing=True)
    )
    return found.one()


async def back_to_hold(session: AsyncSession, participation: Participation, *, now: datetime) -> bool:
    """Whether the place of somebody who does not come can be given to another by who named them."""
    if participation.hold_id is None:
        return False
    hold = await hold_now(session, participation.hold_id)
    if not hold.runs_at(now):
        return False
    hold.places_left += 1
    return True


async def end_holds_of(session: AsyncSession, need: Need, *, now: datetime) -> None:
    """The need is called off: nobody is to be named any more. Its places are counted anew by the caller."""
    await session.execute(
        update(Hold)
        .where(Hold.need_id == need.id, Hold.ended_at.is_(None))
        .values(places_left=0, ended_at=now)
        .execution_options(synchronize_session="fetch")
    )
