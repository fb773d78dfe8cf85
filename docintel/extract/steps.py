"""The finders in their order: what each reads of those before it, and what it adds.

In: a document and its words as tagged. Out: its `Extraction`. `pipeline.extract` runs the steps one after another, and
`components` offers each as a spaCy component.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from docintel.extract.attribution.actors import Actors
from docintel.extract.attribution.attribution import Attribution
from docintel.extract.cases.cases import find_cases
from docintel.extract.checks import find_checks
from docintel.extract.confidence import with_confidence
from docintel.extract.deadlines import with_deadlines
from docintel.extract.doctype import classify
from docintel.extract.language.network import Bytes
from docintel.extract.language.reading import NAME_TAGS, Name, Reading
from docintel.extract.language.scripts import as_written, simplified
from docintel.extract.persons.persons import find_persons
from docintel.extract.persons.speakers import Speakers
from docintel.extract.places.gazetteer import Place
from docintel.extract.places.regions import find_place
from docintel.extract.references import find_references
from docintel.extract.statistics.judging import judged
from docintel.extract.statistics.statistics import find_statistics
from docintel.extract.statistics.tables import find_table_statistics
from docintel.extract.units.units import (
    UnitMention,
    collect_units,
    find_unit_mentions,
    outermost,
)
from docintel.extract.work.judging import Judge
from docintel.extract.work.ledger import Row, read_ledgers
from docintel.extract.work.ledger_records import (
    ledger_issues,
    ledger_measures,
    ledger_mentions,
)
from docintel.extract.work.work import Work
from docintel.schema import Case, Document, Extraction, Record
from docintel.text.script import TRADITIONAL


@dataclass
class Draft:
    """A document while it is read.

    Attributes:
        document: as parsed; what is found quotes its Simplified form until the last step.
        reading: what the finders share.
        ledger: the rows of its ledgers.
        place: what the document is about.
        extraction: the records found so far.
        judge: chooses issues and measures; the shipped one when None.
        unit_mentions: set by the step of the units.
        speakers: whose words are quoted where; set by the step of the persons.
        work: what may be issues and measures; set by the step of the issues.
    """

    document: Document
    reading: Reading
    ledger: Sequence[Row]
    place: Place | None
    extraction: Extraction
    judge: Judge | None = None
    unit_mentions: tuple[UnitMention, ...] = ()
    speakers: Speakers = field(init=False)
    work: Work = field(init=False)

    def add(self, **records: Any) -> None:
        """Add the records of a type."""
        self.extraction = replace(self.extraction, **records)


def begin(document: Document, words: Iterable[Name], states: Bytes | None = None, judge: Judge | None = None) -> Draft:
    """A document of which nothing is found yet but its type, its ledgers and its place.

    Args:
        states: of its characters, where they are known.
    """
    plain = simplified(document) if document.language == TRADITIONAL else document
    words = tuple(words)
    reading = Reading(plain, tuple([word for word in words if word.label in NAME_TAGS]), words, states)
    ledger, place = read_ledgers(reading), find_place(reading)
    extraction = Extraction(
        document=plain,
        doc_type=classify(plain, has_ledger=bool(ledger)),
        region=place.full if place else None,
    )
    return Draft(document, reading, ledger, place, extraction, judge)


def add_units(draft: Draft) -> None:
    """Units, and their mentions for the steps behind."""
    mentions = find_unit_mentions(draft.reading, draft.place)
    mentions += tuple(ledger_mentions(draft.reading, draft.ledger, mentions))
    draft.unit_mentions = tuple(sorted(mentions, key=lambda mention: (mention.start, -mention.end)))
    draft.add(units=collect_units(draft.reading, draft.unit_mentions))


def add_persons(draft: Draft) -> None:
    """Persons, and whose words are quoted where."""
    persons = find_persons(draft.reading, draft.unit_mentions)
    draft.speakers = Speakers(draft.reading, draft.unit_mentions, persons)
    draft.add(persons=persons)


def add_statistics(draft: Draft) -> None:
    """Statistics, of running text and of tables."""
    reading, mentions, persons = (
        draft.reading,
        draft.unit_mentions,
        draft.extraction.persons,
    )
    attribution = Attribution(reading, mentions, draft.place, persons, draft.speakers)
    told = find_statistics(reading, attribution)
    listed = find_table_statistics(reading, mentions, attribution, {row.block for row in draft.ledger})
    draft.add(statistics=tuple(sorted((*told, *listed), key=_start)))


def judge_metrics(draft: Draft) -> None:
    """What the statistics count, where the words around them tell more than the rules."""
    draft.add(statistics=judged(draft.reading, draft.extraction.statistics, draft.extraction.doc_type))


def add_checks(draft: Draft) -> None:
    """How the statistics hang together."""
    draft.add(checks=find_checks(draft.reading, draft.extraction.statistics))


def add_references(draft: Draft) -> None:
    """Official identifiers."""
    draft.add(references=find_references(draft.reading))


def add_cases(draft: Draft) -> None:
    """Cases."""
    draft.add(cases=find_cases(draft.reading, draft.unit_mentions, draft.extraction.persons))


def add_issues(draft: Draft) -> None:
    """Issues; of a ledger by its columns, of everything else by the words."""
    draft.work = work_of(draft)
    issues = (*draft.work.find_issues(), *ledger_issues(draft.reading, draft.ledger))
    draft.add(issues=tuple(sorted(issues, key=_start)))


def work_of(draft: Draft) -> Work:
    """What may be issues and measures of a draft that has its cases and statistics, ledgers left out."""
    reading, cases = _outside_ledgers(draft)
    return Work(reading, cases, draft.extraction.statistics, draft.extraction.doc_type, draft.judge)


def add_measures(draft: Draft) -> None:
    """Measures, what they answer and until when; of a ledger by its columns, of everything else by the words."""
    found, outer = draft.extraction, outermost(draft.unit_mentions)
    actors = Actors(draft.reading, outer)

    def actors_of(start: int, end: int) -> tuple[str, ...]:
        if units := actors.acting(start, end):
            return units
        speaker = draft.speakers.unit_at(start)
        return (speaker,) if speaker else ()

    measures = (
        *draft.work.find_measures(actors_of, found.issues),
        *ledger_measures(draft.reading, draft.ledger, found.issues, outer, actors_of),
    )
    draft.add(measures=with_deadlines(draft.reading, sorted(measures, key=_start)))


def quote(draft: Draft) -> None:
    """The records of a Traditional document in its own characters."""
    if draft.document.language == TRADITIONAL:
        draft.extraction = as_written(draft.extraction, draft.document)


def judge(draft: Draft) -> None:
    """How sure each record is."""
    draft.extraction = with_confidence(draft.extraction)


def _start(record: Record) -> int:
    return record.evidence.start


def _outside_ledgers(draft: Draft) -> tuple[Reading, tuple[Case, ...]]:
    """The reading and the cases without what stands in ledgers."""
    taken = {row.block for row in draft.ledger}
    if not taken:
        return draft.reading, draft.extraction.cases
    blocks = [draft.document.blocks[i] for i in taken]
    cases = (
        case
        for case in draft.extraction.cases
        if not any(block.start <= case.evidence.start < block.end for block in blocks)
    )
    return draft.reading.without(taken), tuple(cases)


#: Name → step, in order.
STEPS: dict[str, Callable[[Draft], None]] = {
    "units": add_units,
    "persons": add_persons,
    "statistics": add_statistics,
    "metrics": judge_metrics,
    "checks": add_checks,
    "references": add_references,
    "cases": add_cases,
    "issues": add_issues,
    "measures": add_measures,
    "quotes": quote,
    "confidence": judge,
}
