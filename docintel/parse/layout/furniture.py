"""Running heads, footers and page numbers: rows in the margin of a page that its neighbours repeat.

In: pages with their rows in order. Out: the rows that are about the page, not the document.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
#: Recognised rows are compared with those of so many pages before: heads of odd and even pages alternate.
_NEIGHBOURS = 4
_PAGE_NUMBER = re.compile(
    r"[\W_一]*(?:第?\s*\d{1,4}\s*页?|[ivx]{1,5})(?:[\W_一]+(?:(?:共|of)\s*)?\d{1,4}\s*页?|\s*共\s*\d{1,4}\s*页)?[\W_一]*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d{1,9}")


@dataclass
class _Group:
    """Rows of several pages that say the same at the same height."""

    key: str
    rows: list[Row] = field(default_factory=list)

    @property
    def last(self) -> int:
        """The last page with it."""
        return self.rows[-1].page

    @property
    def pages(self) -> set[int]:
        """The pages with it."""
        return {row.page for row in self.rows}

    @property
    def is_running(self) -> bool:
        """Whether no number in it changes but the page's own: a date, a sum or a case number is no furniture."""
        numbers = [[int(number) for number in _NUMBER.findall(row.text)] for row in self.rows]
        if len(set(map(len, numbers))) > 1:  # a slip of the recogniser: the rest says that they are alike
            return True
        pages = [row.page for row in self.rows]
        return all(
            len(set(column)) == 1 or len({number - page for number, page in zip(column, pages, strict=True)}) == 1
            for column in zip(*numbers, strict=True)
        )


def running_rows(pages: Sequence[Page], rows: Mapping[int, Sequence[Row | Table]]) -> list[Row]:
    """Running heads and page numbers, page by page; in recognised text the dash beside a number is often read as 一.

    Args:
        rows: by page number.
    """
    found: list[Row] = []
    groups: list[_Group] = []
    by_key: dict[str, list[_Group]] = {}
    for page in pages:
        recent = [group for group in groups[-_NEIGHBOURS * 2 * _ROWS :] if page.number - group.last <= _NEIGHBOURS]
        for row in _marginal(page, [row for row in rows[page.number] if isinstance(row, Row)]):
            key = row.key
            if _PAGE_NUMBER.fullmatch(row.text):
                found.append(row)
                continue
            alike = recent if row.confidence < 1 else ()
            group = next((each for each in (*by_key.get(key, ()), *alike) if _same(each, row, key)), None)
            if group is None:
                group = _Group(key)
                groups.append(group)
                by_key.setdefault(key, []).append(group)
            group.rows.append(row)
        found += _small_head(page, rows[page.number])
    enough = max(_FEWEST, _SHARE * len(pages))
    found += [row for group in groups if group.is_running and len(group.pages) >= enough for row in group.rows]
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


def _same(group: _Group, row: Row, key: str) -> bool:
    one = group.rows[0]
    if abs(one.box[1] - row.box[1]) > 1.5 * max(one.size, row.size):
        return False
    return group.key == key or SequenceMatcher(None, group.key, key, autojunk=False).ratio() >= _ALIKE
