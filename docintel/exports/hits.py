"""The hits of a search as a table that a clerk opens: a workbook or a CSV file.

In: hits, best first. Out: the bytes of the file. No text of a document can run as a formula.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from docintel.exports.tables import table_csv, table_workbook
from docintel.schema import (
    FIELD_NAMES,
    DocType,
    Hit,
    HitKind,
    IssueCategory,
    MeasureCategory,
    Status,
    chinese_name,
)

#: The columns: heading and width in characters; Chinese ones take two.
_COLUMNS: tuple[tuple[str, int], ...] = (
    ("序号", 6),
    (FIELD_NAMES["quote"], 60),
    (FIELD_NAMES["category"], 16),
    (FIELD_NAMES["status"], 10),
    (FIELD_NAMES["title"], 34),
    (FIELD_NAMES["doc_type"], 12),
    (FIELD_NAMES["publisher"], 22),
    (FIELD_NAMES["published"], 12),
    (FIELD_NAMES["region"], 18),
    (FIELD_NAMES["doc"], 24),
    (FIELD_NAMES["page"], 6),
    ("其他来源", 24),
    ("文档编号", 16),
)


def hits_csv(hits: Sequence[Hit]) -> bytes:
    """A CSV file of hits."""
    return table_csv(_COLUMNS, list(_rows(hits)))


def hits_workbook(hits: Sequence[Hit], asked: Mapping[str, str]) -> bytes:
    """A workbook with a sheet of the hits, and one that says what was asked.

    Args:
        asked: what was asked, by the names people see.
    """
    return table_workbook(_COLUMNS, list(_rows(hits)), asked, ("检索结果", "检索条件"))


def _rows(hits: Sequence[Hit]) -> Iterator[list[Any]]:
    for number, hit in enumerate(hits, start=1):
        yield [
            number,
            hit.quote,
            _category(hit),
            chinese_name(Status(hit.status)) if hit.status else None,
            hit.title,
            chinese_name(DocType(hit.doc_type)) if hit.doc_type else None,
            hit.publisher,
            hit.published,
            hit.region,
            hit.source,
            hit.page,
            "；".join(hit.sources),
            hit.document[:16],
        ]


def _category(hit: Hit) -> str | None:
    if not hit.category:
        return None
    return chinese_name((IssueCategory if hit.kind is HitKind.ISSUE else MeasureCategory)(hit.category))
