"""Suggest what to do about a problem, from what others did about comparable ones.

In: a problem in words. Out: comparable cases of the library, and the measures that they report, each with the issue it
answered and the words that prove it. Nothing is made up: every suggestion is a quote.
"""

from collections.abc import Iterator
from dataclasses import replace

from docintel.errors import QueryError
from docintel.index.passage_index import PassageIndex
from docintel.query import check_length
from docintel.schema import Advice, Extraction, Suggestion
from docintel.store.catalog import Catalog
from docintel.suggest.finding import Asked, Finder, Shelf
from docintel.suggest.folding import suggested
from docintel.suggest.likeness import Similarity
from docintel.suggest.peers import ANYWHERE, World, world_of, world_of_text
from docintel.suggest.questions import questions

_CASES = 5  # comparable cases told


class Adviser:
    """Answers problems out of one library; remembers the documents it has read, so one for many problems is faster."""

    def __init__(self, catalog: Catalog, index: PassageIndex, similarity: Similarity) -> None:
        self._shelf, self._index, self._similarity = Shelf(catalog), index, similarity

    def advise(self, problem: str, *, exclude: str | None = None, world: World = ANYWHERE, top_k: int = 10) -> Advice:
        """What the library has to say to a problem.

        Args:
            exclude: id of a document that gives no precedents, nor do its reposts: the one the problem comes from.
            world: of who asks; what the words of the problem tell of it where it is not known.
            top_k: suggestions.

        Raises:
            QueryError: the problem is empty or too long, or `top_k` is no number of suggestions.
        """
        if not any(char.isalnum() for char in problem):
            raise QueryError(
                "问题为空。 The problem is empty.",
                hint="请用一句话描述发现的问题。 Describe in a sentence what was found.",
            )
        check_length(problem)
        return self._advise(problem, exclude, world, top_k)

    def _advise(self, problem: str, exclude: str | None, world: World, top_k: int) -> Advice:
        if top_k < 1:
            raise QueryError(f"top_k is {top_k}; it must be at least 1.")
        finder = self.finder(problem, exclude=exclude, world=world)
        suggestions = suggested(finder.candidates(), top_k)
        return Advice(
            problem=problem,
            cases=tuple(finder.cases()[:_CASES]),
            suggestions=tuple(suggestions),
            nearest=None if suggestions else finder.nearest(),
        )

    def finder(self, problem: str, *, exclude: str | None = None, world: World = ANYWHERE) -> Finder:
        """What finds the cases and measures for a problem; arguments as for `advise`."""
        asked = Asked(problem, world if world.sectors else world_of_text(problem), exclude)
        return Finder(self._shelf, self._index, self._similarity, asked)

    def advise_on(self, extraction: Extraction, *, issue: int | None = None, top_k: int = 10) -> Iterator[Advice]:
        """What the library has to say to each problem of a document, in text order; the same words are asked once.

        The document and its reposts give no precedents; who answers for a problem and by when is told as it says.

        Args:
            issue: ask this one alone, by its number from 0.
            top_k: suggestions a problem.

        Raises:
            QueryError: the document has no such issue.
        """
        world = world_of(extraction)
        for question in questions(extraction, issue):
            advice = self._advise(question.problem, extraction.document.id, world, top_k)
            yield replace(advice, owners=question.owners, deadline=question.deadline)


def suggest(
    catalog: Catalog,
    index: PassageIndex,
    problem: str,
    *,
    similarity: Similarity,
    exclude: str | None = None,
    top_k: int = 10,
) -> list[Suggestion]:
    """Measures for a problem, best first; empty when nothing in the library is comparable.

    Args and errors are those of `Adviser.advise`.
    """
    return list(Adviser(catalog, index, similarity).advise(problem, exclude=exclude, top_k=top_k).suggestions)
