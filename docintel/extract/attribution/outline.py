"""What stands below what: the numbered blocks and headings that a place of the text is inside of.

In: a reading. Out: blocks.
"""

from docintel.extract.language.reading import Reading, once
from docintel.schema import Block, BlockKind
from docintel.text.fields import opens_with_label


def items_over(reading: Reading, offset: int) -> tuple[Block, ...]:
    """The blocks that a place stands below, the nearest first; one that opens an item begins with itself.

    Nothing tells whether the paragraphs behind the last item and its fields (责任单位:…) belong to it or close the
    document: they stand below none.
    """
    block = reading.block_at(offset)
    return _outline(reading)[block.start] if block else ()


@once
def _outline(reading: Reading) -> dict[int, tuple[Block, ...]]:
    """What each block stands below, by where it begins."""
    blocks, folded = reading.document.blocks, reading.folded
    of_items = (b.start for b in blocks if _opens_item(b) or opens_with_label(folded, b.start, b.end))
    last = max(of_items, default=-1)
    above: list[Block] = []
    found: dict[int, tuple[Block, ...]] = {}
    for block in blocks:
        if _opens_item(block):
            while above and above[-1].level >= block.level:
                above.pop()
            above.append(block)
        found[block.start] = tuple(reversed(above)) if block.start <= last else ()
    return found


def _opens_item(block: Block) -> bool:
    return block.kind is BlockKind.HEADING or bool(block.numbering)
