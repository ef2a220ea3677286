"""What time and other people's decisions do with dispatches; each step under the lock of its need."""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.i18n import Message, counted
from linli.dispatch import due, queries, rules
from linli.dispatch.actions.steps import end, locked_dispatch
from linli.dispatch.models import Dispatch
from linli.dispatch.queries import Named
from linli.dispatch.rules import DispatchState
from linli.dispatch.traces import note, tell_leading, tell_officers
from linli.needs.models import Need, Shift
from linli.participation.actions import hold_now
from linli.participation.rules import NOT_RUNNING

CANNOT_ACT: Final = Message("At present nobody can be named. Whoever holds a place keeps it.")


async def expire_unanswered(session: AsyncSession, *, now: datetime) -> int:
    """Teams and organizations that did not answer."""
    found = await due.unanswered_in_time(session, now=now)
    for dispatch_id in found:
        dispatch = await queries.find_dispatch(session, dispatch_id)
        need, shift = await locked_dispatch(session, dispatch)
        if dispatch.state is DispatchState.asked:
            await end(
                session, need=need, shift=shift, dispatch=dispatch, state=DispatchState.expired, now=now
            )
            note(session, "expire_dispatch", dispatch, need, None, now)
            name = await queries.name_of(session, dispatch)
            what = Message("{name} has not answered in time.", name=name)
            await tell_officers(session, need, shift, what, now)
    return len(found)


async def end_overdue_holds(session: AsyncSession, *, now: datetime) -> int:
    """Places for which nobody was named in time are free for others."""
    found = await due.with_hold_over(session, now=now)
    for dispatch_id in found:
        dispatch = await queries.find_dispatch(session, dispatch_id)
        need, shift = await locked_dispatch(session, dispatch)
        if dispatch.state is DispatchState.accepted and dispatch.hold_id is not None:
            hold = await hold_now(session, dispatch.hold_id)
            state = rules.state_after_hold(hold.places_left)
            left = await end(session, need=need, shift=shift, dispatch=dispatch, state=state, now=now)
            note(session, "end_hold", dispatch, need, None, now)
            if left:
                await _tell_both_of_left(session, dispatch, need, shift, left, now)
    return len(found)


async def end_impossible(session: AsyncSession, *, now: datetime) -> int:
    """The need is over, the team has ended, or its organization has lost its mark: nothing more is held."""
    found = await due.no_longer_possible(session)
    for dispatch_id in found:
        dispatch = await queries.find_dispatch(session, dispatch_id)
        need, shift = await locked_dispatch(session, dispatch)
        if dispatch.is_open:
            await end(session, need=need, shift=shift, dispatch=dispatch, state=DispatchState.ended, now=now)
            note(session, "end_dispatch", dispatch, need, None, now)
            is_over = not need.is_running
            await tell_leading(session, dispatch, need, shift, NOT_RUNNING if is_over else CANNOT_ACT, now)
            if not is_over:
                name = await queries.name_of(session, dispatch)
                what = Message("{name} cannot be asked any more; what was kept for them is free.", name=name)
                await tell_officers(session, need, shift, what, now)
    return len(found)


async def tell_of_answers(session: AsyncSession, *, now: datetime) -> int:
    """Who leads hears how it stands after people who were named have answered."""
    found = await due.with_untold_answers(session)
    for dispatch_id in found:
        dispatch = await queries.find_dispatch(session, dispatch_id)
        need, shift = await locked_dispatch(session, dispatch)
        row = await queries.row_of(session, dispatch)
        dispatch.told_coming, dispatch.told_gone = row.named.coming, row.named.gone
        await session.flush()
        await tell_leading(session, dispatch, need, shift, _standing(row.named, row.left), now)
    return len(found)


async def _tell_both_of_left(
    session: AsyncSession, dispatch: Dispatch, need: Need, shift: Shift, left: int, now: datetime
) -> None:
    what = counted(
        left,
        "The time to name people is over: one place is free for others again.",
        "The time to name people is over: {n} places are free for others again.",
    )
    await tell_leading(session, dispatch, need, shift, what, now)
    await tell_officers(session, need, shift, what, now)


def _standing(named: Named, left: int) -> Message:
    return Message(
        "{coming} come, {asked} have not answered, {gone} do not come, {left} still to be named.",
        coming=named.coming,
        asked=named.asked,
        gone=named.gone,
        left=left,
    )
