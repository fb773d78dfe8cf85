"""Recognise the outline numbering of Chinese official prose.

In: a line. Out: the number it opens with, and the value of such a number.
Levels: 1 `一、`, 2 `(一)`, 3 `1.`, 4 `(1)` and `一是`, 5 `①` and `第一,`; chapters, sections and articles of a
regulation are 1, 2 and 3. `首先,…其次,…` is no numbering: at the start of a paragraph it is narration.
"""

import re
from typing import NamedTuple

from docintel.text.normalize import fold

_HAN = "一二三四五六七八九十百"
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")}

#: (level, pattern over folded text), tried in order at the start of a line.
_LINE_NUMBERS = [
    (1, re.compile(rf"第[{_HAN}]{{1,5}}章")),  # 第三章 监督检查
    (2, re.compile(rf"第[{_HAN}]{{1,5}}节")),
    (3, re.compile(rf"第[{_HAN}]{{1,5}}条(?![例件目款])")),  # 第十二条 各单位应当…
    (1, re.compile(rf"[{_HAN}]{{1,4}}、")),  # 一、正视存在问题
    (2, re.compile(rf"\([{_HAN}]{{1,4}}\)、?|[㈠-㈩]")),  # (一)加强学习
    (3, re.compile(r"\d{1,3}(?:\.(?!\d)|、)")),  # 1.完善制度; not 1.5万元
    (4, re.compile(r"\(\d{1,3}\)|\d{1,2}\)")),  # (1)健全台账
    (4, re.compile(rf"[{_HAN}]{{1,2}}(?:是|要)")),  # 一是研究制定方案
    (5, re.compile(rf"(?:第[{_HAN}]{{1,2}}|其[一二三四五])(?=[,、:])")),  # 第一,
]
_OPENERS = frozenset(f"{_HAN}第其(0123456789㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩")
_CIRCLED = re.compile(r"[①-⑳]")


class Numbering(NamedTuple):
    """The number a line opens with.

    Attributes:
        text: as written, e.g. `(一)`, without the comma behind `第一`.
        level: 1 to 5.
        length: characters it takes.
    """

    text: str
    level: int
    length: int


def numbering(line: str) -> Numbering | None:
    """The outline number at the very start of `line`; None when it opens with none."""
    if circled := _CIRCLED.match(line):
        return Numbering(circled.group(), 5, 1)
    folded = fold(line[:12])
    if folded[:1] not in _OPENERS:
        return None
    for level, pattern in _LINE_NUMBERS:
        if match := pattern.match(folded):
            return Numbering(line[: match.end()], level, match.end())
    return None


def han_number(numeral: str) -> int:
    """The value of a numeral up to 99 as outlines write it: `十二` → 12, `二十` → 20."""
    tens, ten, ones = numeral.rpartition("十")
    value = _DIGITS.get(ones, 0)
    return value + 10 * _DIGITS.get(tens, 1) if ten else value
