"""A file that is larger than a page takes: nothing of it is kept, and its form comes back with a sentence."""

from collections.abc import Iterator
from typing import Any, Final

from litestar import Request
from litestar.types import HTTPReceiveMessage, Receive
from multipart import MultipartSegment, ParserError, ParserLimitReached, PushMultipartParser

from linli.core.forms import Upload

# What was typed stands before the file, in forms of ours; so much of a body is read of it.
KEPT_BYTES: Final = 100_000
# What is too large is still let arrive, up to here: a browser that is cut off shows no sentence.
MOST_LET_PASS: Final = 300_000_000


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


def pairs_before_the_end(request: Request[Any, Any, Any], kept: bytes) -> list[tuple[str, Any]]:
    """What a form says before the place where it was cut off, and that a file stood there."""
    boundary = request.content_type[1].get("boundary", "")
    try:
        return list(_read(PushMultipartParser(boundary), kept)) if boundary else []
    except (ValueError, LookupError, ParserError, ParserLimitReached):
        return []


def _read(parser: Any, kept: bytes) -> Iterator[tuple[str, Any]]:
    part: MultipartSegment | None = None
    content = bytearray()
    for piece in parser.parse(kept):
        if isinstance(piece, MultipartSegment):
            part, content = piece, bytearray()
        elif piece:
            content += piece
        elif part is not None:
            if not part.filename:
                yield part.name, content.decode(part.charset or "utf-8")
            part = None
    if part is not None and part.filename:
        yield part.name, Upload(part.filename, b"", is_cut_off=True)
