"""The finders as spaCy components, and their records as spaCy spans.

The first component makes a `Draft` of the document's words, the next ones run the finders on it (`steps`), and the last
one shows every record as a span (`doc.spans["issues"]`, …), so that displacy and any other spaCy tool can use them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span

from docintel.extract.language.reading import Name
from docintel.extract.steps import STEPS, Draft, begin
from docintel.extract.tokenizer import STATES
from docintel.extract.work.judging import Judge
from docintel.schema import (
    RECORD_TYPES,
    Block,
    BlockKind,
    Case,
    Document,
    Evidence,
    Extraction,
    Record,
)
from docintel.text.script import SIMPLIFIED, TRADITIONAL, is_traditional, to_simplified

#: The field that labels a record's span.
_LABEL_FIELDS = {
    "statistics": "metric",
    "units": "kind",
    "issues": "category",
    "measures": "category",
    "references": "kind",
    "checks": "relation",
}


def register() -> None:
    """Make the extension attributes and components known to spaCy; safe to call again."""
    for name in ("document", "draft"):
        Doc.set_extension(name, default=None, force=True)
    for name in ("reading", "extraction"):
        Doc.set_extension(name, getter=_of_draft(name), force=True)
    Span.set_extension("record", getter=_record_of, force=True)
    Span.set_extension("confidence", getter=lambda span: getattr(span._.record, "confidence", None), force=True)
    Language.factory(READING, func=lambda nlp, name: Reader())
    for name, component in COMPONENTS.items():
        Language.component(name, func=component)


def _of_draft(name: str) -> Callable[[Doc], Any]:
    return lambda doc: getattr(doc._.draft, name, None)


def _record_of(span: Span) -> Record | None:
    """The record that a span of `doc.spans` shows; None for any other span."""
    extraction: Extraction | None = span.doc._.extraction
    for kind in RECORD_TYPES if extraction and span.id_.isdecimal() else ():
        records = extraction.records(kind)  # type: ignore[union-attr]
        record = records[int(span.id_)] if int(span.id_) < len(records) else None
        if record and _label(kind, record) == span.label_ and any(_covers(span, one) for one in _quotes(record)):
            return record
    return None


def _covers(span: Span, evidence: Evidence) -> bool:
    return (span.start_char, span.end_char) == (evidence.start, evidence.end)


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


class Reader:
    """Makes the draft that the components behind add to.

    Attributes:
        judge: chooses issues and measures; the shipped one when None.
    """

    judge: Judge | None = None

    def __call__(self, doc: Doc) -> Doc:
        """Read the words of a document."""
        document = doc._.document = doc._.document or _plain_document(doc.text)
        plain = to_simplified(doc.text) if document.language == TRADITIONAL else doc.text
        spans = ((token.idx, token.idx + len(token), token.tag_) for token in doc if token.tag_ != "_SP")
        names = (Name(start, end, tag, plain[start:end]) for start, end, tag in spans)
        doc._.draft = begin(document, names, doc.user_data.pop(STATES, None), self.judge)
        return doc


def _component(step: Callable[[Draft], None]) -> Callable[[Doc], Doc]:
    def run(doc: Doc) -> Doc:
        step(doc._.draft)
        return doc

    return run


def show_spans(doc: Doc) -> Doc:
    """Every record as a span in `doc.spans`: `span._.record`, its `span._.confidence`, its index as `span.id_`.

    Tokens that a record cuts through are split, so that no span is longer or shorter than its quote.
    """
    extraction: Extraction = doc._.extraction
    evidences = [
        evidence for kind in RECORD_TYPES for record in extraction.records(kind) for evidence in _quotes(record)
    ]
    _split_tokens(
        doc,
        {offset for evidence in evidences for offset in (evidence.start, evidence.end)},
    )
    for kind in RECORD_TYPES:
        doc.spans[kind] = [
            span
            for i, record in enumerate(extraction.records(kind))
            for evidence in _quotes(record)
            if (
                span := doc.char_span(
                    evidence.start,
                    evidence.end,
                    label=_label(kind, record),
                    span_id=str(i),
                )
            )
        ]
    return doc


def _quotes(record: Record) -> Iterable[Evidence]:
    """The places a record is shown at: every mention of a unit or person, act by act for a case."""
    if isinstance(record, Case):
        return (record.evidence, *record.violations)
    return getattr(record, "mentions", ()) or (record.evidence,)


def _label(kind: str, record: Record) -> str:
    return str(getattr(record, _LABEL_FIELDS[kind])) if kind in _LABEL_FIELDS else kind


def _split_tokens(doc: Doc, offsets: set[int]) -> None:
    ordered = sorted(offsets)
    with doc.retokenize() as retokenizer:
        for token in doc:
            low, high = bisect_right(ordered, token.idx), bisect_left(ordered, token.idx + len(token))
            if cuts := [offset - token.idx for offset in ordered[low:high]]:
                pieces = list(_pieces(token.text, cuts))
                retokenizer.split(token, pieces, heads=[(token, i) for i in range(len(pieces))])


def _pieces(text: str, cuts: list[int]) -> Iterator[str]:
    for low, high in zip([0, *cuts], [*cuts, len(text)], strict=True):
        yield text[low:high]


#: Goes before the others.
READING = "docintel_reading"
#: Name → component, in pipeline order.
COMPONENTS: dict[str, Callable[[Doc], Doc]] = {
    **{f"docintel_{name}": _component(step) for name, step in STEPS.items()},
    "docintel_spans": show_spans,
}
