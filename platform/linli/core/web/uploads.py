"""Forms with files, and a file that is larger than a page takes: then nothing of it is kept, and its form
comes back with a sentence.
"""

from collections.abc import Iterator
from typing import Any, Final

from litestar import Request
from litestar.types import HTTPReceiveMessage, Receive
from multipart import MultipartSegment, PushMultipartParser

from linli.core.forms import Upload

# What was typed stands before the file, in forms of ours; so much of a body is read of it.
KEPT_BYTES: Final = 100_000
# What is too large is still let arrive, up to here: a browser that is cut off shows no sentence.
MOST_LET_PASS: Final = 300_000_000
MAX_FIELDS: Final = 1000


class Beginning:
    """Receives a body for somebody else, and remembers how it begins."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.seen = 0
        self.kept = bytearray()
        self._has_more = True

    async def receive(self) -> HTTPReceiveMessage:
        event: Any = await self._receive()
        body = event.get("body", b"")
        self.seen += len(body)
        self.kept += body[: KEPT_BYTES - len(self.kept)]
        self._has_more = event.get("more_body", False)
        return event  # type: ignore[no-any-return]

    async def let_pass(self) -> bool:
        """Everything that is still to come, remembering none of it; False where that has no end."""
        while self._has_more and self.seen < MOST_LET_PASS:
            await self.receive()
        return not self._has_more


def read_parts(request: Request[Any, Any, Any], body: bytes) -> list[tuple[str, Any]]:
    """The pairs of a multipart form; as in other forms, bytes that are no text become marks."""
    with _parser(request) as parser:  # which raises where the end is missing
        return list(_pairs(parser, body))


def read_parts_before_the_end(request: Request[Any, Any, Any], kept: bytes) -> list[tuple[str, Any]]:
    """What a form says before the place where it was cut off, and that a file stood there."""
    try:
        return list(_pairs(_parser(request), kept))
    except (ValueError, LookupError):
        return []


def _parser(request: Request[Any, Any, Any]) -> Any:
    # Litestar's own reader refuses a whole form for one byte that is no UTF-8.
    boundary = request.content_type[1].get("boundary", "")
    return PushMultipartParser(boundary, max_segment_count=MAX_FIELDS)


def _pairs(parser: Any, body: bytes) -> Iterator[tuple[str, Any]]:
    part: MultipartSegment | None = None
    content = bytearray()
    for piece in parser.parse(body):
        if isinstance(piece, MultipartSegment):
            part, content = piece, bytearray()
        elif piece:
            content += piece
        elif part is not None:
            yield part.name, _value(part, bytes(content))
            part = None
    if part is not None and part.filename:
        yield part.name, Upload(part.filename, b"", is_cut_off=True)


def _value(part: Any, content: bytes) -> str | Upload:
    if part.filename is not None:
        return Upload(part.filename, content)
    return content.decode(part.charset or "utf-8", "replace")
