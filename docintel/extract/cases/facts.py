"""The facts of one case: its acts with sums and time, what followed, and when that was decided.

In: where the acts, the sums and the sanctions stand in a reading. Out: a `Case`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from docintel.extract.attribution.dated import day_of
from docintel.extract.cases.acts import says_again
from docintel.extract.cases.sanctions import Sanction
from docintel.extract.cases.sums import Money
from docintel.extract.language.reading import Reading, once
from docintel.schema import Act, Case, Ground, Penalty
from docintel.text.dates import Period, find_periods

Span = tuple[int, int]
#: `利用职务便利,为他人提供帮助,|收受现金` is one act; a comma and `并` may stand between.
_FAVOUR = re.compile(r"利用[^,]{2,40},[^,]{2,60}(?:帮助|利益|方便|便利|关照|谋利)")
_GOT = re.compile(r"(?:非法)?(?:收受|索取)")
_BETWEEN = 3
#: `涉嫌受贿犯罪`, `其涉嫌职务犯罪问题`
_CHARGE = re.compile(
    r"其?涉嫌[^,。;]{0,14}(?:犯罪|罪)(?:问题|线索)?|(?!犯|涉嫌)[^,。;]{2,14}罪"
    r"|(?:涉嫌)?(?:严重)?违纪违法(?:问题|行为)?|(?:其|他)?(?:构成|应当认定为)(?:受贿|行贿|贪污|诈骗|职务侵占|挪用(?:公款|资金)|滥用职权|玩忽职守)"
)


def distinct(folded: str, acts: Sequence[Span]) -> list[Span]:
    """The acts in text order, each told once: not `受贿` and `涉嫌受贿犯罪`; nor a mere charge beside what was done."""
    kept: dict[str, Span] = {}
    for act in _with_gains(folded, sorted(acts)):
        words = folded[slice(*act)]
        if not any(words in other or other in words for other in kept):
            kept[words] = act
    done = {words: act for words, act in kept.items() if not _CHARGE.fullmatch(words)}
    return list((done or kept).values())


def _with_gains(folded: str, acts: Sequence[Span]) -> Iterator[Span]:
    """Acts with what was got by them, where the means are a clause of their own."""
    before: Span | None = None
    for act in acts:
        if (
            before
            and act[0] - before[1] <= _BETWEEN
            and _FAVOUR.fullmatch(folded, *before)
            and _GOT.match(folded, act[0])
        ):
            before = (before[0], act[1])
            continue
        if before:
            yield before
        before = act
    if before:
        yield before


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a case is made of.

    Attributes:
        quote: the first clause that names person and act.
        grounds: field, rule, and where the words are that it went by.
        acts: where they stand, in text order.
        told: where acts of the case are told, the same again included.
    """

    quote: Span
    sanctions: Sequence[Sanction]
    grounds: Sequence[tuple[str, str, Span]]
    persons: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    acts: Sequence[Span] = ()
    told: Sequence[Span] = ()
    sums: Sequence[Money] = ()


def make_case(reading: Reading, facts: Facts) -> Case:
    """The record of a case."""
    decided = decision_date(reading, facts.sanctions, facts.acts)
    grounds = [*facts.grounds]
    if decided:
        grounds.append(("date", "case-date/sentence", (decided.start, decided.end)))
    return Case(
        evidence=reading.document.evidence(*facts.quote),
        persons=facts.persons,
        units=facts.units,
        date=decided.iso if decided else None,
        acts=read_acts(reading, facts.acts, facts.told, facts.sums),
        penalties=read_penalties(reading, facts.sanctions),
        amounts=tuple(dict.fromkeys(money.value for money in facts.sums)),
        grounds=tuple(Ground(field, rule, reading.document.evidence(*words)) for field, rule, words in grounds),
    )


def read_acts(reading: Reading, spans: Sequence[Span], told: Sequence[Span], sums: Iterable[Money]) -> tuple[Act, ...]:
    """The acts with the sums and the time that the text ties to each.

    Args:
        spans: where the acts stand, in text order.
        told: where acts of the case are told, the same again included; it may say when an act of a headline was.
        sums: of the case; one that no act shares its clause or its words with is left out.
    """
    amounts: dict[Span, list[float]] = {span: [] for span in spans}
    for money in sums:
        owner = _owner(reading, money, spans, told)
        if owner and money.value not in amounts[owner]:
            amounts[owner].append(money.value)
    return tuple(
        Act(
            evidence=reading.document.evidence(*span),
            amounts=tuple(amounts[span]),
            period=_period(reading, span, told, alone=len(spans) == 1),
        )
        for span in spans
    )


def _owner(reading: Reading, money: Money, spans: Sequence[Span], told: Sequence[Span]) -> Span | None:
    """The act that a sum belongs to: of its clause, of its kind of wrong, told just before it, or the only one."""
    clause = reading.clause_at(money.start)
    low, high = (clause.start, clause.end) if clause else (money.start, money.end)
    inside = [span for span in spans if span[0] < high and low < span[1]]
    if inside:
        return next((span for span in reversed(inside) if span[0] <= money.start), inside[0])
    sentence = reading.sentence_at(money.start)
    before = [span for span in told if sentence and sentence.start <= span[0] < money.start]
    for stretch in [(low, high), *before[-1:]]:
        alike = next((span for span in spans if says_again(reading.folded, stretch, span)), None)
        if alike:
            return alike
    return spans[0] if len(spans) == 1 else None


def _period(reading: Reading, act: Span, told: Sequence[Span], *, alone: bool) -> str | None:
    """When an act was: the last time before it in its sentence, else in a clause that tells of it."""
    own = _periods_before(reading, *act)
    if own:
        return own[-1].iso
    for clause in told:
        periods = _periods_before(reading, *clause)
        if periods and (alone or says_again(reading.folded, clause, act)):
            return periods[-1].iso
    return None


def _periods_before(reading: Reading, start: int, end: int) -> list[Period]:
    """The times that its sentence gives before the end of a stretch."""
    sentence = reading.sentence_at(start)
    if sentence is None:
        return []
    known = _by_sentence(reading)
    if sentence.start not in known:
        published = day_of(reading.document.published)
        known[sentence.start] = find_periods(reading.folded, published, sentence.start, sentence.end)
    return [p for p in known[sentence.start] if p.start < end]


@once
def _by_sentence(_reading: Reading) -> dict[int, list[Period]]:
    """The times known so far: many cases may stand in one sentence."""
    return {}


def read_penalties(reading: Reading, sanctions: Iterable[Sanction]) -> tuple[Penalty, ...]:
    """What followed, each once, in the order told."""
    by_name: dict[str, Sanction] = {}
    for sanction in sanctions:
        by_name.setdefault(sanction.text, sanction)
    return tuple(
        Penalty(
            evidence=reading.document.evidence(s.start, s.end), name=s.text, kind=s.kind, months=s.months, fine=s.fine
        )
        for s in by_name.values()
    )


def decision_date(reading: Reading, sanctions: Iterable[Sanction], acts: Sequence[Span]) -> Period | None:
    """When the first sanction was decided: the last day or month before it in its sentence, no act in between."""
    for sanction in sanctions:
        periods = [p for p in _periods_before(reading, sanction.start, sanction.start) if "/" not in p.iso]
        if periods and not periods[-1].since and not any(periods[-1].end <= act[0] < sanction.start for act in acts):
            return periods[-1]
    return None
