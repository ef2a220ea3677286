"""Whom the waves that are due ask, decided for all of them at once."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.needs.models import Need, Shift
from linli.suggestions.joint import DecidedWave, Together, Wanted, read_together
from linli.suggestions.waves import WavesLeft
from linli.waves import queries, rules
from linli.waves.models import Asking
from linli.waves.rules import AskingState

Decided: TypeAlias = Mapping[UUID, DecidedWave]


async def decide(session: AsyncSession, asking_ids: Sequence[UUID], *, now: datetime) -> Decided:
    """Whom each shift asks; one the matcher is still looking for is left out."""
    read = await read_due(session, asking_ids, now=now)
    return await asyncio.to_thread(read.decide)


async def read_due(session: AsyncSession, asking_ids: Sequence[UUID], *, now: datetime) -> Together:
    """Askings of one county; what is over or rests wants nobody, and takes nobody from the others."""
    rows = await session.execute(
        select(Asking, Need, Shift)
        .join(Need, Need.id == Asking.need_id)
        .join(Shift, Shift.id == Asking.shift_id)
        .where(Asking.id.in_(asking_ids), queries.may_go_on())
        .order_by(Shift.starts_at, Asking.id)
    )
    found = [(row[0], row[1], row[2]) for row in rows]
    sent = await queries.sent_by(session, asking_ids)
    without = await queries.without(session, asking_ids)
    wanted = []
    for asking, need, shift in found:
        left = left_of(asking, shift, sent, without, now=now)
        if not why_over(need, shift, left, now=now):
            wanted.append(Wanted(need, shift, left))
    return await read_together(session, wanted, now=now)


async def left_of_one(session: AsyncSession, asking: Asking, shift: Shift, *, now: datetime) -> WavesLeft:
    sent = await queries.sent_by(session, [asking.id])
    return left_of(asking, shift, sent, await queries.without(session, [asking.id]), now=now)


def left_of(
    asking: Asking,
    shift: Shift,
    sent: Mapping[UUID, queries.Sent],
    without: Mapping[UUID, frozenset[UUID]],
    *,
    now: datetime,
) -> WavesLeft:
    """What the next wave of this asking may take; if a place was given back, its waves begin anew."""
    so_far = sent.get(asking.id, queries.Sent())
    is_new = asking.state is AskingState.filled
    since = now if is_new else asking.going_since
    waves = 0 if is_new else so_far.waves_since
    return WavesLeft(
        rules.waves_left(begun_at=since, starts_at=shift.starts_at, sent=waves, now=now),
        so_far.waves + 1,
        max(0, asking.most_messages - so_far.questions),
        rules.is_a_day_apart(since, shift.starts_at),
        without.get(asking.id, frozenset()),
    )


def why_over(need: Need, shift: Shift, left: WavesLeft, *, now: datetime) -> rules.Ending | None:
    return rules.why_over(
        state=need.state,
        starts_at=shift.starts_at,
        places_free=shift.places_free,
        waves_left=left.waves if left.messages else 0,
        now=now,
    )
