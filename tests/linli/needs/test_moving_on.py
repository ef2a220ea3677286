"""Time moves needs on, and gives way to people who change them at the same moment."""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import select

from linli.core.db import Database
from linli.needs.jobs import move_on
from linli.needs.models import Need
from linli.needs.queries import find_need
from linli.needs.rules import NeedState
from tests.factories import make_need


async def make_begun_need(database: Database, now: datetime) -> Need:
    """One time has begun, and the other is full: by the clock it is under way."""
    async with database.transaction() as session:
        need = await make_need(session, shifts=2, places=1, starts_at=now - timedelta(hours=1))
        need.shifts[1].places_taken = 1
    return need


async def state_of(database: Database, need: Need) -> NeedState:
    async with database.session(writes=False) as session:
        state = await session.scalar(select(Need.state).where(Need.id == need.id))
    assert state is not None
    return state


async def test_a_need_that_has_begun_is_under_way(own_database: Database, now: datetime) -> None:
    need = await make_begun_need(own_database, now)
    assert await move_on(own_database, now) == 1
    assert await state_of(own_database, need) is NeedState.under_way


async def test_a_need_that_is_just_being_called_off_stays_called_off(
    own_database: Database, now: datetime
) -> None:
    need = await make_begun_need(own_database, now)
    async with own_database.session(writes=True) as session:
        (await find_need(session, need.id, lock=True)).state = NeedState.cancelled
        await session.flush()
        moving = asyncio.create_task(move_on(own_database, now))
        await asyncio.wait({moving}, timeout=0.3)
        await session.commit()
    assert await moving == 0
    assert await state_of(own_database, need) is NeedState.cancelled
