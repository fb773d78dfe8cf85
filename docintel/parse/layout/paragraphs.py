"""Rows of print to paragraphs.

In: rows in reading order, with the margins of their column. Out: paragraphs: a row goes on where the one before it is
full, and begins anew behind a short row, at an indent, at a gap or where the type changes.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from docintel.parse.layout.geometry import Box, Row
from docintel.text.outline import numbering

#: In em: a row ends short of the margin by more than this when it is the last of its paragraph; so much more is left
#: open where a number or a Latin word, which is not broken, would not have fitted.
_SHORT, _LONGEST_WORD = 1.3, 10.0
#: Where first rows are indented, a row without indent goes on behind one that ends up to this share of the width short.
_SHORT_BEFORE_NO_INDENT = 0.35
#: A row that ends a sentence is the last one when it ends short by this.
_SHORT_AT_END = 0.8
_INDENT = 1.3
#: Rows of ragged text end up to this short, in em; fewer rows than this do not tell.
_MOST_RAGGED, _ENOUGH_ROWS = 4.0, 12
#: 一、（一）1. open a line of their own wherever they stand; 一是 and 第三， stand within paragraphs too.
_HEADING_LEVELS = 3
#: Rows behind a number or bullet hang from it by this much, in em.
_HANG = (0.5, 3.2)
#: A wider gap than this many times the usual pitch, and the size, begins a paragraph.
_GAP, _GAP_IN_SIZES = 1.45, 1.75
#: Sizes that differ by this factor differ in print. The recogniser's own are rough: from one row to the next they must
#: differ by the third, but a line of a title, which stands in the middle too, only by the second from the body text.
_RESIZED, _ROUGHLY_LARGER, _ROUGHLY_RESIZED = 1.1, 1.2, 1.35
_SENTENCE_END = tuple("。！？；：!?;:”）)")
_WORD = re.compile(r"[A-Za-z0-9.,%/+-]+")
_BULLET = re.compile(r"[•·●■◆▪*○□➢-]\s?\S")
_LEADERS = re.compile(r".{2,60}?(?:[.·…．]\s?){5,}\s*\d{1,4}")


@dataclass(frozen=True, slots=True)
class Style:
    """How a document is set.

    Attributes:
        size: of most of its characters, in points.
        indented: paragraphs begin with an indent.
        ragged: rows that go on end up to this short of the margin, in em.
    """

    size: float
    indented: bool
    ragged: float = 0.0


def style_of(rows: Sequence[Row]) -> Style:
    """The style that most of the rows are set in; size 0 without rows."""
    sizes: Counter[float] = Counter()
    for row in rows:
        sizes[round(2 * row.size) / 2] += len(row.text)
    size = max(sizes, key=lambda size: (sizes[size], size), default=0.0)
    opening = [row for before, row in pairwise(rows) if before.left_open > 3 and row.left_open < 3]
    going_on = sorted(
        row.left_open for row in rows if row.left_open < _MOST_RAGGED and not row.text.endswith(_SENTENCE_END)
    )
    return Style(
        size,
        indented=2 * sum(row.indent > _INDENT for row in opening) > len(opening),
        ragged=going_on[int(0.9 * len(going_on))] if len(going_on) >= _ENOUGH_ROWS else 0.0,
    )


@dataclass(frozen=True)
class Paragraph:
    """Rows that belong together."""

    rows: tuple[Row, ...]

    @property
    def text(self) -> str:
        """The rows as one line: nothing between Chinese characters, a space between Latin words."""
        text = ""
        for row in self.rows:
            text += (" " if _needs_space(text, row.text) else "") + row.text
        return text

    @property
    def page(self) -> int:
        """The page it begins on."""
        return self.rows[0].page

    @property
    def box(self) -> Box:
        """Around its rows on that page, in one column."""
        first = self.rows[0]
        boxes = [row.box for row in self.rows if (row.page, row.column.left) == (first.page, first.column.left)]
        xs0, ys0, xs1, ys1 = zip(*boxes, strict=True)
        return min(xs0), min(ys0), max(xs1), max(ys1)

    @property
    def size(self) -> float:
        """Of its first row, in points."""
        return self.rows[0].size

    @property
    def bold(self) -> bool:
        """Whether all of it is set in bold."""
        return all(row.bold for row in self.rows)

    @property
    def confidence(self) -> float:
        """Of its characters, at the mean."""
        return sum(len(row.text) * row.confidence for row in self.rows) / sum(len(row.text) for row in self.rows)

    @property
    def is_contents_entry(self) -> bool:
        """Whether dots lead from its words to a page number."""
        return _LEADERS.fullmatch(self.text) is not None

    @property
    def is_centred(self) -> bool:
        """Whether every row stands in the middle of its column."""
        return all(row.is_centred for row in self.rows)

    def is_large(self, style: Style) -> bool:
        """Whether it is set larger than the body text."""
        return self.size > _factor(self.rows[0]) * style.size


def join_rows(rows: Sequence[Row], style: Style) -> list[Paragraph]:
    """The paragraphs of rows in reading order."""
    groups: list[list[Row]] = []
    for row in rows:
        if groups and _goes_on(groups[-1], row, style):
            groups[-1].append(row)
        else:
            groups.append([row])
    return [Paragraph(tuple(group)) for group in groups]


def _goes_on(group: Sequence[Row], row: Row, style: Style) -> bool:
    before = group[-1]
    if before.parted or row.parted or _resized(before, row) or _far_below(before, row):
        return False
    if _is_display(before, style) and _is_display(row, style) and before.page == row.page:
        return before.bold == row.bold and numbering(row.text) is None
    if row.indent > _INDENT and not _hangs(group, row):
        return False
    if _is_short(before, row, style):
        return False
    number = numbering(row.text)
    opens = number is not None and (number.level <= _HEADING_LEVELS or not style.indented)
    return not (opens and before.text.endswith(_SENTENCE_END))


def _is_display(row: Row, style: Style) -> bool:
    """Whether a row is a line of a title: larger than the body text, in the middle."""
    return row.size > _factor(row) * style.size and row.is_centred


def _hangs(group: Sequence[Row], row: Row) -> bool:
    """Whether a row hangs from the number or bullet that its paragraph opens with."""
    first = group[0]
    if not (numbering(first.text) or _BULLET.match(first.text)) or numbering(row.text):
        return False
    aligned = len(group) == 1 or abs(row.box[0] - group[-1].box[0]) < 0.5 * row.size
    return aligned and _HANG[0] < (row.box[0] - first.box[0]) / row.size < _HANG[1]


def _factor(row: Row) -> float:
    return _RESIZED if row.confidence == 1 else _ROUGHLY_LARGER


def _resized(before: Row, row: Row) -> bool:
    factor = _RESIZED if before.confidence == row.confidence == 1 else _ROUGHLY_RESIZED
    return max(before.size, row.size) > factor * min(before.size, row.size)


def _far_below(before: Row, row: Row) -> bool:
    """Whether a gap parts the rows; rows on two pages or in two columns have none that tells."""
    step = row.box[1] - before.box[1]
    beside = before.page == row.page and before.column.left == row.column.left and step > 0
    return beside and step > _GAP * row.column.pitch and step > _GAP_IN_SIZES * max(before.size, row.size)


def _is_short(before: Row, row: Row, style: Style) -> bool:
    """Whether a row ends before the margin although the next one's first word would have fitted."""
    word = _WORD.match(row.text)
    room = min(len(word.group()) / 2, _LONGEST_WORD) if word else 0
    number = numbering(row.text)
    if style.indented and row.indent < _INDENT and (number is None or number.level > _HEADING_LEVELS):
        return before.left_open * before.size > _SHORT_BEFORE_NO_INDENT * (before.column.right - before.column.left)
    usual = _SHORT_AT_END if before.text.endswith(_SENTENCE_END) else _SHORT + room
    return before.left_open > max(usual, style.ragged)


def _needs_space(before: str, after: str) -> bool:
    """Whether two words of Latin script meet; numbers broken by a row's end do not."""
    last, first = before[-1:], after[:1]
    return last.isascii() and first.isascii() and last.isalpha() and first.isalpha()
