"""What may come in as a paper, and what does not."""

import io
import resource
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from linli.organizations.documents import (
    JPEG,
    KEPT_SIDE_PIXELS,
    MOST_PAGES,
    PDF,
    SENTENCES,
    ReadDocument,
    Unfit,
    UnfitDocument,
    read_apart,
    read_document,
)


def picture(kind: str = "JPEG", size: tuple[int, int] = (800, 600), **options: object) -> bytes:
    made = io.BytesIO()
    mode = "RGB" if kind == "JPEG" else "RGBA"
    Image.new(mode, size, "red").save(made, kind, **options)
    return made.getvalue()


def pdf(change: Callable[[PdfWriter], None] | None = None, pages: int = 1) -> bytes:
    writer, made = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    if change:
        change(writer)
    writer.write(made)
    return made.getvalue()


def refusal(content: bytes) -> Unfit:
    with pytest.raises(UnfitDocument) as refused:
        read_document(content)
    return refused.value.why


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_made_anew_and_nothing_else_of_it_is_kept(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "GPS of a home"
    sent = picture(kind, exif=exif) + b"PK\x03\x04 and a stowaway"
    assert b"GPS of a home" in sent
    read = read_document(sent)
    assert read.media_type == JPEG
    assert b"GPS" not in read.content
    assert b"stowaway" not in read.content
    kept = Image.open(io.BytesIO(read.content))
    assert (kept.size, dict(kept.getexif())) == ((800, 600), {})


def test_a_picture_stands_upright_and_is_no_larger_than_can_be_read() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    kept = Image.open(io.BytesIO(read_document(picture(size=(4000, 2000), exif=exif)).content))
    assert kept.size == (KEPT_SIDE_PIXELS // 2, KEPT_SIDE_PIXELS)


def test_a_pdf_is_kept_as_it_is() -> None:
    assert read_document(pdf()) == ReadDocument(PDF, pdf())


def with_script(writer: PdfWriter) -> None:
    script = DictionaryObject({NameObject("/JS"): TextStringObject("app.alert('hello')")})
    writer.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/Dests"): script})


def with_file(writer: PdfWriter) -> None:
    writer.add_attachment("tool.exe", b"MZ")


def at_opening(action: DictionaryObject | ArrayObject) -> Callable[[PdfWriter], None]:
    def change(writer: PdfWriter) -> None:
        writer.root_object[NameObject("/OpenAction")] = action

    return change


def action(kind: str) -> DictionaryObject:
    return DictionaryObject(
        {NameObject("/S"): NameObject(kind), NameObject("/F"): TextStringObject("cmd.exe")}
    )


def with_link_that_launches(writer: PdfWriter) -> None:
    link = DictionaryObject(
        {NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): action("/Launch")}
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([link])


def with_nothing_leading_to_it(writer: PdfWriter) -> None:
    writer._add_object(action("/SubmitForm"))


ACTIVE = {
    "script": with_script,
    "file inside": with_file,
    "launched at opening": at_opening(action("/Launch")),
    "address at opening": at_opening(action("/URI")),
    "launched by a link": with_link_that_launches,
    "hidden": with_nothing_leading_to_it,
}


@pytest.mark.parametrize("change", ACTIVE.values(), ids=ACTIVE)
def test_a_pdf_that_could_do_something_is_refused(change: Callable[[PdfWriter], None]) -> None:
    assert refusal(pdf(change)) is Unfit.active


def test_a_name_in_disguise_is_the_same_name() -> None:
    plain = pdf(at_opening(action("/Launch")))
    assert refusal(plain.replace(b"/Launch", b"/L#61unch")) is Unfit.active


def test_a_pdf_that_opens_at_a_page_is_taken() -> None:
    place = ArrayObject([NumberObject(0), NameObject("/Fit")])
    go = DictionaryObject({NameObject("/S"): NameObject("/GoTo"), NameObject("/D"): place})
    for opening in (place, go):
        assert read_document(pdf(at_opening(opening))).media_type == PDF


def locked(writer: PdfWriter) -> None:
    writer.encrypt("secret", algorithm="RC4-128")


UNREADABLE = {
    "nothing": (b"", Unfit.empty),
    "a script": (b"#!/bin/sh\nrm -rf /", Unfit.other_kind),
    "a page": (b"<html><script>alert(1)</script>", Unfit.other_kind),
    "an archive": (b"PK\x03\x04" + b"\x00" * 100, Unfit.other_kind),
    "a program": (b"MZ" + b"\x00" * 1000, Unfit.other_kind),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Unfit.other_kind),
    "a GIF": (b"GIF89a" + b"\x00" * 100, Unfit.other_kind),
    "half a picture": (picture()[:500], Unfit.broken),
    "half a PDF": (pdf()[:200], Unfit.broken),
    "a PDF in name": (b"%PDF-1.7\n" + b"\xff" * 5000, Unfit.broken),
    "a locked PDF": (pdf(locked), Unfit.locked),
    "a book": (pdf(pages=MOST_PAGES + 1), Unfit.too_many_pages),
}


@pytest.mark.parametrize(("content", "why"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_paper_is_refused(content: bytes, why: Unfit) -> None:
    assert refusal(content) is why
    assert SENTENCES[why].in_language("zh") != SENTENCES[why].text


def pixel_bomb(side: int) -> bytes:
    """A PNG of a few kilobytes that claims `side` times `side` pixels, all of them there."""
    head = side.to_bytes(4, "big") * 2 + b"\x08\x06\x00\x00\x00"
    packer = zlib.compressobj(9)
    row = b"\x00" * (1 + 4 * side)
    data = b"".join(packer.compress(row) for _ in range(min(side, 3000))) + packer.flush()
    chunks = b""
    for name, content in ((b"IHDR", head), (b"IDAT", data), (b"IEND", b"")):
        check = zlib.crc32(name + content).to_bytes(4, "big")
        chunks += len(content).to_bytes(4, "big") + name + content + check
    return b"\x89PNG\r\n\x1a\n" + chunks


def text_bomb() -> bytes:
    """A PNG with a note that unpacks to two hundred megabytes."""
    packed = b"note\x00\x00" + zlib.compress(b"\x00" * 200_000_000, 9)
    chunk = b"zTXt" + packed
    whole = len(packed).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
    plain = picture("PNG", size=(10, 10))
    return plain[:33] + whole + plain[33:]


def object_bomb() -> bytes:
    """A PDF whose list of objects unpacks to two hundred megabytes."""
    packed = zlib.compress(b"\x00" * 200_000_000, 9)
    head = (
        b"%%PDF-1.5\n1 0 obj\n<</Type /XRef /Size 9 /W [1 2 1] /Root 2 0 R /Filter /FlateDecode /Length %d>>"
    )
    return head % len(packed) + b"\nstream\n" + packed + b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"


BOMBS = {
    "pixels": (lambda: pixel_bomb(20_000), {Unfit.too_many_pixels}),
    "many pixels, progressive": (
        lambda: picture(size=(6000, 5000), progressive=True),
        {Unfit.too_many_pixels},
    ),
    "many pixels, WebP": (lambda: picture("WEBP", size=(4000, 3000)), {Unfit.too_many_pixels}),
    "a note in a picture": (text_bomb, {Unfit.broken}),
    "a list of objects": (object_bomb, {Unfit.too_costly, Unfit.broken}),
}


@pytest.mark.parametrize(("bomb", "why"), BOMBS.values(), ids=BOMBS)
async def test_bombs_are_refused_with_a_sentence_and_stay_small(
    bomb: Callable[[], bytes], why: set[Unfit]
) -> None:
    content = bomb()
    with pytest.raises(UnfitDocument) as refused:
        await read_apart(content)
    assert refused.value.why in why


@pytest.mark.parametrize(
    "content",
    [
        lambda: picture("PNG", size=(4000, 3900)),
        lambda: picture("WEBP", size=(3000, 1900)),
        lambda: picture(size=(9000, 9000)),
        lambda: picture(size=(4000, 2900), progressive=True),
        text_bomb,
        object_bomb,
    ],
    ids=["PNG", "WebP", "JPEG", "progressive JPEG", "note in a picture", "PDF"],
)
def test_the_largest_that_is_opened_takes_less_than_a_hundred_megabytes(
    content: Callable[[], bytes], tmp_path: Path
) -> None:
    """Measured where it happens, in the process apart."""
    paths = {"small": picture(size=(10, 10)), "large": content()}
    peaks = {}
    for name, sent in paths.items():
        (tmp_path / name).write_bytes(sent)
        peaks[name] = int(
            subprocess.run(
                [sys.executable, "-c", PEAK, str(tmp_path / name)], capture_output=True, check=True, text=True
            ).stdout
        )
    assert peaks["large"] - peaks["small"] < 100_000_000


PEAK = """
import resource, sys
from pathlib import Path
from linli.organizations.documents import UnfitDocument, read_document
try:
    read_document(Path(sys.argv[1]).read_bytes())
except UnfitDocument:
    pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


async def test_what_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.organizations.documents.MOST_SECONDS", 0.01)
    with pytest.raises(UnfitDocument) as refused:
        await read_apart(picture())
    assert refused.value.why is Unfit.too_costly


async def test_apart_or_not_the_answer_is_the_same() -> None:
    for content in (picture(), picture("PNG"), pdf()):
        assert await read_apart(content) == read_document(content)
    large = picture(size=(9000, 9000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    await read_apart(large)
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < 100_000_000
