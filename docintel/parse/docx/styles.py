"""How a Word document sets its paragraphs and characters, styles and what they are based on included.

In: the styles part, and the property elements of paragraphs and runs. Out: `Props`, each of them None where nothing
says anything.
"""

import re
from dataclasses import dataclass, fields
from typing import NamedTuple

from lxml import etree

from docintel.parse.ooxml.package import W

_HEADING = re.compile(r"(?:heading|标题|heading_)\s*([1-9])$", re.IGNORECASE)
_TITLE = re.compile(r"title$|(?:公文|文件|文章|文档|主|大){0,2}标题$", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|目录|contents)\s*\d*$|toc heading|目录标题|contents heading", re.IGNORECASE)
_BASED_ON_DEPTH = 12
_OFF = frozenset(["0", "false", "off", "none"])
#: A style or paragraph that says it is body text.
_NO_OUTLINE = 9


@dataclass(frozen=True, slots=True)
class Props:
    """What is said of a paragraph and its characters.

    Attributes:
        size: in points.
        outline: from 0 for the highest heading; 9 for body text.
        num_id: of the numbering, as written; `0` for none.
        num_level: from 0.
    """

    bold: bool | None = None
    hidden: bool | None = None
    size: float | None = None
    red: bool | None = None
    centred: bool | None = None
    outline: int | None = None
    num_id: str | None = None
    num_level: int | None = None

    def over(self, base: "Props") -> "Props":
        """These, and from `base` what these say nothing of."""
        if base is _NOTHING:
            return self
        values = ((getattr(self, f.name), getattr(base, f.name)) for f in fields(self))
        return Props(*(own if own is not None else below for own, below in values))


_NOTHING = Props()


class Style(NamedTuple):
    """A style with all that it takes over from those it is based on.

    Attributes:
        outline: from 0; None when it is no heading's.
        contents: it is for the lines of a table of contents.
    """

    props: Props
    outline: int | None = None
    title: bool = False
    contents: bool = False


class Styles:
    """The styles of a document.

    Args:
        root: of the styles part; None when there is none.
    """

    def __init__(self, root: etree._Element | None) -> None:
        nodes = [] if root is None else root.findall(f"{W}style")
        self._nodes = {node.get(f"{W}styleId"): node for node in nodes}
        defaults = (node for node in nodes if node.get(f"{W}default") in ("1", "true", "on"))
        self._default = next((n.get(f"{W}styleId") for n in defaults if n.get(f"{W}type") == "paragraph"), None)
        base = None if root is None else root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        self._base = read_props(run=base)
        self._read: dict[str | None, Style] = {}

    def paragraph(self, style_id: str | None) -> Style:
        """The style of a paragraph; the default one for an unknown id."""
        style = self.style(style_id if style_id in self._nodes else self._default)
        return style._replace(props=style.props.over(self._base))

    def style(self, style_id: str | None) -> Style:
        """A style by its id; one that says nothing for an unknown id."""
        if style_id not in self._read:
            self._read[style_id] = self._resolve(style_id)
        return self._read[style_id]

    def numbering_of(self, style_id: str | None) -> str | None:
        """The id of the numbering that a style, also one for numbering, brings along."""
        return self.style(style_id).props.num_id

    def _resolve(self, style_id: str | None) -> Style:
        props, outline, title, contents = _NOTHING, None, False, False
        for _ in range(_BASED_ON_DEPTH):
            node = self._nodes.get(style_id)
            if node is None:
                break
            props = props.over(read_props(node.find(f"{W}pPr"), node.find(f"{W}rPr")))
            name = value_of(node, "name") or ""
            if outline is None and (match := _HEADING.match(name)):
                outline = int(match.group(1)) - 1
            title, contents = title or bool(_TITLE.match(name)), contents or bool(_CONTENTS.match(name))
            style_id = value_of(node, "basedOn")
        if props.outline is not None:
            outline = props.outline
        return Style(props, outline if outline is not None and outline < _NO_OUTLINE else None, title, contents)


def read_props(paragraph: etree._Element | None = None, run: etree._Element | None = None) -> Props:
    """What a `w:pPr` and a `w:rPr` say themselves."""
    props = _NOTHING
    if run is not None and len(run):
        size = value_of(run, "sz")
        props = Props(
            bold=_toggle(run, "b"),
            hidden=_toggle(run, "vanish"),
            size=_number(size, 2),
            red=_is_red(value_of(run, "color")),
        )
    if paragraph is not None and len(paragraph):
        alignment, number = value_of(paragraph, "jc"), paragraph.find(f"{W}numPr")
        outline, level = _number(value_of(paragraph, "outlineLvl")), None
        if number is not None:
            level = _number(value_of(number, "ilvl"))
        props = Props(
            centred=None if alignment is None else alignment == "center",
            outline=None if outline is None else int(outline),
            num_id=None if number is None else value_of(number, "numId"),
            num_level=None if level is None else int(level),
        ).over(props)
    return props


def value_of(node: etree._Element, name: str) -> str | None:
    """The `w:val` of a child, which nearly every property has."""
    child = node.find(f"{W}{name}")
    return None if child is None else child.get(f"{W}val")


def _toggle(node: etree._Element, name: str) -> bool | None:
    child = node.find(f"{W}{name}")
    return None if child is None else child.get(f"{W}val", "1") not in _OFF


def _number(value: str | None, divisor: int = 1) -> float | None:
    try:
        return int(value or "") / divisor
    except ValueError:
        return None


def _is_red(color: str | None) -> bool | None:
    if color is None or not re.fullmatch("[0-9A-Fa-f]{6}", color):
        return None if color is None else False
    red, green, blue = (int(color[i : i + 2], 16) for i in (0, 2, 4))
    return red >= 0xB0 and green <= 0x50 and blue <= 0x50


def names_heading(name: str, default: int) -> int:
    """The outline level, from 0, of a style by its name: `heading 2`, `标题 2`."""
    match = _HEADING.match(name)
    return int(match.group(1)) - 1 if match else default


def names_title(name: str) -> bool:
    """Whether a style is a title's by its name."""
    return _TITLE.match(name) is not None


def names_contents(name: str) -> bool:
    """Whether a style is for the lines of a table of contents by its name."""
    return _CONTENTS.match(name) is not None
