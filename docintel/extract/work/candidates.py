"""Stretches of text that may each be a problem or an action: the first half of finding issues and measures.

In: a `Reading`. Out: for each sentence the spans that `judging` chooses among: clauses, members of enumerations, what
stands behind a verb that governs a problem or an order, each with or without the noun that only says `问题`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from docintel.extract.language.lexicon import alternation, load
from docintel.extract.language.reading import Reading, Sentence
from docintel.extract.language.segments import clause_start

MIN_LENGTH, MAX_LENGTH = 4, 80
#: More starts or ends than these are those of a list of names.
_MOST_CUTS = 7
#: Between the members of an enumeration: 、 and the seam of “收红包”“拿回扣”.
_SEAM = re.compile(r"、|(?<=[”’])(?=[“‘])")
_NOUN = re.compile("问题|现象|行为|风险|隐患|乱象|情形")
#: What only says that it is a problem, at the end of a clause: 等突出问题.
_TAIL = re.compile(r"(?:等[^,、]{0,6})?(?:问题|现象|行为|情形|情况|乱象)$|等$|的$")
_NO_START, _NO_END = ' ,、:“"(', " ,、;。"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span and how it was cut: `begins` and `ends` are names of kinds of cuts."""

    start: int
    end: int
    sentence: int
    begins: str
    ends: str


@cache
def _governors() -> re.Pattern[str]:
    """Verbs behind which the problem or the action alone may be meant: 解决…, 严禁…, 要求…."""
    return re.compile(alternation(load("candidates")["governors"]))


def candidates(reading: Reading) -> list[Candidate]:
    """Every candidate of a document, sentence by sentence; none twice."""
    return [one for number, sentence in enumerate(reading.sentences) for one in _of_sentence(reading, number, sentence)]


def _of_sentence(reading: Reading, number: int, sentence: Sentence) -> Iterator[Candidate]:
    seen = set()
    for low, high, begins, ends in _spans(reading.folded, sentence):
        start, end = _trimmed(reading.folded, low, high)
        if MIN_LENGTH <= end - start <= MAX_LENGTH and (start, end) not in seen:
            seen.add((start, end))
            yield Candidate(start, end, number, begins, ends)


def _trimmed(folded: str, start: int, end: int) -> tuple[int, int]:
    while start < end and folded[start] in _NO_START:
        start += 1
    while start < end and folded[end - 1] in _NO_END:
        end -= 1
    return start, end


def _spans(folded: str, sentence: Sentence) -> Iterator[tuple[int, int, str, str]]:
    clauses = sentence.clauses
    for i, clause in enumerate(clauses):
        start, end = clause_start(folded, clause), clause.end
        seams = [match.span() for match in _SEAM.finditer(folded, start, end)][:_MOST_CUTS]
        starts = [(start, "clause"), *((high, "part") for _, high in seams)]
        starts += [(match.end(), "governed") for match in _governors().finditer(folded, start, end)][:_MOST_CUTS]
        ends = [(end, "clause"), *((low, "part") for low, _ in seams)]
        ends += [(match.end(), "noun") for match in _NOUN.finditer(folded, start, end)][:_MOST_CUTS]
        if tail := _TAIL.search(folded, start, end):
            ends.append((tail.start(), "cut"))
        for low, begins in starts:
            for high, stops in ends:
                if low < high:
                    yield low, high, begins, stops
        if i + 1 < len(clauses) and folded[clause.end : clauses[i + 1].start] == ",":
            yield start, clauses[i + 1].end, "clause", "next"
