"""Sentences and the records that must be read from them: every row of `tests/tables/*.toml`.

A row has a `text` (`## ` before a title, `# ` before a heading, else a paragraph a line), what else is known of the
document (`published`, `publisher`), and for each record type it speaks of the records expected: all of them, in text
order, each with the fields that matter; so too the records inside a record (`acts`, `penalties`). An empty list says
that there is none, an empty string that a field has none.
"""

import tomllib
from functools import cache
from pathlib import Path

import pytest

from docintel.extract.pipeline import extract
from docintel.schema import RECORD_TYPES
from docintel.schema.serial import record_to_dict
from tests.factories import make_document

TABLES = Path(__file__).parents[2] / "tables"
_DOCUMENT = ("published", "publisher")


@cache
def rows(table):
    return tomllib.loads((TABLES / f"{table}.toml").read_text("utf-8"))["row"]


ROWS = [(path.stem, i) for path in sorted(TABLES.glob("*.toml")) for i in range(len(rows(path.stem)))]


def _shown(value, wanted):
    """A value as a row writes it: of records inside a record (`acts`, `penalties`) the fields that the row names."""
    if isinstance(value, list) and isinstance(wanted, list):
        return [_shown(*pair) for pair in zip(value, wanted, strict=False)] + value[len(wanted) :]
    if isinstance(value, dict) and isinstance(wanted, dict):
        return {name: _shown(value[name], want) for name, want in wanted.items()}
    return "" if value is None else value


@pytest.mark.parametrize(("table", "number"), ROWS, ids=[f"{table}-{i}" for table, i in ROWS])
def test_the_records_of_a_row(table, number):
    row = rows(table)[number]
    assert set(row) <= {"text", *_DOCUMENT, *RECORD_TYPES}, "a row has unknown keys"
    assert set(row) & set(RECORD_TYPES), "a row expects nothing"
    document = make_document(row["text"], **{name: row[name] for name in _DOCUMENT if name in row})
    extraction = extract(document)
    for kind in RECORD_TYPES:
        if kind in row:
            found = [record_to_dict(record) for record in extraction.records(kind)]
            wanted = row[kind]
            shown = [_shown(*pair) for pair in zip(found, wanted, strict=False)]
            rest = [record.get("quote") or record.get("name") for record in found[len(wanted) :]]
            assert (shown, rest) == (wanted, []), kind


def test_no_sentence_stands_twice():
    texts = [rows(table)[i]["text"] for table, i in ROWS]
    assert len(texts) == len(set(texts))
