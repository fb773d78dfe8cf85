"""Filters to SQL.

Takes `Filters`, gives conditions over the tables `documents d` and `records r`, and the values for them.
A record with a place or a time of its own is selected by these, any other by those of its document.
"""

import re
from collections.abc import Sequence

from docintel.errors import QueryError
from docintel.schema import DocType, Filters, IssueCategory, MeasureCategory
from docintel.text.citations import canonical_citation

_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_CATEGORIES = frozenset(map(str, IssueCategory)) | frozenset(map(str, MeasureCategory))
_CONDITIONS = {
    "doc_type": "d.doc_type = :doc_type",
    "region": "instr(d.region, :region) > 0",
    "publisher": "instr(d.publisher, :publisher) > 0",
    "since": "d.published >= :since",
    "until": "substr(d.published, 1, length(:until)) <= :until",
}
_NAMED = "d.id IN (SELECT document FROM document_names WHERE kind = '{kind}' AND instr(name, :{filter}) > 0)"
_REFERENCE = _NAMED.format(kind="references", filter="reference")
_DOCUMENT_UNIT = _NAMED.format(kind="units", filter="unit")
#: A period is `2022-01` or `2021/2022-06`; one that is not written to the day goes on to the end of its month or year.
_RECORD_CONDITIONS = {
    "region": "instr(coalesce(r.region, d.region), :region) > 0",
    "since": "coalesce(substr(r.period, instr(r.period, '/') + 1) || '-99-99', d.published) >= :since",
    "until": """substr(coalesce(substr(r.period, 1, instr(r.period || '/', '/') - 1), d.published), 1, length(:until))
    <= :until""",
}


def condition(filters: Filters, *, records: bool = False) -> tuple[list[str], dict[str, str]]:
    """The conditions to be joined by AND, and the values they name; no conditions when nothing is asked.

    Args:
        records: select records `r` by their own category and unit; else documents `d`, which have no category.

    Raises:
        QueryError: a label is not in its vocabulary, or a date is not written as one.
    """
    _check(filters)
    special = (_RECORD_CONDITIONS | {"category": "r.category = :category"} if records else {}) | {
        "reference": _REFERENCE,
        "unit": "(instr(r.unit, :unit) > 0 OR instr(json_extract(r.data, '$.units'), :unit) > 0)"
        if records
        else _DOCUMENT_UNIT,
    }
    conditions = _CONDITIONS | special
    asked = {name: getattr(filters, name) for name in conditions if getattr(filters, name) is not None}
    if "reference" in asked:
        asked["reference"] = canonical_citation(asked["reference"])
    return [conditions[name] for name in asked], asked


def leading(conditions: Sequence[str]) -> str:
    """A condition over `documents d`: of each work, its first source with a record that meets the conditions."""
    first = f"""SELECT d.id, min(d.precedence) FROM documents d JOIN records r ON r.document = d.id
        WHERE {" AND ".join(conditions)} GROUP BY d.work"""
    return f"d.id IN (SELECT id FROM ({first}))"


def _check(filters: Filters) -> None:
    for name, known in (("doc_type", frozenset(map(str, DocType))), ("category", _CATEGORIES)):
        value = getattr(filters, name)
        if value is not None and value not in known:
            raise QueryError(
                f"没有 {value!r} 这个取值。 {value!r} is no {name}; these are: {', '.join(sorted(known))}."
            )
    for name in ("since", "until"):
        value = getattr(filters, name)
        if value is not None and not _DATE.fullmatch(value):
            raise QueryError(
                f"{value!r} 不是日期。 {value!r} is no date for {name}; write YYYY, YYYY-MM or YYYY-MM-DD."
            )
