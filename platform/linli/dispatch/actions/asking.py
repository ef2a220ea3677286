"""What officers do: ask a team or an organization for places, and take that back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.errors import Conflict
from linli.core.i18n import Message, counted
from linli.dispatch import queries, rules
from linli.dispatch.actions.steps import end, locked_dispatch
from linli.dispatch.models import Dispatch
from linli.dispatch.past import ORGANIZATIONS, TEAMS, is_barred
from linli.dispatch.rules import DispatchState
from linli.dispatch.traces import note, tell_leading
from linli.needs.models import Need, Shift
from linli.participation.actions.holds import BY_NAME
from linli.participation.actions.steps import locked, refuse_closed
from linli.participation.asking.rules import refuse_late


async def ask(
    session: AsyncSession,
    *,
    shift_id: UUID,
    places: int,
    asked_by_id: UUID,
    now: datetime,
    team_id: UUID | None = None,
    organization_id: UUID | None = None,
    note_to_them: str = "",
) -> Dispatch:
    """Nothing is kept free before they say yes."""
    need, shift = await locked(session, shift_id)
    await refuse_closed(session, need)
    if refusal := await why_not_ask(
        session, need=need, shift=shift, team_id=team_id, organization_id=organization_id, now=now
    ):
        raise Conflict(refusal)
    if places > shift.places_free:
        raise Conflict(too_few(shift.places_free))
    dispatch = Dispatch(
        need_id=need.id,
        shift_id=shift.id,
        team_id=team_id,
        organization_id=organization_id,
        places=places,
        note=note_to_them,
        state=DispatchState.asked,
        asked_by_id=asked_by_id,
        asked_at=now,
        answer_until=rules.answer_until(now, shift.starts_at),
    )
    session.add(dispatch)
    await session.flush()
    note(session, "ask_dispatch", dispatch, need, asked_by_id, now)
    what = counted(places, "You are asked for one place.", "You are asked for {n} places.")
    await tell_leading(session, dispatch, need, shift, what, now, is_question=True)
    return dispatch


async def why_not_ask(
    session: AsyncSession,
    *,
    need: Need,
    shift: Shift,
    team_id: UUID | None,
    organization_id: UUID | None,
    now: datetime,
) -> Message | None:
    """Also for the page: what it can say before anybody presses a button."""
    if need.same_person:
        return BY_NAME
    if team_id is not None:
        is_askable = await queries.askable_team(session, team_id) is not None
        who, id = TEAMS, team_id
    else:
        assert organization_id is not None
        is_askable = await queries.askable_organization(session, organization_id) is not None
        who, id = ORGANIZATIONS, organization_id
    asked = {"team_id": team_id, "organization_id": organization_id}
    return rules.refuse_asking(
        is_own=organization_id is not None and organization_id == need.organization_id,
        is_askable=is_askable,
        is_barred=await is_barred(session, who, id, organization_id=need.organization_id),
        has_said_no=await queries.has_said_no(session, need_id=need.id, **asked),
        is_open_already=await queries.is_open_in_shift(session, shift_id=shift.id, **asked),
    ) or refuse_late(now, shift.starts_at)


async def withdraw(session: AsyncSession, *, dispatch: Dispatch, account_id: UUID, now: datetime) -> Dispatch:
    """The officer needs the places otherwise; who was named before keeps theirs."""
    need, shift = await locked_dispatch(session, dispatch)
    if dispatch.state is DispatchState.withdrawn:
        return dispatch
    await end(session, need=need, shift=shift, dispatch=dispatch, state=DispatchState.withdrawn, now=now)
    note(session, "withdraw_dispatch", dispatch, need, account_id, now)
    what = Message("The committee no longer asks you. Whoever was named already keeps the place.")
    await tell_leading(session, dispatch, need, shift, what, now)
    return dispatch


def too_few(places_free: int) -> Message:
    if places_free == 0:
        return Message("All places at this time are taken.")
    return counted(
        places_free,
        "Only one place is free at this time. Please ask for one.",
        "Only {n} places are free at this time. Please ask for at most {n}.",
    )
