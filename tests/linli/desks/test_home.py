"""A volunteer's own page: short, with what waits for an answer on top."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.conversations.models import Conversation
from linli.participation.rules import State
from linli.teams.rules import MemberState, TeamRole
from tests.conftest import NOW, Visitor
from tests.factories import make_need, make_participation, make_team, make_team_member
from tests.linli.desks.waiting import headings, rows
from tests.linli.suggestions.factories import make_helper


@pytest.fixture
async def volunteer(session: AsyncSession, visitor: Visitor) -> Account:
    volunteer = await make_helper(session)
    await visitor.sign_in(volunteer)
    visitor.cookies.set("linli-language", "en")
    return volunteer


async def home(visitor: Visitor, query: str = "") -> str:
    page = await visitor.get(f"/home{query}")
    assert page.status_code == 200
    return page.text


@pytest.mark.parametrize("order", ["", "order=newest"])
async def test_three_needs_stand_first_and_all_are_one_tap_away(
    session: AsyncSession, visitor: Visitor, volunteer: Account, order: str
) -> None:
    for n in range(5):
        await make_need(session, title=f"需求{n}")
    page = await home(visitor, f"?{order}")
    assert sum(f"需求{n}" in page for n in range(5)) == 3
    more = "/home?show=all" + (f"&amp;{order}" if order else "")
    assert f'href="{more}"' in page
    everything = await home(visitor, more.removeprefix("/home").replace("&amp;", "&"))
    assert all(f"需求{n}" in everything for n in range(5))
    assert 'href="/home?show=all' not in everything


async def test_an_invitation_is_answered_here_and_of_promises_the_next_is_shown(
    session: AsyncSession, visitor: Visitor, volunteer: Account
) -> None:
    for title, days, state in (
        ("邀请的", 3, State.invited),
        ("后去的", 9, State.confirmed),
        ("先去的", 2, State.confirmed),
    ):
        need = await make_need(session, title=title, starts_at=NOW + timedelta(days=days))
        found = await make_participation(session, need.shifts[0], volunteer, state)
        if state is State.invited:
            invited = found
    page = await home(visitor)
    assert headings(page)[:2] == ["You are asked 1", "Next, you have promised 2"]
    assert f'action="/participations/{invited.id}/accept"' in page
    assert "先去的" in page
    assert "后去的" not in page
    assert 'href="/commitments"' in page


async def test_what_was_offered_and_not_decided_is_counted(
    session: AsyncSession, visitor: Visitor, volunteer: Account
) -> None:
    need = await make_need(session)
    await make_participation(session, need.shifts[0], volunteer, State.applied)
    assert headings(await home(visitor))[0] == "You have offered 1"


async def test_an_answer_stands_here_until_it_is_read(
    session: AsyncSession, visitor: Visitor, volunteer: Account
) -> None:
    need = await make_need(session, title="问过的")
    conversation = Conversation(
        need_id=need.id,
        account_id=volunteer.id,
        created_at=NOW - timedelta(hours=2),
        written_at=NOW - timedelta(hours=1),
        asked_at=NOW - timedelta(hours=2),
        answered_at=NOW - timedelta(hours=1),
    )
    session.add(conversation)
    await session.flush()
    path = f"/conversations/{conversation.id}"
    assert [url for _, url in rows(await home(visitor))] == [path]
    assert (await visitor.get(path)).status_code == 200
    assert rows(await home(visitor)) == []


async def test_ones_teams_say_how_one_stands_and_lead_on(
    session: AsyncSession, visitor: Visitor, volunteer: Account
) -> None:
    led, joined, inviting = [await make_team(session, name=f"{n}队") for n in "甲乙丙"]
    await make_team_member(session, led, volunteer, TeamRole.deputy)
    await make_team_member(session, led, state=MemberState.asked)
    await make_team_member(session, joined, volunteer)
    await make_team_member(session, joined, state=MemberState.asked)
    await make_team_member(session, inviting, volunteer, state=MemberState.invited)
    found = {url: said for said, url in rows(await home(visitor))}
    assert found == {
        f"/teams/{led.id}/desk": "甲队 Deputy leader 1 person waits for your answer",
        f"/teams/{joined.id}": "乙队 Team member",
        f"/teams/{inviting.id}": "丙队 You are invited: yes or no?",
    }
