"""Wholes that what follows splits without saying so: figures that add up exactly.

In: figures in text order. Out: findings of `Relation.PARTS` and `BALANCE`. That they add up is what tells that they
belong together; a split that does not is noticed only where the last part is said to be the rest.
"""

import re
from collections.abc import Iterator, Sequence

from docintel.extract.checks.figures import Figure, Finding, agree
from docintel.extract.language.reading import Reading
from docintel.schema import Metric, Relation

#: What stands before the last part: 余下3家, 其余33项.
_REST = re.compile(r"(?:余下|其余|剩余|余款|剩下|另外?|尚有|还有)[^,。;\d]{0,12}$")
#: What stands between a whole and the first of two parts that follow at once, and between these two. What announces
#: parts is read in `sums`.
_AT_ONCE = re.compile(r"[)”]?[,:(](?![^,。;:\d]*(?:其中|分别))[^,。;:\d]{0,16}")
_LISTED = re.compile(r"[)”]?(?P<mark>[、,和])[^,。;、\d]{0,16}")
_STATE = frozenset({Metric.ISSUES_RECTIFIED, Metric.ISSUES_PENDING})
#: A whole is split within this many characters, into so many parts at most.
_TOGETHER = 160
_MOST_PARTS = 6
#: Sums that are exact by chance are small; how small where nothing but a list tells that figures belong together.
_LARGE = 1000
_LARGE_LISTED = 10


def find_splits(reading: Reading, figures: Sequence[Figure]) -> Iterator[Finding]:
    """`标准外发放71.04万元，已清退68.3万元，余下2.74万元…`; `34个问题已完成29个，基本完成3个，正在推进2个`."""
    for i, whole in enumerate(figures):
        if whole.in_table or whole.measure == "%" or whole.statistic.approximate:
            continue
        parts: list[Figure] = []
        if broken := _wrong_rest(reading, figures, i):
            yield broken
            continue
        for figure in figures[i + 1 : i + 1 + 2 * _MOST_PARTS]:
            if figure.block != whole.block or figure.start - whole.end > _TOGETHER or len(parts) == _MOST_PARTS:
                break
            if figure.measure != whole.measure:
                continue
            parts.append(figure)
            total = sum(part.value for part in parts)
            if total > whole.value:
                break
            if len(parts) > 1 and agree(whole.value, total, 0) and _is_told(reading, whole, parts):
                yield Finding(_relation(whole, parts), (whole, *parts), total, holds=True, rule="split")
                break


def _wrong_rest(reading: Reading, figures: Sequence[Figure], i: int) -> Finding | None:
    """`71.04万元…已清退68.3万元，余下12.74万元`: three figures of one measure in a sentence, the last one the rest."""
    alike = [figure for figure in figures[i : i + _MOST_PARTS] if figure.measure == figures[i].measure][:3]
    if len(alike) < 3 or len({figure.sentence for figure in alike}) > 1:
        return None
    whole, part, rest = alike
    before = figures[i - 1] if i else None
    is_first = before is None or before.sentence != whole.sentence or before.measure != whole.measure
    said = _REST.search(reading.folded, max(part.end, rest.start - 24), rest.start) if part.end < rest.start else None
    if max(part.value, rest.value) > whole.value or _are_listed(reading, whole, part):
        return None
    total = part.value + rest.value
    tolerance = sum(figure.tolerance for figure in alike)
    if not is_first or not said or "另" in said.group() or agree(whole.value, total, tolerance):
        return None
    return Finding(Relation.PARTS, (whole, part, rest), total, holds=False, rule="rest")


def _are_listed(reading: Reading, whole: Figure, part: Figure) -> bool:
    """Whether two figures are told alike, as members of one list: 没有登记的29个，忘记收费的8个."""
    return reading.folded[whole.start - 1] == reading.folded[part.start - 1] == "的"


def _is_told(reading: Reading, whole: Figure, parts: Sequence[Figure]) -> bool:
    last = parts[-1]
    rest = _REST.search(reading.folded, max(parts[-2].end, last.start - 24), last.start)
    large = whole.value >= _LARGE and whole.value % _LARGE != 0
    told = bool(rest) or len(parts) > 2 or large or last.statistic.metric is Metric.ISSUES_PENDING
    return told or _follow_at_once(reading, whole, parts)


def _follow_at_once(reading: Reading, whole: Figure, parts: Sequence[Figure]) -> bool:
    """`处分干部40人,党纪处分28人、政务处分12人`: two that are listed right behind, and counted as the whole is."""
    first, last = parts
    listed = _LISTED.fullmatch(reading.folded, first.end, last.start)
    if not listed or not _AT_ONCE.fullmatch(reading.folded, whole.end, first.start):
        return False
    alike = len({figure.statistic.metric for figure in (whole, *parts)}) == 1
    return alike or (listed["mark"] != "," and whole.value >= _LARGE_LISTED)


def _relation(whole: Figure, parts: Sequence[Figure]) -> Relation:
    is_balance = whole.statistic.metric is Metric.ISSUES_FOUND and any(p.statistic.metric in _STATE for p in parts)
    return Relation.BALANCE if is_balance else Relation.PARTS
