import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from linli.accounts.models import Account, SignInSession
from linli.accounts.pages.browser import device_called
from linli.app import create_app
from linli.core import clock
from linli.core.config import Settings
from linli.core.db import Database, begin_writing
from tests.conftest import NOW, Visitor
from tests.factories import make_account, make_member, make_organization

MINE = "/me/account"


async def have_volunteer(database: Database) -> Account:
    async with database.transaction() as session:
        return await make_account(session)


async def have_officer(database: Database) -> Account:
    async with database.transaction() as session:
        return await make_member(session, await make_organization(session))


async def last_seen(database: Database) -> datetime:
    async with database.session(writes=False) as session:
        return (await session.scalars(select(SignInSession))).one().last_seen_at


async def test_a_session_ends_after_twelve_hours_however_much_it_is_used(visitor: Visitor) -> None:
    await visitor.sign_in(await have_volunteer(visitor.database))
    for _ in range(11):
        clock.move(timedelta(hours=1))
        assert (await visitor.get(MINE)).status_code == 200
    clock.move(timedelta(hours=1, seconds=5))
    assert (await visitor.get(MINE)).status_code == 401


async def test_who_holds_a_role_is_signed_out_after_two_hours_of_rest(visitor: Visitor) -> None:
    await visitor.sign_in(await have_officer(visitor.database))
    for _ in range(3):
        clock.move(timedelta(hours=1, minutes=50))
        assert (await visitor.get(MINE)).status_code == 200
    clock.move(timedelta(hours=2, seconds=5))
    assert (await visitor.get(MINE)).status_code == 401


async def test_a_volunteer_may_rest_longer(visitor: Visitor) -> None:
    await visitor.sign_in(await have_volunteer(visitor.database))
    clock.move(timedelta(hours=5))
    assert (await visitor.get(MINE)).status_code == 200


async def test_use_is_noted_every_five_minutes_at_most(visitor: Visitor) -> None:
    await visitor.sign_in(await have_volunteer(visitor.database))
    began = await last_seen(visitor.database)
    clock.move(timedelta(minutes=4))
    await visitor.get(MINE)
    assert await last_seen(visitor.database) == began
    clock.move(timedelta(minutes=2))
    await visitor.get(MINE)
    noted = await last_seen(visitor.database)
    assert timedelta(minutes=6) <= noted - began < timedelta(minutes=7)


async def test_reading_a_page_waits_for_no_writer_and_use_is_noted_when_there_is_room(
    own_settings: Settings, own_database: Database
) -> None:
    """On SQLite another transaction holds the one lock for writing meanwhile."""
    account = await have_volunteer(own_database)
    async with Visitor(create_app(own_settings, own_database), own_database, own_settings) as visitor:
        await visitor.sign_in(account)
        clock.move(timedelta(minutes=6))
        async with own_database.session(writes=True) as writing:
            reading = asyncio.ensure_future(visitor.get(MINE))
            await asyncio.sleep(0.5)
            await writing.commit()
        assert (await reading).status_code == 200
    assert await last_seen(own_database) > NOW + timedelta(minutes=5)


async def test_after_a_commit_a_request_may_begin_to_write_again(own_database: Database) -> None:
    """Two that read first and write then would fail on SQLite; these take the lock at once and wait."""

    async def read_then_write() -> None:
        async with own_database.session(writes=True) as session:
            await session.commit()
            await begin_writing(session)
            await session.scalar(select(Account.id))
            await asyncio.sleep(0.05)
            await make_account(session)
            await session.commit()

    await asyncio.gather(*(read_then_write() for _ in range(4)))


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 14; SM-S9110) Chrome/130.0 Mobile Safari/537.36", "Chrome · Android"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/116 Mobile Safari MicroMessenger/8.0", "WeChat · Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/17.5 Safari/605.1.15", "Safari · Mac"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_a_device_is_called_as_people_know_it(agent: str, device: str) -> None:
    assert device_called(agent) == device
