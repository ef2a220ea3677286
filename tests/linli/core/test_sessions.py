"""One database session per request, a deadline on it, and a database that is lost, locked or silent."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.audit import AuditEntry
from linli.core.config import Settings
from linli.core.db import Database, is_unavailable
from tests.conftest import Visitor, settings_for
from tests.factories import make_account
from tests.linli.core.conftest import THING, probed

SECONDS = 15.0  # by then everybody has an answer, on a busy machine too; without limits it is 120


async def written(database: Database) -> int:
    async with database.session(writes=False) as session:
        return await session.scalar(select(func.count()).where(AuditEntry.object_id == THING)) or 0


async def test_what_was_done_is_kept_before_the_answer_leaves(
    own_probe: Visitor, own_database: Database
) -> None:
    assert (await own_probe.submit("/probe/write")).status_code == 201
    assert await written(own_database) == 1


async def test_what_was_refused_is_not_kept(own_probe: Visitor, own_database: Database) -> None:
    assert (await own_probe.submit("/probe/write", {"fail": "yes"})).status_code == 409
    assert await written(own_database) == 0


async def test_a_page_writes_only_when_it_says_so(own_probe: Visitor, own_database: Database) -> None:
    await own_probe.get("/probe/forgotten")
    assert await written(own_database) == 0
    await own_probe.get("/probe/write")
    assert await written(own_database) == 1


async def test_the_person_is_known_by_a_running_session_only(probe: Visitor, session: AsyncSession) -> None:
    account = await make_account(session)
    await session.commit()
    assert (await probe.submit("/probe/own")).status_code == 401
    await probe.sign_in(account)
    assert (await probe.submit("/probe/own")).status_code == 201
    for token in ("", "x", "a" * 43, "%00", "'; DROP TABLE sessions --"):
        probe.cookies.delete("linli-session")
        probe.cookies.set("linli-session", token)
        assert (await probe.submit("/probe/own")).status_code == 401


async def test_work_without_end_is_ended_and_the_next_request_goes_on(probe: Visitor) -> None:
    answer = await probe.get("/probe/slow")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert (await probe.get("/health/ready")).status_code == 200


async def timed(request: "asyncio.Task[httpx.Response]") -> tuple[int, float]:
    began = time.monotonic()
    answer = await request
    return answer.status_code, time.monotonic() - began


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_a_locked_file_is_503_in_time_and_recovers(own_probe: Visitor, own_settings: Settings) -> None:
    other = sqlite3.connect(str(own_settings.sqlite_path), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    writing = [
        asyncio.create_task(timed(asyncio.create_task(own_probe.submit("/probe/write")))) for _ in range(3)
    ]
    assert (await own_probe.get("/health/ready")).status_code == 200  # who only reads is not held up
    for status, seconds in await asyncio.gather(*writing):
        assert status == 503
        assert seconds < SECONDS
    other.execute("ROLLBACK")
    other.close()
    assert (await own_probe.submit("/probe/write")).status_code == 201


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_a_full_disk_is_503_and_recovers(
    own_probe: Visitor, own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with own_database.engine.connect() as connection:
        pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar()
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        size = "x" * 1_000_000
        with pytest.raises(OperationalError) as full:
            await connection.exec_driver_sql(f"CREATE TABLE large AS SELECT '{size}' AS text")
        assert is_unavailable(full.value)


def test_our_own_mistakes_are_not_taken_for_a_lost_database() -> None:
    mistake = OperationalError("SELECT 1", {}, sqlite3.OperationalError("no such column: no_such_column"))
    assert not is_unavailable(mistake)
    assert not is_unavailable(ValueError("database is locked"))
    lost = DBAPIError("SELECT 1", {}, Exception("gone"), connection_invalidated=True)
    assert is_unavailable(lost)


class Proxy:
    """Stands before PostgreSQL and can fall silent without closing anything."""

    def __init__(self, settings: Settings) -> None:
        parts = urlsplit(settings.database_url)
        self.folder = parse_qs(parts.query).get("host", [""])[0]
        self.host, self.port = parts.hostname, parts.port or 5432
        self.passes = asyncio.Event()
        self.passes.set()
        self.pumps: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        self.server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        port: int = self.server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        self.server.close()
        for pump in self.pumps:
            pump.cancel()
        await asyncio.gather(*self.pumps, return_exceptions=True)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.folder:
            back = await asyncio.open_unix_connection(f"{self.folder}/.s.PGSQL.{self.port}")
        else:
            back = await asyncio.open_connection(self.host, self.port)
        self.pumps |= {
            asyncio.create_task(self._pump(reader, back[1])),
            asyncio.create_task(self._pump(back[0], writer)),
        }

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                await self.passes.wait()
                writer.write(data)
        finally:
            writer.close()


@pytest.fixture
async def proxy(own_settings: Settings) -> AsyncIterator[Proxy]:
    proxy = Proxy(own_settings)
    yield proxy
    await proxy.stop()


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
async def test_a_silent_postgresql_is_503_in_time_and_recovers(own_settings: Settings, proxy: Proxy) -> None:
    port = await proxy.start()
    name = urlsplit(own_settings.database_url).path
    user = urlsplit(own_settings.database_url).netloc.rpartition("@")[0]
    database = Database(settings_for(f"postgresql://{user}@127.0.0.1:{port}{name}"))
    async with Visitor(probed(own_settings, database), database, own_settings) as visitor:

        async def all_of(count: int) -> list[tuple[int, float]]:
            requests = (asyncio.create_task(visitor.get("/health/ready")) for _ in range(count))
            return await asyncio.gather(*(timed(request) for request in requests))

        assert {status for status, _ in await all_of(5)} == {200}
        proxy.passes.clear()
        for status, seconds in await all_of(25):  # more than the pool has connections
            assert status == 503
            assert seconds < SECONDS
        proxy.passes.set()
        assert {status for status, _ in await all_of(5)} == {200}
        assert (await visitor.submit("/probe/write")).status_code == 201
    await database.close()


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
async def test_a_postgresql_that_is_not_there_is_503_at_once(own_settings: Settings) -> None:
    database = Database(settings_for("postgresql://nobody@127.0.0.1:9/nothing"))
    async with Visitor(probed(own_settings, database), database, own_settings) as visitor:
        status, seconds = await timed(asyncio.create_task(visitor.get("/health/ready")))
        assert status == 503
        assert seconds < SECONDS
        assert (await visitor.get("/health/live")).status_code == 200
        assert (await visitor.get("/no/such/page")).status_code == 404
    await database.close()
