"""Filters to SQL.

Takes `Filters`, gives conditions over the tables `documents d` and `records r`, and the values for them.
A record with a place or a time of its own is selected by these, any other by those of its document; a check by its
figures.
"""

import re
from collections.abc import Sequence
from typing import Any

from docintel.errors import QueryError
from docintel.schema import DocType, Filters, IssueCategory, MeasureCategory, Metric, SanctionKind
from docintel.text.citations import canonical_citation

_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_FIGURE = re.compile(r"(?P<metric>\w+)(?P<operator>>=|<=|>|<|=)(?P<value>\d+(?:\.\d+)?)")
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
_SANCTION = _NAMED.format(kind="sanctions", filter="sanction")
#: Kinds of sanctions stand among their names, marked: no name of a sanction is taken for one.
SANCTION_KIND = "="
_HAS_FIGURE = """d.id IN (SELECT document FROM document_figures WHERE metric = :metric{number}
    AND value {operator} :value{number})"""
_DOCUMENT_UNIT = _NAMED.format(kind="units", filter="unit")
#: A period is `2022-01` or `2021/2022-06`; one that is not written to the day goes on to the end of its month or year.
_OF_RECORD = {
    "region": "instr(coalesce({r}.region, d.region), :region) > 0",
    "since": "coalesce(substr({r}.period, instr({r}.period, '/') + 1) || '-99-99', d.published) >= :since",
    "until": """substr(coalesce(substr({r}.period, 1, instr({r}.period || '/', '/') - 1), d.published), 1,
    length(:until)) <= :until""",
    "unit": "(instr({r}.unit, :unit) > 0 OR instr(json_extract({r}.data, '$.units'), :unit) > 0)",
}
#: A check is of the units, places and times of its figures: one of these must meet all that is asked.
_OF_RECORDS = """CASE WHEN r.kind = 'checks' THEN EXISTS (
    SELECT 1 FROM json_each(r.data, '$.statistics') member JOIN records figure ON figure.document = r.document
    AND figure.kind = 'statistics' AND figure.ordinal = member.value WHERE {of_figure}) ELSE {of_record} END"""


def condition(filters: Filters, *, records: bool = False) -> tuple[list[str], dict[str, Any]]:
    """The conditions to be joined by AND, and the values they name; no conditions when nothing is asked.

    Args:
        records: select records `r` by their own category, unit, place and time; else documents `d`, which have no
            category.

    Raises:
        QueryError: a label is not in its vocabulary, a date is not written as one, or the first is later than the last.
    """
    _check(filters)
    special = {"category": "r.category = :category"} if records else {}
    conditions = _CONDITIONS | {"reference": _REFERENCE, "sanction": _SANCTION, "unit": _DOCUMENT_UNIT} | special
    asked = {name: getattr(filters, name) for name in conditions if getattr(filters, name) is not None}
    own = [name for name in asked if records and name in _OF_RECORD]
    where = [conditions[name] for name in asked if name not in own]
    if own:
        of_record, of_figure = (
            " AND ".join(_OF_RECORD[name].format(r=alias) for name in own) for alias in ("r", "figure")
        )
        where.append(_OF_RECORDS.format(of_record=of_record, of_figure=of_figure))
    if "reference" in asked:
        asked["reference"] = canonical_citation(asked["reference"])
    if asked.get("sanction") in set(SanctionKind):
        asked["sanction"] = SANCTION_KIND + asked["sanction"]
    for number, figure in enumerate(map(_figure, filters.figures)):
        where.append(_HAS_FIGURE.format(number=number, operator=figure["operator"]))
        asked |= {f"metric{number}": figure["metric"], f"value{number}": float(figure["value"])}
    return where, asked


def _figure(written: str) -> re.Match[str]:
    """`issues_found>50` in its parts.

    Raises:
        QueryError: it is none, or there is no such metric.
    """
    match = _FIGURE.fullmatch(written)
    if match is None or match["metric"] not in set(map(str, Metric)):
        raise QueryError(
            f"{written!r} 不是对统计数据的条件。 {written!r} is no condition on a figure; write METRIC>NUMBER, also"
            f" with >=, <, <= or =, and a metric of: {', '.join(Metric)}."
        )
    return match


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
    if filters.since and filters.until and filters.since[: len(filters.until)] > filters.until:
        raise QueryError(
            f"起始日期 {filters.since} 晚于截止日期 {filters.until}。"
            f" The first date, {filters.since}, is later than the last, {filters.until}.",
            hint="请对调两个日期。 Change them round.",
        )
