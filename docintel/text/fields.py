"""The fields that officials write beside a problem: who answers for it, until when, how far it is, and why.

In: folded text in Simplified script, and a stretch of it: `责任单位:医务部;整改时限:6月底前`. Out: places in it.
"""

import re
from collections.abc import Iterator

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
