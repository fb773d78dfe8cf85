"""What the cells of a table that hold a number and its measure word count: `61个` under `发现问题`.

In: a reading. Out: for each such cell, by its first character, the words of its heading: those over its column, or the
first cell of its row where nothing stands over it.
"""

from collections.abc import Iterator, Mapping

from docintel.extract.language.grids import Grid, Span, cell_grid
from docintel.extract.language.reading import Reading
from docintel.schema import Block, BlockKind
from docintel.text.quantities import QuantityGrammar

#: A heading is not longer.
_LONGEST = 30


def column_headings(reading: Reading, grammar: QuantityGrammar) -> Mapping[int, Span]:
    """Spans of the headings of all cells that are one quantity and nothing else."""
    return {
        cell[0]: heading
        for block in reading.document.blocks
        if block.kind is BlockKind.TABLE
        for cell, heading in _of_table(reading, block, grammar)
    }


def _of_table(reading: Reading, block: Block, grammar: QuantityGrammar) -> Iterator[tuple[Span, Span]]:
    grid = cell_grid(reading, block)
    counted = [[span is not None and _is_quantity(reading, span, grammar) for span in row] for row in grid]
    top = next((y for y, row in enumerate(counted) if any(row)), len(grid))
    over = [_over(reading, grid, top, x) for x in range(len(grid[top]))] if top < len(grid) else []
    for y in range(top, len(grid)):
        for x, span in enumerate(grid[y]):
            heading = over[x] or (grid[y][0] if x else None)
            if span and counted[y][x] and heading and heading[1] - heading[0] <= _LONGEST:
                yield span, heading


def _over(reading: Reading, grid: Grid, top: int, x: int) -> Span | None:
    """The lowest heading over a column."""
    cells = (grid[y][x] for y in range(top - 1, -1, -1))
    return next((span for span in cells if span and reading.text[slice(*span)].strip()), None)


def _is_quantity(reading: Reading, span: Span, grammar: QuantityGrammar) -> bool:
    found = grammar.find(reading.folded, *span)
    return len(found) == 1 and found[0].end - found[0].start == len(reading.folded[slice(*span)].strip())
