"""How good extraction is, against gold.

In: extractions and gold in the JSON form of `docintel.schema.serial`. Out: scores that add up over documents. Pure
functions.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from docintel.text.normalize import fold

#: Two quotes of this likeness are the same record.
SAME_QUOTE = 0.5
#: One quote inside another counts as alike when it is at least this share of its length.
_PART = 0.4
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "statistics": ("unit_of_measure", "metric", "approximate", "unit", "period"),
    "units": ("canonical", "kind"),
    "persons": ("position", "unit"),
    "cases": (),
    "issues": ("category", "modality"),
    "measures": ("category", "status"),
}
#: Fields that are only asked for where the gold has them.
_WHERE_STATED = frozenset({"unit", "period", "position"})
Dict = dict[str, Any]


@dataclass(slots=True)
class Score:
    """Counts that precision, recall and F1 come from; scores add up."""

    hits: int = 0
    predicted: int = 0
    gold: int = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(self.hits + other.hits, self.predicted + other.predicted, self.gold + other.gold)

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 0 when nothing was found."""
        return self.hits / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Share of what is there that was found; 0 when nothing is there."""
        return self.hits / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.predicted + self.gold
        return 2 * self.hits / total if total else 0.0


@dataclass(slots=True)
class Report:
    """Scores by record type, and how many fields of matched records are right: `right, asked` by `type.field`."""

    records: dict[str, Score] = field(default_factory=lambda: {kind: Score() for kind in _FIELDS})
    fields: dict[str, tuple[int, int]] = field(default_factory=dict)

    def accuracy(self, name: str) -> float:
        """Share of right values of a field, e.g. `issues.category`; 0 when it was never asked for."""
        right, asked = self.fields.get(name, (0, 0))
        return right / asked if asked else 0.0


def score_extractions(pairs: Iterable[tuple[Dict, Dict]]) -> Report:
    """Score predicted documents against gold ones, micro-averaged.

    Args:
        pairs: predicted and gold of the same document, both in JSON form.
    """
    report = Report()
    for predicted, gold in pairs:
        for kind in _FIELDS:
            same = matched(kind, predicted[kind], gold[kind])
            report.records[kind] += Score(len(same), len(predicted[kind]), len(gold[kind]))
            for i, j in same:
                _score_fields(report, kind, predicted[kind][i], gold[kind][j])
    return report


def matched(kind: str, predicted: Sequence[Dict], gold: Sequence[Dict]) -> list[tuple[int, int]]:
    """Indexes of the predicted and the gold records of one type that are the same record."""
    return match(predicted, gold, _LIKENESS.get(kind, _quotes_alike))


def _score_fields(report: Report, kind: str, predicted: Dict, gold: Dict) -> None:
    for name in _FIELDS[kind]:
        if name in _WHERE_STATED and not gold.get(name):
            continue
        right, asked = report.fields.get(f"{kind}.{name}", (0, 0))
        same = _letters(predicted.get(name)) == _letters(gold.get(name))
        report.fields[f"{kind}.{name}"] = (right + same, asked + 1)


def match(
    predicted: Sequence[Dict], gold: Sequence[Dict], likeness: Callable[[Dict, Dict], float]
) -> list[tuple[int, int]]:
    """Pair records one to one, the most alike first; pairs of no likeness are left apart."""
    scored = [(likeness(p, g), -i, -j) for i, p in enumerate(predicted) for j, g in enumerate(gold)]
    pairs: list[tuple[int, int]] = []
    left, right = set(range(len(predicted))), set(range(len(gold)))
    for value, i, j in sorted(scored, reverse=True):
        if value > 0 and -i in left and -j in right:
            left.remove(-i)
            right.remove(-j)
            pairs.append((-i, -j))
    return sorted(pairs)


def quote_likeness(one: str, other: str) -> float:
    """Dice coefficient over pairs of neighbouring letters, at least .75 for a quote well inside the other."""
    a, b = _letters(one), _letters(other)
    if not a or not b:
        return 0.0
    short, long = sorted((a, b), key=len)
    pairs_a, pairs_b = (Counter(map("".join, pairwise(text))) or Counter([text]) for text in (a, b))
    dice = 2 * (pairs_a & pairs_b).total() / (pairs_a.total() + pairs_b.total())
    return max(dice, 0.75) if short in long and len(short) >= _PART * len(long) else dice


def _letters(value: Any) -> str:
    return "".join(char for char in fold(str("" if value is None else value)).lower() if char.isalnum() or char == "%")


def _quotes_alike(one: Dict, other: Dict) -> float:
    value = quote_likeness(one["quote"], other["quote"])
    return value if value >= SAME_QUOTE else 0.0


def _figures_alike(one: Dict, other: Dict) -> float:
    if one["value"] != other["value"]:
        return 0.0
    a, b = _letters(one["quote"]), _letters(other["quote"])
    return 1.0 if a in b or b in a else _quotes_alike(one, other)


def _units_alike(one: Dict, other: Dict) -> float:
    return float(bool({one["canonical"], one["name"]} & {other["canonical"], other["name"]}))


def _persons_alike(one: Dict, other: Dict) -> float:
    return float(one["name"] == other["name"])


def _cases_alike(one: Dict, other: Dict) -> float:
    a, b = set(one["persons"]), set(other["persons"])
    if not a and not b:
        return _quotes_alike(one, other)
    value = len(a & b) / len(a | b)
    return value if value >= SAME_QUOTE else 0.0


_LIKENESS: Mapping[str, Callable[[Dict, Dict], float]] = {
    "statistics": _figures_alike,
    "units": _units_alike,
    "persons": _persons_alike,
    "cases": _cases_alike,
}
