"""Search: by words and by meaning at once.

Takes a query and filters, gives hits. Both indexes are asked, each under the same filters; their scores are fused; the
catalog is asked once for the words of what is shown.
"""

from collections.abc import Callable, Sequence

from docintel.errors import QueryError
from docintel.index.passage_index import PassageIndex
from docintel.index.segments import Ids
from docintel.query import Query, read
from docintel.schema import Hit, HitKind
from docintel.search.copies import Standings, documents_of, once
from docintel.search.narrowing import Narrowing
from docintel.search.ranking import POOL, Question, rank
from docintel.search.thesaurus import Expander
from docintel.store.catalog import Catalog

_MORE = 4  # times the candidates, when so many were copies of others that too few are left
_NO_THESAURUS = Expander()
#: So many passages with their scores, best first.
_Ranking = Callable[[int], list[tuple[int, float]]]


def search(
    catalog: Catalog,
    index: PassageIndex,
    query: str | Query,
    *,
    kind: HitKind = HitKind.PASSAGE,
    expander: Expander = _NO_THESAURUS,
    top_k: int = 10,
) -> list[Hit]:
    """The best hits, best first; equal scores in the order their passages were added.

    What several sources of one work say alike is one hit: that of the first of them that passes the filters. A query of
    conditions only finds what passes them, what was published last first.

    Args:
        query: in the language of `docintel.query`, or read already.
        expander: knows other words for those of the query.

    Raises:
        QueryError: the query is empty, or a condition makes no sense.
    """
    asked = read(query) if isinstance(query, str) else query
    narrowing = Narrowing(catalog, index, kind)
    _check(asked, top_k)
    allowed = narrowing.allowed(asked)
    if has_words(asked):
        ranking = _by_likeness(index, asked, narrowing.passages, allowed, expander)
    else:
        ranking = _by_date(catalog, allowed, one_a_document=kind is HitKind.DOCUMENT)
    pool = max(POOL, 2 * top_k)
    while True:
        ranked = ranking(pool)
        if kind is HitKind.DOCUMENT:
            found, standings, copies = _distinct(catalog, ranked)
        else:
            found, standings, copies = _first(catalog, ranked, top_k)
        if len(ranked) < pool or len(found) >= top_k or not copies:
            break
        pool *= _MORE
    return (documents_of(found, standings) if kind is HitKind.DOCUMENT else found)[:top_k]


def has_words(query: Query) -> bool:
    """Whether there is something to look for, beside conditions."""
    return any(char.isalnum() for char in query.text)


def _check(query: Query, top_k: int) -> None:
    if not has_words(query) and not query.filters:
        only = query.excluded or query.without
        raise QueryError(
            "只有要排除的，没有要找的。 There is only what to leave out." if only else "查询为空。 The query is empty.",
            hint="请用几个词说明要找什么。 Say in a few words what to look for.",
        )
    if top_k < 1:
        raise QueryError(f"top_k is {top_k}; it must be at least 1.")


def _by_likeness(index: PassageIndex, query: Query, kind: HitKind, allowed: Ids | None, expander: Expander) -> _Ranking:
    vector = index.encoder.encode_queries([query.text])[0]
    variants = expander.variants(query.words, *query.phrases)
    asked = Question(query.text, vector, variants)
    return lambda pool: rank(index, asked, kind=kind, allowed=allowed, pool=pool)


def _by_date(catalog: Catalog, allowed: Ids | None, *, one_a_document: bool) -> _Ranking:
    def ranking(pool: int) -> list[tuple[int, float]]:
        found = () if allowed is None else allowed
        return [(id_, 1.0) for id_ in catalog.newest(found, pool, one_a_document=one_a_document)]

    return ranking


def _first(catalog: Catalog, ranked: Sequence[tuple[int, float]], top_k: int) -> tuple[list[Hit], Standings, bool]:
    """As `_distinct`, but of the hits that come first only.

    The words of only so many passages are fetched as it takes: of the first, and of those whose work is among these.
    """
    works = catalog.shared_works([id_ for id_, _ in ranked])
    size = _enough([works.get(id_) for id_, _ in ranked], top_k)
    while True:
        heads = {works[id_] for id_, _ in ranked[:size] if id_ in works}
        chosen = [*ranked[:size], *(pair for pair in ranked[size:] if works.get(pair[0]) in heads)]
        found, standings, copies = _distinct(catalog, chosen)
        if len(found) >= top_k or size >= len(ranked):
            return found, standings, copies
        size *= _MORE  # some have gone from the catalog since they were indexed


def _enough(works: Sequence[str | None], count: int) -> int:
    """How many passages from the first on are so many hits at least: each without a work is one, each work is one."""
    seen: set[str] = set()
    for place, work in enumerate(works):
        count -= work is None or work not in seen
        seen.update([work] if work else ())
        if not count:
            return place + 1
    return len(works)


def _distinct(catalog: Catalog, ranked: Sequence[tuple[int, float]]) -> tuple[list[Hit], Standings, bool]:
    """The hits, copies merged; the standings of their documents; and whether there were copies."""
    hits = catalog.hits(dict(ranked))
    standings = catalog.standings({hit.document for hit in hits})
    found = once(hits, standings)
    return found, standings, len(found) < len(hits)
