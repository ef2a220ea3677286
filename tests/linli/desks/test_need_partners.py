"""The tabs Teams and Organizations beside the volunteers: ranked, with reasons, nobody's name."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.organizations.rules import OrganizationKind
from linli.teams.models import TeamField
from tests.conftest import Visitor
from tests.factories import make_member, make_need, make_organization, make_team, make_team_member
from tests.linli.suggestions.factories import make_helper


@pytest.mark.parametrize("kind", ["teams", "organizations"])
async def test_a_tab_shows_who_could_come_and_why(visitor: Visitor, session: AsyncSession, kind: str) -> None:
    committee = await make_organization(session)
    officer = await make_member(session, committee)
    need = await make_need(session, organization=committee)
    charity = await make_organization(session, OrganizationKind.charity, name="暖阳公益服务中心")
    team = await make_team(session, charity, name="晨光服务队")
    session.add(TeamField(team_id=team.id, field_id="elderly_care"))
    for _ in range(5):
        await make_team_member(session, team, await make_helper(session, account={"name": "钱无名"}))
    await session.commit()
    await visitor.sign_in(officer)
    assert f"/needs/{need.id}/desk/{kind}?shift=" in (await visitor.get(f"/needs/{need.id}/desk")).text
    page = (await visitor.get(f"/needs/{need.id}/desk/{kind}")).text
    assert ("晨光服务队" if kind == "teams" else "暖阳公益服务中心") in page
    assert "那时有 5 名成员有空" in page
    assert "从事养老助老" in page
    assert "钱无名" not in page


async def test_a_committee_that_is_not_verified_is_shown_nobody(
    visitor: Visitor, session: AsyncSession
) -> None:
    committee = await make_organization(session, verified_at=None)
    officer = await make_member(session, committee)
    need = await make_need(session, organization=committee)
    team = await make_team(session, await make_organization(session), name="晨光服务队")
    await make_team_member(session, team, await make_helper(session))
    await session.commit()
    await visitor.sign_in(officer)
    page = (await visitor.get(f"/needs/{need.id}/desk/teams")).text
    assert "晨光服务队" not in page
    assert "目前不能再邀请新的人" in page
