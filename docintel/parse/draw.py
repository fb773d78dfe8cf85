"""Pages as images with the blocks that were found on them, for a person to check by eye.

In: a file and the Document read from it. Out: PNG files `page-001.png` …: each block in the colour of its
kind, numbered in reading order; a block that was recognised with doubt is dashed and bears its confidence.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from docintel.errors import InputError, NotFoundError, ParseError
from docintel.fonts import chinese_font
from docintel.parse.detect import detect
from docintel.parse.file import File
from docintel.parse.pdf import pdfium
from docintel.parse.render import KIND_NAMES
from docintel.schema import Block, BlockKind, Document

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

Pixels = tuple[float, float, float, float]
#: Gives the pages of a range as images, each with pixels per point.
Painter = Callable[[File, int, range], Iterator[tuple["Image", float]]]

COLOURS: dict[BlockKind, tuple[int, int, int]] = {
    BlockKind.TITLE: (200, 30, 50),
    BlockKind.HEADING: (225, 110, 0),
    BlockKind.PARAGRAPH: (30, 100, 200),
    BlockKind.LIST_ITEM: (0, 140, 140),
    BlockKind.TABLE: (20, 140, 60),
    BlockKind.CAPTION: (150, 90, 30),
    BlockKind.BYLINE: (130, 50, 170),
    BlockKind.FURNITURE: (120, 120, 120),
}
#: Below this confidence a block is marked as doubtful.
_DOUBTFUL = 0.8
_TINT, _DASH = 34, 7
#: Pixels of a page at the most.
_MOST_PIXELS = 40_000_000


def draw_pages(file: File, document: Document, folder: Path, *, dpi: int = 110) -> list[Path]:
    """Write an image of each page up to the limit and return their paths in order.

    Args:
        file: what `document` was read from.
        folder: is made when it is not there; images of an earlier run are written over.
        dpi: dots an inch; pages that would be too large have fewer.

    Raises:
        InputError: files of this format have no pages.
        ParseError: the file is damaged.
    """
    pages = _painter(file)
    folder.mkdir(parents=True, exist_ok=True)
    count = min(document.pages or 1, file.limits.pages)
    width = max(3, len(str(count)))
    paths = []
    for number, (image, scale) in enumerate(pages(file, dpi, range(file.limits.pages)), start=1):
        path = folder / f"page-{number:0{width}}.png"
        _with_blocks(image, scale, document, number).save(path)
        paths.append(path)
        file.progress(number, max(number, count))
    return paths


def draw_page(file: File, number: int, path: Path, *, dpi: int = 110) -> tuple[float, float]:
    """Write the image of one page as it is, without its blocks; its width and height in points.

    Args:
        number: of the page, from 1.
        path: of the PNG file.

    Raises:
        NotFoundError: the file has no such page.
        InputError: files of this format have no pages.
        ParseError: the file is damaged.
    """
    wanted = range(max(0, number - 1), max(0, number))
    for image, scale in _painter(file)(file, dpi, wanted):
        image.save(path, format="PNG")
        return image.width / scale, image.height / scale
    raise NotFoundError(f"{file.name} 没有第 {number} 页。 {file.name} has no page {number}.")


def _painter(file: File) -> "Painter":
    """What gives the pages of a file as images.

    Raises:
        InputError: files of this format have no pages.
    """
    pages = _PAGES.get(detect(file.data, file.name))
    if pages is None:
        raise InputError(
            f"{file.name} 的格式没有页面。 {file.name} is of a format that has no pages.",
            hint="请用 --format tree 查看结构。 Look at its structure with `--format tree`.",
        )
    return pages


def _ofd_pages(file: File, dpi: int, wanted: range) -> Iterator[tuple["Image", float]]:
    """Each page of a range, from 0, as an image, and pixels per point of it."""
    from docintel.parse.ofd.content import Content, read_content
    from docintel.parse.ofd.package import Package, PartError
    from docintel.parse.ofd.paint import paint

    package = Package(file)
    for sheet in package.sheets[wanted.start : wanted.stop]:
        try:
            content = read_content(package, sheet)
        except PartError:  # an empty page keeps the numbers right; the document says what is missing
            content = Content(595, 842)
        image = paint(content, package.bytes, 2 * dpi / 72).image.reduce(2)
        yield image, image.width / content.width


def _pdf_pages(file: File, dpi: int, wanted: range) -> Iterator[tuple["Image", float]]:
    pypdfium2 = pdfium.library()
    try:
        pdf = pypdfium2.PdfDocument(file.data)
        for i in range(len(pdf))[wanted.start : wanted.stop]:
            page = pdf[i]
            width, height = page.get_size()
            scale = min(dpi / 72, (_MOST_PIXELS / max(width * height, 1)) ** 0.5)
            yield page.render(scale=scale).to_pil().convert("RGB"), scale
            page.close()
    except pypdfium2.PdfiumError as exc:
        raise ParseError(
            f"{file.name} 的页面无法显示。 {file.name} cannot be shown: {exc}",
            hint="请确认文件完整、没有密码。 Check that it is complete and has no password.",
        ) from exc


def _image_pages(file: File, dpi: int, wanted: range) -> Iterator[tuple["Image", float]]:
    """The frames of an image as `scan.image` places text on them."""
    from docintel.parse.scan.image import DAMAGED, MOST_PIXELS, open_image

    image = open_image(file)
    frames = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
    for i in range(frames)[wanted.start : wanted.stop]:
        page = _blank(dpi)
        with suppress(*DAMAGED):  # an empty page keeps the numbers right; the document says what is missing
            image.seek(i)
            if image.width * image.height <= MOST_PIXELS:
                page = _frame(image, dpi)
        yield page, dpi / 72


def _frame(image: "Image", dpi: int) -> "Image":
    from PIL import Image, ImageOps

    from docintel.parse.scan.image import points_per_pixel
    from docintel.parse.scan.raster import rgb

    page = ImageOps.exif_transpose(image)
    ratio = points_per_pixel(page) * dpi / 72
    size = max(1, round(page.width * ratio)), max(1, round(page.height * ratio))
    return Image.fromarray(rgb(page)).resize(size)


def _blank(dpi: int) -> "Image":
    """An A4 page without anything."""
    from PIL import Image

    return Image.new("RGB", (round(595 * dpi / 72), round(842 * dpi / 72)), "white")


_PAGES = {"image": _image_pages, "ofd": _ofd_pages, "pdf": _pdf_pages}


def _on_page(document: Document, number: int) -> Iterator[tuple[int, Block]]:
    """The blocks that begin on a page, and the parts there of those that begin before, by number in reading order."""
    for i, block in enumerate(document.blocks, start=1):
        if block.page == number:
            yield i, block
        for part in block.parts:
            if part.page == number:
                yield i, replace(block, page=part.page, box=part.box)


def _with_blocks(page: "Image", scale: float, document: Document, number: int) -> "Image":
    """The page with its blocks and, above it, a legend."""
    from PIL import Image, ImageDraw

    found = list(_on_page(document, number))
    image = page.convert("RGBA")
    tint = Image.new("RGBA", image.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(tint)
    places = [(i, block, _scaled(block.box, scale, image.size)) for i, block in found if block.box]
    for _, block, box in places:
        if block.kind is not BlockKind.FURNITURE:  # a watermark would grey what it lies under
            draw.rectangle(box, fill=(*COLOURS[block.kind], _TINT))
    image = Image.alpha_composite(image, tint).convert("RGB")
    draw = ImageDraw.Draw(image)
    for _, block, box in places:
        _outline(draw, box, COLOURS[block.kind], dashed=block.confidence < _DOUBTFUL)
    taken: list[Pixels] = []
    for i, block, box in places:
        taken.append(_label(draw, (i, block), box, taken, image.size))
    return _with_legend(image, document, number, found)


def _scaled(box: Pixels, scale: float, size: tuple[int, int]) -> Pixels:
    margin = 2
    x0, y0, x1, y1 = (value * scale for value in box)
    x0, x1 = (min(max(x, 1), size[0] - 2) for x in (x0 - margin, x1 + margin))
    y0, y1 = (min(max(y, 1), size[1] - 2) for y in (y0 - margin, y1 + margin))
    return x0, y0, x1, y1


def _outline(draw: "ImageDraw", box: Pixels, colour: tuple[int, int, int], *, dashed: bool) -> None:
    if not dashed:
        draw.rectangle(box, outline=colour, width=2)
        return
    x0, y0, x1, y1 = box
    for start in range(round(x0), round(x1), 2 * _DASH):
        for y in (y0, y1):
            draw.line((start, y, min(start + _DASH, x1), y), fill=colour, width=2)
    for start in range(round(y0), round(y1), 2 * _DASH):
        for x in (x0, x1):
            draw.line((x, start, x, min(start + _DASH, y1)), fill=colour, width=2)


def _label(
    draw: "ImageDraw", numbered: tuple[int, Block], box: Pixels, taken: list[Pixels], size: tuple[int, int]
) -> Pixels:
    """Write a block's number and kind in the margin beside it, or where there is none above it; returns where."""
    i, block = numbered
    text = f"{i} {kind_name(block)}" + (f" {block.confidence:.0%}?" if block.confidence < _DOUBTFUL else "")
    wide, high = _extent(text, 12)
    wide, high = wide + 8, high + 4
    x0, y0, x1, _ = box
    choices = [(x0 - wide - 2, y0), (x1 + 2, y0), (x0, y0 - high), (x1 - wide, y0 - high)]
    choices += [(choices[0][0], y0 + step * high) for step in (1, 2)]
    free = [
        (x, y)
        for x, y in choices
        if 0 <= x <= size[0] - wide and y >= 0 and not any(_meets((x, y, x + wide, y + high), other) for other in taken)
    ]
    x, y = free[0] if free else (max(0, min(x0, size[0] - wide)), y0)
    draw.rectangle((x, y, x + wide, y + high), fill=COLOURS[block.kind])
    _write(draw, (x + 4, y + 1), text, 12, (255, 255, 255))
    return x, y, x + wide, y + high


def _meets(one: Pixels, other: Pixels) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _with_legend(page: "Image", document: Document, number: int, found: list[tuple[int, Block]]) -> "Image":
    from PIL import Image, ImageDraw

    total = document.pages or number
    head = f"第 {number} / {total} 页　{document.source}"
    counts = {kind: sum(block.kind is kind for _, block in found) for kind in COLOURS}
    placeless = sum(block.box is None for _, block in found)
    notes = []
    if placeless:
        notes.append(f"{placeless} 块没有位置")
    if any(block.confidence < _DOUBTFUL for _, block in found):
        notes.append("虚线：识别可信度低于 80%")
    if not found:
        notes.append("本页没有文字块")
    high = 54
    image = Image.new("RGB", (page.width, page.height + high), (244, 244, 244))
    image.paste(page, (0, high))
    draw = ImageDraw.Draw(image)
    draw.line((0, high - 1, page.width, high - 1), fill=(170, 170, 170))
    _write(draw, (12, 6), _fitted(head, page.width - 24), 15, (30, 30, 30))
    x = 12.0
    for kind, count in counts.items():
        if count:
            draw.rectangle((x, 33, x + 12, 45), fill=_mixed(COLOURS[kind]), outline=COLOURS[kind], width=2)
            text = f"{KIND_NAMES[kind]} {count}"
            _write(draw, (x + 18, 31), text, 12, (30, 30, 30))
            x += 18 + _extent(text, 12)[0] + 16
    _write(draw, (x, 31), "　".join(notes), 12, (150, 30, 30))
    return image


def kind_name(block: Block) -> str:
    """The kind in Chinese, `标题` with its level for a heading."""
    name = KIND_NAMES[block.kind]
    return f"{name}{block.level}" if block.kind is BlockKind.HEADING and block.level else name


def _mixed(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    red, green, blue = (round(255 - (255 - part) * 0.3) for part in colour)
    return red, green, blue


def _fitted(text: str, width: float) -> str:
    while len(text) > 8 and _extent(text, 15)[0] > width:
        text = text[:-2] + "…"
    return text


def _extent(text: str, size: int) -> tuple[float, float]:
    return chinese_font(size).getlength(text), size + 3


def _write(draw: "ImageDraw", at: tuple[float, float], text: str, size: int, colour: tuple[int, int, int]) -> None:
    draw.text((at[0], at[1] + size), text, font=chinese_font(size), fill=colour, anchor="ls")
