"""Suggest what to do about a problem, from what others did about comparable ones.

Takes a problem in words, gives measures that documents of the library report, each with the issue it answered and the
words that prove it. Nothing is made up: every suggestion is a quote. Issues like the problem are found first; their
measures are those the document ties to them, else those in the same paragraph; measures that speak of the problem's
own subject join them. Near-identical measures are folded into one suggestion.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log2

from docintel.errors import QueryError
from docintel.index.passage_index import PassageIndex
from docintel.schema import Extraction, Hit, HitKind, Measure, Precedent, Status, Suggestion
from docintel.search import rank
from docintel.store.catalog import Catalog
from docintel.text.normalize import fold

_ISSUES = 40  # comparable issues looked at
_MEASURES = 40  # measures that resemble the problem itself
#: How much a measure counts for the way it was found.
_LINKED, _SAME_PARAGRAPH, _ALIKE = 1.0, 0.7, 0.8
#: A measure that was carried out is better proof than one that was ordered.
_STATUS = {Status.DONE: 1.0, Status.ONGOING: 0.95, Status.REQUIRED: 0.85}
_SAME_WORDING = 0.6  # Dice over character pairs: one measure said twice
_SAME_DOCUMENT = 0.8  # each further suggestion led by one document counts so much less
_SUPPORT = 0.1  # added a doubling of the documents that took a measure


@dataclass(frozen=True, slots=True)
class Similarity:
    """How the encoder's cosines of unrelated and of comparable problems lie.

    Attributes:
        unrelated: at or below this cosine, two texts have nothing to do with each other; it becomes 0.
        same: at or above, they say the same; it becomes 1.
        comparable: a similarity (0 to 1) below which an issue is no precedent.
    """

    unrelated: float = 0.8
    same: float = 0.95
    comparable: float = 0.3

    def of(self, cosine: float) -> float:
        """Cosine to similarity, 0 to 1."""
        return min(1.0, max(0.0, (cosine - self.unrelated) / (self.same - self.unrelated)))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A measure of one document on its way to be suggested."""

    precedent: Precedent
    score: float
    ordinal: int

    @property
    def document(self) -> str:
        return self.precedent.measure.document


def suggest(
    catalog: Catalog,
    index: PassageIndex,
    problem: str,
    *,
    similarity: Similarity,
    exclude: str | None = None,
    top_k: int = 10,
) -> list[Suggestion]:
    """Measures for a problem, best first; empty when nothing in the library is comparable.

    Args:
        similarity: how to read the encoder's cosines.
        exclude: id of a document that gives no precedents: the one the problem comes from.

    Raises:
        QueryError: the problem is empty.
    """
    if not problem.strip():
        raise QueryError("The problem is empty.", hint="Describe in a sentence what was found.")
    finder = _Finder(catalog, index, similarity, exclude)
    candidates = _best_each([*finder.by_issue(problem), *finder.by_measure(problem)])
    return _spread(_folded(candidates), top_k)


class _Finder:
    """Finds candidates; remembers the extractions it has read."""

    def __init__(self, catalog: Catalog, index: PassageIndex, similarity: Similarity, exclude: str | None) -> None:
        self._catalog, self._index, self._similarity, self._exclude = catalog, index, similarity, exclude
        self._extractions: dict[str, Extraction] = {}

    def by_issue(self, problem: str) -> Iterator[_Candidate]:
        """Measures of comparable issues."""
        for issue, similarity in self._comparable(problem, HitKind.ISSUE, _ISSUES):
            extraction = self._extraction(issue.document)
            for ordinal, linked in _measures_for(extraction, issue.ordinal):
                measure = extraction.measures[ordinal]
                score = similarity * (_LINKED if linked else _SAME_PARAGRAPH) * _STATUS[measure.status]
                yield _candidate(extraction, ordinal, score, issue=issue.quote, similarity=similarity, linked=linked)

    def by_measure(self, problem: str) -> Iterator[_Candidate]:
        """Measures that speak of what the problem speaks of, with the issue they are tied to if there is one."""
        for hit, similarity in self._comparable(problem, HitKind.MEASURE, _MEASURES):
            extraction = self._extraction(hit.document)
            measure = extraction.measures[hit.ordinal]
            issue = extraction.issues[measure.addresses[0]].evidence.quote if measure.addresses else ""
            score = similarity * _ALIKE * _STATUS[measure.status]
            yield _candidate(extraction, hit.ordinal, score, issue=issue, similarity=similarity, linked=bool(issue))

    def _comparable(self, problem: str, kind: HitKind, count: int) -> Iterator[tuple[Hit, float]]:
        """Records like the problem with their similarity, best first; none below the threshold."""
        ids = [id_ for id_, _ in rank(self._catalog, self._index, problem, kind=kind, pool=count)]
        query = self._index.encoder.encode_queries([problem])[0]
        cosines = self._index.vectors(ids, kind) @ query
        likeness = {id_: self._similarity.of(float(cosine)) for id_, cosine in zip(ids, cosines, strict=True)}
        near = {id_: value for id_, value in likeness.items() if value >= self._similarity.comparable}
        for hit in self._catalog.hits(near):
            if hit.document != self._exclude:
                yield hit, hit.score

    def _extraction(self, document: str) -> Extraction:
        if document not in self._extractions:
            self._extractions[document] = self._catalog.get(document)
        return self._extractions[document]


def _measures_for(extraction: Extraction, issue: int) -> Iterator[tuple[int, bool]]:
    """Ordinals of the measures for an issue, and whether the document ties them to it.

    Where it ties none, those in the issue's own paragraph or list item.
    """
    tied = [ordinal for ordinal, measure in enumerate(extraction.measures) if issue in measure.addresses]
    if tied:
        yield from ((ordinal, True) for ordinal in tied)
        return
    block = extraction.document.block_at(extraction.issues[issue].evidence.start)
    for ordinal, measure in enumerate(extraction.measures):
        if block and block.start <= measure.evidence.start < block.end:
            yield ordinal, False


def _candidate(
    extraction: Extraction, ordinal: int, score: float, *, issue: str, similarity: float, linked: bool
) -> _Candidate:
    measure = extraction.measures[ordinal]
    hit = _measure_hit(extraction, measure, ordinal, score)
    precedent = Precedent(issue=issue, similarity=similarity, linked=linked, measure=hit, units=measure.units)
    return _Candidate(precedent, score, ordinal)


def _measure_hit(extraction: Extraction, measure: Measure, ordinal: int, score: float) -> Hit:
    document, quote = extraction.document, measure.evidence
    return Hit(
        kind=HitKind.MEASURE,
        score=score,
        text=quote.quote,
        quote=quote.quote,
        title=document.title,
        source=document.source,
        document=document.id,
        start=quote.start,
        end=quote.end,
        ordinal=ordinal,
        page=quote.page,
        doc_type=str(extraction.doc_type),
        publisher=document.publisher,
        published=document.published,
        region=extraction.region,
        category=str(measure.category),
        status=str(measure.status),
    )


def _best_each(candidates: Iterable[_Candidate]) -> list[_Candidate]:
    """Each measure once, by its best reason; best first, ties by document and place."""
    best: dict[tuple[str, int], _Candidate] = {}
    for candidate in candidates:
        key = (candidate.document, candidate.ordinal)
        if key not in best or candidate.score > best[key].score:
            best[key] = candidate
    return sorted(best.values(), key=lambda each: (-each.score, each.document, each.ordinal))


def _folded(candidates: Sequence[_Candidate]) -> list[Suggestion]:
    """Near-identical measures as one suggestion: its best wording first, the others as further precedents."""
    groups: list[tuple[Counter[str], list[_Candidate]]] = []
    for candidate in candidates:
        pairs = _pairs(candidate.precedent.measure.quote)
        for first, members in groups:
            if _dice(first, pairs) >= _SAME_WORDING:
                members.append(candidate)
                break
        else:
            groups.append((pairs, [candidate]))
    return [_suggestion(members) for _, members in groups]


def _suggestion(members: Sequence[_Candidate]) -> Suggestion:
    best = members[0].precedent.measure
    support = len({member.document for member in members})
    return Suggestion(
        text=best.quote,
        category=best.category or "",
        status=best.status or "",
        score=members[0].score * (1 + _SUPPORT * log2(support)),
        support=support,
        precedents=tuple(member.precedent for member in members),
    )


def _spread(suggestions: Sequence[Suggestion], top_k: int) -> list[Suggestion]:
    """The best `top_k`, each further one led by the same document counting less; scores as they count."""
    left, led = list(suggestions), defaultdict[str, int](int)
    chosen: list[Suggestion] = []

    def counted(suggestion: Suggestion) -> float:
        return suggestion.score * _SAME_DOCUMENT ** led[suggestion.precedents[0].measure.document]

    while left and len(chosen) < top_k:
        best = max(left, key=counted)  # the first of equals: suggestions come sorted
        chosen.append(replace(best, score=counted(best)))
        led[best.precedents[0].measure.document] += 1
        left.remove(best)
    return chosen


def _pairs(text: str) -> Counter[str]:
    """The pairs of neighbouring characters of a text, punctuation left out."""
    letters = [char for char in fold(text) if char.isalnum()]
    return Counter(map("".join, pairwise(letters)))


def _dice(one: Counter[str], other: Counter[str]) -> float:
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


__all__ = ["Similarity", "suggest"]
