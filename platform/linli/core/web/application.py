"""The edge of the application: HEAD like GET, one log line per request, and an answer whatever fails."""

import secrets
import time
from typing import Any

import structlog
from litestar import Litestar
from litestar.types import HTTPScope, Send
from litestar.types import Message as AsgiMessage

from linli.core.web.security import HEADERS

log = structlog.get_logger("linli.requests")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class Application(Litestar):
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        exchange = Exchange(scope, send)
        with structlog.contextvars.bound_contextvars(reference=exchange.reference):
            try:
                await super().__call__(exchange.scope, receive, exchange.send)
            except Exception:
                log.exception("failed")
                await exchange.send_last_resort()
            finally:
                exchange.note()


class Exchange:
    """One request and its answer, as the log sees them: no address, no cookie, no query, no id."""

    def __init__(self, scope: HTTPScope, send: Send) -> None:
        self.method = scope["method"]
        self.scope = scope.copy()
        if self.method == "HEAD":
            self.scope["method"] = "GET"
        self.reference = secrets.token_hex(4)
        self.scope.setdefault("state", {})["reference"] = self.reference
        self.status: int | None = None
        self._send = send
        self._began = time.perf_counter()

    async def send(self, message: AsgiMessage) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body" and self.method == "HEAD":
            message = {**message, "body": b""}
        await self._send(message)

    async def send_last_resort(self) -> None:
        """When even the error page fails."""
        if self.status is not None:
            return
        headers = HEADERS | {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
        encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await self.send({"type": "http.response.start", "status": 500, "headers": encoded})
        body = f"邻里暂时无法显示此页。Linli cannot show this page. {self.reference}\n".encode()
        await self.send({"type": "http.response.body", "body": body, "more_body": False})

    def note(self) -> None:
        log.info(
            "request",
            method=self.method if self.method in METHODS else "other",
            route=self.scope.get("path_template") or "-",
            status=self.status,
            ms=round((time.perf_counter() - self._began) * 1000, 1),
        )
