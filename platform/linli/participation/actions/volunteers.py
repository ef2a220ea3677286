"""Applying, saying yes, saying no and giving a place up: what volunteers do."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.errors import Conflict
from linli.core.i18n import Message
from linli.needs.rules import Joining
from linli.participation import queries
from linli.participation.actions.series import where_asked
from linli.participation.actions.steps import (
    check_step,
    confirm_place,
    end,
    lock_account,
    locked,
    locked_participation,
    refuse_closed,
)
from linli.participation.actions.telling import (
    HAS_ACCEPTED,
    HAS_APPLIED,
    HAS_DECLINED,
    HAS_TAKEN_BACK,
    HAS_WITHDRAWN,
    OF_TEAM_COMES,
    PLACE_TAKEN,
    note_change,
    tell_friends,
    tell_members,
)
from linli.participation.fitness import Obstacle, obstacles
from linli.participation.models import Participation
from linli.participation.rules import FULL, WAITS_FOR_YES, State
from linli.volunteers.actions import ensure_profile
from linli.volunteers.asking.actions import hear


async def apply(
    session: AsyncSession, *, shift_id: UUID, account_id: UUID, now: datetime, note: str = ""
) -> Participation:
    """The volunteer asks; where the need says so, they hold a place at once. Twice is once."""
    need, shift = await locked(session, shift_id)
    shift = where_asked(need, shift, now)
    account = await lock_account(session, account_id)
    await hear(session, account_id=account.id, now=now)
    standing = await queries.open_in_shift(session, shift_id=shift.id, account_id=account.id)
    if standing is not None and standing.state in WAITS_FOR_YES:
        return await accept(session, participation=standing, account_id=account_id, now=now)
    if standing is not None:
        return standing
    await refuse_closed(session, need)
    found = await obstacles(session, need=need, shift=shift, account=account, now=now)
    takes_at_once = need.joining is Joining.at_once
    _refuse([each for each in found if takes_at_once or not each.may_wait])
    if shift.places_free == 0:
        raise Conflict(FULL)
    participation = Participation(
        shift_id=shift.id,
        need_id=need.id,
        account_id=account.id,
        state=State.applied,
        note=note,
        expires_at=shift.starts_at,
        created_at=now,
        changed_at=now,
    )
    session.add(participation)
    if takes_at_once:
        await confirm_place(
            session, need=need, shift=shift, participation=participation, account=account, now=now
        )
        await tell_members(session, need, shift, "place_taken", PLACE_TAKEN, now)
    else:
        await ensure_profile(session, account=account, now=now)
        await session.flush()
        await tell_members(session, need, shift, "applied", HAS_APPLIED, now)
    note_change(session, "apply", participation, need, account_id, now)
    return participation


async def accept(
    session: AsyncSession, *, participation: Participation, account_id: UUID, now: datetime
) -> Participation:
    """A yes to an invitation, or to a place that is kept for this person, confirms at once."""
    need, shift, participation, account = await locked_participation(session, participation)
    if participation.state is State.confirmed:
        return participation
    await hear(session, account_id=account.id, now=now)
    await refuse_closed(session, need)
    check_step(participation, State.confirmed)
    if participation.expires_at is not None and participation.expires_at <= now:
        raise Conflict(Message("This invitation has expired. You can still apply if a place is free."))
    _refuse(await obstacles(session, need=need, shift=shift, account=account, now=now))
    await confirm_place(
        session, need=need, shift=shift, participation=participation, account=account, now=now
    )
    sentence = OF_TEAM_COMES if participation.hold_id else HAS_ACCEPTED
    await tell_members(session, need, shift, "accepted", sentence, now)
    note_change(session, "accept", participation, need, account_id, now)
    return participation


async def decline(
    session: AsyncSession, *, participation: Participation, account_id: UUID, now: datetime
) -> Participation:
    """A no, without a reason and without a penalty; the person is not asked for this need again.

    Of a no to their team the committee hears nothing: the team names somebody else.
    """
    need, shift, participation, _ = await locked_participation(session, participation)
    if participation.state is State.declined:
        return participation
    await hear(session, account_id=account_id, now=now)
    await end(session, need=need, shift=shift, participation=participation, state=State.declined, now=now)
    if participation.hold_id is None:
        await tell_members(session, need, shift, "declined", HAS_DECLINED, now)
    note_change(session, "decline", participation, need, account_id, now)
    return participation


async def withdraw(
    session: AsyncSession, *, participation: Participation, account_id: UUID, now: datetime
) -> Participation:
    """The volunteer cannot come after all; the place is free again."""
    need, shift, participation, _ = await locked_participation(session, participation)
    if participation.state is State.withdrawn:
        return participation
    if shift.starts_at <= now:
        raise Conflict(Message("This has already begun. Please call the contact."))
    sentence = HAS_WITHDRAWN if participation.state is State.confirmed else HAS_TAKEN_BACK
    await end(session, need=need, shift=shift, participation=participation, state=State.withdrawn, now=now)
    await tell_members(session, need, shift, "withdrawn", sentence, now)
    await tell_friends(session, participation, need, shift, now)
    note_change(session, "withdraw", participation, need, account_id, now)
    return participation


def _refuse(found: Sequence[Obstacle]) -> None:
    if found:
        raise Conflict(found[0].sentence)
