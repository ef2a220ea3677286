"""One line of migrations that leads to exactly the models' tables, on both databases, and back again."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from linli.core.db import Database
from linli.migrations import alembic_config, all_tables, current_revision, migrate, newest_revision
from tests.conftest import settings_for
from tests.databases import empty_postgresql
from tests.house import expect_none


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.sqlite'}"
    else:
        url = empty_postgresql(request.getfixturevalue("postgresql_url"), "migrations")
    database = Database(settings_for(url))
    yield database
    await database.close()


async def tables_of(database: Database) -> set[str]:
    async with database.engine.connect() as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


def differences(connection: Connection) -> list[object]:
    # SQLite names its column types too loosely to be compared.
    opts = {"compare_type": connection.dialect.name == "postgresql"}
    context = MigrationContext.configure(connection, opts=opts)
    return list(compare_metadata(context, all_tables()))


def test_the_line_of_migrations_has_one_head() -> None:
    assert len(ScriptDirectory.from_config(alembic_config()).get_heads()) == 1


async def test_migrations_make_the_tables_of_the_models(empty_database: Database) -> None:
    await migrate(empty_database)
    async with empty_database.engine.connect() as connection:
        expect_none(map(str, await connection.run_sync(differences)))


async def test_migrations_run_up_down_and_up_again(empty_database: Database) -> None:
    await migrate(empty_database)
    first = await tables_of(empty_database)
    await migrate(empty_database, "base")
    assert await tables_of(empty_database) == {"alembic_version"}
    await migrate(empty_database)
    assert await tables_of(empty_database) == first
    assert await current_revision(empty_database) == newest_revision()
