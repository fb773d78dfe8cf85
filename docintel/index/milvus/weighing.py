"""BM25 as an inner product: what a term weighs in a passage, and what in a query.

In: terms with their dimensions. Out: sparse vectors. Words, context and title are fields of their own, as in the
embedded index: a term has a dimension in each. What depends on the whole collection, how rare a term is, is in the
query's vector, so no passage is written anew as others come; only the mean lengths stay those of the first passages.

Source: Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from docintel.index.lexical import WEIGHTS
from docintel.index.words import terms
from docintel.schema import Passage

_K1, _B = 1.2, 0.75  # those of tantivy


class Bags(NamedTuple):
    """The terms of a passage, by field: how often each occurs."""

    words: Counter[str]
    context: Counter[str]
    title: Counter[str]


def bags(passage: Passage, title: str) -> Bags:
    """Of a passage and its document's title."""
    return Bags(*(Counter(terms(text)) for text in (passage.text, passage.context, title)))


def mean_lengths(passages: Iterable[Bags]) -> dict[str, float]:
    """Terms that a field has in the mean."""
    lengths = [[bag.total() for bag in each] for each in passages]
    return {
        field: sum(column) / len(lengths)
        for field, column in zip(Bags._fields, zip(*lengths, strict=True), strict=True)
    }


def weighed(passage: Bags, dims: Mapping[str, Mapping[str, int]], means: Mapping[str, float]) -> dict[int, float]:
    """The sparse vector of a passage.

    Args:
        dims: of terms, by field.
        means: lengths, by field.
    """
    vector: dict[int, float] = {}
    for field, bag in zip(Bags._fields, passage, strict=True):
        length = bag.total()
        saturation = _K1 * (1 - _B + _B * length / (means[field] or length or 1))
        vector |= {dims[field][term]: count * (_K1 + 1) / (count + saturation) for term, count in bag.items()}
    return vector


def asked(
    query: Mapping[str, float], dims: Mapping[str, Mapping[str, int]], rarities: Mapping[int, float]
) -> dict[int, float]:
    """The sparse vector of a query.

    Args:
        query: terms with what each counts.
        dims: of those that any passage has, by field.
        rarities: of dimensions.
    """
    return {
        dim: weight * query[term] * rarities[dim]
        for field, weight in WEIGHTS.items()
        for term, dim in dims[field].items()
        if dim in rarities
    }
