"""What became of asking teams and organizations before weighs; a no and a block are kept."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.conversations.models import Block
from linli.conversations.rules import Side
from linli.dispatch.rules import DispatchState
from linli.needs.models import Need
from linli.needs.queries import find_need
from linli.organizations.models import Organization
from linli.organizations.rules import OrganizationKind
from linli.suggestions.partners import PartnersShown, organizations_for_need, teams_for_need
from linli.teams.models import Team, TeamMember
from linli.teams.rules import TeamRole
from tests.conftest import NOW
from tests.factories import make_member, make_need, make_organization, make_team, make_team_member
from tests.linli.dispatch.factories import make_dispatch
from tests.linli.suggestions.factories import make_asking_need, make_helper

LONG_AGO = NOW - timedelta(days=60)


async def a_need(session: AsyncSession, **values: Any) -> Need:
    need_id = (await make_asking_need(session, **values)).id
    session.expire_all()
    return await find_need(session, need_id)


async def a_led_team(session: AsyncSession, home: Organization | None = None, **values: Any) -> Team:
    """A leader and two members, all of them free."""
    team = await make_team(session, home, **values)
    for role in (TeamRole.leader, TeamRole.member, TeamRole.member):
        await make_team_member(session, team, await make_helper(session), role)
    return team


async def asked_before(
    session: AsyncSession, asked: Team | Organization, *states: DispatchState, at: Any = LONG_AGO
) -> None:
    for state in states:
        need = await make_need(session)
        took_on = state is DispatchState.fulfilled
        first = DispatchState.accepted if took_on else state
        dispatch = await make_dispatch(session, need.shifts[0], asked, first, asked_at=at)
        dispatch.state = state
    await session.flush()


async def block(session: AsyncSession, need: Need, people: Sequence[Any]) -> None:
    session.add_all(
        Block(organization_id=need.organization_id, account_id=each, side=Side.organization, created_at=NOW)
        for each in people
    )
    await session.flush()


async def leading(session: AsyncSession, team: Team) -> Sequence[Any]:
    led = select(TeamMember.account_id).where(TeamMember.team_id == team.id)
    return (await session.scalars(led.where(TeamMember.role != TeamRole.member))).all()


def ids(shown: PartnersShown) -> list[Any]:
    return [each.id for each in shown.partners]


def reasons(shown: PartnersShown, n: int = 0) -> list[str]:
    return [why.in_language("en") for why in (*shown.partners[n].reasons, *shown.partners[n].past)]


async def test_who_took_on_more_of_what_it_was_asked_comes_first(session: AsyncSession) -> None:
    need = await a_need(session)
    unwilling, reliable = await a_led_team(session), await a_led_team(session)
    yes, no = DispatchState.fulfilled, DispatchState.declined
    await asked_before(session, unwilling, no, no, DispatchState.expired, DispatchState.withdrawn)
    await asked_before(session, reliable, yes, yes, no)
    shown = await teams_for_need(session, need=need, shift=need.shifts[0], now=NOW)
    assert ids(shown) == [reliable.id, unwilling.id]
    # Who was called back before an answer has not been asked in vain.
    assert "Took on 2 of 3 asked" in reasons(shown)
    assert "Took on 0 of 3 asked" in reasons(shown, 1)


async def test_who_was_asked_lately_and_has_not_answered_comes_last(session: AsyncSession) -> None:
    need = await a_need(session)
    busy, rested = await a_led_team(session), await a_led_team(session)
    await asked_before(session, busy, DispatchState.asked, at=NOW - timedelta(hours=5))
    shown = await teams_for_need(session, need=need, shift=need.shifts[0], now=NOW)
    assert ids(shown) == [rested.id, busy.id]
    assert "One open request" in reasons(shown, 1)
    assert not [each for each in reasons(shown) if "request" in each or "asked" in each]


async def test_what_is_taken_on_and_not_filled_counts_as_open(session: AsyncSession) -> None:
    need = await a_need(session)
    await asked_before(session, await a_led_team(session), DispatchState.accepted, DispatchState.asked)
    shown = await teams_for_need(session, need=need, shift=need.shifts[0], now=NOW)
    assert {"Took on 1 of 1 asked", "2 open requests"} <= set(reasons(shown))


async def test_what_was_longer_ago_than_a_year_is_forgotten(session: AsyncSession) -> None:
    need = await a_need(session)
    await asked_before(
        session, await a_led_team(session), DispatchState.declined, at=NOW - timedelta(days=366)
    )
    shown = await teams_for_need(session, need=need, shift=need.shifts[0], now=NOW)
    assert not [each for each in reasons(shown) if "asked" in each]


async def test_what_an_organizations_teams_were_asked_is_its_past_too(session: AsyncSession) -> None:
    need = await a_need(session)
    charity = await make_organization(session, OrganizationKind.charity)
    for _ in range(2):
        team = await a_led_team(session, charity)
        await asked_before(session, team, DispatchState.fulfilled, DispatchState.asked)
    await asked_before(session, charity, DispatchState.declined)
    other = await make_organization(session, OrganizationKind.charity)
    await a_led_team(session, other)
    group = await make_team(session, await make_organization(session), is_group=True)
    await asked_before(session, group, DispatchState.asked)
    shown = await organizations_for_need(session, need=need, shift=need.shifts[0], now=NOW)
    place = ids(shown).index(charity.id)
    assert {"Took on 2 of 3 asked", "2 open requests"} <= set(reasons(shown, place))
    assert not shown.partners[ids(shown).index(other.id)].past


async def test_a_no_of_one_team_leaves_its_organization_to_be_asked(session: AsyncSession) -> None:
    need = await a_need(session)
    charity = await make_organization(session, OrganizationKind.charity)
    await make_dispatch(session, need.shifts[0], await a_led_team(session, charity), DispatchState.declined)
    assert ids(await organizations_for_need(session, need=need, shift=need.shifts[0], now=NOW)) == [
        charity.id
    ]


async def test_a_charity_that_speaks_of_such_work_comes_first(session: AsyncSession) -> None:
    need = await a_need(session, title="陪老人去医院看病", description="陪同挂号、取药。")
    found = []
    for readiness in ("我们修剪树木、清理河道。", "我们陪老人去医院看病、取药。"):
        charity = await make_organization(session, OrganizationKind.charity, readiness=readiness)
        await a_led_team(session, charity)
        found.append(charity.id)
    shown = await organizations_for_need(session, need=need, shift=need.shifts[0], now=NOW)
    assert ids(shown) == found[::-1]


async def test_who_said_no_to_a_need_is_not_shown_for_any_of_its_times(session: AsyncSession) -> None:
    need = await a_need(session, shifts=2)
    charity = await make_organization(session, OrganizationKind.charity)
    team = await a_led_team(session, charity)
    for asked, find in ((team, teams_for_need), (charity, organizations_for_need)):
        await make_dispatch(session, need.shifts[0], asked, DispatchState.declined)
        shown = await find(session, need=need, shift=need.shifts[1], now=NOW)
        assert not shown.partners
        assert [why.in_language("en") for why, _ in shown.excluded] == ["have said no, or cannot be asked"]


async def test_a_team_is_not_shown_where_all_who_lead_it_are_blocked(session: AsyncSession) -> None:
    need = await a_need(session)
    team = await a_led_team(session)
    leader = await leading(session, team)
    deputy = await make_helper(session)
    await make_team_member(session, team, deputy, TeamRole.deputy)
    other = await a_led_team(session)
    await block(session, need, leader)
    shown = await teams_for_need(session, need=need, shift=need.shifts[0], now=NOW)
    assert set(ids(shown)) == {team.id, other.id}
    await block(session, need, [deputy.id])
    shown = await teams_for_need(session, need=need, shift=need.shifts[0], now=NOW)
    assert ids(shown) == [other.id]


async def test_an_organization_is_not_shown_where_all_who_act_for_it_are_blocked(
    session: AsyncSession,
) -> None:
    need = await a_need(session)
    charity = await make_organization(session, OrganizationKind.charity)
    await a_led_team(session, charity)
    await block(session, need, [(await make_member(session, charity)).id])
    assert not ids(await organizations_for_need(session, need=need, shift=need.shifts[0], now=NOW))


async def test_members_who_are_blocked_do_not_count_as_free(session: AsyncSession) -> None:
    need = await a_need(session)
    team = await a_led_team(session)
    people = [await make_helper(session) for _ in range(4)]
    for person in people:
        await make_team_member(session, team, person)
    shown = await teams_for_need(session, need=need, shift=need.shifts[0], now=NOW)
    assert reasons(shown)[0] == "7 members are free then"
    await block(session, need, [people[0].id, people[1].id])
    shown = await teams_for_need(session, need=need, shift=need.shifts[0], now=NOW)
    assert reasons(shown)[0] == "5 members are free then"
