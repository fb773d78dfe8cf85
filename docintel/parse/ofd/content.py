"""What stands on a page of an OFD file: text, paths and images, each placed on the page.

In: a page of a `Package`. Out: a `Content`: marks in the order in which they are painted, in points from the top left
corner of the page. Templates, groups of objects and the appearance of annotations are resolved; nothing is left out but
what the file hides.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import NamedTuple
from xml.etree.ElementTree import Element

from docintel.parse.ofd.package import Package, PartError, Resources, Sheet, child, children, local, numbers, text_of
from docintel.parse.ofd.path import Subpath, read_path

#: Points in a millimetre.
POINTS = 72 / 25.4
_A4 = (0.0, 0.0, 210.0, 297.0)
#: Sides of a page, in millimetres, that can be meant.
_SMALLEST, _LARGEST = 5.0, 5000.0
_DEEPEST = 32
#: Objects and characters that a page may hold; tens of times those of the fullest real page.
_MOST_OBJECTS, _MOST_CHARACTERS = 300_000, 300_000
_DEFAULT_SIZE = 3.5

#: a, b, c, d, e, f: x' = a x + c y + e, y' = b x + d y + f.
Matrix = tuple[float, float, float, float, float, float]
Colour = tuple[int, int, int]
BLACK: Colour = (0, 0, 0)
_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


class Source(Enum):
    """Whose mark it is."""

    PAGE = "page"
    TEMPLATE = "template"
    ANNOTATION = "annotation"
    WATERMARK = "watermark"


class Ink(NamedTuple):
    """A colour, how opaque it is from 0 to 1, and for lines their width in points."""

    colour: Colour = BLACK
    alpha: float = 1.0
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Text:
    """Characters that one TextCode places.

    Attributes:
        origins: of each character: the left end of its baseline.
        advances: of each character, in ems.
        matrix: from ems, y down from the baseline, to points; without the move to the origin.
        size: height of an em in points.
    """

    text: str
    origins: tuple[tuple[float, float], ...]
    advances: tuple[float, ...]
    matrix: tuple[float, float, float, float]
    size: float
    ink: Ink
    font: str = ""
    bold: bool = False
    source: Source = Source.PAGE


@dataclass(frozen=True, slots=True)
class Path:
    """Lines and areas. `stroke` and `fill` are None where there is none."""

    subpaths: tuple[Subpath, ...]
    stroke: Ink | None
    fill: Ink | None
    source: Source = Source.PAGE


@dataclass(frozen=True, slots=True)
class Image:
    """A picture; `matrix` takes the unit square, y down, to its place; `part` is None when the file lacks it."""

    part: str | None
    matrix: Matrix
    alpha: float = 1.0
    source: Source = Source.PAGE

    @property
    def box(self) -> tuple[float, float, float, float]:
        """x0, y0, x1, y1 in points."""
        corners = [apply(self.matrix, x, y) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))]
        xs, ys = zip(*corners, strict=True)
        return min(xs), min(ys), max(xs), max(ys)


@dataclass(frozen=True, slots=True)
class Content:
    """A page: width and height in points, its marks, and remarks that annotations carry beside what they show."""

    width: float
    height: float
    marks: tuple[Text | Path | Image, ...] = ()
    remarks: tuple[str, ...] = ()


def apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Where a point comes to stand."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def compose(outer: Matrix, inner: Matrix) -> Matrix:
    """The matrix that applies `inner` first."""
    a, b, c, d, e, f = inner
    ox, oy = apply((*outer[:4], 0, 0), a, b), apply((*outer[:4], 0, 0), c, d)
    return (*ox, *oy, *apply(outer, e, f))


def read_content(package: Package, sheet: Sheet) -> Content:
    """What stands on a page.

    Raises:
        PartError: its part is lacking, damaged, or holds more than any page does.
    """
    if sheet.part is None:
        raise PartError(f"{sheet.location or 'its part'} is not in the file")
    root = package.xml(sheet.part)
    resources = _page_resources(package, sheet.part, root, sheet.body.resources)
    area = numbers(text_of(child(root, "Area"), "PhysicalBox"), 4) or sheet.body.area
    x, y, width, height = area if area and _is_page(area) else _A4
    walker = _Walker(package, resources)
    place: Matrix = (POINTS, 0, 0, POINTS, -x * POINTS, -y * POINTS)
    under, over = _templates(package, sheet, root)
    for part in under:
        walker.add_page(package.shared_xml(part), part, place, Source.TEMPLATE)
    walker.add_layers(root, place, Source.PAGE)
    for part in over:
        walker.add_page(package.shared_xml(part), part, place, Source.TEMPLATE)
    if annotations := sheet.body.annotations.get(sheet.id):
        walker.add_annotations(package.xml(annotations), place)
    return Content(width * POINTS, height * POINTS, tuple(walker.marks), tuple(walker.remarks))


def _is_page(area: tuple[float, ...]) -> bool:
    return all(_SMALLEST <= side <= _LARGEST for side in area[2:])


def _page_resources(package: Package, part: str, root: Element, start: Resources) -> Resources:
    locations = [entry.text or "" for entry in children(root, "PageRes")]
    return package.resources(part, locations, start) if locations else start


def _templates(package: Package, sheet: Sheet, root: Element) -> tuple[list[str], list[str]]:
    """The parts of templates below and above a page, those that templates use included, each once."""
    under: list[str] = []
    over: list[str] = []
    waiting = list(children(root, "Template"))
    while waiting:
        reference = waiting.pop(0)
        part, foreground = sheet.body.templates.get((reference.get("TemplateID") or "").strip(), (None, False))
        if part is not None and part not in under and part not in over:
            order = reference.get("ZOrder")
            (over if order == "Foreground" or (foreground and not order) else under).append(part)
            waiting += children(package.shared_xml(part), "Template")
    return under, over


@dataclass(frozen=True, slots=True)
class _State:
    """What objects inherit from where they stand."""

    matrix: Matrix
    source: Source
    alpha: float = 1.0
    units: tuple[str, ...] = ()
    depth: int = 0


@dataclass
class _Walker:
    """Collects the marks of a page."""

    package: Package
    resources: Resources
    marks: list[Text | Path | Image] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    objects: int = 0
    characters: int = 0

    def add_page(self, root: Element, part: str, matrix: Matrix, source: Source) -> None:
        """A template, with the resources that it declares itself."""
        outer = self.resources
        self.resources = _page_resources(self.package, part, root, outer)
        self.add_layers(root, matrix, source)
        self.resources = outer

    def add_layers(self, root: Element, matrix: Matrix, source: Source) -> None:
        content = child(root, "Content")
        for layer in () if content is None else content:
            self._add([layer] if local(layer) != "Layer" else layer, _State(matrix, source))

    def add_annotations(self, root: Element, matrix: Matrix) -> None:
        for annotation in children(root, "Annot"):
            if annotation.get("Visible") == "false":
                continue
            source = Source.WATERMARK if annotation.get("Type") == "Watermark" else Source.ANNOTATION
            if (remark := text_of(annotation, "Remark")) and source is Source.ANNOTATION:
                self.remarks.append(remark)
            appearance = child(annotation, "Appearance")
            if appearance is not None:
                place = compose(matrix, _placement(appearance))
                self._add(appearance, _State(place, source))

    def _add(self, elements: Iterable[Element], state: _State) -> None:
        for element in elements:
            self.objects += 1
            if self.objects > _MOST_OBJECTS or self.characters > _MOST_CHARACTERS:
                raise PartError(f"it holds more than {_MOST_OBJECTS} objects or {_MOST_CHARACTERS} characters")
            if element.get("Visible") == "false":
                continue
            match local(element):
                case "TextObject":
                    self._add_text(element, self._within(element, state))
                case "PathObject":
                    self._add_path(element, self._within(element, state))
                case "ImageObject":
                    inner = self._within(element, state)
                    part = self.resources.media.get((element.get("ResourceID") or "").strip())
                    self.marks.append(Image(part, inner.matrix, inner.alpha, inner.source))
                case "CompositeObject" | "PageBlock" | "Layer":
                    self._add_group(element, state)

    def _within(self, element: Element, state: _State) -> _State:
        alpha = state.alpha * _alpha(element)
        return replace(state, matrix=compose(state.matrix, _placement(element)), alpha=alpha)

    def _add_group(self, element: Element, state: _State) -> None:
        if state.depth >= _DEEPEST:
            raise PartError(f"its objects are nested more than {_DEEPEST} deep")
        if local(element) != "CompositeObject":
            self._add(element, replace(state, depth=state.depth + 1))
            return
        id_ = (element.get("ResourceID") or "").strip()
        content = child(self.resources.units.get(id_), "Content")
        if content is not None and id_ not in state.units:
            inner = self._within(element, state)
            self._add(content, replace(inner, depth=state.depth + 1, units=(*state.units, id_)))

    def _add_text(self, element: Element, state: _State) -> None:
        size = _number(element.get("Size"), _DEFAULT_SIZE) or _DEFAULT_SIZE
        stretch = _number(element.get("HScale"), 1.0) or 1.0
        font = self.resources.fonts.get((element.get("Font") or "").strip())
        weight = _number(element.get("Weight"), 400)
        bold = weight >= 600 or (font is not None and font.bold) or element.get("Stroke") == "true"
        a, b, c, d, *_ = state.matrix
        turn = math.radians(_number(element.get("CharDirection"), 0))
        cos, sin = round(math.cos(turn), 9), round(math.sin(turn), 9)
        glyph = compose((a, b, c, d, 0, 0), compose((cos, sin, -sin, cos, 0, 0), (size * stretch, 0, 0, size, 0, 0)))
        ink = _ink(child(element, "FillColor"), state.alpha, BLACK)
        if element.get("Fill") == "false":
            ink = _ink(child(element, "StrokeColor"), state.alpha if element.get("Stroke") == "true" else 0, BLACK)
        down = round(_number(element.get("ReadDirection"), 0) / 90) % 4
        for text, origins, advances in _codes(element, size, stretch, down):
            self.characters += len(text)
            self.marks.append(
                Text(
                    text,
                    tuple(apply(state.matrix, x, y) for x, y in origins),
                    advances,
                    glyph[:4],
                    math.hypot(glyph[2], glyph[3]),
                    ink,
                    font.name if font else "",
                    bold,
                    state.source,
                )
            )

    def _add_path(self, element: Element, state: _State) -> None:
        pen = self.resources.pens.get((element.get("DrawParam") or "").strip())
        scale = math.sqrt(abs(state.matrix[0] * state.matrix[3] - state.matrix[1] * state.matrix[2]))
        width = _number(element.get("LineWidth") or (pen.get("LineWidth") if pen is not None else None), 0.353)
        stroke = fill = None
        if element.get("Stroke") != "false":
            stroke = _ink(_colour_of(element, pen, "StrokeColor"), state.alpha, BLACK)._replace(width=width * scale)
        if element.get("Fill") == "true":
            fill = _ink(_colour_of(element, pen, "FillColor"), state.alpha, BLACK)
        subpaths = read_path(text_of(element, "AbbreviatedData"))
        self.objects += sum(map(len, subpaths)) // 8
        placed = tuple(tuple(apply(state.matrix, x, y) for x, y in subpath) for subpath in subpaths)
        if placed and (stroke or fill):
            self.marks.append(Path(placed, stroke, fill, state.source))


def _placement(element: Element) -> Matrix:
    """From an object's own space to that around it: its CTM, then the move to its boundary."""
    x, y, *_ = numbers(element.get("Boundary"), 4) or (0.0, 0.0)
    found = numbers(element.get("CTM"), 6)
    a, b, c, d, e, f = found or _IDENTITY
    return a, b, c, d, e + x, f + y


def _codes(
    element: Element, size: float, stretch: float, direction: int
) -> Iterator[tuple[str, list[tuple[float, float]], tuple[float, ...]]]:
    """Text, origins in the object's space, and advances in ems, of each TextCode; one without X or Y goes on."""
    x = y = 0.0
    for code in children(element, "TextCode"):
        text = "".join(code.itertext()).translate(_LINE_BREAKS)
        x, y = _number(code.get("X"), x), _number(code.get("Y"), y)
        advances = tuple(map(_advance, text))
        across, down = (_deltas(code.get(name), len(text) - 1) for name in ("DeltaX", "DeltaY"))
        origins = []
        for i, advance in enumerate(advances):
            origins.append((x, y))
            if i < len(across) or i < len(down):
                x += across[i] if i < len(across) else 0
                y += down[i] if i < len(down) else 0
            elif direction % 2 or (down and not across):  # deltas that are lacking: the font's own step
                y += (-1 if direction == 3 else 1) * size
            else:
                x += (-1 if direction == 2 else 1) * advance * size * stretch
        if text.strip():
            yield text, origins, advances


_LINE_BREAKS = str.maketrans("\r\n\t", "   ")


def _deltas(value: str | None, limit: int) -> list[float]:
    """Steps between characters, `g 3 5` spelled out as three of 5; at most `limit`, whatever the text claims."""
    words = iter((value or "").replace(",", " ").split())
    steps: list[float] = []
    for word in words:
        if len(steps) >= limit:
            break
        if word == "g":
            count, step = _number(next(words, None), 0), _number(next(words, None), 0)
            steps += [step] * int(max(0, min(count, limit - len(steps))))
        else:
            steps.append(_number(word, 0))
    return steps


_NARROW, _WIDE = frozenset("iljtfrI.,;:'|!()[]/ \"`"), frozenset("mwMW@%")


def _advance(char: str) -> float:
    """About how wide a character is, in ems, where its font does not say."""
    if ord(char) >= 0x2E80 or char in "—…“”‘’·①②③④⑤⑥⑦⑧⑨⑩":
        return 1.0
    if char in _NARROW:
        return 0.3
    return 0.82 if char in _WIDE else 0.66 if char.isupper() else 0.52


def _number(value: str | None, default: float) -> float:
    found = numbers(value, 1)
    return found[0] if found else default


def _alpha(element: Element) -> float:
    return max(0.0, min(_number(element.get("Alpha"), 255) / 255, 1.0))


def _colour_of(element: Element, pen: Element | None, name: str) -> Element | None:
    own = child(element, name)
    return own if own is not None else child(pen, name)


def _ink(element: Element | None, alpha: float, default: Colour) -> Ink:
    """The ink of a colour element; of a shading, that of its first colour."""
    if element is None:
        return Ink(default, alpha)
    values = (inner.get("Value") for inner in element.iter() if local(inner).endswith("Color"))
    return Ink(_colour(next(filter(None, values), None), default), alpha * _alpha(element))


def _colour(value: str | None, default: Colour) -> Colour:
    """Grey, RGB or CMYK, each 0 to 255 or hexadecimal behind a `#`."""
    try:
        parts = [int(word[1:], 16) if word[0] == "#" else round(float(word)) for word in (value or "").split()]
    except (ValueError, OverflowError):
        return default
    parts = [max(0, min(part, 255)) for part in parts]
    match parts:
        case [grey]:
            return grey, grey, grey
        case [red, green, blue]:
            return red, green, blue
        case [cyan, magenta, yellow, black]:
            red, green, blue = ((255 - part) * (255 - black) // 255 for part in (cyan, magenta, yellow))
            return red, green, blue
    return default
