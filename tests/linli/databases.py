"""Databases that are copied from another one instead of being made again."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from linli.core.config import Settings
from linli.core.db import Database, new_id
from linli.migrations import migrate
from tests.conftest import settings_for


async def migrated_pattern(settings: Settings, folder: Path) -> Settings:
    """A migrated database that is only ever copied."""
    if settings.is_sqlite:
        pattern = settings_for(f"sqlite:///{folder / 'pattern.sqlite'}")
    else:
        name = f"pattern_{new_id().hex}"
        await administer(settings, f'CREATE DATABASE "{name}"')
        pattern = _named(settings, name)
    database = Database(pattern)
    await migrate(database)
    await database.close()
    return pattern


async def copied(pattern: Settings, settings: Settings, folder: Path) -> Settings:
    """Another database that starts as the pattern does."""
    if pattern.sqlite_path:
        return settings_for(f"sqlite:///{shutil.copy(pattern.sqlite_path, folder / 'own.sqlite')}")
    name = f"own_{new_id().hex}"
    source = make_url(pattern.database_url).database
    await administer(settings, f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY FILE_COPY')
    return _named(settings, name)


@asynccontextmanager
async def copy_of(pattern: Settings, settings: Settings, folder: Path) -> AsyncIterator[Settings]:
    """As above, and gone afterwards; a file goes with its folder."""
    own = await copied(pattern, settings, folder)
    yield own
    if not own.is_sqlite:
        await administer(settings, f'DROP DATABASE "{make_url(own.database_url).database}" WITH (FORCE)')


async def administer(settings: Settings, statement: str) -> None:
    engine = create_async_engine(settings.async_database_url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


def _named(settings: Settings, name: str) -> Settings:
    return settings_for(
        make_url(settings.database_url).set(database=name).render_as_string(hide_password=False)
    )
