"""Statistics: every number that counts something, with what it counts, for whom and when.

In: a reading and the units it mentions. Out: `Statistic` records in text order, one a figure.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from docintel.extract import lexicon
from docintel.extract.metrics import metric_of
from docintel.extract.phrases import Phrase, Span, phrase_around
from docintel.extract.reading import Reading, Sentence, within
from docintel.schema import BlockKind, Metric, Statistic
from docintel.text.dates import Period, find_periods
from docintel.text.numerals import Quantity, QuantityGrammar

_TIMES = frozenset({"个月", "年", "天"})
_PERSONS = frozenset({"人", "名", "人次", "名次", "位"})
#: Figures of a person's acts, not of a unit's work.
_PERSONAL = frozenset({Metric.AMOUNT_INVOLVED, Metric.OCCURRENCES})
#: Longest stretch quoted behind a number when its noun phrase ends earlier.
_QUOTE_TAIL = 18
#: Longest stretch quoted before a number when an enumeration leads up to it.
_QUOTE_HEAD = 40
#: Longest text in quotation marks that is taken for a name.
_NAME = 12

#: Finds whose figure `text[start:end]` is: the canonical name, or None.
UnitFinder = Callable[[int, int], str | None]


@dataclass(frozen=True, slots=True)
class _Count:
    """A quantity with the stretch of its clause that belongs to it."""

    quantity: Quantity
    start: int
    end: int
    clause: Span
    sentence: Span
    phrase: Phrase


@cache
def _grammar() -> QuantityGrammar:
    return QuantityGrammar(lexicon.load("amounts")["measure_words"])


@cache
def _data(name: str) -> tuple[str, ...]:
    return tuple(lexicon.load("amounts")[name])


@cache
def _person_noun() -> re.Pattern[str]:
    return re.compile(lexicon.load("amounts")["person_nouns"] + "$")


@cache
def _filters() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    data = lexicon.load("amounts")
    return (
        re.compile(rf"(?:{lexicon.alternation(data['not_before'])})$"),
        re.compile(lexicon.alternation(data["not_behind"])),
        re.compile(lexicon.alternation(data["names"])),
    )


def find_statistics(reading: Reading, unit_of: UnitFinder) -> tuple[Statistic, ...]:
    """The statistics of a document.

    Args:
        unit_of: says whose figure a stretch of text gives.
    """
    periods = _Periods(reading)
    found: list[Statistic] = []
    for sentence in reading.sentences:
        previous: Statistic | None = None
        for count in _counts(reading, sentence):
            statistic = _statistic(reading, count, previous, unit_of, periods)
            previous = statistic
            if not any(_same_figure(statistic, other) for other in found):
                found.append(statistic)
    return tuple(found)


def _counts(reading: Reading, sentence: Sentence) -> Iterator[_Count]:
    for clause in sentence.clauses:
        quantities = [q for q in _grammar().find(reading.folded, clause.start, clause.end) if _is_count(reading, q)]
        start = clause.start
        for i, quantity in enumerate(quantities):
            following = quantities[i + 1] if i + 1 < len(quantities) else None
            end = _stretch_end(reading.folded, quantity.end, following.start if following else clause.end, following)
            before = within(reading.words, start, quantity.start)
            phrase = phrase_around(before, within(reading.words, quantity.end, end))
            yield _Count(quantity, start, end, (clause.start, clause.end), (sentence.start, sentence.end), phrase)
            start = end if end < (following.start if following else end + 1) else quantity.end
            while start < clause.end and reading.folded[start] in "、和及与 ":
                start += 1


def _stretch_end(folded: str, start: int, stop: int, following: Quantity | None) -> int:
    """Where the words of one number end and those of the next begin: the last 、 or 和 between them."""
    if following is None:
        return stop
    cut = max(folded.rfind(mark, start, stop) for mark in ("、", "和", "及", " "))
    return cut if cut >= 0 else following.start


def _is_count(reading: Reading, quantity: Quantity) -> bool:
    folded = reading.folded
    before, behind, names = _filters()
    if before.search(folded, max(0, quantity.start - 6), quantity.start) or behind.match(folded, quantity.end):
        return False
    if quantity.unit_of_measure in _TIMES:
        return any(word in folded[max(0, quantity.start - 10) : quantity.start] for word in _data("overrun"))
    window = max(0, quantity.number_start - 8)
    if any(m.start() <= quantity.number_start < m.end() for m in names.finditer(folded, window, quantity.end + 12)):
        return False
    return (quantity.arabic or _counts_in_chinese(folded, quantity)) and not _inside_name(reading, quantity)


def _counts_in_chinese(folded: str, quantity: Quantity) -> bool:
    """Whether Chinese numerals count: no article (一个), size (百家), department (审评六部) or name (“三项整治”)."""
    number = folded[quantity.number_start : quantity.number_end]
    return not (
        quantity.value == 1
        or (number in ("百", "千", "万") and not quantity.approximate)
        or quantity.unit_of_measure in ("部", "处", "组")
        or _in_short_quotes(folded, quantity)
    )


def _in_short_quotes(folded: str, quantity: Quantity) -> bool:
    opened = max(folded.rfind(mark, max(0, quantity.number_start - _NAME), quantity.number_start) for mark in "“‘·")
    if opened < 0:
        return False
    closed = min((k for k in (folded.find(mark, opened) for mark in "”’") if k >= 0), default=len(folded))
    return quantity.number_start - opened == 1 or quantity.end <= closed <= opened + _NAME


def _inside_name(reading: Reading, quantity: Quantity) -> bool:
    """Whether the number is part of a name (`五家渠市`, `《…二十条》`) or of a title in book marks."""
    folded = reading.folded
    opened = folded.rfind("《", max(0, quantity.number_start - 60), quantity.number_start)
    if opened >= 0 and folded.find("》", opened, quantity.number_start) < 0:
        return True
    return any(
        name.start <= quantity.number_start < name.end and name.label in ("LOC", "PER", "nz", "nw")
        for name in within(reading.words, quantity.number_start - 12, quantity.end)
        if not (name.start == quantity.number_start and name.end <= quantity.end)
    )


def _statistic(
    reading: Reading, count: _Count, previous: Statistic | None, unit_of: UnitFinder, periods: "_Periods"
) -> Statistic:
    quantity, folded = count.quantity, reading.folded
    subject, action = (_cut(reading, span) for span in (count.phrase.subject, count.phrase.action))
    if quantity.unit_of_measure in _PERSONS and subject:
        if subject.endswith(_data("done_to_people")):
            subject, action = "人", subject
        elif not _person_noun().search(subject) and metric_of(quantity.unit_of_measure, subject) is not Metric.TALKS:
            subject = "人"
    if subject is None:
        subject = _default_subject(quantity, action, previous)
    around = f"{folded[count.start : quantity.number_start]}#{folded[quantity.end : count.end]}"
    clause = f"{folded[count.clause[0] : quantity.number_start]}#{folded[quantity.end : count.clause[1]]}"
    carried = previous.action or "" if action is None and previous else ""
    sentence = folded[count.sentence[0] : count.sentence[1]]
    texts = [f"{around} {subject or ''}", carried + around, clause, sentence]
    if previous and action is None and previous.unit_of_measure == quantity.unit_of_measure:
        texts[2:] = [previous.evidence.quote]
    metric = metric_of(quantity.unit_of_measure, subject, *texts)
    start, end = _quote_span(reading, count)
    return Statistic(
        evidence=reading.document.evidence(start, end),
        value=quantity.value,
        unit_of_measure=quantity.unit_of_measure,
        subject=subject,
        action=action or carried or None,
        metric=metric,
        approximate=quantity.approximate,
        unit=None if metric in _PERSONAL else unit_of(start, end),
        period=periods.at(quantity.number_start),
    )


def _cut(reading: Reading, span: Span | None) -> str | None:
    if span is None:
        return None
    return reading.text[span[0] : span[1]].strip(" 、的“”‘’《》") or None


def _default_subject(quantity: Quantity, action: str | None, previous: Statistic | None) -> str | None:
    """A count without its own noun: 处分61万人 counts people, 整改49个 what the clause before it counted."""
    if quantity.unit_of_measure in _PERSONS:
        return "人"
    if action and action.endswith(("贿赂", "受贿", "立案")):
        return "贿赂" if action.endswith("贿赂") else action[-2:]
    return previous.subject if previous else None


def _quote_span(reading: Reading, count: _Count) -> Span:
    """The shortest stretch that carries subject, action and number."""
    start, end = count.start, count.end
    number = count.quantity
    if count.phrase.action is None and number.start - count.clause[0] <= _QUOTE_HEAD:
        start = count.clause[0]
    elif number.start - start > _QUOTE_HEAD and reading.folded[number.start - 1] == "等":
        start = number.start - 1  # a long enumeration before 等16个方面
    if end - number.end > _QUOTE_TAIL:
        ends = [span[1] for span in (count.phrase.subject, count.phrase.action) if span]
        end = max(number.end, *ends) if ends else number.end
    while start < number.start and reading.folded[start] in "、 ,“‘”’":
        start += 1
    return start, end


class _Periods:
    """The period a figure falls in: named before it in the sentence or paragraph, or carried from the one before."""

    def __init__(self, reading: Reading) -> None:
        published = reading.document.published
        anchor = date.fromisoformat(published) if published else None
        self._reading = reading
        self._by_block: dict[int, list[Period]] = {}
        for i, block in enumerate(reading.document.blocks):
            self._by_block[i] = find_periods(reading.folded, anchor, block.start, block.end)

    def at(self, offset: int) -> str | None:
        sentence = self._reading.sentence_at(offset)
        if sentence is None:
            return None
        here = [period for period in self._by_block[sentence.block] if period.start <= offset]
        if here:
            return here[-1].iso
        return self._carried(sentence.block)

    def _carried(self, block: int) -> str | None:
        """The stretch of time that opens the paragraph before (`2021年6月以来,…`), which this one goes on with."""
        blocks = self._reading.document.blocks
        for i in range(block - 1, -1, -1):
            if blocks[i].kind is BlockKind.PARAGRAPH:
                opening = self._by_block[i][:1]
                if opening and opening[0].start <= blocks[i].start + 2:
                    return opening[0].iso
                return None
            if blocks[i].kind is BlockKind.HEADING:
                return None
        return None


def _same_figure(one: Statistic, other: Statistic) -> bool:
    """Whether two records give the same figure about the same thing, so that it counts once."""
    if (one.value, one.unit_of_measure) != (other.value, other.unit_of_measure):
        return False
    if one.metric != other.metric and Metric.OTHER not in (one.metric, other.metric):
        return False
    if one.unit and other.unit and one.unit != other.unit:
        return False
    if not one.subject or not other.subject:
        return one.evidence.quote == other.evidence.quote
    return one.subject in other.subject or other.subject in one.subject
