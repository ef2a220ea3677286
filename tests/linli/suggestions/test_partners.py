"""Who of the teams and organizations could take on a need: counted by their members, no name told."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.i18n import in_words
from linli.needs.models import Need
from linli.needs.queries import find_need
from linli.organizations.models import Organization
from linli.organizations.rules import OrganizationKind
from linli.participation.rules import State
from linli.suggestions.partners import PartnersShown, organizations_for_need, teams_for_need
from linli.teams.models import Team, TeamField
from linli.teams.rules import TeamState
from tests.conftest import NOW
from tests.factories import make_need, make_organization, make_participation, make_team, make_team_member
from tests.linli.suggestions.factories import make_asking_need, make_helper

NEVER = "0" * 21
NEXT_COUNTY = "520303002001"


async def a_need(session: AsyncSession, **values: Any) -> Need:
    """As a page finds it, with all its parts."""
    need_id = (await make_asking_need(session, **values)).id
    session.expire_all()
    return await find_need(session, need_id)


async def a_team(
    session: AsyncSession,
    members: Sequence[Account] = (),
    *,
    home: Organization | None = None,
    fields: Sequence[str] = ("elderly_care",),
    **values: Any,
) -> Team:
    team = await make_team(session, home, **values)
    session.add_all(TeamField(team_id=team.id, field_id=field) for field in fields)
    for member in members:
        await make_team_member(session, team, member)
    await session.flush()
    return team


async def helpers(session: AsyncSession, n: int, **values: Any) -> list[Account]:
    return [await make_helper(session, **values) for _ in range(n)]


def told(shown: PartnersShown) -> list[tuple[str, str]]:
    return [(in_words(why, "en"), in_words(count, "en")) for why, count in shown.excluded]


async def test_the_team_with_more_free_members_comes_first_with_its_reasons(session: AsyncSession) -> None:
    need = await a_need(session)
    small = await a_team(session, await helpers(session, 2))
    large = await a_team(session, await helpers(session, 6))
    shown = await teams_for_need(session, need=need, shift=need.shifts[0], now=NOW)
    assert [each.id for each in shown.partners] == [large.id, small.id]
    first, second = ([why.in_language("en") for why in each.reasons] for each in shown.partners)
    assert first == ["6 members are free then", "Same community", "Works in: Elderly care"]
    assert second[0] == "A few members are free then"
    for each in shown.partners:
        assert abs(sum(value for _, value in each.contributions) - each.score) < 1e-9


async def test_who_cannot_come_is_counted_once_by_the_first_reason(session: AsyncSession) -> None:
    need = await a_need(session)
    await a_team(session, await helpers(session, 1, availability=NEVER), fields=("environment",))
    for _ in range(5):
        await a_team(session, await helpers(session, 1, availability=NEVER))
    shown = await teams_for_need(session, need=need, shift=need.shifts[0], now=NOW)
    assert not shown.partners
    assert told(shown) == [("work in other fields", "only a few"), ("nobody free then", "5")]


async def test_who_has_promised_that_time_or_is_too_young_does_not_count(session: AsyncSession) -> None:
    need, other = await a_need(session), await make_need(session)
    busy = await make_helper(session)
    young = await make_helper(session, account={"birth_on": (NOW - timedelta(days=17 * 365)).date()})
    await make_participation(session, other.shifts[0], busy, State.confirmed)
    await a_team(session, [busy, young])
    assert not (await teams_for_need(session, need=need, shift=need.shifts[0], now=NOW)).partners


async def test_a_paper_that_is_required_is_held_by_somebody_who_can_come(session: AsyncSession) -> None:
    need = await a_need(session, credentials=("first_aid",))
    held = {"first_aid": None}
    fits = await a_team(session, await helpers(session, 1, credentials=held))
    away = await helpers(session, 1, credentials=held, availability=NEVER)
    await a_team(session, [*away, *await helpers(session, 3)])
    shown = await teams_for_need(session, need=need, shift=need.shifts[0], now=NOW)
    assert [each.id for each in shown.partners] == [fits.id]


async def test_who_has_not_said_is_shown_below_with_what_to_ask(session: AsyncSession) -> None:
    need = await a_need(session)
    sure = await a_team(session, await helpers(session, 1))
    unsure = await a_team(session, await helpers(session, 1, availability="?" * 21), fields=())
    shown = await teams_for_need(session, need=need, shift=need.shifts[0], now=NOW)
    assert [each.id for each in shown.partners] == [sure.id, unsure.id]
    asked = shown.partners[1].ask_when
    assert asked is not None
    assert "who is free then" in asked.in_language("en")


async def test_an_organization_counts_each_member_of_its_teams_once(session: AsyncSession) -> None:
    need = await a_need(session)
    charity = await make_organization(session, OrganizationKind.charity)
    people = await helpers(session, 5)
    await a_team(session, people, home=charity)
    await a_team(session, people[:3], home=charity)
    shown = await organizations_for_need(session, need=need, shift=need.shifts[0], now=NOW)
    assert [each.id for each in shown.partners] == [charity.id]
    assert shown.partners[0].reasons[0].in_language("en") == "5 members are free then"


async def test_an_organization_nobody_vouches_for_or_of_another_county_is_not_shown(
    session: AsyncSession,
) -> None:
    need = await a_need(session)
    homes = [
        await make_organization(session, OrganizationKind.charity, verified_at=None),
        await make_organization(session, OrganizationKind.charity, division=NEXT_COUNTY),
    ]
    for charity in homes:
        await a_team(session, await helpers(session, 2), home=charity)
    shown = await organizations_for_need(session, need=need, shift=need.shifts[0], now=NOW)
    assert not shown.partners
    assert told(shown) == [("not verified", "only a few")]


async def test_only_agreed_teams_of_verified_organizations_in_the_county_are_shown(
    session: AsyncSession,
) -> None:
    need = await a_need(session)
    for home, values in (
        (await make_organization(session, verified_at=None), {}),
        (None, {"division": NEXT_COUNTY}),
        (None, {"state": TeamState.proposed}),
    ):
        await a_team(session, await helpers(session, 2), home=home, **values)
    shown = await teams_for_need(session, need=need, shift=need.shifts[0], now=NOW)
    assert (shown.partners, shown.excluded) == ((), ())


async def test_without_a_county_nobody_is_looked_for(session: AsyncSession) -> None:
    need = await a_need(session, division=None)
    await a_team(session, await helpers(session, 2))
    for ranked in (teams_for_need, organizations_for_need):
        assert not (await ranked(session, need=need, shift=need.shifts[0], now=NOW)).partners
