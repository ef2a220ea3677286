"""Asking, answering and naming through the browser's door, in both languages."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.audit import AuditEntry
from linli.dispatch import candidates, queries
from linli.dispatch.models import Dispatch
from linli.dispatch.rules import DispatchState
from linli.participation.models import Participation
from linli.participation.rules import State
from tests.conftest import Visitor
from tests.factories import make_account, make_need, make_participation
from tests.linli.dispatch.factories import make_dispatch
from tests.linli.dispatch.ledger import expect_honest
from tests.linli.dispatch.meeting import Meeting, make_meeting


@pytest.fixture
async def meeting(session: AsyncSession, now: datetime) -> Meeting:
    return await make_meeting(session, now)


async def only_dispatch(session: AsyncSession) -> Dispatch:
    return (await session.scalars(select(Dispatch).execution_options(populate_existing=True))).one()


async def test_from_the_question_to_a_confirmed_place(
    session: AsyncSession, visitor: Visitor, another_visitor: Visitor, meeting: Meeting
) -> None:
    await visitor.sign_in(meeting.officer)
    page = await visitor.get(f"/teams/{meeting.team.id}/ask-for-help")
    asking = f"/needs/{meeting.need.id}/dispatch/team/{meeting.team.id}"
    assert asking in page.text
    sent = {"shift": str(meeting.shift.id), "places": "2", "note": "请穿防滑鞋。"}
    assert (await visitor.submit(asking, sent)).headers["location"] == f"/needs/{meeting.need.id}/dispatch"
    dispatch = await only_dispatch(session)

    await another_visitor.sign_in(meeting.leader)
    page = await another_visitor.get(f"/teams/{meeting.team.id}/dispatch")
    assert f"/dispatch/{dispatch.id}" in page.text
    page = await another_visitor.get(f"/dispatch/{dispatch.id}")
    assert "请穿防滑鞋。" in page.text
    for private in ("幸福路 8 号 2 栋 301", "13900000000", "赵奶奶"):
        assert private not in page.text
    await another_visitor.submit(f"/dispatch/{dispatch.id}/accept", {"places": "2"})
    page = await another_visitor.get(f"/dispatch/{dispatch.id}")
    assert meeting.members[0].name in page.text
    assert str(meeting.members[0].mobile) not in page.text
    named = {"person": [str(each.id) for each in meeting.members[:2]]}
    await another_visitor.submit(f"/dispatch/{dispatch.id}/name", named)
    assert await expect_honest(session, meeting.shift.id) == 2

    await another_visitor.sign_in(meeting.members[0])
    page = await another_visitor.get("/commitments")
    own = await session.scalar(
        select(Participation.id).where(Participation.account_id == meeting.members[0].id)
    )
    assert f"/participations/{own}/accept" in page.text
    answer = await another_visitor.submit(f"/participations/{own}/accept")
    assert answer.headers["location"] == f"/participations/{own}"
    page = await visitor.get(f"/needs/{meeting.need.id}/dispatch")
    assert "1人会来" in page.text
    assert await expect_honest(session, meeting.shift.id) == 2


async def test_fewer_are_free_by_now_the_page_says_how_many_and_asks_again(
    session: AsyncSession, visitor: Visitor, meeting: Meeting
) -> None:
    dispatch = await make_dispatch(session, meeting.shift, meeting.team, places=3)
    await make_participation(session, meeting.shift, await make_account(session), State.confirmed)
    await visitor.sign_in(meeting.leader)
    visitor.cookies.set("linli-language", "en")
    answer = await visitor.submit(f"/dispatch/{dispatch.id}/accept", {"places": "3"})
    assert answer.status_code == 409
    assert "Only 2 places are free now. You can say yes to 2." in answer.text
    assert 'value="2"' in answer.text
    assert (await visitor.submit(f"/dispatch/{dispatch.id}/accept", {"places": "2"})).status_code == 303
    assert await expect_honest(session, meeting.shift.id) == 3


@pytest.mark.parametrize("places", ["", "0", "-1", "many", "9" * 30])
async def test_what_is_no_number_gets_a_sentence_and_is_kept(
    session: AsyncSession, visitor: Visitor, meeting: Meeting, places: str
) -> None:
    await visitor.sign_in(meeting.officer)
    asking = f"/needs/{meeting.need.id}/dispatch/team/{meeting.team.id}"
    answer = await visitor.submit(asking, {"shift": str(meeting.shift.id), "places": places, "note": "谢谢"})
    assert answer.status_code == 422
    assert 'id="field-places-error"' in answer.text
    assert "谢谢" in answer.text
    dispatch = await make_dispatch(session, meeting.shift, meeting.team)
    await visitor.sign_in(meeting.leader)
    answer = await visitor.submit(f"/dispatch/{dispatch.id}/accept", {"places": places})
    assert answer.status_code == 422
    assert dispatch.state is DispatchState.asked


async def test_a_refused_question_keeps_what_was_typed(
    session: AsyncSession, visitor: Visitor, meeting: Meeting
) -> None:
    await make_dispatch(session, meeting.shift, meeting.team)
    await visitor.sign_in(meeting.officer)
    asking = f"/needs/{meeting.need.id}/dispatch/team/{meeting.team.id}"
    answer = await visitor.submit(asking, {"shift": str(meeting.shift.id), "places": "1", "note": "请早到"})
    assert answer.status_code == 409
    assert "请早到" in answer.text
    page = await visitor.get(asking)
    assert f'action="{asking}"' not in page.text


async def test_a_time_that_is_gone_or_of_another_need_is_said_at_the_field_and_the_words_stay(
    session: AsyncSession, visitor: Visitor, meeting: Meeting, now: datetime
) -> None:
    other = await make_meeting(session, now)
    await visitor.sign_in(meeting.officer)
    asking = f"/needs/{meeting.need.id}/dispatch/team/{meeting.team.id}"
    sent = {"shift": str(other.shift.id), "places": "1", "note": "请早到"}
    answer = await visitor.submit(asking, sent)
    assert answer.status_code == 422
    for part in ('id="field-shift-error"', "这个时间已经没有了", "请早到"):
        assert part in answer.text


async def test_an_organization_is_asked_and_hands_it_to_a_team(
    session: AsyncSession, visitor: Visitor, another_visitor: Visitor, meeting: Meeting
) -> None:
    dispatch = await make_dispatch(session, meeting.shift, meeting.charity)
    await another_visitor.sign_in(meeting.leader)
    assert (await another_visitor.get(f"/dispatch/{dispatch.id}")).status_code == 404
    await visitor.sign_in(meeting.coordinator)
    page = await visitor.get(f"/organizations/{meeting.charity.id}/dispatch")
    assert f"/dispatch/{dispatch.id}" in page.text
    await visitor.submit(f"/dispatch/{dispatch.id}/accept", {"places": "1"})
    answer = await visitor.submit(f"/dispatch/{dispatch.id}/hand-on", {"team": str(meeting.team.id)})
    assert answer.status_code == 303
    page = await another_visitor.get(f"/dispatch/{dispatch.id}")
    assert f"/dispatch/{dispatch.id}/name" in page.text
    assert f"/dispatch/{dispatch.id}/release" not in page.text
    assert (await another_visitor.submit(f"/dispatch/{dispatch.id}/release")).status_code == 403


async def test_the_feed_opens_for_a_members_link_only_and_names_nobody(
    session: AsyncSession, visitor: Visitor, meeting: Meeting, app: object
) -> None:
    await make_dispatch(session, meeting.shift, meeting.team, DispatchState.accepted)
    await visitor.sign_in(meeting.members[0])
    page = await visitor.get(f"/teams/{meeting.team.id}/calendar")
    assert meeting.need.title in page.text
    feed = page.text.split('href="http')[1].split('"')[0].partition("/team-calendar/")[2]
    answer = await visitor.get(f"/team-calendar/{feed}")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "BEGIN:VEVENT" in answer.text
    for private in ("幸福路", "13900000000", "赵奶奶", meeting.leader.name, meeting.members[0].name):
        assert private not in answer.text
    assert (await visitor.get(f"/team-calendar/{'0' * 32}{feed[32:]}")).status_code == 404
    renewed = await visitor.submit(f"/teams/{meeting.team.id}/calendar/renew")
    assert renewed.headers["location"] == f"/teams/{meeting.team.id}/calendar"
    noted = select(AuditEntry.actor_id).where(AuditEntry.action == "renew_calendar_link")
    assert (await session.scalars(noted)).all() == [meeting.members[0].id]
    assert (await visitor.get(f"/team-calendar/{feed}")).status_code == 404
    page = await visitor.get(f"/teams/{meeting.team.id}/calendar")
    feed = page.text.split('href="http')[1].split('"')[0].partition("/team-calendar/")[2]
    assert (await visitor.get(f"/team-calendar/{feed}")).status_code == 200
    assert (await visitor.get("/team-calendar/%F0%9F%92%A5.ics")).status_code == 404
    await visitor.submit(f"/teams/{meeting.team.id}/leave")
    assert (await visitor.get(f"/team-calendar/{feed}")).status_code == 404


async def test_a_page_of_a_dispatch_asks_the_database_as_often_however_many_members_there_are(
    session: AsyncSession, visitor: Visitor, meeting: Meeting, statements: list[str]
) -> None:
    dispatch = await make_dispatch(session, meeting.shift, meeting.team, DispatchState.accepted)
    await visitor.sign_in(meeting.leader)
    await visitor.get(f"/dispatch/{dispatch.id}")
    statements.clear()
    await visitor.get(f"/dispatch/{dispatch.id}")
    few = len(statements)
    again = await make_meeting(session, meeting.shift.starts_at - timedelta(days=7), members=40)
    bigger = await make_dispatch(session, again.shift, again.team, DispatchState.accepted)
    await visitor.sign_in(again.leader)
    await visitor.get(f"/dispatch/{bigger.id}")
    statements.clear()
    await visitor.get(f"/dispatch/{bigger.id}")
    assert len(statements) == few


async def test_lists_go_on_behind_the_first_page_with_what_waits_on_top(
    session: AsyncSession, visitor: Visitor, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    titles = ["先办完的", "接下的", "还没答复的"]
    states = (DispatchState.declined, DispatchState.accepted, DispatchState.asked)
    for title, state in zip(titles, states, strict=True):
        need = await make_need(session, title=title)
        await make_dispatch(session, need.shifts[0], meeting.team, state)
    for reader, path in (
        (meeting.leader, f"/teams/{meeting.team.id}/dispatch"),
        (meeting.coordinator, f"/organizations/{meeting.charity.id}/dispatch"),
    ):
        await visitor.sign_in(reader)
        first = (await visitor.get(path)).text
        assert [title in first for title in titles] == [False, True, True]
        link = first.split('rel="next" href="')[1].split('"')[0]
        second = (await visitor.get(link)).text
        assert [title in second for title in titles] == [True, False, False]
        assert 'rel="next"' not in second


async def test_a_large_team_is_named_from_page_by_page(
    session: AsyncSession, visitor: Visitor, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "PAGE_SIZE", 3)
    dispatch = await make_dispatch(session, meeting.shift, meeting.team, DispatchState.accepted)
    await visitor.sign_in(meeting.leader)
    seen: list[str] = []
    link = f"/dispatch/{dispatch.id}"
    for _ in range(2):
        page = (await visitor.get(link)).text
        seen += re.findall(r'name="person" value="([^"]+)"', page)
        link = (re.findall(r'rel="next" href="([^"]+)"', page) or [""])[0]
    everybody = [meeting.leader, meeting.deputy, *meeting.members]
    assert sorted(seen) == sorted(str(each.id) for each in everybody)
    assert link == ""
