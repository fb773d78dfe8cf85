"""Suggest what to do about a problem, from what others did about comparable ones.

Takes a problem in words, gives measures that documents of the library report, each with the issue it answered and the
words that prove it. Nothing is made up: every suggestion is a quote. Issues like the problem are found first; their
measures are those the document ties to them, else those in the same paragraph; measures that speak of the problem's
own subject join them. Near-identical measures are folded into one suggestion.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import log2

from docintel.errors import NotFoundError, QueryError
from docintel.index.passage_index import PassageIndex
from docintel.schema import Extraction, Hit, HitKind, Measure, MeasureCategory, Metric, Precedent, Status, Suggestion
from docintel.search import letter_pairs, once, overlap, rank
from docintel.store.catalog import Catalog

_ISSUES = 40  # comparable issues looked at
_MEASURES = 40  # measures that resemble the problem itself
#: How much the comparable issue counts for a measure, by how the two are tied.
_LINKED, _SAME_PARAGRAPH = 1.0, 0.5
#: How much it counts that the measure itself speaks of the problem's subject, beside the issue it answers.
_OWN_WORDS = 0.6
#: A measure that was carried out is better proof than one that was ordered.
_STATUS = {Status.DONE: 1.0, Status.ONGOING: 0.95, Status.REQUIRED: 0.85}
#: What was done to one person, or a bare count of what was found and settled, is an outcome: worth seeing, and rarely
#: what is asked for.
_OUTCOME = 0.5
_OUTCOMES = frozenset(
    {
        Metric.ISSUES_FOUND,
        Metric.ISSUES_RECTIFIED,
        Metric.ISSUES_PENDING,
        Metric.PERSONS_DISCIPLINED,
        Metric.PERSONS_EDUCATED,
        Metric.CASES_FILED,
        Metric.CASES_HANDLED,
        Metric.CLUES,
        Metric.SHARE,
    }
)
_ISSUE_ITSELF = 0.8  # of a measure's words: an issue that covers so much of it leaves no action
_SAME_WORDING = 0.6  # Dice over character pairs: one measure said twice
#: Each further suggestion led by the same document, or of the same category, counts so much less.
_SAME_DOCUMENT, _SAME_CATEGORY = 0.85, 0.93
_SUPPORT = 0.1  # added a doubling of the works that tell of a measure


@dataclass(frozen=True, slots=True)
class Similarity:
    """How to read an encoder's cosines; the defaults are the shipped encoder's.

    They were read off the issues of some fifty reports: the nearest issue has a cosine of 0.85 to 0.88 for questions
    from another world (weather, cooking, chips, share prices) and of 0.90 to 0.94 for problems the reports know.

    Attributes:
        unrelated: at or below it two texts have nothing to do with each other: 0, and no precedent.
        same: at or above it they say the same: 1.
        comparable: the least relevance (mean of similarity and shared words) of a precedent. The best of the questions
            from another world reaches 0.07, a problem named in other words than the reports' 0.25.
    """

    unrelated: float = 0.885
    same: float = 0.94
    comparable: float = 0.15

    def of(self, cosine: float) -> float:
        """Cosine to similarity, 0 to 1."""
        return min(1.0, max(0.0, (cosine - self.unrelated) / (self.same - self.unrelated)))


@dataclass(frozen=True, slots=True)
class _Reason:
    """Why a measure may be suggested: the issue it answers (empty when it speaks for itself) and how like it is."""

    issue: str
    similarity: float
    relevance: float
    linked: bool


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A measure of one document on its way to be suggested."""

    precedent: Precedent
    score: float
    work: str

    @property
    def place(self) -> tuple[str, int]:
        """Document and ordinal."""
        return self.precedent.measure.document, self.precedent.measure.ordinal


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
        exclude: id of a document that gives no precedents, nor do its reposts: the one the problem comes from.

    Raises:
        QueryError: the problem is empty.
    """
    if not problem.strip():
        raise QueryError(
            "问题为空。 The problem is empty.", hint="请用一句话描述发现的问题。 Describe in a sentence what was found."
        )
    finder = _Finder(catalog, index, similarity, problem, exclude)
    candidates = sorted(finder.candidates(), key=lambda each: (-each.score, each.place))
    return _spread(_folded(candidates), top_k)


class _Finder:
    """Finds the candidates for one problem; remembers the extractions it has read."""

    def __init__(
        self, catalog: Catalog, index: PassageIndex, similarity: Similarity, problem: str, exclude: str | None
    ) -> None:
        self._catalog, self._index, self._similarity = catalog, index, similarity
        self._excluded = frozenset(catalog.sources_of(exclude) if exclude else ())
        self._problem, self._pairs = problem, letter_pairs(problem)
        self._query = index.encoder.encode_queries([problem])[0]
        self._extractions: dict[str, Extraction] = {}

    def candidates(self) -> Iterator[_Candidate]:
        """Each measure that has a reason, once, scored."""
        own = {(hit.document, hit.ordinal): (hit, value) for hit, value in self._like(HitKind.MEASURE, _MEASURES)}
        reasons = self._by_issue()
        standings = self._catalog.standings({document for document, _ in own.keys() | reasons.keys()})
        for document, ordinal in sorted(own.keys() | reasons.keys()):
            extraction = self._extraction(document)
            measure = extraction.measures[ordinal]
            if _is_issue(measure, extraction):
                continue
            hit, similarity = own.get((document, ordinal), (None, 0.0))
            reason = reasons.get((document, ordinal)) or _own_reason(measure, extraction, similarity)
            score = (reason.relevance + _OWN_WORDS * (hit.score if hit else 0.0)) / (1 + _OWN_WORDS)
            score *= measure.confidence * _STATUS[measure.status]
            score *= _OUTCOME if _is_outcome(measure, extraction) else 1.0
            precedent = Precedent(
                issue=reason.issue,
                similarity=reason.similarity,
                linked=reason.linked,
                measure=_measure_hit(extraction, measure, ordinal, score),
                units=measure.units,
            )
            yield _Candidate(precedent, score, standings.get(document, (document,))[0])

    def _by_issue(self) -> dict[tuple[str, int], _Reason]:
        """The measures of comparable issues, by document and ordinal, each with its best reason."""
        reasons: dict[tuple[str, int], _Reason] = {}
        for issue, similarity in self._like(HitKind.ISSUE, _ISSUES):
            for ordinal, linked in _measures_for(self._extraction(issue.document), issue.ordinal):
                relevance = issue.score * (_LINKED if linked else _SAME_PARAGRAPH)
                known = reasons.get((issue.document, ordinal))
                if known is None or relevance > known.relevance:
                    reasons[issue.document, ordinal] = _Reason(issue.quote, similarity, relevance, linked)
        return reasons

    def _like(self, kind: HitKind, count: int) -> Iterator[tuple[Hit, float]]:
        """Records like the problem, best first, with their similarity; a hit's score is its relevance, 0 to 1.

        Relevance is the mean of the similarity and of how much of the shorter text the longer one says.
        """
        ids = [id_ for id_, _ in rank(self._index, self._problem, self._query, kind=kind)]
        cosines = self._index.vectors(ids, kind) @ self._query
        hits = self._catalog.hits({id_: float(cosine) for id_, cosine in zip(ids, cosines, strict=True)})
        for hit in once(hits, self._catalog.standings({hit.document for hit in hits}))[:count]:
            similarity = self._similarity.of(hit.score)
            relevance = (similarity + overlap(self._pairs, letter_pairs(hit.quote))) / 2
            near = similarity > 0 and relevance >= self._similarity.comparable
            if near and hit.document not in self._excluded and self._still_says(hit):
                yield replace(hit, score=relevance), similarity

    def _still_says(self, hit: Hit) -> bool:
        """Whether the document has the hit's record; another process may have read it anew, or removed it."""
        try:
            records = self._extraction(hit.document).records(f"{hit.kind}s")
        except NotFoundError:
            return False
        return hit.ordinal < len(records) and records[hit.ordinal].evidence.quote == hit.quote

    def _extraction(self, document: str) -> Extraction:
        if document not in self._extractions:
            self._extractions[document] = self._catalog.get(document)
        return self._extractions[document]


def _own_reason(measure: Measure, extraction: Extraction, similarity: float) -> _Reason:
    """No comparable issue: the measure speaks for itself; the issue it answers, if any, is only shown."""
    issue = extraction.issues[measure.addresses[0]].evidence.quote if measure.addresses else ""
    return _Reason(issue, similarity, 0.5 * similarity, linked=bool(issue))


def _is_outcome(measure: Measure, extraction: Extraction) -> bool:
    """Whether a measure is what one case was punished with, or counts what was found and settled."""
    quote = measure.evidence
    if measure.category is MeasureCategory.ACCOUNTABILITY:
        return any(sanction in quote.quote for case in extraction.cases for sanction in case.sanctions)
    counted = (s for s in extraction.statistics if quote.start <= s.evidence.start < quote.end)
    return any(statistic.metric in _OUTCOMES for statistic in counted)


def _is_issue(measure: Measure, extraction: Extraction) -> bool:
    """Whether issues cover so much of a measure's words that no action is left: one of the two is misread."""
    start, end = measure.evidence.start, measure.evidence.end
    covered = sum(max(0, min(end, i.evidence.end) - max(start, i.evidence.start)) for i in extraction.issues)
    return covered >= _ISSUE_ITSELF * (end - start)


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


def _folded(candidates: Sequence[_Candidate]) -> list[Suggestion]:
    """Near-identical measures as one suggestion: its best wording first, the others as further precedents."""
    groups: list[tuple[Counter[str], list[_Candidate]]] = []
    for candidate in candidates:
        pairs = letter_pairs(candidate.precedent.measure.quote)
        for first, members in groups:
            if _dice(first, pairs) >= _SAME_WORDING:
                members.append(candidate)
                break
        else:
            groups.append((pairs, [candidate]))
    return [_suggestion(members) for _, members in groups]


def _suggestion(members: Sequence[_Candidate]) -> Suggestion:
    best = members[0].precedent.measure
    support = len({member.work for member in members})
    return Suggestion(
        text=best.quote,
        category=best.category or "",
        status=best.status or "",
        score=members[0].score * (1 + _SUPPORT * log2(support)),
        support=support,
        precedents=tuple(member.precedent for member in members),
    )


def _spread(suggestions: Sequence[Suggestion], top_k: int) -> list[Suggestion]:
    """The best `top_k`, each further one of a document or a category counting less; scores as they count."""
    left, seen = list(suggestions), Counter[str]()
    chosen: list[Suggestion] = []

    def counted(suggestion: Suggestion) -> float:
        document = suggestion.precedents[0].measure.document
        return suggestion.score * _SAME_DOCUMENT ** seen[document] * _SAME_CATEGORY ** seen[suggestion.category]

    while left and len(chosen) < top_k:
        best = max(left, key=counted)  # the first of equals: suggestions come sorted
        chosen.append(replace(best, score=counted(best)))
        seen.update([best.precedents[0].measure.document, best.category])
        left.remove(best)
    return chosen


def _dice(one: Counter[str], other: Counter[str]) -> float:
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


__all__ = ["Similarity", "suggest"]
