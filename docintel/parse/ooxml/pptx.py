"""A PowerPoint file to a Document.

In: a PPTX, PPTM, PPSX or POTX file, also one written by WPS. Out: slide by slide the title, then what stands on the
slide from top left to bottom right, then the speaker's notes; a page is a slide.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from docintel.parse.assemble import Declared, assemble
from docintel.parse.file import File
from docintel.parse.lines import kind_of
from docintel.parse.ooxml.drawing import chart_lines, diagram_lines
from docintel.parse.ooxml.package import A, C, P, Package, R
from docintel.parse.ooxml.pictures import read_pictures
from docintel.parse.ooxml.pptx_shapes import Shape, read_shapes, shape_lines, text_of
from docintel.parse.structure import Line
from docintel.parse.tables import Cell, table_line
from docintel.schema import BlockKind, Document
from docintel.text.normalize import clean
from docintel.text.outline import numbering

_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
_OFF = ("0", "false")
_TITLES = ("title", "ctrTitle")
#: Placeholders that stand on every slide.
_FURNITURE = ("ftr", "hdr", "dt", "sldNum")


@dataclass(slots=True)
class _Found:
    """What slides hold beside text."""

    pictures: list[tuple[int, str]] = field(default_factory=list)
    objects: int = 0
    comments: int = 0
    hidden: list[int] = field(default_factory=list)
    furniture: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


def parse_pptx(file: File) -> Document:
    """Read a presentation.

    Raises:
        ParseError: the package is damaged, hostile, or holds no text.
    """
    package = Package(file)
    slides = _slides(package)
    found = _Found()
    lines: list[Line] = []
    for number, part in enumerate(slides[: file.limits.pages], start=1):
        file.progress(number - 1, len(slides))
        lines += _slide(package, part, number, found)
    if len(slides) > file.limits.pages:
        left = len(slides) - file.limits.pages
        found.missing.append(f"后 {left} 张幻灯片未读。 The last {left} slides were not read.")
    lines = _with_title(lines)
    pictures = read_pictures(
        file, (package.read(part) for _, part in found.pictures), lines, [number for number, _ in found.pictures]
    )
    lines = sorted([*lines, *pictures.lines], key=lambda line: line.page or 0)
    lines += [Line(text, BlockKind.FURNITURE, page=page) for text, page in found.furniture.items()]
    return assemble(
        file,
        lines,
        parser="pptx",
        declared=Declared(pages=len(slides)),
        warnings=[*_warnings(found), *pictures.warnings],
        missing=[*_missing(package, found), *pictures.missing],
    )


def _slides(package: Package) -> list[str]:
    """The names of the slides' parts, in the order in which they are shown."""
    main = package.main("ppt/presentation.xml")
    relations = package.relations(main)
    ids = [node.get(f"{R}id") or "" for node in package.whole(main).iter(f"{P}sldId")]
    listed = [relations[id_].target for id_ in ids if id_ in relations]
    return listed or package.related(main, "slide")


def _slide(package: Package, part: str, number: int, found: _Found) -> Iterator[Line]:
    root = package.xml(part)
    if root is None:
        found.missing.append(f"第 {number} 张幻灯片无法读取。 Slide {number} cannot be read.")
        return
    if root.get("show") in _OFF:
        found.hidden.append(number)
    relations = package.relations(part)
    targets = {id_: relation.target for id_, relation in relations.items() if not relation.external}
    layouts = [layout for name in package.related(part, "slideLayout") if (layout := package.xml(name)) is not None]
    for shape in read_shapes(root, layouts):
        if shape.placeholder in _FURNITURE:
            if shape.placeholder == "ftr" and (text := clean(text_of(shape.node))):
                found.furniture.setdefault(text, number)
        else:
            yield from _shape(package, shape, number, targets, found)
    yield from _notes(package, part, number)
    found.comments += sum(
        len(list(xml)) for name in package.related(part, "comments") if (xml := package.xml(name)) is not None
    )


def _shape(package: Package, shape: Shape, number: int, targets: dict[str, str], found: _Found) -> Iterator[Line]:
    node = shape.node
    for blip in node.iter(f"{A}blip"):
        found.pictures.append((number, targets.get(blip.get(f"{R}embed") or "", "")))
    if shape.placeholder in _TITLES:
        title = "".join(clean(line.text).replace("\n", "") for line in shape_lines(node))
        if title:
            yield Line(title, BlockKind.HEADING, level=1, page=number)
    elif (table := node.find(f".//{A}tbl")) is not None:
        if line := table_line(_cells(table), page=number):
            yield line
    elif (chart := next(node.iter(f"{C}chart"), None)) is not None:
        yield from chart_lines(package.xml(targets.get(chart.get(f"{R}id") or "", "")), number)
    elif (diagram := next(node.iter(_DIAGRAM), None)) is not None:
        yield from diagram_lines(package.xml(targets.get(diagram.get(f"{R}dm") or "", "")), number)
    else:
        found.objects += next(node.iter(f"{P}oleObj"), None) is not None
        yield from (replace(line, kind=_kind(line), page=number) for line in shape_lines(node))


def _kind(line: Line) -> BlockKind | None:
    """A short line on a slide is a point, and no heading of the next."""
    text = clean(line.text)
    return None if line.bold or numbering(text) or kind_of(text) else BlockKind.PARAGRAPH


def _cells(table: etree._Element) -> Iterator[Cell]:
    for y, row in enumerate(table.findall(f"{A}tr")):
        for x, cell in enumerate(row.findall(f"{A}tc")):
            if not any(cell.get(name) in ("1", "true") for name in ("hMerge", "vMerge")):
                yield Cell(y, x, text_of(cell), _span(cell, "rowSpan"), _span(cell, "gridSpan"))


def _span(cell: etree._Element, name: str) -> int:
    value = cell.get(name) or ""
    return min(max(int(value), 1), 1000) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _notes(package: Package, part: str, number: int) -> Iterator[Line]:
    for name in package.related(part, "notesSlide"):
        root = package.xml(name)
        for shape in read_shapes(root, []) if root is not None else ():
            if shape.placeholder == "body":
                for line in shape_lines(shape.node):
                    yield Line(line.text, BlockKind.PARAGRAPH, page=number)


def _with_title(lines: list[Line]) -> list[Line]:
    """The lines, the title of the first slide that has one as the title of all."""
    for i, line in enumerate(lines):
        if line.kind is BlockKind.HEADING and line.page == lines[0].page:
            return [*lines[:i], replace(line, kind=BlockKind.TITLE, level=0), *lines[i + 1 :]]
    return lines


def _warnings(found: _Found) -> list[str]:
    said = []
    if found.hidden:
        numbers = "、".join(map(str, found.hidden))
        said.append(f"第 {numbers} 张幻灯片放映时隐藏，已读。 Slides that are hidden in the show were read: {numbers}.")
    if found.comments:
        said.append(f"未读批注 {found.comments} 条。 {found.comments} comments were left out.")
    return said


def _missing(package: Package, found: _Found) -> list[str]:
    said = list(found.missing)
    if found.objects:
        said.append(f"内嵌对象 {found.objects} 个未读。 {found.objects} embedded objects were not read.")
    said += [
        f"{part} 部分已损坏，未能读全。 The part {part} is damaged, and not read in full." for part in package.damaged
    ]
    return said
