"""The words of one Word paragraph as they are shown.

In: a `w:p` and its style. Out: its text, how it is set, and what hangs on it: text boxes, notes, pictures, charts.
Changes count as accepted, fields show their result, hidden text is left out and counted.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from lxml import etree

from docintel.parse.docx.styles import Props, Style, Styles, read_props, value_of
from docintel.parse.ooxml.package import MC, A, C, R, W
from docintel.parse.ooxml.symbols import UNKNOWN, symbol

_TEXT = frozenset([f"{W}t", f"{A}t", "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"])
_VML = "{urn:schemas-microsoft-com:vml}"
_OLE = "{urn:schemas-microsoft-com:office:office}OLEObject"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"

#: Not shown: what was deleted or moved away, properties, and the reading above ruby characters.
_DROPPED = frozenset(
    f"{W}{name}"
    for name in ["del", "moveFrom", "pPr", "rPr", "sdtPr", "sdtEndPr", "rubyPr", "rt", "delText", "delInstrText"]
)
_SIGNS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
}
#: EQ \o\ac(○,1): a character in a circle; EQ \* jc2 \o\ad(\s\up 9(zhì),治): a reading above a character.
_OVERSTRIKE = re.compile(r"\\o\b.*\(\s*(.+)[,，;；]\s*([^,，;；()]+)\)\s*$", re.IGNORECASE | re.DOTALL)


@dataclass(slots=True)
class Inline:
    """A paragraph's words.

    Attributes:
        boxes: text boxes anchored in it, as their `w:txbxContent`.
        notes: footnotes and endnotes it refers to, as (`footnote` or `endnote`, id).
        pictures, charts, diagrams: ids of relationships.
        contents: it belongs to a table of contents.
    """

    pieces: list[tuple[str, Props]] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    charts: list[str] = field(default_factory=list)
    diagrams: list[str] = field(default_factory=list)
    contents: bool = False

    @property
    def text(self) -> str:
        """All that is shown, line breaks as line feeds."""
        return "".join(text for text, _ in self.pieces)

    def all(self, name: str) -> bool:
        """Whether every visible character is so: `bold` or `red`."""
        shown = [bool(getattr(props, name)) for text, props in self.pieces if text.strip()]
        return bool(shown) and all(shown)

    @property
    def size(self) -> float:
        """The size of most of its characters, in points."""
        sizes: Counter[float] = Counter()
        for text, props in self.pieces:
            sizes[props.size or 10.0] += len(text.strip())
        return max(sizes, key=lambda size: sizes[size], default=0.0)


@dataclass(slots=True)
class _Field:
    code: str = ""
    result: bool = False


class InlineReader:
    """Reads one paragraph after another; a field may reach over several.

    Args:
        fields: obey the marks of fields; without, their codes are left out by name only. For files in which a field has
            no end.

    Attributes:
        hidden: characters that were hidden.
        objects: embedded objects, such as workbooks.
        open: fields that have begun and not ended.
    """

    def __init__(self, styles: Styles, *, fields: bool = True) -> None:
        self.hidden = 0
        self.objects = 0
        self.open: list[_Field] = []
        self._styles = styles
        self._obeys_fields = fields

    def read(self, paragraph: etree._Element, style: Style) -> Inline:
        """The words of a paragraph."""
        inline = Inline()
        self._walk(paragraph, inline, style.props)
        return inline

    def _walk(self, node: etree._Element, inline: Inline, base: Props) -> None:
        for child in node.iterchildren(tag=etree.Element):
            tag = child.tag
            if tag in _DROPPED:
                continue
            if tag == f"{W}r":
                self._run(child, inline, base)
            elif tag == f"{W}fldSimple":
                self.open.append(_Field(child.get(f"{W}instr") or "", result=True))
                self._walk(child, inline, base)
                self.open.pop()
            else:
                self._part(child, inline, base)

    def _run(self, run: etree._Element, inline: Inline, base: Props) -> None:
        """A run: characters set alike."""
        own = run.find(f"{W}rPr")
        props = base
        if own is not None:
            named = self._styles.style(value_of(own, "rStyle")).props
            props = read_props(run=own).over(named).over(base)
        for child in run.iterchildren(tag=etree.Element):
            if child.tag not in _DROPPED:
                self._part(child, inline, props)

    def _part(self, node: etree._Element, inline: Inline, props: Props) -> None:
        """What may stand in a run, or around runs."""
        tag = node.tag
        if (text := _text(node)) is not None:
            self._show(text, inline, props)
        elif tag == f"{W}fldChar":
            self._mark_field(node, inline, props)
        elif tag == f"{W}instrText":
            if self.open:
                self.open[-1].code += node.text or ""
        elif tag == f"{MC}AlternateContent":
            if (chosen := chosen_content(node)) is not None:
                self._walk(chosen, inline, props)
        elif not _hang(node, inline):
            (self._object if tag == f"{W}object" else self._walk)(node, inline, props)

    def _object(self, node: etree._Element, inline: Inline, props: Props) -> None:
        """An embedded object; its picture is only a preview."""
        pictures = len(inline.pictures)
        self._walk(node, inline, props)
        if next(node.iter(_OLE), None) is not None:
            self.objects += 1
            del inline.pictures[pictures:]

    def _show(self, text: str, inline: Inline, props: Props) -> None:
        if props.hidden:
            self.hidden += len(text.strip())
            return
        if self._obeys_fields:
            if any(not field.result for field in self.open):
                return
            inline.contents = inline.contents or any(field.code.split()[:1] == ["TOC"] for field in self.open)
        inline.pieces.append((text, props))

    def _mark_field(self, node: etree._Element, inline: Inline, props: Props) -> None:
        kind = node.get(f"{W}fldCharType")
        if kind == "begin":
            self.open.append(_Field())
        elif kind == "separate" and self.open:
            self.open[-1].result = True
        elif kind == "end" and self.open:
            ended = self.open.pop()
            if not ended.result and ended.code.split()[:1] == ["EQ"]:
                self._show(_overstruck(ended.code), inline, props)


def chosen_content(alternate: etree._Element) -> etree._Element | None:
    """The one of an `mc:AlternateContent`'s copies to read."""
    choice = alternate.find(f"{MC}Choice")
    return choice if choice is not None and len(choice) else alternate.find(f"{MC}Fallback")


def _text(node: etree._Element) -> str | None:
    """The characters that an element stands for; None for one that stands for none."""
    tag = node.tag
    if tag in _TEXT:
        return node.text or ""
    if tag == f"{W}sym":
        return _symbol(node)
    return node.get("string") or "" if tag == f"{_VML}textpath" else _SIGNS.get(tag)


def _hang(node: etree._Element, inline: Inline) -> bool:
    """Take note of what is not text but hangs on it; whether the element was such."""
    tag = node.tag
    if tag == f"{W}txbxContent":
        inline.boxes.append(node)
    elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
        inline.notes.append((etree.QName(node).localname.removesuffix("Reference"), node.get(f"{W}id") or ""))
    elif tag == f"{A}blip":
        inline.pictures.append(node.get(f"{R}embed") or "")
    elif tag == f"{_VML}imagedata":
        inline.pictures.append(node.get(f"{R}id") or "")
    elif tag == f"{C}chart":
        inline.charts.append(node.get(f"{R}id") or "")
    elif tag == _DIAGRAM:
        inline.diagrams.append(node.get(f"{R}dm") or "")
    else:
        return False
    return True


def _symbol(node: etree._Element) -> str:
    try:
        code = int(node.get(f"{W}char") or "", 16)
    except ValueError:
        return UNKNOWN
    return symbol(code, node.get(f"{W}font") or "")


def _overstruck(code: str) -> str:
    """What a field that prints characters over each other shows."""
    match = _OVERSTRIKE.search(code)
    if match is None:
        return ""
    inner, ring = match.group(2).strip(), match.group(1)
    if "○" in ring and inner.isdigit() and 1 <= int(inner) <= 20:
        return chr(ord("①") + int(inner) - 1)
    return inner
