"""Shares, rates and growth against the figures they are taken from.

In: figures in text order. Out: findings of `Relation.SHARE` and `GROWTH`.
"""

import re
from collections.abc import Iterator, Sequence

from docintel.extract.checks.figures import Figure, Finding, agree, comparable, runs
from docintel.extract.language.reading import Reading
from docintel.schema import Metric, Relation

_SHARE = re.compile(r"占[^,。;]{0,24}$")
#: 占总数的, 占全部: of the total that stands before, not of one that the text does not give.
_OF_TOTAL = re.compile(
    r"占(?:比|总数|总量|全部|总人数|总人次|总金额|总额|查处总数|发现问题总数|问题总数|其)?的?(?:比例|比重)?(?:为|是|达|约|的)*$"
)
#: 占抽查总数的: of the total that is called so.
_OF_NAMED = re.compile(r"占(?P<of>[^,。;的总]{2,8})(?:总数|总量|总额|总人数)的?(?:比例|比重)?(?:为|是|达|约|的)*$")
#: 占19.7%: of what the share before was taken of.
_BARE = re.compile(r"[,、]占(?:比)?$")
#: 分别占1.8%、15.8%
_EACH = re.compile(r"分别占[^,。;]{0,16}$")
#: Right behind the problems put right or pending: ,整改率|; 按期整改率 and 满意率 are of something else.
_RATE = re.compile(
    r"[,(](?:问题)?(?:总体|整体)?(?:整改|办结|销号|完成)(?:完成)?率(?:已?达到?了?|为|是)?(?:近|约|超过)?"
)
_GROWTH = re.compile(
    r"[),]{0,2}(?:同比|环比|较[^,。;]{2,8}|比[^,。;]{2,8}|总量|数量)?(?P<sign>增长|上升|增加|提高|提升|上涨|多|下降|减少|降低|下滑|回落|少|降幅(?:为|达)?|增幅(?:为|达)?)(?:了|约|近|超过|达到?|为)*"
)
_DOWN = ("下降", "减少", "降低", "下滑", "回落", "少", "降幅")
#: 由120件增加到150件, 从80起降至60起
_FROM_TO = re.compile(r"(?:由|从)[^,。;]{0,24}$")
_BEFORE = re.compile(r"(?:上年|去年|上一年|前一年)?同期[^,。;]{0,10}$")
_NEAR = 90
#: The total of a list of shares stands among so many figures before it.
_BACK = 6


def find_shares(reading: Reading, figures: Sequence[Figure]) -> Iterator[Finding]:
    """`…起，占总数的37.5%`; `整改92个，整改率79.3%`."""
    grouped: set[int] = set()
    last: Figure | None = None  # what the share before was taken of
    for i, share in enumerate(figures):
        if share.statistic.unit_of_measure != "%" or share.in_table or share.index in grouped:
            continue
        lead = reading.folded[max(share.sentence, share.start - 30) : share.start]
        if _EACH.search(lead):
            found = list(_shares_of_each(figures, i))
            grouped.update(finding.members[0].index for finding in found)
            yield from found
            continue
        near = [
            figure for figure in figures[max(0, i - 6) : i] if figure.block == share.block and figure.measure != "%"
        ]
        near = [figure for figure in near if share.start - figure.end <= _NEAR]
        if _SHARE.search(lead):
            for finding in _share(reading, share, near, lead, last):
                last = finding.members[2]
                yield finding
        else:
            yield from _rate(reading, share, near)


def _shares_of_each(figures: Sequence[Figure], first: int) -> Iterator[Finding]:
    """`28人、251人、236人，分别占1.8%、15.8%、14.9%`: each share with its figure, of the total before them."""
    shares = list(runs(figures, first))
    number = len(shares)
    parts = figures[max(0, first - number) : first]
    measure = parts[-1].measure if len(parts) == number else ""
    before = figures[max(0, first - number - _BACK) : first - number]
    total = sum(part.value for part in parts)
    alike = [figure for figure in before if figure.measure == measure and figure.value]
    wholes = [figure for figure in alike if figure.block == shares[0].block or figure.value == total]
    if number < 2 or not wholes or any(part.measure != measure for part in parts):
        return
    whole = next((figure for figure in wholes if figure.value == total), wholes[-1])
    for share, part in zip(shares, parts, strict=True):
        computed = 100 * part.value / whole.value
        yield Finding(Relation.SHARE, (share, part, whole), computed, _is_share(share, part, whole), "share")


def _share(
    reading: Reading, share: Figure, near: Sequence[Figure], lead: str, last: Figure | None
) -> Iterator[Finding]:
    part = next((figure for figure in reversed(near) if figure.sentence == share.sentence), None)
    if part is None:
        return
    wholes = [figure for figure in near if figure.measure == part.measure and figure.start < part.start]
    wholes = [figure for figure in wholes if figure.value >= part.value and not figure.statistic.approximate]
    if fitting := next((whole for whole in wholes if _is_share(share, part, whole)), None):
        computed = 100 * part.value / fitting.value
        yield Finding(Relation.SHARE, (share, part, fitting), computed, holds=True, rule="share")
        return
    goes_on = last is not None and last.block == share.block and last.measure == part.measure and _BARE.search(lead)
    whole = last if goes_on else wholes[0] if len(wholes) == 1 else None
    if whole and whole.value and (goes_on or _is_told(reading, whole, part, lead)):
        computed = 100 * part.value / whole.value
        holds = _is_share(share, part, whole)
        yield Finding(Relation.SHARE, (share, part, whole), computed, holds, "share")


def _is_told(reading: Reading, whole: Figure, part: Figure, lead: str) -> bool:
    """Whether the words leave no doubt what the share is taken of: 其中…占总数的, 抽查200份…占抽查总数的."""
    if of := _OF_NAMED.search(lead):
        return of["of"] in whole.statistic.evidence.quote
    return bool(_OF_TOTAL.search(lead)) and "其中" in reading.folded[whole.end : part.start]


def _rate(reading: Reading, share: Figure, near: Sequence[Figure]) -> Iterator[Finding]:
    done = [figure for figure in near if figure.statistic.metric is Metric.ISSUES_RECTIFIED]
    found = [figure for figure in near if figure.statistic.metric is Metric.ISSUES_FOUND]
    if len(done) != 1 or len(found) != 1 or not comparable(found[0], done[0]):
        return
    states = (Metric.ISSUES_RECTIFIED, Metric.ISSUES_PENDING)
    told = reading.folded[found[0].end : share.start]
    if near[-1].statistic.metric not in states or ";" in told or not _RATE.fullmatch(told, near[-1].end - found[0].end):
        return
    computed = 100 * done[0].value / found[0].value
    holds = _is_share(share, done[0], found[0])
    yield Finding(Relation.SHARE, (share, done[0], found[0]), computed, holds=holds, rule="rate")


def _is_share(share: Figure, part: Figure, whole: Figure) -> bool:
    """Whether the share is right for some values within the precision of the two."""
    if not whole.value:
        return False
    low = 100 * (part.value - part.tolerance) / (whole.value + whole.tolerance)
    high = 100 * (part.value + part.tolerance) / max(whole.value - whole.tolerance, 1e-9)
    return low - share.tolerance - 1e-6 <= share.value <= high + share.tolerance + 1e-6


def find_growth(reading: Reading, figures: Sequence[Figure]) -> Iterator[Finding]:
    """`由120件增加到150件，增长25%`; `150件，去年同期120件，同比增长25%`."""
    for i, growth in enumerate(figures):
        if growth.statistic.unit_of_measure != "%" or growth.in_table:
            continue
        before = figures[max(0, i - 2) : i]
        if len(before) < 2:
            continue
        first, second = before
        sign = _GROWTH.fullmatch(reading.folded, second.end, growth.start) if second.end < growth.start else None
        alike = first.measure == second.measure and first.measure != "%"
        if not sign or not alike or first.sentence != growth.sentence:
            continue
        old, new = first, second
        lead = reading.folded[max(first.sentence, first.start - 24) : first.start]
        if _FROM_TO.search(lead) or _BEFORE.search(lead):
            pass
        elif _BEFORE.search(reading.folded, max(first.end, second.start - 16), second.start):
            old, new = second, first
        else:
            continue
        if old.value:
            change = 100 * (new.value - old.value) / old.value
            computed = -change if sign["sign"].startswith(_DOWN) else change
            tolerance = growth.tolerance + 100 * (new.tolerance + old.tolerance) / old.value
            holds = agree(growth.value, computed, tolerance)
            yield Finding(Relation.GROWTH, (growth, new, old), computed, holds=holds, rule="growth")
