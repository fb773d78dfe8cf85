"""A table of a web page to rows of cell texts.

In: a `table` element. Out: rows of equal length, or None for a table that only lays out a page.
"""

from selectolax.lexbor import LexborNode

_LONGEST_CELL = 400
_WIDEST_SPAN = 60

Cells = tuple[tuple[str, ...], ...]


def read_table(table: LexborNode) -> Cells | None:
    """The cells of a data table: two rows and two columns at least, no table inside, no cell as long as an article.

    A cell that spans several rows or columns gives its text once, at its first place; the others are empty.
    """
    if any(node.mem_id != table.mem_id for node in table.css("table")):
        return None
    grid: dict[tuple[int, int], str] = {}
    for row, tr in enumerate(table.css("tr")):
        column = 0
        for cell in tr.css("td,th"):
            while (row, column) in grid:
                column += 1
            text = " ".join(cell.text().split())
            if len(text) > _LONGEST_CELL:
                return None
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            grid |= {(row + y, column + x): "" for y in range(height) for x in range(width)}
            grid[row, column] = text
            column += width
    rows, columns = (1 + max((place[axis] for place in grid), default=-1) for axis in (0, 1))
    if rows < 2 or columns < 2 or not any(grid.values()):
        return None
    return tuple(tuple(grid.get((y, x), "") for x in range(columns)) for y in range(rows))


def table_text(cells: Cells) -> str:
    """The words of a table, a row a line, cells apart by a space; rows without words are left out."""
    rows = (" ".join(cell for cell in row if cell) for row in cells)
    return "\n".join(row for row in rows if row)


def _span(cell: LexborNode, name: str) -> int:
    value = cell.attributes.get(name) or ""
    return min(max(int(value), 1), _WIDEST_SPAN) if value.isascii() and value.isdigit() else 1
