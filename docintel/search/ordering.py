"""Which hits are worth telling, and in which order.

In: hits, best first. Out: hits.
"""

from collections.abc import Sequence

from docintel.schema import Hit, HitKind, Order

#: Hits that are looked at in all, and how good the last of them must be beside the best one: by meaning everything is
#: a little like everything, and a list that never ends helps nobody.
MOST, _WORTH = 100, 0.3
#: What a passage has by meaning alone, at most; a document is the sum of three.
_BY_MEANING = 0.5


def worthwhile(hits: Sequence[Hit]) -> list[Hit]:
    """Those that are not far worse than the best."""
    return [hit for hit in hits if hit.score >= _WORTH * hits[0].score]


def found_by_words(hits: Sequence[Hit]) -> bool:
    """Whether words had a part in the best hit."""
    return bool(hits) and hits[0].score > _BY_MEANING * (3 if hits[0].kind is HitKind.DOCUMENT else 1)


def ordered(hits: Sequence[Hit], order: Order) -> list[Hit]:
    """Hits, best first, in another order; those without a date last."""
    if order is Order.RELEVANCE:
        return list(hits)
    dated = [hit for hit in hits if hit.published]
    dated.sort(key=lambda hit: hit.published or "", reverse=order is Order.NEWEST)
    return dated + [hit for hit in hits if not hit.published]
