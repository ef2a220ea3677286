"""Sends the requests of one person to every route, and forgets what they changed."""

from itertools import cycle

import httpx

from linli.core.config import Settings
from linli.core.web.application import Application
from linli.core.web.csrf import new_form_token
from linli.core.web.security import cookie_name
from tests.conftest import RolledBackDatabase
from tests.linli.world import Ids

BAD_BODIES = (
    ("application/x-www-form-urlencoded", b"a=%ff%00&a=&=&reason=" + b"\xff" * 50),
    ("application/json", b'{"' + b"[" * 3000),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: nonsense\r\n\r\n\x00"),
    ("", b"\x00\xff\xfe"),
)


class Walker:
    """Sends requests as one person and forgets what they changed."""

    def __init__(self, app: Application, database: RolledBackDatabase, settings: Settings) -> None:
        # A refusal as JSON is the same refusal without a page around it.
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url=settings.base_url,
            headers={"Accept": "application/json"},
        )
        self.database = database
        token = new_form_token(settings.secret_key)
        self.form = {"x-csrftoken": token, "Content-Type": "application/x-www-form-urlencoded"}
        self.cookies = {cookie_name(settings, "csrf"): token}
        self.bearer: dict[str, str] = {}
        self.bad_bodies = cycle(BAD_BODIES)

    async def ask(self, route: str, ids: Ids) -> int:
        """The request as a page of ours would send it."""
        return await self._send(route, ids, headers=self.form, content=b"")

    async def ask_with_a_bad_body(self, route: str, ids: Ids, *, has_token: bool) -> int:
        kind, body = next(self.bad_bodies)
        headers = {"x-csrftoken": self.form["x-csrftoken"]} if has_token else {}
        return await self._send(route, ids, headers=headers | {"Content-Type": kind}, content=body)

    async def _send(self, route: str, ids: Ids, headers: dict[str, str], content: bytes) -> int:
        method, path = route.split()
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        undone = await self.database.connection.begin_nested()
        answer = await self.client.request(
            method, path.format(**ids), headers=headers | self.bearer | {"Cookie": cookie}, content=content
        )
        await undone.rollback()
        self.client.cookies.clear()
        return answer.status_code
