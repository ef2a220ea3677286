"""A database of one's own, for what really commits: several workers, kills, locks, silence."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from linli.core.config import Settings
from linli.core.db import Database, new_id
from linli.migrations import migrate
from tests.conftest import MadeOnce, settings_for


@pytest.fixture(scope="session")
async def pattern(
    settings: Settings, made_once: MadeOnce, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """A migrated database that is only ever copied."""
    if settings.database_url not in made_once.patterns:
        made_once.patterns[settings.database_url] = await made_pattern(settings, tmp_path_factory)
    return made_once.patterns[settings.database_url]


async def made_pattern(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    if settings.is_sqlite:
        pattern = settings_for(f"sqlite:///{tmp_path_factory.mktemp('pattern') / 'pattern.sqlite'}")
    else:
        name = f"pattern_{new_id().hex}"
        await _administer(settings, f'CREATE DATABASE "{name}"')
        pattern = _named(settings, name)
    database = Database(pattern)
    await migrate(database)
    await database.close()
    return pattern


@asynccontextmanager
async def copy_of(pattern: Settings, settings: Settings, folder: Path) -> AsyncIterator[Settings]:
    """A database of one's own that starts as the pattern does and is gone afterwards."""
    if pattern.sqlite_path:
        yield settings_for(f"sqlite:///{shutil.copy(pattern.sqlite_path, folder / 'own.sqlite')}")
        return
    name = f"own_{new_id().hex}"
    source = make_url(pattern.database_url).database
    await _administer(settings, f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY FILE_COPY')
    yield _named(settings, name)
    await _administer(settings, f'DROP DATABASE "{name}" WITH (FORCE)')


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
def statements(migrated: Database) -> Iterator[list[str]]:
    """What is sent to the database, savepoints aside."""
    seen: list[str] = []

    def note(*sent: Any) -> None:
        if "SAVEPOINT" not in sent[2]:
            seen.append(sent[2])

    event.listen(migrated.engine.sync_engine, "before_cursor_execute", note)
    yield seen
    event.remove(migrated.engine.sync_engine, "before_cursor_execute", note)


async def at_rest(database: Database) -> None:
    """Work that was cancelled gives its connection back a moment later."""
    async with asyncio.timeout(10):
        while database.engine.pool.checkedout():  # type: ignore[attr-defined]
            await asyncio.sleep(0.01)


def _named(settings: Settings, name: str) -> Settings:
    return settings_for(
        make_url(settings.database_url).set(database=name).render_as_string(hide_password=False)
    )


async def _administer(settings: Settings, statement: str) -> None:
    engine = create_async_engine(settings.async_database_url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
