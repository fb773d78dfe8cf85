"""Totals of figures by what the reader asks for, and how they go over the years.

In: the data frame of `Library.statistics()`, and that of `Library.records("checks")` where there is one. Out: smaller
data frames. Which figures are added is decided in `docintel.analytics.counting`.
"""

from collections.abc import Sequence

import pandas as pd

from docintel.analytics.counting import LeftOut, left_out
from docintel.analytics.figures import span_of
from docintel.errors import QueryError
from docintel.schema import GROUPS

#: Measures of shares and times, which have no sum.
NO_SUMS = frozenset(("%", "‰", "个百分点", "倍", "成", "年", "个月", "天", "岁"))
#: What a total says beside its groups, with its type.
_SAYS = {
    "total": "float64", "figures": "int64", "counted": "int64", "sources": "int64", "approximate": "bool",
    "repeated": "int64", "conflicting": "int64", "held": "int64",
}  # fmt: skip


def total(statistics: pd.DataFrame, by: Sequence[str], checks: pd.DataFrame | None = None) -> pd.DataFrame:
    """Sums by metric, groups and measure word; largest first, but by period in the order of time.

    Returns:
        The groups; `total`, NaN for shares and times; `figures`, how many there are; `counted`, how many of them are
        added; `sources`, the documents that report them, republished ones too; `approximate`, whether one of those
        added is; and why others are not: `repeated` reports of the same, `conflicting` values, or `held` by a wider
        figure of the group.

    Raises:
        QueryError: a group is not one of `GROUPS`.
    """
    for name in by:
        if name not in GROUPS:
            raise QueryError(f"不能按 {name!r} 汇总。 {name!r} is nothing to group by; these are: {', '.join(GROUPS)}.")
    return _summed(statistics, by, checks)


def total_of_groups(statistics: pd.DataFrame, groups: pd.Series, checks: pd.DataFrame | None = None) -> pd.DataFrame:
    """Totals by groups of the caller's own: provinces, of figures of cities.

    What tells figures apart, their region among it, stays what they say, so that each is counted as it would be alone.

    Args:
        groups: a label for each row of `statistics`, with its index.

    Returns:
        As `total`, with `group`.
    """
    return _summed(statistics.assign(group=groups), ["group"], checks)


def trend(statistics: pd.DataFrame, checks: pd.DataFrame | None = None) -> pd.DataFrame:
    """Totals by year, of the figures whose period lies in one year.

    Returns:
        As `total`, with `year` (YYYY); and `change` on the year before, as a share of it: NaN where that has none.
    """
    table = _summed(statistics.assign(year=years(statistics)).dropna(subset=["year"]), ["year"], checks)
    before = {(*row[:2], int(row[2]) + 1): row[3] for row in _series(table)}
    base = pd.Series([before.get((*row[:2], int(row[2]))) for row in _series(table)], index=table.index, dtype=float)
    return table.assign(change=(table["total"] - base) / base.where(base > 0))


def years(statistics: pd.DataFrame) -> pd.Series:
    """The year of each figure's period; None of one that spans several, and where there is none."""
    periods = statistics["period"] if "period" in statistics else pd.Series(index=statistics.index, dtype=object)
    return pd.Series([_year(period) for period in periods], index=statistics.index, dtype=object)


def _year(period: object) -> str | None:
    if not isinstance(period, str) or not period:
        return None
    first, last = span_of(period)
    return first[:4] if first[:4] == last[:4] else None


def _series(table: pd.DataFrame) -> list[tuple[str, str, str, float]]:
    return list(zip(table["metric"], table["unit_of_measure"], table["year"], table["total"], strict=True))


def _summed(statistics: pd.DataFrame, by: Sequence[str], checks: pd.DataFrame | None) -> pd.DataFrame:
    keys = [*dict.fromkeys(["metric", *by, "unit_of_measure"])]
    reasons = left_out(statistics, by, checks)
    marked = _completed(statistics).assign(
        _counted=reasons.isna(),
        repeated=reasons == LeftOut.REPEATED,
        conflicting=reasons == LeftOut.CONFLICT,
        held=reasons.isin([LeftOut.PART, LeftOut.WITHIN]),
    )
    marked = marked[marked["value"].notna()]
    marked["_added"] = marked["value"].where(marked["_counted"] & ~marked["unit_of_measure"].isin(NO_SUMS))
    marked["_about"] = marked["approximate"] & marked["_counted"]
    grouped = marked.groupby(keys, dropna=False)
    table = grouped.agg(
        total=("_added", lambda values: values.sum(min_count=1)),
        figures=("value", "count"),
        counted=("_counted", "sum"),
        approximate=("_about", "max"),
        repeated=("repeated", "sum"),
        conflicting=("conflicting", "sum"),
        held=("held", "sum"),
    )
    works = marked.drop_duplicates([*keys, "work"]).groupby(keys, dropna=False)["sources"].sum()
    table = table.assign(sources=works.reindex(table.index)).reset_index()[[*keys, *_SAYS]].astype(_SAYS)
    return _ordered(table, keys)


def _completed(statistics: pd.DataFrame) -> pd.DataFrame:
    """With the columns that a smaller table may lack."""
    table = statistics.copy()
    for name, default in (("approximate", False), ("sources", 1)):
        table[name] = table[name].fillna(default).astype(type(default)) if name in table else default
    table["work"] = table["work"] if "work" in table else table["document"]
    return table


def _ordered(table: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    time = next((name for name in ("period", "year") if name in keys), None)
    if time is None:
        return table.sort_values(["total", *keys], ascending=[False, *[True] * len(keys)], ignore_index=True)
    others = [name for name in keys if name != time]
    size = table.groupby(others, dropna=False)["total"].transform("sum")
    order = ["_size", *others, time]
    ranked = table.assign(_size=size).sort_values(order, ascending=[False, *[True] * len(keys)], ignore_index=True)
    return ranked.drop(columns="_size")
