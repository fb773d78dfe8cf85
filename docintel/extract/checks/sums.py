"""Totals and their parts; problems found, put right and pending.

In: figures in text order. Out: findings of `Relation.PARTS`, `AT_MOST` and `BALANCE`.
"""

import re
from collections.abc import Container, Iterator, Sequence
from itertools import pairwise

from docintel.extract.checks.figures import Figure, Finding, agree, comparable, runs
from docintel.extract.language.reading import Reading
from docintel.schema import Metric, Relation

#: What announces parts of the figure before: some of them, or all.
_SOME = re.compile(r"其中[,:]?[^。;,]{0,24}$|[,(](?:包括|包含|含)[^,。;)]{0,16}$")
_DONE = re.compile(r",[^,。;]{0,12}已(?:全部)?(?:办结|整改|完成|清退|退回|追回|收回|复绿|销号|落实|归还)[^,。;]{0,12}$")
_ALL = re.compile(r"分别(?:为|是|有|整改|查处|处分|立案)?[^,。;]{0,6}$|[(:]$|[(:][^,。;:()]{0,12}$")
#: Right before a part: 其中食堂类137个、|校服类
_PART_LEAD = re.compile(r"(?:其中|含|包括)[^,;。]*$")
#: Right before a figure that sums up those before it.
_SUMMED = re.compile(r"(?:共计|合计|总计|总共|累计|共)[^,。;、]{0,10}$")
_SUMMED_SURELY = re.compile(r"(?:共计|合计|总计)[^,。;、]{0,10}$")
#: What stands between the parts of one list; a list has one kind of mark.
_MARKS = {
    "、": re.compile(r"[)”]?(?:、|和|以?及)[^,。;]*"),
    ";": re.compile(r"[)”]?;[^,。;]*"),
    ",": re.compile(r"[)”]?,[^,。;]{0,16}"),
}
_ENDS = re.compile(r"[。!?]")
#: Something in the list that nobody counted.
_UNCOUNTED = re.compile(r"若干|等(?=[,、物礼财])|名酒|名烟|礼品(?!金)")
#: One person may be under more than one of these, so their numbers do not add up.
_OVERLAPPING = re.compile(
    r"党纪|政务|组织处理|诫勉|移送|人次|同时|以上|以下|党员|监察对象|女干部|女党员|少数民族|一把手|干部"
)
#: Measures of time and shares are no sums of parts.
_NO_SUMS = frozenset({"%", "年", "个月", "天"})
_STATES = frozenset({Metric.ISSUES_RECTIFIED, Metric.ISSUES_PENDING})
#: Parts that come to more than this many times the whole are no parts of it: 13家…乱收费的9家，不入账的11家.
_MANIFOLD = 1.5
#: A balance is told within this many characters.
_TOGETHER = 160
#: A whole and its parts are told in no more figures than these.
_FEW = 30


def find_parts(reading: Reading, figures: Sequence[Figure]) -> Iterator[Finding]:
    """`共查处116起，其中…92起、…24起`; `甲23个、乙17个，共计40个`; `三县分别为23个、17个、10个`."""
    taken: set[int] = set()  # parts of a whole are no wholes of what follows
    for i, part in enumerate(figures):
        if part.in_table or i == 0:
            continue
        gap = reading.folded[figures[i - 1].end : part.start] if figures[i - 1].end <= part.start else ""
        if _ENDS.search(gap) and "其中" not in gap:
            continue
        whole = _whole_before(figures, i, part, taken)
        if whole and _SOME.search(gap):
            findings = _some_of(reading, whole, list(runs(figures, i)))
        elif whole and _DONE.search(gap) and _same_subject(whole, part):
            findings = (each for each in _some_of(reading, whole, [part]) if each.holds)
        elif whole and whole is figures[i - 1] and _ALL.search(gap):
            findings = _all_of(reading, whole, list(runs(figures, i)))
        else:
            findings = _summed_up(reading, figures, i)
        for finding in findings:
            taken.update(member.index for member in finding.members[1:])
            yield finding


def _same_subject(one: Figure, other: Figure) -> bool:
    first, second = one.statistic.subject or "", other.statistic.subject or ""
    return first.endswith(second) or second.endswith(first)


def _whole_before(figures: Sequence[Figure], i: int, part: Figure, taken: Container[int]) -> Figure | None:
    """The nearest figure before in the paragraph that is counted in the same measure and is no part itself."""
    near = (figure for figure in reversed(figures[max(0, i - 6) : i]) if figure.block == part.block)
    alike = (figure for figure in near if figure.measure == part.measure and figure.measure not in _NO_SUMS)
    return next((figure for figure in alike if figure.index not in taken), None)


def _some_of(reading: Reading, whole: Figure, parts: Sequence[Figure]) -> Iterator[Finding]:
    """Parts that need not be all: none is larger than the whole, and listed ones are not larger together."""
    listed = _listed(reading, parts, "、,")
    total = sum(part.value for part in listed)
    for number in range(2, len(listed) + 1):
        members = (whole, *listed[:number])
        rest = listed[number:]  # what follows the last part may tell something else of the whole
        apart = (
            not rest or rest[0].statistic.metric in _STATES or "," in reading.folded[members[-1].end : rest[0].start]
        )
        if apart and agree(whole.value, sum(part.value for part in members[1:]), _tolerance(members)):
            yield Finding(Relation.PARTS, members, sum(part.value for part in members[1:]), holds=True, rule="parts")
            return
    blamed = all(comparable(whole, part) for part in listed)
    beside = len(listed) > 1 and "," in reading.folded[listed[0].end : listed[1].start]  # may be no part any more
    if len(listed) > 1 and total > whole.value and not beside and blamed and not _overlap(reading, listed):
        yield Finding(Relation.AT_MOST, (whole, *listed), total, holds=False, rule="parts-exceed")
        return
    for part in listed[:1] if beside else listed:
        holds = part.value <= whole.value + _tolerance((whole, part))
        if holds or comparable(whole, part):
            yield Finding(Relation.AT_MOST, (whole, part), part.value, holds=holds, rule="part")


def _all_of(reading: Reading, whole: Figure, parts: Sequence[Figure]) -> Iterator[Finding]:
    """Parts that are said to be all."""
    listed = _listed(reading, parts)
    total = sum(part.value for part in listed)
    if len(listed) < 2:
        return
    holds = agree(whole.value, total, _tolerance((whole, *listed)))
    more = (
        "等" in reading.folded[listed[-1].end : listed[-1].end + 6] or whole.statistic.metric is Metric.AMOUNT_INVOLVED
    )
    alike = {figure.statistic.metric for figure in (whole, *listed)}
    blamed = len(alike) == 1 and all(comparable(whole, part) for part in listed)
    many_each = total > _MANIFOLD * whole.value  # what is listed holds for several of the whole each
    if holds or (blamed and not (more or many_each or _overlap(reading, listed))):
        yield Finding(Relation.PARTS, (whole, *listed), total, holds=holds, rule="listed")


def _summed_up(reading: Reading, figures: Sequence[Figure], i: int) -> Iterator[Finding]:
    """A figure behind its parts: 青岚县23个、云溪县17个，共计40个."""
    whole = figures[i]
    lead = reading.folded[max(whole.sentence, whole.start - 16) : whole.start]
    if not _SUMMED.search(lead):
        return
    parts: list[Figure] = []
    for figure in reversed(figures[max(0, i - _FEW) : i]):
        if figure.sentence != whole.sentence or figure.measure != whole.measure:
            break
        parts.append(figure)
    listed = _listed(reading, parts)
    total = sum(part.value for part in listed)
    if len(listed) < 2:
        return
    holds = agree(whole.value, total, _tolerance((whole, *listed)))
    alike = {(figure.statistic.metric, figure.statistic.action) for figure in (whole, *listed)}
    more = _UNCOUNTED.search(reading.folded, listed[0].start, whole.start)
    if holds or (len(alike) == 1 and not more and _SUMMED_SURELY.search(lead) and not _overlap(reading, listed)):
        yield Finding(Relation.PARTS, (whole, *listed), total, holds=holds, rule="summed")


def _listed(reading: Reading, parts: Sequence[Figure], marks: str = "、;,") -> list[Figure]:
    """The first of these and those that are listed with it, in text order or against it, by marks of one kind."""
    longest = list(parts[:1])
    for mark in (_MARKS[each] for each in marks):
        listed = list(parts[:1])
        for one, other in pairwise(parts):
            low, high = sorted((one, other), key=lambda part: part.start)
            gap = reading.folded[low.end : high.start]
            if not mark.fullmatch(gap) or "其中" in gap:
                break
            listed.append(other)
        longest = max(longest, listed, key=len)
    return sorted(longest, key=lambda part: part.start)


def _overlap(reading: Reading, parts: Sequence[Figure]) -> bool:
    low, high = parts[0].statistic.evidence.start, parts[-1].end
    return bool(_OVERLAPPING.search(reading.folded, low, high))


def _tolerance(members: Sequence[Figure]) -> float:
    return sum(member.tolerance for member in members)


def find_balances(reading: Reading, figures: Sequence[Figure]) -> Iterator[Finding]:
    """Problems found are those put right and those that are not: `发现116个，已整改92个，正在整改24个`."""
    before: Figure | None = None
    for i, found in enumerate(figures):
        if found.statistic.metric is not Metric.ISSUES_FOUND or found.in_table or _is_part(reading, found):
            continue
        behind: list[Figure] = []
        for figure in figures[i + 1 : i + 1 + _FEW]:
            if figure.block != found.block or figure.start - found.end > _TOGETHER:
                break
            if figure.measure == found.measure and not _is_part(reading, figure):
                if figure.statistic.metric is Metric.ISSUES_FOUND and "完成" not in figure.statistic.evidence.quote:
                    break
                behind.append(figure)
        alone = before is None or before.sentence != found.sentence or before.measure != found.measure
        yield from (finding for finding in _balance(found, behind) if finding.holds or alone)
        before = found


def _is_part(reading: Reading, figure: Figure) -> bool:
    return bool(_PART_LEAD.search(reading.folded, max(figure.sentence, figure.start - 60), figure.start))


def _is_done(figure: Figure) -> bool:
    """Told as put right: also 基本完成3个, which by itself is no figure of problems put right."""
    statistic = figure.statistic
    return statistic.metric is Metric.ISSUES_RECTIFIED or (
        statistic.metric is not Metric.ISSUES_PENDING and "完成" in statistic.evidence.quote
    )


def _balance(found: Figure, behind: Sequence[Figure]) -> Iterator[Finding]:
    done = [figure for figure in behind if _is_done(figure)]
    pending = [figure for figure in behind if figure.statistic.metric is Metric.ISSUES_PENDING]
    if done and pending:
        members = (found, *done, *pending)
        total = sum(figure.value for figure in members[1:])
        holds = agree(found.value, total, _tolerance(members))
        at_once = len({figure.sentence for figure in members}) == 1 and len(members) == len(behind) + 1
        blamed = all(comparable(found, figure) for figure in members[1:])
        if holds or (blamed and (at_once or len(done) == len(pending) == 1)):
            yield Finding(Relation.BALANCE, members, total, holds=holds, rule="balance")
    elif done and done[0] is behind[0] and done[0].sentence == found.sentence:
        holds = done[0].value <= found.value + _tolerance((found, done[0]))
        of_problems = (done[0].statistic.subject or "问题").endswith("问题")
        if holds or (of_problems and comparable(found, done[0])):
            yield Finding(Relation.AT_MOST, (found, done[0]), done[0].value, holds=holds, rule="rectified")
