"""Which passages match a query for good, not only better than the others.

In: a query and some passages. Out: hits, best first. A search always finds something; a watch must tell what is new
only where it says what was asked: with most of the query's words, or with nearly its meaning.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from docintel.index.marking import spans_of
from docintel.index.passage_index import PassageIndex
from docintel.index.segments import Ids
from docintel.index.words import terms
from docintel.query import Query
from docintel.schema import Hit, HitKind
from docintel.search.narrowing import Narrowing
from docintel.search.searching import has_words
from docintel.search.thesaurus import Expander
from docintel.store.catalog import Catalog

#: Of the query's words, each by how much it tells, what a passage must have; or how near in meaning it must be. On the
#: judged queries in the words of documents 84 % of what matches is useful and 63 % of what is useful matches; what is
#: asked in quite other words matches next to nothing, which suits a watch better than noise.
_COVERED, _NEAR = 0.75, 0.6
_CANDIDATES = 1000  # by words, and a tenth by meaning: of what has come since the last look


class Matching:
    """Finds what matches queries in a library.

    Args:
        expander: another word of the thesaurus is as good as the query's own.
        similarity: reads the encoder's cosines.
    """

    def __init__(
        self, catalog: Catalog, index: PassageIndex, expander: Expander, similarity: Callable[[float], float]
    ) -> None:
        self._catalog, self._index = catalog, index
        self._expander, self._similarity = expander, similarity

    def matches(self, query: Query, within: Ids, kind: HitKind) -> list[Hit]:
        """The passages that match a query, best first.

        Args:
            within: ids of the passages that are looked at, ascending; of documents the plain ones.

        Raises:
            QueryError: a filter makes no sense.
        """
        narrowing = Narrowing(self._catalog, self._index, kind)
        allowed = narrowing.allowed(query)
        ids = within if allowed is None else np.intersect1d(within, allowed, assume_unique=True)
        if not len(ids):
            return []
        if not has_words(query):
            return self._catalog.hits(dict.fromkeys(ids.tolist(), 1.0))
        scores = self._scores(query, ids, narrowing.passages)
        return self._catalog.hits(dict(sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))))

    def _scores(self, query: Query, ids: Ids, kind: HitKind) -> dict[int, float]:
        """The better of what a passage has of the words and of the meaning, where that is enough."""
        vector = self._index.encoder.encode_queries([query.text])[0]
        nearest = self._index.search_vectors(vector, kind=kind, allowed=ids, top_k=_CANDIDATES // 10)
        scores = {id_: near for id_, cosine in nearest if (near := self._similarity(cosine)) >= _NEAR}
        asked: list[str | Mapping[str, float]] = [query.text, *self._expander.variants(query.words, *query.phrases)]
        found = [self._index.search_lexical(each, kind=kind, allowed=ids, top_k=_CANDIDATES) for each in asked]
        coverage = Coverage(self._index, query, self._expander)
        for hit_id, text, context, title in self._catalog.words_of(sorted({id_ for each in found for id_, _ in each})):
            covered = coverage.of(f"{text}\n{context}\n{title}")
            if covered >= _COVERED:
                scores[hit_id] = max(covered, scores.get(hit_id, 0.0))
        return scores


class Coverage:
    """How much of a query's words a text has, each by how much it tells; 0 to 1."""

    def __init__(self, index: PassageIndex, query: Query, expander: Expander) -> None:
        self._weights = index.rarities(set(terms(query.text)))
        self._all = sum(self._weights.values())
        self._others: Sequence[tuple[set[str], tuple[str, ...]]] = [
            (set(terms(word)), others) for word, others in expander.related(query.words).items()
        ]

    def of(self, text: str) -> float:
        """Of one text."""
        found = set(terms(text))
        for own, others in self._others:
            if not own <= found and spans_of(text, others):
                found |= own
        return sum(weight for term, weight in self._weights.items() if term in found) / self._all if self._all else 0.0
