"""Extractions as data frames: one of documents, and one a record type.

In: extractions. Out: frames with the names and labels of the JSON form; places of further quotes are left out.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from docintel.schema import RECORD_TYPES, Extraction
from docintel.schema.serial import extraction_to_dict, json_schema

if TYPE_CHECKING:
    import pandas as pd

#: A cell that begins with one of these is a formula to a spreadsheet. Source: OWASP, CSV Injection.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_DOCUMENT_COLUMNS = ("doc", "title", "published")
_OF_DOCUMENTS = ("doc", "title", "doc_type", "publisher", "published", "region", "number", "status")


def to_frames(extractions: Iterable[Extraction]) -> "dict[str, pd.DataFrame]":
    """`documents`, then a frame a record type: the document's name, title and date, then the record's fields.

    Lists become text joined by `；`; of a document the records are counted.
    """
    import pandas as pd  # half a second, for those who ask for tables only

    columns = {kind: _columns(kind) for kind in RECORD_TYPES}
    rows: dict[str, list[dict[str, Any]]] = {kind: [] for kind in ("documents", *RECORD_TYPES)}
    for extraction in extractions:
        data = extraction_to_dict(extraction)
        rows["documents"].append(
            {name: data[name] for name in _OF_DOCUMENTS} | {kind: len(data[kind]) for kind in RECORD_TYPES}
        )
        common = {name: data[name] for name in _DOCUMENT_COLUMNS}
        for kind in RECORD_TYPES:
            rows[kind] += (
                common | {name: _flat(value) for name, value in record.items() if name in columns[kind]}
                for record in data[kind]
            )
    named = {"documents": [*_OF_DOCUMENTS, *RECORD_TYPES]} | {
        kind: [*_DOCUMENT_COLUMNS, *names] for kind, names in columns.items()
    }
    return {kind: pd.DataFrame(rows[kind], columns=names) for kind, names in named.items()}


def _columns(kind: str) -> list[str]:
    """The fields of a record that make a column: not the places of quotes, nor lists of objects."""
    properties = json_schema()["$defs"][kind]["properties"]
    return [
        name
        for name, schema in properties.items()
        if not (schema.get("type") == "array" and schema["items"].get("type") in (None, "array", "object"))
        and not name.endswith("_spans")
    ]


def _flat(value: Any) -> Any:
    return "；".join(map(str, value)) if isinstance(value, list) else value


def neutral(value: Any) -> Any:
    """A cell that no spreadsheet runs: text that begins like a formula gets an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_SIGNS) else value
