"""Cells whose lines break where people would break them.

In: text. Out: the same, to be put in a table. rich knows spaces only, which Chinese has none of: it would part a number
from its digits, or begin a line with a comma.
"""

import re
from itertools import chain

from rich.cells import cell_len
from rich.console import Console, JustifyMethod, OverflowMethod
from rich.containers import Lines
from rich.text import Text

#: What stays together: a number or Latin word with the measure word behind it; any one sign; and what closes it.
_UNIT = re.compile(
    r"[“‘（《「『【]*(?:[0-9A-Za-z](?:[0-9A-Za-z.,:%‰/_-]*[0-9A-Za-z%‰])?[^\s0-9A-Za-z“‘（《「『【\"(]?|\s+|\S)[，。；：、！？）》”’】」』％%]*"
)


class Cell(Text):
    """Text of a cell."""

    def wrap(
        self,
        console: Console,
        width: int,
        *,
        justify: JustifyMethod | None = None,
        overflow: OverflowMethod | None = None,
        tab_size: int = 8,
        no_wrap: bool | None = None,
    ) -> Lines:
        """Lines of at most this width in columns; as rich makes them where it may not break."""
        if no_wrap or self.no_wrap:
            return super().wrap(console, width, justify=justify, overflow=overflow, tab_size=tab_size, no_wrap=no_wrap)
        self.expand_tabs(tab_size)
        lines = Lines(chain.from_iterable(_parted(line, width) for line in self.split(allow_blank=True)))
        if justify:
            lines.justify(console, width, justify=justify, overflow=overflow or "fold")
        return lines


def _parted(line: Text, width: int) -> Lines:
    parts = line.divide(breaks(line.plain, width))
    for part in parts:
        part.rstrip_end(width)
    return parts


def breaks(line: str, width: int) -> list[int]:
    """Where a line is broken to be at most `width` columns wide: offsets, ascending."""
    found: list[int] = []
    used = 0
    for match in _UNIT.finditer(line):
        needed = cell_len(match[0].rstrip())
        if used and used + needed > width:
            found.append(match.start())
            used = 0
        if needed <= width:
            used += cell_len(match[0])
            continue
        for offset, char in enumerate(match[0], match.start()):  # wider than a line
            if used and used + cell_len(char) > width:
                found.append(offset)
                used = 0
            used += cell_len(char)
    return found
