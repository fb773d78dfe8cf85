"""Tables as the places of their cells in the text.

In: a reading and a table of its document. Out: for each row the span of every cell, merged ones wherever they reach.
"""

from collections.abc import Sequence

from docintel.extract.language.reading import Reading
from docintel.schema import Block

Span = tuple[int, int]
#: A table as the spans of its cells; a merged cell's span wherever it reaches, None where nothing is written.
Grid = list[list[Span | None]]


def cell_grid(reading: Reading, block: Block) -> Grid:
    """The spans of a table's cells, as `Document.cell_span` gives them, in one pass; empty where it has no cells."""
    grid: Grid = []
    offset = block.start
    lines = reading.text[block.start : block.end].split("\n")
    if len(lines) != len(block.cells):
        return []
    for line, cells in zip(lines, block.cells, strict=True):
        spans: list[Span | None] = []
        for x, piece in enumerate(line.split("\t")[: len(cells)]):
            span = (offset, offset + len(piece)) if piece.strip() else _merged(block, grid, spans, x)
            spans.append(span)
            offset += len(piece) + 1
        grid.append(spans + [None] * (len(cells) - len(spans)))
    return grid


def _merged(block: Block, above: Grid, left: Sequence[Span | None], x: int) -> Span | None:
    """The span of the merged cell that reaches over an empty place: its first place lies above or to the left."""
    y = len(above)
    text = block.cells[y][x]
    if not text:
        return None
    if y and block.cells[y - 1][x] == text:
        return above[y - 1][x]
    return left[x - 1] if x and block.cells[y][x - 1] == text else None
