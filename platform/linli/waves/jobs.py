"""The waves that follow the first one, and the end of all of them."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.db import Database
from linli.core.jobs import Job
from linli.waves import queries
from linli.waves.actions import look_after
from linli.waves.models import Asking

AT_ONCE: Final = 20


async def look_after_due(database: Database, now: datetime) -> int:
    """Each in a transaction of its own: what one has sent is kept, whatever becomes of the next."""
    async with database.session(writes=False) as session:
        ids = await queries.due(session, now=now, limit=AT_ONCE)
        rows = await session.execute(select(Asking.id, Asking.need_id).where(Asking.id.in_(ids)))
        need_of = {asking_id: need_id for asking_id, need_id in rows}
    done = 0
    for asking_id in ids:
        async with database.transaction() as session:
            done += await look_after(session, asking_id=asking_id, need_id=need_of[asking_id], now=now)
    return done


async def has_due(session: AsyncSession, now: datetime) -> bool:
    return bool(await queries.due(session, now=now, limit=1))


JOBS: Final = (Job("waves.look_after", timedelta(seconds=15), look_after_due, has_due),)
