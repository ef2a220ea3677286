"""What is due: an asking whose hour has come, that is filled or over, or for which a place was given back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import i18n
from linli.needs.models import Need, Shift
from linli.needs.rules import RUNNING_STATES
from linli.participation.models import Participation
from linli.participation.rules import State
from linli.suggestions.pools import county_of
from linli.waves import rules
from linli.waves.models import Asking
from linli.waves.rules import AskingState

MOST_LOOKED_AT: Final = 200
# Decided together: with so many places it is a matter of seconds.
MOST_PLACES: Final = 400


@dataclass(frozen=True)
class Due:
    asking_id: UUID
    need_id: UUID


async def find_due(session: AsyncSession, *, now: datetime, limit: int) -> list[Due]:
    """Askings of one county that have something to do; those whose shifts come first before others."""
    rows = await session.execute(
        select(Asking.id, Asking.need_id, Need.division, (Shift.places - Shift.places_taken).label("free"))
        .join(Shift, Shift.id == Asking.shift_id)
        .join(Need, Need.id == Asking.need_id)
        .where(_is_due(now))
        .order_by(Shift.starts_at, Asking.id)
        .limit(MOST_LOOKED_AT)
    )
    of_county = [(each, county_of(each.division or "")) for each in rows]
    found, places = list[Due](), 0
    for row, county in of_county:
        wanted = places + max(0, row.free)
        if county == of_county[0][1] and (not found or wanted <= MOST_PLACES):
            found.append(Due(row.id, row.need_id))
            places = wanted
    return found[:limit]


async def is_due(session: AsyncSession, asking_id: UUID, *, now: datetime) -> bool:
    """Asked again under the lock of the need: another worker may have been faster."""
    query = (
        select(Asking.id)
        .join(Shift, Shift.id == Asking.shift_id)
        .join(Need, Need.id == Asking.need_id)
        .where(Asking.id == asking_id, _is_due(now))
    )
    return await session.scalar(query) is not None


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Its hour has come, all have answered, a place was given back, or there is nothing more to ask for."""
    is_full = Shift.places_taken >= Shift.places
    is_past = or_(Need.state.not_in(RUNNING_STATES), Shift.starts_at < now + rules.LAST_WAVE_BEFORE_SHIFT)
    somebody_thinks = (
        select(Participation.id)
        .where(Participation.shift_id == Asking.shift_id, Participation.state == State.invited)
        .correlate(Asking)
        .exists()
    )
    is_time = Asking.next_at <= now
    goes_on = and_(Asking.state == AskingState.going, is_time)
    if not rules.is_night(now, i18n.zone()):
        has_answers = and_(Asking.waits_for_answers, ~somebody_thinks)
        goes_on = or_(
            and_(Asking.state == AskingState.going, or_(is_time, has_answers)),
            and_(Asking.state == AskingState.filled, ~is_full),
        )
    return or_(
        goes_on,
        and_(Asking.state.in_((AskingState.going, AskingState.held)), is_full),
        and_(Asking.state != AskingState.ended, is_past),
    )
