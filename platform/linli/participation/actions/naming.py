"""Naming somebody for a place that is held: they are asked, and the place waits for their answer."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core import i18n
from linli.core.errors import Conflict
from linli.core.i18n import Message
from linli.needs.models import Need, Shift
from linli.notifications.rules import reaches_at
from linli.participation import queries, rules
from linli.participation.actions.steps import lock_account
from linli.participation.actions.telling import NAMED, YOU_ARE_NAMED, note_change, tell_volunteer
from linli.participation.asking.rules import is_too_late_to_ask
from linli.participation.fitness import obstacles
from linli.participation.models import Hold, Participation
from linli.participation.rules import State

ALREADY_SAID_NO: Final = Message("This person has already said no to this need and is not asked again.")
ALL_NAMED: Final = Message("All the places you took on have a name by now.")
HOLD_OVER: Final = Message("The time to name people is over. The places are free for others again.")


async def name_person(
    session: AsyncSession,
    *,
    need: Need,
    shift: Shift,
    hold: Hold,
    account_id: UUID,
    named_by_id: UUID,
    now: datetime,
) -> Participation:
    """One held place becomes this person's to accept or decline; as many places are taken as before.

    The need is locked, and `hold` is as it stands under that lock.
    """
    account = await lock_account(session, account_id)
    if sentence := await _why_not(session, need=need, shift=shift, hold=hold, account=account, now=now):
        raise Conflict(sentence)
    hold.places_left -= 1
    participation = new_question(shift, account, state=State.offered, asked_by_id=named_by_id, now=now)
    participation.hold_id = hold.id
    participation.expires_at = min(hold.until, participation.expires_at or hold.until)
    session.add(participation)
    await session.flush()
    tell_volunteer(session, account, need, shift, NAMED, YOU_ARE_NAMED, now, is_question=True)
    note_change(session, "name_person", participation, need, named_by_id, now)
    return participation


def new_question(
    shift: Shift, account: Account, *, state: State, asked_by_id: UUID | None, now: datetime
) -> Participation:
    """It reaches the person when their quiet hours are over, and from then on they have their time."""
    arrives_at = reaches_at(now, account.quiet_hours, i18n.zone())
    return Participation(
        shift_id=shift.id,
        need_id=shift.need_id,
        account_id=account.id,
        state=state,
        asked_by_id=asked_by_id,
        asked_at=now,
        reaches_at=arrives_at,
        expires_at=rules.invitation_expires_at(arrives_at, shift.starts_at),
        created_at=now,
        changed_at=now,
    )


async def reason_not_to_ask(
    session: AsyncSession, *, need: Need, shift: Shift, account: Account, now: datetime
) -> Message | None:
    """As who asks may hear it."""
    if await queries.open_in_shift(session, shift_id=shift.id, account_id=account.id):
        return Message("Already asked or coming.")
    arrives_at = reaches_at(now, account.quiet_hours, i18n.zone())
    if is_too_late_to_ask(arrives_at, shift.starts_at):
        return Message("Cannot be reached in time: their quiet hours end too late.")
    found = await obstacles(session, need=need, shift=shift, account=account, now=now)
    return found[0].told_to_officers if found else None


async def _why_not(
    session: AsyncSession, *, need: Need, shift: Shift, hold: Hold, account: Account, now: datetime
) -> Message | None:
    if not hold.runs_at(now):
        return HOLD_OVER
    if hold.places_left == 0:
        return ALL_NAMED
    if account.id in await queries.who_said_no(session, need_id=need.id, account_ids=[account.id]):
        return ALREADY_SAID_NO
    return await reason_not_to_ask(session, need=need, shift=shift, account=account, now=now)
