"""An image file to a Document: each page recognised.

In: PNG, JPEG, TIFF with any number of pages, BMP, WebP or GIF. Out: a Document whose lines know their page, place and
confidence; pages that could not be read, or were too many, are named.
"""

import io
import struct
from collections.abc import Sequence

from PIL import Image, ImageOps

from docintel.errors import ParseError, UnsupportedFormatError
from docintel.parse.assemble import Declared, assemble
from docintel.parse.file import File
from docintel.parse.layout.pages import Page, read_pages
from docintel.parse.scan.ocr import Scan, read_scan
from docintel.schema import Document
from docintel.text.ranges import chinese_pages, english_pages

_FORMATS = ["PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF"]
#: What Pillow may raise on damaged images; the fuzz in the tests meets nothing else.
DAMAGED = (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, AttributeError, EOFError, struct.error)
#: More pixels than this are refused: A1 at 400 dpi has 123 million, and three bytes a pixel are only the start.
MOST_PIXELS = 130_000_000
#: A page in points: what lies outside is a wrong resolution, such as the 72 dpi that cameras write.
_WIDTHS = (240.0, 1400.0)
_A4_WIDTH, _A4_LENGTH = 595.0, 842.0
#: Below this a page's text should be compared with the page.
DOUBTFUL = 0.8


def parse_image(file: File) -> Document:
    """Read the image of a page, or of several.

    Raises:
        UnsupportedFormatError: images are not to be recognised.
        ParseError: it is damaged, too large, or shows no text.
    """
    if not file.limits.ocr:
        raise UnsupportedFormatError(
            f"{file.name} 是图像，而文字识别已关闭。 {file.name} is an image, and recognition is off.",
            hint="去掉 --no-ocr 后重试。 Try again without --no-ocr.",
        )
    scans, missing = _read(file)
    if not any(scan.page.fragments or scan.page.tables for scan in scans):
        raise ParseError(
            f"{file.name} 中没有识别出文字。 {file.name} shows no text that can be recognised"
            + (f": {missing[0]}" if missing else "."),
            hint="如果是照片，请重新扫描（200 dpi 以上）。 If it is a photo of a page, scan it at 200 dpi or more.",
        )
    pages = [scan.page for scan in scans]
    return assemble(
        file,
        read_pages(pages),
        parser="image",
        declared=Declared(pages=len(pages)),
        missing=missing,
        warnings=scan_warnings(scans),
    )


def scan_warnings(scans: Sequence[Scan]) -> list[str]:
    """What a reader of recognised pages should know: which are doubtful, and where seals stand."""
    warnings = []
    doubtful = [scan.page.number for scan in scans if confidence(scan.page) < DOUBTFUL]
    if doubtful:
        warnings.append(
            f"{chinese_pages(doubtful)}识别可信度低，请核对原件。 Recognised with low confidence, compare with the"
            f" original: {english_pages(doubtful)}."
        )
    sealed = [scan.page.number for scan in scans if scan.seals]
    if sealed:
        named = english_pages(sealed)
        warnings.append(f"{chinese_pages(sealed)}有印章，印文未录入。 Words on seals are left out: {named}.")
    return warnings


def confidence(page: Page) -> float:
    """How sure the text of a page is, 0 to 1: the mean over its characters; 1 for a page without text."""
    weights = [(len(fragment.text), fragment.confidence) for fragment in page.fragments]
    weights += [(sum(len(cell.text) for cell in table.cells), table.confidence) for table in page.tables]
    count = sum(weight for weight, _ in weights)
    return sum(weight * sure for weight, sure in weights) / count if count else 1.0


def _read(file: File) -> tuple[list[Scan], list[str]]:
    """The pages of an image file, and what of it is not among them."""
    image = open_image(file)
    total = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
    wanted = min(total, file.limits.pages, file.limits.ocr_pages)
    scans: list[Scan] = []
    damaged: list[int] = []
    for number in range(1, wanted + 1):
        try:
            image.seek(number - 1)
            scans.append(_scan(image, number, file.name))
        except DAMAGED as exc:
            if wanted == 1:
                raise _damaged(file, exc) from exc
            damaged.append(number)
        file.progress(number, wanted)
    missing = []
    if damaged:
        named = english_pages(damaged)
        missing.append(f"{chinese_pages(damaged)}图像损坏或过大，未读取。 Damaged or too large, not read: {named}.")
    if total > wanted:
        missing.append(
            f"后 {total - wanted} 页超过页数上限，未识别。 The last {total - wanted} pages are over the limit."
        )
    if image.format == "GIF" and getattr(image, "n_frames", 1) > 1:
        missing.append("动图只读取第一帧。 Only the first frame of the animation is read.")
    return scans, missing


def open_image(file: File) -> Image.Image:
    """The image, its pixels not yet read.

    Raises:
        ParseError: it is damaged or too large.
    """
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of sizes, which are judged below, and of odd metadata
            image = Image.open(io.BytesIO(file.data), formats=_FORMATS)
            _ = getattr(image, "n_frames", 1)
    except Image.DecompressionBombError as exc:
        raise _too_large(file.name, str(exc)) from exc
    except DAMAGED as exc:
        raise _damaged(file, exc) from exc
    if image.width * image.height > MOST_PIXELS and getattr(image, "n_frames", 1) == 1:
        raise _too_large(file.name, f"{image.width} × {image.height}")
    return image


def _scan(image: Image.Image, number: int, name: str) -> Scan:
    if image.width * image.height > MOST_PIXELS:
        raise ValueError(f"page {number} has {image.width} × {image.height} pixels")
    image.load()
    page = ImageOps.exif_transpose(image)
    return read_scan(page, number=number, scale=points_per_pixel(page))


def points_per_pixel(image: Image.Image) -> float:
    """From the resolution the file states, where that makes a page of it; else its shorter side is that of A4."""
    stated = image.info.get("dpi", (0, 0))
    try:
        dpi = float(stated[0])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        dpi = 0.0
    if dpi > 0 and _WIDTHS[0] <= 72 * min(image.size) / dpi and 72 * max(image.size) / dpi <= 2 * _WIDTHS[1]:
        return 72 / dpi
    return _A4_WIDTH / image.width if image.width <= image.height else _A4_LENGTH / image.width


def _too_large(name: str, size: str) -> ParseError:
    return ParseError(
        f"{name} 图像过大。 {name} has too many pixels: {size}.",
        hint="请以 200–300 dpi 重新扫描或缩小。 Scan it at 200 to 300 dpi, or make it smaller.",
    )


def _damaged(file: File, exc: Exception) -> ParseError:
    return ParseError(
        f"{file.name} 图像损坏，无法读取。 {file.name} is a damaged image: {exc or type(exc).__name__}.",
        hint="请重新复制或扫描。 Copy or scan it again.",
    )
