"""Questions to a library: search, suggestions, likeness, problems followed across documents; how well it answers."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, replace
from functools import cache
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from docintel.errors import InputError, NotFoundError
from docintel.index.passages import split_passages
from docintel.library.base import Base
from docintel.query import Query, read
from docintel.schema import (
    Advice,
    Comparison,
    Effect,
    Filters,
    Found,
    Hit,
    HitKind,
    Order,
    Reason,
    Recurrence,
    Similar,
    Source,
    Suggestion,
)
from docintel.search import (
    MOST,
    OwnThesaurus,
    documents_of,
    found_by_words,
    fuse,
    once,
    ordered,
    reasons,
    scaled,
    search,
    worthwhile,
)

if TYPE_CHECKING:
    from docintel.evaluation.judged import Judgement
    from docintel.evaluation.judged import Query as JudgedQuery
    from docintel.evaluation.retrieval import Evaluation
    from docintel.follow import Follower
    from docintel.suggest import Adviser


_SIMILAR_QUERIES = 24  # at most so many passages stand for a document when others like it are looked for
_SIMILAR_POOL = 20  # passages of other documents that each of them finds


class Asking(Base):
    """Answers questions."""

    def search(
        self, query: str, *, kind: HitKind = HitKind.PASSAGE, filters: Filters | None = None, top_k: int = 10
    ) -> list[Hit]:
        """The best hits by words and meaning, best first.

        Args:
            query: words or a passage, with phrases, exclusions and conditions as `docintel.query` tells; of conditions
                only, it finds what was published last first.
            filters: beside the conditions of the query.

        Raises:
            QueryError: the query is empty, or a condition or filter makes no sense.
        """
        return search(
            self._catalog,
            self._current_index(),
            read(query).also(filters),
            kind=kind,
            expander=self.thesaurus.expander(),
            top_k=top_k,
        )

    def find(
        self,
        query: str,
        *,
        kind: HitKind = HitKind.PASSAGE,
        filters: Filters | None = None,
        order: Order = Order.RELEVANCE,
    ) -> Found:
        """Every hit that is worth telling, at most a hundred, and what they share; arguments and errors as `search`."""
        best = self.search(query, kind=kind, filters=filters, top_k=MOST)
        hits = ordered(worthwhile(best), order)
        return Found(hits=tuple(hits), facets=self._catalog.facets(hits), by_words=found_by_words(best))

    def understood(self, query: str) -> Query:
        """What a query asks for: its words, phrases and conditions, and what was not taken for one.

        Raises:
            QueryError: a condition makes no sense.
        """
        return read(query)

    def reasons(self, query: str, hits: Sequence[Hit]) -> list[Reason]:
        """Why each hit of a search was found: by which words, which others of the thesaurus, how near in meaning.

        Raises:
            QueryError: a condition makes no sense.
        """
        return reasons(
            self._catalog,
            self._current_index(),
            read(query),
            hits,
            expander=self.thesaurus.expander(),
            similarity=self._similarity.of,
        )

    @property
    def thesaurus(self) -> OwnThesaurus:
        """The library's own words that find each other; they join those that docintel knows."""
        return OwnThesaurus(self.folder)

    def suggest(
        self, text: str | None = None, *, document: Path | str | None = None, top_k: int = 10
    ) -> list[Suggestion]:
        """Measures others took for a comparable problem, best first; empty when there is no comparable case.

        Args:
            text: the problem.
            document: a file, or an id or name in the library: each of its issues is asked in turn, and
                `Suggestion.question` says which. It gives no precedents itself.
            top_k: suggestions a problem.
        """
        advised = self.advise(text, document=document, top_k=top_k)
        asked = [text] if text is not None else []
        return [
            replace(suggestion, question="" if advice.problem in asked else advice.problem)
            for advice in advised
            for suggestion in advice.suggestions
        ]

    def advise(
        self,
        text: str | None = None,
        *,
        document: Path | str | None = None,
        issue: int | None = None,
        top_k: int = 10,
    ) -> Iterator[Advice]:
        """Comparable cases and what was done there, for a problem or for each of a document; one after another.

        Args:
            text: the problem.
            document: a file, or an id or name in the library; it gives no precedents itself.
            issue: of the document, ask this issue alone, by its number from 0.
            top_k: suggestions a problem.

        Raises:
            InputError: there is nothing to advise on.
            QueryError: the problem is empty, or the document has no such issue.
        """
        if text is None and document is None:
            raise InputError(
                "没有给出问题。 There is nothing to suggest for.",
                hint="请给出一个问题，或一份文档。 Give a problem, or a document with problems.",
            )
        adviser = self.adviser()
        advised = [adviser.advise(text, top_k=top_k)] if text is not None else []
        if document is None:
            return iter(advised)
        extraction = self._extraction_of(document)
        return itertools.chain(advised, adviser.advise_on(extraction, issue=issue, top_k=top_k))

    def adviser(self) -> "Adviser":
        """What answers many problems one after another, faster than `advise` for each."""
        from docintel.suggest import Adviser

        return Adviser(self._catalog, self._current_index(), self._similarity)

    def similar(self, document: Path | str, top_k: int = 10) -> list[Similar]:
        """Documents like a file or a document of the library, best first.

        Each has the passage most like the document's, and the issues, measures and cases that match.
        """
        extraction = self._extraction_of(document)
        index = self._current_index()
        passages = [passage for passage in split_passages(extraction) if passage.kind is HitKind.PASSAGE]
        if not passages:
            return []
        asked = passages[:: ceil(len(passages) / _SIMILAR_QUERIES)]
        own = {
            passage.id
            for source in self._catalog.sources_of(extraction.document.id)
            for passage in self._catalog.passages_of(source, HitKind.PASSAGE)
        }
        rankings = []
        for row in index.encoder.encode_passages([passage.text for passage in asked]):
            found = index.search_vectors(row, kind=HitKind.PASSAGE, top_k=_SIMILAR_POOL + len(own))
            rankings.append(scaled([pair for pair in found if pair[0] not in own][:_SIMILAR_POOL]))
        hits = self._catalog.hits(dict(fuse(rankings)))
        standings = self._catalog.standings({hit.document for hit in hits})
        from docintel.suggest import Matcher

        matcher = Matcher(self._catalog, index, self._similarity, extraction)
        best = documents_of(once(hits, standings), standings)[:top_k]
        return [
            Similar(
                **{each.name: getattr(hit, each.name) for each in fields(hit)}, matches=matcher.matches(hit.document)
            )
            for hit in best
        ]

    def answered(self, feedback: Path | str, report: Path | str | None = None) -> Comparison:
        """Compare a feedback with the report that answers it: which problems it answers, which in part, which never.

        Args:
            feedback: a file, or an id or name in the library.
            report: likewise; the latest that `reports_for` finds when None.

        Raises:
            NotFoundError: there is no such document, or no report of the unit in the library.
        """
        asked = self._extraction_of(feedback)
        return self._follower().answered(asked, None if report is None else self._extraction_of(report))

    def reports_for(self, feedback: Path | str) -> list[Source]:
        """The reports of the library that answer a feedback, the latest first: of its unit, and no older than it."""
        return self._follower().reports_for(self._extraction_of(feedback))

    def recurring(self, filters: Filters | None = None) -> list[Recurrence]:
        """Problems that one unit has again and again, most often first, each with what was promised in between.

        A report of rectification that restates a problem is no finding of its own, and a republished work is none.

        Args:
            filters: `region`, `since`, `until` and `doc_type` say which documents count; `unit` and `category` which
                problems are shown.

        Raises:
            QueryError: a filter makes no sense.
        """
        return self._follower().recurring(filters)

    def effects(self, name: str) -> dict[int, tuple[Effect, ...]]:
        """What is told of the outcome of each measure of a document, by its index.

        Other documents tell of it too: a measure failed where its problem came back.

        Raises:
            NotFoundError: there is no such document.
        """
        return self._follower().effects(self.extraction(name))

    def _follower(self) -> "Follower":
        from docintel.follow import Follower, nearness_of

        return Follower(self._catalog, nearness_of(self._index.encoder, self._similarity))

    def runs(
        self,
        queries: "Iterable[JudgedQuery]",
        *,
        top_k: int = 10,
        progress: "Callable[[JudgedQuery], None]" = lambda _: None,
    ) -> "Iterator[tuple[str, JudgedQuery, list[Hit]]]":
        """What each system shows for each query: docintel itself, and the plain ways of ranking it is measured against.

        Args:
            progress: called with each query when it is answered.

        Yields:
            The system's name, the query and its hits, best first; query by query.

        Raises:
            NotFoundError: the document that a query comes from is not in the library.
        """
        from docintel.runs import Runner

        runner = Runner(self._catalog, self._current_index(), self.adviser(), self.thesaurus.expander())
        for query in queries:
            for system, hits in runner.answers(query, top_k).items():
                yield system, query, hits
            progress(query)

    def evaluate(
        self,
        queries: "Sequence[JudgedQuery]",
        judgements: "Iterable[Judgement]",
        *,
        progress: "Callable[[JudgedQuery], None]" = lambda _: None,
    ) -> "Evaluation":
        """How well search or suggestion serves queries that people judged; arguments and errors as for `runs`."""
        from docintel.evaluation.retrieval import evaluate

        runs: dict[str, dict[str, list[Hit]]] = {}
        for system, query, hits in self.runs(queries, progress=progress):
            runs.setdefault(system, {})[query.id] = hits
        return evaluate(runs, queries, judgements, cache(self._id_and_text))

    def _id_and_text(self, name: str) -> tuple[str, str] | None:
        """Of the document of a name; None where there is none, or several."""
        try:
            document = self.extraction(name).document
        except NotFoundError:
            return None
        return document.id, document.text
