"""How well ranked answers serve the queries that people judged.

In: what each system answers to each query, and judgements found in the documents. Out: figures of each system, with
confidence intervals, beside what the product gains over the best of the others.

An answer has the grade of judged words that it shares a place with, or that say the same elsewhere: neither other
boundaries nor a repost cost anything. What nobody judged counts as no answer, and how much of it is shown is said.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from docintel.evaluation.gold import places
from docintel.evaluation.judged import USEFUL, Judgement, Query
from docintel.evaluation.metrics import bootstrap, ndcg, precision, recall, reciprocal_rank
from docintel.schema import Hit
from docintel.text.normalize import fold

#: The system that is measured; the others are what it must beat.
PRODUCT = "product"
#: Of the shorter of two spans, the share that both must cover to be one.
_SAME_PLACE = 0.5
#: Dice over pairs of neighbouring characters: one measure or passage said twice, but for a number or a name.
_SAME_WORDING = 0.8
#: By system, then query: what was shown, best first.
Runs = Mapping[str, Mapping[str, Sequence[Hit]]]


class Span(NamedTuple):
    """Words at a place of a document."""

    document: str
    start: int
    end: int
    text: str


class Graded(NamedTuple):
    """Words that somebody judged, at every place where their document says them."""

    spans: tuple[Span, ...]
    grade: int


class Shown(NamedTuple):
    """What the judgements say of an answer: its grade, 0 for one seen before or never judged."""

    grade: int
    judged: bool


def located(
    judgements: Iterable[Judgement], find: Callable[[str], tuple[str, str] | None]
) -> tuple[dict[str, list[Graded]], list[Judgement]]:
    """Judgements by query, found in the documents, and those whose document or words are not there.

    Args:
        find: gives id and text of the document with a file name; None where there is none.
    """
    found: dict[str, list[Graded]] = {}
    lost = []
    for judgement in judgements:
        document = find(judgement.document)
        spans = places(document[1], judgement.quote) if document else []
        if document is None or not spans:
            lost.append(judgement)
            continue
        id_, text = document
        graded = Graded(tuple(Span(id_, low, high, text[low:high]) for low, high in spans), judgement.grade)
        found.setdefault(judgement.query, []).append(graded)
    return found, lost


class Pool:
    """What is known to answer one query, or not to; judged words that say the same are one."""

    def __init__(self, judged: Sequence[Graded]) -> None:
        self._units: list[list[Graded]] = []
        for graded in sorted(judged, key=lambda each: -each.grade):
            same = next((unit for unit in self._units if _any_same(unit[:1], graded.spans)), None)
            if same is None:
                self._units.append([graded])
            else:
                same.append(graded)

    @property
    def grades(self) -> list[int]:
        """The grades of what is known, each once, best first."""
        return [unit[0].grade for unit in self._units]

    def knows(self, span: Span) -> bool:
        """Whether these words, or others that say the same, are judged."""
        return any(_any_same(unit, (span,)) for unit in self._units)

    def of(self, hits: Iterable[Hit]) -> list[Shown]:
        """What the judgements say of each hit, in order; each unit counts for the first hit that shows it."""
        taken: set[int] = set()
        out = []
        for hit in hits:
            span = (span_of(hit),)
            matching = [number for number, unit in enumerate(self._units) if _any_same(unit, span)]
            new = next((number for number in matching if number not in taken), None)
            if new is not None:
                taken.add(new)
            out.append(Shown(self._units[new][0].grade if new is not None else 0, bool(matching)))
        return out


def span_of(hit: Hit) -> Span:
    """Where the words of a hit stand."""
    return Span(hit.document, hit.start, hit.end, hit.quote)


def _any_same(unit: Iterable[Graded], spans: Sequence[Span]) -> bool:
    return any(_same(one, other) for graded in unit for one in graded.spans for other in spans)


def _same(one: Span, other: Span) -> bool:
    if one.document == other.document:
        shared = min(one.end, other.end) - max(one.start, other.start)
        if shared >= _SAME_PLACE * min(one.end - one.start, other.end - other.start):
            return True
    return dice(one.text, other.text) >= _SAME_WORDING


def dice(one: str, other: str) -> float:
    """Likeness of two texts by the pairs of neighbouring characters that they share, each counted once; 0 to 1."""
    a, b = _pairs(one), _pairs(other)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def _pairs(text: str) -> set[str]:
    return set(map("".join, pairwise(char for char in fold(text).lower() if char.isalnum())))


#: The figures of an answer, and how each is read: of shown grades and known ones.
FIGURES: Mapping[str, Callable[[Sequence[int], Sequence[int]], float]] = {
    "ndcg@10": lambda shown, known: ndcg(shown, known, 10),
    "recall@10": lambda shown, known: recall(shown, known, 10, USEFUL),
    "mrr": lambda shown, _: reciprocal_rank(shown, USEFUL),
    "p@5": lambda shown, _: precision(shown, 5, USEFUL),
    "p@10": lambda shown, _: precision(shown, 10, USEFUL),
}
#: Distinct categories among the useful ones of the first ten, and how many of them somebody judged.
KINDS, JUDGED, SILENT = "kinds@10", "judged@10", "silent"
_SHOWN = 10


def figures_of(hits: Sequence[Hit], pool: Pool) -> dict[str, float]:
    """The figures of one answer; of one that shows nothing, there is no share that was judged."""
    said = pool.of(hits)
    shown, known = [each.grade for each in said], pool.grades
    first = list(zip(hits[:_SHOWN], said[:_SHOWN], strict=True))
    kinds = {hit.category for hit, each in first if each.grade >= USEFUL and hit.category}
    judged = {JUDGED: sum(each.judged for _, each in first) / len(first)} if first else {}
    return {name: figure(shown, known) for name, figure in FIGURES.items()} | {KINDS: len(kinds)} | judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure of one system.

    Attributes:
        style: of the queries; `all` for all of them.
        metric: a key of `FIGURES`, or `KINDS`, `JUDGED`, or `SILENT`: of the queries without a comparable case, the
            share that was answered with nothing.
        value: the mean over the queries, with its interval; a difference where `against` names a system.
        queries: how many.
        against: the best of the other systems by this figure.
        ratio: the gain over it as a share of its own figure; None where that is 0.
    """

    style: str
    system: str
    metric: str
    value: float
    low: float
    high: float
    queries: int
    against: str = ""
    ratio: float | None = None


class Evaluation(NamedTuple):
    """The figures, the queries that nothing is known to answer (which count in none), and judgements not found."""

    rows: list[Row]
    unanswered: list[str]
    lost: list[Judgement]


def evaluate(
    runs: Runs,
    queries: Sequence[Query],
    judgements: Iterable[Judgement],
    find: Callable[[str], tuple[str, str] | None],
) -> Evaluation:
    """The figures of each system, by style and over all queries.

    Args:
        runs: of every system, an answer to each of the queries.
        find: as for `located`.
    """
    judged, lost = located(judgements, find)
    pools = {query.id: Pool(judged.get(query.id, [])) for query in queries}
    answered = [q for q in queries if q.answerable and any(grade >= USEFUL for grade in pools[q.id].grades)]
    figures = {
        system: {query.id: figures_of(answers[query.id], pools[query.id]) for query in answered}
        for system, answers in runs.items()
    }
    rows: list[Row] = []
    for style, asked in _by_style(answered):
        rows += _rows(style, {system: [of[query.id] for query in asked] for system, of in figures.items()})
    rows += _silence(runs, [query for query in queries if not query.answerable])
    known = {query.id for query in answered}
    return Evaluation(rows, [q.id for q in queries if q.answerable and q.id not in known], lost)


def _by_style(queries: Sequence[Query]) -> Iterator[tuple[str, list[Query]]]:
    styles = list(dict.fromkeys(query.style for query in queries if query.style))
    if len(styles) > 1:
        yield from ((style, [query for query in queries if query.style == style]) for style in styles)
    if queries:
        yield "all", list(queries)


def _rows(style: str, figures: Mapping[str, Sequence[Mapping[str, float]]]) -> Iterator[Row]:
    for metric in (*FIGURES, KINDS, JUDGED):
        values = {system: [each[metric] for each in of if metric in each] for system, of in figures.items()}
        if metric == KINDS and not any(map(any, values.values())):
            continue  # passages are of no kind
        for system, of in values.items():
            yield Row(style=style, system=system, metric=metric, queries=len(of), **bootstrap(of)._asdict())
        others = {system: sum(of) / len(of) for system, of in values.items() if system != PRODUCT and metric != JUDGED}
        if PRODUCT not in values or not others:
            continue
        best = max(others, key=lambda system: others[system])
        gains = [ours - theirs for ours, theirs in zip(values[PRODUCT], values[best], strict=True)]
        gain = bootstrap(gains)
        yield Row(
            style=style,
            system=PRODUCT,
            metric=metric,
            queries=len(gains),
            against=best,
            ratio=gain.value / others[best] if others[best] else None,
            **gain._asdict(),
        )


def _silence(runs: Runs, queries: Sequence[Query]) -> Iterator[Row]:
    """How often a system rightly answers nothing."""
    if queries:
        for system, answers in runs.items():
            silent = bootstrap([float(not answers[query.id]) for query in queries])
            yield Row(style="all", system=system, metric=SILENT, queries=len(queries), **silent._asdict())
