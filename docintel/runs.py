"""Runs: what each way of ranking answers to queries, so that they can be judged and compared.

In: a catalog with its index, and a query. Out: by system what is shown, best first. `product` is what docintel answers;
the others are what it must beat: words alone, meaning alone, and both fused by their ranks.
"""

from functools import cached_property

from docintel.evaluation.bm25 import Bm25
from docintel.evaluation.judged import Query, Task
from docintel.evaluation.retrieval import PRODUCT
from docintel.index.passage_index import INDEXED_KINDS, PassageIndex, encoded_text
from docintel.index.words import dictionary_words
from docintel.query import read
from docintel.schema import Hit, HitKind
from docintel.search import Expander, fuse, once, search
from docintel.store.catalog import Catalog
from docintel.suggest import Adviser

#: Words by dictionary; words as the library indexes them; meaning; the last two fused by ranks.
WORDS, TERMS, MEANING, FUSED = "bm25 words", "bm25 bigrams", "encoder", "rank fusion"
_POOL = 100  # candidates of a system: reposts, and the query's own document, are taken out of them
_BATCH = 2048  # passages read at a time
_RANKS = 60  # the constant of reciprocal ranks, by those who found them

Ranking = list[tuple[int, float]]


class Rivals:
    """The ways of ranking passages of one kind that use one index or two of them."""

    def __init__(self, catalog: Catalog, index: PassageIndex, kind: HitKind) -> None:
        self._catalog, self._index, self._kind = catalog, index, kind

    def answers(self, query: Query, own: str | None, top_k: int) -> dict[str, list[Hit]]:
        """What each shows.

        Args:
            own: id of the document that is left out, with its reposts.
        """
        allowed = self._catalog.passage_ids(self._kind, query.filters)
        vector = self._index.encoder.encode_queries([query.query])[0]
        pool = max(_POOL, 2 * top_k)
        terms = self._index.search_lexical(query.query, kind=self._kind, allowed=allowed, top_k=pool)
        nearest = self._index.search_vectors(vector, kind=self._kind, allowed=allowed, top_k=pool)
        rankings = {
            WORDS: self._words.search(
                dictionary_words(query.query), allowed=None if allowed is None else allowed.tolist(), top_k=pool
            ),
            TERMS: terms,
            MEANING: nearest,
            FUSED: fuse([by_rank(terms), by_rank(nearest)]),
        }
        left_out = frozenset(self._catalog.sources_of(own) if own else ())
        return {name: self._shown(ranking, left_out)[:top_k] for name, ranking in rankings.items()}

    def _shown(self, ranking: Ranking, left_out: frozenset[str]) -> list[Hit]:
        hits = [hit for hit in self._catalog.hits(dict(ranking)) if hit.document not in left_out]
        return once(hits, self._catalog.standings({hit.document for hit in hits}))

    @cached_property
    def _words(self) -> Bm25:
        documents: dict[int, list[str]] = {}
        last = 0
        while batch := self._catalog.passages_after(last, _BATCH):
            last = batch[-1][0].id
            documents |= {p.id: dictionary_words(encoded_text(p)) for p, _ in batch if p.kind is self._kind}
        return Bm25(documents)


def by_rank(ranking: Ranking) -> Ranking:
    """Reciprocal ranks instead of scores.

    Source: Cormack, Clarke and Büttcher, Reciprocal Rank Fusion, SIGIR 2009.
    """
    return [(id_, 1 / (_RANKS + place)) for place, (id_, _) in enumerate(ranking, start=1)]


class Runner:
    """Every system over one library.

    Args:
        expander: knows other words for those of a query, for the product.
    """

    def __init__(self, catalog: Catalog, index: PassageIndex, adviser: Adviser, expander: Expander) -> None:
        self._catalog, self._index, self._adviser, self._expander = catalog, index, adviser, expander
        self._rivals = {kind: Rivals(catalog, index, kind) for kind in INDEXED_KINDS}

    def answers(self, query: Query, top_k: int) -> dict[str, list[Hit]]:
        """What each system shows for a query, the product first; of a suggestion its first wording.

        Raises:
            NotFoundError: the document that the query comes from is not in the library.
        """
        own = self._catalog.resolve(query.document) if query.document else None
        product = self._suggested if query.task is Task.SUGGEST else self._found
        return {PRODUCT: product(query, own, top_k)} | self._rivals[query.kind].answers(query, own, top_k)

    def _found(self, query: Query, own: str | None, top_k: int) -> list[Hit]:
        left_out = self._catalog.sources_of(own) if own else []
        more = sum(len(self._catalog.passages_of(document, query.kind)) for document in left_out)
        hits = search(
            self._catalog,
            self._index,
            read(query.query).also(query.filters),
            kind=query.kind,
            expander=self._expander,
            top_k=top_k + more,
        )
        return [hit for hit in hits if hit.document not in left_out][:top_k]

    def _suggested(self, query: Query, own: str | None, top_k: int) -> list[Hit]:
        advice = self._adviser.advise(query.query, exclude=own, top_k=top_k)
        return [suggestion.precedents[0].measure for suggestion in advice.suggestions]
