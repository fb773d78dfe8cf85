"""Find what a library knows of a problem: comparable problems, and the measures that answered them.

In: a problem in words. Out: comparable cases, and candidates: measures with the reason why each may be suggested.
Issues like the problem are found first; their measures are those the document ties to them, else those in the same
paragraph; measures that speak of the problem's own subject join them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import islice

from docintel.chain import effects
from docintel.errors import NotFoundError
from docintel.index.passage_index import PassageIndex
from docintel.schema import Effect, Extraction, Hit, HitKind, Measure, Merits, Precedent
from docintel.search import Question, once, rank
from docintel.store.catalog import Catalog
from docintel.suggest.actions import Use, use_of
from docintel.suggest.folding import Candidate
from docintel.suggest.likeness import Problem, Similarity
from docintel.suggest.peers import World, nearness, world_of
from docintel.suggest.scoring import effect_merit, recency_merit, score, status_merit
from docintel.suggest.usefulness import features, shipped

_ISSUES = 40  # comparable issues looked at
_MEASURES = 40  # measures that resemble the problem itself
_KEPT = 256  # documents remembered from one problem to the next
#: Where something is comparable, what is so much less near than it need be is looked at too.
_FURTHER = 0.75
#: How much the comparable issue counts for a measure, by how the two are tied.
_LINKED, _SAME_PARAGRAPH = 1.0, 0.5
#: How much it counts that the measure itself speaks of the problem's subject, beside the issue it answers.
_OWN_WORDS = 0.6
#: A measure that answers no comparable issue has only its own words.
_ALONE = 0.5
_ISSUE_ITSELF = 0.8  # of a measure's words: an issue that covers so much of it leaves no action


@dataclass(frozen=True, slots=True)
class Asked:
    """A problem, and who asks.

    Attributes:
        exclude: id of a document that gives no precedents, nor do its reposts: the one the problem comes from.
        world: of who asks.
    """

    problem: str
    world: World
    exclude: str | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """A record like the problem: its cosine as similarity, and its relevance as the hit's score."""

    hit: Hit
    similarity: float


@dataclass(frozen=True, slots=True)
class _Reason:
    """Why a measure may be suggested.

    Attributes:
        issue: that it answers; empty when it speaks for itself.
        likeness: how like the problem that issue is, or else the measure, by meaning and words.
        relevance: what that counts.
    """

    issue: str
    likeness: float
    relevance: float
    linked: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read from a document, as suggestions need it."""

    extraction: Extraction
    world: World
    uses: tuple[Use, ...]
    effects: dict[int, tuple[Effect, ...]]


class Shelf:
    """The documents of a catalog, remembered from one problem to the next."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.get = lru_cache(maxsize=_KEPT)(self._get)

    def _get(self, document: str) -> _Known:
        extraction = self.catalog.get(document)
        uses = tuple(use_of(measure, extraction) for measure in extraction.measures)
        return _Known(extraction, world_of(extraction), uses, dict(effects(extraction)))


class Finder:
    """Finds what is known of one problem."""

    def __init__(self, shelf: Shelf, index: PassageIndex, similarity: Similarity, asked: Asked) -> None:
        self._shelf, self._catalog = shelf, shelf.catalog
        self._index, self._similarity, self._asked = index, similarity, asked
        self._excluded = frozenset(self._catalog.sources_of(asked.exclude) if asked.exclude else ())
        self._problem = Problem(asked.problem, index, similarity)
        self._newest = ""

    @cached_property
    def _issues(self) -> list[Likeness]:
        return self._like(HitKind.ISSUE)

    @cached_property
    def _known_cases(self) -> list[Likeness]:
        return self._comparable(self._issues, _ISSUES)

    def nearest(self) -> Hit | None:
        """The problem of the library that comes nearest, comparable or not; its score is its relevance."""
        return next((each.hit for each in self._issues if self._still_says(each.hit)), None)

    def cases(self) -> list[Hit]:
        """Comparable problems, most alike first."""
        return [each.hit for each in self._known_cases]

    def candidates(self) -> Iterator[Candidate]:
        """Each measure that has a reason and is an action, once, with its merits."""
        alike = self._comparable(self._measures, _MEASURES)
        own = {(each.hit.document, each.hit.ordinal): each for each in alike}
        reasons = self._by_issue()
        documents = {document for document, _ in own.keys() | reasons.keys()}
        standings = self._catalog.standings(documents)
        days = (self._shelf.get(document).extraction.document.published or "" for document in documents)
        self._newest = max(days, default="")
        for document, ordinal in sorted(own.keys() | reasons.keys()):
            known = self._shelf.get(document)
            measure = known.extraction.measures[ordinal]
            if known.uses[ordinal] is Use.NONE or _is_issue(measure, known.extraction):
                continue
            reason = reasons.get((document, ordinal))
            work = standings.get(document, (document,))[0]
            yield self._candidate(known, ordinal, reason, own.get((document, ordinal)), work)

    def _candidate(
        self, known: _Known, ordinal: int, reason: _Reason | None, own: Likeness | None, work: str
    ) -> Candidate:
        measure, extraction = known.extraction.measures[ordinal], known.extraction
        reason = reason or _own_reason(measure, extraction, own)
        match = (reason.relevance + _OWN_WORDS * (own.hit.score if own else 0.0)) / (1 + _OWN_WORDS)
        relevance = match * measure.confidence
        told_by = features(relevance, known.uses[ordinal], measure)
        told = known.effects.get(ordinal, ())
        merits = Merits(
            relevance=relevance,
            use=shipped().probability(told_by),
            status=status_merit(measure.status),
            support=0.0,
            recency=recency_merit(extraction.document.published, self._newest),
            nearness=nearness(self._asked.world, known.world),
            effect=effect_merit(told),
        )
        hit = _measure_hit(extraction, measure, ordinal, score(merits))
        precedent = Precedent(
            issue=reason.issue,
            similarity=reason.likeness,
            linked=reason.linked,
            measure=hit,
            units=measure.units,
            effects=told,
        )
        return Candidate(precedent, merits, work, told_by)

    def _by_issue(self) -> dict[tuple[str, int], _Reason]:
        """The measures of comparable issues, by document and ordinal, each with its best reason."""
        reasons: dict[tuple[str, int], _Reason] = {}
        for like in self._known_cases:
            issue = like.hit
            for ordinal, linked in _measures_for(self._shelf.get(issue.document).extraction, issue.ordinal):
                relevance = issue.score * (_LINKED if linked else _SAME_PARAGRAPH)
                known = reasons.get((issue.document, ordinal))
                if known is None or relevance > known.relevance:
                    reasons[issue.document, ordinal] = _Reason(issue.quote, issue.score, relevance, linked)
        return reasons

    def _like(self, kind: HitKind) -> list[Likeness]:
        """Records like the problem, most like it first, what sources of a work say alike once."""
        ranked = [rank(self._index, Question(part.text, part.vector), kind=kind) for part in self._problem.parts]
        ids = list(dict.fromkeys(id_ for ranking in ranked for id_, _ in ranking))
        vectors = self._index.vectors(ids, kind)
        similarities: dict[tuple[str, int], float] = {}
        hits = []
        for hit in self._catalog.hits({id_: float(place) for place, id_ in enumerate(ids)}):
            if hit.document not in self._excluded:
                similarity, relevance = self._problem.likeness(hit.quote, vectors[int(hit.score)])
                similarities[hit.document, hit.ordinal] = similarity
                hits.append(replace(hit, score=relevance))
        hits.sort(key=lambda hit: -hit.score)
        distinct = once(hits, self._catalog.standings({hit.document for hit in hits}))
        return [Likeness(hit, similarities[hit.document, hit.ordinal]) for hit in distinct]

    @cached_property
    def _measures(self) -> list[Likeness]:
        return self._like(HitKind.MEASURE)

    @cached_property
    def _is_known(self) -> bool:
        """Whether the library knows anything comparable: whether the nearest record is near enough."""
        best = max((each.hit.score for each in (*self._issues[:1], *self._measures[:1])), default=0.0)
        return best >= self._similarity.comparable

    def _comparable(self, found: Sequence[Likeness], count: int) -> list[Likeness]:
        if not self._is_known:
            return []
        least = _FURTHER * self._similarity.comparable
        near = (each for each in found if each.similarity > 0 and each.hit.score >= least)
        return list(islice((each for each in near if self._still_says(each.hit)), count))

    def _still_says(self, hit: Hit) -> bool:
        """Whether the document has the hit's record; another process may have read it anew, or removed it."""
        try:
            records = self._shelf.get(hit.document).extraction.records(f"{hit.kind}s")
        except NotFoundError:
            return False
        return hit.ordinal < len(records) and records[hit.ordinal].evidence.quote == hit.quote


def _own_reason(measure: Measure, extraction: Extraction, own: Likeness | None) -> _Reason:
    """No comparable issue: the measure speaks for itself; the issue it answers, if any, is only shown."""
    issue = extraction.issues[measure.addresses[0]].evidence.quote if measure.addresses else ""
    likeness, similarity = (own.hit.score, own.similarity) if own else (0.0, 0.0)
    return _Reason(issue, likeness, _ALONE * similarity, linked=bool(issue))


def _is_issue(measure: Measure, extraction: Extraction) -> bool:
    """Whether issues cover so much of a measure's words that no action is left: one of the two is misread."""
    start, end = measure.evidence.start, measure.evidence.end
    covered = sum(max(0, min(end, i.evidence.end) - max(start, i.evidence.start)) for i in extraction.issues)
    return covered >= _ISSUE_ITSELF * (end - start)


def _measures_for(extraction: Extraction, issue: int) -> Iterator[tuple[int, bool]]:
    """Ordinals of the measures for an issue, and whether the document ties them to it.

    Those that it ties to no issue and tells in the issue's own paragraph or list item are taken for its measures too;
    where it ties none to this issue, all that stand there are.
    """
    tied = [ordinal for ordinal, measure in enumerate(extraction.measures) if issue in measure.addresses]
    yield from ((ordinal, True) for ordinal in tied)
    block = extraction.document.block_at(extraction.issues[issue].evidence.start)
    for ordinal, measure in enumerate(extraction.measures):
        here = block and block.start <= measure.evidence.start < block.end
        if here and ordinal not in tied and not (tied and measure.addresses):
            yield ordinal, False


def _measure_hit(extraction: Extraction, measure: Measure, ordinal: int, value: float) -> Hit:
    document, quote = extraction.document, measure.evidence
    return Hit(
        kind=HitKind.MEASURE,
        score=value,
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
