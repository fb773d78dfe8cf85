"""The notice that a case is known through, told of in the block of the case or in one beside it.

In: a reading and a place in it. Out: the words that say that somebody was named in a notice.
"""

import re
from itertools import chain

from docintel.extract.cases.consequences import notice_in
from docintel.extract.cases.sanctions import Sanction
from docintel.extract.language.reading import Reading, once
from docintel.schema import NOT_CONTENT

#: A notice of several cases, which blocks beside it go on to tell of.
_SEVERAL = re.compile(
    r"(?:通报|曝光)了?(?:(?:\d+|[两二三四五六七八九十]+|多)起[^,。;]{0,30}(?:问题|案)|的?(?:\d+起)?(?:典型)?(?:案例|问题)|中[,有])"
    r"|(?:此次|本次|这次|[地区省市]的|上述)通报"
)
#: Where the notice may be told of, seen from the case; what follows a quotation stands behind it.
_BESIDE = (-1, -2, 1)


def notice_near(reading: Reading, offset: int) -> list[Sanction]:
    """Being named in a notice, where the block that tells of the case is one or stands beside one."""
    sentence = reading.sentence_at(offset)
    if sentence is None:
        return []
    known = _by_block(reading)
    if sentence.block not in known:
        known[sentence.block] = _notice_at(reading, sentence.block)
    return known[sentence.block]


@once
def _by_block(_reading: Reading) -> dict[int, list[Sanction]]:
    """What is known so far: many cases may stand in one block."""
    return {}


def _notice_at(reading: Reading, number: int) -> list[Sanction]:
    blocks = reading.document.blocks
    beside = [blocks[number + step] for step in _BESIDE if 0 <= number + step < len(blocks)]
    several = (
        block
        for block in beside
        if block.kind not in NOT_CONTENT and _SEVERAL.search(reading.folded, block.start, block.end)
    )
    notices = (notice_in(reading, block.start, block.end) for block in chain([blocks[number]], several))
    return [notice for notice in notices if notice][:1]
