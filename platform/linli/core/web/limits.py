"""How many requests one network address, and one access key, may make in a minute."""

import time
from collections import Counter
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network

from litestar.datastructures import Headers
from litestar.types import ASGIApp, Receive, Scope, Send

from linli.core.errors import TooMany
from linli.core.i18n import Message
from linli.core.web.security import bearer_of, is_api

UNCOUNTED = ("/static/", "/health/")


def limit_requests(
    per_minute: int, seconds: Callable[[], float] = time.monotonic, *, per_key: int = 120
) -> Callable[[ASGIApp], ASGIApp]:
    """Middleware: counts in this process and forgets every minute, so that it never grows."""
    counts: Counter[str] = Counter()
    minute = 0

    def count(scope: Scope) -> None:
        nonlocal minute
        if int(seconds() // 60) != minute:
            counts.clear()
            minute = int(seconds() // 60)
        counted = [(network_of(scope), per_minute)]
        if is_api(scope) and (key := bearer_of(Headers.from_scope(scope))):
            counted.append((f"key {hash(key)}", per_key))
        counts.update(name for name, _ in counted)
        if any(counts[name] > most for name, most in counted):
            raise TooMany(
                Message("Too many requests at once. Please wait a minute."),
                retry_after_seconds=60 - int(seconds() % 60),
            )

    def wrap(app: ASGIApp) -> ASGIApp:
        async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
            if not scope["path"].startswith(UNCOUNTED):
                count(scope)
            await app(scope, receive, send)

        return middleware

    return wrap


def network_of(scope: Scope) -> str:
    """The caller's address; of IPv6 the half that a provider gives to one household."""
    client = scope.get("client")
    try:
        address = ip_address(client[0] if client else "")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, 64), strict=False))
    return str(address)
