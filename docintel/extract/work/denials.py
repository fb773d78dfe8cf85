"""Accusations that a text denies: nothing in them is a problem, and to find nothing is no action.

In: a reading. Out: for each clause that denies something (`从未发生过收受红包现象`, `反映其收受回扣的问题不属实`) where
the denial stands, and from where on the clause says nothing else.
"""

from collections.abc import Iterator
from functools import cache
from itertools import compress
from typing import NamedTuple

from docintel.extract.language.gates import Beginnings, Gated, needed_words
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


@cache
def _denying() -> Beginnings:
    """What a clause holds that denies something."""
    words = load("issues")
    return Beginnings(needed_words("|".join([*words["refuted"], *words["denied"]])))


def denials(reading: Reading) -> Iterator[Denial]:
    """Every denial of a document, in text order."""
    openings, ends = clause_openings(reading), [clause.end for clause in reading.clauses]
    for opening, end in compress(zip(openings, ends, strict=True), _denying().within(reading.folded, openings, ends)):
        if denial := _denial(reading.folded, opening, end):
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
