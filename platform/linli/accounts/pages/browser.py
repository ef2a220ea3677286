"""The browser in front of us: where it is, which code it waits for, and how it comes in and goes out."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from litestar import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts import actions, queries
from linli.accounts.codes import Browser, pending_of
from linli.accounts.models import Account, SecondFactor
from linli.accounts.providers import Client
from linli.accounts.rules import CODE_LIFE, FACTOR_PATIENCE, SESSION_LIFE, CodePurpose
from linli.accounts.tokens import hash_token
from linli.core.config import Settings
from linli.core.i18n import Message
from linli.core.signatures import is_signed, sign
from linli.core.web.cookies import drop_cookie, keep_cookie
from linli.core.web.limits import network_of
from linli.core.web.security import Caller, cookie_name, safe_next
from linli.core.web.templating import done, locale_of
from linli.divisions.names import path
from linli.divisions.rules import Division

Asked = Request[Any, Any, Any]
START: Final = "/start"
# The first that occurs names it: many browsers also claim to be the later ones.
PROGRAMS: Final = (
    ("WeChat", "MicroMessenger"),
    ("Edge", "Edg"),
    ("Opera", "OPR/"),
    ("Samsung Internet", "SamsungBrowser"),
    ("Firefox", "Firefox|FxiOS"),
    ("Chrome", "Chrome|CriOS"),
    ("Safari", "Safari"),
)
SYSTEMS: Final = (
    ("HarmonyOS", "HarmonyOS|OpenHarmony"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac", "Macintosh"),
    ("Linux", "Linux"),
)


def settings_of(request: Asked) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def clients_of(request: Asked) -> Mapping[str, Client]:
    """The providers whose accounts may sign in, by id."""
    clients: Mapping[str, Client] = request.app.state.providers
    return clients


def browser_of(request: Asked) -> Browser:
    agent = request.headers.get("user-agent", "")[:500]
    return Browser(
        network=network_of(request.scope), device=device_called(agent), language=locale_of(request)
    )


def device_called(agent: str) -> str:
    """
    >>> device_called("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) MicroMessenger/8.0 Safari/604")
    'WeChat · iPhone'
    """
    named = (
        next((name for name, pattern in known if re.search(pattern, agent)), "")
        for known in (PROGRAMS, SYSTEMS)
    )
    return " · ".join(name for name in named if name)


def next_in(values: Mapping[str, Any], default: str = START) -> str:
    """Where to go on afterwards, from a form or an address."""
    return safe_next(values.get("next"), default)


def with_next(path: str, next_path: str) -> str:
    return f"{path}?next={quote(next_path, safe='')}"


def wait_for_code(request: Asked, code_id: UUID, go_on: str) -> Response[Any]:
    """Go on to where the code is typed; the browser keeps which one it waits for."""
    response = done(request, go_on)
    keep_cookie(response, settings_of(request), "code", str(code_id), seconds=int(CODE_LIFE.total_seconds()))
    return response


def awaited_code(request: Asked) -> UUID | None:
    try:
        return UUID(request.cookies.get(cookie_name(settings_of(request), "code"), ""))
    except ValueError:
        return None


def named_places(request: Asked, places: Sequence[Division]) -> list[tuple[str, str]]:
    """Codes and whole names, to choose from."""
    return [(place.code, path(place, locale_of(request))) for place in places]


async def shown_address(
    request: Asked, session: AsyncSession, purposes: Sequence[CodePurpose], now: datetime
) -> str | None:
    """The masked address that the awaited code was sent to; None when it no longer works."""
    code = await queries.live_code(session, code_id=awaited_code(request), purposes=purposes, now=now)
    return pending_of(code).shown if code else None


async def let_in(
    request: Asked,
    session: AsyncSession,
    account: Account,
    *,
    go_on: str,
    now: datetime,
    sentence: Message | None = None,
    proven: bool = False,
) -> Response[Any]:
    """Who has a second factor proves it first, unless that is done (`proven`) or the browser is trusted."""
    kept = await queries.confirmed_factor(session, account_id=account.id)
    token = request.cookies.get(cookie_name(settings_of(request), "device"), "")
    if kept and not proven:
        proven = bool(token) and await actions.use_trust(session, account_id=account.id, token=token, now=now)
    if kept and not proven:
        return ask_for_factor(request, account, kept, go_on=go_on, now=now, sentence=sentence)
    response = done(request, go_on, sentence)
    return await open_session(request, session, account, response, factor_at=now if proven else None, now=now)


async def open_session(
    request: Asked,
    session: AsyncSession,
    account: Account,
    response: Response[Any],
    *,
    factor_at: datetime | None,
    now: datetime,
) -> Response[Any]:
    """A session that did not exist before the proof was given; the one this browser had ends."""
    settings = settings_of(request)
    visitor: Caller | None = request.scope.get("user")
    if visitor is not None:
        await actions.end_session(session, account_id=visitor.account_id, session_id=visitor.session_id)
    device = browser_of(request).device
    token = await actions.start_session(
        session, account_id=account.id, device=device, now=now, factor_at=factor_at
    )
    keep_cookie(response, settings, "session", token, seconds=int(SESSION_LIFE.total_seconds()))
    for used in ("code", "factor"):
        drop_cookie(response, settings, used)
    return response


def ask_for_factor(
    request: Asked,
    account: Account,
    kept: SecondFactor,
    *,
    go_on: str,
    now: datetime,
    sentence: Message | None = None,
) -> Response[Any]:
    """The first proof was right: the browser keeps that, signed, while it is asked for the second."""
    settings = settings_of(request)
    begun = f"{account.id}.{int(now.timestamp())}"
    signature = sign(settings.secret_key, "first proof", f"{begun}.{_what_it_rests_on(account, kept)}")
    response = done(request, with_next("/second-step", go_on), sentence)
    seconds = int(FACTOR_PATIENCE.total_seconds())
    keep_cookie(response, settings, "factor", f"{begun}.{signature}", seconds=seconds)
    drop_cookie(response, settings, "code")
    return response


async def who_waits(request: Asked, session: AsyncSession, now: datetime) -> Account | None:
    """Whose first proof this browser has given lately; a new password or phone since then undoes it."""
    settings = settings_of(request)
    kept_here = request.cookies.get(cookie_name(settings, "factor"), "")
    begun, _, signature = kept_here.rpartition(".")
    try:
        account_id, _, moment = begun.partition(".")
        account = await session.get(Account, UUID(account_id))
        is_recent = 0 <= now.timestamp() - int(moment[:12]) < FACTOR_PATIENCE.total_seconds()
    except ValueError:
        return None
    kept = await queries.confirmed_factor(session, account_id=account.id) if account else None
    if account is None or kept is None or account.stopped_at or not is_recent:
        return None
    text = f"{begun}.{_what_it_rests_on(account, kept)}"
    return account if is_signed(settings.secret_key, "first proof", text, signature) else None


def _what_it_rests_on(account: Account, kept: SecondFactor) -> str:
    return hash_token(f"{account.password_hash} {kept.confirmed_at}")


def let_out(request: Asked, sentence: Message) -> Response[Any]:
    response = done(request, "/", sentence)
    drop_cookie(response, settings_of(request), "session")
    return response
