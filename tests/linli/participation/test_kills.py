"""kill -9 in the middle of writing: nothing that was acknowledged is missing, nothing stands there by half.

A few kills in the suite; LINLI_TEST_THOROUGH=1, as `make bench` sets it, kills a writer a hundred times and
the whole server five times, on each database.
"""

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import httpx
from sqlalchemy import func, select

from linli.core.audit import AuditEntry
from linli.core.config import Settings
from linli.core.db import Database
from linli.needs.models import Shift
from linli.needs.rules import Joining
from linli.notifications.models import Notice
from linli.participation.models import Participation
from linli.participation.rules import State
from tests.factories import make_account, make_member, make_need, make_organization
from tests.house import ROOT
from tests.journeys.server import CHECKOUT, wait_until_ready
from tests.linli.participation.racing import Press, Racer, Track, press_at, start_server

IS_THOROUGH: Final = os.environ.get("LINLI_TEST_THOROUGH") == "1"
KILLS: Final = 100 if IS_THOROUGH else 8
SERVER_KILLS: Final = 5 if IS_THOROUGH else 1
SEED: Final = 20261123
CLIENTS: Final = 40


async def times_with_room(database: Database) -> list[UUID]:
    """A committee with one officer, who is told of every place that is taken."""
    async with database.transaction() as session:
        organization = await make_organization(session)
        await make_member(session, organization)
        need = await make_need(
            session,
            organization=organization,
            shifts=8,
            places=500,
            starts_at=datetime.now(UTC) + timedelta(days=3),
            joining=Joining.at_once,
        )
        return [shift.id for shift in need.shifts]


async def expect_all_or_nothing(database: Database, acknowledged: Sequence[UUID]) -> None:
    """Those promised are there; each place with its entry, its share of the count, and word to both sides."""
    async with database.session(writes=False) as session:
        rows = await session.execute(select(Participation.id, Participation.account_id, Participation.state))
        held = rows.all()
        taken = await session.scalar(select(func.sum(Shift.places_taken)))
        noted = await session.scalars(select(AuditEntry.object_id).where(AuditEntry.action == "apply"))
        told = await session.execute(
            select(Notice.event, func.count())
            .where(Notice.event.in_(("confirmed", "place_taken")))
            .group_by(Notice.event)
        )
        assert set(acknowledged) <= {row.account_id for row in held}
        assert {row.state for row in held} <= {State.confirmed}
        assert taken == len(held)
        assert sorted(noted) == sorted(row.id for row in held)
        counts: dict[str, int] = {event: count for event, count in told}
        assert counts == dict.fromkeys(("confirmed", "place_taken"), len(held))


async def test_a_writer_killed_again_and_again_loses_nothing_and_leaves_nothing_by_half(
    own_settings: Settings, own_database: Database
) -> None:
    shifts = [str(each) for each in await times_with_room(own_database)]
    arguments = (own_settings.database_url, str(SEED), str(KILLS), *shifts)
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "tests.linli.participation.writer", *arguments],
        env=os.environ | {"PYTHONPATH": CHECKOUT},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    acknowledged = [UUID(line) for line in done.stdout.split()]
    assert len(acknowledged) >= KILLS
    await expect_all_or_nothing(own_database, acknowledged)


async def test_a_server_killed_under_its_clients_comes_back_with_all_it_had_promised(
    own_settings: Settings, own_database: Database, tmp_path: Path
) -> None:
    shift_id = (await times_with_room(own_database))[0]
    track = Track(own_settings, own_database, [])
    acknowledged: list[UUID] = []
    chance = random.Random(SEED)
    for life in range(SERVER_KILLS):
        async with own_database.transaction() as session:
            accounts = [await make_account(session) for _ in range(CLIENTS)]
        racers = [await track.sign_in(account) for account in accounts]
        server, url, log = start_server(own_settings, tmp_path / f"server-{life}.log")
        await asyncio.to_thread(wait_until_ready, server, url, log)
        async with httpx.AsyncClient(base_url=url, timeout=60) as client:
            posting = [asyncio.create_task(post(client, racer, shift_id)) for racer in racers]
            await wait_for_the_first(posting)
            await asyncio.sleep(chance.uniform(0, 0.1))
            server.kill()
            answers = await asyncio.gather(*posting)
        server.wait()
        acknowledged += [each for each in answers if each]
    assert acknowledged
    assert len(acknowledged) < CLIENTS * SERVER_KILLS, "the kills came too late"
    server, url, log = start_server(own_settings, tmp_path / "server-after.log")
    try:
        await asyncio.to_thread(wait_until_ready, server, url, log)
        await expect_all_or_nothing(own_database, acknowledged)
    finally:
        server.kill()
        server.wait()


async def post(client: httpx.AsyncClient, racer: Racer, shift_id: UUID) -> UUID | None:
    """Whose place the server acknowledged; None when it died before it answered."""
    try:
        answer = await press_at(client, Press(racer, f"/shifts/{shift_id}/apply"))
    except httpx.TransportError:
        return None
    assert answer.status_code == 303, answer.text
    return racer.account.id


async def wait_for_the_first(posting: Sequence[asyncio.Task[UUID | None]]) -> None:
    await asyncio.wait(posting, return_when=asyncio.FIRST_COMPLETED, timeout=60)
