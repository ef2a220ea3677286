"""The form token: proof that a form was opened here. A cookie keeps it, and every change sends it back."""

import secrets
from typing import Any

from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler

from linli.core.config import Settings
from linli.core.errors import NotPermitted
from linli.core.i18n import Message
from linli.core.signatures import are_same, is_signed, sign
from linli.core.web.forms import read_form
from linli.core.web.security import SAFE_METHODS, cookie_name, is_api, is_https

FIELD = "_csrf_token"
HEADER = "x-csrftoken"
SALT_LENGTH = 32


def new_form_token(secret_key: str) -> str:
    salt = secrets.token_hex(SALT_LENGTH // 2)
    return salt + sign(secret_key, "form", salt)


def form_token(request: Request[Any, Any, Any]) -> str:
    """The token for the forms of this page: the browser's, or a new one when that is missing or not ours."""
    state, settings = request.scope["state"], request.app.state.settings
    if "form_token" not in state:
        kept = _kept(request, settings)
        state["form_token"] = (
            kept if _is_ours(kept, settings.secret_key) else new_form_token(settings.secret_key)
        )
    token: str = state["form_token"]
    return token


def keep_form_token(request: Request[Any, Any, Any], response: Response[Any]) -> None:
    """Give the browser the token of a page that shows it for the first time."""
    settings: Settings = request.app.state.settings
    if form_token(request) == _kept(request, settings):
        return
    response.set_cookie(
        Cookie(
            key=cookie_name(settings, "csrf"),
            value=form_token(request),
            httponly=True,
            secure=is_https(settings),
            samesite="lax",
            path="/",
        )
    )


async def check_form_token(
    connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler
) -> None:
    """The second guard, after the policy: only then is the body looked at."""
    if not isinstance(connection, Request) or connection.method in SAFE_METHODS:
        return
    if is_api(connection.scope):  # where no cookie counts, nobody can be led to send one
        return
    settings: Settings = connection.app.state.settings
    kept = _kept(connection, settings)
    sent = connection.headers.get(HEADER) or (await read_form(connection)).secret(FIELD)
    if not (_is_ours(kept, settings.secret_key) and are_same(kept, sent)):
        raise NotPermitted(
            Message(
                "This page was open for too long, or it was opened elsewhere. Please reload it and try again."
            )
        )


def _kept(request: Request[Any, Any, Any], settings: Settings) -> str:
    return request.cookies.get(cookie_name(settings, "csrf"), "")


def _is_ours(token: str, secret_key: str) -> bool:
    return is_signed(secret_key, "form", token[:SALT_LENGTH], token[SALT_LENGTH:])
