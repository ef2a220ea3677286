"""One line of migrations that leads to exactly the models' tables, on both databases, and back again."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from linli.core.db import Database, new_id
from linli.migrations import alembic_config, all_tables, current_revision, migrate, newest_revision
from tests.conftest import NOW, settings_for
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


async def test_registering_in_the_browser_keeps_who_was_there(empty_database: Database) -> None:
    """0008 makes `organizations` anew on SQLite: what points at it must not go with the old table."""
    await migrate(empty_database, "0007")
    account, known, new = new_id(), new_id(), new_id()
    same = {"kind": "charity", "division": "5203", "is_sample": False, "created_at": NOW, "version": 1}
    empty = dict.fromkeys(("about", "phone", "address"), "")
    person = {"name": "Li", "birth_on": NOW.date(), "mobile": "13900000001", "language": "zh", "version": 1}
    is_not = dict.fromkeys(("large_text", "personalised", "is_sample"), False)
    await put(empty_database, "accounts", {"id": account, "created_at": NOW} | person | is_not)
    await put(
        empty_database, "organizations", {"id": known, "name": "known", "verified_at": NOW} | same | empty
    )
    await put(empty_database, "organizations", {"id": new, "name": "new"} | same | empty)
    seat = {"account_id": account, "organization_id": known, "role": "coordinator", "since": NOW}
    await put(empty_database, "memberships", {"id": new_id()} | seat)
    await migrate(empty_database)
    assert await rows(empty_database, "SELECT name, state FROM organizations ORDER BY name") == [
        ("known", "verified"),
        ("new", "submitted"),
    ]
    await migrate(empty_database, "0007")
    await migrate(empty_database)
    assert await rows(empty_database, "SELECT role FROM memberships") == [("coordinator",)]


async def put(database: Database, table: str, values: dict[str, Any]) -> None:
    """A row as this revision has it, which the models may not know any more."""
    sqlite = database.engine.dialect.name == "sqlite"
    values = {
        name: value.bytes if sqlite and isinstance(value, UUID) else value for name, value in values.items()
    }
    places = ", ".join(f":{name}" for name in values)
    async with database.engine.begin() as connection:
        await connection.execute(text(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})"), values)


async def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    async with database.engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]
