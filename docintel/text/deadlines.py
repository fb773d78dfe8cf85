"""Until when something is to be done: 6月底前, 一个月内, 年内.

In: folded text in Simplified script, and a stretch of it. Out: the words, and the last day that they leave.
"""

import re
from calendar import monthrange
from datetime import date, timedelta

from docintel.text.dates import find_periods
from docintel.text.fields import Span
from docintel.text.numerals import parse_number

_MONTH = r"(?:1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月份?"
_YEAR = r"(?:20\d\d年|今年|明年|本年|当年|次年)"
_BEFORE = r"(?:之前|以前|前)"
_MANY = r"\d{1,3}|[一二两三四五六七八九十百半]{1,5}"
_BY_WHEN = re.compile(
    rf"(?<![去上\d])(?<!去年)(?<!上年)(?:(?:{_YEAR})?{_MONTH}(?:\d{{1,2}}[日号]|[底末初]|[上中下]旬)?{_BEFORE}"
    rf"|(?:{_YEAR})?(?:年[底末]|上半年|第?[一二三四]季度末?){_BEFORE}|20\d\d年[底末]?{_BEFORE}"
    rf"|(?:本|当|这个?|下个?)[周月](?:[底末初]|[上中下]旬)?{_BEFORE}"
    rf"|(?<![近去前\d])(?:{_MANY})个?(?:工作日|天|日|周|星期|月|年)(?:之内|以内|内)(?!部|科)"
    r"|(?<![\d一二两三四五六七八九十百几多近半])年内)"
)
#: 每年3月底前 is a rhythm.
_RHYTHM = re.compile(r"(?:每(?:年度?|半年|个?季度?|个?月|周|学期|学年)|逐[年季月])[^,。;:\n]{0,8}$")
#: Of what was until then, and not of what is to be done: 2020年以前的合同, 2018年前欠缴的社保, 年内发生的问题.
_OF_THE_PAST = re.compile(
    r"\s*(?:[\u4e00-\u9fff]{0,2}的|(?:已经?|未经?|尚未)|(?:发生|存在|遗留|欠缴|欠付|拖欠|违规|违反|违纪|违法|超[发标])"
    r"|(?:形成|签订|签署|立项|发放|购置|入职)[\u4e00-\u9fff]{1,4}的)"
)
#: What a field says that leaves it open, or is past: 完成时限:—, 完成时限:已完成.
_NO_DAY = re.compile(
    r"[\W_]*|(?:已|均已|全部|已全部)?(?:完成|整改|办结|落实|销号)(?:到位|完毕|完成)?|无|暂无|不涉及|待定|未定|同上"
)
_TERM = re.compile(rf"(?:{_MANY})个?(?:年|月|天|日|周)")
_BARE_LABEL = re.compile(r"(?<![\u4e00-\u9fff])[期时]限\s*:\s*$")
_WITHIN = re.compile(rf"(?P<many>{_MANY})个?(?P<of>工作日|天|日|周|星期|月|年)(?:之|以)?内")
_THIS_OR_NEXT = re.compile(r"(?P<which>本|当|这个?|下个?)(?P<of>[周月])(?P<part>[底末初]|[上中下]旬)?")
#: The last day of a part of a month.
_PARTS = {"初": 10, "上旬": 10, "中旬": 20}
_YEAR_MONTH = re.compile(r"(20\d\d)[./-](1[0-2]|0?[1-9])(?![\d./-])")


def by_when(folded: str, start: int, end: int) -> Span | None:
    """The deadline that a stretch names: 6月底前, 一个月内."""
    for match in _BY_WHEN.finditer(folded, start, end):
        low, high = match.span()
        if not _RHYTHM.search(folded, max(0, low - 16), low) and not _OF_THE_PAST.match(folded, high):
            return low, high
    return None


def sets_day(folded: str, span: Span) -> bool:
    """Whether what a field of deadlines says is one: 完成时限:— is none, nor how long something holds, 期限:三年."""
    is_term = _TERM.fullmatch(folded, *span) and _BARE_LABEL.search(folded, max(0, span[0] - 8), span[0])
    return not is_term and not _NO_DAY.fullmatch(folded, *span)


def due_day(folded: str, span: Span, anchor: date | None) -> date | None:
    """The last day that a deadline leaves; None where its words set none, or none can be told without an anchor.

    Args:
        anchor: the day of publication.
    """
    if "每" in folded[slice(*span)]:
        return None
    if within := _WITHIN.search(folded, *span):
        return _later(anchor, within["many"], within["of"]) if anchor else None
    if anchor and (named := _THIS_OR_NEXT.search(folded, *span)):
        return _end_of(anchor, named)
    if periods := find_periods(folded, anchor, *span, ahead=True):
        return max(_last_day(period.iso.rpartition("/")[2]) for period in periods)
    if match := _YEAR_MONTH.search(folded, *span):
        return _last_day(f"{match[1]}-{int(match[2]):02}")
    is_year_end = re.search(r"(?<![\d])年[底末内]", folded[slice(*span)])
    return date(anchor.year, 12, 31) if anchor and is_year_end else None


def _last_day(iso: str) -> date:
    parts = [int(part) for part in iso.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    return date(year, month, parts[2] if len(parts) > 2 else monthrange(year, month)[1])


def _end_of(anchor: date, named: re.Match[str]) -> date:
    """The last day of this or the next week or month, or of a part of it."""
    following = named["which"].startswith("下")
    if named["of"] == "周":
        return anchor + timedelta(days=6 - anchor.weekday() + 7 * following)
    first = (anchor.replace(day=1) + timedelta(days=31 * following)).replace(day=1)
    return first.replace(day=_PARTS.get(named["part"] or "", monthrange(first.year, first.month)[1]))


def _later(anchor: date, many: str, of: str) -> date:
    """Working days are counted as such, holidays aside."""
    number = 0.5 if many == "半" else parse_number(many) or 1
    if of in ("月", "年"):
        if number < 1:
            return anchor + timedelta(days=15 if of == "月" else 183)
        month = anchor.month - 1 + int(number) * (12 if of == "年" else 1)
        year, month = anchor.year + month // 12, month % 12 + 1
        return date(year, month, min(anchor.day, monthrange(year, month)[1]))
    if of == "工作日":
        day = anchor
        for _ in range(int(number)):
            day += timedelta(days=1 if day.weekday() < 4 or day.weekday() == 6 else 7 - day.weekday())
        return day
    return anchor + timedelta(days=int(number * (7 if of in ("周", "星期") else 1)))
