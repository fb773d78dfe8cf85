"""The items of a notice: a headline that says who did what, and the facts behind it.

In: a reading. Out: the item each block of it belongs to.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from docintel.extract.language.reading import Reading, Sentence, once

_HEADLINE = re.compile(r"(?:问题|(?<![投归到立])案|案件)[。\"”]*$")
#: `1.`, `(二)`, `三、`, `——`, `●`, `案例一:` before an item
_NUMBERING = re.compile(
    r"(?:[(]?[0-9一二三四五六七八九十]{1,3}[)]?[.、]|[(][0-9一二三四五六七八九十]{1,3}[)]|[①-⑳]"
    r"|(?:典型)?案例[0-9一二三四五六七八九十]{1,3}[:、.]?|[-—–―─●■◆▲★※•·○◎□►▶]+)\s*"
)


@dataclass(frozen=True, slots=True)
class Item:
    """A stretch of the text that tells of one matter.

    Attributes:
        blocks: indexes into `Document.blocks`; two where the headline is a block of its own.
        start: first character, numbering left out.
        head: the first sentence.
        body: the sentences behind it.
        is_headed: the first sentence closes with 问题 or 案.
    """

    blocks: tuple[int, ...]
    start: int
    head: Sentence
    body: tuple[Sentence, ...]
    is_headed: bool

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences, the headline first."""
        return (self.head, *self.body)

    @property
    def end(self) -> int:
        """One past the last character."""
        return (self.body[-1] if self.body else self.head).end

    def holds(self, offset: int) -> bool:
        """Whether `offset` lies in the item."""
        return self.head.start <= offset < self.end


@once
def find_items(reading: Reading) -> tuple[Item, ...]:
    """The content as items, in text order: each block is one, or a headline of its own with the block behind it."""
    items: list[Item] = []
    for _, group in groupby(reading.sentences, key=lambda sentence: sentence.block):
        sentences = tuple(group)
        if items and items[-1].is_headed and not items[-1].body and not _is_headline(reading, sentences[0]):
            sentences = (items.pop().head, *sentences)
        items.append(_item(reading, sentences))
    return tuple(items)


def item_at(items: Sequence[Item], offset: int) -> Item:
    """The item that holds `offset`, of items in text order one of which does."""
    return items[bisect_right(items, offset, key=lambda item: item.head.start) - 1]


def skip_numbering(folded: str, start: int, end: int) -> int:
    """Where the words of `folded[start:end]` begin behind a number such as `1.` or `(二)`."""
    numbering = _NUMBERING.match(folded, start, end)
    return numbering.end() if numbering else start


def _item(reading: Reading, sentences: Sequence[Sentence]) -> Item:
    head, *body = sentences
    return Item(
        blocks=tuple(dict.fromkeys(sentence.block for sentence in sentences)),
        start=skip_numbering(reading.folded, head.start, head.end),
        head=head,
        body=tuple(body),
        is_headed=_is_headline(reading, head),
    )


def _is_headline(reading: Reading, sentence: Sentence) -> bool:
    return bool(_HEADLINE.search(reading.folded, sentence.start, sentence.end))
