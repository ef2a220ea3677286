"""What a person sends: the body, read in bounds before anything else, and the form in it."""

import asyncio
import re
from collections.abc import Iterable
from typing import Any

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.exceptions import ClientException, HTTPException, InternalServerException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.types import HTTPReceiveMessage, Receive, Scope

from linli.core.forms import Form, Upload

# A handler takes files by naming this as its `request_max_body_size`: ten megabytes and the form around them.
MAX_UPLOAD_BYTES = 10_100_000
# What is too large is still let arrive, up to here: a browser that is cut off shows no sentence.
MAX_THROWN_AWAY_BYTES = 300_000_000
MAX_FIELDS = 1000
BODY_SECONDS = 20.0
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")


class SentTooSlowly(HTTPException):
    status_code = 408


async def provide_form(request: Request[Any, Any, Any]) -> Form:
    return await read_form(request)


async def read_form(request: Request[Any, Any, Any]) -> Form:
    """The form of this request, read once."""
    state = request.scope["state"]
    if "form" not in state:
        state["form"] = Form(await _read_pairs(request))
    form: Form = state["form"]
    return form


async def _read_pairs(request: Request[Any, Any, Any]) -> Iterable[tuple[str, Any]]:
    kind, _ = request.content_type
    try:
        if kind == "application/x-www-form-urlencoded":
            return read_urlencoded(await request.body())
        return await _read_parts(request)
    except (ValueError, LookupError) as error:
        raise ClientException from error


async def _read_parts(request: Request[Any, Any, Any]) -> list[tuple[str, Any]]:
    form = await request.form()
    pairs = list(form.multi_items())
    if _takes_files(request.scope):
        pairs = [
            (name, Upload(value.filename, await value.read()) if isinstance(value, UploadFile) else value)
            for name, value in pairs
        ]
    await form.close()
    return pairs


def _takes_files(scope: Scope) -> bool:
    handler: Any = scope["route_handler"]
    return bool(handler.resolve_request_max_body_size() == MAX_UPLOAD_BYTES)


def read_urlencoded(body: bytes) -> list[tuple[str, str]]:
    """The pairs of a form in bounded memory.

    Litestar's own reader keeps the last thousand bodies and takes any number of fields; Python's needs
    eighty times the size of a body full of percent signs.

    >>> read_urlencoded(b"name=%E6%9D%8E+Li&n=1&empty")
    [('name', '李 Li'), ('n', '1'), ('empty', '')]
    """
    pairs = [piece.partition(b"=") for piece in body.split(b"&", MAX_FIELDS) if piece]
    if len(pairs) > MAX_FIELDS:
        raise ValueError("too many fields")
    return [(_decode(name), _decode(value)) for name, _, value in pairs]


def _decode(part: bytes) -> str:
    # As text with one character per byte: putting a million pieces of bytes together takes 80 MB.
    text = part.replace(b"+", b" ").decode("latin-1")
    return (
        _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text).encode("latin-1").decode("utf-8", "replace")
    )


async def read_body(scope: Scope, receive: Receive) -> Receive:
    """Take in what is sent before a transaction begins: a slow sender must not hold the database's lock.

    The body stays with the request. One that is too large or too slow is refused when it is asked for,
    so that a stranger is told to sign in whatever was sent.
    """
    try:
        async with asyncio.timeout(BODY_SECONDS):
            try:
                await Request[Any, Any, Any](scope, receive).body()
            except RequestEntityTooLarge as refusal:
                if _takes_files(scope):
                    await _throw_away(receive)
                return _refusing(refusal)
    except (TimeoutError, InternalServerException):  # the second when the sender has left
        return _refusing(SentTooSlowly())
    return receive


async def _throw_away(receive: Receive) -> None:
    seen, more = 0, True
    while more and seen < MAX_THROWN_AWAY_BYTES:
        event: Any = await receive()
        seen += len(event.get("body", b""))
        more = event.get("more_body", False)


def _refusing(refusal: HTTPException) -> Receive:
    async def refuse() -> HTTPReceiveMessage:
        raise refusal

    return refuse
