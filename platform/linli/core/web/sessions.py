"""One database session per request, a deadline on it, and the person who calls."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any, cast

import structlog
from litestar import Request
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send
from litestar.types import Message as AsgiMessage
from litestar.utils.scope.state import ScopeState
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import clock
from linli.core.config import Settings
from linli.core.db import Database
from linli.core.errors import NotSignedIn
from linli.core.web.forms import read_body
from linli.core.web.security import SAFE_METHODS, Caller, bearer_of, cookie_name, is_api

log = structlog.get_logger("linli.sessions")
WhoIs = Callable[[AsyncSession, str, datetime], Awaitable[Caller | None]]
NoteSeen = Callable[[Database, Caller, datetime], Awaitable[None]]


_AFTERWARDS = "afterwards"


class DeadlinePassed(HTTPException):
    status_code = 503


class Answer:
    """What the application says, held back until the database is done with: slow readers keep nothing."""

    def __init__(self) -> None:
        self.messages: list[AsgiMessage] = []

    async def take(self, message: AsgiMessage) -> None:
        self.messages.append(message)

    @property
    def is_complete(self) -> bool:
        last: Any = self.messages[-1] if self.messages else {}
        return last.get("type") == "http.response.body" and not last.get("more_body", False)


def request_session(
    *, settings: Settings, database: Database, who_is: WhoIs, who_bears: WhoIs, note_seen: NoteSeen
) -> Callable[[ASGIApp], ASGIApp]:
    """Middleware: reads the body, opens the session, finds the caller, and ends what takes too long.

    That a person was here is noted when they have their answer, so that reading a page needs no lock.
    """
    cookie = cookie_name(settings, "session")

    async def work(app: ASGIApp, scope: HTTPScope, receive: Receive, send: Send) -> None:
        async with database.session(writes=_writes(scope)) as session:
            scope["state"]["session"] = session
            request = Request[Any, Any, Any](scope)
            if is_api(scope):
                find, proof = who_bears, bearer_of(request.headers)
            else:
                find, proof = who_is, request.cookies.get(cookie, "")
            scope["user"] = await find(session, proof, clock.now()) if proof else None
            await app(scope, receive, send)

    def wrap(app: ASGIApp) -> ASGIApp:
        async def middleware(any_scope: Scope, receive: Receive, send: Send) -> None:
            scope = cast("HTTPScope", any_scope)  # there is no websocket handler
            scope["user"] = None
            opt = scope["route_handler"].opt
            if scope["method"] not in SAFE_METHODS:
                receive = await read_body(scope, receive)
            if opt.get("without_database"):
                await app(scope, receive, send)
                return
            answer = Answer()
            seconds = opt.get("seconds") or settings.request_seconds
            await _in_time(work(app, scope, receive, answer.take), answer, scope, seconds, database)
            for message in answer.messages:
                await send(message)
            caller: Caller | None = scope["user"]
            if caller is not None:
                await note_seen(database, caller, clock.now())
            for act in scope["state"].get(_AFTERWARDS, ()):
                await act(database)

        return middleware

    return wrap


def _writes(scope: HTTPScope) -> bool:
    declared = scope["route_handler"].opt.get("writes")
    return scope["method"] not in SAFE_METHODS if declared is None else bool(declared)


async def _in_time(
    work: Awaitable[None], answer: Answer, scope: Scope, seconds: float, database: Database
) -> None:
    """Wait for the work, but not longer. It runs apart, because a silent database swallows even that."""
    task = asyncio.ensure_future(work)
    task.add_done_callback(_note_failure)
    try:
        await asyncio.wait({task}, timeout=seconds)
    finally:
        if not task.done():
            task.cancel()
            await database.distrust()
    if answer.is_complete:
        return
    # Nothing of it has left the house, so that the error page can still be sent.
    ScopeState.from_scope(scope).response_started = False
    if not task.done():
        raise DeadlinePassed
    task.result()


def _note_failure(task: asyncio.Future[None]) -> None:
    """Nobody may be waiting any more; a failure that nobody looks at would be printed with all its values."""
    if not task.cancelled() and (failure := task.exception()):
        log.debug("a request's work ended", kind=type(failure).__name__)


def afterwards(request: Request[Any, Any, Any], act: Callable[[Database], Awaitable[None]]) -> None:
    """Done when the person has their answer, apart from the request's transaction; it must not raise."""
    request.scope["state"].setdefault(_AFTERWARDS, []).append(act)


async def provide_session(request: Request[Any, Any, Any]) -> AsyncIterator[AsyncSession]:
    """The request's session; what was done is committed before the answer leaves, or not at all."""
    session: AsyncSession = request.scope["state"]["session"]
    yield session
    if _writes(request.scope):
        await session.commit()


async def provide_caller(request: Request[Any, Any, Any]) -> Caller:
    if request.scope.get("user") is None:
        raise NotSignedIn
    caller: Caller = request.scope["user"]
    return caller


async def provide_visitor(request: Request[Any, Any, Any]) -> Caller | None:
    visitor: Caller | None = request.scope.get("user")
    return visitor


async def provide_now() -> datetime:
    return clock.now()
