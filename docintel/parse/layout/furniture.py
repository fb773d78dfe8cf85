"""Running heads, footers and page numbers: rows in the margin of a page that its neighbours repeat.

In: pages with their rows in order. Out: the rows that are about the page, not the document.
"""

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from statistics import median

from docintel.parse.layout.geometry import Page, Row, Table

#: A running row lies within this share of the page's height from its edge, and among so many rows there.
_MARGIN, _ROWS = 0.13, 3
#: So many pages, and such a share of all pages, carry it: a head of the even pages only is on half of them.
_FEWEST, _SHARE = 2, 0.4
#: The first row of a page is its head, on a lone page too, when it lies within this share of the edge, is this much
#: smaller than most rows, and is apart from the next by this many times its size.
_EDGE, _SMALL, _APART = 0.09, 0.85, 2.0
#: Two rows say the same when so much of them is equal; recognised text has slips.
_ALIKE = 0.8
_PAGE_NUMBER = re.compile(
    r"[\W_一]*(?:第?\s*\d{1,4}\s*页?|[ivxIVX]{1,5})[\W_一]*(?:(?:共|of)?\s*\d{1,4}\s*页?)?[\W_]*", re.IGNORECASE
)


def running_rows(pages: Sequence[Page], rows: Mapping[int, Sequence[Row | Table]]) -> list[Row]:
    """Running heads and page numbers, page by page; in recognised text the dash beside a number is often read as 一.

    Args:
        rows: by page number.
    """
    found: list[Row] = []
    groups: list[list[Row]] = []
    for page in pages:
        for row in _marginal(page, [row for row in rows[page.number] if isinstance(row, Row)]):
            if _PAGE_NUMBER.fullmatch(row.text):
                found.append(row)
            elif group := next((group for group in groups if _same(group[0], row)), None):
                group.append(row)
            else:
                groups.append([row])
        found += _small_head(page, rows[page.number])
    enough = max(_FEWEST, _SHARE * len(pages))
    found += [row for group in groups if len({row.page for row in group}) >= enough for row in group]
    return sorted(set(found), key=lambda row: (row.page, row.box[1]))


def _small_head(page: Page, items: Sequence[Row | Table]) -> list[Row]:
    """A head that its small type tells, without another page to compare."""
    if len(items) < 3 or not isinstance(items[0], Row):
        return []
    first, sizes = items[0], [item.size for item in items if isinstance(item, Row)]
    gap = items[1].box[1] - first.box[3]
    small = first.size < _SMALL * median(sizes) and first.box[3] < _EDGE * page.height
    return [first] if small and gap > _APART * first.size else []


def _marginal(page: Page, rows: Sequence[Row]) -> list[Row]:
    by_height = sorted(rows, key=lambda row: row.box[1])
    top = [row for row in by_height[:_ROWS] if row.box[3] < _MARGIN * page.height]
    bottom = [row for row in by_height[-_ROWS:] if row.box[1] > (1 - _MARGIN) * page.height]
    return [*top, *(row for row in bottom if row not in top)]


def _same(one: Row, other: Row) -> bool:
    if abs(one.box[1] - other.box[1]) > 1.5 * max(one.size, other.size):
        return False
    if one.key == other.key:
        return True
    recognised = min(one.confidence, other.confidence) < 1
    return recognised and SequenceMatcher(None, one.key, other.key, autojunk=False).ratio() >= _ALIKE
