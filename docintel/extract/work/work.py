"""Issues and measures as a whole: what the rules propose and every clause beside it, judged in context.

In: a `Reading` with its cases and statistics. Out: the issues, and the measures that answer them. The rules of `issues`
and `measures` know the set phrases; the model of `judging` weighs what they say with the words of a candidate, of its
sentence, heading and neighbours, and so finds what is told in plain words too.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from docintel.extract.language.reading import Reading
from docintel.extract.language.segments import Segment
from docintel.extract.work.candidates import MIN_LENGTH, Candidate, candidates
from docintel.extract.work.description import Description, Grams, Ints, Surroundings, describe, grams
from docintel.extract.work.issues import category_of as issue_category
from docintel.extract.work.issues import find_issues
from docintel.extract.work.judging import Floats, choose, shared_judge
from docintel.extract.work.links import link_measures
from docintel.extract.work.measures import ActorFinder, acting_segments, is_speech, status_of
from docintel.extract.work.measures import category_of as measure_category
from docintel.extract.work.roles import Role, Stretches, pattern, told_stretches
from docintel.schema import (
    Case,
    DocType,
    Evidence,
    Ground,
    Issue,
    IssueCategory,
    Measure,
    MeasureCategory,
    Modality,
    Statistic,
    Status,
)

_LONGEST_PROPOSAL = 90
#: Levels of overlap that the model tells apart.
_LEVELS = 3


def overlap(start: int, end: int, low: int, high: int) -> float:
    """Of two spans: twice their common part over their lengths; .75 at least where one mostly holds the other."""
    common = min(end, high) - max(start, low)
    if common <= 0:
        return 0.0
    short, long = sorted((end - start, high - low))
    dice = 2 * common / (short + long)
    return max(dice, 0.75) if common >= 0.9 * short and short >= 0.4 * long else dice


@dataclass(frozen=True)
class Work:
    """The candidates of a document and what is known of them; issues and measures are chosen when asked for."""

    reading: Reading
    cases: Sequence[Case]
    statistics: Sequence[Statistic]
    doc_type: DocType

    @cached_property
    def proposed_issues(self) -> tuple[Issue, ...]:
        """What the rules take for issues."""
        return find_issues(self.reading, self.cases)

    @cached_property
    def proposed_measures(self) -> list[tuple[Segment, Role]]:
        """What the rules take for measures."""
        return acting_segments(self.reading, self.cases, self.proposed_issues)

    @cached_property
    def spans(self) -> list[Candidate]:
        """All candidates, sentence by sentence."""
        every = candidates(self.reading)
        known = {(one.start, one.end) for one in every}
        every += (one for one in self._proposals() if (one.start, one.end) not in known)
        return sorted(every, key=lambda one: (one.sentence, one.start, one.end))

    def _proposals(self) -> Iterator[Candidate]:
        number = {sentence.start: n for n, sentence in enumerate(self.reading.sentences)}
        for start, end in dict.fromkeys((*self._issue_spans, *self._measure_spans)):
            sentence = self.reading.sentence_at(start)
            if sentence and end <= sentence.end and MIN_LENGTH <= end - start <= _LONGEST_PROPOSAL:
                yield Candidate(start, end, number[sentence.start], "rule", "rule")

    @cached_property
    def _issue_spans(self) -> dict[tuple[int, int], Modality]:
        return {(one.evidence.start, one.evidence.end): one.modality for one in self.proposed_issues}

    @cached_property
    def _measure_spans(self) -> dict[tuple[int, int], Role]:
        return {(segment.start, segment.end): role for segment, role in self.proposed_measures}

    @cached_property
    def grams(self) -> Grams:
        """The words of the document."""
        return grams(self.reading)

    @cached_property
    def description(self) -> Description:
        """The candidates as the model sees them."""
        acts = Stretches((act.start, act.end) for case in self.cases for act in case.violations)
        figures = Stretches((figure.evidence.start, figure.evidence.end) for figure in self.statistics)
        sanctions = Stretches(match.span() for match in pattern("sanctions").finditer(self.reading.folded))
        told = Stretches(told_stretches(self.reading, self.cases))
        around = Surroundings(
            self.doc_type,
            is_speech(self.reading),
            {
                "told": lambda start, _: told.hold(start),
                "act": _meets(acts),
                "statistic": _meets(figures),
                "sanction": _meets(sanctions),
            },
        )
        found = describe(self.reading, self.grams.starts, self.spans, around)
        issues, measures = Stretches(self._issue_spans), Stretches(self._measure_spans)
        for one, flags in zip(self.spans, found.flags, strict=True):
            levels = [_level(some, one.start, one.end) for some in (issues, measures)]
            flags.extend((f"issue={levels[0]}", f"measure={levels[1]}", f"both={levels[0]}{levels[1]}"))
            flags.extend(f"modality={self._issue_spans[span]}" for span in issues.overlapping(one.start, one.end))
        return found

    def find_issues(self) -> tuple[Issue, ...]:
        """The issues in text order; the same words again are one entry, except acts of different persons."""
        return tuple(self._issue(n) for n in self._chosen("issues"))

    def _chosen(self, kind: str) -> list[int]:
        seen: set[str] = set()
        kept = []
        for n in choose(self.spans, self._log_odds[kind], shared_judge().thresholds[kind]):
            one = self.spans[n]
            words = re.sub(r"\W", "", self.reading.folded[one.start : one.end])
            if words not in seen or (one.start, one.end) in self._issue_spans:
                seen.add(words)
                kept.append(n)
        return kept

    @cached_property
    def _log_odds(self) -> dict[str, Floats]:
        return shared_judge().log_odds(self.rows, self.description)

    @cached_property
    def rows(self) -> dict[str, Ints]:
        """Where the model keeps the words of the document."""
        return shared_judge().vocabulary.rows(self.grams)

    def _issue(self, n: int) -> Issue:
        one = self.spans[n]
        evidence = self.reading.document.evidence(one.start, one.end)
        category = IssueCategory(self._label("issues.category", n))
        modality = Modality(self._label("issues.modality", n))
        return Issue(
            evidence=evidence,
            category=category,
            modality=modality,
            grounds=(
                Ground("", "issue/judged", evidence),
                Ground("category", f"issue-category/{category}", evidence),
                Ground("modality", f"modality/{modality}", evidence),
            ),
        )

    def find_measures(self, actors_of: ActorFinder, issues: Sequence[Issue]) -> tuple[Measure, ...]:
        """The measures in text order, with those of `issues` that they answer; a wording said again is one entry."""
        chosen = self._chosen("measures")
        quotes = [self.reading.document.evidence(self.spans[n].start, self.spans[n].end) for n in chosen]
        links = link_measures(self.reading, quotes, self.cases, issues)
        return tuple(
            self._measure(n, quote, actors_of(quote.start, quote.end), addresses)
            for n, quote, addresses in zip(chosen, quotes, links, strict=True)
        )

    def _measure(self, n: int, quote: Evidence, units: tuple[str, ...], addresses: tuple[int, ...]) -> Measure:
        category = MeasureCategory(self._label("measures.category", n))
        status = Status(self._label("measures.status", n))
        return Measure(
            evidence=quote,
            category=category,
            status=status,
            units=units,
            addresses=addresses,
            grounds=(
                Ground("", "measure/judged", quote),
                Ground("category", f"measure-category/{category}", quote),
                Ground("status", f"status/{status}", quote),
            ),
        )

    def _label(self, head: str, n: int) -> str:
        return shared_judge().label(head, self.rows, self.description, n, self.opinions(head, n))

    def opinions(self, head: str, n: int) -> list[str]:
        """What the rules say of a candidate, as flags for the model."""
        one = self.spans[n]
        words = self.reading.folded[one.start : one.end]
        if head == "issues.category":
            return [f"issue-category={issue_category(words)}"]
        if head == "measures.category":
            return [f"measure-category={measure_category(words)}"]
        if head == "measures.status":
            sentence = self.reading.sentences[one.sentence]
            sanction = bool(pattern("sanctions").search(words))
            segment = Segment(one.start, one.end, sentence.start, one.start)
            return [f"status={status_of(self.reading, segment, is_sanction=sanction)}"]
        return []


def _meets(stretches: Stretches) -> Callable[[int, int], bool]:
    return lambda start, end: any(True for _ in stretches.overlapping(start, end))


def _level(stretches: Stretches, start: int, end: int) -> int:
    """How well the best of some stretches agrees with a span, from 0 to `_LEVELS`."""
    best = max((overlap(start, end, *stretch) for stretch in stretches.overlapping(start, end)), default=0.0)
    return int(_LEVELS * best)
