"""Tables without upright rules (三线表): three level rules or more of one width, columns that only white space parts.

In: a PDF page's rules and the boxes of its characters. Out: grids. pdfplumber finds the columns by the edges of the
words; it costs many times what the page's text does, and is asked for pages with such rules only.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docintel.parse.layout.pages import Box
from docintel.parse.pdf.frame import Boxes
from docintel.parse.pdf.tables import Grid, Spot

#: Rules belong to one table when their ends lie this close, in points.
_SAME_END = 3.0
_FEWEST_RULES, _NARROWEST = 3, 150.0
#: A table has this many rows and columns at least, and this share of its cells is written.
_ROWS, _COLUMNS, _WRITTEN = 2, 2, 0.6
_STRATEGIES = {"vertical_strategy": "text", "horizontal_strategy": "text", "min_words_vertical": 2}


def find_open_grids(rules: Boxes, boxes: Boxes, taken: Sequence[Box], plumb: Callable[[], Any]) -> list[Grid]:
    """The tables between level rules, outside of the boxes that are taken.

    Args:
        plumb: gives the page as pdfplumber reads it; called where such rules are only.
    """
    grids = []
    for region in _regions(rules, taken):
        x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
        inside = boxes[(x > region[0]) & (x < region[2]) & (y > region[1]) & (y < region[3])]
        edges = _edges(region, plumb) if len(inside) else []
        if edges and (grid := _grid(region, edges, inside)):
            grids.append(grid)
    return grids


def _edges(region: Box, plumb: Callable[[], Any]) -> list[float]:
    """Where columns begin, ascending; none where pdfplumber sees no table, or cannot read the page."""
    try:
        table = plumb().crop(region, strict=False).find_table(_STRATEGIES)
    except Exception:  # pdfminer raises whatever a damaged file leads it to; the page's text is read without it
        return []
    return sorted({cell[0] for cell in table.cells}) if table else []


def _regions(rules: Boxes, taken: Sequence[Box]) -> list[Box]:
    groups: list[list[list[float]]] = []
    for rule in sorted(rules.tolist(), key=lambda rule: rule[1]):
        if rule[2] - rule[0] < _NARROWEST or rule[3] - rule[1] > _SAME_END:
            continue
        group = next((g for g in groups if all(abs(g[0][side] - rule[side]) < _SAME_END for side in (0, 2))), None)
        if group is None:
            groups.append([rule])
        elif rule[1] - group[-1][1] > _SAME_END:
            group.append(rule)
    regions = [(group[0][0], group[0][1], group[0][2], group[-1][3]) for group in groups if len(group) >= _FEWEST_RULES]
    return [region for region in regions if not any(_overlap(region, box) for box in taken)]


def _grid(region: Box, edges: Sequence[float], boxes: Boxes) -> Grid | None:
    """Rows of characters under the columns that begin at the edges; None where that is no table."""
    xs = np.array([region[0], *edges[1:], region[2]])
    columns = np.searchsorted(xs, (boxes[:, 0] + boxes[:, 2]) / 2, side="right") - 1
    ys = _row_bounds(region, boxes, columns)
    height, width = len(ys) - 1, len(xs) - 1
    if height < _ROWS or width < _COLUMNS:
        return None
    slots = np.arange(height * width).reshape(height, width)
    spots = tuple(Spot(row, column, 1, 1) for row in range(height) for column in range(width))
    grid = Grid(xs, ys, spots, slots)
    return grid if len(np.unique(grid.spots_at(boxes))) >= _WRITTEN * len(spots) else None


def _row_bounds(region: Box, boxes: Boxes, columns: NDArray[np.int64]) -> NDArray[np.float64]:
    """Where rows begin: at lines of characters that write into the first column; others go on with the row above."""
    order = np.argsort(boxes[:, 1])
    lines: list[list[int]] = []
    for i in order.tolist():
        if lines and boxes[i, 1] < (boxes[lines[-1][0], 1] + boxes[lines[-1][0], 3]) / 2:
            lines[-1].append(i)
        else:
            lines.append([i])
    bounds = [region[1]]
    for above, line in pairwise(lines):
        if (columns[line] == 0).any():
            bounds.append(float(boxes[above, 3].max() + boxes[line, 1].min()) / 2)
    return np.array([*bounds, region[3]])


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
