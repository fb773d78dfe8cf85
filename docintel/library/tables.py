"""What is in a library, as tables, lists, vectors, originals and pages."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from docintel.errors import NotFoundError, QueryError
from docintel.frames import to_frame
from docintel.library.base import Base
from docintel.parse.sandbox import PageImage
from docintel.parse.sandbox import shared as shared_sandbox
from docintel.schema import (
    Filters,
    Hit,
    HitKind,
)
from docintel.schema.tables import Sourced, columns_of, listed_columns

if TYPE_CHECKING:
    import pandas as pd


class Tables(Base):
    """Shows what there is."""

    def documents(self) -> "pd.DataFrame":
        """One row a document, by file name."""
        return to_frame(self._catalog.documents(), listed_columns())

    def works(self) -> list[dict[str, Any]]:
        """The works that several documents republish: `work`, `title` and `documents`, the leading one first."""
        return self._catalog.works()

    def records(self, kind: str, filters: Filters | None = None, *, all_sources: bool = False) -> "pd.DataFrame":
        """One row a record of a type (`issues`, `measures`, …), by file name, then in text order.

        Args:
            all_sources: the records of every document; else a work that several republish counts once.
        """
        return to_frame(self._catalog.records(kind, filters, all_sources=all_sources), columns_of(kind))

    def statistics(
        self,
        *,
        metrics: Sequence[str] | None = None,
        period: str | None = None,
        filters: Filters | None = None,
        all_sources: bool = False,
    ) -> "pd.DataFrame":
        """One row a statistic, by file name, then in text order.

        Args:
            metrics: `Metric` values; all when None.
            period: its start, so `2022` finds `2022-06` too.
            filters: `unit` is the one whose figure it is.
            all_sources: the figures of every document; else a work that several republish counts once.

        Raises:
            QueryError: there is no such metric.
        """
        rows = self._catalog.records("statistics", filters, metrics=metrics, period=period, all_sources=all_sources)
        return to_frame(rows, columns_of("statistics"))

    def embeddings(self, kind: HitKind = HitKind.PASSAGE) -> "pd.DataFrame":
        """The vectors of the passages of a kind, a row each, in the order in which they were added.

        Returns:
            float32, a column a dimension named by its number; rows have unit length. The index is `document` and
            `ordinal`, as `records` has them, so that `frame.loc[document, ordinal]` is the vector of a record.

        Raises:
            QueryError: a document as a whole has no vector.
        """
        if kind is HitKind.DOCUMENT:
            raise QueryError(
                "整份文档没有向量，只有段落和记录有。 A document has no vector, only its passages and records have.",
                hint='按文档求平均： Take their mean: embeddings().groupby("document").mean()',
            )
        import pandas as pd

        index = self._current_index()
        places = {passage: place for place, passage in self._catalog.passage_places(kind).items()}
        ids = [passage for passage in index.ids(kind) if passage in places]
        rows = pd.MultiIndex.from_arrays(
            [
                pd.Series([places[passage][0] for passage in ids], dtype="str"),
                pd.Series([places[passage][1] for passage in ids], dtype="int64"),
            ],
            names=["document", "ordinal"],
        )
        return pd.DataFrame(index.vectors(ids, kind), index=rows)

    def extractions(self, filters: Filters | None = None, *, all_sources: bool = True) -> Iterator[Sourced]:
        """Everything that was read from each document, one after another, by file name; for exports of any size.

        Args:
            filters: of documents; `category` asks for one with such an issue or measure.
            all_sources: every document; else of a work that several republish only the first that passes the filters.

        Raises:
            QueryError: a filter makes no sense.
        """
        for document, work, sources in self._catalog.select(filters or Filters(), all_sources=all_sources):
            with suppress(NotFoundError):  # another process removed it meanwhile
                path = next(iter(self._catalog.paths_of(document)), "")
                yield Sourced(self._catalog.get(document), path, work, sources)

    def topics(self, count: int | None = None, filters: Filters | None = None) -> "pd.DataFrame":
        """What the issues are about: a row a topic, larger ones first; columns as in `docintel.analytics.topics`.

        Args:
            count: how many topics; the root of half the number of issues when None, at most 50.

        Raises:
            QueryError: `count` is not at least 1, or a filter makes no sense.
        """
        from docintel.analytics import topics
        from docintel.index.words import dictionary_words

        return topics(self.issue_topics(count, filters), dictionary_words)

    def issue_topics(self, count: int | None = None, filters: Filters | None = None) -> "pd.DataFrame":
        """The topic of each issue; arguments and errors as for `topics`, columns as in `docintel.analytics`.

        Of a work that several republish the issues count once.
        """
        import numpy as np

        from docintel.analytics import issue_topics
        from docintel.index.words import dictionary_words

        issues = self.records("issues", filters)
        index = self._current_index()
        places = self._catalog.passage_places(HitKind.ISSUE)
        ids = [places.get(place, 0) for place in zip(issues["document"], issues["ordinal"], strict=True)]
        vectors = index.vectors(ids, HitKind.ISSUE)
        known = np.flatnonzero(vectors.any(axis=1))  # another process may be indexing the others
        return issue_topics(issues.iloc[known], vectors[known], dictionary_words, count=count)

    def co_occurrence(self, filters: Filters | None = None, *, addressed: bool = False) -> "pd.DataFrame":
        """How often categories of issues (rows) and of measures (columns) go together; all of them, as int64.

        Args:
            addressed: count measures that answer an issue of the category; else documents that have both.
        """
        from docintel.analytics import co_occurrence

        return co_occurrence(self.records("issues", filters), self.records("measures", filters), addressed=addressed)

    def browse(
        self,
        words: str = "",
        filters: Filters | None = None,
        *,
        order: str = "newest",
        offset: int = 0,
        limit: int = 50,
    ) -> tuple[int, list[dict[str, Any]]]:
        """How many documents there are whose titles and names have these words, and a page of them.

        Args:
            order: `newest`, `oldest`, `title` or `added`.

        Raises:
            QueryError: there is no such order, or a filter makes no sense.
        """
        return self._catalog.browse(words, filters or Filters(), order=order, offset=offset, limit=limit)

    def facets(self, hits: Iterable[Hit]) -> dict[str, dict[str, int]]:
        """How many of some hits have each type of document, category, region, unit and year, most first."""
        return self._catalog.facets(hits)

    def sources(self, name: str) -> list[dict[str, Any]]:
        """The documents that are sources of one work with a document, itself included, the leading one first.

        Raises:
            NotFoundError: no document, or more than one, has this name.
        """
        return self._catalog.sources(self._catalog.resolve(name))

    def page(self, name: str, number: int) -> PageImage:
        """How a page of a document looks, by its number from 1.

        Raises:
            NotFoundError: there is no such document or page.
            InputError: files of this format have no pages.
        """
        document = self.extraction(name).document
        return shared_sandbox().page(self.original(document.id), document.source, number)
