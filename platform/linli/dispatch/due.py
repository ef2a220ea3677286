"""Dispatches with which something must happen because of time, or because somebody answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.dispatch.models import Dispatch
from linli.dispatch.queries import GONE, Home, count_of, is_askable
from linli.dispatch.rules import OPEN_STATES, SAID_YES, DispatchState
from linli.needs.models import Need
from linli.needs.rules import RUNNING_STATES
from linli.participation.models import Hold, Participation
from linli.participation.rules import SAID_YES as PERSON_SAID_YES
from linli.teams.models import Team
from linli.teams.queries import can_be_asked, home_id


async def unanswered_in_time(session: AsyncSession, *, now: datetime, limit: int = 50) -> Sequence[UUID]:
    return await _due(
        session,
        select(Dispatch).where(Dispatch.state == DispatchState.asked, Dispatch.answer_until <= now),
        limit,
    )


async def with_hold_over(session: AsyncSession, *, now: datetime, limit: int = 50) -> Sequence[UUID]:
    return await _due(
        session,
        select(Dispatch)
        .join(Hold, Hold.id == Dispatch.hold_id)
        .where(Dispatch.state == DispatchState.accepted, Hold.ended_at.is_(None), Hold.until <= now),
        limit,
    )


async def no_longer_possible(session: AsyncSession, *, limit: int = 50) -> Sequence[UUID]:
    """Open ones whose need does not run, or whose team or organization cannot be asked any more."""
    need_is_over = Need.state.not_in(RUNNING_STATES)
    team_cannot = Dispatch.team_id.is_not(None) & Team.id.is_not(None) & ~can_be_asked(Home)
    organization_cannot = Dispatch.organization_id.is_not(None) & ~is_askable(Home)
    return await _due(
        session,
        select(Dispatch)
        .join(Need, Need.id == Dispatch.need_id)
        .outerjoin(Team, Team.id == Dispatch.team_id)
        .outerjoin(Home, Home.id == func.coalesce(Dispatch.organization_id, home_id()))
        .where(Dispatch.state.in_(OPEN_STATES), or_(need_is_over, team_cannot, organization_cannot)),
        limit,
    )


async def with_untold_answers(session: AsyncSession, *, limit: int = 50) -> Sequence[UUID]:
    """Where people who were named have answered, and who leads has not heard of it."""
    coming, gone = count_of(PERSON_SAID_YES), count_of(GONE)
    counted = (
        select(Participation.hold_id, coming.label("coming"), gone.label("gone"))
        .where(Participation.hold_id.is_not(None))
        .group_by(Participation.hold_id)
        .subquery()
    )
    return await _due(
        session,
        select(Dispatch)
        .join(counted, counted.c.hold_id == Dispatch.hold_id)
        .where(
            Dispatch.state.in_(SAID_YES),
            or_(Dispatch.told_coming != counted.c.coming, Dispatch.told_gone != counted.c.gone),
        ),
        limit,
    )


async def _due(session: AsyncSession, query: Select[Any], limit: int) -> Sequence[UUID]:
    """In the order in which their needs are locked."""
    ids = query.with_only_columns(Dispatch.id).order_by(Dispatch.need_id, Dispatch.id).limit(limit)
    return (await session.scalars(ids)).all()
