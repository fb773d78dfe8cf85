"""Whose figures a row of a table holds.

In: a reading with its unit mentions and the place it is about, and where a figure stands in a table. Out: the unit or
place of its row; nobody of a row of sums.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property

from docintel.extract.attribution.authors import Owner
from docintel.extract.language.decisions import Decision
from docintel.extract.language.lexicon import load
from docintel.extract.language.reading import Reading, within
from docintel.extract.places.gazetteer import Place
from docintel.extract.units.units import UnitMention
from docintel.schema import Block

_UNIT_COLUMN = re.compile(r"[^\t\n]{0,6}(?:学校|医院|单位|地区|县区|区县|市县|部门|科室|机构|乡镇|企业)[^\t\n]{0,4}\t")
_PLACES = tuple("省市县区州旗镇乡村")
_SUM = re.compile(load("ledger")["figures"]["sum"])
#: What else the first cell of a row holds that is no name.
_NO_NAME = re.compile(r"(?:序号|\d).*|")
#: Before the name of a row that is part of the row above: 其中：青岚镇.
_PART = re.compile(r"其中\s*[:：,，、]?\s*")


class RowOwners:
    """Answers of one document; each row is read once."""

    def __init__(self, reading: Reading, mentions: Sequence[UnitMention], place: Place | None) -> None:
        self._reading = reading
        self._mentions = mentions
        self._place = place
        self._rows: dict[int, Owner | None] = {}

    def owner_of(self, block: Block, start: int) -> Owner | None:
        """The one unit that the row of a table names, in whatever cell it stands; else what its first cell says."""
        i = bisect_left(self._line_ends, start)
        low = max(block.start, self._line_ends[i - 1] + 1 if i else 0)
        if low not in self._rows:
            high = self._line_ends[i] if i < len(self._line_ends) else block.end
            self._rows[low] = self._of_row(block, low, min(high, block.end))
        return self._rows[low]

    @cached_property
    def _line_ends(self) -> list[int]:
        return [match.start() for match in re.finditer("\n", self._reading.text)]

    def _of_row(self, block: Block, low: int, high: int) -> Owner | None:
        text = self._reading.text
        named = within(self._mentions, low, high)
        if len({mention.canonical for mention in named}) == 1:
            return Decision(named[0].canonical, "unit/row", (named[0].start, named[0].end))
        if not _UNIT_COLUMN.match(text, block.start, block.end):
            return None
        first = text[low:high].partition("\t")[0].strip()
        cell = row_name(first)
        if cell is None:
            return Decision(None, "unit/row", (low, low + len(first)))
        if not _NO_NAME.fullmatch(cell):
            prefix = "" if self._place is None or cell.endswith(_PLACES) else self._place.name
            name = cell if cell.startswith(prefix) else prefix + cell
            at = text.index(cell, low)
            return Decision(name, "unit/row", (at, at + len(cell)))
        return None


def row_name(cell: str) -> str | None:
    """What the first cell of a row calls it: `青岚镇` of `其中：青岚镇`; None of a row of sums."""
    name = cell[lead.end() :] if (lead := _PART.match(cell)) else cell
    return None if _SUM.fullmatch(name) else name
