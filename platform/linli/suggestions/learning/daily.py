"""Once a day the version that serves is compared with what came of its chances, and put right."""

import asyncio
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.audit import record
from linli.core.db import Database, take_turns
from linli.suggestions.learning.correcting import Correction, correction_of
from linli.suggestions.learning.material import Material, Tables, read_material
from linli.suggestions.learning.versions import TURNS
from linli.suggestions.models import MatcherVersion
from linli.suggestions.serving import serving
from matching import LearntRanker, Recalibration

EVERY: Final = timedelta(days=1)


async def put_chances_right(database: Database, now: datetime) -> int:
    """How many versions were looked at: the one that serves, or none."""
    async with database.session(writes=False) as session:
        due, serves = await _due(session, now), await serving(session)
        if due is None or serves.plain is None:
            return 0
        material = await read_material(session, now=now)
    found = await asyncio.to_thread(_correction, serves.plain, due.asked_until, material)
    async with database.transaction() as session:
        await _keep(session, due, found, now)
    return 1


async def has_due(session: AsyncSession, now: datetime) -> bool:
    return await _due(session, now) is not None


class _Due(NamedTuple):
    id: UUID
    asked_until: datetime
    shift: float
    stretch: float
    corrections: int


async def _due(session: AsyncSession, now: datetime) -> _Due | None:
    row = MatcherVersion
    columns = row.id, row.asked_until, row.shift, row.stretch, row.corrections
    looked_at = func.coalesce(row.corrected_at, row.made_at)
    query = select(*columns).where(row.serves, looked_at <= now - EVERY)
    found = (await session.execute(query)).one_or_none()
    return _Due(*found) if found else None


def _correction(plain: LearntRanker, asked_until: datetime, material: Material) -> Correction:
    if not material.people or not material.needs:
        return Correction(Recalibration(), 0)
    return correction_of(plain, asked_until, Tables.of(material).questions())


async def _keep(session: AsyncSession, due: _Due, found: Correction, now: datetime) -> None:
    """Unless somebody was faster: then it is theirs that counts."""
    await take_turns(session, TURNS)
    row = MatcherVersion
    change = update(row).where(row.id == due.id, row.corrections == due.corrections)
    if not found.is_news(Recalibration(due.shift, due.stretch)):
        await session.execute(change.values(corrected_at=now))
        return
    values = {"shift": found.line.a, "stretch": found.line.b, "corrections": due.corrections + 1}
    result = await session.execute(
        change.values(**values, corrected_by=found.answers, corrected_at=now).returning(row.id)
    )
    if result.one_or_none():
        record(session, action="correct_matcher", object_id=due.id, now=now, actor_id=None)
