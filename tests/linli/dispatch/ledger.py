"""Counts the places of a shift anew, from the people who hold one and from what is held for others."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.needs.models import Shift
from linli.participation.models import Hold, Participation
from linli.participation.rules import TAKES_A_PLACE


async def counted_anew(session: AsyncSession, shift_id: UUID) -> int:
    people = await session.scalar(
        select(func.count())
        .select_from(Participation)
        .where(Participation.shift_id == shift_id, Participation.state.in_(TAKES_A_PLACE))
    )
    held = await session.scalar(select(func.sum(Hold.places_left)).where(Hold.shift_id == shift_id))
    return (people or 0) + (held or 0)


async def expect_honest(session: AsyncSession, shift_id: UUID) -> int:
    """`places_taken` is what is counted anew, and never more than there are."""
    taken, places = (
        await session.execute(select(Shift.places_taken, Shift.places).where(Shift.id == shift_id))
    ).one()
    assert taken == await counted_anew(session, shift_id)
    assert 0 <= taken <= places
    return taken
