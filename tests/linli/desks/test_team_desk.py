"""What who leads a team finds first: what to answer, who goes, who could step in."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.dispatch.rules import DispatchState
from linli.needs.models import Need, NeedCredential
from linli.organizations.rules import OrganizationKind
from linli.participation.models import Hold
from linli.participation.rules import State
from linli.teams.models import Team
from linli.teams.rules import MemberState, TeamRole
from tests.conftest import NOW, Visitor
from tests.factories import (
    make_account,
    make_need,
    make_organization,
    make_participation,
    make_team,
    make_team_member,
)
from tests.linli.desks.waiting import headings, rows, words
from tests.linli.dispatch.factories import make_dispatch
from tests.linli.suggestions.factories import make_helper

ALWAYS = "1" * 21


@pytest.fixture
async def team(session: AsyncSession, visitor: Visitor) -> Team:
    team = await make_team(session, await make_organization(session, OrganizationKind.charity), name="银铃队")
    leader = await make_account(session)
    await make_team_member(session, team, leader, TeamRole.leader)
    await visitor.sign_in(leader)
    visitor.cookies.set("linli-language", "en")
    return team


async def member(session: AsyncSession, team: Team, name: str, **helper: Any) -> Account:
    person = await make_helper(session, account={"name": name}, **{"availability": ALWAYS} | helper)
    await make_team_member(session, team, person)
    return person


async def taken_on(session: AsyncSession, team: Team, title: str = "陪老人散步", days: int = 2) -> Need:
    """A yes for three places."""
    need = await make_need(session, title=title, places=5, starts_at=NOW + timedelta(days=days, hours=4))
    await make_dispatch(session, need.shifts[0], team, DispatchState.accepted, places=3)
    return need


async def name(session: AsyncSession, need: Need, person: Account, state: State) -> None:
    """One of the kept places gets a person; of whom does not come it is kept again."""
    hold = (await session.scalars(select(Hold).where(Hold.need_id == need.id))).one()
    if state in {State.confirmed, State.offered}:
        hold.places_left -= 1
        need.shifts[0].places_taken -= 1
    await make_participation(session, need.shifts[0], person, state, hold_id=hold.id)


async def desk_of(visitor: Visitor, team: Team) -> str:
    page = await visitor.get(f"/teams/{team.id}/desk")
    assert page.status_code == 200
    return page.text


async def test_a_leader_sees_whom_to_answer_and_for_what_to_name_people(
    session: AsyncSession, visitor: Visitor, team: Team
) -> None:
    asked = await make_dispatch(session, (await make_need(session, title="要答复的")).shifts[0], team)
    await taken_on(session, team)
    for _ in range(2):
        await make_team_member(session, team, state=MemberState.asked)
    page = await desk_of(visitor, team)
    assert headings(page)[:3] == [
        "Asked of us: please answer 1",
        "Say who goes 1",
        "People who would like to join 2",
    ]
    found = rows(page)
    assert found[0][1] == f"/dispatch/{asked.id}"
    assert "3 places kept, nobody named yet" in found[1][0]
    assert found[2] == ("2 people wait for your answer Say welcome, or not now.", f"/teams/{team.id}/roster")


async def test_names_who_comes_and_who_has_not_answered_and_counts_who_could_step_in(
    session: AsyncSession, visitor: Visitor, team: Team
) -> None:
    need = await taken_on(session, team)
    await name(session, need, await member(session, team, "来的人"), State.confirmed)
    await name(session, need, await member(session, team, "没回的人"), State.offered)
    await name(session, need, await member(session, team, "不来的人"), State.declined)
    for n in range(2):
        await member(session, team, f"有空的人{n}")
    await member(session, team, "没说的人", availability=None)
    elsewhere = await make_need(session, starts_at=need.shifts[0].starts_at + timedelta(hours=1))
    await make_participation(
        session, elsewhere.shifts[0], await member(session, team, "别处的人"), State.confirmed
    )
    said = words(await desk_of(visitor, team))
    assert "Comes 来的人" in said
    assert "No answer yet 没回的人" in said
    assert "Does not come 1 person" in said
    assert "Not named yet 1 place" in said
    assert "Could step in 2 more members are free then" in said
    assert [each for each in ("不来的人", "有空的人", "没说的人", "别处的人") if each in said] == []


async def test_who_lacks_the_paper_cannot_step_in(
    session: AsyncSession, visitor: Visitor, team: Team
) -> None:
    need = await taken_on(session, team)
    session.add(NeedCredential(need_id=need.id, credential_id="first_aid"))
    await member(session, team, "没有证的人")
    await member(session, team, "过期的人", credentials={"first_aid": NOW.date()})
    assert "nobody else has said so" in words(await desk_of(visitor, team))
    await member(session, team, "有证的人", credentials={"first_aid": NOW.date() + timedelta(days=9)})
    assert "1 more member is free then" in words(await desk_of(visitor, team))


async def test_each_outing_counts_for_itself(session: AsyncSession, visitor: Visitor, team: Team) -> None:
    """Who is busy on the one day is free on the other; a no is for one need only."""
    second, first = await taken_on(session, team, "后的", days=4), await taken_on(session, team, "先的")
    await name(session, first, await member(session, team, "甲"), State.confirmed)
    await name(session, second, await member(session, team, "乙"), State.declined)
    said = words(await desk_of(visitor, team))
    assert said.count("1 more member is free then") == 2
    outings = said.partition("Who goes where")[2]
    assert outings.index("先的") < outings.index("后的")


async def test_when_nothing_was_asked_the_desk_says_what_helps(
    session: AsyncSession, visitor: Visitor, team: Team
) -> None:
    page = await desk_of(visitor, team)
    assert "Nothing has been asked of the team yet" in page
    assert f'href="/teams/{team.id}/edit"' in page


async def test_what_fits_is_three_at_most_and_leads_to_all(
    session: AsyncSession, visitor: Visitor, team: Team
) -> None:
    for n in range(3):
        await member(session, team, f"队员{n}")
    for n in range(5):
        await make_need(session, title=f"需求{n}")
    page = await desk_of(visitor, team)
    assert page.count('class="card"') == 3
    assert f'href="/teams/{team.id}/needs"' in page


async def test_a_member_does_not_lead_and_a_strangers_team_has_no_desk(
    session: AsyncSession, visitor: Visitor, team: Team
) -> None:
    plain = await make_account(session)
    await make_team_member(session, team, plain)
    await visitor.sign_in(plain)
    assert (await visitor.get(f"/teams/{team.id}/desk")).status_code == 403
    await visitor.sign_in(await make_account(session))
    assert (await visitor.get(f"/teams/{team.id}/desk")).status_code == 404
