"""Who can ask a team: the rule, and the query that reads by it."""

from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.organizations.models import Organization
from linli.organizations.rules import OrganizationKind
from linli.teams.models import Team
from linli.teams.queries import can_be_asked, home_id
from linli.teams.rules import (
    HAS_ENDED,
    HOME_NOT_VERIFIED,
    NOT_AGREED,
    NOT_ANSWERED,
    TeamState,
    refuse_asking,
)
from tests.conftest import NOW
from tests.factories import make_organization, make_team


@pytest.mark.parametrize(
    ("state", "home_is_verified", "why_not"),
    [
        (TeamState.agreed, True, None),
        (TeamState.agreed, False, HOME_NOT_VERIFIED),
        (TeamState.proposed, True, NOT_ANSWERED),
        (TeamState.proposed, False, NOT_ANSWERED),
        (TeamState.declined, True, NOT_AGREED),
        (TeamState.ended, True, HAS_ENDED),
    ],
)
def test_a_team_is_asked_once_agreed_to_and_of_a_verified_organization(
    state: TeamState, home_is_verified: bool, why_not: object
) -> None:
    assert refuse_asking(state, home_is_verified=home_is_verified) is why_not


async def test_the_query_finds_exactly_the_teams_that_the_rule_allows(session: AsyncSession) -> None:
    expected = set()
    for state, verified_at in product(TeamState, (NOW, None)):
        home = await make_organization(session, OrganizationKind.charity, verified_at=verified_at)
        team = await make_team(session, home, state=state)
        if refuse_asking(state, home_is_verified=home.is_verified) is None:
            expected.add(team.id)
    query = select(Team.id).join(Organization, Organization.id == home_id()).where(can_be_asked())
    assert set(await session.scalars(query)) == expected
    assert len(expected) == 1
