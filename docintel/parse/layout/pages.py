"""Text and tables as they stand on pages, to lines in reading order.

In: `Page`s of fragments and tables, from PDF, OFD or the recogniser of images. Out: `Line`s: paragraphs whole across
line, column and page breaks, the title named, tables joined over pages, running heads once at the end and page numbers
left out.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, takewhile

from docintel.parse.layout.furniture import running_rows
from docintel.parse.layout.geometry import Box, Fragment, Page, Row, Table, rows_in_order, settle_margins
from docintel.parse.layout.paragraphs import Paragraph, Style, join_rows, style_of
from docintel.parse.layout.titles import title_of
from docintel.parse.structure import Line
from docintel.parse.tables import Cell, table_line
from docintel.schema import BlockKind, Part

__all__ = ["Box", "Fragment", "Page", "Table", "read_pages"]

#: Tables on two pages are one when their edges lie this close, in points.
_SAME_EDGE = 6.0
#: A header that is repeated has so many rows at most.
_HEAD = 4


def read_pages(pages: Sequence[Page]) -> list[Line]:
    """The lines of the pages in reading order; rows without words give none."""
    ordered = {page.number: rows_in_order(page) for page in pages}
    running = running_rows(pages, ordered)
    apart = set(running)
    items: list[Row | _Span] = []
    for page in pages:
        content = [item for item in ordered[page.number] if item not in apart]
        items += _joined_tables(items, content, page.number)
    rows = iter(settle_margins([item for item in items if isinstance(item, Row)]))
    items = [next(rows) if isinstance(item, Row) else item for item in items]
    style = style_of([item for item in items if isinstance(item, Row)])
    paragraphs: list[Paragraph | _Span] = []
    for group in _between_tables(items):
        paragraphs += [group] if isinstance(group, _Span) else join_rows(group, style)
    title = title_of([item for item in paragraphs if isinstance(item, Paragraph)], style)
    lines = [_line(item, item is title, style) for item in paragraphs]
    lines += [Line(row.text, BlockKind.FURNITURE, page=row.page, box=row.box) for row in _distinct(running)]
    return [line for line in lines if line is not None]


@dataclass
class _Span:
    """A table, maybe over several pages; `page` and `box` are those of its first part."""

    page: int
    box: Box
    last: Table
    cells: list[Cell]
    confidence: float
    head: list[list[tuple[int, str]]]
    height: int
    parts: list[tuple[int, int, Box]] = field(default_factory=list)

    @classmethod
    def of(cls, table: Table, page: int) -> "_Span":
        """A table that begins on a page."""
        rows = _rows(table.cells)
        return cls(page, table.box, table, list(table.cells), table.confidence, rows[:_HEAD], _height(table.cells))


def _joined_tables(before: list["Row | _Span"], content: Sequence[Row | Table], page: int) -> list["Row | _Span"]:
    """The content of a page; a table at its top that goes on from the page before is added to that one."""
    items: list[Row | _Span] = []
    for item in content:
        if isinstance(item, Row):
            items.append(item)
            continue
        last = before[-1] if before and not items else None
        if isinstance(last, _Span) and _goes_on(last.last, item):
            _append(last, item, page)
        else:
            items.append(_Span.of(item, page))
    return items


def _goes_on(table: Table, below: Table) -> bool:
    edges = all(abs(table.box[side] - below.box[side]) < _SAME_EDGE for side in (0, 2))
    return edges and _columns(table.cells) == _columns(below.cells)


def _columns(cells: Sequence[Cell]) -> int:
    return max((cell.column + cell.width for cell in cells), default=0)


def _append(span: _Span, table: Table, page: int) -> None:
    """Add the rows of the next page's part, without a header that it repeats."""
    rows = _rows(table.cells)
    skipped = sum(1 for _ in takewhile(lambda pair: pair[0] and pair[0] == pair[1], zip(rows, span.head, strict=False)))
    offset = span.height - skipped
    span.parts.append((span.height, page, table.box))
    span.cells += [replace(cell, row=cell.row + offset) for cell in table.cells if cell.row >= skipped]
    span.height += _height(table.cells) - skipped
    span.last = table
    span.confidence = min(span.confidence, table.confidence)


def _rows(cells: Sequence[Cell]) -> list[list[tuple[int, str]]]:
    """The columns and words of each row."""
    rows: list[list[tuple[int, str]]] = [[] for _ in range(_height(cells))]
    for cell in cells:
        if cell.text:
            rows[cell.row].append((cell.column, cell.text))
    return rows


def _height(cells: Sequence[Cell]) -> int:
    return max((cell.row + cell.height for cell in cells), default=0)


def _between_tables(items: Sequence["Row | _Span"]) -> list["list[Row] | _Span"]:
    groups: list[list[Row] | _Span] = []
    for item in items:
        if isinstance(item, _Span):
            groups.append(item)
        elif groups and isinstance(groups[-1], list):
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


def _line(item: "Paragraph | _Span", is_title: bool, style: Style) -> Line | None:
    if isinstance(item, _Span):
        return _table(item)
    kind = BlockKind.TITLE if is_title else BlockKind.FURNITURE if item.is_contents_entry else None
    return Line(
        item.text,
        kind,
        bold=item.bold or item.is_large(style),
        page=item.page,
        box=item.box,
        confidence=item.confidence,
    )


def _table(span: _Span) -> Line | None:
    """The line of a table, and which of its rows stand on which further page."""
    line = table_line(span.cells, page=span.page, box=span.box, confidence=span.confidence)
    if line is None or not line.cells or not span.parts:
        return line
    written = sorted({cell.row for cell in span.cells if cell.text.strip()})
    starts = [0, *accumulate(len(row) + 1 for row in line.text.split("\n"))]
    parts = (Part(starts[bisect_left(written, row)], page, box) for row, page, box in span.parts)
    return replace(line, parts=tuple(part for part in parts if part.start < len(line.text)))


def _distinct(rows: Sequence[Row]) -> list[Row]:
    """Running heads, each wording once; page numbers not at all."""
    shown: dict[str, Row] = {}
    for row in rows:
        if any(char.isalpha() for char in row.key):
            shown.setdefault(row.key, row)
    return list(shown.values())
