"""Which open needs lack somebody most: the order of the public list, the same for everybody."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import numpy as np
from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.db import Database
from linli.needs.models import Need, Shift
from linli.needs.queries import is_publicly_shown
from linli.needs.rules import NeedState, Priority
from linli.participation.models import Participation
from linli.suggestions.pending import waiting_for
from linli.suggestions.pools import COUNTY_DIGITS, county_of
from linli.suggestions.worth import Standing, standing_in
from matching.public_list import worth

AT_ONCE: Final = 200
AGAIN_AFTER: Final = timedelta(minutes=10)
THOUSANDTHS: Final = 1000


@dataclass(frozen=True)
class _Open:
    """An open need with its free places to come, and how likely each is to come who was asked or offers."""

    id: UUID
    community: str
    field_id: str
    priority: Priority
    places_free: int = 0
    pending: tuple[float, ...] = field(default=())


async def weigh(database: Database, now: datetime) -> int:
    """Some open needs of one county whose weight is missing or old; how many."""
    async with database.session(writes=False) as session:
        needs = await _needs_to_weigh(session, now)
        if not needs:
            return 0
        standing = await standing_in(session, county_of(needs[0].community), now)
    weights = await asyncio.to_thread(_weights, needs, standing)
    async with database.transaction() as session:
        await _keep(session, weights, now)
    return len(needs)


async def has_unweighed(session: AsyncSession, now: datetime) -> bool:
    return bool((await session.execute(_stale(now).limit(1))).first())


def _weights(needs: Sequence[_Open], standing: Standing) -> dict[UUID, int]:
    """What one more yes would bring, in thousandths, where everybody is as likely to say it."""
    found = worth(
        np.ones(len(needs)),
        value=np.array(
            [
                standing.value(community=need.community, field_id=need.field_id, priority=need.priority)
                for need in needs
            ]
        ),
        places=np.array([need.places_free for need in needs], dtype=np.int64),
        pending=[need.pending for need in needs],
    )
    return {
        need.id: round(THOUSANDTHS * weight) if need.places_free else 0
        for need, weight in zip(needs, found.tolist(), strict=True)
    }


async def _needs_to_weigh(session: AsyncSession, now: datetime) -> list[_Open]:
    rows = (await session.execute(_stale(now).limit(AT_ONCE))).all()
    counties = {county_of(row.division) for row in rows[:1]}
    mine = [row for row in rows if county_of(row.division) in counties]
    ids = [row.id for row in mine]
    free = await _free_places(session, ids, now)
    pending = await _pending(session, ids, now)
    return [
        _Open(row.id, row.division, row.field_id, row.priority, free.get(row.id, 0), tuple(pending[row.id]))
        for row in mine
    ]


def _stale(now: datetime) -> Any:
    """Never weighed first, then the longest ago; needs of a county only."""
    return (
        select(Need.id, Need.division, Need.field_id, Need.priority)
        .where(Need.state == NeedState.open, is_publicly_shown())
        .where(func.length(Need.division) >= COUNTY_DIGITS)
        .where(or_(Need.weighed_at.is_(None), Need.weighed_at <= now - AGAIN_AFTER))
        .order_by(Need.weighed_at.is_not(None), Need.weighed_at, Need.id)
    )


async def _free_places(session: AsyncSession, need_ids: Sequence[UUID], now: datetime) -> dict[UUID, int]:
    rows = await session.execute(
        select(Shift.need_id, func.sum(Shift.places - Shift.places_taken))
        .where(Shift.need_id.in_(need_ids), Shift.starts_at > now)
        .group_by(Shift.need_id)
    )
    return {need_id: int(free) for need_id, free in rows}


async def _pending(
    session: AsyncSession, need_ids: Sequence[UUID], now: datetime
) -> Mapping[UUID, list[float]]:
    found: defaultdict[UUID, list[float]] = defaultdict(list)
    coming = and_(Participation.need_id.in_(need_ids), Shift.starts_at > now)
    for each in await waiting_for(session, coming):
        found[each.need_id].append(each.comes)
    return found


async def _keep(session: AsyncSession, weights: Mapping[UUID, int], now: datetime) -> None:
    """Whatever somebody is changing just now is weighed again the next time."""
    free = await session.scalars(
        select(Need.id)
        .where(Need.id.in_(weights))
        .order_by(Need.id)
        .with_for_update(skip_locked=True, key_share=True)
    )
    rows = [{"id": id, "lacking": weights[id], "weighed_at": now} for id in free]
    if rows:
        await session.execute(update(Need), rows)
