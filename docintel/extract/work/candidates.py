"""Stretches of text that may each be a problem or an action: the first half of finding issues and measures.

In: a `Reading`. Out: the spans that `judging` chooses among: clauses, members of enumerations, what stands behind a
verb that governs a problem or an order, each with or without the noun that only says `问题`.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from functools import cache
from itertools import chain, islice
from typing import NamedTuple

import numpy as np

from docintel.extract.language.gates import Beginnings
from docintel.extract.language.lexicon import alternation, load
from docintel.extract.language.reading import Clause, Reading
from docintel.extract.work.clauses import clause_openings
from docintel.extract.work.groups import Ints

MIN_LENGTH, MAX_LENGTH, _LONGEST_PROPOSED = 4, 80, 90
#: More starts or ends than these are those of a list of names.
_MOST_CUTS = 7
#: Between the members of an enumeration: 、 and the seam of “收红包”“拿回扣”.
_SEAM = re.compile(r"、|(?<=[”’])(?=[“‘])")
_NOUNS = ("问题", "现象", "行为", "风险", "隐患", "乱象", "情形")
_NOUN = re.compile(alternation(_NOUNS))
#: What only says that it is a problem, at the end of a clause: 等突出问题.
_TAIL = re.compile(r"(?:等[^,、]{0,6})?(?:问题|现象|行为|情形|情况|乱象)$|等$|的$")
_LAST_OF_TAIL = "题象为形况等的"
_OPENED_BY = {"”": "“", "’": "‘"}
_NO_START, _NO_END = ' ,、:“"(', " ,、;。"


class Cut(IntEnum):
    """Where a candidate begins or ends."""

    CLAUSE = 0
    #: At the seam of an enumeration.
    PART = 1
    #: Behind a verb that governs it.
    GOVERNED = 2
    #: Behind a noun that says problem.
    NOUN = 3
    #: Before what only says that it is a problem.
    TAIL = 4
    #: With the clause that follows.
    NEXT = 5
    #: As a rule proposes it.
    RULE = 6


class Candidate(NamedTuple):
    """A span and how it was cut out of its sentence, which is given by its number."""

    start: int
    end: int
    sentence: int
    begins: Cut
    ends: Cut


@cache
def _governors() -> re.Pattern[str]:
    """Verbs behind which the problem or the action alone may be meant: 解决…, 严禁…, 要求…."""
    return re.compile(alternation(load("candidates")["governors"]))


@cache
def _parting() -> Beginnings:
    """What a clause holds that has a seam, a governor or a noun that says problem."""
    seams = ("、", "”“", "”‘", "’“", "’‘")
    return Beginnings([*load("candidates")["governors"], *seams, *_NOUNS])


def candidates(reading: Reading, proposed: Iterable[tuple[int, int]] = ()) -> list[Candidate]:
    """Every candidate of a document in text order; none twice.

    Args:
        proposed: what rules take for issues and measures; those that stand in one sentence are candidates, too.
    """
    openings = clause_openings(reading)
    parted = _parting().within(reading.folded, openings, [clause.end for clause in reading.clauses])
    starts = zip(openings, parted, strict=True)
    by_rule = _by_sentence(reading, proposed)
    found = []
    for number, sentence in enumerate(reading.sentences):
        cuts: dict[tuple[int, int], tuple[Cut, Cut]] = {}
        own = islice(starts, len(sentence.clauses))
        for low, high, begins, ends in _spans(reading.folded, sentence.clauses, own):
            if MIN_LENGTH <= high - low <= MAX_LENGTH:
                end = _unquoted(reading.folded, low, high) if reading.folded[high - 1] in _OPENED_BY else high
                cuts.setdefault((low, end), (begins, ends))
        for span in by_rule.get(number, ()):
            cuts.setdefault(span, (Cut.RULE, Cut.RULE))
        found += [Candidate(low, high, number, *cut) for (low, high), cut in sorted(cuts.items())]
    return found


def _by_sentence(reading: Reading, proposed: Iterable[tuple[int, int]]) -> Mapping[int, list[tuple[int, int]]]:
    """The proposed spans that are neither short nor long, by the number of the sentence that holds them."""
    starts = [sentence.start for sentence in reading.sentences]
    found = defaultdict(list)
    for start, end in proposed:
        number = bisect_right(starts, start) - 1
        if number >= 0 and end <= reading.sentences[number].end and MIN_LENGTH <= end - start <= _LONGEST_PROPOSED:
            found[number].append((start, end))
    return found


def as_array(spans: Sequence[Candidate]) -> Ints:
    """Starts, ends, numbers of sentences and cuts: (5, candidates)."""
    return np.fromiter(chain.from_iterable(spans), np.intp, 5 * len(spans)).reshape(-1, 5).T


def _spans(
    folded: str, clauses: Sequence[Clause], starts: Iterable[tuple[int, bool]]
) -> Iterator[tuple[int, int, Cut, Cut]]:
    """Spans without what does not belong to them at their ends; one of nothing else ends before it starts.

    Args:
        starts: of each clause where it begins behind its ordinals, and whether it may be parted.
    """
    for clause, behind, (start, is_parted) in zip(clauses, (*clauses[1:], None), starts, strict=True):
        if is_parted or folded[clause.end - 1] in _LAST_OF_TAIL:
            cut_starts, cut_ends = _cuts(folded, start, clause.end, is_parted=is_parted)
            ends = [(_end(folded, start, high), stops) for high, stops in cut_ends]
            for cut, begins in cut_starts:
                low = _start(folded, cut, clause.end)
                for high, stops in ends:
                    yield low, high, begins, stops
        else:
            yield _start(folded, start, clause.end), _end(folded, start, clause.end), Cut.CLAUSE, Cut.CLAUSE
        if behind and folded[clause.end : behind.start] == ",":
            end = _end(folded, start, behind.end)
            yield _start(folded, start, end), end, Cut.CLAUSE, Cut.NEXT


def _start(folded: str, start: int, end: int) -> int:
    while start < end and folded[start] in _NO_START:
        start += 1
    return start


def _end(folded: str, start: int, end: int) -> int:
    while start < end and folded[end - 1] in _NO_END:
        end -= 1
    return end


def _unquoted(folded: str, start: int, end: int) -> int:
    """The end without a quotation mark that closes what opened before it: “采购走过场、|监督缺位|。”."""
    while end > start and (opener := _OPENED_BY.get(folded[end - 1])) and folded.find(opener, start, end) < 0:
        end = _end(folded, start, end - 1)
    return end


def _cuts(folded: str, start: int, end: int, *, is_parted: bool) -> tuple[list[tuple[int, Cut]], list[tuple[int, Cut]]]:
    """Where candidates may begin and end inside a clause that begins at `start` behind its ordinals."""
    starts, ends = [(start, Cut.CLAUSE)], [(end, Cut.CLAUSE)]
    if is_parted:
        for match in islice(_SEAM.finditer(folded, start, end), _MOST_CUTS):
            starts.append((match.end(), Cut.PART))
            ends.append((match.start(), Cut.PART))
        governors = islice(_governors().finditer(folded, start, end), _MOST_CUTS)
        starts += [(match.end(), Cut.GOVERNED) for match in governors]
        ends += [(match.end(), Cut.NOUN) for match in islice(_NOUN.finditer(folded, start, end), _MOST_CUTS)]
    if folded[end - 1] in _LAST_OF_TAIL and (tail := _TAIL.search(folded, max(start, end - 12), end)):
        ends.append((tail.start(), Cut.TAIL))
    return starts, ends
