"""Whoever takes back their consent gives back everything that is still to come (PIPL art. 15)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts import actions as accounts
from linli.accounts.models import Account
from linli.core.errors import Conflict
from linli.core.i18n import Message
from linli.needs import queries as need_queries
from linli.participation import queries
from linli.participation.actions.steps import end, lock_account
from linli.participation.actions.telling import (
    HAS_DECLINED,
    HAS_TAKEN_BACK,
    HAS_WITHDRAWN,
    note_change,
    tell_friends,
    tell_members,
)
from linli.participation.rules import CHANGED_MEANWHILE, OPEN, OWN_NO, State

TOLD: Final[Mapping[State, tuple[str, Message]]] = {
    State.invited: ("declined", HAS_DECLINED),
    State.offered: ("declined", HAS_DECLINED),
    State.applied: ("withdrawn", HAS_TAKEN_BACK),
    State.waiting: ("withdrawn", HAS_TAKEN_BACK),
    State.confirmed: ("withdrawn", HAS_WITHDRAWN),
}


async def withdraw_consent(session: AsyncSession, *, account: Account, now: datetime) -> int:
    """The consent ends, and with it every place, offer and invitation ahead; how many there were."""
    given_back = await _give_back_what_is_ahead(session, account=account, now=now)
    await accounts.withdraw_consent(session, account=account, now=now)
    return given_back


async def _give_back_what_is_ahead(session: AsyncSession, *, account: Account, now: datetime) -> int:
    """Needs are locked first, in the order of their ids, then the person: as every other change does."""
    seen = await queries.open_and_ahead(session, account_id=account.id, now=now)
    needs = {
        need_id: await need_queries.find_need(session, need_id, lock=True)
        for need_id in sorted({each.need_id for each in seen})
    }
    await lock_account(session, account.id)
    ahead = await queries.open_and_ahead(session, account_id=account.id, now=now)
    if any(each.need_id not in needs for each in ahead):
        raise Conflict(CHANGED_MEANWHILE)
    for participation in ahead:
        if participation.state not in OPEN:  # it ended with another time of the same need
            continue
        need = needs[participation.need_id]
        shift = next(each for each in need.shifts if each.id == participation.shift_id)
        event, sentence = TOLD[participation.state]
        state = OWN_NO[participation.state]
        await end(session, need=need, shift=shift, participation=participation, state=state, now=now)
        await tell_members(session, need, shift, event, sentence, now)
        await tell_friends(session, participation, need, shift, now)
        note_change(session, "give_back", participation, need, account.id, now)
    return len(ahead)
