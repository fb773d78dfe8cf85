"""Pictures in an office file: recognised where they are all the text there is, else counted.

In: the bytes of the pictures in their order, and the lines of text around them. Out: lines, and what to say.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docintel.parse.file import File
from docintel.parse.structure import Line

if TYPE_CHECKING:
    from PIL.Image import Image

#: Fewer Chinese characters of its own than this, and a document may be a scan put into an office file.
_HARDLY_ANY_TEXT = 50
#: Pixels a side; smaller pictures are logos and stamps.
_PAGE_SIZE = 600
#: Points of the short side of A4, which such a picture most likely is.
_SHORT_SIDE = 595
_MOST_PIXELS = 100_000_000


@dataclass(slots=True)
class Pictures:
    """What became of the pictures of a document."""

    lines: list[Line] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def read_pictures(
    file: File, pictures: Iterable[bytes | None], text: Iterable[Line], numbers: Iterable[int] | None = None
) -> Pictures:
    """Recognise pictures of the size of a page when there is hardly any text; else say how many were not read.

    Args:
        numbers: the page that each stands on; without, their lines have no page.
    """
    pictures = list(pictures)
    result = Pictures()
    if not pictures:
        return result
    if _han(text) >= _HARDLY_ANY_TEXT:
        result.warnings.append(_unread(len(pictures)))
        return result
    places = list(numbers) if numbers is not None else []
    chosen = [(number, data) for number, data in enumerate(pictures) if data and _is_page(data)]
    if not file.limits.ocr:
        result.missing.append(
            f"未识别图片 {len(pictures)} 幅。 {len(pictures)} pictures were not recognised: OCR is off."
        )
        return result
    limit = file.limits.ocr_pages
    if len(chosen) > limit:
        left = len(chosen) - limit
        result.missing.append(f"超出上限的图片 {left} 幅未识别。 {left} pictures beyond the limit were not recognised.")
    if len(chosen) < len(pictures):
        result.warnings.append(_unread(len(pictures) - len(chosen)))
    for line, number in _recognised(file, chosen[:limit], result):
        page = places[number] if places else None
        result.lines.append(replace(line, page=page, box=None))
    return result


def _unread(count: int) -> str:
    return f"图片 {count} 幅未读。 {count} pictures were not read."


def _han(lines: Iterable[Line]) -> int:
    return sum("\u4e00" <= char <= "\u9fff" for line in lines for char in line.text)


def _recognised(file: File, chosen: list[tuple[int, bytes]], result: Pictures) -> Iterator[tuple[Line, int]]:
    """Lines of the pictures, each with the place of its picture."""
    from docintel.parse.layout.pages import read_pages
    from docintel.parse.scan.ocr import recognise

    pages = []
    for done, (number, data) in enumerate(chosen):
        file.progress(done, len(chosen))
        image = _opened(data)
        if image is None:
            result.missing.append(f"第 {number + 1} 幅图片已损坏。 Picture {number + 1} is damaged.")
        else:
            pages.append(recognise(image, number=number + 1, scale=_SHORT_SIDE / min(image.size)))
    for line in read_pages(pages):
        yield line, (line.page or 1) - 1


def _is_page(data: bytes) -> bool:
    """Whether the bytes are a picture as large as a page, by its head alone."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as image:
            return min(image.size) >= _PAGE_SIZE and image.width * image.height <= _MOST_PIXELS
    except Exception:  # Pillow raises anything on bytes that others made
        return False


def _opened(data: bytes) -> "Image | None":
    from PIL import Image

    try:
        image = Image.open(io.BytesIO(data))
        return image.convert("RGB")
    except Exception:  # as above
        return None
