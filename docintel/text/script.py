"""Traditional and Simplified script.

In: any text. Out: whether it is written in Traditional characters, and the same text in Simplified ones, character for
character, so that an offset into one is an offset into the other. Which character stands for which is OpenCC's table.
"""

import re
from functools import cache
from itertools import accumulate

#: Values of `Document.language`.
SIMPLIFIED, TRADITIONAL = "zh-Hans", "zh-Hant"
#: A text is Traditional when this share of its Chinese characters is: running text has about 0.4, a Simplified one that
#: names a person or a book in Traditional characters next to none.
_SHARE = 0.1
_BLOCKS = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000))
#: Characters that Simplified text has as well: 乾坤, 瞭望, 於 as a surname.
_BOTH = frozenset("乾瞭於徵藉麽苧醖")


def is_traditional(text: str) -> bool:
    """Whether a text is written in Traditional characters; False for one that only quotes a few."""
    if not _traditional().search(text):
        return False
    used = set(text)
    old = sum(map(text.count, used & _only_traditional()))
    new = accumulate(map(text.count, used & _only_simplified()))
    if not old or any(old <= count for count in new):
        return False
    return old >= _SHARE * sum("\u3400" <= char <= "\u9fff" for char in text)


def to_simplified(text: str) -> str:
    """The text with every Traditional character as its Simplified one; the length stays.

    A character is judged by itself: `乾` becomes `干` in `乾坤` too. Text in Simplified script comes back as it is.
    """
    return text if text.isascii() else text.translate(_table())


@cache
def _table() -> dict[int, str]:
    """Traditional character → Simplified one, where OpenCC knows one other character for it."""
    import opencc  # only who meets Chinese text pays for it

    convert = opencc.OpenCC("t2s").convert
    pairs = ((code, convert(chr(code))) for block in _BLOCKS for code in block)
    return {code: char for code, char in pairs if len(char) == 1 and char != chr(code)}


@cache
def _only_traditional() -> frozenset[str]:
    return frozenset(map(chr, _table())) - _BOTH


@cache
def _traditional() -> re.Pattern[str]:
    return re.compile(f"[{''.join(sorted(_only_traditional()))}]")


@cache
def _only_simplified() -> frozenset[str]:
    """Simplified characters that Traditional text does not have: 们, 国; but not 后, which it has for empresses."""
    return frozenset(char for char in set(_table().values()) if not _in_big5(char))


def _in_big5(char: str) -> bool:
    try:
        return bool(char.encode("big5"))
    except UnicodeEncodeError:
        return False
