"""Lists that were shown are noted, once each, and forgotten when they tell nothing any more."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.db import Database
from linli.needs.models import Need
from linli.participation.models import Participation
from linli.participation.rules import State
from linli.suggestions.actions import refresh_need
from linli.suggestions.matcher import matcher
from linli.suggestions.models import ShownList, Suggestion
from linli.suggestions.shown import (
    MOST_ENTRIES,
    Shown,
    came_of_list_for_shift,
    forget_shown,
    forget_shown_lists,
    note_list_of_person,
    note_lists_of_shifts,
)
from linli.volunteers.rules import SkillLevel
from tests.conftest import Visitor
from tests.factories import make_need, make_participation
from tests.linli.suggestions.factories import make_asking_need, make_helper


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    forget_shown()


async def lists(session: AsyncSession) -> list[ShownList]:
    return list(await session.scalars(select(ShownList).order_by(ShownList.made_at, ShownList.id)))


async def test_what_an_officer_sees_is_noted_with_version_order_and_chances(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_asking_need(session, skills={"chatting": False})
    near = await make_helper(session)
    able = await make_helper(session, skills={"chatting": SkillLevel.good})
    await refresh_need(session, need_id=need.id, now=now)
    [noted] = await lists(session)
    stored = {each.account_id: each for each in await session.scalars(select(Suggestion))}
    assert (noted.shift_id, noted.account_id) == (need.shifts[0].id, None)
    assert (noted.matcher, noted.made_at) == (matcher().version, now)
    assert [UUID(id) for id, *_ in noted.entries] == [able.id, near.id]
    for id, score, likely in noted.entries:
        assert score == pytest.approx(stored[UUID(id)].score, abs=1e-4)
        assert likely == pytest.approx(stored[UUID(id)].likely, abs=1e-4)


async def test_the_same_list_again_is_not_another_one(session: AsyncSession, now: datetime) -> None:
    need = await make_asking_need(session, skills={"chatting": False})
    await make_helper(session)
    for minutes in (0, 10, 20):
        await refresh_need(session, need_id=need.id, now=now + timedelta(minutes=minutes))
    assert [each.made_at for each in await lists(session)] == [now]
    await make_helper(session, skills={"chatting": SkillLevel.good})
    later = now + timedelta(minutes=30)
    await refresh_need(session, need_id=need.id, now=later)
    assert [each.made_at for each in await lists(session)] == [now, later]


async def test_of_two_lists_at_one_moment_the_one_noted_later_is_the_last(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_need(session)
    [shift] = need.shifts
    one, other = (Shown("m", [(UUID(int=n), 0.5, None)]) for n in (1, 2))
    for shown in (one, other, other, one, one):
        await note_lists_of_shifts(session, {shift.id: shown}, now=now)
    assert [each.digest for each in await lists(session)] == [one.digest, other.digest, one.digest]
    person = await make_helper(session)
    await make_participation(session, shift, person, State.invited, asked_at=now, created_at=now)
    followed = await session.execute(select(ShownList.id).join(Participation, came_of_list_for_shift()))
    assert [each.id for each in followed] == [(await lists(session))[-1].id]


async def test_a_list_is_bounded(session: AsyncSession, now: datetime) -> None:
    shown = Shown("m", [(UUID(int=n), 0.123456, None) for n in range(80)])
    row = shown.row(now, account_id=UUID(int=1))
    assert len(row["entries"]) == MOST_ENTRIES
    assert row["entries"][0] == [str(UUID(int=0)), 0.1235, None]


async def test_who_was_asked_from_a_list_is_found(session: AsyncSession, now: datetime) -> None:
    need = await make_need(session)
    [shift] = need.shifts
    people = [await make_helper(session) for _ in range(3)]
    moments = [now, now + timedelta(hours=5)]
    session.add_all(listed(need, at) for at in moments)
    asked_at = [now - timedelta(hours=1), now + timedelta(hours=1), now + timedelta(hours=6)]
    for person, at in zip(people, asked_at, strict=True):
        await make_participation(session, shift, person, State.invited, asked_at=at, created_at=at)
    found = await session.execute(
        select(ShownList.made_at, Participation.account_id)
        .join(Participation, came_of_list_for_shift())
        .order_by(ShownList.made_at)
    )
    assert [tuple(each) for each in found] == [(moments[0], people[1].id), (moments[1], people[2].id)]


def listed(need: Need, at: datetime) -> ShownList:
    return ShownList(shift_id=need.shifts[0].id, matcher="m", made_at=at, entries=[], digest="d")


def listed_for(person: Account, at: datetime) -> ShownList:
    return ShownList(account_id=person.id, matcher="m", made_at=at, entries=[], digest="d")


async def test_a_list_that_nothing_came_of_goes_after_a_week_and_every_list_after_half_a_year(
    own_database: Database, now: datetime
) -> None:
    async with own_database.transaction() as session:
        asked, unasked = await make_need(session), await make_need(session)
        person = await make_helper(session)
        session.add_all([listed(asked, now), listed(unasked, now), listed_for(person, now)])
        at = now + timedelta(hours=1)
        await make_participation(
            session, asked.shifts[0], person, State.invited, asked_at=at, created_at=now - timedelta(1)
        )

    async def left(days: int) -> int:
        while await forget_shown_lists(own_database, now + timedelta(days=days)):
            pass
        async with own_database.session(writes=False) as session:
            return await session.scalar(select(func.count()).select_from(ShownList)) or 0

    assert await left(6) == 3
    assert await left(8) == 1
    assert await left(179) == 1
    assert await left(181) == 0


async def test_a_persons_list_is_noted_when_they_have_it_and_once(
    own_database: Database, now: datetime
) -> None:
    async with own_database.transaction() as session:
        person = await make_helper(session)
    shown = Shown("m", [(UUID(int=1), 0.5, 0.5)])
    for _ in range(2):
        await note_list_of_person(own_database, person.id, shown, now=now)
    other = Shown("m", [(UUID(int=2), 0.5, None), (UUID(int=1), 0.4, None)])
    await note_list_of_person(own_database, person.id, other, now=now + timedelta(minutes=1))
    await note_list_of_person(own_database, person.id, Shown("m", []), now=now + timedelta(minutes=2))
    async with own_database.session(writes=False) as session:
        assert [len(each.entries) for each in await lists(session)] == [1, 2]


async def test_ones_own_page_notes_what_it_showed(
    visitor: Visitor, session: AsyncSession, now: datetime
) -> None:
    needs = [await make_asking_need(session) for _ in range(5)]
    person = await make_helper(session)
    await visitor.sign_in(person)
    page = await visitor.get("/home")
    assert page.status_code == 200
    [noted] = await lists(session)
    assert noted.account_id == person.id
    assert len(noted.entries) == 3
    assert {UUID(id) for id, *_ in noted.entries} <= {need.id for need in needs}
    await visitor.get("/home?show=all")
    assert [len(each.entries) for each in await lists(session)] == [3, 5]


async def test_the_plain_list_is_the_same_for_everybody_and_not_noted(
    visitor: Visitor, session: AsyncSession
) -> None:
    await make_asking_need(session)
    await visitor.sign_in(await make_helper(session))
    assert (await visitor.get("/home?order=newest")).status_code == 200
    assert await lists(session) == []
