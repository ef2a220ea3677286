"""Needs whose waves are due at one moment share the people there are: who lacks most is helped first."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.db import Database
from linli.needs.rules import NeedState, Priority
from linli.organizations.registration import RegistrationState
from linli.participation.rules import State
from linli.suggestions.actions import refresh_need
from linli.suggestions.models import MatcherVersion, Suggestion
from linli.waves import actions
from linli.waves.actions import look_after
from linli.waves.due import Due, find_due
from linli.waves.models import Asking, Wave, WaveQuestion
from linli.waves.together import decide, read_due
from tests.factories import (
    COMMUNITY,
    make_account,
    make_asking,
    make_member,
    make_need,
    make_organization,
    make_participation,
)
from tests.linli.suggestions.factories import make_helper
from tests.linli.suggestions.versions import make_version, ranker_that_weighs
from tests.linli.waves.factories import DAY, HOUR, Square, answer, pass_time, questions

WEST = "520302001001"


async def make_neighbours(session: AsyncSession, helpers: int) -> Sequence[Account]:
    return [await make_helper(session) for _ in range(helpers)]


async def waiting_square(
    session: AsyncSession,
    people: Sequence[Account],
    now: datetime,
    *,
    places: int = 1,
    only: Sequence[Account] | None = None,
    ahead: timedelta = 9 * DAY,
    division: str | None = None,
    priority: Priority = Priority.normal,
) -> tuple[Square, Asking]:
    """An asking whose first wave is due in a day; all but `only` have said no to its need."""
    organization = await make_organization(session)
    officer = await make_member(session, organization)
    need = await make_need(
        session,
        organization=organization,
        places=places,
        starts_at=now + ahead,
        division=division or organization.division,
        priority=priority,
        shifts=2,
    )
    for person in people:
        if only is not None and person not in only:
            await make_participation(session, need.shifts[1], person, State.declined)
    await refresh_need(session, need_id=need.id, now=now)
    asking = await actions.begin(
        session,
        need_id=need.id,
        shift_id=need.shifts[0].id,
        account_ids=[],
        officer_id=officer.id,
        now=now,
    )
    await session.commit()
    return Square(organization, officer, need, people), asking


async def asked_before(session: AsyncSession, people: Sequence[Account], now: datetime) -> None:
    """Each was asked once long ago and said no: no seat goes by lot to somebody who never was."""
    past = await make_need(session, state=NeedState.done, starts_at=now - 39 * DAY)
    for person in people:
        await make_participation(session, past.shifts[0], person, State.declined, asked_at=now - 40 * DAY)


async def asked(session: AsyncSession, asking: Asking) -> set[object]:
    return {each.account_id for each in await questions(session, asking)}


async def test_whom_a_need_has_alone_is_asked_for_it_and_not_for_the_one_that_came_first(
    database: Database, session: AsyncSession, now: datetime
) -> None:
    """The comfortable need begins a day earlier and wants everybody; the other has one person left."""
    people = await make_neighbours(session, 4)
    [*others, wanted] = people
    _, comfortable = await waiting_square(session, people, now, places=4, ahead=8 * DAY)
    _, poor = await waiting_square(session, people, now, only=[wanted])
    await pass_time(database, session, comfortable, now + DAY)
    assert await asked(session, poor) == {wanted.id}
    assert await asked(session, comfortable) == {each.id for each in others}


@pytest.mark.parametrize("first", [True, False])
async def test_of_two_that_want_the_same_person_the_need_that_cannot_wait_is_asked_for(
    database: Database, session: AsyncSession, now: datetime, first: bool
) -> None:
    [person] = people = await make_neighbours(session, 1)
    ahead = (9 * DAY, 8 * DAY) if first else (8 * DAY, 9 * DAY)
    _, usual = await waiting_square(session, people, now, ahead=ahead[0])
    _, urgent = await waiting_square(session, people, now, ahead=ahead[1], priority=Priority.urgent)
    await pass_time(database, session, usual, now + DAY)
    assert await asked(session, urgent) == {person.id}
    assert await asked(session, usual) == set()


async def test_of_two_alike_the_community_that_stands_behind_is_asked_for(
    database: Database, session: AsyncSession, now: datetime
) -> None:
    [person] = people = await make_neighbours(session, 1)
    square, usual = await waiting_square(session, people, now, ahead=8 * DAY)
    _, behind = await waiting_square(session, people, now, division=WEST)
    for division, is_answered in ((square.organization.division, True), (WEST, False)):
        for _ in range(6):
            past = await make_need(
                session,
                organization=square.organization,
                division=division,
                places=1,
                state=NeedState.done,
                starts_at=now - 5 * DAY,
                answer_due_at=now - 6 * DAY,
            )
            if is_answered:
                somebody = await make_account(session)
                await make_participation(
                    session, past.shifts[0], somebody, State.confirmed, changed_at=now - 7 * DAY
                )
    await pass_time(database, session, usual, now + DAY)
    assert await asked(session, behind) == {person.id}
    assert await asked(session, usual) == set()


async def test_of_those_who_fit_alike_who_owes_fewer_answers_is_asked(
    database: Database, session: AsyncSession, now: datetime
) -> None:
    people = await make_neighbours(session, 3)
    await asked_before(session, people, now)
    elsewhere = await make_need(session, starts_at=now + 20 * DAY, shifts=3, places=9)
    tired = people[0]
    for n in range(2):
        await make_participation(
            session, elsewhere.shifts[n], tired, State.invited, asked_at=now - (2 + n) * DAY
        )
    _, asking = await waiting_square(session, people, now)
    await pass_time(database, session, asking, now + DAY)
    # Four waves are left: two people with 28 % each do for this one.
    assert await asked(session, asking) == {each.id for each in people[1:]}


async def test_where_nobody_is_likely_to_come_those_there_are_are_asked_all_the_same(
    database: Database, session: AsyncSession, now: datetime
) -> None:
    people = await make_neighbours(session, 2)
    _, lonely = await waiting_square(session, people, now, only=people[:1])
    await session.execute(update(Suggestion).values(likely=0.03))
    _, usual = await waiting_square(session, people, now, only=people[1:])
    await pass_time(database, session, usual, now + DAY)
    assert await asked(session, usual) == {people[1].id}
    assert await asked(session, lonely) == {people[0].id}


async def test_a_question_grows_dearer_with_those_that_found_no_answer_and_not_with_the_others(
    session: AsyncSession, now: datetime
) -> None:
    silent, open_, answers, old = people = await make_neighbours(session, 4)
    elsewhere = await make_need(session, starts_at=now + 20 * DAY, shifts=2, places=9)
    for person, state, days in (
        (silent, State.expired, 3),
        (open_, State.offered, 1),
        (answers, State.declined, 2),
        (old, State.expired, 9),
    ):
        asked_at = now - days * DAY
        await make_participation(session, elsewhere.shifts[0], person, state, asked_at=asked_at)
    await make_participation(session, elsewhere.shifts[1], silent, State.invited, asked_at=now - 2 * DAY)
    _, asking = await waiting_square(session, people, now)
    read = await read_due(session, [asking.id], now=now)
    assert read.unanswered == {silent.id: 2, open_.id: 1, answers.id: 0, old.id: 0}


async def test_of_two_who_are_as_likely_to_say_yes_the_one_who_fits_better_is_asked(
    database: Database, session: AsyncSession, now: datetime
) -> None:
    people = [
        await make_helper(session, fields=("elderly_care",) if n else ("environment",)) for n in range(3)
    ]
    await asked_before(session, people, now)
    _, asking = await waiting_square(session, people, now)
    await pass_time(database, session, asking, now + DAY)
    assert await asked(session, asking) == {each.id for each in people[1:]}


async def test_everybody_is_asked_once_whatever_waves_are_due_and_what_is_known_is_kept(
    database: Database, session: AsyncSession, now: datetime
) -> None:
    people = await make_neighbours(session, 7)
    made = [await waiting_square(session, people, now, ahead=(6 + n) * DAY) for n in range(6)]
    await pass_time(database, session, made[0][1], now + DAY)
    everybody = [each.account_id for _, asking in made for each in await questions(session, asking)]
    assert sorted(everybody) == sorted(each.id for each in people)
    kept = (await session.scalars(select(WaveQuestion))).all()
    assert len(kept) == 7
    assert all(0 < each.propensity <= 1 and each.likely == 0.35 for each in kept)
    assert all(each.matcher for each in await session.scalars(select(Wave)))


async def test_whoever_said_no_to_one_need_may_be_asked_for_another_but_never_again_for_it(
    database: Database, session: AsyncSession, now: datetime
) -> None:
    people = await make_neighbours(session, 2)
    made = [await waiting_square(session, people, now, ahead=(10 + n) * DAY) for n in range(2)]
    seen: set[tuple[object, object]] = set()
    for days in range(1, 5):
        at = now + days * DAY
        await pass_time(database, session, made[0][1], at)
        for _, asking in made:
            fresh = [each for each in await questions(session, asking) if each.state is State.invited]
            pairs = {(asking.id, each.account_id) for each in fresh}
            assert not pairs & seen
            seen |= pairs
            await answer(session, fresh, State.declined, at + HOUR)
    assert len(seen) == 4


async def test_a_need_that_rests_takes_nobody_from_the_others(
    database: Database, session: AsyncSession, now: datetime
) -> None:
    [person] = people = await make_neighbours(session, 1)
    square, urgent = await waiting_square(session, people, now, priority=Priority.urgent)
    _, usual = await waiting_square(session, people, now)
    square.organization.state, square.organization.verified_at = RegistrationState.suspended, None
    await pass_time(database, session, usual, now + DAY)
    assert await asked(session, usual) == {person.id}
    assert await asked(session, urgent) == set()


async def test_what_changed_since_it_was_decided_is_decided_anew(
    database: Database, session: AsyncSession, now: datetime
) -> None:
    people = await make_neighbours(session, 6)
    square, asking = await waiting_square(session, people, now, places=2)
    at = now + DAY
    decided = await decide(session, [asking.id], now=at)
    taken = await make_participation(session, square.shift, people[0], State.confirmed)
    square.shift.places_taken = 1
    await session.commit()
    wanted = Due(asking.id, asking.need_id)
    assert not await look_after(session, due=wanted, decided=decided, now=at)
    assert await questions(session, asking) == []
    await pass_time(database, session, asking, at)
    found = await asked(session, asking)
    assert found
    assert taken.account_id not in found


async def test_so_many_are_decided_at_once_as_can_be_in_seconds_and_of_one_county_only(
    session: AsyncSession, now: datetime
) -> None:
    """The first and what fits beside it; the large one and those elsewhere have the next round."""
    sizes = [(300, COMMUNITY), (300, COMMUNITY), (10, COMMUNITY), (1, "110101001001")]
    made = []
    for n, (places, division) in enumerate(sizes):
        need = await make_need(session, places=places, starts_at=now + (9 + n) * DAY, division=division)
        made.append(await make_asking(session, need.shifts[0], next_at=now))
    found = [each.asking_id for each in await find_due(session, now=now, limit=100)]
    assert found == [made[0].id, made[2].id]


@pytest.mark.parametrize("needs", [2, 9])
async def test_deciding_asks_the_database_the_same_few_questions_however_many_needs_there_are(
    session: AsyncSession, now: datetime, statements: list[str], needs: int
) -> None:
    people = await make_neighbours(session, 3 * needs)
    made = [await waiting_square(session, people, now, ahead=(6 + n) * DAY) for n in range(needs)]
    await make_participation(session, made[0][0].shift, people[0], State.invited, asked_at=now)
    await session.commit()
    statements.clear()
    found = await find_due(session, now=now + DAY, limit=100)
    read = await read_due(session, [each.asking_id for each in found], now=now + DAY)
    assert len(read.wanted) == needs
    # What is due, its needs, what was sent, who is not wanted; the lists, their people, their loads and
    # answers, who takes part, what the county lacks, who has still to answer.
    assert len(statements) == 11


async def test_chances_that_are_put_lower_ask_more_people_for_the_same_places_and_nobody_twice(
    session: AsyncSession, now: datetime
) -> None:
    people = await make_neighbours(session, 16)
    await asked_before(session, people, now)
    version = await make_version(session, now, ranker_that_weighs(skills=1.0), shift=1.5, corrections=1)
    squares = [await waiting_square(session, people, now, ahead=ahead * DAY) for ahead in (8, 9)]

    async def seats() -> list[UUID]:
        for square, _ in squares:
            await refresh_need(session, need_id=square.need.id, now=now)
        decided = await decide(session, [asking.id for _, asking in squares], now=now)
        found = [seat.account_id for wave in decided.values() for seat in wave.seats]
        assert len(set(found)) == len(found)
        assert {*found} <= {each.id for each in people}
        return found

    few = await seats()
    lower = update(MatcherVersion).where(MatcherVersion.id == version.id)
    await session.execute(lower.values(shift=-0.2, corrections=2))
    assert len(await seats()) > len(few) > 0
