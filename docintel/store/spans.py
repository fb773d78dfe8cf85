"""Which passages pass a filter, without looking at each.

The passages of one kind of a document are numbered in a row, so they are stored as one span of ids beside what filters
ask of their document; and a passage of a category is listed under it. In: an open connection. Out: ids.
"""

import json
import sqlite3
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docintel.schema import Filters, HitKind
from docintel.store.filters import SANCTION_KIND, condition

Ids = NDArray[np.int64]

#: What spans repeat of their document; a trigger of the tables keeps it true.
_COLUMNS = "doc_type, published, region, publisher"
_SPANS = f"""INSERT INTO spans (kind, first, last, document, {_COLUMNS})
    SELECT p.kind, min(p.id), max(p.id), p.document, {_COLUMNS} FROM (
        SELECT id, kind, document, id - row_number() OVER (PARTITION BY document, kind ORDER BY id) AS run
        FROM passages WHERE :document IS NULL OR document = :document
    ) p JOIN documents d ON d.id = p.document GROUP BY p.document, p.kind, p.run"""
#: An issue or a measure is of its own category, any other passage of those of the issues and measures it touches.
_CATEGORIES = """INSERT OR IGNORE INTO passage_categories (category, kind, passage)
    SELECT r.category, p.kind, p.id FROM passages p JOIN records r ON r.document = p.document
    WHERE (:document IS NULL OR p.document = :document) AND r.category IS NOT NULL
    AND CASE WHEN p.kind IN ('issue', 'measure') THEN r.kind = p.kind || 's' AND r.ordinal = p.ordinal
        ELSE r.kind IN ('issues', 'measures') AND r.start < p."end" AND r."end" > p.start END"""


#: The units a document names, in full and as it writes them; what it refers to; the sanctions it tells of and their
#: kinds.
_NAMES = """INSERT OR IGNORE INTO document_names (kind, name, document)
    SELECT kind, unit, document FROM records
    WHERE kind = 'units' AND unit IS NOT NULL AND (:document IS NULL OR document = :document)
    UNION ALL SELECT kind, json_extract(data, '$.name'), document FROM records
    WHERE kind = 'units' AND json_extract(data, '$.name') IS NOT NULL AND (:document IS NULL OR document = :document)
    UNION ALL SELECT kind, json_extract(data, '$.canonical'), document FROM records WHERE kind = 'references'
    AND json_extract(data, '$.canonical') IS NOT NULL AND (:document IS NULL OR document = :document)
    UNION ALL SELECT 'sanctions', json_extract(penalty.value, '$.name'), document
    FROM records, json_each(records.data, '$.penalties') penalty
    WHERE records.kind = 'cases' AND (:document IS NULL OR document = :document)
    UNION ALL SELECT 'sanctions', :sanction_kind || json_extract(penalty.value, '$.kind'), document
    FROM records, json_each(records.data, '$.penalties') penalty
    WHERE records.kind = 'cases' AND (:document IS NULL OR document = :document)"""
_FIGURES = """INSERT OR IGNORE INTO document_figures (metric, value, document)
    SELECT metric, json_extract(data, '$.value'), document FROM records
    WHERE kind = 'statistics' AND metric IS NOT NULL AND json_extract(data, '$.value') IS NOT NULL
    AND (:document IS NULL OR document = :document)"""


def note(db: sqlite3.Connection, document: str) -> None:
    """Write down anew what filters ask of a document, after its records or passages changed."""
    note_passages(db, document)
    note_names(db, document)
    note_figures(db, document)


def note_passages(db: sqlite3.Connection, document: str | None = None) -> None:
    """Which passages a document has, and each category among them; of all documents when None."""
    values = {"document": document}
    _execute(db, "DELETE FROM spans WHERE :document IS NULL OR document = :document", values)
    _execute(
        db,
        """DELETE FROM passage_categories WHERE :document IS NULL OR
        passage IN (SELECT id FROM passages WHERE document = :document)""",
        values,
    )
    _execute(db, _SPANS, values)
    _execute(db, _CATEGORIES, values)


def note_names(db: sqlite3.Connection, document: str | None = None) -> None:
    """What a document names; of all documents when None."""
    values = {"document": document}
    _execute(db, "DELETE FROM document_names WHERE :document IS NULL OR document = :document", values)
    _execute(db, _NAMES, values | {"sanction_kind": SANCTION_KIND})


def note_figures(db: sqlite3.Connection, document: str | None = None) -> None:
    """The values of a document's statistics; of all documents when None."""
    values = {"document": document}
    _execute(db, "DELETE FROM document_figures WHERE :document IS NULL OR document = :document", values)
    _execute(db, _FIGURES, values)


def _execute(db: sqlite3.Connection, query: str, values: dict[str, Any]) -> None:
    """Run a query for one document or for all; for one without its `IS NULL OR`, behind which SQLite uses no index."""
    one = values["document"] is not None
    db.execute(query.replace(":document IS NULL OR", "") if one else query, values)


def passage_ids(
    rows: Callable[[str, dict[str, Any]], list[sqlite3.Row]], kind: HitKind, filters: Filters
) -> Ids | None:
    """Ids of the passages of a kind that pass the filters, ascending; None when the filters ask for nothing.

    Args:
        rows: runs a query.
    """
    where, values = condition(filters)
    found: Ids | None = None
    if where:
        query = f"""SELECT json_group_array(first), json_group_array(last) FROM (
            SELECT d.first, d.last FROM (SELECT *, document AS id FROM spans) d
            WHERE d.kind = :kind AND {" AND ".join(where)} ORDER BY d.first)"""
        first, last = rows(query, values | {"kind": kind})[0]
        found = _spread(_array(first), _array(last))
    if filters.category is not None:
        query = """SELECT json_group_array(passage) FROM (
            SELECT passage FROM passage_categories WHERE category = :category AND kind = :kind ORDER BY passage)"""
        of_category = _array(rows(query, {"category": filters.category, "kind": kind})[0][0])
        found = of_category if found is None else np.intersect1d(found, of_category, assume_unique=True)
    return found


def _array(numbers: str) -> Ids:
    """Numbers in JSON: one value is read many times faster than as many rows."""
    return np.array(json.loads(numbers), dtype=np.int64)


def _spread(first: Ids, last: Ids) -> Ids:
    """The ids of spans that do not overlap and ascend."""
    lengths = last - first + 1
    before = np.cumsum(lengths) - lengths
    return np.asarray(np.repeat(first - before, lengths) + np.arange(lengths.sum()), dtype=np.int64)
