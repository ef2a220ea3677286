"""Who is calling, what a handler asks of them, and the headers every answer carries."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar.connection import ASGIConnection, Request
from litestar.datastructures import MutableScopeHeaders
from litestar.handlers import BaseRouteHandler
from litestar.types import Message as AsgiMessage
from litestar.types import Scope
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.config import Settings
from linli.core.errors import NotFound, NotPermitted, NotSignedIn
from linli.core.i18n import Message

PASSWORD_FIRST: Final = Message("Your role asks for a password of your own. Please choose one first.")
FACTOR_FIRST: Final = Message(
    "Your role asks for a second step when you sign in. Please set it up under My account first."
)


API: Final = "/api/"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Seat:
    """A role held in an organization: all authority comes from these."""

    organization_id: UUID
    organization_name: str
    organization_kind: str
    role: str
    division: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Caller:
    """The signed-in person of one request."""

    account_id: UUID
    session_id: UUID
    name: str
    language: str
    large_text: bool
    personalised: bool
    unread_notices: int
    seats: tuple[Seat, ...]
    # Holds a role, which counts only with a password and a second factor: until then `seats` is empty.
    needs_password: bool = False
    needs_factor: bool = False
    factor_at: datetime | None = None
    last_seen_at: datetime | None = None
    # What a program may do with somebody's access key; None where a person sits in front of a browser.
    scopes: frozenset[str] | None = None

    @property
    def holds_a_role(self) -> bool:
        return bool(self.seats) or self.needs_password or self.needs_factor

    @property
    def missing(self) -> Message | None:
        """What the role still asks for before it counts."""
        if self.needs_password:
            return PASSWORD_FIRST
        return FACTOR_FIRST if self.needs_factor else None

    def seat_in(self, organization_id: UUID) -> Seat | None:
        return next((seat for seat in self.seats if seat.organization_id == organization_id), None)


Policy = Callable[[AsyncSession, Caller | None, Mapping[str, Any]], Awaitable[None]]


def may(policy: Policy, *, writes: bool | None = None, seconds: float | None = None) -> dict[str, Any]:
    """Declare on a handler who may call it, and how: `seconds` for slow work, `writes` where the method lies.

    True for a GET that writes; False for a POST that only asks, with what is too private for an address.
    """
    return {"policy": policy, "writes": writes, "seconds": seconds}


async def anyone(_session: AsyncSession, _caller: Caller | None, _ids: Mapping[str, Any]) -> None:
    """Everyone, signed in or not."""


async def signed_in(_session: AsyncSession, caller: Caller | None, _ids: Mapping[str, Any]) -> None:
    """Everyone who has signed in, for what is their own."""
    if caller is None:
        raise NotSignedIn


def needs_scope(scope: str, policy: Policy = signed_in) -> Policy:
    """For /api: the key must have this scope, and its holder must be allowed what `policy` asks."""

    async def scoped(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
        if caller is None:
            raise NotSignedIn
        if caller.scopes is None or scope not in caller.scopes:
            raise NotPermitted(
                Message("This access key was not made for that: it lacks {scope}.", scope=scope)
            )
        await policy(session, caller, ids)

    return scoped


def is_api(scope: Scope) -> bool:
    """Whether a program asks: then an access key is the only proof, and cookies are not looked at.

    The route that was found decides, since one route may be written in several ways.
    """
    found: str = scope.get("path_template") or scope["path"]
    return found.startswith(API)


def bearer_of(headers: Mapping[str, str]) -> str:
    """The access key in the header, or nothing."""
    kind, _, key = headers.get("authorization", "").partition(" ")
    return key.strip() if kind.lower() == "bearer" and len(key) < 200 else ""


async def ask_policy(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The one guard: decides from the path's ids, before the body is read. No declared policy, no entry."""
    policy: Policy | None = handler.opt.get("policy")
    if policy is None:
        if isinstance(connection, Request) and connection.method == "OPTIONS":
            return
        raise NotFound
    caller: Caller | None = connection.scope.get("user")
    # A handler without a database has a policy that does not ask it.
    session: Any = connection.scope["state"].get("session")
    try:
        await policy(session, caller, connection.path_params)
    except (NotFound, NotPermitted):
        if caller is not None and caller.missing is not None:
            raise NotPermitted(caller.missing) from None
        raise


POLICY_OF_CONTENT: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'none'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    )
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY_OF_CONTENT,
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self), payment=(), usb=()",
}


async def add_security_headers(message: AsgiMessage, _scope: Scope) -> None:
    """Sits in before_send: middleware would miss what the router itself refuses."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in HEADERS.items():
        headers[name] = value
    headers.setdefault("Cache-Control", "no-store")


def cookie_name(settings: Settings, name: str) -> str:
    """`__Host-` binds a cookie to this very host; it needs https, which development does not have."""
    return f"__Host-linli-{name}" if is_https(settings) else f"linli-{name}"


def is_https(settings: Settings) -> bool:
    return settings.base_url.startswith("https://")


def safe_next(path: str | None, default: str = "/") -> str:
    """Where to go afterwards: only a path of this site.

    >>> safe_next("/needs"), safe_next("//evil.example"), safe_next("/\\\\evil.example")
    ('/needs', '/', '/')
    """
    if not path or len(path) > 500 or not path.startswith("/") or path.startswith("//"):
        return default
    if "\\" in path or any(ord(character) < 33 or ord(character) == 127 for character in path):
        return default
    return path
