"""The town as it is written, on both databases, by the actions of people."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.accounts.passwords import is_right_password
from linli.core.config import DEVELOPMENT_SECRET
from linli.demo.build import Builder
from linli.demo.new_york import add_volunteers
from linli.demo.plan import PASSWORD, TownPlan, plan_town
from linli.demo.sizes import COUNTY, TOWN
from linli.demo.stories import Act
from linli.demo.town import is_empty, sign_ins
from linli.dispatch.models import Dispatch
from linli.dispatch.rules import DispatchState
from linli.needs.models import Need
from linli.needs.rules import NeedState, is_overdue
from linli.notifications.models import OutboxMessage
from linli.organizations.models import Organization, OrganizationDocument, RegistrationStep
from linli.organizations.queries import Show, register_counts
from linli.organizations.registration import Step
from linli.organizations.rules import Role
from linli.participation.models import Participation
from linli.participation.rules import State
from linli.teams.models import Team, TeamMember
from linli.teams.rules import MOST_TEAMS, MemberState, TeamRole, TeamState
from linli.volunteers.models import VolunteerCredential, VolunteerProfile
from linli.waves.models import Asking, Wave, WaveQuestion
from linli.waves.rules import AskingState
from tests.conftest import NOW

ZONE = ZoneInfo("Asia/Shanghai")


async def counted(session: AsyncSession, column: Any) -> dict[Any, int]:
    rows = await session.execute(select(column, func.count()).group_by(column))
    return {value: count for value, count in rows}


async def test_the_whole_town_stands_and_shows_every_state(session: AsyncSession) -> None:
    assert await is_empty(session)
    plan = plan_town(start=NOW.date(), zone=ZONE, size=replace(TOWN, volunteers=160))
    await Builder(session, plan, DEVELOPMENT_SECRET).build()
    assert not await is_empty(session)
    needs = await counted(session, Need.state)
    assert set(needs) == set(NeedState)
    assert sum(needs.values()) == 60
    states = await counted(session, Participation.state)
    assert set(states) == {
        State.invited,
        State.offered,
        State.applied,
        State.confirmed,
        State.declined,
        State.expired,
        State.refused,
        State.withdrawn,
        State.cancelled,
    }
    await check_it_is_the_plan(session, plan)
    await check_waves(session)
    await check_everything_is_marked(session)
    await check_nothing_leaves(session)
    await check_sign_ins(session)
    await check_teams(session, plan)
    await check_a_team_was_asked(session)
    await check_clocks(session)
    await check_the_diary_of_the_first_volunteer(session)
    organizations = (await session.scalars(select(Organization))).all()
    assert [each.name for each in organizations if not each.is_verified] == ["瓮安县清河志愿环保协会"]
    assert len(plan.members) == len(organizations) + 1


async def test_the_countys_bureau_has_something_to_decide(session: AsyncSession) -> None:
    """The county's organizations without its people, which take a second instead of fifteen."""
    plan = plan_town(start=NOW.date(), zone=ZONE, size=COUNTY)
    organizations = replace(plan, volunteers=(), teams=(), needs=(), steps=(), past=())
    await Builder(session, organizations, DEVELOPMENT_SECRET).build()
    bureau = (await session.scalars(select(Organization).where(Organization.kind == "bureau"))).one()
    counts = await register_counts(session, bureau=bureau, today=NOW.date())
    shown = {Show.waiting: 1, Show.returned: 1, Show.suspended: 1, Show.renewals: 1, Show.appeals: 0}
    assert {show: counts[show] for show in shown} == shown
    reasons = await session.scalars(
        select(RegistrationStep.reason).where(RegistrationStep.step.in_([Step.hand_back, Step.suspend]))
    )
    assert all(reasons)
    assert await total(session, OrganizationDocument) == await total(session, Organization) - 1


async def check_waves(session: AsyncSession) -> None:
    """One need is in its second wave, the waves of another are held; who signs in was asked by none."""
    askings = (await session.scalars(select(Asking).order_by(Asking.id))).all()
    assert [each.state for each in askings] == [AskingState.going, AskingState.held]
    counted_waves = await counted(session, Wave.asking_id)
    assert counted_waves == {askings[0].id: 2, askings[1].id: 1}
    emails = await session.scalars(
        select(Account.email)
        .join(Participation, Participation.account_id == Account.id)
        .join(WaveQuestion, WaveQuestion.participation_id == Participation.id)
    )
    assert not {"volunteer@example.org", "neighbour@example.org"} & set(emails)


async def check_teams(session: AsyncSession, plan: TownPlan) -> None:
    """Thirty that go on, each led by an adult and none of them alone; nobody in more than five."""
    teams = (await session.scalars(select(Team))).all()
    assert Counter(each.state for each in teams) == {TeamState.agreed: 30, TeamState.proposed: 1}
    assert sum(each.committee_id is not None for each in teams) == 7
    members = select(TeamMember).where(TeamMember.state == MemberState.member)
    rows = (await session.scalars(members)).all()
    assert {row.team_id for row in rows if row.role is TeamRole.leader} == {each.id for each in teams}
    agreed = {each.id for each in teams if each.state is TeamState.agreed}
    assert min(Counter(row.team_id for row in rows if row.team_id in agreed).values()) >= 5
    assert max(Counter(row.account_id for row in rows).values()) <= MOST_TEAMS
    assert [each.people[0] for each in plan.teams].count(0) == 1


async def check_a_team_was_asked(session: AsyncSession) -> None:
    """Those who sign in for a team or a charity took one thing on; another waits for their answer."""
    found = (await session.scalars(select(Dispatch).order_by(Dispatch.id))).all()
    assert [each.state for each in found] == [DispatchState.accepted, DispatchState.asked] * 3
    assert [(each.team_id is None) for each in found] == [False] * 4 + [True] * 2
    assert len({each.team_id or each.organization_id for each in found}) == 3


async def check_everything_is_marked(session: AsyncSession) -> None:
    for model in (Account, Organization, Need, Team):
        assert await counted(session, model.is_sample) == {True: await total(session, model)}


async def total(session: AsyncSession, model: Any) -> int:
    return await session.scalar(select(func.count()).select_from(model)) or 0


async def check_nothing_leaves(session: AsyncSession) -> None:
    assert await total(session, OutboxMessage) > 100
    waiting = select(OutboxMessage.id).where(OutboxMessage.sent_at.is_(None))
    assert (await session.scalars(waiting)).all() == []


async def check_sign_ins(session: AsyncSession) -> None:
    people = await sign_ins(session)
    assert Counter(each.role.text for each in people) == {
        "Volunteer": 2,
        "Team leader": 1,
        "Team member": 1,
        "Officer": 1,
        "Social worker": 1,
        "Coordinator": 1,
        "Bureau staff": 1,
        "Auditor": 1,
    }
    assert people[0].address == "volunteer@example.org"
    with_password = (await session.scalars(select(Account).where(Account.password_hash.is_not(None)))).all()
    assert len(with_password) == len(people)
    assert await is_right_password(PASSWORD, with_password[0].password_hash)


async def check_clocks(session: AsyncSession) -> None:
    needs = (await session.scalars(select(Need).where(Need.state == NeedState.open))).all()
    late = [
        each
        for each in needs
        if is_overdue(answer_due_at=each.answer_due_at, answered_at=each.answered_at, now=NOW)
    ]
    assert 3 <= len(late) <= 6
    assert all(each.told_overdue_at for each in late)
    answered = [each for each in needs if each.answer]
    assert len(answered) == 2


async def check_the_diary_of_the_first_volunteer(session: AsyncSession) -> None:
    own = (
        select(Participation.state)
        .join(Account, Account.id == Participation.account_id)
        .where(Account.email == "volunteer@example.org")
    )
    assert sorted(await session.scalars(own)) == [State.confirmed, State.invited]


async def check_it_is_the_plan(session: AsyncSession, plan: TownPlan) -> None:
    """So that the same plan gives the same town; only ids and what is drawn by lot are new each time."""
    people = await session.execute(
        select(Account.name, Account.birth_on, VolunteerProfile.about, VolunteerProfile.longitude).join(
            VolunteerProfile, VolunteerProfile.account_id == Account.id
        )
    )
    assert Counter(tuple(row) for row in people) == Counter(
        (each.name, each.birth_on, each.about, each.point.longitude if each.point else None)
        for each in plan.volunteers
    )
    needs = await session.execute(select(Need.title, Need.created_at, Need.division, Need.address))
    assert Counter(tuple(row) for row in needs) == Counter(
        (each.draft.title, each.posted_at, each.draft.division, each.draft.address) for each in plan.needs
    )
    begun = sum(step.act in {Act.invite, Act.apply} for step in plan.steps)
    named = (await counted(session, Participation.hold_id.is_not(None))).get(True, 0)
    assert named in {1, 2}  # by the teams that were asked, where somebody could go
    in_waves = await total(session, WaveQuestion)
    assert await total(session, Participation) == begun + named + in_waves


async def test_new_york_gets_volunteers_once(session: AsyncSession) -> None:
    now = datetime(2026, 11, 23, 2, tzinfo=UTC)
    assert await add_volunteers(session, count=30, now=now) == 30
    assert await add_volunteers(session, count=30, now=now + timedelta(days=1)) == 0
    profiles = (await session.scalars(select(VolunteerProfile))).all()
    assert all(each.longitude and -74.2 < each.longitude < -73.7 for each in profiles)
    assert {each.division for each in profiles} == {None}
    checked = await counted(session, VolunteerCredential.checked_at.is_not(None))
    assert set(checked) == {True, False}
    assert await counted(session, Account.is_sample) == {True: 30}


def test_roles_of_the_demo_are_all_roles_there_are() -> None:
    assert {member.role for member in plan_town(start=NOW.date(), zone=ZONE).members} == set(Role)
