"""Rules on a page to tables with their cells.

In: rules as thin boxes, and the boxes of the characters. Out: grids with merged cells, and the cell that each character
stands in. Underlines, the red line under an agency's head and frames around a page are no tables: a table has two
written cells beside each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from docintel.parse.layout.pages import Box, Fragment
from docintel.parse.pdf.frame import Boxes
from docintel.parse.tables import Cell

#: Rules that end this near to each other meet, in points; double rules are one.
_TOUCH = 3.0
#: A wall stands where rules cover this share of the way.
_COVERED = 0.6
#: More rules than this on a page are a drawing.
_MOST_RULES = 3000
#: When so much of a grid is no rectangle it is a drawing, such as a chart of boxes and arrows.
_MOST_ODD = 0.4
#: A single row with a longer text in it is a page in columns, with a rule between.
_LONGEST_CELL = 150


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell before it has text: its first slot and how many slots it covers."""

    row: int
    column: int
    height: int
    width: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A table before it has text.

    Attributes:
        xs: of the rules between columns, the outer ones included, ascending.
        ys: of the rules between rows.
        spots: its cells in reading order.
        slots: number in `spots` of the cell at each row and column, (rows, columns).
    """

    xs: NDArray[np.float64]
    ys: NDArray[np.float64]
    spots: tuple[Spot, ...]
    slots: NDArray[np.int64] = field(repr=False)

    @property
    def box(self) -> Box:
        """Its outer edge."""
        return float(self.xs[0]), float(self.ys[0]), float(self.xs[-1]), float(self.ys[-1])

    def spots_at(self, boxes: Boxes) -> NDArray[np.int64]:
        """Number of the cell in which the middle of each box lies; -1 outside of the table."""
        x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
        columns = np.searchsorted(self.xs, x, side="right") - 1
        rows = np.searchsorted(self.ys, y, side="right") - 1
        height, width = self.slots.shape
        inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
        found = self.slots[np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)]
        return np.where(inside, found, -1)


def find_grids(rules: Boxes, boxes: Boxes) -> list[Grid]:
    """The tables that rules make around characters; of tables in one another, the one with more cells."""
    if len(rules) > _MOST_RULES:
        return []
    flat, upright = _straight(rules, 0), _straight(rules, 1)
    if len(flat) < 2 or not len(upright):
        return []
    grids = []
    for some_flat, some_upright in _connected(flat, upright):
        grid = _grid(flat[some_flat], upright[some_upright])
        if grid is not None and _is_table(grid, boxes):
            grids.append(grid)
    grids.sort(key=lambda grid: -len(grid.spots))
    kept: list[Grid] = []
    for grid in grids:
        if not any(_overlap(grid.box, other.box) for other in kept):
            kept.append(grid)
    return kept


def cells_of(grid: Grid, fragments: Sequence[tuple[Fragment, int]]) -> tuple[Cell, ...]:
    """The cells of a table with their text: fragments with the number of the cell that each stands in."""
    texts: list[list[Fragment]] = [[] for _ in grid.spots]
    for fragment, number in fragments:
        texts[number].append(fragment)
    return tuple(
        Cell(spot.row, spot.column, cell_text(text), spot.height, spot.width)
        for spot, text in zip(grid.spots, texts, strict=True)
    )


def cell_text(fragments: Sequence[Fragment]) -> str:
    """The words in a cell, line by line; a wrapped line goes on without a space unless letters or digits meet."""
    text = ""
    for fragment in sorted(_with_lines(fragments), key=lambda pair: (pair[0], pair[1].box[0])):
        words = fragment[1].text
        if text and words and _is_letter(text[-1]) and _is_letter(words[0]):
            text += " "
        text += words
    return text


def _with_lines(fragments: Sequence[Fragment]) -> list[tuple[int, Fragment]]:
    """Each fragment with the number of its line, from the top."""
    numbered: list[tuple[int, Fragment]] = []
    line, anchor = 0, None
    for fragment in sorted(fragments, key=lambda item: item.box[1] + item.box[3]):
        if anchor is not None:
            shared = min(fragment.box[3], anchor.box[3]) - max(fragment.box[1], anchor.box[1])
            if shared < 0.5 * min(fragment.box[3] - fragment.box[1], anchor.box[3] - anchor.box[1]):
                line, anchor = line + 1, fragment
        else:
            anchor = fragment
        numbered.append((line, fragment))
    return numbered


def _is_letter(char: str) -> bool:
    return char < "\u2e80" and (char.isalnum() or char in ",.;:%)")


def _straight(rules: Boxes, axis: int) -> NDArray[np.float64]:
    """Rules along an axis as place, start, end; pieces in one line are joined, (n, 3)."""
    sides = rules[:, 2:] - rules[:, :2]
    along = rules[sides[:, axis] >= sides[:, 1 - axis]]
    lines = np.stack([(along[:, 1 - axis] + along[:, 3 - axis]) / 2, along[:, axis], along[:, axis + 2]], axis=1)
    lines = lines.astype(np.float64)
    joined: list[list[float]] = []
    for group in np.split(lines[np.argsort(lines[:, 0])], _jumps(np.sort(lines[:, 0]), 1.0)):
        for place, start, end in group[np.argsort(group[:, 1])].tolist() if len(group) else ():
            last = joined[-1] if joined else None
            if last and abs(last[0] - place) <= 1.5 and last[1] - _TOUCH <= start <= last[2] + _TOUCH:
                last[2] = max(last[2], end)
            else:
                joined.append([place, start, end])
    return np.array([line for line in joined if line[2] - line[1] >= 2 * _TOUCH]).reshape(-1, 3)


def _jumps(ordered: NDArray[np.float64], step: float) -> NDArray[np.int64]:
    return np.flatnonzero(np.diff(ordered) > step) + 1


def _connected(
    flat: NDArray[np.float64], upright: NDArray[np.float64]
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Groups of rules that meet: numbers of the flat and of the upright ones."""
    y, x0, x1 = (column[:, None] for column in flat.T)
    x, y0, y1 = (column[None, :] for column in upright.T)
    meet = (x >= x0 - _TOUCH) & (x <= x1 + _TOUCH) & (y >= y0 - _TOUCH) & (y <= y1 + _TOUCH)
    left = np.ones(len(flat), bool)
    groups = []
    for first in range(len(flat)):
        if not left[first]:
            continue
        some_flat = np.zeros(len(flat), bool)
        some_flat[first] = True
        while True:
            some_upright = meet[some_flat].any(axis=0)
            wider = some_flat | meet[:, some_upright].any(axis=1)
            if (wider == some_flat).all():
                break
            some_flat = wider
        left &= ~some_flat
        if some_flat.sum() >= 2 and some_upright.any():
            groups.append((np.flatnonzero(some_flat), np.flatnonzero(some_upright)))
    return groups


def _places(lines: NDArray[np.float64], crossing: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where rules stand, double ones once, and where the crossing rules end: a side may have no rule."""
    ordered = np.sort(lines[:, 0])
    places = [float(group.mean()) for group in np.split(ordered, _jumps(ordered, _TOUCH))]
    low, high = float(crossing[:, 1].min()), float(crossing[:, 2].max())
    if low < places[0] - 2 * _TOUCH:
        places.insert(0, low)
    if high > places[-1] + 2 * _TOUCH:
        places.append(high)
    return np.array(places)


def _grid(flat: NDArray[np.float64], upright: NDArray[np.float64]) -> Grid | None:
    """The grid of a group of rules; None when it has no two columns, or is no grid."""
    xs, ys = _places(upright, flat), _places(flat, upright)
    if len(xs) < 3 or len(ys) < 2:
        return None
    below = _walls(flat, ys, xs)  # (rules, columns): a wall above the row of the same number
    beside = _walls(upright, xs, ys).T  # (rows, rules)
    labels = _rooms(below, beside)
    spots, slots, odd = _spots(labels)
    return None if odd > _MOST_ODD * labels.size else Grid(xs, ys, spots, slots)


def _walls(lines: NDArray[np.float64], places: NDArray[np.float64], stops: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether a rule stands at each place from one stop to the next; at the first and last place one always does."""
    covered = np.zeros((len(places), len(stops) - 1))
    nearest = np.abs(lines[:, :1] - places[None, :]).argmin(axis=1)
    for number, (_, start, end) in zip(nearest.tolist(), lines.tolist(), strict=True):
        covered[number] += np.clip(np.minimum(end, stops[1:]) - np.maximum(start, stops[:-1]), 0, None)
    walls = covered >= _COVERED * np.diff(stops)
    walls[[0, -1]] = True
    return np.asarray(walls)


def _rooms(below: NDArray[np.bool_], beside: NDArray[np.bool_]) -> NDArray[np.int64]:
    """A number for each slot, the same where no wall stands between, (rows, columns)."""
    labels = np.arange(below.shape[1] * (len(below) - 1)).reshape(len(below) - 1, -1)
    open_down, open_right = ~below[1:-1], ~beside[:, 1:-1]
    while True:
        spread = labels.copy()
        for one, other, free in (
            (spread[:-1], spread[1:], open_down),
            (spread[:, :-1], spread[:, 1:], open_right),
        ):
            low = np.minimum(one, other)
            one[free], other[free] = low[free], low[free]
        if (spread == labels).all():
            return labels
        labels = spread


def _spots(labels: NDArray[np.int64]) -> tuple[tuple[Spot, ...], NDArray[np.int64], int]:
    """Rooms as cells, the slot numbers, and how many slots belong to rooms that are no rectangle and were cut."""
    slots = np.full(labels.shape, -1, np.int64)
    spots: list[Spot] = []
    odd = 0
    areas = np.bincount(labels.ravel()).tolist()
    for row, column in np.ndindex(labels.shape):
        if slots[row, column] >= 0:
            continue
        room = (labels == labels[row, column]) & (slots < 0)
        width = _run(room[row, column:])
        height = _run(room[row:, column : column + width].all(axis=1))
        slots[row : row + height, column : column + width] = len(spots)
        spots.append(Spot(row, column, height, width))
        if height * width < areas[labels[row, column]]:
            odd += height * width
    return tuple(spots), slots, odd


def _run(flags: NDArray[np.bool_]) -> int:
    """How many flags are set before the first that isn't."""
    return len(flags) if flags.all() else int(flags.argmin())


def _is_table(grid: Grid, boxes: Boxes) -> bool:
    """Whether two written cells stand beside each other, and the grid is not the column rule of a page."""
    numbers = grid.spots_at(boxes)
    counts = np.bincount(numbers[numbers >= 0], minlength=len(grid.spots))
    written = [spot for spot, count in zip(grid.spots, counts.tolist(), strict=True) if count]
    if len(written) < 2 or all(spot.width == len(grid.xs) - 1 for spot in grid.spots):
        return False
    return len(grid.ys) > 2 or int(counts.max()) <= _LONGEST_CELL


def _overlap(one: Box, other: Box) -> bool:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return width > _TOUCH and height > _TOUCH
