"""Somebody who tries every door, and leaves no trace."""

from collections.abc import Mapping
from itertools import cycle
from typing import Any

from linli.core.config import Settings
from linli.core.web.application import Application
from linli.core.web.csrf import new_form_token
from linli.core.web.security import cookie_name
from tests.conftest import RolledBackDatabase
from tests.linli.rights import NEAR, OTHERS, Cell
from tests.linli.world import VISITOR, Ids

BAD_BODIES = (
    ("application/x-www-form-urlencoded", b"a=%ff%00&a=&=&reason=" + b"\xff" * 50),
    ("application/json", b'{"' + b"[" * 3000),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: nonsense\r\n\r\n\x00"),
    ("", b"\x00\xff\xfe"),
)
FILLED = b"version=1&role=member&reason=because&answer=done&valid_until=2027-06-01&text=words"


class Walker:
    """Sends requests as one person and forgets what they changed."""

    def __init__(self, app: Application, database: RolledBackDatabase, settings: Settings) -> None:
        self.app, self.database, self.settings = app, database, settings
        token = new_form_token(settings.secret_key)
        self.form = {"x-csrftoken": token, "Content-Type": "application/x-www-form-urlencoded"}
        self.cookies = {cookie_name(settings, "csrf"): token}
        self.bearer: dict[str, str] = {}
        self.bad_bodies = cycle(BAD_BODIES)

    async def ask(self, route: str, ids: Ids) -> int:
        """The request as a page of ours would send it."""
        return await self._send(route, ids, headers=self.form, content=b"")

    async def ask_with_a_filled_form(self, route: str, ids: Ids) -> int:
        """What the forms of ours ask for, so that no missing word hides whether the door is open."""
        return await self._send(route, ids, headers=self.form, content=FILLED)

    async def ask_with_a_bad_body(self, route: str, ids: Ids, *, has_token: bool) -> int:
        kind, body = next(self.bad_bodies)
        headers = {"x-csrftoken": self.form["x-csrftoken"]} if has_token else {}
        return await self._send(route, ids, headers=headers | {"Content-Type": kind}, content=body)

    async def _send(self, route: str, ids: Ids, headers: dict[str, str], content: bytes) -> int:
        method, path = route.split()
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        # A refusal as JSON is the same refusal without a page around it.
        said = {"Accept": "application/json", "Cookie": cookie, **headers, **self.bearer}
        undone = await self.database.connection.begin_nested()
        status = await status_of(self.app, method, path.format(**ids), said, content)
        await undone.rollback()
        return status


async def status_of(
    app: Application, method: str, path: str, headers: Mapping[str, str], content: bytes
) -> int:
    """Straight from the application: for so many requests a client would cost as much as their answers."""
    host = "127.0.0.1"
    said = {"Host": host, "Content-Length": str(len(content)), **headers}
    scope: Any = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in said.items()],
        "server": (host, 8000),
        "client": (host, 123),
        "state": {},
    }
    coming: list[Any] = [{"type": "http.request", "body": content, "more_body": False}]
    statuses: list[int] = []

    async def receive() -> Any:
        return coming.pop() if coming else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    [status] = statuses
    return status


async def mistakes(walker: Walker, cell: Cell, actor: str, *, with_bad_body: bool = True) -> list[str]:
    """Where the door is closed, bad bodies come by turns on the two databases: before either it is closed."""
    if cell.is_open:
        return await unfair_refusals(walker, cell.route, cell.ids)
    if cell.is_behind_own:
        status = await walker.ask_with_a_filled_form(cell.route, cell.ids)
        return [] if status in {401, 403, 404} else [f"is {status}"]
    expected = refusals(cell.route, actor, cell.whose)
    return await open_doors(walker, cell.route, cell.ids, expected, with_bad_body=with_bad_body)


async def unfair_refusals(walker: Walker, route: str, ids: Ids) -> list[str]:
    """What is allowed may still be refused for what was sent, or for the state it is in."""
    status = await walker.ask(route, ids)
    found = [f"is {status}"] if status in {401, 403, 404} or status >= 500 else []
    if not route.startswith("GET"):
        status = await walker.ask_with_a_bad_body(route, ids, has_token=True)
        found += [f"is {status} with a bad body"] if status in {401, 404} or status >= 500 else []
    return found


async def open_doors(
    walker: Walker, route: str, ids: Ids, expected: set[int], *, with_bad_body: bool
) -> list[str]:
    """What is not allowed is refused whatever was sent, and before that is looked at."""
    statuses = [await walker.ask(route, ids)]
    if with_bad_body and not route.startswith("GET"):
        statuses.append(await walker.ask_with_a_bad_body(route, ids, has_token=False))
    return [f"is {status} and not {sorted(expected)}" for status in statuses if status not in expected]


def refusals(route: str, actor: str, whose: str) -> set[int]:
    """Who is not signed in hears so; what is another's does not exist; a role too small may be told."""
    if actor == VISITOR:
        return {404} if route == "GET /needs/{need_id}" else {401}
    return {404} if whose in {NEAR, OTHERS} else {403, 404}
