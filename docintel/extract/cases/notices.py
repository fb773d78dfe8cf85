"""The notice that a case is known through, told of in the block of the case or in one beside it.

In: a reading and a place in it. Out: the words that say that somebody was named in a notice.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import chain
from operator import attrgetter

from docintel.extract.cases.acts import is_wrong
from docintel.extract.cases.consequences import notice_in
from docintel.extract.cases.sanctions import Sanction
from docintel.extract.language.items import skip_numbering
from docintel.extract.language.reading import Reading, once, within
from docintel.schema import NOT_CONTENT, Block, BlockKind

_ORGAN = r"(?:纪委|监委|纪检|监察|[委局厅院署]|机关|部门|专班|办公室)(?:(?!会[上议])[^。;“”]){0,24}?"
#: A notice of several cases, which blocks beside it go on to tell of.
_SEVERAL = re.compile(
    r"(?:通报|曝光)了?的?(?:\d+|[两二三四五六七八九十]+|多)起[^,。;]{0,30}(?:问题|案)"
    rf"|{_ORGAN}(?:通报|曝光)(?:了?的?(?:典型)?(?:案例|问题)|中[,有])"
    r"|(?:此次|本次|这次|[地区省市]的|上述)通报(?!批评)|从通报的?(?:典型)?(?:案例|问题)"
)
#: What tells of something else than the blocks beside it.
_APART = NOT_CONTENT | {BlockKind.HEADING, BlockKind.LIST_ITEM}
_END = attrgetter("end")


def notice_near(reading: Reading, offset: int) -> list[Sanction]:
    """Being named in a notice, where the block that tells of the case is one or stands beside one."""
    number = bisect_right(reading.document.blocks, offset, key=_END)
    known = _by_block(reading)
    if number not in known:
        known[number] = _notice_at(reading, number)
    return known[number]


@once
def _by_block(_reading: Reading) -> dict[int, list[Sanction]]:
    """What is known so far: many cases may stand in one block."""
    return {}


def _notice_at(reading: Reading, number: int) -> list[Sanction]:
    several = (block for block in _beside(reading, number) if _SEVERAL.search(reading.folded, block.start, block.end))
    blocks = chain(reading.document.blocks[number : number + 1], several)
    notices = (notice_in(reading, block.start, block.end) for block in blocks)
    return [notice for notice in notices if notice][:1]


def _beside(reading: Reading, number: int) -> Iterator[Block]:
    """The blocks that may name the notice: the one before, the one before that where it goes on, and the one behind."""
    blocks, folded = reading.document.blocks, reading.folded
    before = blocks[max(0, number - 2) : number]
    if before and not _goes_on(reading, before[-1]):
        before = before[-1:]
    for block in (*reversed(before), *blocks[number + 1 : number + 2]):
        if block.kind not in _APART and skip_numbering(folded, block.start, block.end) == block.start:
            yield block


def _goes_on(reading: Reading, block: Block) -> bool:
    """Whether a block quotes what a notice says, or tells what else somebody did."""
    if reading.folded.startswith("“", block.start):
        return True
    clauses = within(reading.clauses, block.start, block.end)
    return bool(reading.names_in(block.start, block.end, "PER")) and any(is_wrong(reading.folded, *c) for c in clauses)
