"""A table of a web page to cells.

In: a `table` element. Out: its cells, or None for a table that only lays out a page.
"""

from selectolax.lexbor import LexborNode

from docintel.parse.tables import Cell

_LONGEST_CELL = 400
_WIDEST_SPAN = 60


def read_table(table: LexborNode) -> list[Cell] | None:
    """The cells of a data table: two rows and two columns at least, no table inside, no cell as long as an article."""
    if any(node.mem_id != table.mem_id for node in table.css("table")):
        return None
    cells: list[Cell] = []
    taken: set[tuple[int, int]] = set()
    for row, tr in enumerate(table.css("tr")):
        column = 0
        for node in tr.css("td,th"):
            while (row, column) in taken:
                column += 1
            cell = Cell(row, column, " ".join(node.text().split()), _span(node, "rowspan"), _span(node, "colspan"))
            if len(cell.text) > _LONGEST_CELL:
                return None
            cells.append(cell)
            taken |= {(row + y, column + x) for y in range(cell.height) for x in range(cell.width)}
            column += cell.width
    rows, columns = (1 + max((place[axis] for place in taken), default=-1) for axis in (0, 1))
    return cells if rows > 1 and columns > 1 and any(cell.text for cell in cells) else None


def _span(cell: LexborNode, name: str) -> int:
    value = cell.attributes.get(name) or ""
    return min(max(int(value), 1), _WIDEST_SPAN) if value.isascii() and value.isdigit() else 1
