"""Teams in the browser: what everybody sees, what members see, and what only a leader sees."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.audit import AuditEntry
from linli.organizations.rules import OrganizationKind, Role
from linli.teams.models import Team, TeamMember
from linli.teams.rules import MemberState, TeamRole, TeamState
from tests.conftest import Visitor
from tests.factories import (
    COMMUNITY,
    make_account,
    make_member,
    make_organization,
    make_team,
    make_team_member,
)

FORM = {"name": "银铃陪伴队", "community": "红花岗", "division": COMMUNITY, "division_of": "红花岗"}


async def test_the_public_page_names_no_member(session: AsyncSession, visitor: Visitor) -> None:
    team = await make_team(session, about="每周陪老人散步。")
    leader = await make_account(session, name="诸葛大明")
    await make_team_member(session, team, leader, TeamRole.leader)
    page = await visitor.get(f"/teams/{team.id}")
    assert page.status_code == 200
    assert "每周陪老人散步。" in page.text
    assert "诸葛大明" not in page.text
    assert str(leader.mobile) not in page.text
    member = await make_account(session)
    await make_team_member(session, team, member)
    await visitor.sign_in(member)
    page = await visitor.get(f"/teams/{team.id}")
    assert "诸葛大明" in page.text
    assert str(leader.mobile) not in page.text


async def test_who_has_no_account_comes_back_to_the_link_after_signing_up(
    session: AsyncSession, visitor: Visitor
) -> None:
    team = await make_team(session)
    page = await visitor.get(f"/join/{team.join_token}")
    assert f"/sign-up?division={team.division}&amp;next=/join/{team.join_token}" in page.text
    assert (await visitor.get("/join/unknown")).status_code == 404


async def test_a_link_lets_in_with_one_button(session: AsyncSession, visitor: Visitor) -> None:
    team = await make_team(session)
    await visitor.sign_in(await make_account(session, birth_on=date(2005, 9, 1)))
    assert (await visitor.submit(f"/join/{team.join_token}")).headers["location"] == f"/teams/{team.id}"
    assert await session.scalar(select(func.count()).select_from(TeamMember)) == 1
    # Twice is as good as once.
    assert (await visitor.submit(f"/join/{team.join_token}")).status_code == 303
    assert await session.scalar(select(func.count()).select_from(TeamMember)) == 1


async def test_a_volunteer_proposes_a_group_and_the_officer_agrees(
    session: AsyncSession, visitor: Visitor
) -> None:
    committee = await make_organization(session)
    officer = await make_member(session, committee)
    await visitor.sign_in(await make_account(session))
    answer = await visitor.submit("/teams/new", FORM | {"fields": ["elderly_care"], "week": ["1-morning"]})
    assert answer.status_code == 303
    team = (await session.scalars(select(Team))).one()
    assert (team.state, team.committee_id) == (TeamState.proposed, committee.id)
    visitor.cookies.clear()
    assert (await visitor.get(f"/teams/{team.id}")).status_code == 404
    await visitor.sign_in(officer)
    home = f"/organizations/{committee.id}/teams"
    assert "银铃陪伴队" in (await visitor.get(home)).text
    assert (await visitor.submit(f"{home}/{team.id}/agree")).status_code == 303
    await session.refresh(team)
    assert team.is_agreed


async def test_where_there_is_no_committee_the_form_says_so_and_keeps_what_was_typed(
    session: AsyncSession, visitor: Visitor
) -> None:
    await visitor.sign_in(await make_account(session))
    answer = await visitor.submit("/teams/new", FORM | {"about": "一起走走", "week": ["7-evening"]})
    assert answer.status_code == 422
    assert "还没有加入邻里" in answer.text
    assert "一起走走" in answer.text
    answer = await visitor.submit("/teams/new", {"name": "长" * 61, "community": ""})
    assert answer.status_code == 422
    assert await session.scalar(select(func.count()).select_from(Team)) == 0


async def test_the_roster_shows_numbers_of_members_only_and_notes_each_look(
    session: AsyncSession, visitor: Visitor
) -> None:
    charity = await make_organization(session, OrganizationKind.charity)
    team = await make_team(session, charity)
    leader, member, asking = [await make_account(session) for _ in range(3)]
    await make_team_member(session, team, leader, TeamRole.leader)
    await make_team_member(session, team, member)
    await make_team_member(session, team, asking, state=MemberState.asked)
    await visitor.sign_in(leader)
    page = await visitor.get(f"/teams/{team.id}/roster")
    assert str(member.mobile) in page.text
    assert asking.name in page.text
    assert str(asking.mobile) not in page.text
    seen = select(AuditEntry).where(AuditEntry.action == "see_member_contact")
    [entry] = await session.scalars(seen)
    assert (entry.object_id, entry.actor_id) == (member.id, leader.id)
    # And the person reads of it in their own data.
    await visitor.sign_in(member)
    looks = (await visitor.get("/me/data.json")).json()["looks_by_others"]
    assert [(each["action"], each["organization"]) for each in looks] == [
        ("see_member_contact", charity.name)
    ]


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        (TeamRole.deputy, "roster", 200),
        (TeamRole.member, "roster", 403),
        (TeamRole.deputy, "end", 403),
        (TeamRole.leader, "end", 303),
    ],
)
async def test_deputies_lead_and_the_leader_decides(
    session: AsyncSession, visitor: Visitor, role: TeamRole, path: str, status: int
) -> None:
    team = await make_team(session)
    person = await make_account(session)
    await make_team_member(session, team, person, role)
    await visitor.sign_in(person)
    ask = visitor.submit if path == "end" else visitor.get
    assert (await ask(f"/teams/{team.id}/{path}")).status_code == status


async def test_a_committee_does_not_read_the_roster_of_a_group_of_neighbours(
    session: AsyncSession, visitor: Visitor
) -> None:
    committee = await make_organization(session)
    group = await make_team(session, committee, is_group=True)
    await visitor.sign_in(await make_member(session, committee))
    assert (await visitor.get(f"/teams/{group.id}")).status_code == 200
    assert (await visitor.get(f"/teams/{group.id}/roster")).status_code == 404


async def test_the_last_leader_reads_why_leaving_is_refused(session: AsyncSession, visitor: Visitor) -> None:
    team = await make_team(session)
    leader = await make_account(session)
    await make_team_member(session, team, leader, TeamRole.leader)
    await visitor.sign_in(leader)
    answer = await visitor.submit(f"/teams/{team.id}/leave")
    assert answer.status_code == 409
    assert "请先把队伍交给一位队员" in answer.text


async def test_a_coordinator_founds_a_team_and_changes_it(session: AsyncSession, visitor: Visitor) -> None:
    charity = await make_organization(session, OrganizationKind.charity)
    await visitor.sign_in(await make_member(session, charity, role=Role.coordinator))
    answer = await visitor.submit(f"/organizations/{charity.id}/teams", FORM)
    team = (await session.scalars(select(Team))).one()
    assert answer.headers["location"] == f"/teams/{team.id}/invite"
    assert team.join_token in (await visitor.get(f"/teams/{team.id}/invite")).text
    stale = {"version": str(team.version)}
    assert (
        await visitor.submit(f"/teams/{team.id}/edit", FORM | stale | {"name": "新名"})
    ).status_code == 303
    answer = await visitor.submit(f"/teams/{team.id}/edit", FORM | stale | {"about": "刚写的"})
    assert answer.status_code == 409
    assert "刚写的" in answer.text


async def test_the_list_is_found_by_place_and_field(session: AsyncSession, visitor: Visitor) -> None:
    here = await make_team(session, name="近处的队")
    away = await make_team(session, name="远处的队", division="522725001002")
    page = await visitor.get(f"/teams?place={COMMUNITY[:6]}")
    assert here.name in page.text
    assert away.name not in page.text
    assert here.name not in (await visitor.get("/teams?field=elderly_care")).text
    assert away.name not in (await visitor.get(f"/teams?of={here.home_id}")).text


async def test_lists_of_teams_take_few_queries(
    session: AsyncSession, visitor: Visitor, statements: list[str]
) -> None:
    for _ in range(20):
        await make_team_member(session, await make_team(session))
    statements.clear()
    assert (await visitor.get("/teams")).status_code == 200
    assert len(statements) <= 8
