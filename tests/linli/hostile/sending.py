"""Sends a form as the person who found it, sees what was kept of it, and undoes it."""

import re
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote_plus, urlsplit

import httpx
from sqlalchemy import event

from linli.core import clock
from linli.core.config import Settings
from linli.core.web.application import Application
from linli.core.web.csrf import new_form_token
from linli.core.web.security import cookie_name
from tests.conftest import NOW, RolledBackDatabase
from tests.linli.hostile.reading import TOKEN, FoundForm

# A longer address never reaches the application: the server refuses it.
LONGEST_QUERY: Final = 50_000
BOUNDARY: Final = "x-the-end-of-a-part-x"
Sent = Mapping[str, tuple[bytes, ...]]
_WRITES: Final = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM) "?(\w+)')


@dataclass
class Kept:
    """The tables in which something was changed and not taken back, from savepoint to savepoint."""

    levels: list[set[str]] = field(default_factory=lambda: [set()])

    @property
    def tables(self) -> set[str]:
        return set().union(*self.levels)

    @contextmanager
    def watching(self, connection: Any) -> Iterator[None]:
        heard = {
            "after_cursor_execute": self._executed,
            "savepoint": self._began,
            "release_savepoint": self._ended,
            "rollback_savepoint": self._undone,
        }
        for name, listener in heard.items():
            event.listen(connection, name, listener)
        yield
        for name, listener in heard.items():
            event.remove(connection, name, listener)

    def _executed(self, *heard: Any) -> None:
        cursor, statement = heard[1], heard[2]
        found = _WRITES.match(statement)
        if found and (found[1] == "INSERT INTO" or cursor.rowcount != 0):
            self.levels[-1].add(found[2])

    def _began(self, *_: Any) -> None:
        self.levels.append(set())

    def _ended(self, *_: Any) -> None:
        done = self.levels.pop()
        self.levels[-1] |= done

    def _undone(self, *_: Any) -> None:
        self.levels.pop()


@dataclass(frozen=True)
class Outcome:
    answer: httpx.Response
    kept: frozenset[str]
    cpu_seconds: float


class Sender:
    """Another browser for each request: with the cookies of who found the form, and nothing left behind."""

    def __init__(self, app: Application, database: RolledBackDatabase, settings: Settings) -> None:
        # A failure of ours must be an answer, as it is over a real connection.
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url=settings.base_url)
        self.database = database
        self.token = new_form_token(settings.secret_key)
        self.sent = 0
        self.token_cookie = cookie_name(settings, "csrf")

    async def send(self, form: FoundForm, cookies: Mapping[str, str], sent: Sent) -> Outcome:
        if form.method == "GET":
            address = urlsplit(form.address).path + "?" + urlencoded(_pairs(sent)).decode()[:LONGEST_QUERY]
            return await self.ask("GET", address, cookies)
        pairs = [(TOKEN, self.token.encode()), *_pairs(sent)]
        if form.sends_files:
            kind, body = f"multipart/form-data; boundary={BOUNDARY}", _parts(form, pairs)
        else:
            kind, body = "application/x-www-form-urlencoded", urlencoded(pairs)
        headers = {"Content-Type": kind} | ({"HX-Request": "true"} if form.is_fragment else {})
        return await self.ask(form.method, form.address, cookies, headers, body)

    async def ask(
        self,
        method: str,
        address: str,
        cookies: Mapping[str, str],
        headers: Mapping[str, str | bytes] | None = None,
        body: bytes = b"",
    ) -> Outcome:
        own = {**cookies, self.token_cookie: self.token}
        cookie = "; ".join(f"{name}={value}" for name, value in own.items())
        said = {"Accept-Language": "en", **(headers or {}), "Cookie": cookie}
        connection = self.database.connection
        kept = Kept()
        self.sent += 1
        # However long a run takes, it is always the same moment: no code expires on the way.
        clock.reset()
        clock.move(NOW - datetime.now(UTC))
        await connection.exec_driver_sql("SAVEPOINT hostile")
        began = time.process_time()
        with kept.watching(connection.sync_connection):
            answer = await self.client.request(method, address, headers=as_bytes(said), content=body)
        await connection.exec_driver_sql("ROLLBACK TO SAVEPOINT hostile")
        # Else each would lie inside the one before, and PostgreSQL keeps a lock for every one of them.
        await connection.exec_driver_sql("RELEASE SAVEPOINT hostile")
        self.client.cookies.clear()
        return Outcome(answer, frozenset(kept.tables), time.process_time() - began)


def as_bytes(headers: Mapping[str, str | bytes]) -> dict[bytes, bytes]:
    """As they travel; what is no Latin letter is sent all the same."""
    return {
        name.encode(): value if isinstance(value, bytes) else value.encode()
        for name, value in headers.items()
    }


def urlencoded(pairs: Iterable[tuple[str, bytes]]) -> bytes:
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs).encode()


def _pairs(sent: Sent) -> Iterator[tuple[str, bytes]]:
    return ((name, value) for name, values in sent.items() for value in values)


def _parts(form: FoundForm, pairs: Iterable[tuple[str, bytes]]) -> bytes:
    body = b""
    for name, value in pairs:
        file = '; filename="a.csv"' if name in form.fields and form.fields[name].kind == "file" else ""
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        body += head.encode() + value + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()
