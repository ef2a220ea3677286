"""Our own few static files, read and compressed once, named by their content, kept by browsers for a year."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from litestar import Response, get

from linli.core.errors import NotFound
from linli.core.web.given import Asked, PathText
from linli.core.web.security import anyone, may

mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("image/svg+xml", ".svg")


@dataclass(frozen=True)
class StaticFile:
    plain: bytes
    compressed: bytes
    media_type: str
    version: str


@cache
def static_files() -> dict[str, StaticFile]:
    folder = Path(str(files("linli"))) / "static"
    return {path.relative_to(folder).as_posix(): _read(path) for path in folder.rglob("*") if path.is_file()}


def _read(path: Path) -> StaticFile:
    plain = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return StaticFile(plain, gzip.compress(plain, 9), kind, hashlib.sha256(plain).hexdigest()[:12])


def static(name: str) -> str:
    """The address of a static file; it changes when the file does."""
    return f"/static/{name}?v={static_files()[name].version}"


@get("/static/{path:path}", opt=may(anyone) | {"without_database": True}, include_in_schema=False)
async def serve_static(request: Asked, path: PathText) -> Response[bytes]:
    found = static_files().get(path.lstrip("/"))
    if found is None:
        raise NotFound
    gzipped = "gzip" in request.headers.get("accept-encoding", "")
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Vary": "Accept-Encoding",
        **({"Content-Encoding": "gzip"} if gzipped else {}),
    }
    content = found.compressed if gzipped else found.plain
    return Response(content, media_type=found.media_type, headers=headers)
