"""What a person who looks around in a catalog asks: what the hits of a search share, which documents there are.

Takes a way to ask the database and what is asked; gives counts and rows.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from docintel.errors import QueryError
from docintel.schema import Filters, Hit, ReadStatus
from docintel.store.filters import condition

Ask = Callable[[str, Mapping[str, Any]], list[sqlite3.Row]]
#: By what the hits of a search can be counted; all but the year are names of `Filters`.
FACETS = ("doc_type", "category", "region", "unit", "year")
#: Orders of the list of documents.
ORDERS = {
    "newest": "coalesce(d.published, '') DESC, d.title, d.id",
    "oldest": "coalesce(d.published, '9999'), d.title, d.id",
    "title": "d.title, d.id",
    "added": "d.ingested_at DESC, d.id",
}
#: The hits, and of each what it is counted by. A hit that is an issue or a measure has its own category; any other has
#: those of the issues and measures that it holds.
_COUNTS = """WITH hits AS (
    SELECT key AS hit, json_extract(value, '$[0]') AS document, json_extract(value, '$[1]') AS kind,
        json_extract(value, '$[2]') AS ordinal, json_extract(value, '$[3]') AS start,
        json_extract(value, '$[4]') AS "end" FROM json_each(:hits)),
  found AS (
    SELECT hit, 'doc_type' AS facet, d.doc_type AS value FROM hits JOIN documents d ON d.id = hits.document
    UNION ALL SELECT hit, 'region', d.region FROM hits JOIN documents d ON d.id = hits.document
    UNION ALL SELECT hit, 'year', substr(d.published, 1, 4) FROM hits JOIN documents d ON d.id = hits.document
    UNION ALL SELECT hit, 'unit', r.unit FROM hits JOIN records r ON r.document = hits.document AND r.kind = 'units'
    UNION ALL SELECT hit, 'category', r.category FROM hits JOIN records r ON r.document = hits.document
        AND CASE WHEN hits.kind IN ('issue', 'measure') THEN r.kind = hits.kind || 's' AND r.ordinal = hits.ordinal
        ELSE r.kind IN ('issues', 'measures') AND r.start < hits."end" AND r."end" > hits.start END)
  SELECT facet, value, count(DISTINCT hit) AS hits FROM found WHERE value <> '' GROUP BY facet, value
  ORDER BY hits DESC, value"""
_WITH_CATEGORY = """EXISTS (SELECT 1 FROM records r WHERE r.document = d.id AND r.kind IN ('issues', 'measures')
    AND r.category = :category)"""
_NAMED = """instr(lower(d.title || ' ' || d.source || ' ' || coalesce(d.number, '') || ' '
    || coalesce(d.publisher, '')), :{word}) > 0"""
_LISTED = f"""SELECT d.id, d.source, d.title, d.doc_type, d.publisher, d.published, d.number, d.secrecy, d.region,
    d.pages, d.ingested_at, length(d.text) AS characters, CASE d.missing WHEN '[]' THEN '{ReadStatus.FULL}'
    ELSE '{ReadStatus.PARTIAL}' END AS status, (SELECT count(*) FROM documents o WHERE o.work = d.work) AS sources"""


def facets(ask: Ask, hits: Iterable[Hit]) -> dict[str, dict[str, int]]:
    """How many of some hits have each value of each of `FACETS`, most first; a hit with several values counts at each.

    Of a unit, hits of documents that name it are counted, as the filter selects them.
    """
    rows = [(hit.document, str(hit.kind), hit.ordinal, hit.start, hit.end) for hit in hits]
    counts: dict[str, dict[str, int]] = {name: {} for name in FACETS}
    for row in ask(_COUNTS, {"hits": json.dumps(rows)}):
        counts[row["facet"]][row["value"]] = row["hits"]
    return counts


def browse(
    ask: Ask, words: str, filters: Filters, *, order: str = "newest", offset: int = 0, limit: int = 50
) -> tuple[int, list[dict[str, Any]]]:
    """How many documents there are, and some of them.

    Args:
        words: each must stand in the title, the file's name, the number or the publisher; none for all documents.
        filters: of documents; `category` selects those with an issue or a measure of it.
        order: one of `ORDERS`.

    Raises:
        QueryError: there is no such order, or a filter makes no sense.
    """
    if order not in ORDERS:
        raise QueryError(f"没有 {order!r} 这种排序。 {order!r} is no order; these are: {', '.join(ORDERS)}.")
    where, values = _selecting(filters)
    for i, word in enumerate(words.split()):
        where.append(_NAMED.format(word=f"word{i}"))
        values[f"word{i}"] = word.lower()
    chosen = f"FROM documents d WHERE {' AND '.join(where) or 'TRUE'}"
    count: int = ask(f"SELECT count(*) {chosen}", values)[0][0]
    page = values | {"offset": offset, "limit": limit}
    rows = ask(f"{_LISTED} {chosen} ORDER BY {ORDERS[order]} LIMIT :limit OFFSET :offset", page)
    return count, [dict(row) for row in rows]


def select(ask: Ask, filters: Filters, *, all_sources: bool = True) -> list[tuple[str, str, int]]:
    """Id, work and number of sources of the documents that pass the filters, by file name.

    Args:
        filters: of documents; `category` selects those with an issue or a measure of it.
        all_sources: every document; else of each work the first that passes.

    Raises:
        QueryError: a filter makes no sense.
    """
    where, values = _selecting(filters)
    those = " AND ".join(where) or "TRUE"
    rank = "SELECT d.id, row_number() OVER (PARTITION BY d.work ORDER BY d.precedence, d.id) AS place FROM documents d"
    first = "TRUE" if all_sources else f"d.id IN (SELECT id FROM ({rank} WHERE {those}) WHERE place = 1)"
    rows = ask(
        f"""SELECT d.id, d.work, (SELECT count(*) FROM documents o WHERE o.work = d.work) FROM documents d
        WHERE {those} AND {first} ORDER BY d.source, d.id""",
        values,
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _selecting(filters: Filters) -> tuple[list[str], dict[str, Any]]:
    """Conditions of documents, and the values they name; a category is that of one of their issues or measures."""
    where, values = condition(replace(filters, category=None))
    if filters.category:
        where.append(_WITH_CATEGORY)
        values["category"] = filters.category
    return where, values
