"""What every change is made of: locks, a step of the state machine, the place it takes or frees."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.errors import Conflict, NotFound
from linli.core.i18n import Message
from linli.needs import actions as needs
from linli.needs import queries as need_queries
from linli.needs.models import Need, Shift
from linli.organizations.queries import is_verified_now
from linli.participation import rules
from linli.participation.actions.holds import back_to_hold
from linli.participation.actions.series import ends_with, places_in_all
from linli.participation.actions.telling import (
    YOU_ARE_IN,
    YOU_ARE_IN_ALL,
    question_is_settled,
    tell_volunteer,
)
from linli.participation.models import Participation
from linli.participation.rules import ANSWERED, FULL, TAKES_A_PLACE, State
from linli.volunteers.actions import give_number


async def locked(session: AsyncSession, shift_id: UUID) -> tuple[Need, Shift]:
    need = await need_queries.lock_need_of_shift(session, shift_id)
    return need, next(shift for shift in need.shifts if shift.id == shift_id)


async def locked_participation(
    session: AsyncSession, participation: Participation
) -> tuple[Need, Shift, Participation, Account]:
    need, shift = await locked(session, participation.shift_id)
    account = await lock_account(session, participation.account_id)
    # Somebody may have answered while we waited for the lock.
    await session.refresh(participation)
    return need, shift, participation, account


async def lock_account(session: AsyncSession, account_id: UUID) -> Account:
    """Two yeses of one person to two shifts at the same time must see each other.

    The weaker lock, because every notice and key that is written for the person takes a share of the row:
    with the stronger one two requests of one person could each wait for the other.
    """
    account = await session.scalar(
        select(Account)
        .where(Account.id == account_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if account is None:
        raise NotFound
    return account


async def lock_accounts(session: AsyncSession, account_ids: Collection[UUID]) -> Sequence[Account]:
    """Several people at once, always in the same order, so that no two transactions wait for each other."""
    found = await session.scalars(
        select(Account)
        .where(Account.id.in_(account_ids))
        .order_by(Account.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return found.all()


async def why_closed(session: AsyncSession, need: Need) -> Message | None:
    is_verified = await is_verified_now(session, need.organization_id)
    return rules.refuse_joining(need.state, asker_is_verified=is_verified)


async def refuse_closed(session: AsyncSession, need: Need) -> None:
    if sentence := await why_closed(session, need):
        raise Conflict(sentence)


def check_step(participation: Participation, new: State) -> None:
    if not rules.may_become(participation.state, new):
        raise Conflict(ANSWERED)


async def confirm_place(
    session: AsyncSession,
    *,
    need: Need,
    shift: Shift,
    participation: Participation,
    account: Account,
    now: datetime,
) -> None:
    """A place that was offered is counted already. For the same person: a place in each time, or in none."""
    taken = await places_in_all(session, need=need, shift=shift, participation=participation, now=now)
    for each, place in taken:
        if place.state is not State.offered:
            if each.places_free == 0:
                raise Conflict(FULL)
            each.places_taken += 1
        await question_is_settled(session, place, now)
        place.state, place.changed_at, place.expires_at = State.confirmed, now, None
    await session.flush()
    await needs.places_changed(session, need=need, now=now)
    await give_number(session, account=account, now=now)
    what = YOU_ARE_IN_ALL if need.same_person else YOU_ARE_IN
    tell_volunteer(session, account, need, shift, "confirmed", what, now)


async def end(
    session: AsyncSession,
    *,
    need: Need,
    shift: Shift,
    participation: Participation,
    state: State,
    now: datetime,
) -> None:
    """The place is free again, unless it goes back to the hold it came from.

    For the same person all that is to come ends with it.
    """
    check_step(participation, state)
    shifts = {each.id: each for each in need.shifts} | {shift.id: shift}
    for each in await ends_with(session, need=need, participation=participation, now=now):
        if each.state in TAKES_A_PLACE and not await back_to_hold(session, each, now=now):
            shifts[each.shift_id].places_taken -= 1
        await question_is_settled(session, each, now)
        each.state, each.changed_at, each.expires_at = state, now, None
    await session.flush()
    await needs.places_changed(session, need=need, now=now)
