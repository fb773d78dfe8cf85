"""Accusations that a text denies: nothing in them is a problem, and to find nothing is no action.

In: a reading. Out: for each clause that denies something (`从未发生过收受红包现象`, `反映其收受回扣的问题不属实`) where
the denial stands, and from where on the clause says nothing else.
"""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from docintel.extract.language.gates import Gated
from docintel.extract.language.lexicon import load
from docintel.extract.language.reading import Reading
from docintel.extract.language.segments import actions
from docintel.extract.work.clauses import clause_openings


class Denial(NamedTuple):
    """What a clause denies.

    Attributes:
        begin: behind the last action before the denial, or where the clause begins: 开展检查未发现问题.
        start: of the denial.
        end: of the clause.
    """

    begin: int
    start: int
    end: int


@cache
def _pattern(name: str) -> Gated:
    return Gated("|".join(load("issues")[name]))


def denials(reading: Reading) -> Iterator[Denial]:
    """Every denial of a document, in text order."""
    for clause, opening in zip(reading.clauses, clause_openings(reading), strict=True):
        if denial := _denial(reading.folded, opening, clause.end):
            yield denial


def _denial(folded: str, begin: int, end: int) -> Denial | None:
    if _pattern("refuted").search(folded, begin, end):
        return Denial(begin, begin, end)
    match = _pattern("denied").search(folded, begin, end)
    if match is None:
        return None
    before = [verb.end() for verb in actions().finditer(folded, begin, match.start())]
    return Denial(max(before, default=begin), match.start(), end)


__all__ = ["Denial", "denials"]
