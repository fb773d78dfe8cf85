"""The spaCy components of the pipeline, in one place: what each reads and writes.

Every component takes the records found so far from `doc._.extraction` and adds its own; the last one shows them all as
spans (`doc.spans["issues"]`, …), so that displacy and any other spaCy tool can use them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span

from docintel.extract.actors import acting_units
from docintel.extract.amounts import find_statistics
from docintel.extract.attribution import Attribution
from docintel.extract.cases import find_cases
from docintel.extract.checks import find_checks
from docintel.extract.doctype import classify
from docintel.extract.issues import find_issues
from docintel.extract.ledger import Row, read_ledgers
from docintel.extract.ledger_records import ledger_issues, ledger_measures, ledger_mentions
from docintel.extract.measures import find_measures
from docintel.extract.persons import find_persons
from docintel.extract.places import find_place
from docintel.extract.reading import Name, Reading
from docintel.extract.references import find_references
from docintel.extract.scripts import as_written, simplified
from docintel.extract.speakers import Speakers
from docintel.extract.table_statistics import find_table_statistics
from docintel.extract.units import collect_units, find_unit_mentions, outermost
from docintel.schema import RECORD_TYPES, Block, BlockKind, Case, DocType, Document, Evidence, Extraction, Record
from docintel.text.script import SIMPLIFIED, TRADITIONAL, is_traditional

_NAME_TAGS = frozenset({"PER", "ORG", "LOC", "TIME"})
#: The field that labels a record's span.
_LABEL_FIELDS = {
    "statistics": "metric",
    "units": "kind",
    "issues": "category",
    "measures": "category",
    "references": "kind",
    "checks": "relation",
}
_EXTENSIONS = ("document", "reading", "ledger", "place", "unit_mentions", "speakers", "extraction")


def register() -> None:
    """Make the extension attributes and components known to spaCy; safe to call again."""
    for name in _EXTENSIONS:
        if not Doc.has_extension(name):
            Doc.set_extension(name, default=None)
    for name, component in COMPONENTS.items():
        Language.component(name, func=component)


def _plain_document(text: str) -> Document:
    """A document for a bare text: a paragraph a line."""
    blocks, start = [], 0
    for line in text.split("\n"):
        if line.strip():
            blocks.append(Block(kind=BlockKind.PARAGRAPH, start=start, end=start + len(line)))
        start += len(line) + 1
    return Document(
        id=sha256(text.encode()).hexdigest(),
        source="",
        text=text,
        blocks=tuple(blocks),
        language=TRADITIONAL if is_traditional(text) else SIMPLIFIED,
        parser="text",
    )


def read(doc: Doc) -> Doc:
    """Names as `doc.ents`; the reading that the finders share; the document's type and place."""
    doc._.document = doc._.document or _plain_document(doc.text)
    document = simplified(doc._.document) if doc._.document.language == TRADITIONAL else doc._.document
    words = [
        Name(token.idx, token.idx + len(token), token.tag_, document.text[token.idx : token.idx + len(token)])
        for token in doc
        if token.tag_ != "_SP"
    ]
    names = tuple(word for word in words if word.label in _NAME_TAGS)
    doc.ents = tuple(Span(doc, token.i, token.i + 1, label=token.tag_) for token in doc if token.tag_ in _NAME_TAGS)
    doc._.reading = Reading(document, names, tuple(words))
    doc._.ledger = read_ledgers(doc._.reading)
    doc._.place = find_place(doc._.reading)
    doc._.extraction = Extraction(
        document=document,
        doc_type=_type_of(document, doc._.ledger),
        region=doc._.place.full if doc._.place else None,
    )
    return doc


def _type_of(document: Document, ledger: Sequence[Row]) -> DocType:
    """The document's type; a ledger that nothing says more of reports what was inspected."""
    doc_type = classify(document)
    return DocType.INSPECTION_REPORT if ledger and doc_type is DocType.NEWS else doc_type


def find_units(doc: Doc) -> Doc:
    """Units, and their mentions for the components behind."""
    mentions = find_unit_mentions(doc._.reading, doc._.place)
    mentions += tuple(ledger_mentions(doc._.reading, doc._.ledger, mentions))
    doc._.unit_mentions = tuple(sorted(mentions, key=lambda mention: (mention.start, -mention.end)))
    return _add(doc, units=collect_units(doc._.reading, doc._.unit_mentions))


def add_persons(doc: Doc) -> Doc:
    """Persons, and whose words are quoted where."""
    persons = find_persons(doc._.reading, doc._.unit_mentions)
    doc._.speakers = Speakers(doc._.reading, doc._.unit_mentions, persons)
    return _add(doc, persons=persons)


def add_statistics(doc: Doc) -> Doc:
    """Statistics."""
    reading, mentions, persons = doc._.reading, doc._.unit_mentions, doc._.extraction.persons
    attribution = Attribution(reading, mentions, doc._.place, persons, doc._.speakers)
    told = find_statistics(reading, attribution)
    listed = find_table_statistics(reading, mentions, attribution, {row.block for row in doc._.ledger})
    return _add(doc, statistics=tuple(sorted((*told, *listed), key=_start)))


def add_checks(doc: Doc) -> Doc:
    """How the statistics hang together."""
    return _add(doc, checks=find_checks(doc._.reading, doc._.extraction.statistics))


def add_references(doc: Doc) -> Doc:
    """Official identifiers."""
    return _add(doc, references=find_references(doc._.reading))


def add_cases(doc: Doc) -> Doc:
    """Cases."""
    return _add(doc, cases=find_cases(doc._.reading, doc._.unit_mentions, doc._.extraction.persons))


def add_issues(doc: Doc) -> Doc:
    """Issues; of a ledger by its columns, of everything else by the words."""
    reading, cases = _outside_ledgers(doc)
    issues = (*find_issues(reading, cases), *ledger_issues(doc._.reading, doc._.ledger))
    return _add(doc, issues=tuple(sorted(issues, key=_start)))


def add_measures(doc: Doc) -> Doc:
    """Measures, with the issues they answer; of a ledger by its columns, of everything else by the words."""
    found, outer = doc._.extraction, outermost(doc._.unit_mentions)

    def actors_of(start: int, end: int) -> tuple[str, ...]:
        speaker = doc._.speakers.unit_at(start)
        return acting_units(doc._.reading, outer, start, end) or ((speaker,) if speaker else ())

    reading, cases = _outside_ledgers(doc)
    measures = (
        *find_measures(reading, actors_of, cases, found.issues),
        *ledger_measures(doc._.reading, doc._.ledger, found.issues, outer, actors_of),
    )
    return _add(doc, measures=tuple(sorted(measures, key=_start)))


def _start(record: Record) -> int:
    return record.evidence.start


def _outside_ledgers(doc: Doc) -> tuple[Reading, tuple[Case, ...]]:
    """The reading and the cases without what stands in ledgers."""
    taken = {row.block for row in doc._.ledger}
    if not taken:
        return doc._.reading, doc._.extraction.cases
    blocks = [doc._.document.blocks[i] for i in taken]
    cases = (
        case
        for case in doc._.extraction.cases
        if not any(block.start <= case.evidence.start < block.end for block in blocks)
    )
    return doc._.reading.without(taken), tuple(cases)


def quote(doc: Doc) -> Doc:
    """The records of a Traditional document in its own characters."""
    if doc._.document.language == TRADITIONAL:
        doc._.extraction = as_written(doc._.extraction, doc._.document)
    return doc


def show_spans(doc: Doc) -> Doc:
    """Every record as a span in `doc.spans`, `span.id_` its index in the extraction.

    Tokens that a record cuts through are split, so that no span is longer or shorter than its quote.
    """
    extraction: Extraction = doc._.extraction
    evidences = [
        evidence for kind in RECORD_TYPES for record in extraction.records(kind) for evidence in _quotes(record)
    ]
    _split_tokens(doc, {offset for evidence in evidences for offset in (evidence.start, evidence.end)})
    for kind in RECORD_TYPES:
        doc.spans[kind] = [
            span
            for i, record in enumerate(extraction.records(kind))
            for evidence in _quotes(record)
            if (span := doc.char_span(evidence.start, evidence.end, label=_label(kind, record), span_id=str(i)))
        ]
    return doc


def _add(doc: Doc, **records: Any) -> Doc:
    doc._.extraction = replace(doc._.extraction, **records)
    return doc


def _quotes(record: Record) -> Iterable[Evidence]:
    """The places a record is shown at: every mention of a unit or person, act by act for a case."""
    if isinstance(record, Case):
        return (record.evidence, *record.violations)
    return getattr(record, "mentions", ()) or (record.evidence,)


def _label(kind: str, record: Record) -> str:
    return str(getattr(record, _LABEL_FIELDS[kind])) if kind in _LABEL_FIELDS else kind


def _split_tokens(doc: Doc, offsets: set[int]) -> None:
    with doc.retokenize() as retokenizer:
        for token in doc:
            cuts = sorted(offset - token.idx for offset in offsets if token.idx < offset < token.idx + len(token))
            if cuts:
                pieces = list(_pieces(token.text, cuts))
                retokenizer.split(token, pieces, heads=[(token, i) for i in range(len(pieces))])


def _pieces(text: str, cuts: list[int]) -> Iterator[str]:
    for low, high in zip([0, *cuts], [*cuts, len(text)], strict=True):
        yield text[low:high]


#: The component that only shows what the others found.
SPANS = "docintel_spans"
#: Name → component, in pipeline order.
COMPONENTS: dict[str, Callable[[Doc], Doc]] = {
    "docintel_reading": read,
    "docintel_units": find_units,
    "docintel_persons": add_persons,
    "docintel_statistics": add_statistics,
    "docintel_checks": add_checks,
    "docintel_references": add_references,
    "docintel_cases": add_cases,
    "docintel_issues": add_issues,
    "docintel_measures": add_measures,
    "docintel_quotes": quote,
    SPANS: show_spans,
}
