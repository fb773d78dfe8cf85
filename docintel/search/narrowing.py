"""Which passages a query may find: those that pass its filters, hold its phrases and none of what it excludes.

In: a query and a catalog with its index. Out: ids, by which both indexes are asked.
"""

from collections.abc import Iterable

import numpy as np

from docintel.index.passage_index import PassageIndex
from docintel.index.segments import Ids
from docintel.index.words import is_term, plain
from docintel.query import Query
from docintel.schema import Filters, HitKind
from docintel.store.catalog import Catalog


class Narrowing:
    """Narrows searches for hits of one kind.

    Args:
        kind: of hits. A document holds a phrase where one of its passages does.
    """

    def __init__(self, catalog: Catalog, index: PassageIndex, kind: HitKind) -> None:
        self._catalog, self._index = catalog, index
        self._whole = kind is HitKind.DOCUMENT
        self.passages = HitKind.PASSAGE if self._whole else kind

    def allowed(self, query: Query) -> Ids | None:
        """Ids of the passages that may be found, ascending; None for all.

        Raises:
            QueryError: a filter makes no sense.
        """
        found: Ids | None = None
        for each in query.filters:
            found = _both(found, self._catalog.passage_ids(self.passages, each))
        for phrase in query.phrases:
            found = _both(found, self._holding(phrase))
        for gone in (*map(self._holding, query.excluded), *self._passing(query.without)):
            found = np.setdiff1d(self._every() if found is None else found, gone, assume_unique=True)
        return found

    def _passing(self, filters: Iterable[Filters]) -> Iterable[Ids]:
        for each in filters:
            ids = self._catalog.passage_ids(self.passages, each)
            yield self._every() if ids is None else ids

    def _every(self) -> Ids:
        return np.array(self._index.ids(self.passages), dtype=np.int64)

    def _holding(self, phrase: str) -> Ids:
        """The passages that have these words, or whose title has; all of a document that has them in one."""
        ids = self._index.holding(phrase, kind=self.passages)
        if not is_term(phrase):  # its terms may stand apart
            wanted = plain(phrase)
            held = (
                id_
                for id_, text, _, title in self._catalog.words_of(ids)
                if wanted in plain(text) or wanted in plain(title)
            )
            ids = np.fromiter(held, np.int64)
        return self._catalog.beside(ids, self.passages) if self._whole else ids


def _both(one: Ids | None, other: Ids | None) -> Ids | None:
    if one is None or other is None:
        return other if one is None else one
    return np.intersect1d(one, other, assume_unique=True)
