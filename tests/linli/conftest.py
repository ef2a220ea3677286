"""A database of one's own, for what really commits: several workers, kills, locks, silence."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from linli.core.config import Settings
from linli.core.db import Database
from tests.conftest import MadeOnce
from tests.linli.databases import copied, copy_of, migrated_pattern
from tests.linli.participation.racing import Track, running_track
from tests.linli.standing import Standing, make_standing, standing, world

__all__ = ["make_standing", "standing", "world"]


@event.listens_for(Engine, "connect")
def rows_without_an_order_come_the_other_way_round(connection: Any, _record: object) -> None:
    """On SQLite; on PostgreSQL they come as they lie, so that who relies on neither passes on both."""
    if "sqlite" in type(connection).__module__:
        connection.cursor().execute("PRAGMA reverse_unordered_selects = ON")


@pytest.fixture(scope="session")
async def pattern(
    settings: Settings, made_once: MadeOnce, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """A migrated database that is only ever copied."""
    if settings.database_url not in made_once.patterns:
        made_once.patterns[settings.database_url] = await migrated_pattern(
            settings, tmp_path_factory.mktemp("pattern")
        )
    return made_once.patterns[settings.database_url]


@pytest.fixture(scope="session")
async def track(
    settings: Settings, pattern: Settings, made_once: MadeOnce, tmp_path_factory: pytest.TempPathFactory
) -> Track:
    """Two servers on a database of their own, for all races of a run: each makes its own people."""
    url = settings.database_url
    if url not in made_once.tracks:
        folder = tmp_path_factory.mktemp("race")
        own = await copied(pattern, settings, folder)
        made_once.tracks[url] = await made_once.closing.enter_async_context(running_track(own, folder))
    track: Track = made_once.tracks[url]
    return track


@pytest.fixture
def beginning(request: pytest.FixtureRequest, settings: Settings) -> Database:
    """No rows, or the world that stands, for a test that asks for one; `settings` names the two databases."""
    if "world" in request.fixturenames:
        standing: Standing = request.getfixturevalue("standing")
        return standing.database
    database: Database = request.getfixturevalue("migrated")
    return database


@pytest.fixture
async def own_settings(settings: Settings, pattern: Settings, tmp_path: Path) -> AsyncIterator[Settings]:
    async with copy_of(pattern, settings, tmp_path) as own:
        yield own


@pytest.fixture
async def own_database(own_settings: Settings) -> AsyncIterator[Database]:
    database = Database(own_settings)
    yield database
    await at_rest(database)
    await database.close()


@pytest.fixture
def statements(beginning: Database) -> Iterator[list[str]]:
    with statements_to(beginning) as seen:
        yield seen


@contextmanager
def statements_to(database: Database) -> Iterator[list[str]]:
    """What is sent to the database, savepoints aside."""
    seen: list[str] = []

    def note(*sent: Any) -> None:
        if "SAVEPOINT" not in sent[2]:
            seen.append(sent[2])

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def at_rest(database: Database) -> None:
    """Work that was cancelled gives its connection back a moment later."""
    async with asyncio.timeout(10):
        while database.engine.pool.checkedout():  # type: ignore[attr-defined]
            await asyncio.sleep(0.01)
