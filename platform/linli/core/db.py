"""The database: base class, column types, engine and sessions, the same for SQLite and PostgreSQL."""

import enum
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from advanced_alchemy.types import GUID, DateTimeUTC
from sqlalchemy import JSON, Enum, Integer, MetaData, Table, bindparam, event, func, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from uuid_utils.compat import uuid7

from linli.core.config import Settings

UtcDateTime = DateTimeUTC(timezone=True)
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
UNAVAILABLE_HINTS = (
    "database is locked",
    "database or disk is full",
    "disk i/o error",
    "unable to open database",
)
BUSY_SECONDS = 4.0  # a locked SQLite file must answer 503 within five seconds


def new_id() -> UUID:
    """UUIDv7, so that ids sort by the time they were made."""
    return uuid7()


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012
        UUID: GUID(),
        datetime: UtcDateTime,
        # None is NULL, not the JSON word null, which IS NULL would not find.
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
        # Text, not a database type of its own: a new state is then no change of the table.
        enum.Enum: Enum(
            enum.Enum, native_enum=False, create_constraint=False, validate_strings=True, length=30
        ),
    }


class WithId(Base):
    __abstract__ = True
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-1)


class hours_between(GenericFunction[int]):  # noqa: N801  as functions of the database are called
    """Whole hours from one moment to a later one, rounded down, the same in both databases."""

    type = Integer()
    inherit_cache = True


@compiles(hours_between, "sqlite")
def _hours_in_sqlite(element: hours_between, compiler: SQLCompiler, **options: Any) -> str:
    begin, end = (compiler.process(each, **options) for each in element.clauses)
    return f"((strftime('%s', {end}) - strftime('%s', {begin})) / 3600)"


@compiles(hours_between, "postgresql")
def _hours_in_postgresql(element: hours_between, compiler: SQLCompiler, **options: Any) -> str:
    begin, end = (compiler.process(each, **options) for each in element.clauses)
    seconds = f"floor(extract(epoch FROM {end})) - floor(extract(epoch FROM {begin}))"
    return f"CAST(floor(({seconds}) / 3600) AS integer)"


async def insert_rows(session: AsyncSession, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Many rows in one statement, without an object for each: what is pending is written before."""
    await session.flush()
    if rows:
        table = model.__table__
        assert isinstance(table, Table)
        await session.execute(insert(table), rows)


async def update_rows(session: AsyncSession, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Many rows in one statement: each holds its primary key and the same other columns.

    What is pending is written before; objects of these rows that are in the session do not hear of it.
    """
    await session.flush()
    if rows:
        table = model.__table__
        assert isinstance(table, Table)
        [key] = table.primary_key
        said: dict[str, Any] = {name: bindparam(f"new_{name}") for name in rows[0] if name != key.name}
        version = {"version": table.c.version + 1} if "version" in table.c else {}
        found = update(table).where(key == bindparam(f"new_{key.name}")).values(said | version)
        await session.execute(found, [{f"new_{name}": value for name, value in row.items()} for row in rows])


class Database:
    """One engine; `session(writes=True)` takes SQLite's write lock at once: a read never becomes a write."""

    def __init__(self, settings: Settings) -> None:
        self.engine = create_engine(settings)
        self._make = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=False)

    @asynccontextmanager
    async def session(self, *, writes: bool) -> AsyncIterator[AsyncSession]:
        async with self._make() as session:
            if writes:
                await begin_writing(session)
            yield session

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session that commits when its block ends well."""
        async with self.session(writes=True) as session:
            yield session
            await session.commit()

    async def distrust(self) -> None:
        """After a deadline: kept connections may lead to a PostgreSQL fallen silent, so the next are new."""
        if self.engine.dialect.name == "postgresql":
            await self.engine.dispose()

    async def close(self) -> None:
        await self.engine.dispose()


async def begin_writing(session: AsyncSession) -> None:
    """Begin the next transaction with SQLite's write lock; a read that turned into one would fail."""
    await session.connection(execution_options={"writes": True})


async def take_turns(session: AsyncSession, name: str) -> None:
    """Transactions that use the same name go one after the other; SQLite's writers always do."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def create_engine(settings: Settings) -> AsyncEngine:
    if settings.is_sqlite:
        if settings.sqlite_path and str(settings.sqlite_path) != ":memory:":
            settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(
            settings.async_database_url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS}
        )
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        event.listen(engine.sync_engine, "do_execute", _execute_in_one_errand)
        return engine
    return create_async_engine(
        settings.async_database_url,
        hide_parameters=True,
        pool_size=10,
        max_overflow=10,
        pool_timeout=BUSY_SECONDS,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": 3,
            "options": "-c statement_timeout=30000 -c lock_timeout=4000",
            "tcp_user_timeout": 4000,
        },
    )


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    # The driver must not begin transactions of its own: _begin_sqlite does.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _execute_in_one_errand(cursor: Any, statement: str, parameters: Any, _context: object) -> bool:
    """Go to the connection's thread once; for cursor, execution, rows and closing apart it is four times.

    True tells SQLAlchemy that it is done (docs/adr/0052).
    """
    if cursor.server_side:
        return False
    driver = cursor._connection

    def errand() -> tuple[Any, Sequence[Any], int, int]:
        done = driver._conn.execute(statement, parameters)
        rows = done.fetchall() if done.description else ()
        return done.description, rows, done.lastrowid, done.rowcount

    try:
        cursor.description, rows, cursor.lastrowid, cursor.rowcount = cursor.await_(driver._execute(errand))
    except Exception as failure:
        cursor._adapt_connection._handle_exception(failure)  # raises it as the driver would
    cursor._rows = deque(rows)
    return True


def is_unavailable(failure: BaseException) -> bool:
    """Lost, locked or full is 503; an OperationalError may also be a mistake in our SQL, and that is 500."""
    if isinstance(failure, (PoolTimeout, TimeoutError, ConnectionError)):
        return True
    if isinstance(failure, DBAPIError) and failure.connection_invalidated:
        return True
    if not isinstance(failure, (OperationalError, InterfaceError)):
        return False
    if any(hint in str(failure.orig).lower() for hint in UNAVAILABLE_HINTS):
        return True
    state = getattr(failure.orig, "sqlstate", None)
    return type(failure.orig).__module__.startswith("psycopg") and (
        state is None or state[:2] in {"08", "40", "53", "57"} or state == "55P03"
    )
