"""What the words around a problem say of it: how far it is, and why it came to it.

In: folded text and a stretch of it. Out: places in it, a progress.
"""

import re

from docintel.schema import Progress
from docintel.text.fields import Span, labelled, trimmed

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
