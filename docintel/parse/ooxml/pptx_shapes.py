"""The shapes of a slide in reading order, and their paragraphs.

In: a slide, and the layouts that say where its placeholders stand. Out: shapes, the title first, then row by row;
groups dissolved. Numbers that PowerPoint counts are written out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from docintel.parse.ooxml.numerals import numeral
from docintel.parse.ooxml.package import MC, A, P
from docintel.parse.structure import Line

_SHAPES = frozenset([f"{P}sp", f"{P}graphicFrame", f"{P}pic", f"{P}cxnSp"])
_DEEPEST = 40
#: Shapes whose tops differ by less than this share of the lower one's height stand in a row.
_SAME_ROW = 0.5
#: PowerPoint's ways of numbering: the count, and what stands around it.
_AROUND = {"Period": ("", "."), "ParenR": ("", ")"), "ParenBoth": ("(", ")"), "Plain": ("", "")}
_COUNTS = {
    "arabic": "decimal", "arabicDb": "decimalFullWidth", "alphaLc": "lowerLetter", "alphaUc": "upperLetter",
    "romanLc": "lowerRoman", "romanUc": "upperRoman", "ea1Chs": "chineseCounting", "ea1Cht": "chineseCounting",
    "ea1JpnKor": "chineseCounting", "ea1JpnChsDb": "chineseCounting", "circleNumDb": "decimalEnclosedCircle",
    "circleNumWdBlack": "decimalEnclosedCircle", "circleNumWdWhite": "decimalEnclosedCircle",
}  # fmt: skip

#: Left, top, width and height.
Frame = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape, what kind of placeholder it is, and where it stands; None where nothing says so."""

    node: etree._Element
    placeholder: str = ""
    frame: Frame | None = None


def read_shapes(slide: etree._Element, layouts: Sequence[etree._Element]) -> list[Shape]:
    """The shapes of a slide, the title first, then from top left to bottom right."""
    tree = slide.find(f"{P}cSld/{P}spTree")
    frames = {}
    for layout in reversed(layouts):
        for shape in layout.iter(*_SHAPES):
            kind, index = _placeholder(shape)
            if (kind or index) and (frame := _frame(shape)):
                frames[kind, index] = frames[kind, ""] = frame
                frames["", index] = frame
    shapes = list(_walk(tree, frames, (1.0, 1.0, 0.0, 0.0), 0)) if tree is not None else []
    titles = [shape for shape in shapes if shape.placeholder in ("title", "ctrTitle")]
    return titles + _in_rows([shape for shape in shapes if shape not in titles])


def shape_lines(shape: etree._Element) -> Iterator[Line]:
    """The paragraphs of a shape, their numbers written out."""
    counts: dict[int, int] = {}
    for body in shape.iter(f"{P}txBody", f"{A}txBody"):
        for paragraph in body.findall(f"{A}p"):
            properties = paragraph.find(f"{A}pPr")
            level = (
                int(properties.get("lvl") or 0) if properties is not None and _is_digit(properties.get("lvl")) else 0
            )
            text = text_of(paragraph)
            if not text.strip():
                continue
            number = properties.find(f"{A}buAutoNum") if properties is not None else None
            counts = {deep: count for deep, count in counts.items() if deep < level + (number is not None)}
            if number is not None:
                start = int(number.get("startAt") or 1) if _is_digit(number.get("startAt")) else 1
                counts[level] = counts.get(level, start - 1) + 1
                text = _numbered(number.get("type") or "", counts[level]) + text
            yield Line(text, bold=_all_bold(paragraph))


def text_of(node: etree._Element) -> str:
    """The words in an element, a paragraph or a broken line a line; fields that count slides left out."""
    paragraphs = [node] if node.tag == f"{A}p" else list(node.iter(f"{A}p"))
    return "\n".join("".join(_words(paragraph)) for paragraph in paragraphs)


def _words(paragraph: etree._Element) -> Iterator[str]:
    for part in paragraph.iter(f"{A}t", f"{A}br", "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"):
        parent = part.getparent()
        if part.tag == f"{A}br":
            yield "\n"
        elif parent is None or parent.tag != f"{A}fld" or parent.get("type") != "slidenum":
            yield part.text or ""


def _walk(tree: etree._Element, frames: dict[tuple[str, str], Frame], at: Frame, depth: int) -> Iterator[Shape]:
    """Shapes with their places on the slide; `at` scales and moves a group's own coordinates."""
    for child in tree.iterchildren(tag=etree.Element):
        if child.tag in _SHAPES:
            kind, index = _placeholder(child)
            frame = _frame(child)
            if frame is None and (kind or index):
                frame = frames.get((kind, index)) or frames.get(("", index)) or frames.get((kind, ""))
            yield Shape(child, kind, _placed(frame, at) if frame else None)
        elif child.tag == f"{P}grpSp" and depth < _DEEPEST:
            yield from _walk(child, frames, _inside(child, at), depth + 1)
        elif child.tag == f"{MC}AlternateContent" and depth < _DEEPEST:
            choice = child.find(f"{MC}Choice")
            chosen = choice if choice is not None and len(choice) else child.find(f"{MC}Fallback")
            if chosen is not None:
                yield from _walk(chosen, frames, at, depth + 1)


def _placeholder(shape: etree._Element) -> tuple[str, str]:
    """The kind and index of a placeholder; one without a kind is a body."""
    node = shape.find(f".//{P}nvPr/{P}ph")
    return ("", "") if node is None else (node.get("type") or "body", node.get("idx") or "")


def _frame(shape: etree._Element) -> Frame | None:
    transform = shape.find(f"{P}xfrm")
    if transform is None:
        transform = shape.find(f"{P}spPr/{A}xfrm")
    return None if transform is None else _box(transform, "off", "ext")


def _box(transform: etree._Element, place: str, size: str) -> Frame | None:
    offset, extent = transform.find(f"{A}{place}"), transform.find(f"{A}{size}")
    try:
        assert offset is not None
        assert extent is not None
        return float(offset.get("x")), float(offset.get("y")), float(extent.get("cx")), float(extent.get("cy"))
    except (AssertionError, TypeError, ValueError):
        return None


def _inside(group: etree._Element, at: Frame) -> Frame:
    """How the coordinates inside a group become those of the slide: two factors and two shifts."""
    transform = group.find(f"{P}grpSpPr/{A}xfrm")
    outer = None if transform is None else _box(transform, "off", "ext")
    inner = None if transform is None else _box(transform, "chOff", "chExt")
    if outer is None or inner is None or not inner[2] or not inner[3]:
        return at
    wide, high = outer[2] / inner[2], outer[3] / inner[3]
    x, y = outer[0] - inner[0] * wide, outer[1] - inner[1] * high
    return at[0] * wide, at[1] * high, at[2] + at[0] * x, at[3] + at[1] * y


def _placed(frame: Frame, at: Frame) -> Frame:
    return at[0] * frame[0] + at[2], at[1] * frame[1] + at[3], at[0] * frame[2], at[1] * frame[3]


def _in_rows(shapes: list[Shape]) -> list[Shape]:
    """Shapes row by row, each from left to right; one without a place stays behind the one before it."""
    rows: list[list[tuple[Frame, list[Shape]]]] = []
    units: list[tuple[Frame, list[Shape]]] = []
    for shape in shapes:
        if shape.frame is None and units:
            units[-1][1].append(shape)
        else:
            units.append((shape.frame or (0.0, 0.0, 0.0, 0.0), [shape]))
    for unit in sorted(units, key=lambda unit: (unit[0][1], unit[0][0])):
        if rows and unit[0][1] < rows[-1][0][0][1] + _SAME_ROW * min(unit[0][3], rows[-1][0][0][3]):
            rows[-1].append(unit)
        else:
            rows.append([unit])
    return [shape for row in rows for _, group in sorted(row, key=lambda unit: unit[0][0]) for shape in group]


def _numbered(way: str, count: int) -> str:
    for ending, (before, after) in _AROUND.items():
        if way.endswith(ending):
            base = way.removesuffix(ending)
            mark = "、" if base.startswith("ea1") and ending == "Period" else after
            return f"{before}{numeral(count, _COUNTS.get(base, 'decimal'))}{mark}{'' if mark == '、' else ' '}"
    return f"{count}. "


def _all_bold(paragraph: etree._Element) -> bool:
    runs = [run for run in paragraph.findall(f"{A}r") if (run.findtext(f"{A}t") or "").strip()]
    marks = [run.find(f"{A}rPr") for run in runs]
    return bool(runs) and all(mark is not None and mark.get("b") in ("1", "true") for mark in marks)


def _is_digit(value: str | None) -> bool:
    return value is not None and value.isascii() and value.isdigit() and len(value) < 6
