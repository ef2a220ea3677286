"""A desk asks the database the same few questions, whether one thing waits or hundreds do."""

from datetime import timedelta
from typing import Final

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.conversations.models import Conversation
from linli.dispatch.rules import DispatchState
from linli.organizations.models import Organization
from linli.organizations.registration import RegistrationState
from linli.organizations.rules import OrganizationKind as Kind
from linli.organizations.rules import Role
from linli.participation.rules import State
from linli.teams.models import Team
from linli.teams.rules import MemberState, TeamRole
from tests.conftest import NOW, Visitor
from tests.factories import (
    COMMUNITY,
    make_document,
    make_member,
    make_need,
    make_organization,
    make_participation,
    make_team,
    make_team_member,
)
from tests.linli.desks.waiting import TODAY, make_busy, make_report
from tests.linli.dispatch.factories import make_dispatch
from tests.linli.suggestions.factories import make_helper

# Who is signed in, their desk, and how many statements it may take at most; one is for where waves stand.
DESKS: Final = (
    ("coordinator", "/organizations/{charity}/waiting", 11),
    ("social worker", "/organizations/{station}/waiting", 13),
    ("clerk", "/organizations/{bureau}/waiting", 14),
    ("clerk", "/organizations/{bureau}/unanswered", 4),
    ("officer", "/organizations/{committee}/desk", 7),
    ("leader", "/teams/{team}/desk", 29),
    ("leader", "/home", 17),
)


class County:
    """A bureau, a station, a charity with a team, and a committee; people who work for them."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.homes: dict[str, Organization] = {}
        self.people: dict[str, Account] = {}
        self.team: Team

    async def found(self) -> None:
        for name, kind, division, who, role in (
            ("bureau", Kind.bureau, COMMUNITY[:6], "clerk", Role.bureau_staff),
            ("station", Kind.station, COMMUNITY[:9], "social worker", Role.social_worker),
            ("charity", Kind.charity, COMMUNITY, "coordinator", Role.coordinator),
            ("committee", Kind.residents_committee, COMMUNITY, "officer", Role.officer),
        ):
            self.homes[name] = await make_organization(self.session, kind, division=division)
            self.people[who] = await make_member(self.session, self.homes[name], role=role)
        self.people["leader"] = await make_helper(self.session)
        self.team = await make_team(self.session, self.homes["charity"])
        await make_team_member(self.session, self.team, self.people["leader"], TeamRole.leader)

    async def grow(self, times: int) -> None:
        for n in range(times):
            for name in ("charity", "station"):
                await make_busy(self.session, self.homes[name])
            for state in (RegistrationState.submitted, RegistrationState.appealed):
                await make_organization(self.session, Kind.charity, state=state, verified_at=None)
            renewing = await make_organization(self.session, Kind.charity)
            await make_document(self.session, renewing, expires_on=TODAY + timedelta(days=3))
            await make_report(self.session, renewing, self.people["leader"])
            await self._lead(n)

    async def _lead(self, n: int) -> None:
        """The team is asked, takes on, and is asked to let people in; its leader goes and asks too."""
        person = await make_helper(self.session)
        await make_team_member(self.session, self.team, person)
        await make_team_member(self.session, self.team, state=MemberState.asked)
        begin = NOW + timedelta(days=2 + n)
        need = await make_need(
            self.session, organization=self.homes["committee"], shifts=2, places=9, starts_at=begin
        )
        first, second = need.shifts
        await make_dispatch(self.session, first, self.team)
        taken = await make_dispatch(self.session, second, self.team, DispatchState.accepted)
        await make_participation(self.session, second, person, State.offered, hold_id=taken.hold_id)
        await make_participation(self.session, first, self.people["leader"], list(State)[n % 4])
        self.session.add(
            Conversation(
                need_id=need.id,
                account_id=self.people["leader"].id,
                created_at=NOW - timedelta(hours=1),
                written_at=NOW,
                asked_at=NOW - timedelta(hours=1),
                answered_at=NOW,
            )
        )
        await self.session.flush()

    def address(self, path: str) -> str:
        return path.format(team=self.team.id, **{name: home.id for name, home in self.homes.items()})


@pytest.fixture
async def county(session: AsyncSession) -> County:
    county = County(session)
    await county.found()
    return county


async def counted(visitor: Visitor, statements: list[str], county: County) -> dict[str, int]:
    found = {}
    for who, path, _ in DESKS:
        visitor.cookies.clear()
        await visitor.sign_in(county.people[who])
        await visitor.get(county.address(path))  # what is read once and kept does not count
        statements.clear()
        answer = await visitor.get(county.address(path))
        assert answer.status_code == 200, path
        found[path] = len(statements)
    return found


async def test_a_desk_asks_as_much_when_thirty_times_as_much_waits(
    visitor: Visitor, county: County, statements: list[str]
) -> None:
    await county.grow(1)
    few = await counted(visitor, statements, county)
    await county.grow(30)
    many = await counted(visitor, statements, county)
    assert {path: (few[path], n) for path, n in many.items() if n > few[path]} == {}
    assert {path: (many[path], most) for _, path, most in DESKS if many[path] > most} == {}
