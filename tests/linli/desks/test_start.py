"""After signing in one stands where one's work is."""

import re

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.organizations.rules import ROLES, OrganizationKind, Role
from linli.teams.rules import TeamRole, TeamState
from tests.conftest import NOW, Visitor
from tests.factories import make_member, make_organization, make_team, make_team_member, make_volunteer

DESKS = {
    OrganizationKind.residents_committee: "desk",
    OrganizationKind.village_committee: "desk",
    OrganizationKind.charity: "waiting",
    OrganizationKind.social_organization: "waiting",
    OrganizationKind.host: "waiting",
    OrganizationKind.station: "waiting",
    OrganizationKind.bureau: "waiting",
}


@pytest.mark.parametrize("kind", OrganizationKind)
async def test_who_works_for_an_organization_begins_at_its_desk(
    session: AsyncSession, visitor: Visitor, kind: OrganizationKind
) -> None:
    division = "520302" if kind is OrganizationKind.bureau else "520302002001"
    organization = await make_organization(session, kind, division=division)
    for role in ROLES[kind] - {Role.auditor}:
        await visitor.sign_in(await make_member(session, organization, role=role))
        answer = await visitor.get("/start")
        assert answer.headers["location"] == f"/organizations/{organization.id}/{DESKS[kind]}"
        assert (await visitor.get(answer.headers["location"])).status_code == 200


async def test_an_auditor_begins_with_what_was_done(session: AsyncSession, visitor: Visitor) -> None:
    bureau = await make_organization(session, OrganizationKind.bureau, division="520302")
    await visitor.sign_in(await make_member(session, bureau, role=Role.auditor))
    answer = await visitor.get("/start")
    assert answer.headers["location"] == f"/organizations/{bureau.id}/audit"


@pytest.mark.parametrize("role", sorted(ROLES[OrganizationKind.bureau]))
async def test_people_of_a_bureau_that_is_not_verified_begin_at_its_page_and_the_menu_leads_there(
    session: AsyncSession, visitor: Visitor, role: Role
) -> None:
    bureau = await make_organization(session, OrganizationKind.bureau, division="520302", verified_at=None)
    await visitor.sign_in(await make_member(session, bureau, role=role))
    answer = await visitor.get("/start")
    assert answer.headers["location"] == f"/organizations/{bureau.id}"
    page = await visitor.get(answer.headers["location"])
    assert page.status_code == 200
    assert f'href="/organizations/{bureau.id}"' in page.text
    assert not re.search(rf'href="/organizations/{bureau.id}/(waiting|audit)"', page.text)


async def test_a_volunteer_begins_at_home(session: AsyncSession, visitor: Visitor) -> None:
    await visitor.sign_in(await make_volunteer(session))
    assert (await visitor.get("/start")).headers["location"] == "/home"


async def test_who_leads_a_team_begins_at_its_desk(session: AsyncSession, visitor: Visitor) -> None:
    deputy = await make_volunteer(session)
    team = await make_team(session)
    await make_team_member(session, team, deputy, TeamRole.deputy)
    await visitor.sign_in(deputy)
    assert (await visitor.get("/start")).headers["location"] == f"/teams/{team.id}/desk"


async def test_a_member_and_the_leader_of_an_ended_team_begin_at_home(
    session: AsyncSession, visitor: Visitor
) -> None:
    person = await make_volunteer(session)
    await make_team_member(session, await make_team(session), person)
    ended = await make_team(session, state=TeamState.ended, ended_at=NOW)
    await make_team_member(session, ended, person, TeamRole.leader)
    await visitor.sign_in(person)
    assert (await visitor.get("/start")).headers["location"] == "/home"


async def test_from_each_desk_the_others_are_one_tap_away(session: AsyncSession, visitor: Visitor) -> None:
    charity = await make_organization(session, OrganizationKind.charity)
    committee = await make_organization(session)
    person = await make_member(session, charity)
    await make_member(session, committee, account=person)
    team = await make_team(session)
    await make_team_member(session, team, person, TeamRole.leader)
    await visitor.sign_in(person)
    desks = {
        f"/organizations/{charity.id}/waiting",
        f"/organizations/{committee.id}/desk",
        f"/teams/{team.id}/desk",
        "/home",
    }
    for desk in desks:
        page = (await visitor.get(desk)).text
        [ways] = re.findall(r'<nav class="places-nav".*?</nav>', page, re.DOTALL)
        assert set(re.findall('href="([^"]+)"', ways)) == desks - {desk}


async def test_who_has_one_desk_is_offered_no_other(session: AsyncSession, visitor: Visitor) -> None:
    await visitor.sign_in(await make_volunteer(session))
    assert "places-nav" not in (await visitor.get("/home")).text
