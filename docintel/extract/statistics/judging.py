"""Judge what a figure counts by the words around it, where the rules of `patterns/metrics.toml` are weak.

In: the statistics of a document as the rules made them. Out: the same, with other metrics where the model is surer than
the rules. A linear model over the figure's noun, verb, quote and sentence, and over what the rules say of it and of its
neighbours; fitted by `scripts/train_metric.py`.
"""

import json
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from math import log10
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from docintel.config import models_dir
from docintel.errors import ModelError
from docintel.extract.language.reading import Reading, Sentence, within
from docintel.extract.language.wording import Span
from docintel.schema import DocType, Ground, Metric, Statistic

Floats = npt.NDArray[np.float32]
#: What is known of a figure, `role=value`, each with the words it is read from where it stands for words.
Features = Mapping[str, Span | None]
JUDGED = "metric/judged"
#: The rules of what is told before anything else is asked, and of what members of an enumeration have in common.
FIRST, CARRIED = "metric/first", "metric/carried"
#: Rules that say nothing of a figure itself.
SILENT = ("metric/none", "metric/previous")
#: The file of the weights.
WEIGHTS = "weights.npz"
#: Names are invented anew in every document; that there is one is what counts.
_ANY = {"PER": "<人>", "LOC": "<地>", "TIME": "<时>", "ORG": "<机>"}
_DIGITS = {ord(digit): "#" for digit in "0123456789"}
_NUMERALS = frozenset("0123456789.,%一二三四五六七八九十百千万亿余多几两")
#: Measure words that count the same sort of thing; `元` stands for all money.
_SORTS = {
    unit: units[0]
    for units in (
        ("人", "名", "人次", "名次", "位"),
        ("元", "英镑", "港币"),
        ("%", "‰", "个百分点", "倍", "成"),
        ("次", "场", "回", "趟", "轮", "批"),
        ("家", "所", "户", "座", "处"),
        ("个", "项", "条", "类", "方面"),
        ("件", "起", "宗", "例"),
    )
    for unit in units
}
#: How many words of the sentence before and behind the clause are read, and how many open it.
_NEAR, _OPENING = 25, 4
#: How many characters beside the number are read together.
_BESIDE = (1, 2, 3)
_FEW, _LARGEST = 3, 7
#: The features that are shown as words: neither parts of words nor numbers or marks.
_WORD = re.compile(r"(?!quote|beside)\w+=[\w<]")
#: So many words are shown as the ones that spoke for a metric.
_SHOWN = 3


class Words:
    """The words of a sentence, names and numbers made alike."""

    def __init__(self, reading: Reading, sentence: Sentence) -> None:
        """Read them once for all figures of the sentence."""
        words = within(reading.words, sentence.start, sentence.end)
        kept = [word for word in words if not word.text.isspace()]
        self.sentence = sentence
        self.spans: list[Span] = [(word.start, word.end) for word in kept]
        self.starts = [word.start for word in kept]
        self.texts = [_ANY.get(word.label) or _generalised(word.text) for word in kept]

    def range(self, start: int, end: int) -> tuple[int, int]:
        """The numbers of the words that begin in a stretch."""
        return bisect_left(self.starts, start), bisect_left(self.starts, end)

    def named(self, role: str, low: int, high: int) -> Iterator[tuple[str, Span]]:
        """Words as features."""
        return zip([f"{role}={text}" for text in self.texts[low:high]], self.spans[low:high], strict=True)


def _generalised(text: str) -> str:
    return "#" if text[0] in _NUMERALS and _NUMERALS.issuperset(text) else text


def is_settled(metric: str, rule: str) -> bool:
    """Whether the rules leave no doubt.

    One that is asked first leaves none, nor one that knows of no metric (`整改措施68条`), nor what the members of an
    enumeration have in common (`分别为23个、17个、9个`).
    """
    return rule in (FIRST, CARRIED) or (metric == Metric.OTHER and rule not in SILENT)


def sort_of(unit_of_measure: str) -> str:
    """What sort of thing a measure word counts; empty for none in particular."""
    return "元" if unit_of_measure.endswith("元") else _SORTS.get(unit_of_measure, "")


def is_judged(statistic: Statistic) -> bool:
    """Whether a figure stands in running text and may count several things: shares are told by their measure word."""
    return statistic.metric is not Metric.SHARE and ground(statistic, "").evidence is not None


def ground(statistic: Statistic, field: str) -> Ground:
    """Why a field is as it is."""
    return next((one for one in statistic.grounds if one.field == field), Ground(field, "none"))


def is_open(statistic: Statistic) -> bool:
    """Whether a figure is judged and the rules leave a doubt."""
    return is_judged(statistic) and not is_settled(statistic.metric, ground(statistic, "metric").rule)


def describe(
    reading: Reading,
    statistics: Sequence[Statistic],
    doc_type: DocType,
    is_wanted: Callable[[Statistic], bool] = is_judged,
) -> Iterator[tuple[int, Features]]:
    """For each figure that is wanted its number and its features."""
    words: Words | None = None
    for n, statistic in enumerate(statistics):
        if is_wanted(statistic) and (sentence := reading.sentence_at(statistic.evidence.start)):
            if words is None or words.sentence is not sentence:
                words = Words(reading, sentence)
            before = statistics[n - 1] if n and statistics[n - 1].evidence.start >= sentence.start else None
            behind = statistics[n + 1] if n + 1 < len(statistics) else None
            if behind and behind.evidence.start >= sentence.end:
                behind = None
            grounds = {one.field: one for one in reversed(statistic.grounds)}
            features: dict[str, Span | None] = dict.fromkeys(_said(statistic, grounds, doc_type))
            features.update(dict.fromkeys(_beside(statistic, before, behind)))
            features.update(_named(statistic, grounds))
            features.update(_around(reading, words, statistic))
            yield n, features


def _said(statistic: Statistic, grounds: Mapping[str, Ground], doc_type: DocType) -> list[str]:
    """What the rules say of a figure, and how it is measured."""
    metric, unit, value = statistic.metric, statistic.unit_of_measure, statistic.value
    sort, rule = sort_of(unit), grounds["metric"].rule
    found = [
        f"rule={metric}",
        f"rule={rule}",
        f"rule={metric}|{rule}",
        f"rule={metric}|{sort}",
        f"rule={metric}|{unit}",
    ]
    found += [f"unit={unit}", f"unit={sort}|", f"type={doc_type}", f"type={doc_type}|{sort}"]
    found += [f"ground=unit|{statistic.unit is not None}", f"ground=period|{statistic.period is not None}"]
    found += [f"ground={grounds[field].rule}" for field in ("subject", "action") if field in grounds]
    if value is not None:
        found.append(f"value={sort}|{min(int(log10(value)), _LARGEST) if value >= 1 else -1}")
    if value is not None and value <= _FEW:
        found.append(f"value={sort}|few")
    return found


def _beside(statistic: Statistic, before: Statistic | None, behind: Statistic | None) -> Iterator[str]:
    """What the rules say of the figures beside a figure, in its sentence."""
    if before:
        same = before.unit_of_measure == statistic.unit_of_measure
        yield from (f"before={before.metric}", f"before={before.metric}|{sort_of(statistic.unit_of_measure)}|{same}")
    if behind:
        yield f"behind={behind.metric}"


def _named(statistic: Statistic, grounds: Mapping[str, Ground]) -> dict[str, Span | None]:
    """The noun and the verb: whole, their ends, and their pairs of characters."""
    found: dict[str, Span | None] = {}
    for role, text in (("subject", statistic.subject or ""), ("action", statistic.action or "")):
        evidence = grounds[role].evidence if role in grounds else None
        span = (evidence.start, evidence.end) if evidence else None
        values = [text, f"…{text[-2:]}", f"…{text[-1:]}", *[f"{one}{other}…" for one, other in pairwise(text)]]
        found |= {f"{role}={value}": span for value in values}
    return found


def _around(reading: Reading, words: Words, statistic: Statistic) -> dict[str, Span]:
    """The characters of the quote and beside the number, the words of the clause and of the sentence."""
    number, quote = ground(statistic, "").evidence, statistic.evidence
    assert number is not None
    start, end, folded, sentence = number.start, number.end, reading.folded, words.sentence
    found: dict[str, Span] = {}
    for role, low, high in (("quote_before", quote.start, start), ("quote_behind", end, quote.end)):
        text = folded[low:high].translate(_DIGITS)
        found |= {f"{role}={text[i : i + 2]}": (low + i, low + i + 2) for i in range(len(text) - 1)}
    for size in _BESIDE:
        low, high = max(sentence.start, start - size), min(sentence.end, end + size)
        found[f"beside_before={size}|{folded[low:start]}"] = low, start
        found[f"beside_behind={size}|{folded[end:high]}"] = end, high
    clause = reading.clause_at(start)
    low, high = words.range(*((clause.start, clause.end) if clause else (start, end)))
    first, last = words.range(start, end)
    opens, closes = words.range(sentence.start, sentence.end)
    for role, one, other in (
        ("clause_before", low, first),
        ("clause_behind", last, high),
        ("word_before", max(low, first - 1), first),
        ("word_behind", last, min(last + 1, closes)),
        ("sentence_before", max(opens, low - _NEAR), low),
        ("sentence_behind", high, min(closes, high + _NEAR)),
        ("opening", opens, min(closes, opens + _OPENING)),
    ):
        found.update(words.named(role, one, other))
    return found


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the model says against the rules.

    Attributes:
        metric: what the figure counts.
        words: where the words stand that speak most for it, the strongest first.
    """

    metric: Metric
    words: tuple[Span, ...]


class MetricJudge:
    """A model folder as `scripts/train_metric.py` writes it.

    Attributes:
        metrics: the labels.
        margins: rule → the log-odds by which another metric must be likelier than what that rule says; for all other
            rules that of the empty name.
    """

    def __init__(self, folder: Path) -> None:
        """Load the model.

        Raises:
            ModelError: a file is missing or unreadable.
        """
        try:
            card = json.loads((folder / "model.json").read_text("utf-8"))
            self.metrics = [Metric(label) for label in card["labels"]]
            self.margins: dict[str, float] = {"": card["margins"][""], **card["margins"]}
            self._biases: Floats = np.array(card["biases"], dtype=np.float32)
            self._rows = {name: n for n, name in enumerate(card["features"])}
            with np.load(folder / WEIGHTS) as weights:
                self._weights: Floats = weights["metric"].astype(np.float32)
            if self._weights.shape != (len(self._rows), len(self.metrics)) or len(self._biases) != len(self.metrics):
                raise ValueError(f"{self._weights.shape} weights")  # noqa: TRY301
            self._numbers = {metric: n for n, metric in enumerate(self.metrics)}
        except (OSError, ValueError, KeyError, TypeError, BadZipFile) as exc:
            raise ModelError(
                f"指标的模型无法读取。 The model of metrics in {folder} cannot be read: {exc}",
                hint="请重新安装 docintel。 Reinstall docintel, or make it anew: python scripts/train_metric.py",
            ) from exc

    def log_odds(self, features: Iterable[str]) -> Floats:
        """How likely each metric is: (metrics,), up to a constant."""
        rows = [row for row in map(self._rows.get, features) if row is not None]
        found: Floats = self._biases + self._weights.take(np.array(rows, dtype=np.intp), axis=0).sum(axis=0)
        return found

    def verdict(self, statistic: Statistic, features: Features) -> Verdict | None:
        """What the model says of a figure; None where the metric of the rules stands."""
        ruled = self._numbers.get(statistic.metric)
        rule = ground(statistic, "metric").rule
        if is_settled(statistic.metric, rule) or ruled is None:
            return None
        scores = self.log_odds(features)
        best = int(scores.argmax())
        if best == ruled or scores[best] - scores[ruled] < self.margins.get(rule, self.margins[""]):
            return None
        return Verdict(self.metrics[best], self._strongest(features, best, ruled))

    def _strongest(self, features: Features, metric: int, other: int) -> tuple[Span, ...]:
        """Where the words stand that speak most for a metric and against the other; each stretch once."""
        sums: dict[Span, float] = {}
        for name, span in features.items():
            if span and span[1] - span[0] > 1 and _WORD.match(name) and (row := self._rows.get(name)) is not None:
                sums[span] = sums.get(span, 0.0) + float(self._weights[row, metric] - self._weights[row, other])
        shown: list[Span] = []
        for span in sorted((span for span in sums if sums[span] > 0), key=lambda span: (-sums[span], span)):
            if not any(span[0] < one[1] and one[0] < span[1] for one in shown):
                shown.append(span)
        return tuple(shown[:_SHOWN])


def judged(reading: Reading, statistics: Sequence[Statistic], doc_type: DocType) -> tuple[Statistic, ...]:
    """The statistics of a document, with other metrics where the model is surer than the rules."""
    found, model = list(statistics), shared_judge()
    for n, features in describe(reading, statistics, doc_type, is_open):
        if verdict := model.verdict(statistics[n], features):
            found[n] = _with_verdict(reading, statistics[n], verdict)
    return tuple(found)


def _with_verdict(reading: Reading, statistic: Statistic, verdict: Verdict) -> Statistic:
    """A figure with another metric, and the words that spoke for it."""
    quotes = [reading.document.evidence(*span) for span in verdict.words]
    note = "".join(f"“{quote.quote}”" for quote in quotes)
    why = Ground("metric", JUDGED, quotes[0] if quotes else None, note)
    grounds = tuple(why if one.field == "metric" else one for one in statistic.grounds)
    return replace(statistic, metric=verdict.metric, grounds=grounds)


@cache
def shared_judge() -> MetricJudge:
    """The process's model, loaded at the first call."""
    return MetricJudge(models_dir() / "metric")
