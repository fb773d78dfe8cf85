"""Statistics: every number that counts something, with what it counts, for whom and when.

In: a reading and the units it mentions. Out: `Statistic` records in text order, one a figure.
"""

import re
from collections import defaultdict, deque
from dataclasses import replace

from docintel.extract.attribution.attribution import Attribution
from docintel.extract.language.decisions import Decision
from docintel.extract.language.phrases import Where
from docintel.extract.language.reading import Reading
from docintel.extract.language.wording import Span
from docintel.extract.statistics.column_headings import column_headings
from docintel.extract.statistics.counted import HOUSES, Counted, resolve
from docintel.extract.statistics.counts import Count, find_counts, grammar, under_heading
from docintel.extract.statistics.distribution import Member, distribute
from docintel.extract.statistics.metrics import MetricChoice, metric_of
from docintel.schema import Ground, Metric, Statistic

#: Longest stretch quoted behind a number when its noun phrase ends earlier.
_QUOTE_TAIL = 18
#: Longest stretch quoted before a number when an enumeration leads up to it.
_QUOTE_HEAD = 40
#: Longest stretch on either side of a number that is asked what it counts.
_CUE_REACH = 200

#: 收取800元|至1500元: the other end of a range is quoted with the first.
_TO = re.compile(r" ?[至到~-] ?\d[\d.,]*[万亿]? ?(?:元|%|[\u4e00-\u9fff]{1,2})")
#: With how many figures before of the same number a figure is compared.
_EQUAL = 200
#: Before a number that the one before is measured by.
_BASE = re.compile(r"[与和同跟较比](?:去年|上年度?|上一年度?|前一年)(?:同期)?的?$")
#: Before a number that only tells by how much two others differ: 比去年同期的40件多|16件.
_DIFFERENCE = re.compile(
    r"[与和同跟较比](?:去年|上年|上一年|前一年|前年|上半年|上季度|上个?月|(?:19|20)\d\d年)[^,。;]{0,16}"
    r"(?:多|少|增加|减少|增长|上升|下降)了?$"
)
_MEASURED_WITHIN = 32
#: Before and behind a number that was told before.
_TOLD_BEFORE = re.compile(r"(?:[\u4e00-\u9fff]{2}的|第[一二三四五六七八九十]笔|[这那]笔?) ?$")
_TOLD_WITHIN = 5
_TAKEN_APART = re.compile(r"[^,。;\d]{0,8}中(?:,|有)")
#: Smaller numbers are told of other things behind such words too.
_TOLD_ANEW = 30
#: Two equal numbers that are not smaller are seldom of different things of one name.
_TOLD_APART = 10


def find_statistics(reading: Reading, attribution: Attribution) -> tuple[Statistic, ...]:
    """The statistics of a document.

    Args:
        attribution: says whose a figure is, where and when.
    """
    found: list[Statistic] = []
    equal: defaultdict[tuple[float | None, str], deque[Statistic]] = defaultdict(lambda: deque(maxlen=_EQUAL))
    headings = column_headings(reading, grammar())
    counted: Counted | None = None
    house: Decision[str | None] | None = None
    block = -1
    previous: Statistic | None = None
    for sentence in reading.sentences:
        counts = list(find_counts(reading, sentence))
        members = distribute(reading, sentence, counts)
        heading = headings.get(sentence.start) if len(counts) == 1 else None
        if heading is None or "\n" in reading.text[previous.evidence.end if previous else 0 : sentence.start]:
            counted = previous = None
        if sentence.block != block:
            house, block = None, sentence.block
        counts = [under_heading(reading, count, heading) for count in counts] if heading else counts
        for count in counts:
            member = members.get(count.quantity.start)
            counted = resolve(reading, count, counted, house)
            house = counted.subject if counted.unit_of_measure in HOUSES else house
            counted = _of_member(counted, member, attribution) if member else counted
            previous = _statistic(reading, count, counted, previous, attribution)
            said = equal[previous.value, _measure(previous)]
            points_back = _points_back(reading, count)
            if not any(
                _same_figure(previous, other, points_back=points_back)
                for other in said
                if other.evidence.start < sentence.start or other.action == previous.action
            ):
                said.append(previous)
                found.append(previous)
    return tuple(found)


def _statistic(
    reading: Reading, count: Count, counted: Counted, previous: Statistic | None, attribution: Attribution
) -> Statistic:
    document, quantity = reading.document, count.quantity
    carried = counted.action.value if counted.action.rule == "action/carried" else None
    cues = _cues(reading, count, counted, carried, previous)
    choice = metric_of(quantity.unit_of_measure, counted.subject.value, *cues)
    if count.goes_on and previous and previous.unit_of_measure == quantity.unit_of_measure:
        choice = MetricChoice(previous.metric, "metric/carried")
    continues = previous and (_goes_on(reading, count, previous) or _is_base(reading, count, previous))
    if choice.rule in ("metric/none", "metric/last") and previous and continues:
        choice = MetricChoice(previous.metric, "metric/previous")
    before = reading.folded[max(count.sentence[0], quantity.number_start - _MEASURED_WITHIN) : quantity.number_start]
    if choice.metric is not Metric.SHARE and _DIFFERENCE.search(before):
        choice = MetricChoice(Metric.OTHER, "metric/difference")
    start, end = _quote_span(reading, count, previous)
    owner = counted.owner or attribution.owner_of(start, end)
    period = attribution.period_at(quantity.number_start)
    written = document.evidence(quantity.start, quantity.end)
    return Statistic(
        evidence=document.evidence(start, end),
        value=quantity.value,
        unit_of_measure=quantity.unit_of_measure,
        subject=counted.subject.value,
        action=counted.action.value,
        metric=choice.metric,
        approximate=quantity.approximate,
        unit=owner.value,
        period=period.value,
        region=attribution.region_of(owner.value),
        grounds=(
            Ground("", f"number/{quantity.form}", written),
            counted.subject.ground(document, "subject"),
            counted.action.ground(document, "action"),
            _metric_ground(reading, count, choice),
            owner.ground(document, "unit"),
            period.ground(document, "period"),
        ),
    )


def _metric_ground(reading: Reading, count: Count, choice: MetricChoice) -> Ground:
    """The words that told a metric, where they stand in the sentence."""
    words = choice.words.replace("#", "").strip()
    number = count.quantity
    near = max(count.sentence[0], number.start - _CUE_REACH), min(count.sentence[1], number.end + _CUE_REACH)
    zones = [(count.start, count.end), near, count.heading or near]
    at = next((at for zone in zones if words and (at := reading.folded.find(words, *zone)) >= 0), -1)
    return Ground("metric", choice.rule, reading.document.evidence(at, at + len(words)) if at >= 0 else None)


def _of_member(counted: Counted, member: Member, attribution: Attribution) -> Counted:
    """A number that is dealt out to a member of an enumeration: the member's figure, or a figure that counts it."""
    if not member.is_unit:
        name = member.name if member.name.endswith(member.shared) else member.name + member.shared
        return replace(counted, subject=Decision(name, "subject/member", member.span), thing=name)
    together = (attribution.owner_of(*member.span).value or "").split("、")  # the full names of all members
    name = together[member.index] if len(together) == member.of else member.name
    counted = replace(counted, owner=Decision(name, "unit/member", member.span))
    if member.shared:
        return replace(counted, subject=Decision(member.shared, "subject/shared"), thing=member.shared)
    return counted


def _cues(
    reading: Reading, count: Count, counted: Counted, carried: str | None, previous: Statistic | None
) -> list[str]:
    """Stretches that tell the metric, the nearest first: the number's own, with the action before it, then wider.

    A number without an action that is counted like the one before goes on with what that one counts (其中食堂类137个).
    """
    folded, number = reading.folded, count.quantity
    if count.heading:
        return [f"{folded[slice(*count.heading)]}#"]
    around = f"{folded[count.start : number.number_start]}#{folded[number.end : count.end]}"
    is_carried = counted.subject.rule == "subject/carried"
    own = "" if is_carried else counted.subject.value or ""
    # 上交红包213次,金额26万元: what was done with it tells more than it
    thing = "" if is_carried and number.unit_of_measure.endswith("元") else counted.subject.value or ""
    near = [f"{around} {own}", f"{carried or ''}{around} {thing}"]
    if previous and _goes_on(reading, count, previous):
        return near
    first, last = number.number_start - _CUE_REACH, number.end + _CUE_REACH
    high = count.clause[1]
    if counted.counts_people and counted.action.value is None:  # 另有8名客户经理,给予党内警告
        high = _clause_end(folded, high + 1, count.sentence[1])
    low, high = max(count.clause[0], first), min(high, last)
    clause = f"{folded[low : number.number_start]}#{folded[number.end : high]}"
    return [*near, clause, folded[max(count.sentence[0], first) : min(count.sentence[1], last)]]


def _clause_end(folded: str, start: int, end: int) -> int:
    """Where the clause ends that begins at a character of a sentence."""
    return min((at for mark in ",;" if (at := folded.find(mark, start, end)) >= 0), default=end)


def _goes_on(reading: Reading, count: Count, previous: Statistic) -> bool:
    """Whether a number is one more of what the one before counts: 其中食堂类137个、校服类52个."""
    part = not count.phrase.action or "其中" in reading.folded[count.start : count.quantity.number_start]
    return part and previous.unit_of_measure == count.quantity.unit_of_measure


def _is_base(reading: Reading, count: Count, previous: Statistic) -> bool:
    """Whether the number before is measured by this one: 立案21件,较上年的35件减少14件."""
    start = count.quantity.number_start
    alike = previous.unit_of_measure == count.quantity.unit_of_measure
    return alike and bool(_BASE.search(reading.folded, max(count.sentence[0], start - _MEASURED_WITHIN), start))


def _quote_span(reading: Reading, count: Count, previous: Statistic | None) -> Span:
    """The shortest stretch that carries subject, action and number; from the number before where it has the action."""
    start, end = count.start, count.end
    number = count.quantity
    leads = max(count.clause[0], previous.evidence.start if previous else 0)
    if count.phrase.action is None and number.start - leads <= _QUOTE_HEAD:
        start = leads
    elif number.start - start > _QUOTE_HEAD and reading.folded[number.start - 1] == "等":
        start = number.start - 1  # a long enumeration before 等16个方面
    if end - number.end > _QUOTE_TAIL:
        ends = [span[1] for span in (count.phrase.subject, count.phrase.action) if span]
        end = max(number.end, *ends) if ends else number.end
    if to := _TO.match(reading.folded, number.end, count.clause[1]):
        end = max(end, to.end())
    while start < number.start and reading.folded[start] in "、 ,“‘”’":
        start += 1
    return start, end


def _is_taken_up(later: Statistic, earlier: Statistic) -> bool:
    """Whether a number with its noun behind it takes up one said before: `对这14家医院`, `27个问题已完成23个`."""
    elsewhere = bool(later.region and earlier.region) and later.region != earlier.region
    anew = later.metric is Metric.NOTICES or elsewhere  # others may announce as many cases
    anew |= later.action is not None and later.action == earlier.action and later.period != earlier.period
    if anew or (later.value or 0) < _TOLD_APART or not later.subject or not earlier.subject:
        return False
    behind = any(ground.rule == f"subject/{Where.BEHIND}" for ground in later.grounds)
    return behind and (later.subject in earlier.subject or earlier.subject.endswith(later.subject[-2:]))


def _measure(statistic: Statistic) -> str:
    """What a figure is measured in; 57个人 are 57人."""
    counts_people = statistic.unit_of_measure in ("个", "名", "位") and (statistic.subject or "").startswith("人")
    return "人" if counts_people else statistic.unit_of_measure


def _points_back(reading: Reading, count: Count) -> bool:
    """Whether words beside a number say that it was told before: 挪用的|46万元, 第一笔|85万元, 31人|中."""
    number, folded = count.quantity, reading.folded
    before = _TOLD_BEFORE.search(folded, max(count.sentence[0], number.start - _TOLD_WITHIN), number.start)
    return (number.value or 0) >= _TOLD_ANEW and (before or _TAKEN_APART.match(folded, number.end)) is not None


def _same_figure(one: Statistic, other: Statistic, *, points_back: bool) -> bool:
    """Whether two records of an equal number are about the same thing, so that it counts once."""
    if one.metric != other.metric and Metric.OTHER not in (one.metric, other.metric):
        return False
    if _is_taken_up(one, other) or (points_back and one.metric not in (Metric.NOTICES, Metric.SHARE)):
        return True
    if any(a and b and a != b for a, b in ((one.unit, other.unit), (one.period, other.period))):
        return False
    if one.value is None or not one.subject or not other.subject:
        return one.evidence.quote == other.evidence.quote
    return one.subject in other.subject or other.subject in one.subject
