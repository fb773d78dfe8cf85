"""BM25 as an inner product: what a term weighs in a passage, and what in a query.

In: terms with their dimensions. Out: sparse vectors. Words, context and title are fields of their own, as in the
embedded index: a term has a dimension in each. What depends on the whole collection, how rare a term is, is in the
query's vector, so no passage is written anew as others come; only the mean lengths become fixed: those of the first
`MEASURED` passages, and of these each is weighed by those that had come until then.

Source: Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from docintel.index.lexical import WEIGHTS
from docintel.index.words import terms
from docintel.schema import Passage

#: Passages of a kind whose mean length stands for all.
MEASURED = 4096
_K1, _B = 1.2, 0.75  # those of tantivy
_PASSAGES = "passages"


class Bags(NamedTuple):
    """The terms of a passage, by field: how often each occurs."""

    words: Counter[str]
    context: Counter[str]
    title: Counter[str]


def bags(passage: Passage, title: str) -> Bags:
    """Of a passage and its document's title."""
    return Bags(*(Counter(terms(text)) for text in (passage.text, passage.context, title)))


def measured(before: Mapping[str, int], passages: Iterable[Bags]) -> dict[str, int]:
    """Terms that each field has in all, and how many `passages` they are of.

    Args:
        before: the same of those that came earlier; where these are enough, it stays.
        passages: that come now.
    """
    if before.get(_PASSAGES, 0) >= MEASURED:
        return dict(before)
    found = Counter(before)
    for passage in passages:
        found.update({_PASSAGES: 1} | {field: bag.total() for field, bag in passage._asdict().items()})
    return dict(found)


def mean_lengths(lengths: Mapping[str, int]) -> dict[str, float]:
    """Terms that each field has in the mean, of what was `measured`."""
    return {field: lengths.get(field, 0) / lengths[_PASSAGES] for field in Bags._fields}


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
