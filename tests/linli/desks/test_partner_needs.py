"""Needs for our team and for our organization: ranked with reasons, and the newest beside it."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.conversations.models import Block
from linli.conversations.rules import Side
from linli.core.i18n import Message
from linli.dispatch.rules import DispatchState
from linli.organizations.models import Organization, OrganizationArea
from linli.organizations.rules import OrganizationKind
from linli.teams.models import Team, TeamField
from linli.teams.rules import HOME_NOT_VERIFIED, NOT_ANSWERED, TeamRole, TeamState
from tests.conftest import NOW, Visitor
from tests.factories import make_member, make_need, make_organization, make_team, make_team_member
from tests.linli.dispatch.factories import make_dispatch
from tests.linli.suggestions.factories import make_asking_need, make_helper

NEVER = "0" * 21
NEXT_COUNTY = "520303002001"


async def a_led_team(session: AsyncSession, *, members: int = 5, availability: str = "1" * 21) -> Team:
    home = await make_organization(session, OrganizationKind.charity)
    team = await make_team(session, home)
    session.add(TeamField(team_id=team.id, field_id="elderly_care"))
    for n in range(members):
        role = TeamRole.member if n else TeamRole.leader
        await make_team_member(session, team, await make_helper(session, availability=availability), role)
    return team


async def leader_looks(
    visitor: Visitor, session: AsyncSession, team: Team, query: str = "", role: TeamRole = TeamRole.deputy
) -> str:
    person = await make_helper(session, availability=NEVER)
    await make_team_member(session, team, person, role)
    await session.commit()
    await visitor.sign_in(person)
    return (await visitor.get(f"/teams/{team.id}/needs{query}")).text


async def test_a_deputy_sees_what_fits_the_team_and_why(visitor: Visitor, session: AsyncSession) -> None:
    need = await make_need(session, title="陪老人散步")
    page = await leader_looks(visitor, session, await a_led_team(session))
    assert f"/needs/{need.id}" in page
    assert "那时有 5 名成员有空" in page
    assert "从事养老助老" in page


async def test_what_does_not_fit_is_counted_and_stands_in_the_other_order(
    visitor: Visitor, session: AsyncSession
) -> None:
    await make_asking_need(session, title="要急救证的", credentials=("first_aid",))
    await make_need(session, title="环保的", field_id="health")
    team = await a_led_team(session)
    page = await leader_looks(visitor, session, team)
    assert "要急救证的" not in page
    assert "那时有空的成员没有所需证件: 少数几个" in page
    assert "属于其他服务领域: 少数几个" in page
    newest = (await visitor.get(f"/teams/{team.id}/needs?order=newest")).text
    assert newest.index("环保的") < newest.index("要急救证的")
    assert "少数几个" not in newest


async def test_members_who_have_not_said_leave_a_question(visitor: Visitor, session: AsyncSession) -> None:
    await make_need(session, title="陪老人散步")
    page = await leader_looks(visitor, session, await a_led_team(session, availability="?" * 21))
    assert "陪老人散步" in page
    assert "先确认：那时哪些成员有空" in page


async def test_a_need_that_was_declined_does_not_come_again(visitor: Visitor, session: AsyncSession) -> None:
    need = await make_need(session, title="已经婉拒的")
    team = await a_led_team(session)
    await make_dispatch(session, need.shifts[0], team, DispatchState.declined)
    page = await leader_looks(visitor, session, team)
    assert "已经婉拒的" not in page
    assert "已经婉拒过: 少数几个" in page
    assert "已经婉拒的" not in (await visitor.get(f"/teams/{team.id}/needs?order=newest")).text


async def test_nothing_is_shown_of_who_has_blocked_all_who_answer(
    visitor: Visitor, session: AsyncSession
) -> None:
    need = await make_need(session, title="社区的")
    charity = await make_organization(session, OrganizationKind.charity)
    coordinator = await make_member(session, charity)
    await make_team_member(session, await make_team(session, charity), await make_helper(session))
    await session.commit()
    await visitor.sign_in(coordinator)
    path = f"/organizations/{charity.id}/fitting-needs"
    assert "社区的" in (await visitor.get(path)).text
    blocked = {"account_id": coordinator.id, "side": Side.volunteer, "created_at": NOW}
    session.add(Block(organization_id=need.organization_id, **blocked))
    await session.commit()
    for query in ("", "?order=newest"):
        assert "社区的" not in (await visitor.get(path + query)).text


async def test_who_is_blocked_is_not_counted_as_free(visitor: Visitor, session: AsyncSession) -> None:
    need = await make_need(session, title="陪老人散步")
    person = await make_helper(session)
    blocked = {"account_id": person.id, "side": Side.organization, "created_at": NOW}
    session.add(Block(organization_id=need.organization_id, **blocked))
    team = await a_led_team(session)
    await make_team_member(session, team, person)
    assert "那时有 5 名成员有空" in await leader_looks(visitor, session, team)


async def test_what_is_not_public_or_elsewhere_is_not_shown(visitor: Visitor, session: AsyncSession) -> None:
    await make_need(session, title="不公开的", field_id="low_income")
    await make_need(session, title="别的县的", division=NEXT_COUNTY)
    page = await leader_looks(visitor, session, await a_led_team(session))
    assert "不公开的" not in page
    assert "别的县的" not in page
    assert "这里暂时没有需求" in page


async def test_a_plain_member_does_not_see_the_page(visitor: Visitor, session: AsyncSession) -> None:
    team = await a_led_team(session)
    await leader_looks(visitor, session, team, role=TeamRole.member)
    assert (await visitor.get(f"/teams/{team.id}/needs")).status_code == 403


@pytest.mark.parametrize(
    ("state", "is_verified", "why"),
    [
        (TeamState.proposed, True, NOT_ANSWERED),
        (TeamState.agreed, False, HOME_NOT_VERIFIED),
    ],
)
async def test_a_team_that_cannot_be_asked_sees_the_newest_and_why(
    visitor: Visitor, session: AsyncSession, state: TeamState, is_verified: bool, why: Message
) -> None:
    await make_need(session, title="社区的")
    team = await a_led_team(session)
    team.state, team.agreed_at = state, team.agreed_at if state is TeamState.agreed else None
    if not is_verified:
        (await session.get_one(Organization, team.home_id)).verified_at = None
    page = await leader_looks(visitor, session, team)
    assert "社区的" in page
    assert why.in_language("zh") in page
    assert "名成员有空" not in page


async def test_a_charity_sees_needs_of_others_in_all_its_areas(
    visitor: Visitor, session: AsyncSession
) -> None:
    team = await a_led_team(session)
    charity = await session.get_one(Organization, team.home_id)
    session.add_all(
        OrganizationArea(organization_id=charity.id, division=each)
        for each in (charity.division[:6], NEXT_COUNTY[:6])
    )
    await make_need(session, title="我们自己的", organization=charity)
    await make_need(session, title="社区的")
    await make_need(session, title="邻县的", division=NEXT_COUNTY)
    coordinator = await make_member(session, charity)
    await session.commit()
    await visitor.sign_in(coordinator)
    for query in ("", "?order=newest"):
        page = (await visitor.get(f"/organizations/{charity.id}/fitting-needs{query}")).text
        assert "社区的" in page
        assert "邻县的" in page
        assert "我们自己的" not in page
    assert (
        f"/organizations/{charity.id}/fitting-needs"
        in (await visitor.get(f"/organizations/{charity.id}/desk")).text
    )


@pytest.mark.parametrize("kind", [OrganizationKind.residents_committee, OrganizationKind.charity])
async def test_whoever_is_not_verified_sees_the_newest_and_a_committee_nothing(
    visitor: Visitor, session: AsyncSession, kind: OrganizationKind
) -> None:
    await make_need(session, title="社区的")
    organization = await make_organization(session, kind, verified_at=None)
    await visitor.sign_in(await make_member(session, organization))
    answer = await visitor.get(f"/organizations/{organization.id}/fitting-needs")
    if kind is OrganizationKind.residents_committee:
        assert answer.status_code == 403
    else:
        assert "社区的" in answer.text
        assert "通过民政部门核验之后才能接单" in answer.text
        assert "居委会" not in answer.text


async def test_queries_do_not_grow_with_members_and_needs(
    visitor: Visitor, session: AsyncSession, statements: list[str]
) -> None:
    team = await a_led_team(session)
    coordinator = await make_member(session, await session.get_one(Organization, team.home_id))
    await visitor.sign_in(coordinator)
    pages = (f"/teams/{team.id}/needs", f"/organizations/{team.home_id}/fitting-needs")
    found = []
    for _ in range(2):
        for _ in range(12):
            need = await make_asking_need(session, credentials=("first_aid",))
            person = await make_helper(session, credentials={"first_aid": None})
            await make_team_member(session, team, person)
            assert need.shifts[0].starts_at > NOW
        await session.commit()
        for page in pages:
            await visitor.get(page)
            statements.clear()
            assert (await visitor.get(page)).status_code == 200
            found.append(len(statements))
    assert found[:2] == found[2:]
    assert max(found) <= 20
