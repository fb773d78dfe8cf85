"""Read a document in Traditional script as if it were in Simplified, and quote it as it is written.

In: a Traditional document. Out: its Simplified copy, of equal offsets, for the finders; then what they found in the
copy, cut from the document itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from docintel.schema import RECORD_TYPES, Act, Document, Evidence, Extraction, Ground, Penalty, Record
from docintel.text.script import to_simplified

#: Fields that hold words of the text without their place. Resolved names (`canonical`, `unit`) stay Simplified, so
#: that one unit is one unit in documents of either script.
_VERBATIM = frozenset({"subject", "action", "position", "deadline"})


def simplified(document: Document) -> Document:
    """The document in Simplified characters, every offset the same."""
    return replace(
        document,
        text=to_simplified(document.text),
        title=to_simplified(document.title),
        publisher=document.publisher and to_simplified(document.publisher),
    )


def as_written(extraction: Extraction, document: Document) -> Extraction:
    """The records with the words of `document`, of whose Simplified copy they were read."""
    text = extraction.document.text
    written = {person.name: document.text[person.evidence.start : person.evidence.end] for person in extraction.persons}
    restored = {
        kind: tuple(replace(record, **dict(_restored(record, text, document, written))) for record in records)
        for kind in RECORD_TYPES
        if (records := extraction.records(kind))
    }
    return replace(extraction, document=document, **restored)  # type: ignore[arg-type]


def _restored(
    record: Record | Act | Penalty, text: str, document: Document, written: Mapping[str, str]
) -> Iterator[tuple[str, Any]]:
    """The fields that change, with their new values."""
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, Evidence):
            yield field.name, document.evidence(value.start, value.end)
        elif isinstance(value, tuple) and value and isinstance(value[0], Evidence):
            yield field.name, tuple(document.evidence(quote.start, quote.end) for quote in value)
        elif isinstance(record, Penalty) and field.name == "name":
            words = document.text[record.evidence.start : record.evidence.end]
            characters = dict(zip(record.evidence.quote, words, strict=True))
            yield field.name, "".join(characters.get(character, character) for character in value)
        elif isinstance(value, tuple) and value and isinstance(value[0], Act | Penalty):
            yield field.name, tuple(replace(item, **dict(_restored(item, text, document, written))) for item in value)
        elif field.name == "grounds":
            yield field.name, tuple(_regrounded(ground, document) for ground in value)
        elif field.name == "persons":
            yield field.name, tuple(written.get(name, name) for name in value)
        elif field.name in _VERBATIM and value:
            yield field.name, _found(value, text, document.text, record.evidence.start)


def _regrounded(ground: Ground, document: Document) -> Ground:
    words = ground.evidence
    return replace(ground, evidence=document.evidence(words.start, words.end)) if words else ground


def _found(words: str, text: str, original: str, near: int) -> str:
    """The words as the original has them at the place closest behind the start of the evidence, else before it."""
    start = text.find(words, near)
    start = start if start >= 0 else text.rfind(words, 0, near)
    return original[start : start + len(words)] if start >= 0 else words
