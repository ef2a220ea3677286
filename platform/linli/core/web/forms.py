"""What a person sends: the body, read in bounds before anything else, and the form in it."""

import asyncio
import re
from collections.abc import Iterable
from typing import Any

from litestar import Request
from litestar.exceptions import ClientException, HTTPException, InternalServerException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.types import HTTPReceiveMessage, Receive, Scope

from linli.core.forms import Form, Upload
from linli.core.web.uploads import MAX_FIELDS, Beginning, read_parts, read_parts_before_the_end

# A handler takes files by naming this as its `request_max_body_size`: ten megabytes and the form around them.
MAX_UPLOAD_BYTES = 10_100_000
BODY_SECONDS = 20.0
# A photo leaves a village slowly; nobody waits for it meanwhile.
UPLOAD_SECONDS = 120.0
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
        return read_parts(request, await request.body()) if kind == "multipart/form-data" else ()
    except (ValueError, LookupError) as error:
        raise ClientException from error


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
    so that a stranger is told to sign in whatever was sent. Where a file made it too large, the form is
    what stood before it.
    """
    beginning = Beginning(receive)
    request = Request[Any, Any, Any](scope, beginning.receive)
    takes_files = _takes_files(scope)
    try:
        async with asyncio.timeout(UPLOAD_SECONDS if takes_files else BODY_SECONDS):
            try:
                await request.body()
            except RequestEntityTooLarge as refusal:
                if not takes_files or not await beginning.let_pass():
                    return _refusing(refusal)
                pairs = read_parts_before_the_end(request, bytes(beginning.kept))
                if not any(isinstance(value, Upload) for _, value in pairs):
                    return _refusing(refusal)
                scope["state"]["form"] = Form(pairs)
    except (TimeoutError, InternalServerException):  # the second when the sender has left
        return _refusing(SentTooSlowly())
    return receive


def _refusing(refusal: HTTPException) -> Receive:
    async def refuse() -> HTTPReceiveMessage:
        raise refusal

    return refuse
