"""Why a hit was found: the words that it shares with the query, those of the thesaurus, and how near its meaning is.

In: hits of a search. Out: a reason each, with the places of the words in the quote.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from docintel.index.marking import spans_of, wanted
from docintel.index.passage_index import PassageIndex
from docintel.index.segments import Vectors
from docintel.query import Query
from docintel.schema import Hit, HitKind, Reason
from docintel.search.thesaurus import Expander
from docintel.store.catalog import Catalog


def reasons(
    catalog: Catalog,
    index: PassageIndex,
    query: Query,
    hits: Sequence[Hit],
    *,
    expander: Expander,
    similarity: Callable[[float], float],
) -> list[Reason]:
    """Why each hit of a search was found, in their order.

    Args:
        expander: as for the search.
        similarity: reads the encoder's cosines.
    """
    vector = index.encoder.encode_queries([query.text])[0] if query.text else None
    words, related = wanted(query.text), expander.related(query.words)
    near = [0.0 if vector is None else similarity(_cosine(catalog, index, hit, vector)) for hit in hits]
    return [_reason(hit, words, related, nearness) for hit, nearness in zip(hits, near, strict=True)]


def _reason(hit: Hit, words: set[str], related: Mapping[str, Sequence[str]], nearness: float) -> Reason:
    own = spans_of(hit.quote, words)
    others = [(word, each) for word, its in related.items() for each in its if spans_of(hit.quote, [each])]
    return Reason(
        words=_texts(hit.quote, own),
        title_words=_texts(hit.title, spans_of(hit.title, words)),
        related=tuple(others),
        similarity=round(nearness, 3),
        spans=tuple(spans_of(hit.quote, words | {other for _, other in others})),
    )


def _texts(text: str, spans: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text[start:end] for start, end in spans))


def _cosine(catalog: Catalog, index: PassageIndex, hit: Hit, vector: Vectors) -> float:
    kind = HitKind.PASSAGE if hit.kind is HitKind.DOCUMENT else hit.kind
    id_ = catalog.passage_id(hit.document, kind, hit.ordinal)
    return float(np.dot(index.vectors([id_], kind)[0], vector)) if id_ else 0.0
