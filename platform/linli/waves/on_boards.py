"""Where the askings of many needs stand, in a few words each: for the board of an organization."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.i18n import Message, counted
from linli.needs.models import Need, Shift
from linli.waves import rules
from linli.waves.models import Asking
from linli.waves.queries import Sent, may_go_on, sent_by
from linli.waves.rules import AskingState

HELD: Final = Message("Asking by itself is held")
RESTS: Final = Message("Asking by itself rests: please look")


async def waves_of_needs(session: AsyncSession, need_ids: Sequence[UUID]) -> Mapping[UUID, Message]:
    """In two queries. Of several times of a need the one that something happens to first speaks for all."""
    rows = await session.execute(
        select(Asking, Shift, may_go_on())
        .join(Need, Need.id == Asking.need_id)
        .join(Shift, Shift.id == Asking.shift_id)
        .where(Asking.need_id.in_(need_ids), Asking.state.in_((AskingState.going, AskingState.held)))
        .order_by(Asking.state == AskingState.held, Asking.next_at, Asking.id)
    )
    found = [(row[0], row[1], bool(row[2])) for row in rows]
    if not found:
        return {}
    sent = await sent_by(session, [asking.id for asking, _, _ in found])
    said: dict[UUID, list[Message]] = {}
    for asking, shift, goes_on in found:
        said.setdefault(asking.need_id, []).append(
            _standing(asking, shift, sent.get(asking.id, Sent()), goes_on=goes_on)
        )
    return {need_id: _together(each) for need_id, each in said.items()}


def _together(sentences: Sequence[Message]) -> Message:
    first, *others = sentences
    if not others:
        return first
    return counted(
        len(others), "{first}; and for one more time", "{first}; and for {n} more times", first=first
    )


def _standing(asking: Asking, shift: Shift, sent: Sent, *, goes_on: bool) -> Message:
    if asking.state is AskingState.held:
        return HELD
    if not goes_on:
        return RESTS
    planned = sent.waves - sent.waves_since + rules.planned_waves(asking.going_since, shift.starts_at)
    if sent.waves == 0:
        return Message("First wave {at}", at=asking.next_at)
    if not asking.waits_for_answers:
        return Message("Nobody else can be asked now; we look again {at}", at=asking.next_at)
    if sent.waves >= planned:
        return Message("Last wave is out; answers until {at}", at=asking.next_at)
    return Message(
        "Wave {wave} of at most {planned} is out; the next {at}",
        wave=sent.waves,
        planned=planned,
        at=asking.next_at,
    )
