"""The pages people open most, on a large town: time, queries, CPU of the application and of PostgreSQL."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
from sqlalchemy import event, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.actions import start_session
from linli.accounts.models import Account
from linli.app import create_app
from linli.core import clock
from linli.core.config import Environment, Settings, read_settings
from linli.core.db import Database
from linli.core.web.csrf import new_form_token
from linli.core.web.security import cookie_name
from linli.migrations import migrate
from linli.needs.rules import Joining
from linli.organizations.models import Organization
from linli.participation.models import Participation
from linli.suggestions.actions import refresh_need
from linli.volunteers.models import VolunteerProfile
from tests.benchmarks.measuring import Took, cpu_seconds, family_of, parent_of, show
from tests.benchmarks.town import LargeTown, fill
from tests.factories import make_need
from tests.house import ROOT
from tests.journeys.server import CHECKOUT, LINLI, free_port, stop, wait_until_ready

WARM_UP, TIMES = 20, 150
APPLICANTS = 120
COLUMNS = ("page", "median ms", "p99 ms", "first ms", "queries", "CPU ms", "PostgreSQL CPU ms", "kB")


@dataclass(frozen=True)
class Reader:
    """Somebody signed in, or a visitor."""

    cookie: str = ""
    form_token: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": self.cookie, "x-csrftoken": self.form_token, "Accept-Encoding": "gzip"}


@dataclass(frozen=True)
class Page:
    name: str
    path: str
    reader: Reader


@dataclass(frozen=True)
class Filled:
    """A database with a large town in it, and who looks at it."""

    settings: Settings
    town: LargeTown
    volunteer: Reader
    officer: Reader
    applicants: Sequence[Reader]
    shift_id: UUID
    filled_s: float
    suggested_s: Sequence[float]

    @property
    def pages(self) -> list[Page]:
        need = f"/needs/{self.town.need_id}"
        return [
            Page("front page, a visitor", "/", Reader()),
            Page("needs, a visitor", "/needs", Reader()),
            Page("a need, a volunteer", need, self.volunteer),
            Page("home, a volunteer", "/home", self.volunteer),
            Page("home, not personalised", "/home?order=newest", self.volunteer),
            Page("board, an officer", f"/organizations/{self.town.organization_id}/desk", self.officer),
            Page("whom to ask, an officer", f"{need}/desk", self.officer),
        ]


async def prepare(url: str) -> Filled:
    settings = read_settings(
        {}, environment=Environment.test, database_url=url, requests_per_minute=10**9, work_in_server=False
    )
    database = Database(settings)
    await migrate(database)
    now = clock.now()
    began = time.perf_counter()
    async with database.transaction() as session:
        town = await fill(session, now=now, zone=settings.zone)
    filled_s = time.perf_counter() - began
    if not settings.is_sqlite:
        await analyze(database)
    suggested_s = [await suggest(database, town.need_id) for _ in range(4)]
    async with database.transaction() as session:
        organization = await session.get_one(Organization, town.organization_id)
        in_three_days = datetime.now(UTC) + timedelta(days=3)
        need = await make_need(
            session, organization=organization, joining=Joining.at_once, places=500, starts_at=in_three_days
        )
        applicants = await adults_without_promises(session, now)
    readers = [
        await sign_in(database, settings, each) for each in (town.volunteer_id, town.officer_id, *applicants)
    ]
    await database.close()
    volunteer, officer, *rest = readers
    return Filled(settings, town, volunteer, officer, rest, need.shifts[0].id, filled_s, suggested_s)


async def adults_without_promises(session: AsyncSession, now: datetime) -> Sequence[UUID]:
    adults = select(Account.id).join(VolunteerProfile, VolunteerProfile.account_id == Account.id)
    adults = adults.where(Account.birth_on < now.date() - timedelta(days=20 * 365))
    adults = adults.where(Account.id.not_in(select(Participation.account_id)))
    return (await session.scalars(adults.order_by(Account.id).limit(APPLICANTS))).all()


async def analyze(database: Database) -> None:
    """What PostgreSQL does by itself a minute after so much was written."""
    async with database.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("ANALYZE"))


async def suggest(database: Database, need_id: UUID) -> float:
    began = time.perf_counter()
    async with database.transaction() as session:
        await refresh_need(session, need_id=need_id, now=clock.now())
    return time.perf_counter() - began


async def sign_in(database: Database, settings: Settings, account_id: UUID) -> Reader:
    async with database.transaction() as session:
        now = clock.now()
        token = await start_session(session, account_id=account_id, device="bench", now=now, factor_at=now)
    form_token = new_form_token(settings.secret_key)
    cookies = {"session": token, "csrf": form_token}
    return Reader(
        "; ".join(f"{cookie_name(settings, name)}={value}" for name, value in cookies.items()), form_token
    )


async def count_queries(filled: Filled) -> dict[str, int]:
    """Statements of each page, asked of an application in this process, after a first look."""
    database = Database(filled.settings)
    sent: list[str] = []
    event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *it: sent.append(it[2]))
    app = create_app(filled.settings, database)
    counted = {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bench") as client:
        for page in filled.pages:
            await client.get(page.path, headers=page.reader.headers)
            sent.clear()
            await client.get(page.path, headers=page.reader.headers)
            counted[page.name] = len(sent)
            client.cookies.clear()
    await database.close()
    return counted


class Meter:
    """Sends requests to one server, one after the other, and reads what they cost."""

    def __init__(self, url: str, server: int, database_processes: int | None) -> None:
        self.client = httpx.Client(base_url=url, timeout=30)
        self.server = server
        self.postmaster = database_processes

    def read(self, page: Page) -> list[object]:
        first = self._once("GET", page.path, page.reader)
        for _ in range(WARM_UP):
            self._once("GET", page.path, page.reader)
        cost, took = self._costs([("GET", page.path, page.reader)] * TIMES)
        size = self.client.get(page.path, headers=page.reader.headers).num_bytes_downloaded
        return [took.median_ms, took.p99_ms, first, *cost, size / 1000]

    def write(self, path: str, readers: Sequence[Reader]) -> list[object]:
        """Each by somebody else; the first few warm up."""
        first = self._once("POST", path, readers[0])
        for reader in readers[1:WARM_UP]:
            self._once("POST", path, reader)
        cost, took = self._costs([("POST", path, reader) for reader in readers[WARM_UP:]])
        return [took.median_ms, took.p99_ms, first, *cost, None]

    def _costs(self, requests: Sequence[tuple[str, str, Reader]]) -> tuple[list[float | None], Took]:
        before = self._used()
        took = Took([self._once(*request) for request in requests])
        spent = [
            None if a is None or b is None else (b - a) * 1000 / len(requests)
            for a, b in zip(before, self._used(), strict=True)
        ]
        return spent, took

    def _used(self) -> tuple[float | None, float | None]:
        database = cpu_seconds(family_of(self.postmaster)) if self.postmaster else None
        return cpu_seconds([self.server]), database

    def _once(self, method: str, path: str, reader: Reader) -> float:
        began = time.perf_counter()
        answer = self.client.request(method, path, headers=reader.headers)
        took = time.perf_counter() - began
        self.client.cookies.clear()
        if answer.status_code not in {200, 303}:
            raise RuntimeError(f"{method} {path} answered {answer.status_code}")
        return took * 1000


@contextmanager
def served(command: Sequence[str], settings: Settings, port: int, folder: Path) -> Iterator[int]:
    environ = os.environ | {
        "PYTHONPATH": CHECKOUT,
        "LINLI_ENVIRONMENT": "test",
        "LINLI_DATABASE_URL": settings.database_url,
        "LINLI_WORK_IN_SERVER": "no",
        "LINLI_REQUESTS_PER_MINUTE": "1000000000",
        "LINLI_LOG_FORMAT": "json",
    }
    log = folder / f"server-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environ, cwd=ROOT, stdout=output, stderr=output)
        try:
            wait_until_ready(process, f"http://127.0.0.1:{port}", log)
            yield process.pid
        finally:
            stop(process)


async def postmaster_of(settings: Settings) -> int | None:
    """The process whose children are PostgreSQL's connections, when it runs on this machine."""
    if settings.is_sqlite:
        return None
    database = Database(settings)
    async with database.session(writes=False) as session:
        backend = await session.scalar(text("SELECT pg_backend_pid()"))
        parent = parent_of(backend or 0)
    await database.close()
    return parent or None


def measure(url: str, label: str, folder: Path) -> None:
    filled = asyncio.run(prepare(url))
    queries = asyncio.run(count_queries(filled))
    postmaster = asyncio.run(postmaster_of(filled.settings))
    rows = []
    port = free_port()
    with served((*LINLI, "serve", "--port", str(port)), filled.settings, port, folder) as server:
        meter = Meter(f"http://127.0.0.1:{port}", server, postmaster)
        rows += [row(page.name, queries[page.name], meter.read(page)) for page in filled.pages]
        applying = meter.write(f"/shifts/{filled.shift_id}/apply", filled.applicants)
        rows.append(row("taking a place, volunteers", None, applying))
    port = free_port()
    bare = (sys.executable, "-m", "tests.benchmarks.bare", filled.settings.database_url, str(port))
    with served(bare, filled.settings, port, folder) as server:
        meter = Meter(f"http://127.0.0.1:{port}", server, postmaster)
        rows.append(row("a bare page with 20 rows", 1, meter.read(Page("", "/", Reader()))))
    town = filled.town
    show(f"{label}: {town.volunteers} volunteers, {town.needs} needs", COLUMNS, rows)
    first, *again = filled.suggested_s
    show(
        f"{label}: suggestions for one need, stored",
        ("", "seconds"),
        [
            ("the county's people read for the first time", f"{first:.2f}"),
            ("again", f"{min(again):.2f}"),
            ("writing this town, past the actions", f"{filled.filled_s:.1f}"),
        ],
    )


def row(name: str, queries: int | None, figures: Sequence[object]) -> list[object]:
    median, p99, first, cpu, database_cpu, size = figures
    return [name, median, p99, first, queries, cpu, database_cpu, size]
