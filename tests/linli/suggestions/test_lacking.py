"""The public order lifts what lacks somebody, in both databases, a bounded piece at a time."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.db import Database
from linli.needs.models import Need
from linli.needs.rules import NeedState, Priority
from linli.participation.rules import State
from linli.suggestions.lacking import AGAIN_AFTER, has_unweighed, weigh
from tests.factories import make_account, make_need, make_organization, make_participation

WEST = "520302001001"


async def weighed(session: AsyncSession, database: Database, now: datetime, *needs: Need) -> list[int]:
    await session.commit()
    while await weigh(database, now):
        pass
    for need in needs:
        await session.refresh(need)
    return [need.lacking for need in needs]


async def test_who_has_been_asked_and_offers_lowers_what_one_more_yes_brings(
    session: AsyncSession, database: Database, now: datetime
) -> None:
    alone, asked, offered = [await make_need(session, places=1) for _ in range(3)]
    await make_participation(session, asked.shifts[0], await make_account(session), State.invited)
    await make_participation(session, offered.shifts[0], await make_account(session), State.applied)
    of_alone, of_asked, of_offered = await weighed(session, database, now, alone, asked, offered)
    assert of_alone == 1000
    assert of_alone > of_asked > of_offered == 50


async def test_what_cannot_wait_counts_more_and_a_place_of_several_less(
    session: AsyncSession, database: Database, now: datetime
) -> None:
    urgent = await make_need(session, places=1, priority=Priority.urgent)
    soon = await make_need(session, places=1, priority=Priority.soon)
    many = await make_need(session, places=4)
    assert await weighed(session, database, now, urgent, soon, many) == [1700, 1150, 250]


async def test_a_community_that_goes_short_is_lifted(
    session: AsyncSession, database: Database, now: datetime
) -> None:
    asker = await make_organization(session)
    for division, is_answered in ((asker.division, True), (WEST, False)):
        for _ in range(6):
            past = await make_need(
                session,
                organization=asker,
                division=division,
                places=1,
                state=NeedState.done,
                starts_at=now - timedelta(days=5),
                answer_due_at=now - timedelta(days=6),
            )
            if is_answered:
                await make_participation(
                    session,
                    past.shifts[0],
                    await make_account(session),
                    State.confirmed,
                    changed_at=now - timedelta(days=7),
                )
    here = await make_need(session, organization=asker, places=1)
    west = await make_need(session, organization=asker, places=1, division=WEST)
    of_here, of_west = await weighed(session, database, now, here, west)
    # The field goes a little short as well, and counts for both.
    assert of_here < 1100
    assert of_west > of_here + 200


@pytest.mark.parametrize(
    "values",
    [{"state": NeedState.draft}, {"state": NeedState.filled}, {"field_id": "low_income"}, {"division": "52"}],
)
async def test_what_stands_in_no_public_list_is_not_weighed(
    session: AsyncSession, database: Database, now: datetime, values: dict[str, Any]
) -> None:
    need = await make_need(session, **values)
    await session.commit()
    assert not await has_unweighed(session, now)
    assert await weigh(database, now) == 0
    await session.refresh(need)
    assert need.weighed_at is None


async def test_it_is_weighed_again_after_a_while_and_changes_nothing_else(
    session: AsyncSession, database: Database, now: datetime
) -> None:
    need = await make_need(session, places=1)
    [shift] = need.shifts
    version, changed_at = need.version, need.changed_at
    await weighed(session, database, now, need)
    assert not await has_unweighed(session, now + AGAIN_AFTER - timedelta(seconds=1))
    await session.refresh(shift)
    await make_participation(session, shift, await make_account(session), State.applied)
    assert await weighed(session, database, now + AGAIN_AFTER, need) == [50]
    assert (need.version, need.changed_at) == (version, changed_at)


async def test_a_time_to_come_is_needed(session: AsyncSession, database: Database, now: datetime) -> None:
    need = await make_need(session, starts_at=now - timedelta(hours=1))
    assert await weighed(session, database, now, need) == [0]


@pytest.mark.parametrize("needs", [2, 12])
async def test_the_number_of_queries_does_not_grow(
    session: AsyncSession, database: Database, now: datetime, statements: list[str], needs: int
) -> None:
    for _ in range(needs):
        need = await make_need(session)
        await make_participation(session, need.shifts[0], await make_account(session), State.invited)
    await session.commit()
    statements.clear()
    assert await weigh(database, now) == needs
    # Needs, free places, who is asked, how they answered, what came of others; locks, and one update for all.
    assert len(statements) == 7
