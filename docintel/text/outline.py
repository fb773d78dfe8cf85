"""Recognise the outline numbering of Chinese official prose.

In: a line or a paragraph. Out: the number it opens with, or the spans of the items it enumerates inline.
Levels: 1 `一、`, 2 `(一)`, 3 `1.`, 4 `(1)` and `一是`, 5 `①` and `第一,`; chapters, sections and articles of a
regulation are 1, 2 and 3. `首先,…其次,…` counts only inside a paragraph: at the start of one it is narration.
"""

import re
from typing import NamedTuple

from docintel.text.normalize import fold

_HAN = "一二三四五六七八九十百"
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")}
_SEQUENCE = {"首先": 1, "其次": 2, "再次": 3, "再者": 3, "最后": 4}
_LAST = "最后"

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
_INLINE = re.compile(
    rf"(?:^|(?<=[。;:,!?”\s]))"
    rf"(?:(?P<cardinal>[{_HAN}]{{1,2}})(?=是|要)"  # …,一是…;二是…
    rf"|第(?P<ordinal>[{_HAN}]{{1,2}})(?=,)"  # …强调,第一,…第二,…
    rf"|(?P<sequence>{'|'.join(_SEQUENCE)})(?=,))"
)
_INLINE_LEVEL = {"cardinal": 4, "ordinal": 5, "sequence": 5}


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


class InlineItem(NamedTuple):
    """One item of an inline enumeration; `start` is at its ordinal, `end` exclusive, `number` counts from 1."""

    start: int
    end: int
    level: int
    number: int


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


def inline_items(text: str) -> list[InlineItem]:
    """The items a paragraph enumerates inline, e.g. `一是…;二是…` or `第一,…第二,…`, in text order.

    A series starts at its first ordinal and counts up by one; a single ordinal is no series. An item ends where the
    next of its series, or of a series around it, begins. Series may nest (`第一,` inside `二要`).
    """
    markers = _drop_singles(_series(fold(text)))
    items = []
    for i, (start, level, number, _) in enumerate(markers):
        end = next((later[0] for later in markers[i + 1 :] if later[1] <= level), len(text))
        items.append(InlineItem(start, end, level, number))
    return items


def _series(folded: str) -> list[tuple[int, int, int, int]]:
    """Ordinals that open a series or continue one: start, level, number, number of the series."""
    markers = []
    last: dict[str, tuple[int, int]] = {}
    opened = 0
    for match in _INLINE.finditer(folded):
        family = match.lastgroup or ""
        word = match.group(family)
        number = _SEQUENCE[word] if family == "sequence" else han_number(word)
        before, series = last.get(family, (0, 0))
        if number == 1:
            opened += 1
            series = opened
        elif not before or (number != before + 1 and word != _LAST):
            continue
        last[family] = (number, series)
        markers.append((match.start(), _INLINE_LEVEL[family], number, series))
    return markers


def _drop_singles(markers: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    counts: dict[int, int] = {}
    for *_, series in markers:
        counts[series] = counts.get(series, 0) + 1
    return [marker for marker in markers if counts[marker[3]] > 1]
