"""The text of a document as HTML, every record marked in its place.

In: an extraction. Out: blocks, each with its text as HTML in which records are elements that nest; where two records
cross, the one that begins later is cut in two. All text is escaped here and nowhere else.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from markupsafe import Markup, escape

from docintel.schema import RECORD_TYPES, Block, BlockKind, Document, Evidence, Extraction, Person, Record, Unit

#: What of a document stands where: checks are about figures that are marked already.
MARKED = tuple(kind for kind in RECORD_TYPES if kind != "checks")


@dataclass(frozen=True, slots=True)
class Mark:
    """A record's place in the text: `record` is `issues/3`; the first of its places is the one to go to."""

    start: int
    end: int
    kind: str
    record: str
    first: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; `rows` and `columns` are how many of the table's it takes, `start` where its text begins."""

    html: Markup
    start: int
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class MarkedBlock:
    """A block with its text as HTML; a table has its cells, a row a list, those that a merged one covers left out."""

    block: Block
    html: Markup
    cells: Sequence[Sequence[Cell]] = ()


def marked_blocks(extraction: Extraction, more: Iterable[Mark] = ()) -> Iterator[MarkedBlock]:
    """The blocks of a document with their records, and what else is to be marked, in reading order."""
    document = extraction.document
    marks = sorted((*marks_of(extraction), *more), key=_order)
    past = 0  # marks before this one end before the block does begin
    for block in document.blocks:
        while past < len(marks) and marks[past].end <= block.start:
            past += 1
        ahead = takewhile(lambda mark, end=block.end: mark.start < end, islice(marks, past, None))  # type: ignore[misc]
        own = [mark for mark in ahead if mark.end > block.start]
        if block.kind is BlockKind.TABLE and block.cells:
            yield MarkedBlock(block, Markup(), _table(document, block, own))
        else:
            yield MarkedBlock(block, marked_html(document.text, block.start, block.end, own))


def marks_of(extraction: Extraction) -> list[Mark]:
    """The places of all records, in text order, longer ones first."""
    marks = []
    for kind in MARKED:
        for i, record in enumerate(extraction.records(kind)):
            for j, place in enumerate(_places(record)):
                marks.append(Mark(place.start, place.end, kind, f"{kind}/{i}", first=j == 0))
    return sorted(marks, key=_order)


def _order(mark: Mark) -> tuple[int, int, str]:
    """In text order, longer ones first, so that they nest."""
    return mark.start, -mark.end, mark.record


def marked_html(text: str, start: int, end: int, marks: Iterable[Mark]) -> Markup:
    """`text[start:end]` with marks as elements; marks are in text order, longer ones first."""
    left = [mark for mark in marks if mark.start < end and mark.end > start]
    cuts = sorted({start, end, *(min(max(edge, start), end) for mark in left for edge in (mark.start, mark.end))})
    open_: list[Mark] = []
    pieces: list[str] = []
    for here, there in zip(cuts, [*cuts[1:], end], strict=True):
        open_ = list(_close(open_, here, pieces))
        while left and max(left[0].start, start) <= here:
            mark = left.pop(0)
            if mark.end > here:
                pieces.append(_tag(mark, begins=mark.start == here))
                open_.append(mark)
        pieces.append(str(escape(text[here:there])))
    pieces.extend("</mark>" for _ in open_)
    return Markup("".join(pieces))


def _close(open_: Sequence[Mark], here: int, pieces: list[str]) -> Iterator[Mark]:
    """Close the marks that end here; those inside them that go on are closed too, and opened again."""
    first = next((i for i, mark in enumerate(open_) if mark.end <= here), len(open_))
    pieces.extend("</mark>" for _ in open_[first:])
    yield from open_[:first]
    for mark in open_[first:]:
        if mark.end > here:
            pieces.append(_tag(mark, begins=False))
            yield mark


def _tag(mark: Mark, *, begins: bool) -> str:
    """The element that opens a mark; kinds and numbers are ours, so nothing in it needs escaping."""
    id_ = f' id="{anchor(mark.record)}"' if begins and mark.first else ""
    return f'<mark{id_} class="k-{mark.kind}" data-record="{mark.record}">'


def anchor(record: str) -> str:
    """The name of a record's place on the page: `issues/3` → `r-issues-3`; `passage` stays."""
    return f"r-{record.replace('/', '-')}" if "/" in record else record


def _places(record: Record) -> tuple[Evidence, ...]:
    """Where a record stands: every mention of a unit or person, the first one first."""
    if isinstance(record, Unit | Person):
        return (record.evidence, *(each for each in record.mentions if each != record.evidence))
    return (record.evidence,)


def _table(document: Document, block: Block, marks: Sequence[Mark]) -> list[list[Cell]]:
    """The cells of a table; a merged one, whose text stands at its first place only, covers those that repeat it."""
    spans = _cell_spans(document.text, block)
    covered: set[tuple[int, int]] = set()
    rows = []
    for i, texts in enumerate(block.cells):
        cells = []
        for j, text in enumerate(texts):
            if (i, j) in covered:
                continue
            height, width = _extent(block, spans, (i, j)) if text else (1, 1)
            covered |= {(i + down, j + right) for down in range(height) for right in range(width)}
            cells.append(Cell(marked_html(document.text, *spans[i][j], marks), spans[i][j][0], height, width))
        rows.append(cells)
    return rows


def _extent(block: Block, spans: Sequence[Sequence[tuple[int, int]]], place: tuple[int, int]) -> tuple[int, int]:
    """How many rows and columns the cell at a place takes."""
    row, column = place
    text = block.cells[row][column]

    def repeats(i: int, j: int) -> bool:
        return block.cells[i][j] == text and spans[i][j][0] == spans[i][j][1]

    width = 1
    while column + width < len(block.cells[row]) and repeats(row, column + width):
        width += 1
    height = 1
    while row + height < len(block.cells) and all(repeats(row + height, column + k) for k in range(width)):
        height += 1
    return height, width


def _cell_spans(text: str, block: Block) -> list[list[tuple[int, int]]]:
    """Where the text of each cell stands, as `Document.cell_span`, for all of them at once."""
    spans, at = [], block.start
    for row, line in zip(block.cells, text[block.start : block.end].split("\n"), strict=False):
        pieces = line.split("\t")
        places = []
        for piece in pieces:
            places.append((at, at + len(piece)))
            at += len(piece) + 1
        spans.append((places + [(at - 1, at - 1)] * len(row))[: len(row)])
    return spans + [[(block.end, block.end)] * len(row) for row in block.cells[len(spans) :]]
