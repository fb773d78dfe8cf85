"""Cells to the line that stands for a table.

In: cells with their places and spans. Out: a `Line` whose text is a row a line, cells apart by a tab, a merged cell
once at its first place, and whose `cells` repeat a merged cell wherever it reaches. Every format's tables end here, so
`Document.cell_span` holds for all.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from docintel.parse.structure import Line
from docintel.schema import BlockKind


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table, `row` and `column` from 0; merged cells reach over `height` rows and `width` columns."""

    row: int
    column: int
    text: str
    height: int = 1
    width: int = 1


def plain_cells(rows: Iterable[Sequence[str]]) -> list[Cell]:
    """The cells of a table in which none is merged."""
    return [Cell(y, x, text) for y, row in enumerate(rows) for x, text in enumerate(row)]


def table_line(
    cells: Iterable[Cell],
    *,
    page: int | None = None,
    box: tuple[float, float, float, float] | None = None,
    confidence: float = 1.0,
) -> Line | None:
    """The line of a table; None when no cell holds a word.

    Rows and columns in which no cell with words begins are left out, so a sheet costs what is written on it, whatever
    size it claims.
    """
    written = {(cell.row, cell.column): (cell, words) for cell in cells if (words := " ".join(cell.text.split()))}
    if not written:
        return None
    rows, columns = (sorted({place[axis] for place in written}) for axis in (0, 1))
    shown = [["" for _ in columns] for _ in rows]
    filled = [["" for _ in columns] for _ in rows]
    for cell, words in written.values():
        top, left = bisect_left(rows, cell.row), bisect_left(columns, cell.column)
        shown[top][left] = words
        for y in range(top, bisect_left(rows, cell.row + cell.height)):
            for x in range(left, bisect_left(columns, cell.column + cell.width)):
                filled[y][x] = filled[y][x] or words
    text = "\n".join("\t".join(row) for row in shown)
    return Line(text, BlockKind.TABLE, cells=tuple(map(tuple, filled)), page=page, box=box, confidence=confidence)
