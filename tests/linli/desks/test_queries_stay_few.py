"""However much there is, a page asks the database the same few questions."""

from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.dispatch.rules import DispatchState
from linli.needs.models import Need
from linli.needs.rules import NeedState
from linli.organizations.models import Organization
from linli.organizations.rules import OrganizationKind
from linli.participation.rules import State
from linli.suggestions.actions import refresh_need
from tests.conftest import Visitor
from tests.factories import (
    make_member,
    make_need,
    make_organization,
    make_participation,
    make_team,
    make_team_member,
)
from tests.linli.dispatch.factories import make_dispatch
from tests.linli.suggestions.factories import make_asking_need, make_helper

MOST_QUERIES = 18
# What people open most, closely; a person's data is one for each table with rows about a person.
MOST_QUERIES_OF = {
    "/": 2,
    "/needs": 2,
    "/needs?order=soonest": 2,
    "/figures": 0,
    "/needs/{need_id}": 10,
    "/home?order=newest": 10,
    "/organizations/{organization_id}/desk": 7,
    "/me/data": 40,
}
PAGES = {
    "/": "nobody",
    "/needs": "nobody",
    "/needs?order=soonest": "nobody",
    "/figures": "nobody",
    "/needs/{need_id}": "volunteer",
    "/home": "volunteer",
    "/home?order=newest": "volunteer",
    "/commitments": "volunteer",
    "/me/data": "volunteer",
    "/me/suggestions": "volunteer",
    "/needs/{need_id}/why": "volunteer",
    "/me/notices": "volunteer",
    "/me/conversations": "volunteer",
    "/me/reports": "volunteer",
    "/needs/{need_id}/question": "volunteer",
    "/organizations/{organization_id}/reports": "officer",
    "/organizations/{organization_id}/blocks": "officer",
    "/needs/{need_id}/conversations": "officer",
    "/needs/{need_id}/message": "officer",
    "/organizations/{organization_id}/desk": "officer",
    "/organizations/{organization_id}/members": "officer",
    "/organizations/{organization_id}/credentials": "officer",
    "/needs/{need_id}/desk": "officer",
    "/needs/{need_id}/desk/people": "officer",
    "/needs/{need_id}/desk/teams": "officer",
    "/needs/{need_id}/desk/organizations": "officer",
    "/needs/{need_id}/roster": "officer",
    "/needs/{need_id}/sheet": "officer",
    "/needs/{need_id}/edit": "officer",
}


class SmallTown:
    """A committee that grows: more needs, more people who would come, more who do."""

    def __init__(
        self, session: AsyncSession, committee: Organization, volunteer: Account, need: Need
    ) -> None:
        self.session = session
        self.committee = committee
        self.volunteer = volunteer
        self.need = need

    async def grow(self, *, needs: int, volunteers: int, teams: int, now: datetime) -> None:
        for n in range(needs):
            need = await make_asking_need(
                self.session,
                organization=self.committee,
                skills={"chatting": n % 2 == 0},
                places=20,
                answer_due_at=None if n % 3 else now,
            )
            await make_participation(self.session, need.shifts[0], self.volunteer, list(State)[n % 4])
        for n in range(volunteers):
            person = await make_helper(self.session, credentials={"first_aid": None})
            # Of three one comes, one has offered to, and one may be asked.
            if n % 3 < 2:
                state = State.confirmed if n % 3 else State.applied
                await make_participation(self.session, self.need.shifts[0], person, state)
        for _ in range(teams):
            charity = await make_organization(self.session, OrganizationKind.charity)
            team = await make_team(self.session, charity)
            await make_team_member(self.session, team, self.volunteer)
            for asked in (team, charity):
                await make_dispatch(self.session, self.need.shifts[1], asked, DispatchState.declined)
        await refresh_need(self.session, need_id=self.need.id, now=now)


@pytest.fixture
async def small_town(session: AsyncSession) -> SmallTown:
    committee = await make_organization(session)
    volunteer = await make_helper(session)
    need = await make_need(session, organization=committee, places=200, shifts=2)
    return SmallTown(session, committee, volunteer, need)


@pytest.fixture
async def officer(session: AsyncSession, small_town: SmallTown) -> Account:
    return await make_member(session, small_town.committee)


async def counted(
    visitor: Visitor, statements: list[str], town: SmallTown, who: dict[str, Account]
) -> dict[str, int]:
    found = {}
    for path, reader in PAGES.items():
        visitor.cookies.clear()
        if reader in who:
            await visitor.sign_in(who[reader])
        address = path.format(need_id=town.need.id, organization_id=town.committee.id)
        await visitor.get(address)  # what is read once and kept does not count
        statements.clear()
        answer = await visitor.get(address)
        assert answer.status_code == 200, path
        found[path] = len(statements)
    return found


async def test_queries_do_not_grow_with_what_there_is(
    session: AsyncSession,
    visitor: Visitor,
    small_town: SmallTown,
    officer: Account,
    statements: list[str],
    now: datetime,
) -> None:
    who = {"volunteer": small_town.volunteer, "officer": officer}
    await small_town.grow(needs=3, volunteers=5, teams=1, now=now)
    few = await counted(visitor, statements, small_town, who)
    await small_town.grow(needs=57, volunteers=95, teams=20, now=now)
    many = await counted(visitor, statements, small_town, who)
    assert {path: (few[path], n) for path, n in many.items() if n > few[path]} == {}
    assert {path: n for path, n in many.items() if n > MOST_QUERIES_OF.get(path, MOST_QUERIES)} == {}


async def test_a_need_with_thirty_times_asks_as_much_as_one_with_six(
    session: AsyncSession, visitor: Visitor, statements: list[str]
) -> None:
    await visitor.sign_in(await make_helper(session))
    found = []
    for shifts in (6, 30):
        need = await make_need(session, shifts=shifts, state=NeedState.open)
        statements.clear()
        assert (await visitor.get(f"/needs/{need.id}")).status_code == 200
        found.append(len(statements))
    assert found[0] == found[1]
