"""What a document tells of the outcome of measures: rates, sums paid back, what fell or rose, and what it says itself.

In: an extraction and the stretches of a row. Out: effects, each with its words and its figures.
"""

import re
from collections.abc import Iterator, Sequence

from docintel.chain.words import progress_of
from docintel.schema import Effect, EffectKind, Evidence, Extraction, Metric, Progress, Statistic, Verdict
from docintel.text.fields import Span, trimmed
from docintel.text.normalize import fold

#: 整改率 81.6%: of all that is to be done, how much is.
_RATE = re.compile(r"(?:整改|完成|办结|销号|化解|清退|清收|退还|追缴|回收|兑现)(?:到位)?率")
_RECOVERED = frozenset({Metric.AMOUNT_RETURNED, Metric.AMOUNT_RECOVERED})
#: 剩余6.3万元签订还款协议, 尚有14.3万元未到账: some is still owed.
_OWED = re.compile(r"剩余|尚有|尚欠|仍有|仍欠|未(?:收回|追回|到账|退还|清退|缴回)|其余")
#: 下降38%, 缩短到70分钟, 由50分钟压到6分钟.
_FALL = re.compile(r"下降|减少|降低|缩短|压缩|压减|下调|回落|降[到至为]|减[到至]|压[到至]|归零|清零")
_RISE = re.compile(r"上升|提高|增长|提升|增加|增[到至]|升[到至]|上涨|攀升")
#: What is better the less there is of it, and what the more.
_BAD = re.compile(
    r"费用|[药次检查]{1,3}费|均价|价格|采购价|单价|药占比|耗占比|占比|投诉|信访|举报|上访|案件|违[规纪法]|差错|事故|时间|时长|用时|耗时|等候|等待|排队"
    r"|住院日|漏损|损耗|库存|短少|欠[费款缴]|拖欠|超标|支出|开支|经费|三公|接待|浪费|闲置|积压|空置|隐患|成本|能耗|逾期|退货|纠纷|会议|文件|台账报表"
)
_GOOD = re.compile(
    r"满意|接通率|合格率|达标率|覆盖率|开机率|使用率|利用率|知晓率|合规率|规范率|签约率|公开率|出勤率|在岗率|及时率|准确率|按时|回收|收缴率|参保|结余|节约"
    r"|诊疗量|检查[人例]|效率|评分|得分|排名"
)
#: What becomes of a problem: 已整改到位, 尚未解决. That a measure is done (已完成), or under way, is no outcome of it.
_SETTLED = re.compile(r"整改|改正|解决|销号|化解|消除|根治|清零")
_IN_PART = re.compile(r"基本|部分|阶段性|大部|一半|\d%")
_TOLD = {
    Progress.DONE: Verdict.WORKED,
    Progress.ONGOING: Verdict.PARTLY,
    Progress.OPEN: Verdict.FAILED,
    Progress.OVERDUE: Verdict.FAILED,
}
_WHOLE, _LEAST_PART = 99.95, 50


def outcomes(extraction: Extraction, folded: str, reach: Sequence[Span], told: Evidence | None) -> tuple[Effect, ...]:
    """The effects told in a row, in text order; what it says of itself last.

    Args:
        folded: the folded text of the document.
        reach: the stretches that belong to the row.
        told: the words that say how far it is.
    """
    inside = [
        (n, each)
        for n, each in enumerate(extraction.statistics)
        if any(start <= each.evidence.start < end for start, end in reach)
    ]
    found = [effect for n, each in inside if (effect := _of_figure(extraction, folded, n, each))]
    found += _balances(inside)
    found += _changes(extraction, folded, reach, inside)
    found.sort(key=lambda effect: effect.quote.start)
    if told and (verdict := _settled(fold(told.quote))):
        found.append(Effect(kind=EffectKind.TOLD, verdict=verdict, quote=told))
    return tuple(found)


def _settled(words: str) -> Verdict | None:
    """Whether words of progress say that a problem is settled, in part, or still there; None where they do not."""
    progress = progress_of(words)
    if progress is None or not _SETTLED.search(words):
        return None
    return None if progress is Progress.ONGOING and not _IN_PART.search(words) else _TOLD[progress]


def _of_figure(extraction: Extraction, folded: str, n: int, statistic: Statistic) -> Effect | None:
    """What a single figure says: a rate, or a sum that came back."""
    quote = statistic.evidence
    clause = next(_clauses(folded, quote.start, quote.end), (quote.start, quote.end))
    if _RATE.search(folded, *clause) and statistic.unit_of_measure == "%" and statistic.value is not None:
        verdict = Verdict.WORKED if statistic.value >= _WHOLE else Verdict.PARTLY
        verdict = verdict if statistic.value >= _LEAST_PART else Verdict.FAILED
        return Effect(kind=EffectKind.RATE, verdict=verdict, quote=quote, statistics=(n,))
    if statistic.metric in _RECOVERED:
        stop = min((at for mark in "。;\n" if (at := folded.find(mark, quote.end)) >= 0), default=len(folded))
        verdict = Verdict.PARTLY if _OWED.search(folded, quote.end, stop) else Verdict.WORKED
        return Effect(kind=EffectKind.AMOUNT, verdict=verdict, quote=quote, statistics=(n,))
    return None


def _changes(
    extraction: Extraction, folded: str, reach: Sequence[Span], inside: Sequence[tuple[int, Statistic]]
) -> Iterator[Effect]:
    """Clauses that tell with a figure that something fell or rose."""
    for span in reach:
        for start, end in _clauses(folded, *span):
            verdict = _change(folded[start:end])
            if verdict and re.search(r"\d|[一二三四五六七八九十]成|清零|归零", folded[start:end]):
                numbers = tuple(n for n, each in inside if start <= each.evidence.start < end)
                quote = extraction.document.evidence(start, end)
                yield Effect(kind=EffectKind.CHANGE, verdict=verdict, quote=quote, statistics=numbers)


def _change(words: str) -> Verdict | None:
    """Whether what a clause tells of got better: 投诉量同比下降38%, 接通率提高到94%."""
    falls, rises = _FALL.search(words), _RISE.search(words)
    move = falls or rises
    if move is None or (falls and rises):
        return None
    good, bad = _GOOD.search(words, 0, move.start()), _BAD.search(words, 0, move.start())
    if bool(good) == bool(bad):
        return None
    return Verdict.WORKED if bool(falls) == bool(bad) else Verdict.FAILED


def _balances(inside: Sequence[tuple[int, Statistic]]) -> Iterator[Effect]:
    """Problems found against problems put right."""
    first: dict[Metric, tuple[int, Statistic]] = {}
    for n, each in inside:
        first.setdefault(each.metric, (n, each))
    right, found, left = (
        first.get(metric) for metric in (Metric.ISSUES_RECTIFIED, Metric.ISSUES_FOUND, Metric.ISSUES_PENDING)
    )
    if right is None or right[1].value is None or (found is None and left is None):
        return
    pending = left[1].value if left and left[1].value is not None else None
    if pending is None and found and found[1].value is not None:
        pending = found[1].value - right[1].value
    if pending is not None:
        numbers = tuple(sorted(each[0] for each in (found, right, left) if each))
        verdict = Verdict.PARTLY if pending > 0 else Verdict.WORKED
        yield Effect(kind=EffectKind.BALANCE, verdict=verdict, quote=right[1].evidence, statistics=numbers)


def _clauses(folded: str, start: int, end: int) -> Iterator[Span]:
    """The clauses that a stretch touches, in full, without the marks around them."""
    begin = max(folded.rfind(mark, 0, start + 1) for mark in "。;,:\n\t") + 1
    while begin < end:
        stop = min((at for mark in "。;,\n\t" if (at := folded.find(mark, begin)) >= 0), default=len(folded))
        if span := trimmed(folded, begin, stop):
            yield span
        begin = stop + 1
