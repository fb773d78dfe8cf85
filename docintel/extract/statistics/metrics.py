"""What a count counts: the metric of a statistic, told from its measure word and the words around it.

In: a measure word, the noun that is counted and stretches of text around the number. Out: a metric with the rule that
decided. The rules are data: `patterns/metrics.toml`.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from docintel.extract.language import lexicon
from docintel.schema import Metric

#: How far from the number a rule is asked: in the count's own stretch, in its clause, in its sentence.
_STRETCH, _CLAUSE, _SENTENCE = 1, 2, 3
_REACHES = ("stretch", "stretch", "clause", "sentence")
#: How a rule is called that is tried when no stronger one holds.
_RANKS = ("", "weak", "last")


@dataclass(frozen=True, slots=True)
class MetricChoice:
    """A metric, the rule that decided and the words it went by; no words where none told it."""

    metric: Metric
    rule: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class _Rule:
    metric: Metric
    text: re.Pattern[str]
    excluded: re.Pattern[str] | None
    head: re.Pattern[str] | None
    reach: int
    rank: int
    first: bool

    def forbids(self, text: str) -> bool:
        """Whether a stretch has words that the rule may not have."""
        return self.excluded is not None and self.excluded.search(text) is not None

    def holds(self, text: str) -> re.Match[str] | None:
        """The words of a stretch that the rule goes by; None where it does not hold."""
        match = self.text.search(text)
        return None if match and self.forbids(text) else match


@cache
def _rules(unit_of_measure: str) -> tuple[_Rule, ...]:
    """The rules for a measure word, in order."""
    return tuple(
        _Rule(
            Metric(row["id"]),
            _compiled(row.get("text", "(?!)" if "head" in row else "")),
            _compiled(row["not"]) if "not" in row else None,
            _compiled(f"(?:{row['head']})$") if "head" in row else None,
            _STRETCH if row.get("near") else _SENTENCE if row.get("wide") else _CLAUSE,
            2 if row.get("last") else 1 if row.get("weak") else 0,
            row.get("first", False),
        )
        for row in lexicon.load("metrics")["metric"]
        if re.fullmatch(row["unit"], unit_of_measure)
    )


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def metric_of(unit_of_measure: str, subject: str | None, *texts: str) -> MetricChoice:
    """The metric of a count.

    Args:
        subject: the noun that is counted; its end may settle the matter (`重点任务`, `医院`), or the end of what it
            belongs to (`粮库的库存`).
        texts: stretches around the number, the number itself written `#` and its measure word left out; the nearest
            first: twice the count's own, its clause, its sentence. The first for which a rule holds decides.
    """
    rules = _rules(unit_of_measure)
    if settled := _settled(rules, subject, texts):
        return settled
    by_rank: defaultdict[int, list[_Rule]] = defaultdict(list)
    for rule in rules:
        by_rank[rule.rank].append(rule)
    for rank in sorted(by_rank):
        for reach, text in enumerate(texts):
            for rule in by_rank[rank]:
                if rule.reach >= reach and (match := rule.holds(text)):
                    return MetricChoice(rule.metric, f"metric/{_RANKS[rank] or _REACHES[reach]}", match.group())
    return MetricChoice(Metric.OTHER, "metric/none")


def _settled(rules: Sequence[_Rule], subject: str | None, texts: Sequence[str]) -> MetricChoice | None:
    """What the words of the clause, or the end of the noun that is counted, settle before any other rule is asked."""
    for rule in rules:
        if rule.first and (match := rule.holds(texts[min(_CLAUSE, len(texts) - 1)])):
            return MetricChoice(rule.metric, "metric/first", match.group())
    own = subject is not None and any(subject in text for text in texts[:1])
    for noun in (subject, subject.partition("的")[0]) if subject and (own or len(texts) < _CLAUSE) else ():
        for rule in rules:
            if rule.head and rule.head.search(noun) and not rule.forbids(texts[-1 if len(texts) == 1 else 1]):
                return MetricChoice(rule.metric, "metric/subject", noun)
    return None
