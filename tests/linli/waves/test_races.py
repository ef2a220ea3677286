"""Workers and officers at one moment: nobody is asked more than they want, no wave goes out twice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.config import Settings
from linli.core.db import Database
from linli.needs.models import Shift
from linli.needs.rules import Joining
from linli.participation import actions as participation
from linli.participation.models import Participation
from linli.participation.rules import State
from linli.suggestions.actions import refresh_need
from linli.volunteers.models import VolunteerProfile
from linli.waves.actions import look_after
from linli.waves.due import Due, find_due
from linli.waves.jobs import look_after_due
from linli.waves.models import Asking, Wave
from linli.waves.rules import AskingState
from tests.factories import make_member, make_need, make_organization
from tests.linli.databases import copy_of
from tests.linli.participation.racing import Press, Track, rounds, running_track
from tests.linli.suggestions.factories import make_helper
from tests.linli.waves.factories import DAY, Square, answer, begin, questions

SQUARES = 6
ROUNDS_TO_REST = 20


@pytest.fixture(scope="module")
async def track(
    settings: Settings, pattern: Settings, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Track]:
    folder = tmp_path_factory.mktemp("waves-race")
    async with copy_of(pattern, settings, folder) as own, running_track(own, folder) as track:
        yield track


async def make_people(session: AsyncSession) -> list[Account]:
    """Those of earlier races rest: they fit as well, and would stand before these."""
    await session.execute(update(VolunteerProfile).values(opted_in=False))
    return [await make_helper(session) for _ in range(6)]


async def make_squares(track: Track) -> list[Square]:
    """Several needs on different days, whose committees have the same people around them."""
    now = datetime.now(UTC)
    async with track.database.transaction() as session:
        people = await make_people(session)
        squares = []
        for _ in range(SQUARES):
            organization = await make_organization(session)
            officer = await make_member(session, organization)
            need = await make_need(
                session, organization=organization, places=2, starts_at=track.next_start() + 9 * DAY
            )
            squares.append(Square(organization, officer, need, people))
    for square in squares:
        async with track.database.transaction() as session:
            await refresh_need(session, need_id=square.need.id, now=now)
    return squares


async def asked_of_each(track: Track, square: Square) -> Counter[int]:
    """How many people were asked how often."""
    ids = [each.id for each in square.people]
    async with track.database.session(writes=False) as session:
        rows = await session.execute(
            select(Participation.account_id, func.count())
            .where(Participation.account_id.in_(ids))
            .group_by(Participation.account_id)
        )
        return Counter(count for _, count in rows)


async def test_two_waves_for_two_needs_at_once_never_ask_one_person_twice(track: Track) -> None:
    for _ in range(rounds(2)):
        squares = await make_squares(track)
        presses = [
            Press(
                await track.sign_in(square.officer),
                f"/needs/{square.need.id}/ask",
                fields={
                    "shift": str(square.shift.id),
                    "how": "waves",
                    "person": str(square.people[n % 3].id),
                },
            )
            for n, square in enumerate(squares)
        ]
        answers = await track.at_once(presses)
        assert Counter(each.status_code for each in answers) == {303: 3, 409: SQUARES - 3}
        assert await asked_of_each(track, squares[0]) == {1: 3}


async def test_two_workers_at_one_asking_send_one_wave(track: Track) -> None:
    now = datetime.now(UTC)
    for _ in range(rounds(2)):
        [square, *_] = await make_squares(track)
        async with track.database.session(writes=True) as session:
            asking = await begin(session, square, now, [square.people[0].id])
        other = Database(track.settings)
        later = now + 3 * DAY
        try:
            done = await asyncio.gather(
                *(
                    look(database, asking, later)
                    for database in (track.database, other, track.database, other)
                )
            )
        finally:
            await other.close()
        assert sum(done) == 1
        async with track.database.session(writes=False) as session:
            sent = select(func.count()).where(Wave.asking_id == asking.id)
            assert await session.scalar(sent) == 2


async def look(database: Database, asking: Asking, now: datetime) -> bool:
    async with database.transaction() as session:
        return await look_after(session, due=Due(asking.id, asking.need_id), now=now)


async def test_workers_at_many_askings_keep_to_everybodys_budget(track: Track) -> None:
    """Each committee has asked somebody of its own; then all next waves want the same few people at once."""
    now = datetime.now(UTC)
    squares = await make_squares(track)
    for n, square in enumerate(squares[:3]):
        async with track.database.session(writes=True) as session:
            await begin(session, square, now, [square.people[n].id])
    later = now + timedelta(days=3)
    async with track.database.session(writes=False) as session:
        assert len(await find_due(session, now=later, limit=50)) >= 3
    other = Database(track.settings)
    try:
        # A hundred at a time, and those of earlier races come before these.
        for _ in range(ROUNDS_TO_REST):
            both = (look_after_due(each, later) for each in (track.database, other))
            if not any(await asyncio.gather(*both)):
                break
    finally:
        await other.close()
    ids = [each.id for each in squares[0].people]
    async with track.database.session(writes=False) as session:
        rows = await session.execute(
            select(Participation.account_id, func.count())
            .where(Participation.account_id.in_(ids), Participation.asked_at >= later)
            .group_by(Participation.account_id)
        )
        counts = [count for _, count in rows]
    assert counts
    assert set(counts) == {1}


async def filled_square(track: Track, noon: datetime) -> tuple[Square, Asking, Participation]:
    """The one place of a need is taken, and its waves stand still."""
    now = noon - 2 * DAY
    async with track.database.transaction() as session:
        people = await make_people(session)
        organization = await make_organization(session)
        officer = await make_member(session, organization)
        need = await make_need(
            session,
            organization=organization,
            places=1,
            joining=Joining.at_once,
            starts_at=track.next_start() + 9 * DAY,
        )
        square = Square(organization, officer, need, people)
    async with track.database.transaction() as session:
        await refresh_need(session, need_id=need.id, now=now)
    async with track.database.session(writes=True) as session:
        asking = await begin(session, square, now, [people[0].id])
        [place] = await questions(session, asking)
        await answer(session, [place], State.confirmed, now)
    assert await look(track.database, asking, now)
    return square, asking, place


async def take(track: Track, square: Square, now: datetime) -> bool:
    """Somebody comes forward, and has the place at once."""
    async with track.database.transaction() as session:
        last = square.people[-1].id
        await participation.apply(session, shift_id=square.shift.id, account_id=last, now=now)
    return True


@pytest.mark.parametrize("is_taken_again", [False, True])
async def test_a_place_given_back_is_asked_for_once_or_taken_but_never_both_wrongly(
    track: Track, is_taken_again: bool
) -> None:
    """Two workers see the free place while somebody comes forward and takes it."""
    noon = (datetime.now(UTC) + 3 * DAY).replace(hour=4, minute=0)
    for _ in range(rounds(2)):
        square, asking, place = await filled_square(track, noon)
        async with track.database.transaction() as session:
            own = await session.get_one(Participation, place.id)
            await participation.withdraw(session, participation=own, account_id=own.account_id, now=noon)
        other = Database(track.settings)

        rivals = [take(track, square, noon)] if is_taken_again else []
        try:
            await asyncio.gather(look(track.database, asking, noon), look(other, asking, noon), *rivals)
        finally:
            await other.close()
        await look_after_due(track.database, noon)
        async with track.database.session(writes=False) as session:
            shift = await session.get_one(Shift, square.shift.id)
            standing = await session.get_one(Asking, asking.id)
            found = await session.scalars(
                select(Wave.number).where(Wave.asking_id == asking.id).order_by(Wave.number)
            )
            assert found.all() in ([[1], [1, 2]] if is_taken_again else [[1, 2]])
            assert shift.places_taken == is_taken_again
            assert standing.state is (AskingState.filled if is_taken_again else AskingState.going)
            still_open = select(func.count()).where(
                Participation.shift_id == shift.id, Participation.state == State.invited
            )
            assert bool(await session.scalar(still_open)) is not is_taken_again
