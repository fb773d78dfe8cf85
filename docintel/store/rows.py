"""Rows of the catalog's tables, and the values they stand for.

In: documents, extractions, passages. Out: the columns to store; and back from a row that was read.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from docintel.schema import RECORD_TYPES, Document, Extraction, Hit, HitKind, Passage
from docintel.schema.serial import document_from_dict, document_to_dict, record_to_dict

_JSON_COLUMNS = ("blocks", "attachments", "warnings", "missing")
_COLUMNS = tuple(field.name for field in fields(Document))


def insert(db: sqlite3.Connection, table: str, rows: Iterable[dict[str, Any]]) -> None:
    """Add rows, each by the names of its columns."""
    for row in rows:
        columns = ", ".join(f'"{column}"' for column in row)
        db.execute(f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(row))})", list(row.values()))


def to_json(value: Any) -> str:
    """JSON as the catalog stores it."""
    return json.dumps(value, ensure_ascii=False)


def document_row(extraction: Extraction, extractor: str) -> dict[str, Any]:
    """What is stored of a document; its work is not known yet."""
    row = document_to_dict(extraction.document)
    return row | {name: to_json(row[name]) for name in _JSON_COLUMNS} | {
        "doc_type": str(extraction.doc_type),
        "region": extraction.region,
        "extractor": extractor,
        "ingested_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }  # fmt: skip


def row_to_document(row: sqlite3.Row) -> Document:
    """The document of a row with all its columns."""
    return document_from_dict({name: row[name] for name in _COLUMNS} | _lists(row, _JSON_COLUMNS))


def listed(row: sqlite3.Row) -> dict[str, Any]:
    """A row of the list of documents, lists as lists."""
    return dict(row) | _lists(row, _JSON_COLUMNS[1:])


def _lists(row: sqlite3.Row, names: Iterable[str]) -> dict[str, list[Any]]:
    return {name: json.loads(row[name]) for name in names}


def record_rows(
    extraction: Extraction, corrected: Mapping[tuple[str, int], Sequence[int]] = MappingProxyType({})
) -> Iterator[dict[str, Any]]:
    """What is stored of the records of a document.

    Args:
        corrected: by record type and number, ids of the corrections that made a record as it is.
    """
    document = extraction.document.id
    for kind in RECORD_TYPES:
        for ordinal, record in enumerate(extraction.records(kind)):
            data = record_to_dict(record)
            yield {
                "document": document,
                "kind": kind,
                "ordinal": ordinal,
                "start": data["start"],
                "end": data["end"],
                "category": data.get("category"),
                "metric": data.get("metric"),
                "unit": data.get("canonical") or data.get("unit"),
                "period": data.get("period") or data.get("date"),
                "region": data.get("region") or data.get("place"),
                "data": to_json(data),
                "corrections": to_json(by) if (by := corrected.get((kind, ordinal))) else None,
            }


def passage_row(passage: Passage) -> dict[str, Any]:
    """What is stored of a passage: its place, not its words."""
    row = asdict(passage)
    del row["id"], row["text"]
    return row | {"kind": str(passage.kind)}


def row_to_passage(row: sqlite3.Row) -> Passage:
    """The passage of a row, with the words of its document."""
    plain = ("id", "document", "ordinal", "start", "end", "page", "context", "text")
    return Passage(kind=HitKind(row["kind"]), **{key: row[key] for key in plain})


def row_to_hit(row: sqlite3.Row, score: float) -> Hit:
    """The hit of a row, with what its document and its record say."""
    same = ("title", "source", "document", "start", "end", "ordinal", "page", "doc_type", "publisher", "published")
    values = {key: row[key] for key in (*same, "region", "category", "status")}
    return Hit(kind=HitKind(row["kind"]), score=score, text=row["text"], quote=row["text"], **values)
