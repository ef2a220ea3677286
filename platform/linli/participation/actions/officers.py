"""Deciding about offers, taking back, calling off: what officers do."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.errors import Conflict
from linli.core.i18n import Message
from linli.needs import actions as needs
from linli.needs import queries as need_queries
from linli.needs.models import Need
from linli.participation import queries, rules
from linli.participation.actions.holds import end_holds_of
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
    NOT_CHOSEN,
    PLACE_CANCELLED,
    note_change,
    question_is_settled,
    tell_friends,
    tell_volunteer,
)
from linli.participation.fitness import obstacles
from linli.participation.models import Participation
from linli.participation.rules import State


async def confirm_application(
    session: AsyncSession, *, participation: Participation, officer_id: UUID, now: datetime
) -> Participation:
    """The officer says yes to an application; friends who offered to come as one are confirmed as one."""
    need, shift = await locked(session, participation.shift_id)
    await session.refresh(participation)
    if participation.state is State.confirmed:
        return participation
    check_step(participation, State.confirmed)
    if participation.state is not State.applied:
        raise Conflict(Message("Only the volunteer can answer an invitation."))
    await refuse_closed(session, need)
    together = await queries.applied_together(session, participation)
    accounts = [await lock_account(session, each.account_id) for each in together]
    if len(together) > max(shift.places_free, 1):
        raise Conflict(
            Message(
                "They come together as {size}, and only {free} places are free.",
                size=len(together),
                free=shift.places_free,
            )
        )
    for account in accounts:
        if found := await obstacles(session, need=need, shift=shift, account=account, now=now):
            raise Conflict(Message("They cannot come: {reason}", reason=found[0].told_to_officers))
    for each, account in zip(together, accounts, strict=True):
        await confirm_place(session, need=need, shift=shift, participation=each, account=account, now=now)
        note_change(session, "confirm_application", each, need, officer_id, now)
    return participation


async def refuse_application(
    session: AsyncSession,
    *,
    participation: Participation,
    officer_id: UUID,
    now: datetime,
    alone: bool = False,
) -> Participation:
    """Friends who offered to come as one are declined as one, unless only this one is meant."""
    need, shift = await locked(session, participation.shift_id)
    await session.refresh(participation)
    if participation.state is State.refused:
        return participation
    check_step(participation, State.refused)
    together = [participation] if alone else await queries.applied_together(session, participation)
    for each in together:
        account = await lock_account(session, each.account_id)
        await end(session, need=need, shift=shift, participation=each, state=State.refused, now=now)
        tell_volunteer(session, account, need, shift, "refused", NOT_CHOSEN, now)
        note_change(session, "refuse_application", each, need, officer_id, now)
    if alone:
        await tell_friends(session, participation, need, shift, now)
    return participation


async def cancel_participation(
    session: AsyncSession, *, participation: Participation, officer_id: UUID, now: datetime
) -> Participation:
    """The committee takes back an invitation or a confirmed place, and says so."""
    need, shift, participation, account = await locked_participation(session, participation)
    if participation.state is State.cancelled:
        return participation
    had_not_left = await question_is_settled(session, participation, now)
    await end(session, need=need, shift=shift, participation=participation, state=State.cancelled, now=now)
    if not had_not_left:
        tell_volunteer(session, account, need, shift, "cancelled", PLACE_CANCELLED, now)
    await tell_friends(session, participation, need, shift, now)
    note_change(session, "cancel_participation", participation, need, officer_id, now)
    return participation


async def cancel_need(
    session: AsyncSession, *, need_id: UUID, reason: str, account_id: UUID, now: datetime
) -> Need:
    """Call the whole need off and tell everybody who was asked or had said yes."""
    need = await need_queries.find_need(session, need_id, lock=True)
    await call_off(session, need=need, reason=reason, account_id=account_id, now=now)
    return need


async def call_off(
    session: AsyncSession, *, need: Need, reason: str | Message, account_id: UUID | None, now: datetime
) -> None:
    """The need is locked. A sentence of ours is kept in the need's language, and told in each reader's."""
    kept = reason.in_language(need.language) if isinstance(reason, Message) else reason
    await needs.end_by_cancelling(session, need=need, reason=kept, account_id=account_id, now=now)
    for entry in await queries.roster(session, need_id=need.id, states=rules.OPEN, limit=5000):
        had_not_left = await question_is_settled(session, entry.participation, now)
        entry.participation.state, entry.participation.changed_at = State.cancelled, now
        sentence = Message(
            "“{title}” on {start} has been called off: {reason}",
            title=need.title,
            start=entry.shift.starts_at,
            reason=reason,
        )
        if not had_not_left:
            tell_volunteer(session, entry.account, need, entry.shift, "need_cancelled", sentence, now)
    await end_holds_of(session, need, now=now)
    for shift in need.shifts:
        shift.places_taken = 0
    await session.flush()
