"""Rows of an RTF table to cells.

In: rows, each with the right edges of its cells, their marks of merging and what stands in them. Out: `Cell`s. RTF has
no columns: a cell that is merged with its neighbours is simply wider, so columns are where any row has an edge.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from docintel.parse.headlines import Look
from docintel.parse.tables import Cell

#: Edges that differ by less, in twips, are one.
_TOLERANCE = 40
_NARROW = 100


@dataclass(frozen=True, slots=True)
class CellShape:
    """Where a cell ends, in twips, and whether it goes on from the one above or before."""

    right: int
    under: bool = False
    beside: bool = False


@dataclass(slots=True)
class Row:
    """A row: its shapes, and the paragraphs of its cells."""

    left: int = 0
    shapes: list[CellShape] = field(default_factory=list)
    cells: list[list[Look]] = field(default_factory=list)


def table_cells(rows: Sequence[Row]) -> list[Cell]:
    """The cells of a table."""
    rows = [_complete(row) for row in rows]
    edges = _columns(sorted({shape.right for row in rows for shape in row.shapes} | {row.left for row in rows}))
    placed: dict[tuple[int, int], Cell] = {}
    above: dict[int, tuple[int, int]] = {}
    for y, row in enumerate(rows):
        left, start = bisect_left(edges, row.left - _TOLERANCE), (-1, -1)
        for shape, inside in zip(row.shapes, row.cells, strict=True):
            right = max(bisect_left(edges, shape.right - _TOLERANCE), left + 1)
            text = "\n".join(look.line.text for look in inside)
            if shape.beside and start in placed:
                placed[start] = _extended(placed[start], text, y, right)
            elif shape.under and above.get(left) in placed:
                start = above[left]
                placed[start] = _extended(placed[start], text, y, right)
            else:
                start = (y, left)
                placed[start] = Cell(y, left, text, 1, right - left)
            above[left] = start
            left = right
    return list(placed.values())


def _complete(row: Row) -> Row:
    """A row with as many shapes as cells, its edges in order."""
    shapes: list[CellShape] = []
    edge = row.left
    for i in range(len(row.cells)):
        shape = row.shapes[i] if i < len(row.shapes) else CellShape(edge + _NARROW)
        edge = max(shape.right, edge + 1)
        shapes.append(replace(shape, right=edge))
    return Row(row.left, shapes, row.cells)


def _columns(edges: list[int]) -> list[int]:
    kept: list[int] = []
    for edge in edges:
        if not kept or edge - kept[-1] > _TOLERANCE:
            kept.append(edge)
    return kept


def _extended(cell: Cell, text: str, row: int, right: int) -> Cell:
    words = f"{cell.text}\n{text}" if text.strip() else cell.text
    return Cell(
        cell.row, cell.column, words, max(cell.height, row - cell.row + 1), max(cell.width, right - cell.column)
    )
