"""Workers and officers at one moment: nobody is asked more than they want, no wave goes out twice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from linli.core.config import Settings
from linli.core.db import Database
from linli.participation.models import Participation
from linli.suggestions.actions import refresh_need
from linli.waves.actions import look_after
from linli.waves.jobs import look_after_due
from linli.waves.models import Asking, Wave
from linli.waves.queries import Due, due
from tests.factories import make_member, make_need, make_organization
from tests.linli.conftest import copy_of
from tests.linli.participation.racing import Press, Track, rounds, running_track
from tests.linli.suggestions.factories import make_helper
from tests.linli.waves.factories import DAY, Square, begin

SQUARES = 6


@pytest.fixture(scope="module")
async def track(
    settings: Settings, pattern: Settings, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Track]:
    folder = tmp_path_factory.mktemp("waves-race")
    async with copy_of(pattern, settings, folder) as own, running_track(own, folder) as track:
        yield track


async def make_squares(track: Track) -> list[Square]:
    """Several needs on different days, whose committees have the same people around them."""
    now = datetime.now(UTC)
    async with track.database.transaction() as session:
        people = [await make_helper(session) for _ in range(6)]
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
        assert len(await due(session, now=later, limit=50)) >= 3
    other = Database(track.settings)
    try:
        await asyncio.gather(*(look_after_due(each, later) for each in (track.database, other)))
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
