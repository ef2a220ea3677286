"""Naming somebody for a place that is held: they are asked, and the place waits for their answer."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.errors import Conflict
from linli.core.i18n import Message
from linli.needs.models import Need, Shift
from linli.participation import queries, rules
from linli.participation.actions.steps import lock_account
from linli.participation.actions.telling import YOU_ARE_NAMED, note_change, tell_volunteer
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
    participation = Participation(
        shift_id=shift.id,
        need_id=need.id,
        account_id=account.id,
        hold_id=hold.id,
        state=State.offered,
        asked_by_id=named_by_id,
        asked_at=now,
        expires_at=min(hold.until, rules.invitation_expires_at(now, shift.starts_at)),
        created_at=now,
        changed_at=now,
    )
    session.add(participation)
    await session.flush()
    tell_volunteer(session, account, need, shift, "named", YOU_ARE_NAMED, now)
    note_change(session, "name_person", participation, need, named_by_id, now)
    return participation


async def reason_not_to_ask(
    session: AsyncSession, *, need: Need, shift: Shift, account: Account, now: datetime
) -> Message | None:
    """As who asks may hear it."""
    if await queries.open_in_shift(session, shift_id=shift.id, account_id=account.id):
        return Message("Already asked or coming.")
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
