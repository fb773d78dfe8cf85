"""Ruled tables on a page, found by their lines.

In: horizontal and vertical rules and fragments of text, all in points from the top left corner. Out: `Table`s with
merged cells. A table is a grid of rules that cross, two rows and two columns at least; where its sides are open, as
statistical yearbooks print them, the ends of its horizontal rules close it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from docintel.parse.layout.pages import Box, Fragment, Table
from docintel.parse.tables import Cell

#: Rules closer than this are one (double borders, rules drawn a piece a cell), and cross when they come so close.
_NEAR = 3.0
_SHORTEST = 6.0
#: A rule parts two cells when it runs along this share of the edge between them.
_PARTS = 0.6
#: More rules than this are a drawing; more elementary cells than this are no table on a page.
_MOST_RULES, _MOST_CELLS = 2500, 6000
#: A frame around text is no table: one cell with so much of the text, in characters and as a share.
_FRAME, _FRAME_SHARE = 600, 0.6


class Rule(NamedTuple):
    """A straight line: a horizontal one stands at y = `at` from x = `start` to `end`, a vertical one at x = `at`."""

    at: float
    start: float
    end: float


def find_tables(horizontals: Iterable[Rule], verticals: Iterable[Rule], fragments: Sequence[Fragment]) -> list[Table]:
    """The ruled tables of a page, from top to bottom; none where there are no grids.

    Every fragment whose middle lies in a table's box is in the text of one of its cells.
    """
    across, down = _merged(horizontals), _merged(verticals)
    if not across or not down or len(across) + len(down) > _MOST_RULES:
        return []
    tables = []
    for rows, columns in _components(across, down):
        closed = _closed(rows, columns)
        ys, xs = _lines(rows), _lines(closed)
        if len(ys) > 2 and len(xs) > 2 and len(ys) * len(xs) <= _MOST_CELLS:
            table = _table(ys, xs, (rows, closed), fragments)
            tables += [table] if table else []
    return _outermost(sorted(tables, key=lambda table: (table.box[1], table.box[0])))


def _merged(rules: Iterable[Rule]) -> list[Rule]:
    """Rules that lie on one line and touch as one; short ones left out."""
    lanes: list[list[Rule]] = []
    for rule in sorted(rules):
        if lanes and rule.at - lanes[-1][0].at <= _NEAR:
            lanes[-1].append(rule)
        else:
            lanes.append([rule])
    found = []
    for lane in lanes:
        at = median(rule.at for rule in lane)
        pieces: list[tuple[float, float]] = []
        for start, end in sorted((rule.start, rule.end) for rule in lane):
            if pieces and start <= pieces[-1][1] + _NEAR:
                pieces[-1] = pieces[-1][0], max(pieces[-1][1], end)
            else:
                pieces.append((start, end))
        found += [Rule(at, start, end) for start, end in pieces if end - start >= _SHORTEST]
    return found


def _components(across: list[Rule], down: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Rules that hang together by crossing, a group a grid."""
    group = list(range(len(across) + len(down)))

    def root(i: int) -> int:
        while group[i] != i:
            group[i] = group[group[i]]
            i = group[i]
        return i

    for i, row in enumerate(across):
        for j, column in enumerate(down, start=len(across)):
            if _within(row.at, column) and _within(column.at, row):
                group[root(i)] = root(j)
    found: defaultdict[int, tuple[list[Rule], list[Rule]]] = defaultdict(lambda: ([], []))
    for i, rule in enumerate([*across, *down]):
        found[root(i)][i >= len(across)].append(rule)
    return [(rows, columns) for rows, columns in found.values() if len(rows) > 1 and columns]


def _within(at: float, rule: Rule) -> bool:
    return rule.start - _NEAR <= at <= rule.end + _NEAR


def _closed(rows: list[Rule], columns: list[Rule]) -> list[Rule]:
    """The vertical rules, and sides where the horizontal ones reach beyond them to common ends."""
    top, bottom = min(row.at for row in rows), max(row.at for row in rows)
    sides = []
    for ends, edge, sign in (
        ([row.start for row in rows], min(column.at for column in columns), -1),
        ([row.end for row in rows], max(column.at for column in columns), 1),
    ):
        beyond = [end for end in ends if sign * (end - edge) > 2 * _NEAR]
        if 2 * len(beyond) > len(rows):
            sides.append(Rule(median(beyond), top, bottom))
    return [*columns, *sides]


def _lines(rules: Iterable[Rule]) -> list[float]:
    """Where rules stand, each place once."""
    places: list[float] = []
    for at in sorted(rule.at for rule in rules):
        if not places or at - places[-1] > _NEAR:
            places.append(at)
    return places


def _table(
    ys: list[float], xs: list[float], rules: tuple[list[Rule], list[Rule]], fragments: Sequence[Fragment]
) -> Table | None:
    box = (xs[0], ys[0], xs[-1], ys[-1])
    inside = [fragment for fragment in fragments if _holds(box, fragment)]
    places = _cells(ys, xs, *rules)
    texts: defaultdict[tuple[int, int, int, int], list[Fragment]] = defaultdict(list)
    for fragment in inside:
        x, y = _middle(fragment.box)
        row, column = _place(ys, y), _place(xs, x)
        texts[places[row, column]].append(fragment)
    cells = tuple(
        Cell(top, left, join_fragments(texts.get((top, left, bottom, right), [])), bottom - top, right - left)
        for top, left, bottom, right in sorted(set(places.values()))
    )
    if not _is_table(cells):
        return None
    weight = sum(len(fragment.text) for fragment in inside)
    return Table(cells, box, sum(len(fragment.text) * fragment.confidence for fragment in inside) / weight)


def _is_table(cells: Sequence[Cell]) -> bool:
    """Whether words stand in two rows and two columns, and not nearly all of them in one cell of a frame."""
    written = [cell for cell in cells if cell.text]
    sizes = [len(cell.text) for cell in written]
    if len({cell.row for cell in written}) < 2 or len({cell.column for cell in written}) < 2:
        return False
    return not (max(sizes) > _FRAME and max(sizes) > _FRAME_SHARE * sum(sizes))


def _holds(box: Box, fragment: Fragment) -> bool:
    x, y = _middle(fragment.box)
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _place(places: list[float], at: float) -> int:
    return max(0, min(sum(place <= at for place in places) - 1, len(places) - 2))


def _cells(
    ys: list[float], xs: list[float], rows: list[Rule], columns: list[Rule]
) -> dict[tuple[int, int], tuple[int, int, int, int]]:
    """Elementary cell → the merged one it belongs to: top, left, bottom, right as numbers of lines, end exclusive."""
    height, width = len(ys) - 1, len(xs) - 1
    places = {(y, x): (y, x, y + 1, x + 1) for y in range(height) for x in range(width)}
    for y in range(height):
        for x in range(width):
            if x + 1 < width and not _parts(columns, xs[x + 1], ys[y], ys[y + 1]):
                _merge(places, (y, x), (y, x + 1))
            if y + 1 < height and not _parts(rows, ys[y + 1], xs[x], xs[x + 1]):
                _merge(places, (y, x), (y + 1, x))
    return places


def _parts(rules: list[Rule], at: float, start: float, end: float) -> bool:
    along = sum(max(0.0, min(rule.end, end) - max(rule.start, start)) for rule in rules if abs(rule.at - at) <= _NEAR)
    return along >= _PARTS * (end - start)


def _merge(
    places: dict[tuple[int, int], tuple[int, int, int, int]], one: tuple[int, int], other: tuple[int, int]
) -> None:
    """Make two cells one, and every cell that the rectangle around them touches."""
    a, b = places[one], places[other]
    while a != b or places[one] != a:
        around = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
        touched = {places[y, x] for y in range(around[0], around[2]) for x in range(around[1], around[3])}
        a = around
        tops, lefts, bottoms, rights = zip(*touched, strict=True)
        b = (min(tops), min(lefts), max(bottoms), max(rights))
        if b == a:
            for y in range(a[0], a[2]):
                for x in range(a[1], a[3]):
                    places[y, x] = a


def _outermost(tables: list[Table]) -> list[Table]:
    """The tables without those that lie in another."""
    return [
        table
        for table in tables
        if not any(
            other is not table and other.box[0] <= x <= other.box[2] and other.box[1] <= y <= other.box[3]
            for other in tables
            for x, y in [_middle(table.box)]
            if _area(other.box) > _area(table.box)
        )
    ]


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def join_fragments(fragments: Sequence[Fragment]) -> str:
    """The text of a cell: its rows of print as one, spaces only where Latin words meet or gaps are wide."""
    rows: list[list[Fragment]] = []
    for fragment in sorted(fragments, key=lambda f: (_middle(f.box)[1], f.box[0])):
        if rows and abs(_middle(rows[-1][0].box)[1] - _middle(fragment.box)[1]) < 0.5 * fragment.size:
            rows[-1].append(fragment)
        else:
            rows.append([fragment])
    text = ""
    for row in rows:
        line = sorted(row, key=lambda f: f.box[0])
        words = line[0].text
        for before, after in pairwise(line):
            gap = after.box[0] - before.box[2]
            words += (" " if gap > 0.6 * after.size or _latin(words, after.text) else "") + after.text
        text += (" " if _latin(text, words) else "") + words
    return text


def _latin(before: str, after: str) -> bool:
    return before[-1:].isascii() and before[-1:].isalnum() and after[:1].isascii() and after[:1].isalnum()
