"""What a count counts: the metric of a statistic, told from its measure word and the words around it."""

import re
from dataclasses import dataclass
from functools import cache

from docintel.extract import lexicon
from docintel.schema import Metric


@dataclass(frozen=True, slots=True)
class _Rule:
    metric: Metric
    unit: re.Pattern[str]
    text: re.Pattern[str]
    excluded: re.Pattern[str] | None
    head: re.Pattern[str] | None
    weak: bool

    def names(self, unit_of_measure: str, subject: str) -> bool:
        """Whether the noun that is counted settles the metric by itself."""
        return bool(self.head and self.unit.fullmatch(unit_of_measure) and self.head.search(subject))

    def holds(self, unit_of_measure: str, text: str) -> bool:
        return (
            self.unit.fullmatch(unit_of_measure) is not None
            and self.text.search(text) is not None
            and not (self.excluded and self.excluded.search(text))
        )


@cache
def _rules() -> tuple[_Rule, ...]:
    return tuple(
        _Rule(
            Metric(row["id"]),
            re.compile(row["unit"]),
            re.compile(row.get("text", "")),
            re.compile(row["not"]) if "not" in row else None,
            re.compile(f"(?:{row['head']})$") if "head" in row else None,
            row.get("weak", False),
        )
        for row in lexicon.load("amounts")["metric"]
    )


def metric_of(unit_of_measure: str, subject: str | None, *texts: str) -> Metric:
    """The metric of a count.

    Args:
        subject: what is counted; its last noun may settle the matter (`重点任务`, `医院`).
        texts: stretches around the number, the number itself written `#` and its measure word left out; the nearest
            first. The first for which a rule holds decides.
    """
    for rule in _rules():
        if subject and rule.names(unit_of_measure, subject):
            return rule.metric
    for weak in (False, True):
        for text in texts:
            for rule in _rules():
                if rule.weak is weak and rule.holds(unit_of_measure, text):
                    return rule.metric
    return Metric.OTHER
