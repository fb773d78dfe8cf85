"""Numbers that are dealt out over an enumeration: `青岚、云溪两县分别整改23个、17个`.

In: a reading, a sentence and its counts. Out: for each such number, by where it starts, the member it belongs to.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from docintel.extract.language.reading import Reading, Sentence, within
from docintel.extract.language.wording import Span
from docintel.extract.statistics.counts import Count
from docintel.text.numerals import parse_number

_CUE = re.compile("分别|依次")
#: What is said of the members together ends their enumeration: 位列前两位.
_SAID = re.compile("位列|位居|排名|居于|居|均|都|各|共")
#: 三类问题, 两县: how many there are, of what sort, and what they share.
_SIZE = re.compile(
    r"(?P<member>[^、]*?)(?P<number>[两二三四五六七八九十\d]{1,3})(?:个)?"
    r"(?P<sort>大?类|种|项|家|县|市|区|省|州|镇|乡|村|街道|院|所|校|地|级|名|人|条|方面|环节|领域|单位|部门|岗位|科室)(?:的)?(?P<shared>.*)"
)
_PLACES = frozenset("县市区省州镇乡村地") | {"街道"}
_UNITS = _PLACES | {"家", "院", "所", "校", "单位", "部门", "科室"}
_UNIT_END = re.compile(r"(?:[省市县区州镇乡村局委厅办院校]|街道|公司|集团|中心|支队|大队|科室|科|机关|支部|党委)$")
_SEPARATORS = (re.compile("、"), re.compile("[、和及与]|以及"))
#: How many clauses before the cue the enumeration may stand.
_CLAUSES_BACK = 2
#: No enumeration is longer.
_MOST = 30


@dataclass(frozen=True, slots=True)
class Member:
    """One of those that the numbers are dealt out to.

    Attributes:
        span: where its words stand.
        name: its words, with the sort that follows the last of them (`青岚县` of `青岚、云溪两县`).
        is_unit: a place or an organisation, whose figure the number is; else it is what is counted.
        index: which of them it is, of how many.
        shared: what all members have a number of (`整改率`, `问题`); empty where nothing is said.
    """

    span: Span
    name: str
    is_unit: bool
    shared: str
    index: int
    of: int


def distribute(reading: Reading, sentence: Sentence, counts: Sequence[Count]) -> Mapping[int, Member]:
    """The members of a sentence's numbers, by where the number starts."""
    found: dict[int, Member] = {}
    if len(counts) < 2:
        return found
    for clause in sentence.clauses:
        cue = _CUE.search(reading.folded, clause.start, clause.end)
        if cue is None:
            continue
        first = bisect_left(counts, cue.end(), key=lambda count: count.quantity.start)
        run = [*counts[first : first + 1], *takewhile(lambda count: count.goes_on, counts[first + 1 : first + _MOST])]
        run = [count for count in run if count.quantity.start < clause.end]
        if len(run) > 1:
            members = _members(reading, sentence, (clause.start, cue.start()), len(run))
            found |= {count.quantity.start: member for count, member in zip(run, members, strict=False)}
    return found


def _members(reading: Reading, sentence: Sentence, zone: Span, size: int) -> Sequence[Member]:
    """The members of the enumeration nearest before the cue that has as many as there are numbers."""
    zones = [zone]
    if _trimmed_end(reading, *zone) <= zone[0]:
        at = bisect_left(sentence.clauses, zone[0], key=lambda clause: clause.start)
        zones = [(clause.start, clause.end) for clause in sentence.clauses[max(0, at - _CLAUSES_BACK) : at]][::-1]
    for start, end in zones:
        said = _SAID.search(reading.folded, start, end)
        members = list(_enumerated(reading, start, said.start() if said else end, size))
        if len(members) == size:
            return members
    return ()


def _enumerated(reading: Reading, start: int, end: int, size: int) -> Iterator[Member]:
    end = _trimmed_end(reading, start, end)
    for separator in _SEPARATORS:
        cuts = [match.span() for match in separator.finditer(reading.folded, start, end)]
        spans = list(zip([start, *(high for _, high in cuts)], [*(low for low, _ in cuts), end], strict=True))
        if len(spans) == size:
            members = list(_told_apart(reading, spans))
            yield from (members if all(_is_member(reading, member) for member in members) else ())
            return


def _is_member(reading: Reading, member: Member) -> bool:
    """Whether a piece of an enumeration can have a number: no person, no means (`重复过磅等方式`), no number itself."""
    labels = {word.label for word in within(reading.words, *member.span)}
    return not (labels & {"m", "p"} or ("PER" in labels and not member.is_unit) or "等" in member.name)


def _told_apart(reading: Reading, spans: list[Span]) -> Iterator[Member]:
    """The members, the first without what leads up to it, the last without what all share."""
    spans[0] = _trimmed_start(reading, *spans[0])
    low, high = spans[-1]
    sized = _SIZE.fullmatch(reading.folded[low:high])
    sort, shared = "", ""
    if sized and parse_number(sized["number"]) == len(spans) and sized["member"]:
        sort, shared, high = sized["sort"], sized["shared"], low + sized.end("member")
    elif (words := within(reading.words, low, high)) and words[0].label in ("LOC", "ORG") and len(words) > 1:
        high = words[0].end
        shared = reading.text[high : spans[-1][1]].strip("的")
    spans[-1] = low, high
    names = [reading.text[slice(*span)].strip("“”") for span in spans]
    is_unit = sort in _UNITS or all(_is_unit(reading, span) for span in spans)
    suffix = sort if sort in _PLACES - {"地"} else ""
    for i, (span, name) in enumerate(zip(spans, names, strict=True)):
        if span[0] < span[1] and name:
            full = name if name.endswith(suffix) else name + suffix
            yield Member(span, full, is_unit, shared, i, len(spans))


def _is_unit(reading: Reading, span: Span) -> bool:
    words = within(reading.words, *span)
    named = len(words) == 1 and words[0].label in ("LOC", "ORG")
    return named or _UNIT_END.search(reading.folded, *span) is not None


def _trimmed_end(reading: Reading, start: int, end: int) -> int:
    """The end of a zone without the words for when and how behind the enumeration (`今年`, `的数量`)."""
    words = [word for word in within(reading.words, start, end) if word.text.strip() and word.end <= end]
    while words and (
        words[-1].label in ("TIME", "d", "p", "u", "c") or words[-1].text in (",", "数量", "情况", "同比", "环比")
    ):
        words.pop()
    return words[-1].end if words else start


def _trimmed_start(reading: Reading, start: int, end: int) -> Span:
    """A first member without what leads up to it: `全国查处的违规收送礼品` begins behind 的, `其中采购` behind 其中."""
    cut = reading.folded.rfind("的", start, end - 1)
    start = cut + 1 if cut >= 0 else start
    words = [word for word in within(reading.words, start, end) if word.text.strip()]
    for word, following in pairwise(words):
        if word.label not in _LEADING_LABELS and word.text not in _LEADING:
            break
        start = following.start
    return start, end


_LEADING_LABELS = frozenset({"TIME", "d", "c", "p", "f", "r", "w"})
_LEADING = frozenset({"全市", "全省", "全县", "全区", "全国", "全院", "我市", "我省", "我县", "其中"})
