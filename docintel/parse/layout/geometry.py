"""Fragments on a page to rows of text in reading order.

In: a `Page`. Out: its rows and tables, column after column. A row is what stands on one line of print in one column.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from docintel.parse.tables import Cell

#: x0, y0, x1, y1 in points from the top left corner of the page.
Box = tuple[float, float, float, float]

#: Fragments share a row when they overlap by this share of the lower one's height.
_OVERLAP = 0.5
#: Gaps between fragments in a row, in em: from here a space is written; between Latin letters from the second.
_SPACE, _LATIN_SPACE = 0.6, 0.15
#: A page has columns when this many rows stand on both sides of a gutter, each this wide, in em, at the median.
_COLUMN_ROWS, _COLUMN_WIDTH = 6, 8.0
_GUTTER = 1.0  # em
#: A row is centred when its middle is this close to the column's, in em.
_CENTRED = 1.5
#: Rows that are this share of the widest are long; the margins of a column with fewer than so many are a guess.
_LONG, _FEW = 0.7, 5
#: No running text has a gap as wide as this, in em.
_PARTED = 3.0
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Fragment:
    """Characters that stand side by side on a page: a whole line of print, or a part of one.

    Attributes:
        size: of the font, in points.
        confidence: of the recogniser, 0 to 1.
    """

    text: str
    box: Box
    size: float
    bold: bool = False
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table on a page. Fragments inside its box are taken for its text and not read again."""

    cells: tuple[Cell, ...]
    box: Box
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on a page, in any order; `number` from 1, width and height in points."""

    number: int
    width: float
    height: float
    fragments: tuple[Fragment, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of rows on one page.

    Attributes:
        left: where its text begins, in points.
        right: where its text ends, by its long rows.
        pitch: from one row to the next, at the median; 0 for a lone row.
        long_rows: rows nearly as wide as the widest; of few of them the margins are a guess.
    """

    left: float
    right: float
    pitch: float
    long_rows: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of print in one column.

    Attributes:
        size: of most of its characters, in points.
        parted: there are wide gaps in it, as between a label and its value; it is no row of running text.
    """

    text: str
    box: Box
    size: float
    bold: bool
    confidence: float
    page: int
    parted: bool = False
    column: Column = Column(0, 0, 0, 0)

    @property
    def indent(self) -> float:
        """How far behind the column's left margin it begins, in em."""
        return (self.box[0] - self.column.left) / self.size

    @property
    def left_open(self) -> float:
        """How far before the column's right margin it ends, in em."""
        return (self.column.right - self.box[2]) / self.size

    @property
    def is_centred(self) -> bool:
        """Whether it stands in the middle of its column."""
        return abs(self.indent - self.left_open) < 2 * _CENTRED

    @property
    def key(self) -> str:
        """The words with numbers masked and white space removed: equal for the running heads of two pages."""
        return _DIGITS.sub("0", "".join(self.text.split()))


def rows_in_order(page: Page) -> list[Row | Table]:
    """The rows and tables of a page in reading order; fragments inside tables are left out."""
    free = [f for f in page.fragments if f.text.strip() and not any(_inside(f.box, t.box) for t in page.tables)]
    ordered: list[Row | Table] = []
    for column in _columns([*free, *page.tables]):
        ordered += _column_rows(column, page.number)
    return ordered


def _inside(box: Box, outer: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


_Item = Fragment | Table


def _clusters(items: Sequence[_Item]) -> list[list[_Item]]:
    """Items that stand on one row, rows from top to bottom; a table is a row of its own."""
    rows: list[list[_Item]] = []
    for item in sorted(items, key=_middle):
        anchor = rows[-1][0] if rows else None
        if isinstance(item, Fragment) and isinstance(anchor, Fragment) and _beside(anchor.box, item.box):
            rows[-1].append(item)
        else:
            rows.append([item])
    return [sorted(row, key=lambda item: item.box[0]) for row in rows]


def _middle(item: _Item) -> float:
    return item.box[1] if isinstance(item, Table) else (item.box[1] + item.box[3]) / 2


def _beside(one: Box, other: Box) -> bool:
    shared = min(one[3], other[3]) - max(one[1], other[1])
    return shared >= _OVERLAP * min(one[3] - one[1], other[3] - other[1])


def _columns(items: Sequence[_Item]) -> list[list[_Item]]:
    """The items of each column, in reading order; most pages have one."""
    rows = _clusters(items)
    gutter = _gutter(rows)
    if gutter is None:
        return [list(items)]
    columns: list[list[_Item]] = []
    for zone, divided in _zones(rows, gutter):
        if divided:
            sides = [[item for item in zone if (item.box[0] >= gutter) is right] for right in (False, True)]
            columns += [column for side in sides for column in _columns(side)]
        else:
            columns.append(zone)
    return columns


def _gutter(rows: Sequence[Sequence[_Item]]) -> float | None:
    """The x that divides columns of prose; None when there are none."""
    gaps = [
        (left.box[2], right.box[0])
        for row in rows
        for left, right in pairwise(row)
        if isinstance(left, Fragment) and right.box[0] - left.box[2] > _GUTTER * left.size
    ]
    if len(gaps) < _COLUMN_ROWS:
        return None
    candidates = {(left + right) / 2 for left, right in gaps}
    best = max(sorted(candidates), key=lambda x: sum(left < x < right for left, right in gaps))
    return best if any(divided for _, divided in _zones(rows, best)) else None


def _zones(rows: Sequence[Sequence[_Item]], gutter: float) -> list[tuple[list[_Item], bool]]:
    """Stretches of rows, each with whether the gutter divides it into columns."""
    stretches: list[tuple[list[Sequence[_Item]], bool]] = []
    for row in rows:
        crossed = any(item.box[0] < gutter < item.box[2] for item in row)
        if stretches and stretches[-1][1] is crossed:
            stretches[-1][0].append(row)
        else:
            stretches.append(([row], crossed))
    zones: list[tuple[list[_Item], bool]] = []
    for stretch, crossed in stretches:
        items = [item for row in stretch for item in row]
        divided = not crossed and _divides(stretch, gutter)
        if zones and not divided and not zones[-1][1]:
            zones[-1][0].extend(items)
        else:
            zones.append((items, divided))
    return zones


def _divides(rows: Sequence[Sequence[_Item]], gutter: float) -> bool:
    widths: tuple[list[float], list[float]] = ([], [])
    for row in rows:
        for side, test in enumerate((_left_of(gutter), _right_of(gutter))):
            texts = [item for item in row if isinstance(item, Fragment) and test(item.box)]
            if texts:
                widths[side].append(sum(f.box[2] - f.box[0] for f in texts) / max(f.size for f in texts))
    return all(len(side) >= _COLUMN_ROWS and median(side) >= _COLUMN_WIDTH for side in widths)


def _left_of(x: float) -> Callable[[Box], bool]:
    return lambda box: box[2] <= x


def _right_of(x: float) -> Callable[[Box], bool]:
    return lambda box: box[0] >= x


def _column_rows(items: Sequence[_Item], page: int) -> list[Row | Table]:
    rows = [row[0] if isinstance(row[0], Table) else _row(row, page) for row in _clusters(items)]
    column = _column([row for row in rows if isinstance(row, Row)])
    return [replace(row, column=column) if isinstance(row, Row) else row for row in rows]


def _row(items: Sequence[_Item], page: int) -> Row:
    parts = [item for item in items if isinstance(item, Fragment)]
    text = parts[0].text.strip()
    for before, part in pairwise(parts):
        text += _space(before, part) + part.text.strip()
    weights = [len(part.text) for part in parts]
    boxes = [part.box for part in parts]
    box = (
        min(b[0] for b in boxes),
        min(b[1] for b in boxes),
        max(b[2] for b in boxes),
        max(b[3] for b in boxes),
    )
    size = max(zip(weights, parts, strict=True), key=lambda pair: pair[0])[1].size
    confidence = sum(w * p.confidence for w, p in zip(weights, parts, strict=True)) / sum(weights)
    parted = any(after.box[0] - before.box[2] > _PARTED * size for before, after in pairwise(parts))
    return Row(text, box, size, all(part.bold for part in parts), confidence, page, parted)


def _space(before: Fragment, after: Fragment) -> str:
    gap = (after.box[0] - before.box[2]) / max(before.size, after.size, 1)
    latin = before.text.rstrip()[-1:].isascii() and after.text.lstrip()[:1].isascii()
    written = before.text.endswith(" ") or after.text.startswith(" ")
    return " " if written or gap > (_LATIN_SPACE if latin else _SPACE) else ""


def _column(rows: Sequence[Row]) -> Column:
    width = max((row.box[2] - row.box[0] for row in rows), default=0)
    long = [row for row in rows if row.box[2] - row.box[0] > _LONG * width]
    lefts, rights = sorted(row.box[0] for row in rows), sorted(row.box[2] for row in long)
    pitches = [pitch for row, below in pairwise(rows) if (pitch := below.box[1] - row.box[1]) > 0]
    return Column(
        left=lefts[len(lefts) // 10] if lefts else 0,
        right=rights[-1 - len(rights) // 10] if rights else 0,
        pitch=median(pitches) if pitches else 0,
        long_rows=len(long),
    )


def settle_margins(rows: Sequence[Row]) -> list[Row]:
    """The rows with the margins of short columns taken from the nearest page whose column reaches around them.

    Where there is none such, as in a file of short notes, the margins of all rows together stand in.
    """
    known = {(row.page, row.column) for row in rows if row.column.long_rows >= _FEW}
    overall = _column(rows)
    settled = []
    for row in rows:
        if row.column.long_rows >= _FEW:
            settled.append(row)
            continue
        around = [
            (abs(page - row.page), page, column.left, column)
            for page, column in known
            if column.left <= row.box[0] + row.size and row.box[2] <= column.right + row.size
        ]
        margins = min(around)[3] if around else overall
        settled.append(replace(row, column=replace(margins, pitch=row.column.pitch)))
    return settled
