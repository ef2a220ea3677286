"""One person for all times of a need: asked at the first that is to come, there at each, or at none."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from linli.needs.models import Need, Shift
from linli.participation import queries
from linli.participation.models import Participation
from linli.participation.rules import TAKES_A_PLACE, State


def where_asked(need: Need, shift: Shift, now: datetime) -> Shift:
    """A question for all times stands at the first that is to come; else at its own."""
    return need.times_with(shift, now)[0]


async def places_in_all(
    session: AsyncSession, *, need: Need, shift: Shift, participation: Participation, now: datetime
) -> list[tuple[Shift, Participation]]:
    """What a yes takes: this place, and for the same person one in every other time that is to come."""
    if not need.same_person:
        return [(shift, participation)]
    ahead = await queries.ahead_in_need(
        session, need_id=need.id, account_id=participation.account_id, now=now
    )
    known = {each.shift_id: each for each in ahead} | {shift.id: participation}
    found = []
    for each in need.times_with(shift, now):
        place = known.get(each.id) or _place_like(participation, each)
        if place is participation or place.state not in TAKES_A_PLACE:
            session.add(place)
            found.append((each, place))
    return found


async def ends_with(
    session: AsyncSession, *, need: Need, participation: Participation, now: datetime
) -> Sequence[Participation]:
    """What ends when this ends: it alone, or for the same person all they have that is to come."""
    if not need.same_person:
        return [participation]
    ahead = await queries.ahead_in_need(
        session, need_id=need.id, account_id=participation.account_id, now=now
    )
    others = [each for each in ahead if each.id != participation.id and each.state is participation.state]
    return [participation, *others]


def _place_like(participation: Participation, shift: Shift) -> Participation:
    return Participation(
        shift_id=shift.id,
        need_id=participation.need_id,
        account_id=participation.account_id,
        state=State.applied,
        created_at=participation.created_at,
        changed_at=participation.changed_at,
    )
