"""The tables of documents and records: the columns that data frames, files and sheets share, with their types.

Takes an extraction, or its JSON form; gives rows. Columns follow from the records: a new field is in every table.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple, get_type_hints

from docintel.schema.dictionary import Meaning, chinese_column, meaning
from docintel.schema.document import ReadStatus
from docintel.schema.records import RECORD_TYPES, Extraction
from docintel.schema.serial import extraction_to_dict, json_schema
from docintel.schema.vocabulary import DocType

Row = dict[str, Any]
Vocabulary = type[StrEnum]


class ColumnType(StrEnum):
    """What the cells of a column hold; those of `OBJECTS` and `PLACES` are in data frames and JSON Lines only."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TEXTS = "list of text"
    INTEGERS = "list of integers"
    NUMBERS = "list of numbers"
    PLACES = "list of [start, end]"
    OBJECTS = "list of objects"


#: Types whose cells hold several values.
LISTS = frozenset({ColumnType.TEXTS, ColumnType.INTEGERS, ColumnType.NUMBERS, ColumnType.PLACES, ColumnType.OBJECTS})
#: Types of cells that no flat table holds.
NESTED = frozenset({ColumnType.PLACES, ColumnType.OBJECTS})


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        chinese: what people call it.
        nullable: cells may be missing.
        vocabulary: the labels that its cells have; None where there is no closed list.
    """

    name: str
    type: ColumnType
    chinese: str
    meaning: Meaning
    nullable: bool = False
    vocabulary: Vocabulary | None = None

    @property
    def dtype(self) -> str:
        """The pandas dtype of the column; the same in an empty table."""
        if self.type is ColumnType.INTEGER:
            return "Int64" if self.nullable else "int64"
        flat = {ColumnType.NUMBER: "float64", ColumnType.BOOLEAN: "bool"}
        return flat.get(self.type, "object" if self.type in LISTS else "str")


class Sourced(NamedTuple):
    """An extraction, with what its own file does not say.

    Attributes:
        path: where the file lies; empty where nobody knows.
        work: id of the leading document of its work; its own when empty.
        sources: how many documents republish the work, itself included.
    """

    extraction: Extraction
    path: str = ""
    work: str = ""
    sources: int = 1


class Stored(NamedTuple):
    """The JSON form of an extraction, for those who have no other, and where its file lies."""

    data: Mapping[str, Any]
    path: str = ""


_SIMPLE = {
    "string": ColumnType.TEXT, "integer": ColumnType.INTEGER, "number": ColumnType.NUMBER, "boolean": ColumnType.BOOLEAN
}  # fmt: skip
_ITEMS = {
    "string": ColumnType.TEXTS, "integer": ColumnType.INTEGERS, "number": ColumnType.NUMBERS,
    "array": ColumnType.PLACES, "object": ColumnType.OBJECTS,
}  # fmt: skip
#: What is known of a document: type, and whether it may be missing.
_KNOWN = {
    **dict.fromkeys(("document", "id", "source", "title", "doc_type", "language", "status"), (ColumnType.TEXT, False)),
    **dict.fromkeys(("parser", "extractor", "ingested_at", "work"), (ColumnType.TEXT, False)),
    **dict.fromkeys(("publisher", "region", "number", "secrecy", "source_url", "path"), (ColumnType.TEXT, True)),
    **dict.fromkeys(("missing", "warnings", "attachments"), (ColumnType.TEXTS, False)),
    **dict.fromkeys(("sources", "characters", "ordinal"), (ColumnType.INTEGER, False)),
    "published": (ColumnType.DATE, True),
    "pages": (ColumnType.INTEGER, True),
    "confidence": (ColumnType.NUMBER, False),
}
#: What the table of documents has beside its counts.
_OF_DOCUMENTS = (
    "document", "source", "title", "doc_type", "publisher", "published", "region", "number", "secrecy", "source_url",
    "language", "pages", "status", "missing", "warnings", "attachments", "parser", "confidence", "work", "sources",
    "path",
)  # fmt: skip
#: What the list of a library's documents has.
_LISTED = (
    "id", "source", "title", "doc_type", "publisher", "published", "number", "secrecy", "region", "source_url",
    "language", "pages", "status", "missing", "warnings", "attachments", "parser", "extractor", "ingested_at",
    "characters", "work", "sources",
)  # fmt: skip
#: What every record says of its document, and its number there.
_CONTEXT = ("document", "work", "ordinal", "source", "title", "published", "doc_type", "region", "sources")
_VOCABULARIES: dict[str, Vocabulary] = {"doc_type": DocType}
#: The names of all tables, in their order.
TABLES = ("documents", *RECORD_TYPES)


@cache
def columns_of(table: str) -> tuple[Column, ...]:
    """The columns of one of `TABLES`: what is stated, then where; of documents what is known, then how many records.

    Raises:
        KeyError: there is no such table.
    """
    if table == "documents":
        known = tuple(_column(table, name, *_KNOWN[name]) for name in _OF_DOCUMENTS)
        return known + tuple(_column(table, kind, ColumnType.INTEGER) for kind in RECORD_TYPES)
    properties: dict[str, Mapping[str, Any]] = json_schema()["$defs"][table]["properties"]
    own = tuple(_column(table, name, *_type_of(schema)) for name, schema in properties.items())
    return own + tuple(_column(table, name, *_KNOWN[name]) for name in _CONTEXT if name not in properties)


@cache
def listed_columns() -> tuple[Column, ...]:
    """The columns of the list of a library's documents."""
    return tuple(_column("documents", name, *_KNOWN[name]) for name in _LISTED)


def _column(table: str, name: str, type_: ColumnType, nullable: bool = False) -> Column:
    words = meaning(table, name)
    return Column(name, type_, chinese_column(table, name), words, nullable, _vocabulary(table, name))


def _type_of(schema: Mapping[str, Any]) -> tuple[ColumnType, bool]:
    given = schema["type"]
    if given == "array":
        return _ITEMS[schema["items"]["type"]], False
    return (_SIMPLE[given], False) if isinstance(given, str) else (_SIMPLE[given[0]], True)


def _vocabulary(table: str, name: str) -> Vocabulary | None:
    if table == "documents":
        return ReadStatus if name == "status" else _VOCABULARIES.get(name)
    hint = get_type_hints(RECORD_TYPES[table]).get(name)
    return hint if isinstance(hint, type) and issubclass(hint, StrEnum) else _VOCABULARIES.get(name)


def rows_of(found: Sourced) -> Iterator[tuple[str, Row]]:
    """The rows of an extraction, each with the name of its table: the document's first, then those of its records.

    Rows of records tell the `path` of their file too, for links.
    """
    told = {"path": found.path or None, "work": found.work, "sources": found.sources}
    return rows_of_json(extraction_to_dict(found.extraction), told)


def rows_of_json(data: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
    """The same of the JSON form of an extraction.

    Args:
        told: `path`, `work` and `sources`, as far as they are known.
    """
    common = {name: data[name] for name in ("document", "title", "published", "doc_type", "region")}
    common |= {"source": data["doc"], "work": told.get("work") or data["document"], "sources": told.get("sources", 1)}
    common["path"] = told.get("path")
    yield "documents", {**data, **common, **{kind: len(data[kind]) for kind in RECORD_TYPES}}
    for kind in RECORD_TYPES:
        for ordinal, record in enumerate(data[kind]):
            region = record.get("region") or record.get("place") or data["region"]
            yield kind, {**common, **record, "ordinal": ordinal, "region": region}
