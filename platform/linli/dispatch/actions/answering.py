"""What those do who are asked: say yes or no, name people, hand it to a team, give back what is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.errors import Conflict, NotFound
from linli.core.i18n import Message, counted
from linli.dispatch import queries, rules
from linli.dispatch.actions.steps import check_step, end, locked_dispatch
from linli.dispatch.models import Dispatch
from linli.dispatch.rules import DispatchState
from linli.dispatch.traces import note, tell_officers
from linli.needs.models import Need, Shift
from linli.participation.actions import hold_now, name_person, take_hold
from linli.participation.actions.steps import refuse_closed
from linli.participation.asking.rules import is_too_late_to_ask
from linli.participation.models import Participation
from linli.participation.rules import ANSWERED
from linli.teams.models import Team
from linli.teams.traces import tell_leaders

NOT_NOW = Message(
    "Your organization is not verified at present, or your team has ended: nothing can be taken on."
)


@dataclass(frozen=True)
class Named:
    """What came of naming several people: who was asked, and why the others were not."""

    asked: tuple[Participation, ...]
    left_out: tuple[tuple[Account, Message], ...]


async def accept(
    session: AsyncSession, *, dispatch: Dispatch, places: int, account_id: UUID, now: datetime
) -> Dispatch:
    """So many places are kept from now on, for people to be named."""
    need, shift = await locked_dispatch(session, dispatch)
    if dispatch.state is DispatchState.accepted and dispatch.answered_by_id == account_id:
        return dispatch
    check_step(dispatch, DispatchState.accepted)
    await _refuse_impossible(session, dispatch, need, shift, now)
    if refusal := rules.refuse_count(places, dispatch.places):
        raise Conflict(refusal)
    hold = await take_hold(session, need=need, shift=shift, places=places, now=now)
    dispatch.hold_id = hold.id
    dispatch.state, dispatch.answered_by_id, dispatch.answered_at = DispatchState.accepted, account_id, now
    await session.flush()
    note(session, "accept_dispatch", dispatch, need, account_id, now)
    await tell_officers(session, need, shift, await _yes(session, dispatch, places), now)
    return dispatch


async def decline(session: AsyncSession, *, dispatch: Dispatch, account_id: UUID, now: datetime) -> Dispatch:
    """A no, without a reason; they are not asked for this need again."""
    need, shift = await locked_dispatch(session, dispatch)
    if dispatch.state is DispatchState.declined:
        return dispatch
    await end(session, need=need, shift=shift, dispatch=dispatch, state=DispatchState.declined, now=now)
    dispatch.answered_by_id, dispatch.answered_at = account_id, now
    await session.flush()
    note(session, "decline_dispatch", dispatch, need, account_id, now)
    what = Message("{name} cannot come this time.", name=await queries.name_of(session, dispatch))
    await tell_officers(session, need, shift, what, now)
    return dispatch


async def name_members(
    session: AsyncSession,
    *,
    dispatch: Dispatch,
    account_ids: Sequence[UUID],
    named_by_id: UUID,
    now: datetime,
) -> Named:
    """Each is asked and may say no; who cannot be asked is named with the reason."""
    need, shift = await locked_dispatch(session, dispatch)
    if dispatch.state is not DispatchState.accepted or dispatch.hold_id is None:
        raise Conflict(Message("People can be named once you have said yes, and as long as the hold runs."))
    await refuse_closed(session, need)
    await _refuse_barred(session, dispatch)
    hold = await hold_now(session, dispatch.hold_id)
    wanted = list(dict.fromkeys(account_ids))
    team_ids = await queries.teams_to_name_from(session, dispatch)
    members = await queries.are_members(session, team_ids=team_ids, account_ids=wanted)
    if set(wanted) - members:
        raise NotFound
    asked, left_out = [], []
    # Locked in the order of their ids, as whoever locks several people does.
    for account_id in sorted(wanted):
        try:
            asked.append(
                await name_person(
                    session,
                    need=need,
                    shift=shift,
                    hold=hold,
                    account_id=account_id,
                    named_by_id=named_by_id,
                    now=now,
                )
            )
        except Conflict as refusal:
            left_out.append((await session.get_one(Account, account_id), refusal.sentence))
    return Named(tuple(asked), tuple(left_out))


async def release(session: AsyncSession, *, dispatch: Dispatch, account_id: UUID, now: datetime) -> Dispatch:
    """They cannot find everybody: what is left is free for others at once."""
    need, shift = await locked_dispatch(session, dispatch)
    if dispatch.state is DispatchState.released:
        return dispatch
    left = await end(
        session, need=need, shift=shift, dispatch=dispatch, state=DispatchState.released, now=now
    )
    note(session, "release_dispatch", dispatch, need, account_id, now)
    what = counted(
        left,
        "{name} gives one place back.",
        "{name} gives {n} places back.",
        name=await queries.name_of(session, dispatch),
    )
    await tell_officers(session, need, shift, what, now)
    return dispatch


async def hand_on(
    session: AsyncSession, *, dispatch: Dispatch, team: Team, account_id: UUID, now: datetime
) -> Dispatch:
    """An organization hands what it took on to one of its teams, whose leaders name people from now on."""
    need, shift = await locked_dispatch(session, dispatch)
    if dispatch.state is not DispatchState.accepted:
        raise Conflict(ANSWERED)
    askable = await queries.askable_team(session, team.id)
    if askable is None or team.organization_id != dispatch.organization_id:
        raise NotFound
    if dispatch.handed_to_id == team.id:
        return dispatch
    dispatch.handed_to_id = team.id
    await session.flush()
    note(session, "hand_on_dispatch", dispatch, need, account_id, now)
    sentence = Message(
        "Your organization has taken on “{title}”, {start}, and asks {team} to name who goes.",
        title=need.title,
        start=shift.starts_at,
        team=team.name,
    )
    await tell_leaders(session, team, sentence, now, but=account_id, path=f"/dispatch/{dispatch.id}")
    return dispatch


async def _refuse_impossible(
    session: AsyncSession, dispatch: Dispatch, need: Need, shift: Shift, now: datetime
) -> None:
    await refuse_closed(session, need)
    await _refuse_barred(session, dispatch)
    if dispatch.answer_until <= now or is_too_late_to_ask(now, shift.starts_at):
        raise Conflict(Message("The time to answer is over. The committee may ask you again."))


async def _refuse_barred(session: AsyncSession, dispatch: Dispatch) -> None:
    """A charity suspended while it was asked takes nothing on."""
    if dispatch.team_id is not None:
        can_act = await queries.askable_team(session, dispatch.team_id) is not None
    else:
        assert dispatch.organization_id is not None
        can_act = await queries.askable_organization(session, dispatch.organization_id) is not None
    if not can_act:
        raise Conflict(NOT_NOW)


async def _yes(session: AsyncSession, dispatch: Dispatch, places: int) -> Message:
    return counted(
        places,
        "{name} says yes to one place, and will name who comes.",
        "{name} says yes to {n} places, and will name who comes.",
        name=await queries.name_of(session, dispatch),
    )
