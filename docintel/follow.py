"""Follow problems across the documents of a library: which report answers a feedback, what comes back in one unit.

In: a catalog, and how near meanings are. Out: comparisons, recurrences, effects. A work that several republish counts
once.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from docintel.chain import Nearness, answered, effects, led_by, recurring, same_unit, source_of, stage, subject
from docintel.errors import NotFoundError, QueryError
from docintel.schema import Comparison, Effect, Extraction, Filters, IssueCategory, Recurrence, Source, Stage
from docintel.store.catalog import Catalog
from docintel.suggest import Similarity

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from docintel.index.encoder import Encoder

#: A report answers what was found so many days before it at most.
_ANSWER_WITHIN = timedelta(days=3 * 365)
#: Two names of one unit end alike: 石梁镇, 栎阳县石梁镇.
_ENDING = 4


class Follower:
    """Follows problems through a library.

    Args:
        nearness: how near the meanings of texts are, each to each, 0 to 1.
    """

    def __init__(self, catalog: Catalog, nearness: Nearness) -> None:
        self._catalog, self._nearness = catalog, nearness

    def answered(self, feedback: Extraction, report: Extraction | None = None) -> Comparison:
        """Compare a feedback with the report that answers it; with the latest of the library when None is named.

        Raises:
            NotFoundError: the library has no report of the unit.
        """
        if report is None:
            report = next(iter(self._reports_for(feedback)), None)
        if report is None:
            about = subject(feedback)
            raise NotFoundError(
                f"资料库中没有{f'“{about}”' if about else '该单位'}在此之后的整改报告。"
                " The library has no later report of rectification of this unit.",
                hint="请写明报告，或先把它入库 Name the report, or ingest it: docintel answered FEEDBACK REPORT",
            )
        return answered(feedback, report, self._nearness)

    def reports_for(self, feedback: Extraction) -> list[Source]:
        """The reports that answer a feedback, the latest first.

        They are of the unit that the feedback is about, no older than it, and say that they tell of rectification.
        """
        return [source_of(each) for each in self._reports_for(feedback)]

    def recurring(self, filters: Filters | None = None) -> list[Recurrence]:
        """Problems that came back in one unit, most often first.

        Args:
            filters: which documents count; `unit`, part of one of its names, and `category` say which problems.

        Raises:
            QueryError: a filter makes no sense.
        """
        filters = filters or Filters()
        if filters.category is not None and filters.category not in set(IssueCategory):
            raise QueryError(
                f"没有 {filters.category!r} 这类问题。 {filters.category!r} is no category of issue;"
                f" these are: {', '.join(IssueCategory)}."
            )
        found = recurring(self._of_shared_units(filters), self._nearness)
        return [
            each
            for each in found
            if (filters.unit is None or any(filters.unit in name for name in (each.unit, *each.names)))
            and (filters.category is None or each.category == filters.category)
        ]

    def effects(self, extraction: Extraction) -> dict[int, tuple[Effect, ...]]:
        """What is told of the outcome of each measure, by its index; a measure failed where its problem came back."""
        unit = subject(extraction)
        return effects(extraction, self.recurring(Filters(unit=led_by(unit))) if unit else ())

    def _reports_for(self, feedback: Extraction) -> list[Extraction]:
        about = subject(feedback)
        if about is None:
            return []
        day = feedback.document.published
        ending = led_by(about)[-_ENDING:]
        names = self._catalog.unit_names()
        found = []
        for row in self._catalog.documents():
            if row["id"] == feedback.document.id or row["id"] != row["work"] or not _follows(row["published"], day):
                continue
            if ending not in row["title"] and not any(ending in name for name in names.get(row["id"], ())):
                continue  # cheap to ask, before all that was read of it is loaded
            report = self._catalog.get(row["id"])
            unit = subject(report)
            if (
                unit
                and same_unit(about, unit)
                and stage(report).stage in (Stage.PROGRESS, Stage.RESULT, Stage.COMMITMENT)
            ):
                found.append(report)
        return sorted(found, key=lambda each: (each.document.published or "", each.document.id), reverse=True)

    def _of_shared_units(self, filters: Filters) -> Iterator[Extraction]:
        """The dated documents with problems whose units other such documents name too; others can repeat nothing."""
        asked = Filters(region=filters.region, since=filters.since, until=filters.until, doc_type=filters.doc_type)
        with_problems = {row["document"] for row in self._catalog.records("issues", asked) if row["published"]}
        names = self._catalog.unit_names()
        naming: defaultdict[str, set[str]] = defaultdict(set)
        for document in with_problems:
            for name in names.get(document, ()):
                naming[led_by(name)[-_ENDING:]].add(document)
        if filters.unit is not None:
            asked_for = {d for d, own in names.items() if any(filters.unit in name for name in own)}
            naming = defaultdict(set, {ending: documents & asked_for for ending, documents in naming.items()})
        shared = {document for documents in naming.values() if len(documents) > 1 for document in documents}
        yield from map(self._catalog.get, sorted(shared))


def compare(feedback: Extraction, report: Extraction) -> Comparison:
    """Compare a feedback with the report that answers it, neither in a library, by the shipped encoder."""
    from docintel.index.encoder import load_encoder

    return answered(feedback, report, nearness_of(load_encoder(), Similarity()))


def nearness_of(encoder: "Encoder", similarity: Similarity) -> Nearness:
    """How near the meanings of texts are, as an encoder sees it: each to each, 0 to 1."""

    def nearness(one: Sequence[str], other: Sequence[str]) -> "NDArray[np.float64]":
        cosines = encoder.encode_queries(one) @ encoder.encode_passages(other).T
        scaled = (cosines - similarity.unrelated) / (similarity.same - similarity.unrelated)
        return scaled.clip(0, 1).astype(float)

    return nearness


def _follows(published: str | None, day: str | None) -> bool:
    if published is None or day is None:
        return True
    return date.fromisoformat(day) <= date.fromisoformat(published) <= date.fromisoformat(day) + _ANSWER_WITHIN


__all__ = ["Follower", "compare", "nearness_of"]
