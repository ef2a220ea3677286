"""Several people at the same moment, through two servers that share nothing but the database."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, cycle
from pathlib import Path
from uuid import UUID

import httpx
from sqlalchemy import func, select

from linli.accounts.actions import start_session
from linli.accounts.models import Account
from linli.core.config import Settings
from linli.core.db import Database
from linli.core.web.csrf import new_form_token
from linli.core.web.security import cookie_name
from linli.needs.models import Shift
from linli.participation.models import Hold, Participation
from linli.participation.rules import State
from tests.house import ROOT
from tests.journeys.server import CHECKOUT, LINLI, free_port, stop, wait_until_ready

SERVERS = 2
# The servers close what rests for five seconds: a race must not run into a door that closes.
LIMITS = httpx.Limits(keepalive_expiry=1)
PATIENCE = 10


def rounds(in_the_suite: int) -> int:
    """How often a race is run: LINLI_TEST_ROUNDS says it for all of them, and `make bench` says fifty."""
    return int(os.environ.get("LINLI_TEST_ROUNDS", in_the_suite))


@dataclass(frozen=True)
class Racer:
    """Somebody signed in, ready to press a button."""

    account: Account
    cookie: str
    form_token: str


@dataclass(frozen=True)
class Press:
    """A button: who presses it, and what is sent."""

    racer: Racer
    path: str
    key: str | None = None
    note: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


class Track:
    """The database, and the servers in front of it."""

    def __init__(self, settings: Settings, database: Database, clients: Sequence[httpx.AsyncClient]) -> None:
        self.settings = settings
        self.database = database
        self.clients = clients
        # Each race on a day of its own, so that no promise of an earlier one is in the way.
        self._days = count(1)

    def next_start(self, days: int = 1) -> datetime:
        """On the first of so many days that no other race has."""
        first, *_ = [next(self._days) for _ in range(days)]
        return datetime.now(UTC) + timedelta(days=first)

    async def sign_in(self, account: Account) -> Racer:
        async with self.database.transaction() as session:
            now = datetime.now(UTC)
            token = await start_session(session, account_id=account.id, device="test", now=now, factor_at=now)
        form_token = new_form_token(self.settings.secret_key)
        cookies = {"session": token, "csrf": form_token}
        cookie = "; ".join(f"{cookie_name(self.settings, name)}={value}" for name, value in cookies.items())
        return Racer(account, cookie, form_token)

    async def at_once(self, presses: Sequence[Press]) -> list[httpx.Response]:
        """All buttons at the same moment, by turns at one server and the other."""
        clients = cycle(self.clients)
        return await asyncio.gather(*(press_at(next(clients), press) for press in presses))

    async def held(self, shift_id: UUID) -> int:
        """Places kept for people who are still to be named, or to answer."""
        async with self.database.session(writes=False) as session:
            left = await session.scalar(select(func.sum(Hold.places_left)).where(Hold.shift_id == shift_id))
            offered = await session.scalar(
                select(func.count())
                .select_from(Participation)
                .where(Participation.shift_id == shift_id, Participation.state == State.offered)
            )
        return (left or 0) + (offered or 0)

    async def standing(self, shift_id: UUID) -> tuple[int, int]:
        """Places that count as taken, and people who hold one."""
        async with self.database.session(writes=False) as session:
            taken = await session.scalar(select(Shift.places_taken).where(Shift.id == shift_id))
            confirmed = await session.scalar(
                select(func.count())
                .select_from(Participation)
                .where(Participation.shift_id == shift_id, Participation.state == State.confirmed)
            )
        assert taken is not None
        assert confirmed is not None
        return taken, confirmed


async def press_at(client: httpx.AsyncClient, press: Press) -> httpx.Response:
    """The answer; who hears that the house is busy, as on a slow disk, presses again."""
    headers = {"Cookie": press.racer.cookie, "x-csrftoken": press.racer.form_token}
    if press.key:
        headers["Idempotency-Key"] = press.key
    for _ in range(PATIENCE):
        answer = await client.post(press.path, data={"note": press.note, **press.fields}, headers=headers)
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            break
    return answer


@asynccontextmanager
async def running_track(settings: Settings, folder: Path) -> AsyncIterator[Track]:
    database = Database(settings)
    started = [start_server(settings, folder / f"server-{n}.log") for n in range(SERVERS)]
    try:
        for process, url, log in started:
            await asyncio.to_thread(wait_until_ready, process, url, log)
        clients = [httpx.AsyncClient(base_url=url, timeout=60, limits=LIMITS) for _, url, _ in started]
        yield Track(settings, database, clients)
        for client in clients:
            await client.aclose()
    finally:
        for process, _, _ in started:
            stop(process)
        await database.close()


def start_server(settings: Settings, log: Path) -> tuple[subprocess.Popen[bytes], str, Path]:
    """The server as `linli serve` starts it, by the real clock."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environ = {name: value for name, value in os.environ.items() if not name.startswith("LINLI_")} | {
        "PYTHONPATH": CHECKOUT,
        "LINLI_ENVIRONMENT": "test",
        "LINLI_DATABASE_URL": settings.database_url,
        "LINLI_BASE_URL": url,
        "LINLI_WORK_IN_SERVER": "no",
        "LINLI_REQUESTS_PER_MINUTE": "1000000",
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*LINLI, "serve", "--port", str(port)], env=environ, cwd=ROOT, stdout=output, stderr=output
        )
    return process, url, log
