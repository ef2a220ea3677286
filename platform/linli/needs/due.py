"""Needs for which a time has come: nobody answered, one must be decided, one has begun."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from linli.needs.models import Need, Shift
from linli.needs.rules import RUNNING_STATES, TOLD_BEFORE, NeedState


async def overdue_and_untold(session: AsyncSession, *, now: datetime, limit: int = 100) -> Sequence[Need]:
    found = await session.scalars(
        select(Need)
        .where(
            Need.state.in_(RUNNING_STATES),
            Need.answer_due_at <= now,
            Need.answered_at.is_(None),
            Need.told_overdue_at.is_(None),
        )
        .order_by(Need.answer_due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return found.all()


async def to_be_decided(session: AsyncSession, *, now: datetime, limit: int = 50) -> Sequence[UUID]:
    """Needs that take place only if all places are filled, whose time for that is over."""
    begins_soon = select(Shift.id).where(Shift.need_id == Need.id, Shift.starts_at <= now + TOLD_BEFORE)
    found = await session.scalars(
        select(Need.id)
        .where(Need.all_or_nothing, Need.decided_at.is_(None), Need.state.in_(RUNNING_STATES))
        .where(or_(Need.answer_due_at <= now, begins_soon.exists()))
        .order_by(Need.id)
        .limit(limit)
    )
    return found.all()


async def running_with_begun_shifts(
    session: AsyncSession, *, now: datetime, limit: int = 500
) -> Sequence[Need]:
    """Needs whose state time may have moved on: any shift has begun since it last changed."""
    begun = and_(
        Shift.need_id == Need.id,
        or_(
            and_(Shift.starts_at <= now, Need.state != NeedState.under_way),
            Shift.ends_at <= now,
        ),
    )
    found = await session.scalars(
        select(Need)
        .where(Need.state.in_(RUNNING_STATES), select(Shift.id).where(begun).exists())
        .options(selectinload(Need.shifts))
        .order_by(Need.id)
        .limit(limit)
        # Somebody who changes the need or its places now moves it on themselves.
        .with_for_update(of=Need, skip_locked=True)
    )
    return found.all()
