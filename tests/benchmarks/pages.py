"""The pages people open most, on a large town: time, queries, CPU of the application and of PostgreSQL."""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
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
from tests.benchmarks.partners import LargeTownsPartners, fill_partners
from tests.benchmarks.town import LargeTown, fill
from tests.factories import make_need
from tests.house import ROOT
from tests.journeys.server import CHECKOUT, LINLI, free_port, stop, wait_until_ready

WARM_UP, TIMES = 20, 100
TRIES = 10
APPLICANTS = WARM_UP + 60
COLUMNS = (
    "page",
    "median ms",
    "p99 ms",
    "first ms",
    "queries",
    "CPU ms",
    "PostgreSQL CPU ms",
    "times bare",
    "aim",
    "kB",
)
# 6 + 1, 5 + 1 and 5 + 3 ms, where the bare page took 1.1 + 0.2.
A_LIST, A_NEED, A_PLACE = 7 / 1.3, 6 / 1.3, 8 / 1.3


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
    aim: float | None = None


@dataclass(frozen=True)
class Filled:
    """A database with a large town in it, and who looks at it."""

    settings: Settings
    town: LargeTown
    partners: LargeTownsPartners
    volunteer: Reader
    officer: Reader
    leader: Reader
    applicants: Sequence[Reader]
    shift_id: UUID
    filled_s: float
    suggested_s: Sequence[tuple[float, float]]

    @property
    def pages(self) -> list[Page]:
        need, desk = f"/needs/{self.town.need_id}", f"/organizations/{self.town.organization_id}/desk"
        return [
            Page("front page, a visitor", "/", Reader()),
            Page("needs, a visitor", "/needs", Reader(), A_LIST),
            Page("a need, a volunteer", need, self.volunteer, A_NEED),
            Page("home, a volunteer", "/home", self.volunteer),
            Page("home, not personalised", "/home?order=newest", self.volunteer),
            Page("board, an officer", desk, self.officer, A_LIST),
            Page("whom to ask, an officer", f"{need}/desk", self.officer),
            Page("teams to ask, an officer", f"{need}/desk/teams", self.officer),
            Page("organizations to ask, an officer", f"{need}/desk/organizations", self.officer),
            Page("needs for a team, its leader", f"/teams/{self.partners.team_id}/needs", self.leader),
        ]


# Asked before each page anew, since what else a machine does changes within minutes.
BARE = Page("", "/", Reader())


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
        partners = await fill_partners(session, town, now=now)
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
        await sign_in(database, settings, each)
        for each in (town.volunteer_id, town.officer_id, partners.leader_id, *applicants)
    ]
    await database.close()
    volunteer, officer, leader, *rest = readers
    return Filled(
        settings, town, partners, volunteer, officer, leader, rest, need.shifts[0].id, filled_s, suggested_s
    )


async def adults_without_promises(session: AsyncSession, now: datetime) -> Sequence[UUID]:
    adults = select(Account.id).join(VolunteerProfile, VolunteerProfile.account_id == Account.id)
    adults = adults.where(Account.birth_on < now.date() - timedelta(days=20 * 365))
    adults = adults.where(Account.id.not_in(select(Participation.account_id)))
    return (await session.scalars(adults.order_by(Account.id).limit(APPLICANTS))).all()


async def analyze(database: Database) -> None:
    """What PostgreSQL does by itself a minute after so much was written."""
    async with database.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("ANALYZE"))


async def suggest(database: Database, need_id: UUID) -> tuple[float, float]:
    """Seconds, and seconds of CPU."""
    began, used = time.perf_counter(), time.process_time()
    async with database.transaction() as session:
        await refresh_need(session, need_id=need_id, now=clock.now())
    return time.perf_counter() - began, time.process_time() - used


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


@dataclass(frozen=True)
class Cost:
    """What one page took: of each figure the middle one, so that what else the machine does counts little."""

    took: Took
    first_ms: float
    cpu_ms: float | None
    database_cpu_ms: float | None
    size_kb: float | None = None

    @property
    def total_cpu_ms(self) -> float | None:
        return None if self.cpu_ms is None else self.cpu_ms + (self.database_cpu_ms or 0)


class Meter:
    """Sends requests to one server, one after the other, and reads what they cost."""

    def __init__(self, url: str, server: int, postmaster: int | None) -> None:
        self.client = httpx.Client(base_url=url, timeout=30)
        self.server = server
        self.postmaster = postmaster

    def read(self, page: Page) -> Cost:
        first = self._once("GET", page.path, page.reader)
        cost = self._cost(first, [("GET", page.path, page.reader)] * (WARM_UP + TIMES))
        size = self.client.get(page.path, headers=page.reader.headers).num_bytes_downloaded
        return replace(cost, size_kb=size / 1000)

    def write(self, path: str, readers: Sequence[Reader]) -> Cost:
        """Each by somebody else."""
        first = self._once("POST", path, readers[0])
        return self._cost(first, [("POST", path, reader) for reader in readers[1:]])

    def _cost(self, first_ms: float, requests: Sequence[tuple[str, str, Reader]]) -> Cost:
        """The first few warm up."""
        for request in requests[:WARM_UP]:
            self._once(*request)
        family = family_of(self.postmaster) if self.postmaster else []
        took: list[float] = []
        used = [(cpu_seconds([self.server]), cpu_seconds(family))]
        for request in requests[WARM_UP:]:
            took.append(self._once(*request))
            used.append((cpu_seconds([self.server]), cpu_seconds(family)))
        server, database = zip(*used, strict=True)
        return Cost(
            Took(took), first_ms, middle_step_ms(server), middle_step_ms(database) if family else None
        )

    def _once(self, method: str, path: str, reader: Reader) -> float:
        """Until there is an answer: on a machine that does much else the first may be "try again later"."""
        began = time.perf_counter()
        for _ in range(TRIES):
            answer = self.client.request(method, path, headers=reader.headers)
            if answer.status_code != 503:
                break
            print(f"{method} {path} answered 503", file=sys.stderr)
        took = time.perf_counter() - began
        self.client.cookies.clear()
        if answer.status_code not in {200, 303}:
            raise RuntimeError(f"{method} {path} answered {answer.status_code}")
        return took * 1000


def middle_step_ms(readings: Sequence[float | None]) -> float | None:
    steps = [(b - a) * 1000 for a, b in pairwise(readings) if a is not None and b is not None]
    return statistics.median(steps) if steps else None


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
    rows: list[list[object]] = []
    bare_port, port = free_port(), free_port()
    bare_command = (
        sys.executable,
        "-m",
        "tests.benchmarks.bare",
        filled.settings.database_url,
        str(bare_port),
    )
    linli_command = (*LINLI, "serve", "--port", str(port))
    with (
        served(bare_command, filled.settings, bare_port, folder) as bare_server,
        served(linli_command, filled.settings, port, folder) as server,
    ):
        bare_meter = Meter(f"http://127.0.0.1:{bare_port}", bare_server, postmaster)
        meter = Meter(f"http://127.0.0.1:{port}", server, postmaster)
        for page in filled.pages:
            bare = bare_meter.read(BARE)
            rows.append(row(page.name, queries.get(page.name), meter.read(page), bare, page.aim))
        bare = bare_meter.read(BARE)
        taking = meter.write(f"/shifts/{filled.shift_id}/apply", filled.applicants)
    rows.append(row("taking a place, volunteers", None, taking, bare, A_PLACE))
    rows.append(row("a bare page with 20 rows", 1, bare, bare, None))
    town = filled.town
    show(f"{label}: {town.volunteers} volunteers, {town.needs} needs", COLUMNS, rows)
    (first, first_cpu), *again = filled.suggested_s
    show(
        f"{label}: suggestions for one need, stored",
        ("", "seconds", "CPU seconds"),
        [
            ("the county's people read for the first time", f"{first:.2f}", f"{first_cpu:.2f}"),
            ("again", *(f"{each:.2f}" for each in min(again))),
            ("writing this town, past the actions", f"{filled.filled_s:.1f}", None),
        ],
    )


def row(name: str, queries: int | None, cost: Cost, bare: Cost, aim: float | None) -> list[object]:
    times = cost.total_cpu_ms / bare.total_cpu_ms if cost.total_cpu_ms and bare.total_cpu_ms else None
    took = (cost.took.median_ms, cost.took.p99_ms, cost.first_ms)
    return [name, *took, queries, cost.cpu_ms, cost.database_cpu_ms, times, aim, cost.size_kb]
