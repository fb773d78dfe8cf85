"""Say which segments are actions, and which sentences tell what a punished person did.

In: a `Reading`, its segments and cases. Out: a `Role` for each segment.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import cache
from itertools import accumulate, takewhile
from typing import NamedTuple

from docintel.extract.language.gates import AnyOf, Gated
from docintel.extract.language.lexicon import load
from docintel.extract.language.reading import Reading, Sentence, within
from docintel.extract.language.segments import Segment, actions, blank_quotes
from docintel.schema import Case, Evidence, Modality

#: A verb further from the front of its clause than this is not the clause's action.
_SUBJECT_LENGTH = 40
_MIN_LENGTH = 4
#: The share of a clause that problems may cover before nothing is left of its action.
_MOSTLY = 0.6
#: A case is told in so many sentences before its sanction.
_SENTENCES_TOLD = 5


class Stretches:
    """Stretches of a text, in any order, that may overlap."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._spans = sorted(spans)
        self._reach = list(accumulate((end for _, end in self._spans), max))

    def overlapping(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Those that have a character in `[start, end)`."""
        i = bisect_left(self._spans, (end,))
        while i and self._reach[i - 1] > start:
            i -= 1
            if self._spans[i][1] > start:
                yield self._spans[i]

    def hold(self, offset: int) -> bool:
        """Whether one of them holds the character at `offset`."""
        i = bisect_left(self._spans, (offset + 1,))
        return i > 0 and self._reach[i - 1] > offset


class Proposal(NamedTuple):
    """What the rules take for an issue."""

    evidence: Evidence
    modality: Modality


class Role(StrEnum):
    """What a segment is in the story of a report."""

    MEASURE = "measure"
    SANCTION = "sanction"
    OTHER = "other"


@cache
def pattern(name: str) -> Gated:
    """A list of `patterns/roles.toml`, or of a table of it (`mood.done`), as one pattern over folded text."""
    table = load("roles")
    for key in name.split("."):
        table = table[key]
    return Gated("|".join(table))


@cache
def _any(name: str) -> AnyOf:
    return AnyOf(load("roles")[name])


def roles(
    reading: Reading, segments: Sequence[Segment], cases: Sequence[Case] = (), issues: Sequence[Proposal] = ()
) -> list[Role]:
    """The role of each segment; what a person did before the sanction is no measure, nor is a problem found."""
    told = told_stretches(reading, cases)
    quotes = ((i.evidence.start, i.evidence.end) for i in issues if i.modality is Modality.FOUND)
    told += [span for span in quotes if not pattern("against").search(reading.folded[slice(*span)])]
    stretches = Stretches(told)
    return [_role_among(reading.folded, segment, stretches) for segment in segments]


def _role_among(folded: str, segment: Segment, told: Stretches) -> Role:
    if pattern("sanctions").search(folded, segment.start, segment.end):
        return Role.SANCTION
    if _is_told(segment, told):
        return Role.OTHER
    clause = blank_quotes(folded[segment.main : segment.end])
    return Role.MEASURE if _has_action(clause) and not _is_talk(clause) else Role.OTHER


def _is_told(segment: Segment, told: Stretches) -> bool:
    """Whether its clause begins in a told stretch, or most of it lies in such."""
    if told.hold(segment.main):
        return True
    overlapping = told.overlapping(segment.main, segment.end)
    covered = sum(min(segment.end, high) - max(segment.main, low) for low, high in overlapping)
    return covered > _MOSTLY * (segment.end - segment.main)


def told_stretches(reading: Reading, cases: Sequence[Case]) -> list[tuple[int, int]]:
    """Where the text tells the cases, in text order.

    That is from the first words of each case to the clause that punishes, or to the next case; and the clauses of its
    acts, wherever they stand.
    """
    starts = sorted(case.evidence.start for case in cases)
    stretches = set()
    for case in cases:
        limit = starts[bisect_right(starts, case.evidence.start) :][:1] or [len(reading.text)]
        after = within(reading.sentences, case.evidence.start, limit[0])
        stretches.add((case.evidence.start, max(case.evidence.end, _end_of_telling(reading, case, after))))
        clauses = (reading.clause_at(act.start) for act in case.violations)
        stretches.update((clause.start, clause.end) for clause in clauses if clause)
    return sorted(stretches)


def _end_of_telling(reading: Reading, case: Case, sentences: Sequence[Sentence]) -> int:
    """The end of the clause that punishes, where one follows soon; else of the sentences that go on naming a person."""
    for sentence in sentences[:_SENTENCES_TOLD]:
        punishing = [c.end for c in sentence.clauses if pattern("sanctions").search(reading.folded, c.start, c.end)]
        if punishing:
            return punishing[-1]
    named = takewhile(lambda s: any(name in reading.text[s.start : s.end] for name in case.persons), sentences)
    return max((sentence.end for sentence in named), default=0)


def _is_talk(clause: str) -> bool:
    """Whether a clause is a slogan, says how things are, or tells a wrong or a conviction."""
    if pattern("slogans").match(clause) or pattern("slogan_ends").search(clause) or _any("states").found_in(clause):
        return True
    if pattern("convictions").search(clause):
        return True
    return _any("wrongdoing").found_in(clause) and not pattern("against").search(clause)


def _has_action(clause: str) -> bool:
    """Whether a verb of things done heads the clause, behind a subject at most; `开展的` only describes a noun."""
    if len(clause) < _MIN_LENGTH:
        return False
    for verb in actions().finditer(clause):
        if not clause.startswith("的", verb.end()):
            return verb.start() <= _SUBJECT_LENGTH
    return False
