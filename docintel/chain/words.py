"""What the words around a problem say of it: who answers for it, until when, how far it is, and why it came to it.

In: folded text and a stretch of it. Out: places in it, a day, a progress.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from docintel.schema import Progress
from docintel.text.dates import find_periods
from docintel.text.numerals import parse_number

Span = tuple[int, int]

UNIT_LABEL = (
    r"(?:第一|主要)?(?:责任|牵头|主责|承办|整改|配合|协办|落实)(?:责任)?(?:单位|部门|科室|处室|股室|机构|主体|支部)"
    r"(?:[及和/、]?(?:责任|负责)人)?"
)
DEADLINE_LABEL = (
    r"(?:整改|完成|办结|落实|销号|计划|预计|要求)*(?:时限|期限|限期|时间节点)(?:要求)?"
    r"|(?:整改|办结|销号|(?:计划|预计|拟|整改)?完成)(?:时间|日期)"
)
STATE_LABEL = (
    r"(?:整改|完成|落实|办理|目前|当前|销号|推进|工作)*(?:状态|进度|进展|结果|成效)(?:情况)?"
    r"|(?:整改)?(?:完成|销号|落实)情况"
)
CAUSE_LABEL = r"(?:问题)?(?:产生|存在|主要|深层次?)?(?:的)?(?:原因|根源)(?:分析|剖析|查找)?"
_LABELS = f"{UNIT_LABEL}|{DEADLINE_LABEL}|{STATE_LABEL}|{CAUSE_LABEL}"
_ANY_LABEL = rf"(?:{_LABELS}|(?:整改|责任|具体|分管|牵头|包保)?(?:措施|情况|举措|领导|责任人|负责人|目标))\s*:"
#: What a label says goes on to the next label, a semicolon or the end of the line; brackets inside belong to it.
_VALUE = rf"\s*:\s*(?P<value>(?:\([^()\n]*\)|[^;。\n()])+?)(?=[;。\n)]|[\s,、]*{_ANY_LABEL}|\s*$)"
_NAMED = {
    name: re.compile(rf"(?<![\u4e00-\u9fff])(?:{label}){_VALUE}", re.M)
    for name, label in (
        ("unit", UNIT_LABEL),
        ("deadline", DEADLINE_LABEL),
        ("state", STATE_LABEL),
        ("cause", CAUSE_LABEL),
    )
}
_OPENS_WITH_LABEL = re.compile(rf"[(\s]*{_ANY_LABEL}")
_WHO_OR_WHEN = re.compile(rf"(?:{UNIT_LABEL}|{DEADLINE_LABEL})\s*:")
_CLOSING = " \n\t,、;。:"

_OPEN = re.compile(
    r"^(?:否|×|✗|x)$|未(?:能)?(?:按期|如期|按时|全部)?(?:完成|整改|启动|销号|开展|落实|办结|到位)(?!的)|尚未|没有完成|没(?:做|改|办|干|补|退|处理)(?:完|好|妥)|待(?:整改|启动|办)"
)
#: Some of it done: 改了一半, 已完成80%; what is done beside what is not: 已整改3个,未整改2个.
_IN_PART = re.compile(
    r"一半|过半|大半|(?:^|完成|整改|办结|进度)[了率达约到进度:]{0,3}\d{1,2}(?:\.\d+)?%|[一二三四五六七八九]成(?!员|立|效)"
)
_SOME_DONE = re.compile(
    r"(?<!未)(?:已|完成)(?:经|全部)?(?:完成|整改|销号|办结|落实|解决|改)?了?[1-9]\d*[个项条件处家]|其余|余下|剩余|剩下"
)

_DONE = re.compile(
    r"^(?:是|√|✓|✔|100%|完成|立行立改)$|(?:已|均已|全部)(?:全部|经|按期|如期)?(?:完成|整改|销号|办结|落实|到位|解决)(?!\d)"
    r"|(?<!基本)(?<!部分)(?:完成整改|整改完成|整改到位|整改完毕|办结|销号)"
    r"|100%|(?<![没未整])(?<!基本)(?<!部分)(?:做|改|办|干|补|退|处理)(?:完|好|妥)了?$"
)
_ONGOING = re.compile(r"基本|阶段性|持续|长期|推进|正在|部分|逐步|常态化|整改中|进行中|办理中|^\d{1,2}%$")
#: A line, or a closing sentence, that only says how far: `(已完成)`, `该项整改将长期坚持`.
_LONGEST_STATE = 16
_BRACKETED = re.compile(r"\(([^()\n]{2,16})\)\s*$")

_CAUSES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:究其|主要|根本|深层次?|直接)?原因(?:在于|就是|主要是|主要在于|是)(?!什么|否)[:,]?(?P<why>[^。;\n]{3,120})",
        r"(?:根源|症结|根子|病根)(?:就?在于?|出在)(?!哪|何)[:,]?(?P<why>[^。;\n]{3,120})",
        r"由于(?P<why>[^,。;\n]{3,80})",
        r"(?<![\u4e00-\u9fff])(?P<why>受[^,。;\n]{2,24}(?:限制|影响|制约))",
        r"因(?![此为而果])(?P<why>[^,。;:\n]{4,40}),(?:导致|造成|致使|尚|未|无法|没有|仍|暂)",
    )
)

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
_WITHIN = re.compile(rf"(?P<many>{_MANY})个?(?P<of>工作日|天|日|周|星期|月|年)(?:之|以)?内")
_THIS_OR_NEXT = re.compile(r"(?P<which>本|当|这个?|下个?)(?P<of>[周月])(?P<part>[底末初]|[上中下]旬)?")
#: The last day of a part of a month.
_PARTS = {"初": 10, "上旬": 10, "中旬": 20}
_YEAR_MONTH = re.compile(r"(20\d\d)[./-](1[0-2]|0?[1-9])(?![\d./-])")


def labelled(folded: str, start: int, end: int, name: str) -> Iterator[Span]:
    """What a label says in a stretch: `unit`, `deadline`, `state` or `cause`."""
    for match in _NAMED[name].finditer(folded, start, end):
        if span := trimmed(folded, *match.span("value")):
            yield span


def opens_with_label(folded: str, start: int, end: int) -> bool:
    """Whether a block begins with a label: `责任单位：…`."""
    return bool(_OPENS_WITH_LABEL.match(folded, start, end))


def says_who_or_when(folded: str, start: int, end: int) -> bool:
    """Whether a stretch is a field of who answers for something or by when: `责任单位：…`, `完成时限：…`."""
    return bool(_WHO_OR_WHEN.match(folded, start, end))


def trimmed(folded: str, start: int, end: int) -> Span | None:
    """The stretch without white space and closing marks around it; None when nothing is left."""
    while start < end and folded[start] in _CLOSING:
        start += 1
    while start < end and folded[end - 1] in _CLOSING:
        end -= 1
    return (start, end) if start < end else None


def pieces(folded: str, start: int, end: int) -> Iterator[Span]:
    """The names of a list: 医务部、制剂室."""
    at = start
    for match in re.finditer(r"[、;\n]|[,\s](?=[\u4e00-\u9fff]{2})|\Z", folded[start:end]):
        if span := trimmed(folded, at, start + match.start()):
            yield span
        at = start + match.end()


def progress_of(words: str) -> Progress | None:
    """How far a few words say that it is; None when they do not."""
    words = re.sub(r"\s", "", words)
    if "逾期" in words:
        return Progress.OVERDUE
    if _OPEN.search(words):
        under_way = _IN_PART.search(words) or _SOME_DONE.search(words) or re.search("正在|推进|整改中", words)
        return Progress.ONGOING if under_way else Progress.OPEN
    if _IN_PART.search(words):
        return Progress.ONGOING
    if _DONE.search(words):
        return Progress.DONE
    return Progress.ONGOING if _ONGOING.search(words) else None


def told_progress(folded: str, start: int, end: int) -> Span | None:
    """The words of a stretch that only say how far it is: a label, a bracket at its end, or a closing sentence."""
    for span in labelled(folded, start, end, "state"):
        if span[1] - span[0] <= _LONGEST_STATE and progress_of(folded[slice(*span)]):
            return span
    stretch = folded[start:end].rstrip()
    if (match := _BRACKETED.search(stretch)) and progress_of(match[1]):
        return start + match.start(1), start + match.end(1)
    closing = stretch.rstrip("。")
    low = start + max(closing.rfind(mark) for mark in "。;\n") + 1
    words = folded[low : start + len(closing)]
    bare = re.fullmatch(
        r"(?:该|此|目前|现|上述)?(?:项|问题)?(?:整改)?(?:工作|任务|问题)?[,已均将需正]*(?:[^,]{0,4})"
        r"(?:完成|整改|销号|办结|坚持|推进|到位)[^,。]{0,4}",
        words,
    )
    return (low, start + len(closing)) if bare and len(words) <= _LONGEST_STATE and progress_of(words) else None


def cause_in(folded: str, start: int, end: int) -> Span | None:
    """The words of a stretch that say why: behind 由于, 原因是, 根源在于, or of a label."""
    named = next(labelled(folded, start, end, "cause"), None)
    if named:
        return named
    found = (match for pattern in _CAUSES if (match := pattern.search(folded, start, end)))
    first = min(found, key=lambda match: match.start(), default=None)
    return trimmed(folded, *first.span("why")) if first else None


def by_when(folded: str, start: int, end: int) -> Span | None:
    """The deadline that a stretch names: 6月底前, 一个月内."""
    match = _BY_WHEN.search(folded, start, end)
    return match.span() if match else None


def due_day(folded: str, span: Span, anchor: date | None) -> date | None:
    """The last day that a deadline leaves; None where its words set none, or none can be told without an anchor.

    Args:
        anchor: the day of publication.
    """
    if within := _WITHIN.search(folded, *span):
        return _later(anchor, within["many"], within["of"]) if anchor else None
    if anchor and (named := _THIS_OR_NEXT.search(folded, *span)):
        return _end_of(anchor, named)
    if periods := find_periods(folded, anchor, *span, ahead=True):
        return max(_last_day(period.iso.rpartition("/")[2]) for period in periods)
    if match := _YEAR_MONTH.search(folded, *span):
        return _last_day(f"{match[1]}-{int(match[2]):02}")
    if anchor and re.search(r"(?<![\d])年[底末内]", folded[slice(*span)]):
        return date(anchor.year, 12, 31)
    return None


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
