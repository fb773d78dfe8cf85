"""Printed pages to what a scanner makes of them.

In: bytes of a PDF, and what stands in the closing lines. Out: PNG pages or an image-only PDF: 200 dpi, grey or colour,
noise, a slight blur, a tilt of up to 1.5 degrees, JPEG artefacts, and a red round stamp over the closing lines.
"""

import io
import math
import random
from collections.abc import Sequence

import numpy as np
import pypdfium2
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from docintel.fonts import shipped_font

_DPI = 200
_TILT = 1.5
_STAMP_MM = 42
#: Running heads of both producers lie within this much of the edge, and no text does.
_HEAD_MM = 28
_RED = (205, 25, 35)


def scan_pages(pdf: bytes, closing: Sequence[str], seed: int, *, has_head: bool = True) -> list[Image.Image]:
    """Every page of a PDF as a scan; the stamp lies over the line that says `closing[0]`.

    Args:
        has_head: keep the running head; nothing tells it from text on a page that is a file of its own.
    """
    rng = random.Random(seed)
    colour = seed % 3 != 0
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [page.render(scale=_DPI / 72).to_pil().convert("RGB") for page in document]
    if not has_head:
        for page in pages:
            page.paste((255, 255, 255), (0, 0, page.width, int(_HEAD_MM / 25.4 * _DPI)))
    with pypdfium2.PdfDocument(pdf) as document:
        place = _find_last(document, closing[0])
    if place:
        page, x, y = place
        _press(pages[page], closing[0], x * _DPI / 72, y * _DPI / 72, rng)
    return [_scan(page, colour, rng) for page in pages]


def to_png(page: Image.Image) -> bytes:
    """One page as PNG that says its resolution."""
    out = io.BytesIO()
    page.save(out, "PNG", dpi=(_DPI, _DPI))
    return out.getvalue()


def to_pdf(pages: Sequence[Image.Image]) -> bytes:
    """Pages as a PDF without any text."""
    out = io.BytesIO()
    pages[0].save(out, "PDF", resolution=_DPI, save_all=True, append_images=list(pages[1:]), quality=70)
    return out.getvalue()


def _find_last(document: pypdfium2.PdfDocument, words: str) -> tuple[int, float, float] | None:
    """Page and middle, in points from the top left corner, of the last line with the words; None for none."""
    for index in range(len(document) - 1, -1, -1):
        page = document[index]
        text = page.get_textpage()
        searcher = text.search(words)
        found = None
        while hit := searcher.get_next():
            found = hit
        if found:
            left, bottom, _, top = text.get_charbox(found[0])
            right = text.get_charbox(found[0] + found[1] - 1)[2]
            return index, (left + right) / 2, page.get_height() - (bottom + top) / 2
    return None


def _press(page: Image.Image, words: str, x: float, y: float, rng: random.Random) -> None:
    """Stamp a page: a ring, a star, and the signer's name along the upper rim."""
    size = int(_STAMP_MM / 25.4 * _DPI)
    stamp = Image.new("L", (size, size), 0)
    draw = ImageDraw.Draw(stamp)
    draw.ellipse((4, 4, size - 5, size - 5), outline=255, width=9)
    middle, radius = size / 2, size * 0.14
    points = [
        (
            middle + radius * (1, 0.4)[i % 2] * math.sin(i * math.pi / 5),
            middle - radius * (1, 0.4)[i % 2] * math.cos(i * math.pi / 5),
        )
        for i in range(10)
    ]
    draw.polygon(points, fill=255)
    font = ImageFont.truetype(str(shipped_font()), int(size * 0.13))
    for i, char in enumerate(words):
        angle = 240 * (i / max(1, len(words) - 1) - 0.5)
        letter = Image.new("L", (size, size), 0)
        ImageDraw.Draw(letter).text((middle, size * 0.14), char, fill=255, font=font, anchor="mm")
        stamp.paste(255, mask=letter.rotate(-angle, resample=Image.Resampling.BICUBIC))
    stamp = stamp.rotate(rng.uniform(-20, 20), resample=Image.Resampling.BICUBIC)
    ink = Image.new("RGB", (size, size), _RED)
    left, top = int(x - size / 2 + rng.uniform(-20, 20)), int(y - size / 2 + rng.uniform(0, 40))
    under = page.crop((left, top, left + size, top + size))
    printed = Image.fromarray(np.minimum(np.asarray(under), np.asarray(ink)))  # ink over print darkens, never hides
    page.paste(printed, (left, top), stamp.point(lambda value: int(value * 0.85)))


def _scan(page: Image.Image, colour: bool, rng: random.Random) -> Image.Image:
    paper = (250, 249, 244) if colour else (248, 248, 248)
    tilted = page.rotate(rng.uniform(-_TILT, _TILT), Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))
    image = tilted.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.8)))
    pixels = np.asarray(image, np.float32) * np.asarray(paper, np.float32) / 255
    noise = np.random.default_rng(rng.getrandbits(32)).normal(0, 6, pixels.shape[:2])
    image = Image.fromarray((pixels + noise[..., None]).clip(0, 255).astype(np.uint8))
    out = io.BytesIO()
    (image if colour else image.convert("L")).save(out, "JPEG", quality=rng.randint(60, 80))
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB" if colour else "L")
