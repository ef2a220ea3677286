"""A county's people are read once, by whoever asks first, and again when somebody there changes."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from linli.core.db import Database
from linli.suggestions.pools import Pool, forget_pools, pool_of
from tests.factories import COMMUNITY
from tests.linli.conftest import statements_to
from tests.linli.suggestions.factories import make_helper

COUNTY = COMMUNITY[:6]


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    forget_pools()
    yield
    forget_pools()


@pytest.fixture
def sent(own_database: Database) -> Iterator[list[str]]:
    with statements_to(own_database) as seen:
        yield seen


def reads(sent: list[str]) -> int:
    """How often a county's people were read."""
    return sum("FROM volunteer_skills" in each for each in sent)


async def look(database: Database, now: datetime, together: asyncio.Barrier | None = None) -> Pool:
    async with database.session(writes=False) as session:
        await session.connection()
        if together:
            await together.wait()
        return await pool_of(session, COUNTY, now=now)


async def test_who_asks_while_a_county_is_read_waits_for_the_same_answer(
    own_database: Database, sent: list[str], now: datetime
) -> None:
    async with own_database.transaction() as session:
        person = await make_helper(session, changed_at=now - timedelta(days=1))
    together = asyncio.Barrier(4)
    found = await asyncio.gather(*(look(own_database, now, together) for _ in range(4)))
    assert all(each is found[0] for each in found)
    assert found[0].account_ids == (person.id,)
    assert reads(sent) == 1


async def test_who_joined_meanwhile_is_seen(own_database: Database, sent: list[str], now: datetime) -> None:
    async with own_database.transaction() as session:
        await make_helper(session, changed_at=now - timedelta(days=1))
    assert len((await look(own_database, now)).account_ids) == 1
    async with own_database.transaction() as session:
        await make_helper(session, changed_at=now)
    assert len((await look(own_database, now)).account_ids) == 2
    assert reads(sent) == 2
