"""The tables as they should be, and bringing a database there: one line of migrations for both databases."""

from importlib import import_module
from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData
from sqlalchemy.engine import Connection

from linli.core.db import Base, Database

MODULES_WITH_TABLES = (
    "linli.core.audit",
    "linli.core.jobs",
    "linli.notifications.models",
    "linli.accounts.models",
    "linli.organizations.models",
    "linli.volunteers.models",
    "linli.teams.models",
    "linli.needs.models",
    "linli.conversations.models",
    "linli.insurance.models",
    "linli.participation.models",
    "linli.dispatch.models",
    "linli.suggestions.models",
    "linli.waves.models",
    "linli.rosters.models",
)


def all_tables() -> MetaData:
    for module in MODULES_WITH_TABLES:
        import_module(module)
    return Base.metadata


async def migrate(database: Database, revision: str = "head") -> None:
    """Up (or down) to a revision."""
    async with database.engine.connect() as connection:
        await connection.run_sync(_keep_keys, False)
        async with connection.begin():
            await connection.run_sync(_move, revision)
        await connection.run_sync(_keep_keys, True)


async def current_revision(database: Database) -> str | None:
    async with database.engine.connect() as connection:
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


def newest_revision() -> str | None:
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def alembic_config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("linli.migrations")))
    config.attributes["connection"] = connection
    return config


def _keep_keys(connection: Connection, keep: bool) -> None:
    """SQLite makes a table anew to change it; with foreign keys on, dropping the old one would cascade."""
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute(f"PRAGMA foreign_keys={'ON' if keep else 'OFF'}")


def _move(connection: Connection, revision: str) -> None:
    config = alembic_config(connection)
    if revision == "base" or revision.startswith("-"):
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise RuntimeError("a migration left rows behind that point nowhere")
