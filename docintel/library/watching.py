"""Watches of a library: searches that are repeated as documents come, and tell what is new.

A document is new to a watch once, whether it is read anew or republished. What came is compared after an ingestion, and
by whoever asks what is new: a run that was stopped in between costs nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import wraps
from typing import ParamSpec

import numpy as np

from docintel.errors import InputError, NotFoundError, QueryError
from docintel.index.segments import Ids
from docintel.library.asking import Asking
from docintel.library.ingesting import Ingesting
from docintel.query import read
from docintel.schema import FileReport, Filters, Hit, HitKind, Watch
from docintel.search import Matching

_P = ParamSpec("_P")
_LONGEST_NAME, _MOST = 60, 500


@dataclass(frozen=True, slots=True)
class News:
    """What a watch has found and nobody has seen: of each document the passage that matches best, best first."""

    watch: Watch
    hits: tuple[Hit, ...]


def _telling(method: Callable[_P, list[FileReport]]) -> Callable[_P, list[FileReport]]:
    """The method, whose reports say too which watches a document newly matches."""

    @wraps(method)
    def told(*args: _P.args, **options: _P.kwargs) -> list[FileReport]:
        library = args[0]
        reports = method(*args, **options)
        assert isinstance(library, Watching)
        return library.told_of_watches(reports)

    return told


class Watching(Ingesting, Asking):
    """Keeps watches, and compares what comes with them."""

    ingest = _telling(Ingesting.ingest)
    reread = _telling(Ingesting.reread)

    def watch(
        self,
        name: str,
        query: str,
        *,
        kind: HitKind = HitKind.PASSAGE,
        filters: Filters | None = None,
        owner: str = "",
    ) -> Watch:
        """Watch for documents that match a search, from now on; in place of the owner's watch of this name.

        Args:
            owner: an account of the page; empty for a watch of the library itself, which ingestion reports.

        Raises:
            InputError: it has no name, or there are too many.
            QueryError: the query is empty, or a condition or filter makes no sense.
        """
        name = " ".join(name.split())
        if not name or len(name) > _LONGEST_NAME:
            raise InputError(
                f"名称须为 1 至 {_LONGEST_NAME} 字。 A name has 1 to {_LONGEST_NAME} characters, not {len(name)}."
            )
        if sum(each.name != name for each in self._catalog.watches(owner)) >= _MOST:
            raise InputError(f"关注最多 {_MOST} 项。 There are at most {_MOST} watches.")
        at = datetime.now(UTC).isoformat(timespec="seconds")
        watch = Watch(name=name, query=query, kind=kind, filters=filters or Filters(), owner=owner, created=at)
        self.search(query, kind=kind, filters=filters, top_k=1)  # raises what is wrong with it
        index = self._current_index()
        newest = index.manifest.revision[0]
        known = {hit.document for hit in self._matches(watch, self._after(watch, 0))}
        self._catalog.put_watch(watch, newest, known)
        return watch

    def unwatch(self, name: str, *, owner: str = "") -> None:
        """Forget a watch.

        Raises:
            NotFoundError: its owner has none of this name.
        """
        self._catalog.remove_watch(owner, name)

    def watches(self, owner: str = "") -> list[Watch]:
        """The watches of an owner, oldest first, each with how many documents are new."""
        return self._catalog.watches(owner)

    def news(self, name: str | None = None, *, owner: str = "") -> list[News]:
        """What is new to the watches of an owner, or to one of them; what nobody has seen stays new.

        Raises:
            NotFoundError: its owner has none of this name.
        """
        self._current_index()
        self.check_watches()
        found = [each for each in self._catalog.watches(owner) if name in (None, each.name)]
        if name is not None and not found:
            raise NotFoundError(
                f"没有名为 {name!r} 的关注。 There is no watch {name!r}.", hint="查看 Run: docintel watch list"
            )
        return [News(watch, tuple(self._unseen(watch))) for watch in found]

    def mark_seen(self, news: Iterable[News]) -> None:
        """Note that somebody has seen this: it is new no more."""
        for each in news:
            documents = {hit.document for hit in each.hits}
            self._catalog.mark_seen(each.watch, documents)

    def check_watches(self) -> dict[str, list[Watch]]:
        """Compare what came since the last time with every watch; gives by document the watches that it is new to."""
        newest = self._index.manifest.revision[0] if self._catalog.watches() else 0
        new: dict[str, list[Watch]] = {}
        for watch, checked in self._catalog.due_watches(newest):
            try:
                documents = dict.fromkeys(hit.document for hit in self._matches(watch, self._after(watch, checked)))
            except QueryError:  # what an older docintel took for a query
                continue
            for document in self._catalog.note_found(watch, newest, documents):
                new.setdefault(document, []).append(watch)
        return new

    def told_of_watches(self, reports: list[FileReport]) -> list[FileReport]:
        """The reports of an ingestion, each with the library's own watches that its document is new to."""
        names = {
            document: tuple(watch.name for watch in its if not watch.owner)
            for document, its in self.check_watches().items()
        }
        return [replace(each, watches=names.pop(each.document or "", ())) for each in reports]

    def _unseen(self, watch: Watch) -> list[Hit]:
        """Of each document that nobody has seen, what matches best; its beginning where it was read anew since."""
        documents = self._catalog.unseen(watch)
        if not documents:
            return []
        best: dict[str, Hit] = {}
        for hit in self._matches(watch, self._catalog.passages_in(documents, _passages(watch))):
            best.setdefault(hit.document, hit)
        left = [document for document in documents if document not in best]
        firsts = self._catalog.newest(self._catalog.passages_in(left, HitKind.PASSAGE), len(left), one_a_document=True)
        return [*best.values(), *self._catalog.hits(dict.fromkeys(firsts, 0.0))]

    def _after(self, watch: Watch, checked: int) -> Ids:
        ids = np.array(self._index.ids(_passages(watch)), dtype=np.int64)
        return ids[np.searchsorted(ids, checked, side="right") :]

    def _matches(self, watch: Watch, within: Ids) -> list[Hit]:
        matching = Matching(self._catalog, self._index, self.thesaurus.expander(), self._similarity.of)
        return matching.matches(read(watch.query).also(watch.filters), within, watch.kind)


def _passages(watch: Watch) -> HitKind:
    """The kind of passages that a watch looks at."""
    return HitKind.PASSAGE if watch.kind is HitKind.DOCUMENT else watch.kind
