"""One person for all times of a need: a place in each, or in none; and given back as one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.errors import Conflict
from linli.dispatch.actions import ask
from linli.needs.models import Need
from linli.needs.rules import Joining, NeedState
from linli.notifications.models import Notice
from linli.participation import actions
from linli.participation.models import Participation
from linli.participation.rules import State
from linli.participation.together import actions as together
from linli.suggestions.actions import refresh_need
from linli.suggestions.for_person import needs_for_person
from linli.suggestions.learning.answers import answer_rows
from linli.suggestions.queries import latest_runs
from linli.suggestions.reads import among
from linli.suggestions.why import why_shown
from tests.conftest import NOW, Visitor
from tests.factories import make_account, make_member, make_need, make_organization, make_team, make_volunteer
from tests.linli.suggestions.factories import make_helper


async def course(session: AsyncSession, **values: Any) -> Need:
    known: dict[str, Any] = {"shifts": 3, "places": 1, "same_person": True, "joining": Joining.at_once}
    return await make_need(session, **known | values)


async def states(session: AsyncSession, need: Need) -> list[State]:
    found = await session.scalars(
        select(Participation.state).where(Participation.need_id == need.id).order_by(Participation.id)
    )
    return list(found)


def taken(need: Need) -> list[int]:
    return [shift.places_taken for shift in need.shifts]


async def notices(session: AsyncSession, person: Account) -> Sequence[Notice]:
    await session.flush()
    return (await session.scalars(select(Notice).where(Notice.account_id == person.id))).all()


@pytest.mark.parametrize("n", [0, 2])
async def test_a_yes_to_one_time_takes_a_place_in_each(session: AsyncSession, now: datetime, n: int) -> None:
    need, person = await course(session), await make_account(session)
    made = await actions.apply(session, shift_id=need.shifts[n].id, account_id=person.id, now=now)
    assert made.shift_id == need.shifts[0].id
    assert await states(session, need) == [State.confirmed] * 3
    assert taken(need) == [1, 1, 1]
    assert need.state is NeedState.filled
    assert len(await notices(session, person)) == 1
    again = await actions.apply(session, shift_id=need.shifts[1].id, account_id=person.id, now=now)
    assert again.id == made.id
    assert taken(need) == [1, 1, 1]


async def test_who_cannot_come_to_one_time_takes_none(session: AsyncSession, now: datetime) -> None:
    need, person = await course(session), await make_account(session)
    other = await make_need(session, starts_at=need.shifts[2].starts_at, joining=Joining.at_once)
    await actions.apply(session, shift_id=other.shifts[0].id, account_id=person.id, now=now)
    with pytest.raises(Conflict):
        await actions.apply(session, shift_id=need.shifts[0].id, account_id=person.id, now=now)
    assert await states(session, need) == []
    assert taken(need) == [0, 0, 0]


async def test_the_places_are_those_of_each_time(session: AsyncSession, now: datetime) -> None:
    need = await course(session, places=2)
    for _ in range(2):
        person = await make_account(session)
        await actions.apply(session, shift_id=need.shifts[0].id, account_id=person.id, now=now)
    assert taken(need) == [2, 2, 2]
    with pytest.raises(Conflict):
        await actions.apply(
            session, shift_id=need.shifts[1].id, account_id=(await make_account(session)).id, now=now
        )


async def test_one_question_is_put_and_its_yes_is_for_all(session: AsyncSession, now: datetime) -> None:
    need, person = await course(session), await make_volunteer(session)
    asked = await actions.invite(
        session, shift_id=need.shifts[2].id, account_ids=[person.id], asked_by_id=None, now=now
    )
    assert [each.shift_id for each in asked.invited] == [need.shifts[0].id]
    again = await actions.invite(
        session, shift_id=need.shifts[1].id, account_ids=[person.id], asked_by_id=None, now=now
    )
    assert not again.invited
    assert taken(need) == [0, 0, 0]
    await actions.accept(session, participation=asked.invited[0], account_id=person.id, now=now)
    assert await states(session, need) == [State.confirmed] * 3
    assert taken(need) == [1, 1, 1]
    rows = await answer_rows(session, among([person.id]), now=now, most=10)
    assert len(rows) == 1


async def test_a_no_ends_the_one_question(session: AsyncSession, now: datetime) -> None:
    need, person = await course(session), await make_volunteer(session)
    asked = await actions.invite(
        session, shift_id=need.shifts[0].id, account_ids=[person.id], asked_by_id=None, now=now
    )
    await actions.decline(session, participation=asked.invited[0], account_id=person.id, now=now)
    assert await states(session, need) == [State.declined]
    assert taken(need) == [0, 0, 0]


async def test_giving_one_back_gives_back_all_that_are_to_come(session: AsyncSession, now: datetime) -> None:
    need, person = await course(session), await make_account(session)
    await actions.apply(session, shift_id=need.shifts[0].id, account_id=person.id, now=now)
    later = need.shifts[0].starts_at + timedelta(hours=1)
    places = (await session.scalars(select(Participation).order_by(Participation.id))).all()
    last = next(each for each in places if each.shift_id == need.shifts[2].id)
    await actions.withdraw(session, participation=last, account_id=person.id, now=later)
    assert taken(need) == [1, 0, 0]
    assert sorted(await states(session, need)) == [State.confirmed, State.withdrawn, State.withdrawn]
    # Somebody else may go on with what is left.
    other = await make_account(session)
    await actions.apply(session, shift_id=need.shifts[1].id, account_id=other.id, now=later)
    assert taken(need) == [1, 1, 1]


@pytest.mark.parametrize("is_chosen", [True, False])
async def test_who_asks_decides_about_all_times_at_once(
    session: AsyncSession, now: datetime, is_chosen: bool
) -> None:
    need, person = await course(session, joining=Joining.asked), await make_account(session)
    officer = await make_account(session)
    offer = await actions.apply(session, shift_id=need.shifts[1].id, account_id=person.id, now=now)
    decide = actions.confirm_application if is_chosen else actions.refuse_application
    await decide(session, participation=offer, officer_id=officer.id, now=now)
    assert await states(session, need) == ([State.confirmed] * 3 if is_chosen else [State.refused])
    assert taken(need) == ([1, 1, 1] if is_chosen else [0, 0, 0])
    if is_chosen:
        await actions.cancel_participation(session, participation=offer, officer_id=officer.id, now=now)
        assert await states(session, need) == [State.cancelled] * 3
        assert taken(need) == [0, 0, 0]


async def test_whoever_takes_back_their_consent_gives_back_all(session: AsyncSession, now: datetime) -> None:
    need, person = await course(session), await make_account(session)
    await actions.apply(session, shift_id=need.shifts[0].id, account_id=person.id, now=now)
    await actions.withdraw_consent(session, account=person, now=now)
    assert await states(session, need) == [State.withdrawn] * 3
    assert taken(need) == [0, 0, 0]


async def test_neither_friends_nor_teams_come_to_a_single_time(session: AsyncSession, now: datetime) -> None:
    need, person = await course(session, places=3), await make_account(session)
    with pytest.raises(Conflict, match="yes each for yourself"):
        await together.start(session, shift_id=need.shifts[0].id, account_id=person.id, size=2, now=now)
    team = await make_team(session)
    with pytest.raises(Conflict, match="by name"):
        await ask(
            session, shift_id=need.shifts[0].id, places=1, asked_by_id=person.id, team_id=team.id, now=now
        )


async def test_nobody_is_suggested_who_has_no_time_for_one_of_them(
    session: AsyncSession, now: datetime
) -> None:
    need = await course(session)
    free, busy = await make_helper(session), await make_helper(session, availability="1" * 9 + "0" * 12)
    await refresh_need(session, need_id=need.id, now=now)
    runs = await latest_runs(session, need_id=need.id, now=now)
    assert [run.fitting for run in runs.values()] == [1, 1, 1]
    assert [run.excluded for run in runs.values()] == [{"free_then": 1}] * 3
    for person, is_listed in ((free, True), (busy, False)):
        cards = (await needs_for_person(session, account=person, now=now, limit=5)).cards
        assert bool(cards) is is_listed
    why = await why_shown(session, account=busy, need=need, now=now)
    assert why is not None
    assert len({time.refusal for time in why.times}) == 1
    assert not why.fits


async def test_the_page_shows_all_times_with_one_button(session: AsyncSession, visitor: Visitor) -> None:
    need = await course(session)
    person = await make_account(session)
    await visitor.sign_in(person)
    visitor.cookies.set("linli-language", "en")
    page = (await visitor.get(f"/needs/{need.id}")).text
    assert "All 3 times" in page
    assert page.count('/apply"') == 1
    assert "/together" not in page
    answer = await visitor.submit(f"/shifts/{need.shifts[0].id}/apply")
    assert answer.status_code == 303
    for path in (answer.headers["location"], "/commitments"):
        assert "your answer is for all that are to come" in (await visitor.get(path)).text


async def test_the_desk_asks_once_and_shows_no_team(session: AsyncSession, visitor: Visitor) -> None:
    organization = await make_organization(session)
    need = await course(session, organization=organization)
    await visitor.sign_in(await make_member(session, organization))
    visitor.cookies.set("linli-language", "en")
    await refresh_need(session, need_id=need.id, now=NOW)
    desk = (await visitor.get(f"/needs/{need.id}/desk")).text
    assert f"shift={need.shifts[1].id}" not in desk
    assert "please ask people by name" in (await visitor.get(f"/needs/{need.id}/desk/teams")).text
