"""A team or an organization that was asked."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from linli.dispatch.models import Dispatch
from linli.dispatch.rules import DispatchState
from linli.needs.models import Shift
from linli.organizations.models import Organization
from linli.participation.models import Hold
from linli.participation.rules import hold_ends_at, invitation_expires_at
from linli.teams.models import Team
from tests.conftest import NOW


async def make_dispatch(
    session: AsyncSession,
    shift: Shift,
    asked: Team | Organization,
    state: DispatchState = DispatchState.asked,
    *,
    places: int = 2,
    until: datetime | None = None,
    **values: Any,
) -> Dispatch:
    """A team or an organization asked for places; once accepted they are held."""
    dispatch = Dispatch(
        **{
            "need_id": shift.need_id,
            "shift_id": shift.id,
            "team_id": asked.id if isinstance(asked, Team) else None,
            "organization_id": asked.id if isinstance(asked, Organization) else None,
            "places": places,
            "state": state,
            "asked_at": NOW,
            "answer_until": invitation_expires_at(NOW, shift.starts_at),
        }
        | values
    )
    if state is DispatchState.accepted:
        hold = Hold(
            shift_id=shift.id,
            need_id=shift.need_id,
            places=places,
            places_left=places,
            until=until or hold_ends_at(NOW, shift.starts_at),
            created_at=NOW,
        )
        session.add(hold)
        await session.flush()
        shift.places_taken += places
        dispatch.hold_id, dispatch.answered_at = hold.id, NOW
    session.add(dispatch)
    await session.flush()
    return dispatch
