"""Issues and measures as a whole: what the rules propose and every clause beside it, judged in context.

In: a `Reading` with its cases and statistics. Out: the issues, and the measures that answer them. The rules of `issues`
and `measures` know the set phrases; the model of `judging` weighs what they say with the words of a candidate, of its
sentence, heading and neighbours, and so finds what is told in plain words too.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from docintel.extract.language.reading import Reading
from docintel.extract.language.segments import Segment
from docintel.extract.work.answers import Labelled, describe_pairs
from docintel.extract.work.candidates import Candidate, as_array, candidates
from docintel.extract.work.context import Context, shared_weights
from docintel.extract.work.declared import declared
from docintel.extract.work.denials import denials
from docintel.extract.work.description import (
    MEANT,
    OPINIONS,
    Description,
    Grams,
    Span,
    Surroundings,
    describe,
    grams,
)
from docintel.extract.work.groups import Floats, Ints
from docintel.extract.work.issues import category_of as issue_category
from docintel.extract.work.issues import find_issues
from docintel.extract.work.judging import KINDS, Judge, choose, shared_judge
from docintel.extract.work.links import link_measures
from docintel.extract.work.meanings import TextMeanings, shared_meanings
from docintel.extract.work.measures import ActorFinder, acting_segments, is_speech, status_of
from docintel.extract.work.measures import category_of as measure_category
from docintel.extract.work.roles import Proposal, Role, pattern, told_stretches
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

_NO_WORD = re.compile(r"\W")


@dataclass(frozen=True)
class Work:
    """The candidates of a document and what is known of them; issues and measures are chosen when asked for.

    Attributes:
        judge: chooses; the shipped one when None.
    """

    reading: Reading
    cases: Sequence[Case]
    statistics: Sequence[Statistic]
    doc_type: DocType
    judge: Judge | None = None

    @cached_property
    def proposed_issues(self) -> tuple[Proposal, ...]:
        """What the rules take for issues."""
        return find_issues(self.reading, self.cases)

    @cached_property
    def proposed_measures(self) -> list[tuple[Segment, Role]]:
        """What the rules take for measures."""
        return acting_segments(self.reading, self.cases, self.proposed_issues)

    @cached_property
    def spans(self) -> list[Candidate]:
        """All candidates in text order."""
        return candidates(self.reading, (*self._issue_spans, *self._measure_spans))

    @cached_property
    def _placed(self) -> Ints:
        return as_array(self.spans)

    @cached_property
    def _issue_spans(self) -> dict[Span, Modality]:
        return {(one.evidence.start, one.evidence.end): one.modality for one in self.proposed_issues}

    @cached_property
    def _measure_spans(self) -> list[Span]:
        return [(segment.start, segment.end) for segment, _ in self.proposed_measures]

    @cached_property
    def grams(self) -> Grams:
        """The words of the document."""
        return grams(self.reading)

    @cached_property
    def description(self) -> Description:
        """The candidates as the model sees them."""
        marks = {
            "told": told_stretches(self.reading, self.cases),
            "act": [(act.start, act.end) for case in self.cases for act in case.violations],
            "statistic": [(figure.evidence.start, figure.evidence.end) for figure in self.statistics],
            "sanction": [match.span() for match in pattern("sanctions").finditer(self.reading.folded)],
        }
        around = Surroundings(self.doc_type, is_speech(self.reading), marks, self._issue_spans, self._measure_spans)
        return describe(self.reading, self.grams.starts, self._placed, around)

    @cached_property
    def context(self) -> Context:
        """The candidates as the network reads them in their context."""
        return shared_weights().read(self.reading, self._placed, self.description.codes)

    def meant(self, which: Ints) -> Floats:
        """What the stretches of candidates mean that `MEANT` names: (candidates, stretches x dim)."""
        words = TextMeanings(shared_meanings().of(self.grams.distinct), self.grams.numbers)
        return np.hstack([words.means(*self.description.stretches[role][:, which]) for role in MEANT])

    @cached_property
    def _said(self) -> TextMeanings:
        return TextMeanings(self._judge.said.of(self.grams.distinct), self.grams.numbers)

    def opinions(self, head: str, which: Iterable[int]) -> Ints:
        """What the rules say of candidates, as numbers of the labels of a head."""
        labels = OPINIONS.get(head, ())
        return np.array([labels.index(self._opinion(head, self.spans[n])) for n in which if labels], dtype=np.intp)

    def _opinion(self, head: str, one: Candidate) -> StrEnum:
        words = self.reading.folded[one.start : one.end]
        if head == "issues.category":
            return issue_category(words)
        if head == "measures.category":
            return measure_category(words)
        segment = Segment(one.start, one.end, self.reading.sentences[one.sentence].start, one.start)
        return status_of(self.reading, segment, is_sanction=bool(pattern("sanctions").search(words)))

    def find_issues(self) -> tuple[Issue, ...]:
        """The issues in text order; the same words again are one entry, except acts of different persons."""
        chosen = self._chosen["issues"]
        categories, modalities = self._labels(chosen, "issues", "category", "modality")
        return tuple(
            _issue(self._quote(n), IssueCategory(category), Modality(modality))
            for n, category, modality in zip(chosen, categories, modalities, strict=True)
        )

    def find_measures(self, actors_of: ActorFinder, issues: Sequence[Issue]) -> tuple[Measure, ...]:
        """The measures in text order, with those of `issues` that they answer; a wording said again is one entry."""
        chosen = self._chosen["measures"]
        if not chosen:
            return ()
        quotes = [self._quote(n) for n in chosen]
        categories, states = self._labels(chosen, "measures", "category", "status")
        said = Labelled([(quote.start, quote.end) for quote in quotes], categories, states)
        links = self._judge.ties.answered(self.pairs(issues, said))
        return tuple(
            _measure(
                quote,
                category=MeasureCategory(category),
                status=Status(status),
                units=actors_of(quote.start, quote.end),
                addresses=addresses,
            )
            for quote, category, status, addresses in zip(quotes, categories, states, links, strict=True)
        )

    def pairs(self, issues: Sequence[Issue], measures: Labelled) -> dict[str, Ints]:
        """What is known of each measure together with each issue."""
        wrong = Labelled(
            [(issue.evidence.start, issue.evidence.end) for issue in issues],
            [issue.category for issue in issues],
            [issue.modality for issue in issues],
        )
        tied = link_measures(self.reading, measures.spans, self.cases, issues)
        return describe_pairs(self.reading, self.grams, self.doc_type, wrong, measures, tied)

    def _quote(self, n: int) -> Evidence:
        return self.reading.document.evidence(self.spans[n].start, self.spans[n].end)

    @cached_property
    def _chosen(self) -> dict[str, list[int]]:
        """For each record type the candidates that are taken, in text order."""
        chosen = ((kind, choose(self.spans, self._log_odds[kind], self._judge.thresholds[kind])) for kind in KINDS)
        return {kind: self._said_once(some) for kind, some in chosen}

    def _said_once(self, chosen: Iterable[int]) -> list[int]:
        seen: set[str] = set()
        kept = []
        for n in chosen:
            one = self.spans[n]
            words = _NO_WORD.sub("", self.reading.folded[one.start : one.end])
            if words not in seen or (one.start, one.end) in self._issue_spans:
                seen.add(words)
                kept.append(n)
        return kept

    @cached_property
    def _judge(self) -> Judge:
        return self.judge or shared_judge()

    @cached_property
    def _log_odds(self) -> dict[str, npt.NDArray[np.float64]]:
        found = self._judge.log_odds(self._rows, self.description, self.context)
        for kind, n in self._declared():
            found[kind][n] = max(found[kind][n], 0.0)
        starts, lasts = self.description.stretches["inside_characters"]
        for begin, start, end in denials(self.reading):
            found["issues"][(starts < end) & (lasts >= start)] = -np.inf
            found["measures"][(starts >= begin) & (lasts < end)] = -np.inf
        return found

    def _declared(self) -> Iterator[tuple[str, int]]:
        """The candidates that the text itself calls a problem or a measure, where the rules take them for one, too."""
        said = declared(self.reading)
        if not any(said.values()):
            return
        proposed = {"issues": self._issue_spans, "measures": self._measure_spans}
        numbers = {(one.start, one.end): n for n, one in enumerate(self.spans)}
        for kind, stretches in said.items():
            starts = [start for start, _ in stretches]
            for span in proposed[kind] if stretches else ():
                at = bisect_right(starts, span[0]) - 1
                if at >= 0 and span[1] <= stretches[at][1] and span in numbers:
                    yield kind, numbers[span]

    @cached_property
    def _rows(self) -> dict[str, Ints]:
        return self._judge.vocabulary.rows(self.grams)

    @cached_property
    def _told(self) -> dict[str, Floats]:
        """For each record type the units by which the network tells the labels of those taken."""
        ends = np.cumsum([*map(len, self._chosen.values())])[:-1]
        told = self.context.told(np.concatenate([*self._chosen.values()]).astype(np.intp))
        return dict(zip(self._chosen, np.split(told, ends), strict=True))

    def _labels(self, chosen: Sequence[int], kind: str, *fields: str) -> list[list[str]]:
        """For each field of a record type the labels of the chosen candidates."""
        which = np.array(chosen, dtype=np.intp)
        heads = [f"{kind}.{field}" for field in fields]
        said = {head: self.opinions(head, chosen) for head in heads}
        scores = self._judge.scores(kind, self._rows, self.description, which, said, self._said)
        found = []
        for head in heads:
            best = (scores[head] + self.context.labels(head, self._told[kind], said[head])).argmax(axis=1)
            found.append([self._judge.heads[head][n] for n in best.tolist()])
        return found


def _issue(quote: Evidence, category: IssueCategory, modality: Modality) -> Issue:
    grounds = (
        Ground("", "issue/judged", quote),
        Ground("category", f"issue-category/{category}", quote),
        Ground("modality", f"modality/{modality}", quote),
    )
    return Issue(evidence=quote, category=category, modality=modality, grounds=grounds)


def _measure(quote: Evidence, *, category: MeasureCategory, status: Status, **known: Any) -> Measure:
    grounds = (
        Ground("", "measure/judged", quote),
        Ground("category", f"measure-category/{category}", quote),
        Ground("status", f"status/{status}", quote),
    )
    return Measure(evidence=quote, category=category, status=status, grounds=grounds, **known)
