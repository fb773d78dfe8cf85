"""Who is dealt with without a name: `分管门诊的副院长|被免职`, `街道的4名经办人员,|分别受到政务警告处分`.

In: the clauses of a sentence. Out: where it is said who they are, what they did, and what befell them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from docintel.extract.cases.sanctions import may_state, split_sanctions
from docintel.extract.language.items import skip_numbering
from docintel.extract.language.reading import Clause, Reading

Span = tuple[int, int]
_COUNT = r"(?:[0-9]++|[一二两三四五六七八九十]{1,3})余?(?:名|位|个(?=人))"
_OFFICE = (
    r"(?:书记|主任|主席|经理|总监|文书|会计|出纳|教练|负责人|责任人|经办人|工程师|医生|医师|药师|护士|教师|司机|门卫|护工"
    r"|(?<=[局处科股所院校园馆站队厅部镇乡县区市组庭行台库厂场班村护士事董])长|(?<![人成党全动委])员)"
)
_PEOPLE = rf"(?:{_OFFICE}|人员|干部|职工|党员|学员|人)"
#: What does not stand between the start of a clause and whom it is about.
_GAP = r"[^,。;:“”对将把给被受为让帮替向从以由用]"
#: An office (`分管门诊的副院长`), or some people (`街道的4名经办人员`).
_BODIES = (
    r"(?:[0-9]++|[一二两三四五六七八九十]{1,3})余?[家个支所座]"
    rf"(?={_GAP}{{0,12}}?(?:机构|企业|公司|单位|部门|支部|医院|学校|[药酒商饭][店商]|诊所|[商队站所台局校园厂社矿场]))"
)
#: Somebody in business who is told of without a name: `涉案药店|被吊销许可证`, `供应商|被列入失信名单`.
_BUSINESS = (
    rf"(?:{_GAP}{{2,20}}?(?:公司|企业)|{_GAP}{{0,12}}?(?:[供药承分苗投中]\w{{0,2}}商|药店|药房|诊所|酒店|饭店|厂家"
    r"|(?:监理|施工)单位|施工方|(?:中介|检测|代理|培训)机构))"
)
_AND_OTHERS = rf"{_GAP}{{2,20}}等(?:[0-9]+|[二两三四五六七八九十])人"
_WHO = (
    rf"(?P<who>{_GAP}{{0,30}}?"
    rf"(?:(?:{_COUNT}|{_BODIES}){_GAP}{{1,12}}?|{_OFFICE}|{_AND_OTHERS}|{_BUSINESS}))"
)
_REASON = r"(?:因为?(?P<reason>[^,。;因]{2,30}?))?"
_LINK = r"(?:也|均|都|全部|先后|分别|已|已经|目前|当天|当场|当即|依法|一并|视情节?)*"
_SUFFERED = rf"{_LINK}(?:被|受到|受|给予|予以|由)(?:[^,。;被]{{0,6}}?)"
#: `分管门诊的副院长|被|(免职)`, `7名护工|全部|(辞退)`
_AT_ONCE = re.compile(rf"{_WHO}{_REASON}(?:{_SUFFERED}|{_LINK})")
#: `康复科主任因把关不严|,被取消评优资格`, `两名工作人员领走礼券|,折价退款后被诫勉`
_FIRST = re.compile(
    rf"(?:{_WHO}{_REASON}|(?P<some>{_GAP}{{0,20}}?{_COUNT}{_GAP}{{0,6}}?{_PEOPLE})(?P<act>[^。;]{{4,}}))"
)
_THEN = re.compile(rf"(?:人|[^,。;被]{{2,8}}后)?{_SUFFERED}")
#: Nobody in particular, or somebody named before.
_VAGUE = re.compile(
    r"(?:该|其(?!他|余|中|所在)|这|此|上述|[两三](?:家|个)(?:单位|公司|企业)|身为|作为|有的|一些|一批|多名|部分|各|凡|任何)|.*(?:他|她|某些|以上|人次)"
)
_LEAD = re.compile(r"(?:并|且|而|目前|同时|此外|其中|另有|另外|另|还有|已有|今年|去年|截至目前)*")


@dataclass(frozen=True, slots=True)
class Unnamed:
    """Somebody without a name.

    Attributes:
        start: first character of who it is.
        who: the words that say it.
        told: what they did or are dealt with for; None where that is not said.
    """

    start: int
    who: Span
    told: Span | None


def unnamed_in(reading: Reading, clauses: Sequence[Clause]) -> Unnamed | None:
    """Who suffers the first sanction of the last clause; the clauses before it may say who that is.

    Args:
        reading: the document.
        clauses: of one sentence, none of which names people.
    """
    start, end = clauses[-1]
    sanctions = split_sanctions(reading.text[start:end]) if may_state(reading, start, end) else ()
    if not sanctions:
        return None
    stated = start + sanctions[0].start
    if match := _AT_ONCE.fullmatch(reading.folded, _skipped(reading, start, end), stated):
        return _unnamed(reading, match)
    if not _THEN.fullmatch(reading.folded, start, stated):
        return None
    for low, high in reversed(clauses[:-1]):
        match = _FIRST.fullmatch(reading.folded, _skipped(reading, low, high), high)
        if match:
            return _unnamed(reading, match)
    return None


def _skipped(reading: Reading, start: int, end: int) -> int:
    start = skip_numbering(reading.folded, start, end)
    lead = _LEAD.match(reading.folded, start, end)
    return lead.end() if lead else start


def _unnamed(reading: Reading, match: re.Match[str]) -> Unnamed | None:
    parts = match.groupdict()
    who = match.span("some" if parts.get("some") else "who")
    if _VAGUE.match(reading.folded, *who):
        return None
    told = next((part for part in ("reason", "act") if parts.get(part)), None)
    return Unnamed(match.start(), who, match.span(told) if told else None)
