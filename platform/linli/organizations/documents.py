"""Uploaded papers: what may come in, and how it is checked.

Pictures are decoded and written anew, so that nothing but the picture remains; a PDF is read through and
refused if it could do anything. Both happen in a process of its own with bounds on memory and time
(`read_apart`), because nobody knows beforehand what a hostile file costs.
"""

import asyncio
import io
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from linli.core.i18n import Message


class DocumentKind(StrEnum):
    certificate = "certificate"
    approval = "approval"
    licence = "licence"
    letter = "letter"
    other = "other"


class Unfit(StrEnum):
    """Why a file is not taken."""

    empty = "empty"
    other_kind = "other_kind"
    too_many_pixels = "too_many_pixels"
    broken = "broken"
    locked = "locked"
    active = "active"
    too_many_pages = "too_many_pages"
    too_costly = "too_costly"


class UnfitDocument(Exception):
    def __init__(self, why: Unfit) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class ReadDocument:
    media_type: str
    content: bytes


DOCUMENT_NAMES: Final[Mapping[DocumentKind, Message]] = {
    DocumentKind.certificate: Message("Registration certificate"),
    DocumentKind.approval: Message("Approval of its establishment"),
    DocumentKind.licence: Message("Licence or record of filing"),
    DocumentKind.letter: Message("Letter of authorization"),
    DocumentKind.other: Message("Another paper"),
}
SENTENCES: Final[Mapping[Unfit, Message]] = {
    Unfit.empty: Message("Please choose a file."),
    Unfit.other_kind: Message("This is no picture (JPEG, PNG, WebP) and no PDF, whatever its name says."),
    Unfit.too_many_pixels: Message(
        "This picture has too many pixels. A photo of about 10 megapixels is enough."
    ),
    Unfit.broken: Message("This file cannot be opened. Please save it anew, or take a photo of the paper."),
    Unfit.locked: Message("This PDF is locked with a password. Please save it without one."),
    Unfit.active: Message(
        "This PDF carries a program, an action or another file inside. "
        "Please print it to a new PDF, or take a photo of the paper."
    ),
    Unfit.too_many_pages: Message("This PDF has more than 100 pages. The pages that matter are enough."),
    Unfit.too_costly: Message("This file takes too long to open. Please take a photo of the paper instead."),
}
MEGABYTE: Final = 1_000_000
MOST_BYTES: Final = 10 * MEGABYTE
MOST_DOCUMENTS: Final = 10
# By format, so that what a picture takes in memory stays below 100 MB: a JPEG is read at the size that is
# kept, a PNG whole (4 bytes a pixel), a progressive JPEG and a WebP several times over.
MOST_PIXELS: Final = {"JPEG": 120_000_000, "PNG": 16_000_000, "WEBP": 6_000_000}
MOST_PIXELS_PROGRESSIVE: Final = 12_000_000
KEPT_SIDE_PIXELS: Final = 2400  # an A4 page at 200 dpi
MOST_PAGES: Final = 100
MOST_OBJECTS: Final = 50_000
MOST_UNPACKED: Final = 30 * MEGABYTE
MOST_MEMORY: Final = 600 * MEGABYTE
MOST_SECONDS: Final = 15
PDF: Final = "application/pdf"
JPEG: Final = "image/jpeg"
ENDINGS: Final = {PDF: "pdf", JPEG: "jpg"}
# ISO 32000-2, 12.6.4: actions that run, open or send something; and where other files are kept (7.11.4).
ACTIVE_ACTIONS: Final = frozenset(
    (
        "/JavaScript",
        "/Launch",
        "/SubmitForm",
        "/ImportData",
        "/Rendition",
        "/GoToE",
        "/GoToR",
        "/RichMediaExecute",
    )
)
ACTIVE_KEYS: Final = frozenset(
    ["/JS", "/JavaScript", "/EmbeddedFiles", "/EmbeddedFile", "/EF", "/AA", "/XFA", "/RichMediaContent"]
)
# Also where a reader that repairs a file in another way would find them.
ACTIVE_WORDS: Final = (b"/JavaScript", b"/EmbeddedFile", b"/Launch", b"/RichMedia")


def read_document(content: bytes) -> ReadDocument:
    """The file as it may be kept, or UnfitDocument. Memory and time are bounded by `read_apart` only."""
    if not content:
        raise UnfitDocument(Unfit.empty)
    try:
        if content.startswith(b"%PDF-"):
            _check_pdf(content)
            return ReadDocument(PDF, content)
        return ReadDocument(JPEG, _picture_anew(content))
    except UnfitDocument:
        raise
    except MemoryError:
        raise UnfitDocument(Unfit.too_costly) from None
    except Exception:  # whatever the two libraries stumble over, the file is not one that people can open
        raise UnfitDocument(Unfit.broken) from None


def _picture_anew(content: bytes) -> bytes:
    """A JPEG of the picture, upright and at most `KEPT_SIDE_PIXELS` long, and nothing else of the file."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # our own bounds, by format
    try:
        picture = Image.open(io.BytesIO(content), formats=tuple(MOST_PIXELS))
    except UnidentifiedImageError:
        raise UnfitDocument(Unfit.other_kind) from None
    most = MOST_PIXELS_PROGRESSIVE if picture.info.get("progressive") else MOST_PIXELS[picture.format or ""]
    if picture.width * picture.height > most:
        raise UnfitDocument(Unfit.too_many_pixels)
    picture.thumbnail((KEPT_SIDE_PIXELS, KEPT_SIDE_PIXELS))
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    plain = Image.new("RGB", upright.size, "white")
    plain.paste(upright, mask=upright.getchannel("A"))
    anew = io.BytesIO()
    plain.save(anew, "JPEG", quality=88)
    return anew.getvalue()


def _check_pdf(content: bytes) -> None:
    from pypdf import apply_configuration

    if any(word in content for word in ACTIVE_WORDS):
        raise UnfitDocument(Unfit.active)
    with apply_configuration(
        zlib_maximum_output_length=MOST_UNPACKED, lzw_maximum_output_length=MOST_UNPACKED
    ):
        _read_through(content)


def _read_through(content: bytes) -> None:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        raise UnfitDocument(Unfit.locked)
    for number, each in enumerate(_objects_of(reader)):
        if number >= MOST_OBJECTS:
            raise UnfitDocument(Unfit.too_costly)
        if _is_active(each):
            raise UnfitDocument(Unfit.active)
    pages = len(reader.pages)
    if not pages:
        raise UnfitDocument(Unfit.broken)
    if pages > MOST_PAGES:
        raise UnfitDocument(Unfit.too_many_pages)


def _objects_of(reader: Any) -> Iterator[Any]:
    """Every object, and everything inside each, also of pages that nothing leads to."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

    numbered = [(number, generation) for generation, known in reader.xref.items() for number in known]
    numbered += [(number, 0) for number in reader.xref_objStm]
    waiting: list[Any] = [reader.trailer]
    for number, generation in numbered:
        waiting.append(reader.get_object(IndirectObject(number, generation, reader)))
        while waiting:
            each = waiting.pop()
            yield each
            if isinstance(each, DictionaryObject):
                waiting += [value for value in each.values() if not isinstance(value, IndirectObject)]
            elif isinstance(each, ArrayObject):
                waiting += [value for value in each if not isinstance(value, IndirectObject)]


def _is_active(each: Any) -> bool:
    if not isinstance(each, dict):
        return False
    if ACTIVE_KEYS & each.keys() or each.get("/S") in ACTIVE_ACTIONS or each.get("/Type") == "/EmbeddedFile":
        return True
    opening = each.get("/OpenAction")
    # A place to open the file at is harmless, and word processors write it.
    return isinstance(opening, dict) and opening.get("/S") != "/GoTo"


_at_once = asyncio.Semaphore(2)


async def read_apart(content: bytes) -> ReadDocument:
    """As `read_document`, in a process that may take so much memory and time and no more."""
    async with _at_once:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            __name__,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            said, _ = await asyncio.wait_for(child.communicate(content), MOST_SECONDS)
        except TimeoutError:
            raise UnfitDocument(Unfit.too_costly) from None
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
    if child.returncode:
        raise UnfitDocument(Unfit.too_costly)
    head, _, anew = said.partition(b"\n")
    if head.decode() in set(Unfit):
        raise UnfitDocument(Unfit(head.decode()))
    return ReadDocument(head.decode(), anew)


def _read_and_say() -> None:
    """The other end of `read_apart`: a file comes in, its kind or what is wrong with it goes out."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    try:
        document = read_document(sys.stdin.buffer.read())
    except UnfitDocument as refusal:
        sys.stdout.buffer.write(refusal.why.encode())
    else:
        sys.stdout.buffer.write(document.media_type.encode() + b"\n" + document.content)


if __name__ == "__main__":
    _read_and_say()
