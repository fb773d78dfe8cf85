"""The rows of the chain: every place with its issues, and every issue without one, with what answers it.

In: an extraction. Out: rows in text order, then the measures that answer no issue.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from docintel.chain.outcomes import outcomes
from docintel.chain.places import NO_PROBLEM, Place, folded_text, items, loose
from docintel.chain.staging import stage
from docintel.chain.tables import table_rows
from docintel.chain.words import progress_of
from docintel.extract.work.issues import category_of
from docintel.schema import (
    ChainRow,
    Deadline,
    DocType,
    Evidence,
    Extraction,
    IssueCategory,
    Measure,
    MeasureCategory,
    Modality,
    Owner,
    Progress,
    Stage,
    Status,
    UnitKind,
)
from docintel.text.deadlines import by_when, due_day
from docintel.text.fields import Span

#: What tells that a measure is done, in it or right before it.
_SAID_DONE = re.compile("已|完成|了(?!解)")
_ALREADY_REACH = 4
#: Of a deadline that has no end: `9月底前,长期坚持`.
_LASTING = re.compile("长期|持续|常态|坚持")


def chain(extraction: Extraction, as_of: date | None = None, *, unread: bool = True) -> tuple[ChainRow, ...]:
    """The rectification chain of a document: a row a problem, then a row a measure that answers none.

    Args:
        as_of: the day on which deadlines are looked at; that of publication when None. Without either none is overdue.
        unread: with the items of a feedback that no issue was read from, and that stand beside problems.
    """
    return tuple(_Chain(extraction, as_of, unread=unread).rows())


@dataclass
class _Entry:
    """A place with the issues told in its head and in the rest of it."""

    place: Place
    heads: list[int] = field(default_factory=list)
    details: list[int] = field(default_factory=list)


class _Chain:
    def __init__(self, extraction: Extraction, as_of: date | None, *, unread: bool) -> None:
        self.extraction = extraction
        self.folded = folded_text(extraction)
        published = extraction.document.published
        self.published = date.fromisoformat(published) if published else None
        self.as_of = as_of or self.published
        self.only_finds = _only_finds(extraction)
        tables = table_rows(extraction, self.folded)
        listed = items(extraction, self.folded, all_problems=unread and self.only_finds)
        self.themes = [place for place in listed if self._is_theme(place)]
        self.places = [*tables, *(place for place in listed if not self._is_theme(place))]
        starts = [measure.evidence.start for measure in extraction.measures]
        self._homes = [[place for place in self.places if place.holds(start)] for start in starts]
        self._states = {n for n, measure in enumerate(extraction.measures) if self._is_state(measure)}
        self._discipline = {unit.canonical for unit in extraction.units if unit.kind is UnitKind.DISCIPLINE}
        self._mentions = {unit.canonical: unit.mentions or (unit.evidence,) for unit in extraction.units}

    def _is_theme(self, place: Place) -> bool:
        """Whether an item only heads several problems, and is none to be put right by itself."""
        if place.named or place.owners or place.deadline or place.told:
            return False
        return sum(_within(place.below, issue.evidence.start) for issue in self.extraction.issues) > 1

    def _is_answered(self, place: Place) -> bool:
        heads = {i for i, issue in enumerate(self.extraction.issues) if _within(place.head, issue.evidence.start)}
        return any(heads & {*measure.addresses} for measure in self.extraction.measures)

    def rows(self) -> Iterator[ChainRow]:
        entries = self._entries()
        taken: set[int] = set()
        for entry in sorted(entries, key=lambda entry: entry.place.title):
            answers = self._answers(entry)
            taken.update(answers)
            yield self._row(entry, [self.extraction.measures[n] for n in answers])
        for n, measure in enumerate(self.extraction.measures):
            if n not in taken | self._states:
                yield self._other(measure)

    def _entries(self) -> list[_Entry]:
        """Places that tell a problem, and one for each issue that none of them holds."""
        entries = [_Entry(place) for place in self.places]
        alone: list[int] = []
        sections = {place.section for place in self.places if place.section}
        sections |= {theme.head for theme in self.themes if not self._is_answered(theme)}
        for i, issue in enumerate(self.extraction.issues):
            start = issue.evidence.start
            entry = next((each for each in entries if _within(each.place.head, start)), None)
            around = next((each for each in entries if each.place.holds(start)), None)
            if entry:
                entry.heads.append(i)
            elif around:
                around.details.append(i)
            elif any(_within(section, start) for section in sections):
                continue  # the heading of items stands beside each of them
            elif not NO_PROBLEM.fullmatch(self.folded, start, issue.evidence.end):
                alone.append(i)
        kept = [entry for entry in entries if entry.heads or entry.place.named]
        return kept + [_Entry(self._loose(i, alone), [i]) for i in alone]

    def _loose(self, i: int, alone: Sequence[int]) -> Place:
        issues = self.extraction.issues
        begins = [issues[k].evidence.start for k in alone if k != i] + [place.head[0] for place in self.places]
        quote = issues[i].evidence
        place = loose(self.extraction, self.folded, quote.start, quote.end, sorted(begins))
        theme = next((each for each in reversed(self.themes) if _within(each.below, quote.start)), None)
        return replace(place, section=theme.title) if theme else place

    def _answers(self, entry: _Entry) -> list[int]:
        """Indexes of the measures that stand in a place; where none does, of those that answer its issues from afar."""
        measures = [(n, each) for n, each in enumerate(self.extraction.measures) if n not in self._states]
        if inside := [n for n, _ in measures if any(home is entry.place for home in self._homes[n])]:
            return inside
        answered = {*entry.heads, *entry.details}
        return [n for n, measure in measures if answered & {*measure.addresses} and not self._homes[n]]

    def _is_state(self, measure: Measure) -> bool:
        """Whether a measure only says how far a row has come: 已完成整改."""
        low, high = _span(measure.evidence)
        return any(place.told and place.told[0] <= low and high <= place.told[1] for place in self.places)

    def _row(self, entry: _Entry, measures: list[Measure]) -> ChainRow:
        place, issues = entry.place, self.extraction.issues
        quote = self._quote(place.title)
        first = issues[entry.heads[0]] if entry.heads else None
        deadline = self._deadline(place, measures)
        reach = self._reach(place, measures)
        told = self._quote(place.told) if place.told else None
        return ChainRow(
            issue=quote,
            category=self._category(entry, quote),
            modality=first.modality if first else Modality.FOUND,
            section=self._quote(place.section) if place.section else None,
            details=self._details(entry, measures),
            cause=self._quote(place.cause) if place.cause else None,
            measures=tuple(measures),
            owners=self._owners(place, measures),
            deadline=deadline,
            progress=self._progress(place.told, measures, deadline),
            told=told,
            issues=(*entry.heads, *entry.details),
            statistics=self._statistics(reach),
            effects=outcomes(self.extraction, self.folded, reach, told),
            reach=reach,
        )

    def _other(self, measure: Measure) -> ChainRow:
        alone = [measure]
        place = Place(_span(measure.evidence), _span(measure.evidence), own=(self._around(measure),))
        deadline = self._deadline(place, alone)
        return ChainRow(
            measures=(measure,),
            owners=self._owners(place, alone),
            deadline=deadline,
            progress=self._progress(None, alone, deadline),
            statistics=self._statistics(place.own),
            effects=outcomes(self.extraction, self.folded, place.own, None),
            reach=place.own,
        )

    def _reach(self, place: Place, measures: Sequence[Measure]) -> tuple[Span, ...]:
        """What belongs to a place; for one that holds nothing, its sentence and those of its measures."""
        sentences = {self._sentence(place.title), *(self._around(measure) for measure in measures)}
        return place.own or tuple(sorted(sentences))

    def _statistics(self, reach: Sequence[Span]) -> tuple[int, ...]:
        starts = enumerate(each.evidence.start for each in self.extraction.statistics)
        return tuple(n for n, start in starts if any(_within(span, start) for span in reach))

    def _quote(self, span: Span) -> Evidence:
        return self.extraction.document.evidence(*span)

    def _category(self, entry: _Entry, quote: Evidence) -> IssueCategory:
        """That of the issues; what they leave open the words of the whole may tell."""
        found = [self.extraction.issues[i].category for i in entry.heads]
        telling = [category for category in found if category is not IssueCategory.OTHER]
        return telling[0] if telling else category_of(self.folded[quote.start : quote.end])

    def _details(self, entry: _Entry, measures: Sequence[Measure]) -> tuple[Evidence, ...]:
        """Further problems of a place; words that are read as what was done are told there."""
        done = [_span(measure.evidence) for measure in measures]
        quotes = [self.extraction.issues[i].evidence for i in entry.details]
        return tuple(quote for quote in quotes if not any(low < quote.end and quote.start < high for low, high in done))

    def _owners(self, place: Place, measures: Sequence[Measure]) -> tuple[Owner, ...]:
        if place.owners:
            spans = dict.fromkeys(place.owners)
            return tuple(Owner(self._quote(s).quote, self._canonical(s), self._quote(s)) for s in spans)
        punishing = {n for m in measures if m.category is MeasureCategory.ACCOUNTABILITY for n in m.units}
        acting = list(dict.fromkeys(name for measure in measures for name in measure.units))
        names = [name for name in acting if name not in punishing & self._discipline] or acting
        owners = [self._owner(name, place, measures) for name in names]
        named = {owner.name: owner for owner in owners if owner.evidence}
        return tuple(named.values()) or tuple(owners)

    def _owner(self, canonical: str, place: Place, measures: Sequence[Measure]) -> Owner:
        """A unit by the name that the row gives it."""
        near = [*place.own, *(self._around(measure) for measure in measures if canonical in measure.units)]
        mentions: Sequence[Evidence] = self._mentions.get(canonical, ())
        if place.named:  # 关于“党委把方向不够”问题 names no owner
            mentions = [each for each in mentions if not _within(place.title, each.start)]
        quote = next((each for span in near for each in mentions if _within(span, each.start)), None)
        return Owner(quote.quote if quote else canonical, canonical, quote)

    def _canonical(self, span: Span) -> str | None:
        return next(
            (name for name, mentions in self._mentions.items() if any(_span(each) == span for each in mentions)),
            None,
        )

    def _around(self, measure: Measure) -> Span:
        """The sentence a measure stands in."""
        return self._sentence(_span(measure.evidence))

    def _sentence(self, span: Span) -> Span:
        """The sentence, or part of it between semicolons, that a stretch stands in."""
        low = max(self.folded.rfind(mark, 0, span[0]) for mark in "。;\n") + 1
        stops = [at for mark in "。;\n" if (at := self.folded.find(mark, span[1])) >= 0]
        return low, min(stops, default=len(self.folded))

    def _deadline(self, place: Place, measures: Sequence[Measure]) -> Deadline | None:
        """That of the place, else the first that the sentences of the measures name."""
        sentences = (self._around(measure) for measure in measures)
        span = place.deadline or next(
            (found for low, high in sentences if (found := by_when(self.folded, low, high))), None
        )
        if span is None or not re.search(r"\w", self.folded[slice(*span)]):
            return None
        due = due_day(self.folded, span, self.published or self.as_of)
        return Deadline(self._quote(span), due.isoformat() if due else None)

    def _progress(self, told: Span | None, measures: Sequence[Measure], deadline: Deadline | None) -> Progress | None:
        known = progress_of(self.folded[slice(*told)]) if told else None
        known = known or self._inferred(measures) or (Progress.OPEN if deadline else None)
        if told is None and known is Progress.DONE and self._is_ahead(deadline):
            return Progress.ONGOING
        if told is None and known is Progress.DONE and deadline and not any(map(self._is_said_done, measures)):
            return None  # what is to be done and by when, and not whether it was
        if deadline is None or deadline.due is None or self.as_of is None:
            return known
        late = deadline.due < self.as_of.isoformat()
        if late and known is not Progress.DONE and not _LASTING.search(deadline.evidence.quote):
            return Progress.OVERDUE
        return known

    def _is_said_done(self, measure: Measure) -> bool:
        """Whether a measure is told as done, not only named: 已修订办法, 追回3万元."""
        start, end = measure.evidence.start, measure.evidence.end
        return bool(_SAID_DONE.search(self.folded, max(0, start - _ALREADY_REACH), end))

    def _inferred(self, measures: Sequence[Measure]) -> Progress | None:
        """How far the measures say that it is; a feedback is not asked, for it tells of no rectification."""
        known = _by_measures(measures)
        return None if self.only_finds and known is not Progress.OPEN else known

    def _is_ahead(self, deadline: Deadline | None) -> bool:
        """Whether a deadline lies after the day of publication, so that what it is set for is still to be done."""
        return bool(deadline and deadline.due and self.published and deadline.due > self.published.isoformat())


def _only_finds(extraction: Extraction) -> bool:
    """Whether a document is a feedback: its title says so, or it is an inspection's and its body does.

    A notice of cases finds and punishes at once.
    """
    kind = stage(extraction)
    if kind.stage is not Stage.FINDING or extraction.doc_type is DocType.CASE_NOTICE:
        return False
    said_by = kind.grounds[0].rule.partition("/")[0]
    return said_by == "title" or (said_by == "text" and extraction.doc_type is DocType.INSPECTION_REPORT)


def _by_measures(measures: Sequence[Measure]) -> Progress | None:
    states = {measure.status for measure in measures}
    if not states:
        return None
    if states == {Status.DONE}:
        return Progress.DONE
    return Progress.OPEN if states == {Status.REQUIRED} else Progress.ONGOING


def _within(span: Span, offset: int) -> bool:
    return span[0] <= offset < span[1]


def _span(evidence: Evidence) -> Span:
    return evidence.start, evidence.end
