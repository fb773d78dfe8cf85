"""An OFD file (GB/T 33190) to a Document, and to the files attached to it.

In: an OFD file. Out: a Document in reading order, or the attachments. Pages that show images or outlines in place of
text are painted and given to the recogniser. What a page lacks is in `missing`; that a file is signed is in `warnings`.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from docintel.errors import ParseError
from docintel.parse.assemble import Declared, assemble
from docintel.parse.file import File, Member
from docintel.parse.layout.pages import Box, Fragment, Page, read_pages
from docintel.parse.ofd.content import Content, Image, Path, Source, Text, read_content
from docintel.parse.ofd.fragments import PageText, read_page, turned
from docintel.parse.ofd.package import Package, PartError, Sheet
from docintel.parse.ofd.paint import paint
from docintel.parse.structure import Line, mark_title
from docintel.schema import BlockKind, Document
from docintel.text.ranges import chinese_pages, english_pages

#: Images without text over them are recognised when they cover this share of the page.
_SHARE = 0.2
#: Outlines of characters: so many on a page, each of so many points at least and so many points large at most.
_OUTLINES, _POINTS, _LARGEST_GLYPH = 4, 8, 110.0
#: Characters over an image from which it is a scan with its text.
_OVER = 5
#: Dots an inch at which the recogniser reads best.
_DPI = 200
#: Characters of all pages together, twice those of a full file of 3000 pages.
_MOST_CHARACTERS = 10_000_000


@dataclass
class _Reading:
    """What has been read of a file so far."""

    bodies: dict[str, list[Page]] = field(default_factory=dict)
    texts: dict[int, PageText] = field(default_factory=dict)
    sizes: dict[int, tuple[float, float]] = field(default_factory=dict)
    remarks: dict[int, tuple[str, ...]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    unread: dict[str, list[int]] = field(default_factory=dict)
    unrecognised: list[int] = field(default_factory=list)
    recognised: list[int] = field(default_factory=list)
    characters: int = 0
    turned: set[int] = field(default_factory=set)


def parse_ofd(file: File) -> Document:
    """Read an OFD file.

    Raises:
        ParseError: it is damaged or encrypted, or holds no text.
    """
    package = Package(file)
    reading = _Reading()
    sheets = package.sheets[: file.limits.pages]
    for sheet in sheets:
        try:
            _read_sheet(file, package, sheet, reading)
        except PartError as exc:
            reading.unread.setdefault(str(exc).rstrip("."), []).append(sheet.number)
        file.progress(sheet.number, len(package.sheets))
    if len(sheets) < len(package.sheets):
        rest = range(len(sheets) + 1, len(package.sheets) + 1)
        reading.missing.append(
            f"{chinese_pages(rest)}超过页数上限，未读。 Past the limit, not read: {english_pages(rest)}."
        )
    lines = _lines(reading)
    return assemble(
        file,
        lines,
        parser="ofd",
        declared=replace(_declared(package, lines), pages=len(package.sheets)),
        warnings=_warnings(package, reading),
        missing=[*dict.fromkeys(package.missing), *_missing(file, reading)],
    )


def ofd_members(file: File) -> Iterator[Member]:
    """The files attached to an OFD file, by their names.

    Raises:
        ParseError: the file or its list of attachments is damaged, or the attachments break a limit.
    """
    package = Package(file)
    left = file.limits.members
    try:
        for name, location, part in package.attachments():
            left -= 1
            if left < 0:
                raise ParseError(
                    f"{file.name} 的附件过多。 {file.name} has more than {file.limits.members} attachments.",
                    hint="请用阅读器导出附件后再读。 Save the attachments with a reader and read these.",
                )
            yield _member(file, package, _without_folders(name), location, part)
    except PartError as exc:
        raise ParseError(
            f"{file.name} 的附件列表已损坏。 The list of attachments of {file.name} is damaged: {exc}",
            hint="请重新获取完整的文件。 Get the file again, complete.",
        ) from exc


def _member(file: File, package: Package, name: str, location: str, part: str | None) -> Member:
    hint = "请用阅读器导出该附件。 Save the attachment with a reader."
    if part is None:
        message = f"{file.name} 缺少附件 {name}。 {file.name} lacks its attachment {name} ({location})."
        return Member(name, error=ParseError(message, hint=hint))
    try:
        return Member(name, package.bytes(part))
    except PartError as exc:
        message = f"{file.name} 的附件 {name} 无法读取。 Attachment {name} of {file.name} cannot be read: {exc}"
        return Member(name, error=ParseError(message, hint=hint))


def _without_folders(name: str) -> str:
    return "".join("_" if char in '/\\:*?"<>|' or not char.isprintable() else char for char in name).strip(" .") or "_"


def _read_sheet(file: File, package: Package, sheet: Sheet, reading: _Reading) -> None:
    content = read_content(package, sheet)
    text = read_page(content, sheet.number)
    reading.characters += sum(len(mark.text) for mark in content.marks if isinstance(mark, Text))
    if reading.characters > _MOST_CHARACTERS:
        raise PartError(f"the file has more than {_MOST_CHARACTERS} characters before its end")
    lacking = [mark for mark in content.marks if isinstance(mark, Image) and mark.part is None]
    if any(_share(content, [image]) > _SHARE for image in lacking):
        reading.missing.append(f"第 {sheet.number} 页缺少图像。 Page {sheet.number} lacks an image that it shows.")
    page = text.page
    if wanted := _to_recognise(content, text):
        page = _recognised(file, package, replace(content, marks=wanted), text, reading)
    if page is text.page and text.turns:
        reading.turned.add(sheet.number)
    reading.bodies.setdefault(sheet.body.part, []).append(page)
    reading.texts[sheet.number] = text
    reading.sizes[sheet.number] = content.width, content.height
    reading.remarks[sheet.number] = content.remarks


def _to_recognise(content: Content, text: PageText) -> tuple[Path | Image, ...]:
    """The marks of a page that show text and hold none: large images without text on them, and outlines of glyphs."""
    characters = [
        ((x0 + x1) / 2, (y0 + y1) / 2, len(fragment.text))
        for fragment in text.page.fragments
        for x0, y0, x1, y1 in [_back(fragment.box, text, (content.width, content.height))]
    ]
    own = [mark for mark in content.marks if not isinstance(mark, Text) and mark.source is not Source.WATERMARK]
    images = [
        mark
        for mark in own
        if isinstance(mark, Image)
        and mark.part is not None
        and sum(count for x, y, count in characters if _holds(mark.box, x, y)) < _OVER
    ]
    outlines = [mark for mark in own if isinstance(mark, Path) and _glyphs(mark)]
    shown = images if _share(content, images) >= _SHARE else []
    if sum(map(_glyphs, outlines)) >= _OUTLINES:
        return (*shown, *outlines)
    return tuple(shown)


def _glyphs(path: Path) -> int:
    """About how many characters are drawn as outlines: areas of many points that are as large as a character."""
    if not path.fill or not path.fill.alpha:
        return 0
    found = 0
    for subpath in path.subpaths:
        xs, ys = zip(*subpath, strict=True)
        sides = max(xs) - min(xs), max(ys) - min(ys)
        found += len(subpath) >= _POINTS and max(sides) <= _LARGEST_GLYPH and min(sides) > 1
    xs, ys = zip(*(point for subpath in path.subpaths for point in subpath), strict=True)
    one = max(max(xs) - min(xs), max(ys) - min(ys)) <= _LARGEST_GLYPH
    return min(found, 1) if one else found


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _share(content: Content, images: Sequence[Image]) -> float:
    """The share of the page that images cover, as if none lay on another."""
    area = 0.0
    for image in images:
        x0, y0, x1, y1 = image.box
        width, height = min(x1, content.width) - max(x0, 0), min(y1, content.height) - max(y0, 0)
        area += max(0.0, width) * max(0.0, height)
    return area / (content.width * content.height)


def _recognised(file: File, package: Package, content: Content, text: PageText, reading: _Reading) -> Page:
    """The page with what its images say; where they may not be recognised, as it was, and noted."""
    number = text.page.number
    if not file.limits.ocr or len(reading.recognised) >= file.limits.ocr_pages:
        reading.unrecognised.append(number)
        return text.page
    from docintel.parse.scan.ocr import recognise

    reading.recognised.append(number)
    picture = paint(content, package.bytes, _DPI / 72)
    for part in picture.unpainted:
        reading.missing.append(f"第 {number} 页的图像无法读取。 An image on page {number} cannot be read: {part}.")
    found = recognise(picture.image, number=number, scale=content.width / picture.image.width)
    if text.turns:  # a few words of text on their side beside a scan: the scan is the page
        upright = [replace(f, box=_back(f.box, text, (content.width, content.height))) for f in text.page.fragments]
        return replace(found, number=number, fragments=(*found.fragments, *upright))
    fragments = (*text.page.fragments, *found.fragments)
    size = {"width": text.page.width, "height": text.page.height}
    return replace(found, number=number, **size, fragments=fragments, tables=(*text.page.tables, *found.tables))


def _back(box: Box, text: PageText, size: tuple[float, float]) -> Box:
    """A box on the turned page as it stands on the page itself."""
    width, height = size
    return turned(box, -text.turns, (height, width) if text.turns % 2 else (width, height))


def _lines(reading: _Reading) -> list[Line]:
    """The lines of all pages; asides follow the page they are on, watermarks come last, each wording once."""
    lines: list[Line] = []
    for line in chain.from_iterable(read_pages(pages) for pages in reading.bodies.values()):
        turns = line.page in reading.turned and line.box is not None
        lines.append(_turned_back(line, reading) if turns else line)
    for number, text in reversed(reading.texts.items()):
        notes = [_note(fragment, number) for fragment in text.asides]
        notes += [Line(remark, BlockKind.FURNITURE, page=number) for remark in reading.remarks[number]]
        if notes:
            body = [i for i, line in enumerate(lines) if line.kind is not BlockKind.FURNITURE]
            at = bisect_right(body, number, key=lambda i: lines[i].page or 0)
            at = body[at - 1] + 1 if at else 0
            lines[at:at] = notes
    marks: dict[str, Line] = {}
    for number, text in reading.texts.items():
        for mark in text.watermarks:
            marks.setdefault(mark.text, Line(mark.text, BlockKind.FURNITURE, page=number, box=mark.box))
    return [*lines, *marks.values()]


def _turned_back(line: Line, reading: _Reading) -> Line:
    page = line.page or 0
    return replace(line, box=_back(line.box or (0, 0, 0, 0), reading.texts[page], reading.sizes[page]))


def _note(fragment: Fragment, number: int) -> Line:
    return Line(fragment.text, bold=fragment.bold, page=number, box=fragment.box)


def _declared(package: Package, lines: list[Line]) -> Declared:
    """The title of the file's properties, for a text that shows none."""
    marked = any(line.kind is BlockKind.TITLE for line in mark_title(lines))
    return Declared(title="" if marked else package.bodies[0].title)


def _warnings(package: Package, reading: _Reading) -> Iterator[str]:
    if package.signatures:
        yield (
            f"文件带有电子签名或印章（{package.signatures} 个），未作验证，印文未录入。 The file is signed or sealed"
            f" electronically ({package.signatures}); nothing was verified, words on seals are left out."
        )
    if (count := len(package.bodies)) > 1:
        yield f"文件含 {count} 个文档，依次读取。 The file holds {count} documents, read in turn."
    if pages := reading.recognised:
        yield f"{chinese_pages(pages)}有文字由图像识别。 Text on {english_pages(pages)} was recognised from images."


def _missing(file: File, reading: _Reading) -> Iterator[str]:
    for reason, pages in reading.unread.items():
        yield f"{chinese_pages(pages)}无法读取。 {english_pages(pages).capitalize()} cannot be read: {reason}."
    yield from reading.missing
    if pages := reading.unrecognised:
        reason = f"超过识别上限 {file.limits.ocr_pages} 页" if file.limits.ocr else "未启用文字识别"
        why = f"the limit is {file.limits.ocr_pages} pages" if file.limits.ocr else "recognition is off"
        yield (
            f"{chinese_pages(pages)}的图像或轮廓字未识别（{reason}）。 Images or outlined text on"
            f" {english_pages(pages)} were not recognised: {why}."
        )
    for number, text in reading.texts.items():
        if text.undecodable:
            yield (
                f"第 {number} 页有 {text.undecodable} 个字符只有字形、没有文字。 {text.undecodable} characters on page"
                f" {number} are glyphs of a font without text."
            )
