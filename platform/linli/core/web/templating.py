"""Turns a template and its values into an answer, in the person's language."""

import base64
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Request, Response
from markupsafe import Markup

from linli.core import i18n
from linli.core.config import Settings
from linli.core.i18n import HTML_LANGUAGES, Message
from linli.core.signatures import is_signed, sign
from linli.core.web.cookies import drop_cookie, keep_cookie
from linli.core.web.csrf import FIELD, form_token, keep_form_token
from linli.core.web.htmx import go, is_htmx
from linli.core.web.security import SAFE_METHODS, Caller, cookie_name, is_api, safe_next

LONGEST_DONE = 3000


def page_context(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """What every template may use."""
    settings: Settings = request.app.state.settings
    caller: Caller | None = request.scope.get("user")
    cookies = request.cookies
    text_size = cookies.get("linli-text")
    token = form_token(request)
    return {
        "locale": locale_of(request),
        "account": caller,
        "csrf_token": token,
        "csrf_field": lambda: Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token),
        "current_path": request.scope["path"],
        "next_path": _address(request) if request.method in SAFE_METHODS else _referring_page(request),
        "large_text": text_size == "large"
        or (text_size is None and caller is not None and caller.large_text),
        "memberships": caller.seats if caller else (),
        "unread_notices": caller.unread_notices if caller else 0,
        "done": _read_done(settings, cookies.get(cookie_name(settings, "done"), "")),
        "dev_mailbox": settings.has_dev_mailbox,
        "can_text": settings.can_text,
        "is_htmx": is_htmx(request),
        "base_url": settings.base_url,
    }


def _address(request: Request[Any, Any, Any]) -> str:
    """Path and query. Not from request.url, which fails on a Host header with a port that is no number."""
    query = request.scope["query_string"].decode("latin-1")
    return request.scope["path"] + (f"?{query}" if query else "")


def _referring_page(request: Request[Any, Any, Any]) -> str:
    """A form's own address often has no page to come back to: the page that the form stood on has."""
    try:
        page = urlsplit(request.headers.get("referer", "")[:500])
    except ValueError:
        return "/"
    is_ours = page.netloc == request.headers.get("host")
    return safe_next(page.path + (f"?{page.query}" if page.query else "")) if is_ours else "/"


def locale_of(request: Request[Any, Any, Any]) -> str:
    caller: Caller | None = request.scope.get("user")
    return i18n.language_of(
        None if is_api(request.scope) else request.cookies.get("linli-language"),
        request.headers.get("accept-language", ""),
        caller.language if caller else None,
    )


def render(
    request: Request[Any, Any, Any], name: str, /, *, status: int = 200, **values: Any
) -> Response[str]:
    """The page or fragment as an answer."""
    context = page_context(request) | values
    html = request.app.state.templates.get_template(name).render(context)
    headers = {"Content-Language": HTML_LANGUAGES[context["locale"]], "Vary": "Accept-Language, Cookie"}
    response: Response[str] = Response(html, media_type="text/html", status_code=status, headers=headers)
    keep_form_token(request, response)
    if context["done"]:
        drop_cookie(response, request.app.state.settings, "done")
    return response


def done(request: Request[Any, Any, Any], path: str, sentence: Message | None = None) -> Response[Any]:
    """After a write: go on, and say there in one sentence what was just done."""
    response = go(request, path)
    if sentence is not None:
        settings: Settings = request.app.state.settings
        keep_cookie(response, settings, "done", _write_done(settings, sentence), seconds=60)
    return response


def _write_done(settings: Settings, sentence: Message) -> str:
    kept = base64.urlsafe_b64encode(msgspec.json.encode(sentence.to_json())).decode()
    return f"{kept}.{sign(settings.secret_key, 'done', kept)}"


def _read_done(settings: Settings, cookie: str) -> Message | None:
    """The sentence in the cookie, if it is ours: somebody else's could say anything, or take all memory."""
    kept, _, signature = cookie.partition(".")
    if len(kept) > LONGEST_DONE or not is_signed(settings.secret_key, "done", kept, signature):
        return None
    return Message.from_json(msgspec.json.decode(base64.urlsafe_b64decode(kept)))
