"""The day that a document speaks on, which 今年, 上月 and 9月以来 are told from.

In: a reading. Out: the day of its dateline, of the line under its title or of its signature, else of publication.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from docintel.extract.language.reading import Reading
from docintel.schema import Block
from docintel.text.dates import find_periods

#: 本报青岚10月31日电
_DATELINE = re.compile(r"(?:\d{1,2}月)?\d{1,2}日(?=[电讯][^\u4e00-\u9fff]|电\s)")
_DATELINE_WITHIN = 400
#: How many blocks may stand before a date under the title, and behind one that signs.
_HEAD, _SIGNATURE = 8, 4
#: What opens a paragraph: (棠溪县卫生健康局办公室 2021年9月15日).
_BRACKETED = re.compile(r"\s*\([^()]{0,40}\)")
#: 《垦区先锋》2014年第11期: a month, or the end of the year where there are more of them.
_ISSUE = re.compile(r"》\s*(?P<year>(?:19|20)\d\d)年第(?P<issue>\d{1,2})期")
_MONTHS = 12
#: The longest line that is a by-line or signature, and how much of it may be no date where the page tells its own.
_LINE, _BESIDE = 80, 14
#: How long before it is published a document may have been written or a speech held.
_BEFORE = timedelta(days=31)
_A_DAY = 10


def present_of(reading: Reading) -> date | None:
    """The day that a document speaks on; None where no whole one is known."""
    published = day_of(reading.document.published)
    if published is None:
        return next((day for _, day in _dated_lines(reading)), None)
    if dateline := _DATELINE.search(reading.folded, 0, _DATELINE_WITHIN):
        told = find_periods(reading.folded, published, dateline.start(), dateline.end())
        if told and (day := day_of(told[0].iso)) and published - _BEFORE <= day <= published:
            return day
    alone = (day for beside, day in _dated_lines(reading) if beside <= _BESIDE)
    return next((day for day in alone if published - _BEFORE <= day <= published), published)


def _dated_lines(reading: Reading) -> Iterator[tuple[int, date]]:
    """The whole dates in the lines that sign a document, and in those about its title, with how much else they say."""
    blocks = reading.document.blocks
    for block in (*reversed(blocks[-_SIGNATURE:]), *blocks[:_HEAD]):
        yield from _dates_of(reading, block)


def _dates_of(reading: Reading, block: Block) -> Iterator[tuple[int, date]]:
    end = block.end
    if end - block.start > _LINE:
        bracketed = _BRACKETED.match(reading.folded, block.start, end)
        if not bracketed:
            return
        end = bracketed.end()
    length = end - block.start
    if issue := _ISSUE.search(reading.folded, block.start, end):
        yield length, date(int(issue["year"]), min(int(issue["issue"]) or 1, _MONTHS), 1)
    for period in find_periods(reading.folded, None, block.start, end):
        if len(period.iso) == _A_DAY and (day := day_of(period.iso)):
            yield length - (period.end - period.start), day


def day_of(written: str | None) -> date | None:
    """The day that is written in ISO form; None for what is no whole one."""
    try:
        return date.fromisoformat(written or "")
    except ValueError:
        return None
