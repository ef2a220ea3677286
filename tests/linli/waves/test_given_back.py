"""Once filled the waves stand still; a place that is given back in time sets them going again."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.db import Database
from linli.notifications.models import Notice
from linli.participation import actions as participation
from linli.participation.models import Participation
from linli.participation.rules import State
from linli.waves import actions
from linli.waves.due import is_due
from linli.waves.models import Asking
from linli.waves.queries import courses_of
from linli.waves.rules import AskingState, Ending
from tests.conftest import Visitor
from tests.factories import make_account, make_participation
from tests.linli.waves.factories import (
    DAY,
    HOUR,
    Square,
    answer,
    begin,
    make_square,
    pass_time,
    questions,
    waves,
)


async def filled(
    database: Database, session: AsyncSession, square: Square, now: datetime
) -> tuple[Asking, Participation]:
    """All places are taken after an hour; one who said yes."""
    asking = await begin(session, square, now)
    asked = await questions(session, asking)
    await answer(session, asked[: square.shift.places], State.confirmed, now + HOUR)
    await pass_time(database, session, asking, now + HOUR)
    assert asking.state is AskingState.filled
    return asking, asked[0]


async def give_back(session: AsyncSession, place: Participation, now: datetime) -> None:
    await participation.withdraw(session, participation=place, account_id=place.account_id, now=now)


async def test_a_place_given_back_is_asked_for_again_in_a_wave_with_the_next_number(
    database: Database, session: AsyncSession, square: Square, now: datetime
) -> None:
    asking, place = await filled(database, session, square, now)
    first = {each.account_id for each in await questions(session, asking)}
    await give_back(session, place, now + DAY)
    await pass_time(database, session, asking, now + DAY)
    assert (asking.state, asking.going_since) == (AskingState.going, now + DAY)
    second = await questions(session, asking, 2)
    assert second
    assert not {each.account_id for each in second} & first
    [course] = await courses_of(session, shift=square.shift)
    # One wave before, and four from now on.
    assert (len(course.waves), course.planned) == (2, 5)
    await answer(session, second[:1], State.confirmed, now + DAY + HOUR)
    await pass_time(database, session, asking, now + DAY + HOUR)
    assert asking.state is AskingState.filled


async def test_with_the_giving_back_it_is_due_and_without_it_it_is_not(
    database: Database, session: AsyncSession, square: Square, now: datetime
) -> None:
    asking, place = await filled(database, session, square, now)
    assert not await is_due(session, asking.id, now=now + DAY)
    async with session.begin_nested() as step:
        await give_back(session, place, now + DAY)
        assert await is_due(session, asking.id, now=now + DAY)
        await step.rollback()
    assert not await is_due(session, asking.id, now=now + DAY)


async def test_at_night_it_waits_for_the_morning(
    database: Database, session: AsyncSession, square: Square, now: datetime
) -> None:
    asking, place = await filled(database, session, square, now)
    evening = now + 12 * HOUR
    await give_back(session, place, evening)
    await pass_time(database, session, asking, evening)
    assert await waves(session, asking) == 1
    await pass_time(database, session, asking, now + 22 * HOUR)
    assert await waves(session, asking) == 2


@pytest.mark.parametrize("how", ["ended", "held"])
async def test_what_an_officer_ended_or_held_stays_so(
    database: Database, session: AsyncSession, square: Square, now: datetime, how: str
) -> None:
    asking, place = await filled(database, session, square, now)
    act = actions.end if how == "ended" else actions.hold
    await act(session, asking=asking, officer_id=square.officer.id, now=now + 2 * HOUR)
    await give_back(session, place, now + DAY)
    await pass_time(database, session, asking, now + DAY)
    await pass_time(database, session, asking, now + 2 * DAY)
    assert await waves(session, asking) == 1
    assert asking.state is AskingState(how)


async def test_when_there_is_no_time_left_it_has_ended_as_filled(
    database: Database, session: AsyncSession, now: datetime
) -> None:
    square = await make_square(session, now, ahead=30 * HOUR)
    asking, place = await filled(database, session, square, now)
    late = now + 26 * HOUR + timedelta(minutes=1)
    await pass_time(database, session, asking, late)
    assert (asking.state, asking.ended_because) == (AskingState.ended, Ending.filled)
    await give_back(session, place, late)
    await pass_time(database, session, asking, late)
    assert await waves(session, asking) == 1


async def test_more_messages_than_were_promised_are_not_sent_and_the_officers_look_themselves(
    database: Database, session: AsyncSession, square: Square, now: datetime
) -> None:
    asking, place = await filled(database, session, square, now)
    asking.most_messages = len(await questions(session, asking))
    await give_back(session, place, now + DAY)
    await pass_time(database, session, asking, now + DAY)
    assert asking.ended_because is Ending.all_asked
    assert await waves(session, asking) == 1
    events = await session.scalars(select(Notice.event).where(Notice.account_id == square.officer.id))
    assert "waves_are_out" in events.all()


async def test_whoever_gave_the_place_back_is_not_asked_for_it(
    database: Database, session: AsyncSession, now: datetime
) -> None:
    square = await make_square(session, now, helpers=3, places=1)
    asking, place = await filled(database, session, square, now)
    await give_back(session, place, now + DAY)
    for days in range(1, 6):
        await pass_time(database, session, asking, now + days * DAY)
    asked = [each.account_id for each in await questions(session, asking)]
    assert asked.count(place.account_id) == 1


async def test_the_page_says_that_it_stands_still_and_lets_the_officer_end_it(
    database: Database, session: AsyncSession, visitor: Visitor, square: Square, now: datetime
) -> None:
    asking, place = await filled(database, session, square, now)
    await visitor.sign_in(square.officer)
    desk = f"/needs/{square.need.id}/desk"
    page = (await visitor.get(desk)).text
    assert "名额已全部招满" in page
    assert "如有人退出，系统会自动邀请下一批人" in page
    assert f"/asking/{asking.id}/hold" not in page
    assert f"/asking/{asking.id}/end" in page
    await give_back(session, place, now)
    await session.commit()
    assert "有人退出了" in (await visitor.get(desk)).text
    await make_participation(session, square.shift, await make_account(session), State.confirmed)
    await session.commit()
    assert (await visitor.submit(f"/needs/{square.need.id}/asking/{asking.id}/end")).status_code == 303
    await session.refresh(asking)
    assert asking.ended_because is Ending.officer
