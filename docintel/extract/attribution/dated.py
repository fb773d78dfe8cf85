"""The dates and periods of a document, and which of them a figure can be of.

In: a reading. Out: `Period`s by place in the text. Word lists: `patterns/periods.toml`.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator

from docintel.extract.attribution.present import day_of, present_of
from docintel.extract.language.lexicon import alternation, load
from docintel.extract.language.reading import Reading
from docintel.text.dates import Period, find_periods
from docintel.text.normalize import fold
from docintel.text.numerals import parse_number

__all__ = ["ATTENDED", "CASE", "REST", "Dates", "any_of", "day_of", "is_stretch"]

_WORDS: dict[str, list[str]] = load("periods")
#: How many blocks back the beginning of a stretch may stand whose length is told.
_BLOCKS_BACK = 5
#: And how many characters.
_REACH = 2_000
#: Of how many dates before it.
_NEAR = 20


def any_of(name: str) -> str:
    """A group that matches any of the words of a list."""
    return rf"(?:{alternation(_WORDS[name])})"


#: Somebody came to a meeting: 43人参会, 12名站长参加.
ATTENDED = re.compile(rf"{any_of('attended')}|参加(?=[,。;\n]|$)")
#: The line that a case is opened with, which says what somebody did: …收受礼金问题。
CASE = re.compile(r"[^。\n]{4,120}(?:问题|案)[。\n]")
#: What is left of a number told before goes on with its time and owner, whoever is named between: 其余5件.
REST = re.compile(r"其余|另外|另有|剩下|余下|剩余")
_ATTRIBUTIVE = re.compile(rf"{any_of('attributive')}$")
_COMPARED = re.compile(rf"{any_of('compared')}$")
_COMPARED_BEHIND = re.compile(r"的?(?:同期|同比|相比)")
#: 6月底前: by then, so nothing else falls in it.
_DEADLINE = re.compile(r"(?:之|以)?前(?![后夕三])")
#: 2018年以来采购的|83台设备: the things counted are of that time.
_OF_THEN = re.compile(r"[^,。;\d]{0,12}的(?:\d[\d.,]*[万亿余多]?[^,。;\d]{1,10}、)?")
_COUNTED_OF_THEN = re.compile(r"[^,。;\d]{0,12}的\d")
#: In the title of a summary: …2016年工作总结|及2017年工作打算.
_AND_PLAN = re.compile(r"(?<=[结告况顾])(?:及|和|与|暨|、)[^及和与暨、]{0,12}(?:打算|计划|安排|思路|要点|规划|谋划)")
#: 近日, which is the year of publication and no closer.
_RECENT = re.compile(r"近日|日前|前不久|不久前|前几天|前些天|前些日子")
#: What they open is a notice, whose cases are of any time: 近日,…通报了5起.
_NOTICE_REACH = 160
_NOTICE = re.compile(r"通报|公布|公开|曝光|发布")
#: 对各县(区)|2020年至2022年|建设情况进行了审计: what is audited is of that time.
_EXAMINED = re.compile(r"[^,。;\d]{0,24}(?:情况|项目|资金|账目|工作|问题|数据|处方|病历|合同)?(?:进行|开展|实施)了?")
_OBJECT = re.compile(r"(?<![面针])对[^,。;]{0,60}$")
_LENGTH = re.compile(rf"(?:为期|{any_of('campaigns')})(?P<months>[一二两三四五六七八九十\d]{{1,2}})个(?:多)?月")


class Dates:
    """Every date and period of a document, in text order.

    Attributes:
        anchor: the day that the document speaks on; None where no whole one is known.
        title: the folded title, without the plan that a summary is told together with.
        of_plan: the document is about what is to come.
    """

    def __init__(self, reading: Reading) -> None:
        document = reading.document
        self._reading = reading
        self._folded = reading.folded
        self.anchor = present_of(reading)
        self.title = _AND_PLAN.sub("", fold(document.title))
        self.of_plan = bool(re.search(any_of("plans"), self.title))
        self._periods: list[Period] = []
        for block in document.blocks:
            self._periods += find_periods(reading.folded, self.anchor, block.start, block.end, ahead=self.of_plan)
        self._starts = [period.start for period in self._periods]
        if added := [*self._lengths(), *self._recent()]:
            self._periods = sorted((*self._periods, *added), key=lambda period: period.start)
            self._starts = [period.start for period in self._periods]

    def within(self, start: int, end: int) -> list[Period]:
        """Those that begin in `[start, end)`."""
        return self._periods[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def binds(self, period: Period, offset: int) -> bool:
        """Whether a period may be that of a figure behind it, and is not what the figure is measured by."""
        low, text = max(0, period.start - 4), self._folded
        if _COMPARED.search(text, low, period.start) or _COMPARED_BEHIND.match(text, period.end):
            return False
        if text[period.end : period.end + 1] == "的" and text[period.start - 1 : period.start] in "由从":
            return not any(char.isdigit() for char in text[period.end : offset])
        if _EXAMINED.match(text, period.end) and _OBJECT.search(text, max(0, period.start - 64), period.start):
            return False
        if is_stretch(period) and (
            _OF_THEN.fullmatch(text, period.end, offset) or (offset == period.end and text[offset].isdigit())
        ):
            return True
        return text[period.end : period.end + 1] == "," or not _ATTRIBUTIVE.search(text, low, period.start)

    def counts_things_of(self, period: Period) -> bool:
        """Whether a number of things of that time follows: 把|2021年以来的1437个项目."""
        return is_stretch(period) and bool(_COUNTED_OF_THEN.match(self._folded, period.end))

    def is_recent(self, period: Period) -> bool:
        """Whether it says no more than that it was not long ago."""
        return bool(_RECENT.match(self._folded, period.start))

    def is_deadline(self, period: Period) -> bool:
        """Whether something is to be done by then, so that nothing else falls in it."""
        return bool(_DEADLINE.match(self._folded, period.end))

    def _recent(self) -> Iterator[Period]:
        """The year of publication where the text says 近日 of anything but a notice."""
        if self.anchor is None:
            return
        for match in _RECENT.finditer(self._folded):
            sentence = self._reading.sentence_at(match.start())
            if sentence and not _NOTICE.search(
                self._folded, match.end(), min(sentence.end, match.end() + _NOTICE_REACH)
            ):
                yield Period(*match.span(), f"{self.anchor:%Y}")

    def _lengths(self) -> Iterator[Period]:
        """Stretches told by their beginning and their length: 4月初部署,…集中整治三个月."""
        blocks = self._reading.document.blocks
        for match in _LENGTH.finditer(self._folded):
            sentence = self._reading.sentence_at(match.start())
            if sentence is None:
                continue
            low = max(blocks[max(0, sentence.block - _BLOCKS_BACK)].start, match.start() - _REACH)
            months = (p.iso[:7] for p in reversed(self.within(low, match.start())[-_NEAR:]) if p.iso[4:5] == "-")
            if first := next(months, None):
                last = int(first[:4]) * 12 + int(first[5:]) - 1 + int(parse_number(match["months"]) or 0)
                yield Period(sentence.start, sentence.start, f"{first}/{last // 12}-{last % 12 + 1:02}")


def is_stretch(period: Period) -> bool:
    """Whether a period is no point in time."""
    return period.since or "/" in period.iso
