"""Records to plain JSON values and back, and the JSON Schema of that form.

The form is `docintel extract --format jsonl`: one object a document. Each record carries its quote (a unit or person
its `name`) with `start`, `end` and `page`; positions of further quotes stand beside them as `[start, end]` pairs, so
that reading back slices the document again and no quote can drift from its text.
"""

from dataclasses import asdict, fields
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from docintel.schema.across import Comparison, Recurrence
from docintel.schema.chain import ChainRow
from docintel.schema.corrections import Correction
from docintel.schema.document import Block, BlockKind, Document, Evidence, Part, ReadStatus
from docintel.schema.records import RECORD_TYPES, Act, Case, Extraction, Penalty, Person, Record, Unit
from docintel.schema.vocabulary import DocType, SanctionKind

#: Raised when the JSON form changes in a way that breaks a reader.
SCHEMA_VERSION = 1

_NAMED = (Unit, Person)
#: What records hold that has evidence of its own.
_PARTS = (Act, Penalty)
#: Fields that hold several quotes: JSON key of the words (None where only places are kept), JSON key of the places.
_MANY = {
    "mentions": (None, "mentions"),
    "violations": ("violations", "violation_spans"),
    "against": ("against", "against_spans"),
}
#: Fields that are no part of the form.
_NOT_WRITTEN = frozenset({"evidence", "grounds"})
#: Properties that are written beside the fields they come from, and not read back.
_DERIVED: dict[type, tuple[str, ...]] = {Case: ("violations", "sanctions")}


def document_to_dict(document: Document) -> dict[str, Any]:
    """The JSON form of a document: its fields, blocks as objects."""
    return asdict(document)


def document_from_dict(data: dict[str, Any]) -> Document:
    """Read a document back from its JSON form."""
    tuples = {name: tuple(data[name]) for name in ("attachments", "warnings", "missing")}
    return Document(**data | tuples | {"blocks": tuple(map(_block, data["blocks"]))})


def _block(data: dict[str, Any]) -> Block:
    box = tuple(data["box"]) if data["box"] else None
    parts = tuple(Part(part["start"], part["page"], tuple(part["box"])) for part in data.get("parts", ()))
    cells = tuple(map(tuple, data["cells"]))
    return Block(**data | {"kind": BlockKind(data["kind"]), "box": box, "cells": cells, "parts": parts})


@cache
def _hints(record_type: Any) -> dict[str, Any]:
    """The types of a record's fields; to work them out takes longer than to read a record."""
    return get_type_hints(record_type)


def _quote_key(record_type: type) -> str:
    return "name" if record_type in _NAMED else "quote"


@cache
def _written(record_type: type) -> dict[str, Any]:
    """What is written of a record beside its evidence: name → type."""
    hints = get_type_hints(record_type)
    own = {field.name: hints[field.name] for field in fields(record_type) if field.name not in _NOT_WRITTEN}
    derived = {name: get_type_hints(getattr(record_type, name).fget) for name in _DERIVED.get(record_type, ())}
    return own | {name: hint["return"] for name, hint in derived.items()}


def record_to_dict(record: Record | Act | Penalty) -> dict[str, Any]:
    """The JSON form of one record; of what it holds as well."""
    evidence, record_type = record.evidence, cast(type, type(record))
    out: dict[str, Any] = {_quote_key(record_type): evidence.quote}
    for name in _written(record_type):
        value = getattr(record, name)
        if name in _MANY:
            words, places = _MANY[name]
            if words:
                out[words] = [quote.quote for quote in value]
            out[places] = [[quote.start, quote.end] for quote in value]
        elif isinstance(value, tuple):
            out[name] = [record_to_dict(item) if isinstance(item, _PARTS) else _number(item) for item in value]
        else:
            out[name] = _number(value)
    return out | {"start": evidence.start, "end": evidence.end, "page": evidence.page}


def _number(value: Any) -> Any:
    """Whole floats as integers, so that JSON shows 53 and not 53.0; labels as their plain string."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return str(value) if isinstance(value, StrEnum) else value


def record_from_dict(kind: str, data: dict[str, Any], document: Document) -> Record:
    """Read one record back; its quotes are cut from `document` anew.

    Raises:
        ValueError: a place lies outside the document, or a label is not in its vocabulary.
    """
    return _read(RECORD_TYPES[kind], data, document)  # type: ignore[no-any-return]


def _read(record_type: Any, data: dict[str, Any], document: Document) -> Any:
    if record_type is Case and "acts" not in data:
        data = _structured(data, document)
    hints = _hints(record_type)
    values: dict[str, Any] = {"evidence": document.evidence(data["start"], data["end"])}
    for field in fields(record_type):
        if field.name in _MANY:
            values[field.name] = tuple(document.evidence(*span) for span in data.get(_MANY[field.name][1], ()))
        elif field.name in data:
            values[field.name] = _typed(hints[field.name], data[field.name], document)
    return record_type(**values)


def _structured(data: dict[str, Any], document: Document) -> dict[str, Any]:
    """A case that was stored before its acts and penalties had fields of their own."""
    acts = [{"start": start, "end": end} for start, end in data.get("violation_spans", ())]
    penalties = []
    for name in data.get("sanctions", ()):
        start = document.text.find(name, data["start"])
        end = start + len(name) if start >= 0 else data["end"]
        penalties.append({"name": name, "kind": SanctionKind.OTHER, "start": max(start, data["start"]), "end": end})
    return data | {"acts": acts, "penalties": penalties}


def _typed(hint: Any, value: Any, document: Document) -> Any:
    if value is None:
        return None
    if get_origin(hint) is tuple:
        return tuple(_typed(get_args(hint)[0], item, document) for item in value)
    if get_origin(hint) in (Union, UnionType):
        return _typed(next(arg for arg in get_args(hint) if arg is not type(None)), value, document)
    return _read(hint, value, document) if hint in _PARTS else hint(value)


def extraction_to_dict(extraction: Extraction) -> dict[str, Any]:
    """The JSON form of everything read from one document."""
    document = extraction.document
    return {
        "schema_version": SCHEMA_VERSION,
        "doc": document.source,
        "document": document.id,
        "title": document.title,
        "doc_type": str(extraction.doc_type),
        "publisher": document.publisher,
        "published": document.published,
        "region": extraction.region,
        "number": document.number,
        "secrecy": document.secrecy,
        "attachments": list(document.attachments),
        "language": document.language,
        "source_url": document.source_url,
        "parser": document.parser,
        "pages": document.pages,
        "confidence": round(document.confidence, 4),
        "status": str(document.status),
        "missing": list(document.missing),
        "warnings": list(document.warnings),
    } | {kind: [record_to_dict(record) for record in extraction.records(kind)] for kind in RECORD_TYPES}


def extraction_from_dict(data: dict[str, Any], document: Document) -> Extraction:
    """Read an extraction of `document` back from its JSON form."""
    records = {kind: tuple(record_from_dict(kind, item, document) for item in data[kind]) for kind in RECORD_TYPES}
    return Extraction(document=document, doc_type=DocType(data["doc_type"]), region=data["region"], **records)  # type: ignore[arg-type]


def chain_row_to_dict(row: ChainRow, document: Document) -> dict[str, Any]:
    """The JSON form of a line of the ledger of a document: every quote with its place, every label as its string."""
    deadline = row.deadline
    return {
        "source": document.source,
        "document": document.id,
        "title": document.title,
        "published": document.published,
        "issue": _place(row.issue),
        "category": _number(row.category),
        "modality": _number(row.modality),
        "section": _place(row.section),
        "details": [_place(each) for each in row.details],
        "cause": _place(row.cause),
        "measures": [record_to_dict(measure) for measure in row.measures],
        "owners": [
            {"name": owner.name, "canonical": owner.canonical, "evidence": _place(owner.evidence)}
            for owner in row.owners
        ],
        "deadline": (_place(deadline.evidence) or {}) | {"due": deadline.due} if deadline else None,
        "progress": _number(row.progress),
        "told": _place(row.told),
        "issues": list(row.issues),
        "statistics": list(row.statistics),
        "effects": [
            (_place(effect.quote) or {})
            | {"kind": str(effect.kind), "verdict": str(effect.verdict), "statistics": list(effect.statistics)}
            for effect in row.effects
        ],
    }


def comparison_to_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """The JSON form of a comparison, an object a row: every quote with its place, every label as its string."""
    sources = {"feedback": asdict(comparison.feedback), "report": asdict(comparison.report)}
    return [
        sources
        | {
            "issue": _place(row.issue),
            "answer": str(row.answer),
            "category": _number(row.category),
            "section": _place(row.section),
            "issues": list(row.issues),
            "counterparts": [
                (_place(each.evidence) or {})
                | {
                    "answer": str(each.answer),
                    "probability": each.probability,
                    "measures": [record_to_dict(measure) for measure in each.measures],
                    "statistics": [record_to_dict(statistic) for statistic in each.statistics],
                    "told": _place(each.told),
                }
                for each in row.counterparts
            ],
        }
        for row in comparison.rows
    ]


def recurrence_to_rows(recurrence: Recurrence) -> list[dict[str, Any]]:
    """A problem that came back as plain rows, one a finding."""
    return [
        asdict(finding.source)
        | {
            "unit": recurrence.unit,
            "category": str(recurrence.category),
            "confidence": recurrence.confidence,
            "time": time,
            "times": len(recurrence.findings),
            "issue": _place(finding.evidence),
            "commitments": [asdict(each) for each in finding.commitments],
        }
        for time, finding in enumerate(recurrence.findings, start=1)
    ]


def _place(evidence: Evidence | None) -> dict[str, Any] | None:
    return asdict(evidence) if evidence else None


def correction_to_dict(correction: Correction) -> dict[str, Any]:
    """The JSON form of a correction."""
    return asdict(correction) | {"action": str(correction.action)}


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of one line of `docintel extract --format jsonl`."""
    text, text_or_null = {"type": "string"}, {"type": ["string", "null"]}
    properties: dict[str, Any] = {
        "schema_version": {"const": SCHEMA_VERSION},
        "doc": text,
        "document": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "title": text,
        "doc_type": _schema_of(DocType),
        "publisher": text_or_null,
        "published": {"type": ["string", "null"], "format": "date"},
        "region": text_or_null,
        "number": text_or_null,
        "secrecy": text_or_null,
        "attachments": {"type": "array", "items": text},
        "language": {"enum": ["zh-Hans", "zh-Hant"]},
        "source_url": text_or_null,
        "parser": text,
        "pages": {"type": ["integer", "null"], "minimum": 1},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "status": {"enum": [str(ReadStatus.FULL), str(ReadStatus.PARTIAL)]},
        "missing": {"type": "array", "items": text},
        "warnings": {"type": "array", "items": text},
    }
    properties |= {kind: {"type": "array", "items": {"$ref": f"#/$defs/{kind}"}} for kind in RECORD_TYPES}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:docintel:extraction:{SCHEMA_VERSION}",
        "title": "docintel extraction",
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
        "$defs": {kind: _record_schema(record_type) for kind, record_type in RECORD_TYPES.items()},
    }


def _record_schema(record_type: type) -> dict[str, Any]:
    places = {
        "type": "array",
        "items": {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 2, "maxItems": 2},
    }
    properties: dict[str, Any] = {_quote_key(record_type): {"type": "string", "minLength": 1}}
    for name, hint in _written(record_type).items():
        if name in _MANY:
            words, key = _MANY[name]
            if words:
                properties[words] = {"type": "array", "items": {"type": "string"}}
            properties[key] = places
        else:
            properties[name] = _schema_of(hint)
    properties |= {
        "start": {"type": "integer", "minimum": 0},
        "end": {"type": "integer", "minimum": 1},
        "page": {"type": ["integer", "null"], "minimum": 1},
    }
    return {
        "type": "object",
        "description": (record_type.__doc__ or "").split("\n", 1)[0],
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_JSON_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number"}


def _schema_of(hint: Any) -> dict[str, Any]:
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _schema_of(get_args(hint)[0])}
    if get_origin(hint) in (Union, UnionType):
        inner = _schema_of(next(arg for arg in get_args(hint) if arg is not type(None)))
        return inner | {"type": [inner["type"], "null"]}
    if hint in _PARTS:
        return _record_schema(hint)
    if issubclass(hint, StrEnum):
        return {"type": "string", "enum": [str(member) for member in hint]}
    return {"type": _JSON_TYPES[hint]}


__all__ = [
    "SCHEMA_VERSION",
    "chain_row_to_dict",
    "comparison_to_rows",
    "correction_to_dict",
    "document_from_dict",
    "document_to_dict",
    "extraction_from_dict",
    "extraction_to_dict",
    "json_schema",
    "record_from_dict",
    "record_to_dict",
    "recurrence_to_rows",
]
