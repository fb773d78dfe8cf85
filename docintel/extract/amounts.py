"""Statistics: every number that counts something, with what it counts, for whom and when.

In: a reading and the units it mentions. Out: `Statistic` records in text order, one a figure.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from functools import cache

from docintel.extract import lexicon
from docintel.extract.counts import Count, find_counts
from docintel.extract.metrics import metric_of
from docintel.extract.periods import Periods
from docintel.extract.phrases import Span
from docintel.extract.reading import Reading
from docintel.schema import Metric, Statistic
from docintel.text.numerals import Quantity

_PERSONS = frozenset({"人", "名", "人次", "名次", "位"})
#: Figures of a person's acts, not of a unit's work.
_PERSONAL = frozenset({Metric.AMOUNT_INVOLVED, Metric.OCCURRENCES})
#: Longest stretch quoted behind a number when its noun phrase ends earlier.
_QUOTE_TAIL = 18
#: Longest stretch quoted before a number when an enumeration leads up to it.
_QUOTE_HEAD = 40

#: Longest stretch on either side of a number that is asked what it counts.
_CUE_REACH = 200

#: Finds whose figure `text[start:end]` is: the canonical name, or None.
UnitFinder = Callable[[int, int], str | None]


@cache
def _data(name: str) -> tuple[str, ...]:
    return tuple(lexicon.load("amounts")[name])


@cache
def _person_noun() -> re.Pattern[str]:
    return re.compile(lexicon.load("amounts")["person_nouns"] + "$")


def find_statistics(reading: Reading, unit_of: UnitFinder) -> tuple[Statistic, ...]:
    """The statistics of a document.

    Args:
        unit_of: says whose figure a stretch of text gives.
    """
    periods = Periods(reading)
    found: list[Statistic] = []
    equal: defaultdict[tuple[float | None, str], list[Statistic]] = defaultdict(list)
    for sentence in reading.sentences:
        previous: Statistic | None = None
        for count in find_counts(reading, sentence):
            statistic = _statistic(reading, count, previous, unit_of, periods)
            previous = statistic
            said = equal[statistic.value, statistic.unit_of_measure]
            if not any(_same_figure(statistic, other) for other in said):
                said.append(statistic)
                found.append(statistic)
    return tuple(found)


def _statistic(
    reading: Reading, count: Count, previous: Statistic | None, unit_of: UnitFinder, periods: Periods
) -> Statistic:
    subject, action = _subject_and_action(reading, count, previous)
    carried = previous.action if action is None and previous else None
    metric = metric_of(count.quantity.unit_of_measure, subject, *_cues(reading, count, subject, carried, previous))
    start, end = _quote_span(reading, count)
    return Statistic(
        evidence=reading.document.evidence(start, end),
        value=count.quantity.value,
        unit_of_measure=count.quantity.unit_of_measure,
        subject=subject,
        action=action or carried,
        metric=metric,
        approximate=count.quantity.approximate,
        unit=None if metric in _PERSONAL else unit_of(start, end),
        period=periods.at(count.quantity.number_start),
    )


def _subject_and_action(reading: Reading, count: Count, previous: Statistic | None) -> tuple[str | None, str | None]:
    subject, action = (_cut(reading, span) for span in (count.phrase.subject, count.phrase.action))
    counts_people = count.quantity.unit_of_measure in _PERSONS
    if subject and counts_people:
        if subject.endswith(_data("done_to_people")):
            return "人", subject
        if not _person_noun().search(subject) and not subject.endswith(_data("done_with_people")):
            return "人", action
    return subject or _default_subject(count.quantity, action, previous), action


def _cues(
    reading: Reading, count: Count, subject: str | None, carried: str | None, previous: Statistic | None
) -> list[str]:
    """Stretches that tell the metric, the nearest first: the number's own, with the action before it, then wider.

    A number without an action that is counted like the one before goes on with what that one counts (其中食堂类137个).
    """
    folded, number = reading.folded, count.quantity
    around = f"{folded[count.start : number.number_start]}#{folded[number.end : count.end]}"
    near = [f"{around} {subject or ''}", f"{carried or ''}{around}"]
    goes_on = not count.phrase.action or "其中" in around
    if previous and goes_on and previous.unit_of_measure == number.unit_of_measure:
        return [*near, previous.evidence.quote]
    first, last = number.number_start - _CUE_REACH, number.end + _CUE_REACH
    low, high = max(count.clause[0], first), min(count.clause[1], last)
    clause = f"{folded[low : number.number_start]}#{folded[number.end : high]}"
    if number.unit_of_measure in _PERSONS or number.unit_of_measure.endswith(("元", "起")):
        return [*near, clause, folded[max(count.sentence[0], first) : min(count.sentence[1], last)]]
    return [*near, clause]


def _cut(reading: Reading, span: Span | None) -> str | None:
    if span is None:
        return None
    return reading.text[span[0] : span[1]].strip(" 、的“”‘’《》") or None


def _default_subject(quantity: Quantity, action: str | None, previous: Statistic | None) -> str | None:
    """A count without its own noun: 约谈18人 counts people, 办结7个 what the clause before it counted."""
    if quantity.unit_of_measure in _PERSONS:
        return "人"
    if action and action.endswith(("贿赂", "受贿", "立案")):
        return "贿赂" if action.endswith("贿赂") else action[-2:]
    return previous.subject if previous else None


def _quote_span(reading: Reading, count: Count) -> Span:
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


def _same_figure(one: Statistic, other: Statistic) -> bool:
    """Whether two records of an equal number are about the same thing, so that it counts once."""
    if one.metric != other.metric and Metric.OTHER not in (one.metric, other.metric):
        return False
    if any(a and b and a != b for a, b in ((one.unit, other.unit), (one.period, other.period))):
        return False
    if one.value is None or not one.subject or not other.subject:
        return one.evidence.quote == other.evidence.quote
    return one.subject in other.subject or other.subject in one.subject
