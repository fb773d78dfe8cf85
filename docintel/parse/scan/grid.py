"""Rules on an image of a page to the cells of tables.

In: a mask of ink of an upright page. Out: `Grid`s, each with the boxes of its cells in pixels and their places and
spans. Only tables drawn with rules in both directions are found; a frame around text is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from docintel.parse.scan.raster import Mask, PixelBox

#: The shortest rules, in points: longer than a stroke of a character in a table.
_ACROSS, _DOWN = 30.0, 20.0
#: The smallest table, in points.
_WIDTH, _HEIGHT = 60.0, 24.0
#: Rules this close, in points, are one.
_SAME_RULE = 5.0
#: Share of a cell's side that a rule must cover to divide it from its neighbour.
_COVERED = 0.6
_MOST_CELLS = 20_000


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell: its place and span in the table, and its box in pixels of the page."""

    row: int
    column: int
    height: int
    width: int
    box: PixelBox


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table."""

    box: PixelBox
    cells: tuple[GridCell, ...]


def find_rules(ink: Mask, scale: float) -> tuple[Mask, Mask]:
    """Ink that is rules, across and down; `scale` is points per pixel."""
    return _long_runs(ink, round(_ACROSS / scale), 0), _long_runs(ink, round(_DOWN / scale), 1)


def _long_runs(ink: Mask, length: int, axis: int) -> Mask:
    import cv2

    def kernel(size: int) -> npt.NDArray[np.uint8]:
        return np.ones((1, size) if axis == 0 else (size, 1), np.uint8)

    # a rule of a tilted or noisy scan is broken, and steps from one row of pixels to the next; wider gaps than these
    # are between characters
    thick = cv2.dilate(ink.astype(np.uint8), np.ones((2, 1) if axis == 0 else (1, 2), np.uint8))
    joined = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, kernel(3))
    runs: Any = cv2.morphologyEx(joined, cv2.MORPH_OPEN, kernel(max(length, 15)))
    found = np.asarray(runs, dtype=bool)
    return found & ~_solid(found)


def _solid(mask: Mask) -> Mask:
    """Parts of a mask that are thick both ways: pictures, blots, bars."""
    import cv2

    side = max(9, min(mask.shape) // 150)
    opened: Any = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    return np.asarray(opened, dtype=bool)


def find_grids(across: Mask, down: Mask, scale: float) -> list[Grid]:
    """The tables that rules make, from top to bottom."""
    import cv2

    reach = max(3, round(2.5 / scale))
    both = cv2.dilate((across | down).astype(np.uint8), np.ones((reach, reach), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(both, connectivity=8)
    grids = []
    for x, y, width, height, _ in stats[1:].tolist():
        if width * scale >= _WIDTH and height * scale >= _HEIGHT:
            grid = _grid(across, down, (x, y, x + width, y + height), scale)
            if grid is not None:
                grids.append(grid)
    grids.sort(key=lambda grid: (grid.box[1], grid.box[0]))
    return [grid for grid in grids if not any(other is not grid and _holds(other.box, grid.box) for other in grids)]


def _holds(outer: PixelBox, box: PixelBox) -> bool:
    return outer[0] <= box[0] and outer[1] <= box[1] and outer[2] >= box[2] and outer[3] >= box[3]


def _grid(across: Mask, down: Mask, box: PixelBox, scale: float) -> Grid | None:
    x0, y0, x1, y1 = box
    same = _SAME_RULE / scale
    rows = _places(across[y0:y1, x0:x1].sum(axis=1), _ACROSS / scale, same)
    columns = _places(down[y0:y1, x0:x1].sum(axis=0), _DOWN / scale, same)
    rows, columns = _with_edges(rows, y1 - y0, same), _with_edges(columns, x1 - x0, same)
    if len(rows) < 3 or len(columns) < 3 or (len(rows) - 1) * (len(columns) - 1) > _MOST_CELLS:
        return None
    cells = _cells(_Walls(across[y0:y1, x0:x1], down[y0:y1, x0:x1], rows, columns, max(2, round(same / 2))))
    if len(cells) < 4 or max(cell.width for cell in cells) == min(cell.width for cell in cells) == len(columns) - 1:
        return None
    moved = tuple(
        GridCell(c.row, c.column, c.height, c.width, (c.box[0] + x0, c.box[1] + y0, c.box[2] + x0, c.box[3] + y0))
        for c in cells
    )
    return Grid((x0 + columns[0], y0 + rows[0], x0 + columns[-1], y0 + rows[-1]), moved)


def _places(covered: npt.NDArray[Any], shortest: float, same: float) -> list[int]:
    """Where rules lie along an axis: the middle of each run of rows that hold enough of one."""
    places: list[list[int]] = []
    for at in np.nonzero(covered >= shortest)[0].tolist():
        if places and at - places[-1][-1] <= same:
            places[-1].append(at)
        else:
            places.append([at])
    return [round(float(np.average(run, weights=covered[run]))) for run in places]


def _with_edges(places: list[int], length: int, same: float) -> list[int]:
    """The places, and the table's edges where it is open there."""
    if not places:
        return []
    first = [0] if places[0] > 2 * same else []
    last = [length - 1] if length - 1 - places[-1] > 2 * same else []
    return [*first, *places, *last]


@dataclass(frozen=True, slots=True)
class _Walls:
    """The rules of one table, and where they lie."""

    across: Mask
    down: Mask
    rows: Sequence[int]
    columns: Sequence[int]
    reach: int

    def below(self, row: int, column: int) -> bool:
        """Whether a rule divides a cell of the grid from the one below."""
        at, left, right = self.rows[row + 1], self.columns[column], self.columns[column + 1]
        strip = self.across[max(0, at - self.reach) : at + self.reach + 1, left:right]
        return bool(strip.any(axis=0).mean() >= _COVERED)

    def right(self, row: int, column: int) -> bool:
        """Whether a rule divides a cell of the grid from the one at its right."""
        at, top, bottom = self.columns[column + 1], self.rows[row], self.rows[row + 1]
        strip = self.down[top:bottom, max(0, at - self.reach) : at + self.reach + 1]
        return bool(strip.any(axis=1).mean() >= _COVERED)


def _cells(walls: _Walls) -> list[GridCell]:
    """Cells in rows; where rules enclose no rectangle it is cut into some."""
    height, width = len(walls.rows) - 1, len(walls.columns) - 1
    taken = np.zeros((height, width), dtype=bool)
    cells = []
    for row in range(height):
        for column in range(width):
            if taken[row, column]:
                continue
            right = column + 1
            while right < width and not taken[row, right] and not walls.right(row, right - 1):
                right += 1
            bottom = row + 1
            while bottom < height and _goes_down(walls, bottom, column, right):
                bottom += 1
            taken[row:bottom, column:right] = True
            box = (walls.columns[column], walls.rows[row], walls.columns[right], walls.rows[bottom])
            cells.append(GridCell(row, column, bottom - row, right - column, box))
    return cells


def _goes_down(walls: _Walls, row: int, left: int, right: int) -> bool:
    """Whether a cell that covers some columns goes on in a row: no rule above it, none within it."""
    closed = any(walls.below(row - 1, column) for column in range(left, right))
    return not closed and not any(walls.right(row, column) for column in range(left, right - 1))


def middle_cell(grid: Grid, x: float, y: float) -> GridCell | None:
    """The cell at a place."""
    for cell in grid.cells:
        if cell.box[0] <= x < cell.box[2] and cell.box[1] <= y < cell.box[3]:
            return cell
    return None


def cut_at_rules(grid: Grid, box: PixelBox, slack: float) -> list[PixelBox]:
    """A box of text cut where it crosses sides of cells; pieces narrower than `slack` pixels are dropped."""
    middle = (box[1] + box[3]) / 2
    sides = {side for cell in grid.cells if cell.box[1] <= middle < cell.box[3] for side in (cell.box[0], cell.box[2])}
    cuts = [box[0], *sorted(side for side in sides if box[0] + slack < side < box[2] - slack), box[2]]
    return [(left, box[1], right, box[3]) for left, right in pairwise(cuts)]
