"""Asking in waves at the desk that most people look at first: one need in its second wave, one held."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.errors import Conflict
from linli.demo.asking_teams import Asker
from linli.needs.models import Shift
from linli.participation import actions as participation
from linli.suggestions.actions import refresh_need
from linli.suggestions.queries import answer_for_shift
from linli.waves import actions
from linli.waves.due import Due
from linli.waves.models import Asking
from linli.waves.queries import open_questions

LEAST_AHEAD: Final = timedelta(days=5)
A_DAY: Final = timedelta(days=1)
SHOWN: Final = 2
LEAVES_FREE: Final = 2

# By account and need.
SaysYes = Callable[[UUID, UUID], bool]


async def ask_in_waves(
    session: AsyncSession,
    askers: Sequence[Asker],
    *,
    evening: datetime,
    without: Sequence[UUID],
    says_yes: SaysYes,
) -> None:
    """`evening` is the last on which something happens; who signs in has enough to answer already."""
    begun: list[Asking] = []
    for asker in askers:
        if len(begun) < SHOWN:
            asking = await _begin(session, asker, at=evening - A_DAY, without=set(without))
            begun += [asking] if asking else []
    for n, asking in enumerate(begun):
        await _answer(session, asking, evening - timedelta(hours=3), says_yes)
        if n == 0:
            due = Due(asking.id, asking.need_id)
            await actions.look_after(session, due=due, now=evening + timedelta(minutes=30))
        elif asking.begun_by_id:
            await actions.hold(session, asking=asking, officer_id=asking.begun_by_id, now=evening)


async def _begin(session: AsyncSession, asker: Asker, *, at: datetime, without: set[UUID]) -> Asking | None:
    """The first time with a free place, far enough ahead for more than one wave."""
    shift = next((each for each in asker.need.shifts if _suits(each, at)), None)
    if shift is None:
        return None
    await refresh_need(session, need_id=asker.need.id, now=at)
    left = actions.first_left(shift, now=at)
    answer = await answer_for_shift(session, need=asker.need, shift=shift, now=at, left=left)
    proposed = [each.account_id for each in answer.proposed] if answer else []
    try:
        async with session.begin_nested():
            return await actions.begin(
                session,
                need_id=asker.need.id,
                shift_id=shift.id,
                account_ids=[each for each in proposed if each not in without],
                proposed_ids=[*proposed, *without],
                officer_id=asker.officer.id,
                now=at,
            )
    except Conflict:  # nobody can be asked for this one
        return None


def _suits(shift: Shift, at: datetime) -> bool:
    return shift.places_free > 0 and shift.starts_at - at > LEAST_AHEAD


async def _answer(session: AsyncSession, asking: Asking, at: datetime, says_yes: SaysYes) -> None:
    """All but one of the first wave say what they want, and leave places free: so a second can go out."""
    for question in (await open_questions(session, asking.id))[1:]:
        wants = says_yes(question.account_id, asking.need_id)
        has_room = wants and (await session.get_one(Shift, asking.shift_id)).places_free > LEAVES_FREE
        answer = participation.accept if has_room else participation.decline
        await answer(session, participation=question, account_id=question.account_id, now=at)
