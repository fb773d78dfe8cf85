"""The story of a Word document: paragraphs, tables and text boxes in reading order.

In: the body of a document, a note, a header or a cell. Out: `Look`s: lines, and how they are set. A note follows the
paragraph that refers to it, a text box the paragraph that it hangs on.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from docintel.parse.docx.numbering import Numbering
from docintel.parse.docx.runs import Inline, InlineReader, chosen_content
from docintel.parse.docx.styles import Props, Style, Styles, read_props, value_of
from docintel.parse.headlines import Look, heading
from docintel.parse.ooxml.drawing import chart_lines, diagram_lines
from docintel.parse.ooxml.package import MC, Package, W
from docintel.parse.structure import Line
from docintel.parse.tables import Cell, table_line
from docintel.schema import BlockKind

_CONTENTS = "Table of Contents"
_SPAN_LIMIT = 200
#: Nothing a reader sees as a block of text.
_SKIPPED = frozenset(
    f"{W}{name}" for name in ["sectPr", "del", "moveFrom", "tcPr", "trPr", "tblPr", "tblGrid", "sdtPr"]
)


@dataclass(slots=True)
class Found:
    """What a story holds that is no text of its own.

    Attributes:
        pictures: names of parts, in order, each once.
        imported: files that Word would show in place (`w:altChunk`), names of parts.
    """

    pictures: dict[str, None] = field(default_factory=dict)
    imported: list[str] = field(default_factory=list)


class StoryReader:
    """Reads the stories of one document; numbering goes on from one to the next.

    Args:
        notes: footnotes and endnotes by kind and id; those that have been read are taken out.
        fields: obey the marks of fields.
    """

    def __init__(
        self, package: Package, styles: Styles, numbering: Numbering, notes: Mapping[tuple[str, str], etree._Element],
        *, fields: bool = True,
    ) -> None:  # fmt: skip
        self.inline = InlineReader(styles, fields=fields)
        self.found = Found()
        self.notes = dict(notes)
        self._package = package
        self._styles = styles
        self._numbering = numbering
        self._part = ""
        self._relations: dict[str, str] = {}
        self._carried: list[tuple[str, Props]] = []
        self._due: list[tuple[str, str]] = []
        self._depth = 0

    def read(self, part: str, root: etree._Element) -> Iterator[Look]:
        """The story that an element of a part tells."""
        self._turn_to(part)
        yield from self._blocks(root, contents=False)
        yield from self._flush_carried()
        yield from self._due_notes()

    def rest_of_notes(self) -> Iterator[Look]:
        """Notes that no paragraph refers to."""
        self._due = list(self.notes)
        yield from self._due_notes()

    def _turn_to(self, part: str) -> None:
        self._part = part
        self._relations = {
            id_: found.target for id_, found in self._package.relations(part).items() if not found.external
        }

    def _blocks(self, node: etree._Element, *, contents: bool) -> Iterator[Look]:
        for child in node.iterchildren(tag=etree.Element):
            tag = child.tag
            if tag == f"{W}p":
                yield from self._paragraph(child, contents)
                if not self._depth:
                    yield from self._due_notes()
            elif tag == f"{W}tbl":
                yield from self._table(child, contents)
                if not self._depth:
                    yield from self._due_notes()
            elif tag == f"{W}altChunk":
                self.found.imported.append(self._relations.get(child.get(_ID) or "", ""))
            elif tag == f"{MC}AlternateContent":
                if (chosen := chosen_content(child)) is not None:
                    yield from self._blocks(chosen, contents=contents)
            elif tag not in _SKIPPED:
                yield from self._blocks(child, contents=contents or _is_contents(child))

    def _paragraph(self, node: etree._Element, contents: bool) -> Iterator[Look]:
        properties = node.find(f"{W}pPr")
        own = read_props(properties)
        style_id = None if properties is None else value_of(properties, "pStyle")
        style = self._styles.paragraph(style_id)
        inline = self.inline.read(node, style)
        if _runs_on(properties):
            self._carried += inline.pieces
        else:
            inline.pieces = self._carried + inline.pieces
            self._carried = []
            label = self._numbering.label(*_number(own, style), style_id)
            yield from self._looks(inline, label, own, style, contents)
        yield from self._hanging(inline)

    def _looks(self, inline: Inline, label: str, own: Props, style: Style, contents: bool) -> Iterator[Look]:
        text = inline.text
        if not text.strip() and not (self._depth and label.strip("• ")):
            return
        outline = own.outline if own.outline is not None else style.outline
        if contents or inline.contents or style.contents:
            line = Line(label + text, BlockKind.FURNITURE)
        else:
            line = heading(label + text.lstrip(), 1 + outline if outline is not None and outline < 9 else 0)
        bold = inline.all("bold")
        if bold:
            line = Line(line.text, line.kind, bold=True, level=line.level)
        centred = own.centred if own.centred is not None else bool(style.props.centred)
        yield Look(line, inline.size, centred, inline.all("red"), style.title)

    def _hanging(self, inline: Inline) -> Iterator[Look]:
        """What hangs on a paragraph: text boxes and charts at once, notes when it is done, pictures counted."""
        self._due += inline.notes
        self.found.pictures |= dict.fromkeys(filter(None, (self._relations.get(id_, id_) for id_ in inline.pictures)))
        for box in inline.boxes:
            yield from self._blocks(box, contents=False)
        for id_ in inline.charts:
            yield from map(Look, chart_lines(self._package.xml(self._relations.get(id_, ""))))
        for id_ in inline.diagrams:
            yield from map(Look, diagram_lines(self._package.xml(self._relations.get(id_, ""))))

    def _flush_carried(self) -> Iterator[Look]:
        """Words whose paragraph would have gone on into one that never came."""
        text = "".join(text for text, _ in self._carried)
        self._carried = []
        if text.strip():
            yield Look(Line(text))

    def _due_notes(self) -> Iterator[Look]:
        due, self._due = self._due, []
        back = self._part
        for key in due:
            if (note := self.notes.pop(key, None)) is None:
                continue
            self._turn_to(note.getroottree().getroot().get(PART) or "")
            text = "\n".join(look.line.text for look in self._blocks_inside(note))
            if text.strip():
                yield Look(Line(text.strip(), BlockKind.PARAGRAPH))
        if due and self._part != back:
            self._turn_to(back)

    def _blocks_inside(self, node: etree._Element) -> list[Look]:
        """The blocks of a cell or a note; notes they refer to wait until it is done."""
        self._depth += 1
        looks = [*self._blocks(node, contents=False), *self._flush_carried()]
        self._depth -= 1
        return looks

    def _table(self, node: etree._Element, contents: bool) -> Iterator[Look]:
        grid = _Grid()
        insides = []
        for row in _rows(node):
            grid.begin_row(row)
            for cell in _inner(row, f"{W}tc"):
                if cell.find(f"{W}tcPr/{W}cellDel") is None:
                    inside = self._blocks_inside(cell)
                    insides.append(inside)
                    grid.add(cell, "\n".join(look.line.text for look in inside))
        if grid.width == 1 or sum(any(look.line.text.strip() for look in inside) for inside in insides) < 2:
            yield from (look for inside in insides for look in inside)
        elif line := table_line(grid.cells.values()):
            yield Look(Line(line.text, BlockKind.FURNITURE) if contents else line)


class _Grid:
    """The cells of a table as they are met, row by row."""

    def __init__(self) -> None:
        self.cells: dict[tuple[int, int], Cell] = {}
        self.width = 0
        self._above: dict[int, tuple[int, int]] = {}
        self._row, self._column = -1, 0

    def begin_row(self, row: etree._Element) -> None:
        self._row += 1
        before = row.find(f"{W}trPr/{W}gridBefore")
        self._column = 0 if before is None else _integer(before.get(f"{W}val"), 0)

    def add(self, node: etree._Element, text: str) -> None:
        """Put a cell behind the last; one that only goes on from its neighbour above or before joins that."""
        properties = node.find(f"{W}tcPr")
        width = 1 if properties is None else max(1, _integer(value_of(properties, "gridSpan"), 1))
        place = (self._row, self._column)
        above, before = self._above.get(self._column), (self._row, self._column - 1)
        if _continues(properties, "vMerge") and above in self.cells:
            self._extend(above, text, height=self._row - above[0] + 1)
        elif _continues(properties, "hMerge") and (start := self._start_of(before)) is not None:
            self._extend(start, text, width=self._column + width - start[1])
        else:
            self.cells[place] = Cell(*place, text, 1, width)
            above = place
        self._above.update(dict.fromkeys(range(self._column, self._column + min(width, _SPAN_LIMIT)), above or place))
        self._column += width
        self.width = max(self.width, self._column)

    def _extend(self, place: tuple[int, int], text: str, *, height: int = 1, width: int = 1) -> None:
        cell = self.cells[place]
        self.cells[place] = Cell(
            cell.row, cell.column, f"{cell.text}\n{text}", max(cell.height, height), max(cell.width, width)
        )

    def _start_of(self, place: tuple[int, int]) -> tuple[int, int] | None:
        row, column = place
        return next(((row, x) for x in range(column, -1, -1) if (row, x) in self.cells), None)


#: Where the name of the part is kept on the root of a notes part.
PART = "part"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    return (row for row in _inner(table, f"{W}tr") if row.find(f"{W}trPr/{W}del") is None)


def _inner(node: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Children of a tag, also inside content controls and marks of changes."""
    for child in node.iterchildren(tag=etree.Element):
        if child.tag == tag:
            yield child
        elif child.tag not in _SKIPPED and child.tag not in (f"{W}tbl", f"{W}p"):
            yield from _inner(child, tag)


def _number(own: Props, style: Style) -> tuple[str | None, int | None]:
    """The numbering of a paragraph and its level: its own, else its style's."""
    num_id = own.num_id if own.num_id is not None else style.props.num_id
    return num_id, own.num_level if own.num_level is not None else style.props.num_level


def _runs_on(properties: etree._Element | None) -> bool:
    """Whether the end of a paragraph was deleted, or hidden, so that the next one goes on in its line."""
    mark = None if properties is None else properties.find(f"{W}rPr")
    if mark is None:
        return False
    return any(mark.find(f"{W}{name}") is not None for name in ("del", "moveFrom", "specVanish"))


def _is_contents(node: etree._Element) -> bool:
    """Whether a content control is Word's gallery of tables of contents."""
    gallery = node.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery") if node.tag == f"{W}sdt" else None
    return gallery is not None and gallery.get(f"{W}val") == _CONTENTS


def _continues(properties: etree._Element | None, name: str) -> bool:
    merge = None if properties is None else properties.find(f"{W}{name}")
    return merge is not None and merge.get(f"{W}val", "continue") == "continue"


def _integer(value: str | None, default: int) -> int:
    try:
        return min(max(int(value or ""), 0), _SPAN_LIMIT)
    except ValueError:
        return default


def texts(looks: Iterable[Look]) -> str:
    """The words of blocks, a block a line."""
    return "\n".join(look.line.text for look in looks if look.line.text.strip())
