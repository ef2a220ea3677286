"""A sheet that looks like a certificate and certifies nothing."""

import io
from functools import cache

from linli.organizations.documents import JPEG, ReadDocument

WIDTH, HEIGHT = 620, 877  # A4 at 75 dpi


@cache
def sample_certificate() -> ReadDocument:
    """White, with lines for text and a round red seal without a name."""
    from PIL import Image, ImageDraw

    sheet = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((30, 30, WIDTH - 30, HEIGHT - 30), outline="#b08d57", width=4)
    for n, length in enumerate((300, 420, 380, 420, 260)):
        pen.rectangle((100, 220 + 60 * n, 100 + length, 232 + 60 * n), fill="#c9c4bc")
    pen.ellipse((400, 620, 540, 760), outline="#c0392b", width=6)
    kept = io.BytesIO()
    sheet.save(kept, "JPEG", quality=80)
    return ReadDocument(JPEG, kept.getvalue())
