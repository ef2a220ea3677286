"""The committee's page: the proposal, one button, and what becomes of each wave."""

import re
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.db import Database
from linli.participation.models import Participation
from linli.participation.rules import State
from linli.waves.models import Asking, AskingWithout
from linli.waves.rules import AskingState
from tests.conftest import Visitor
from tests.factories import make_account, make_member, make_need, make_organization, make_participation
from tests.linli.waves.factories import (
    DAY,
    HOUR,
    Square,
    answer,
    begin,
    make_square,
    pass_time,
    proposed,
    questions,
    waves,
)

IN_WAVES = 'name="how" value="waves"'


@pytest.fixture
async def square(session: AsyncSession, now: datetime, visitor: Visitor) -> Square:
    square = await make_square(session, now)
    await session.commit()
    await visitor.sign_in(square.officer)
    return square


async def the_asking(session: AsyncSession) -> Asking:
    return (await session.scalars(select(Asking).execution_options(populate_existing=True))).one()


async def test_the_proposal_says_what_it_brings_and_what_it_costs_and_has_one_button(
    session: AsyncSession, visitor: Visitor, square: Square, now: datetime
) -> None:
    visitor.cookies.set("linli-language", "en")
    desk = f"/needs/{square.need.id}/desk"
    page = (await visitor.get(desk)).text
    ticked = await proposed(session, square, now)
    assert f"Ask these {len(ticked)} now" in page
    assert "At least nine times out of ten all 2 free places are filled by" in page
    assert f"{len(ticked)} messages now, at most" in page
    assert page.count('class="main"') == 1
    assert IN_WAVES in page
    sent = {"shift": str(square.shift.id), "person": [str(each) for each in ticked], "how": "waves"}
    done = await visitor.submit(f"/needs/{square.need.id}/ask", sent)
    assert done.headers["location"] == f"{desk}?shift={square.shift.id}"
    page = (await visitor.get(done.headers["location"])).text
    assert "Asking goes on by itself" in page
    assert f"Wave 1 of at most 4; {len(ticked)} of at most" in page
    assert IN_WAVES not in page
    assert "Ask somebody yourself" in page


async def test_of_one_person_for_all_times_the_proposal_says_what_a_yes_means(
    session: AsyncSession, visitor: Visitor, square: Square
) -> None:
    visitor.cookies.set("linli-language", "en")
    desk, meaning = f"/needs/{square.need.id}/desk", "Whoever says yes comes to all of the times."
    assert meaning not in (await visitor.get(desk)).text
    square.need.same_person = True
    await session.commit()
    assert meaning in (await visitor.get(desk)).text


async def test_the_officer_reads_how_many_of_them_were_asked_lately(
    session: AsyncSession, visitor: Visitor, square: Square, now: datetime
) -> None:
    visitor.cookies.set("linli-language", "en")
    desk = f"/needs/{square.need.id}/desk"
    assert "None of them has been asked anything in the last seven days." in (await visitor.get(desk)).text
    elsewhere = await make_need(session, starts_at=now + 20 * DAY)
    for person in square.people:
        await make_participation(session, elsewhere.shifts[0], person, State.invited, asked_at=now - 2 * DAY)
    await session.commit()
    ticked = await proposed(session, square, now)
    assert f"{len(ticked)} of them have been asked in the last seven days" in (await visitor.get(desk)).text


async def test_whoever_is_taken_off_the_proposal_is_noted_and_nobody_else(
    session: AsyncSession, visitor: Visitor, square: Square, now: datetime
) -> None:
    page = (await visitor.get(f"/needs/{square.need.id}/desk")).text
    shown = re.findall(r'name="proposed" value="([0-9a-f-]+)"', page)
    assert shown == [str(each) for each in await proposed(session, square, now)]
    sent = {"shift": str(square.shift.id), "person": shown[1:], "proposed": [*shown, "x"], "how": "waves"}
    assert (await visitor.submit(f"/needs/{square.need.id}/ask", sent)).status_code == 303
    left_out = await session.scalars(select(AskingWithout.account_id))
    assert [str(each) for each in left_out] == shown[:1]


async def test_where_enough_were_asked_by_hand_the_waves_can_follow_their_answers(
    database: Database, session: AsyncSession, visitor: Visitor, square: Square, now: datetime
) -> None:
    for person in square.people[:12]:
        await make_participation(
            session,
            square.shift,
            person,
            State.invited,
            asked_at=now,
            expires_at=now + 2 * DAY,
        )
    await session.commit()
    desk = f"/needs/{square.need.id}/desk"
    page = (await visitor.get(desk)).text
    assert "现在邀请的人已经够了" in page
    assert 'name="proposed"' not in page
    sent = {"shift": str(square.shift.id), "how": "waves"}
    assert (await visitor.submit(f"/needs/{square.need.id}/ask", sent)).status_code == 303
    assert "第一轮" in (await visitor.get(desk)).text
    asking = await pass_time(database, session, await the_asking(session), now + HOUR)
    assert await waves(session, asking) == 0
    asked = await session.scalars(select(Participation).where(Participation.shift_id == square.shift.id))
    await answer(session, asked.all(), State.declined, now + HOUR)
    await pass_time(database, session, asking, now + HOUR)
    assert await waves(session, asking) == 1


async def test_where_everybody_has_had_their_question_today_the_waves_begin_tomorrow(
    database: Database, session: AsyncSession, visitor: Visitor, square: Square, now: datetime
) -> None:
    other = await make_need(session, starts_at=now + 20 * DAY, shifts=30)
    for n, person in enumerate(square.people):
        await make_participation(session, other.shifts[n], person, State.declined, asked_at=now)
    await session.commit()
    assert "今天没有人可以邀请" in (await visitor.get(f"/needs/{square.need.id}/desk")).text
    sent = {"shift": str(square.shift.id), "how": "waves"}
    assert (await visitor.submit(f"/needs/{square.need.id}/ask", sent)).status_code == 303
    asking = await pass_time(database, session, await the_asking(session), now + HOUR)
    assert (asking.state, await waves(session, asking)) == (AskingState.going, 0)
    await pass_time(database, session, asking, now + DAY + HOUR)
    assert await waves(session, asking) == 1


@pytest.mark.parametrize("how", ["waves", "by_hand"])
async def test_with_everybody_taken_off_nobody_is_asked(
    session: AsyncSession, visitor: Visitor, square: Square, now: datetime, how: str
) -> None:
    shown = [str(each) for each in await proposed(session, square, now)]
    sent = {"shift": str(square.shift.id), "proposed": shown, "how": how}
    assert (await visitor.submit(f"/needs/{square.need.id}/ask", sent)).status_code == 422
    assert (await session.scalars(select(Asking))).all() == []


async def test_the_officer_holds_it_lets_it_go_on_and_ends_it(
    session: AsyncSession, visitor: Visitor, square: Square, now: datetime
) -> None:
    await begin(session, square, now)
    for act, state, shown in (
        ("hold", AskingState.held, "继续自动邀请"),
        ("go-on", AskingState.going, "暂停"),
        ("end", AskingState.ended, "已由贵组织结束"),
    ):
        asking = await the_asking(session)
        done = await visitor.submit(f"/needs/{square.need.id}/asking/{asking.id}/{act}")
        assert done.status_code == 303
        assert (await the_asking(session)).state is state
        assert shown in (await visitor.get(done.headers["location"])).text
    again = await visitor.submit(f"/needs/{square.need.id}/asking/{asking.id}/hold")
    assert again.status_code == 409


async def test_each_wave_shows_whom_it_asked_and_what_became_of_them_and_no_full_name_before_a_yes(
    database: Database, session: AsyncSession, visitor: Visitor, square: Square, now: datetime
) -> None:
    asking = await begin(session, square, now)
    first, second, *_ = await questions(session, asking)
    await answer(session, [first], State.confirmed, now + HOUR)
    await answer(session, [second], State.declined, now + HOUR)
    await pass_time(database, session, asking, now + DAY)
    page = (await visitor.get(f"/needs/{square.need.id}/desk")).text
    shown = page.split('class="plain waves"')[1].split("</ol>")[0]
    assert "第 2 轮" in shown
    assert "第 1 轮" in shown
    names = {each.id: each.name for each in square.people}
    assert names[first.account_id] in shown
    assert names[second.account_id] not in shown
    assert "已婉拒" in shown


async def test_another_organization_finds_no_asking(
    session: AsyncSession, visitor: Visitor, square: Square, now: datetime
) -> None:
    asking = await begin(session, square, now)
    other = await make_member(session, await make_organization(session))
    stranger = await make_account(session)
    await session.commit()
    for who in (other, stranger):
        visitor.cookies.clear()
        await visitor.sign_in(who)
        for act in ("hold", "go-on", "end"):
            path = f"/needs/{square.need.id}/asking/{asking.id}/{act}"
            assert (await visitor.submit(path)).status_code == 404
    assert (await the_asking(session)).state is AskingState.going


async def test_an_asking_of_another_need_is_not_found(
    session: AsyncSession, visitor: Visitor, square: Square, now: datetime
) -> None:
    elsewhere = await make_square(session, now, helpers=3)
    asking = await begin(session, elsewhere, now)
    path = f"/needs/{square.need.id}/asking/{asking.id}/end"
    assert (await visitor.submit(path)).status_code == 404


async def test_shortly_before_a_shift_one_asks_by_hand(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    square = await make_square(session, now, ahead=3 * HOUR)
    await session.commit()
    await visitor.sign_in(square.officer)
    page = (await visitor.get(f"/needs/{square.need.id}/desk")).text
    assert 'name="person"' in page
    assert IN_WAVES not in page
