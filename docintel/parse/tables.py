"""Cells to the line that stands for a table.

In: cells with their places and spans. Out: a `Line` whose text is a row a line, cells apart by a tab, a merged cell
once at its first place, and whose `cells` repeat a merged cell wherever it reaches. Every format's tables end here, so
`Document.cell_span` holds for all.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from docintel.parse.structure import Line
from docintel.schema import BlockKind

#: Places of a table, rows times columns: twice the cells that are read of a workbook. A diagonal of n cells has n².
_MOST_PLACES = 4_000_000


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
    size it claims. A table with more places than memory should hold is its rows, a line each, of no kind.
    """
    written = {(cell.row, cell.column): (cell, words) for cell in cells if (words := " ".join(cell.text.split()))}
    if not written:
        return None
    rows, columns = (sorted({place[axis] for place in written}) for axis in (0, 1))
    placed = [
        (words, _reached(rows, cell.row, cell.height), _reached(columns, cell.column, cell.width))
        for cell, words in written.values()
    ]
    if max(len(rows) * len(columns), sum(len(ys) * len(xs) for _, ys, xs in placed)) > _MOST_PLACES:
        return Line(_plain_rows(written), page=page, box=box, confidence=confidence)
    shown = [["" for _ in columns] for _ in rows]
    filled = [["" for _ in columns] for _ in rows]
    for words, ys, xs in placed:
        shown[ys.start][xs.start] = words
        for y in ys:
            for x in xs:
                filled[y][x] = filled[y][x] or words
    text = "\n".join("\t".join(row) for row in shown)
    return Line(text, BlockKind.TABLE, cells=tuple(map(tuple, filled)), page=page, box=box, confidence=confidence)


def _reached(starts: Sequence[int], start: int, count: int) -> range:
    """Numbers of the rows, or columns, that a cell reaches over, among those that are kept."""
    return range(bisect_left(starts, start), bisect_left(starts, start + count))


def _plain_rows(written: dict[tuple[int, int], tuple[Cell, str]]) -> str:
    """Cells apart by a tab, and no place for what is empty."""
    rows = groupby(sorted(written), key=lambda place: place[0])
    return "\n".join("\t".join(written[place][1] for place in row) for _, row in rows)
