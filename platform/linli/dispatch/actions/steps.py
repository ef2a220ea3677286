"""What every step is made of: the lock of the need, the dispatch as it stands under it, and its end."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.errors import Conflict
from linli.dispatch import rules
from linli.dispatch.models import Dispatch
from linli.dispatch.rules import DispatchState
from linli.needs.models import Need, Shift
from linli.participation.actions import hold_now, release_hold
from linli.participation.actions.steps import locked
from linli.participation.rules import ANSWERED


async def locked_dispatch(session: AsyncSession, dispatch: Dispatch) -> tuple[Need, Shift]:
    """Somebody may have answered while we waited for the lock."""
    need, shift = await locked(session, dispatch.shift_id)
    await session.refresh(dispatch)
    return need, shift


def check_step(dispatch: Dispatch, new: DispatchState) -> None:
    if not rules.may_become(dispatch.state, new):
        raise Conflict(ANSWERED)


async def end(
    session: AsyncSession,
    *,
    need: Need,
    shift: Shift,
    dispatch: Dispatch,
    state: DispatchState,
    now: datetime,
) -> int:
    """What is left of its hold is free again; who was named keeps the place. How many places that were."""
    check_step(dispatch, state)
    left = 0
    if dispatch.hold_id is not None:
        hold = await hold_now(session, dispatch.hold_id)
        left = await release_hold(session, need=need, shift=shift, hold=hold, now=now)
    dispatch.state, dispatch.ended_at = state, now
    await session.flush()
    return left
