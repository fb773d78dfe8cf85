"""Tables over statistics: totals by what the reader asks for, and how far found problems were put right.

In: the data frame of `Library.statistics()`. Out: smaller data frames.
"""

from collections.abc import Sequence

import pandas as pd

from docintel.errors import QueryError
from docintel.schema import Metric

#: What a total can be grouped by.
GROUPS = ("metric", "unit", "region", "period", "unit_of_measure", "doc_type", "title", "source")


def total(statistics: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Sum and number of figures for each group, measure words never mixed; largest sums first.

    Raises:
        QueryError: a group is not one of `GROUPS`.
    """
    for name in by:
        if name not in GROUPS:
            raise QueryError(f"{name!r} is nothing to group by; these are: {', '.join(GROUPS)}.")
    keys = [*dict.fromkeys(["metric", *by, "unit_of_measure"])]
    grouped = statistics.dropna(subset=["value"]).groupby(keys, dropna=False)["value"]
    table = grouped.agg(total="sum", figures="count").reset_index()
    return table.sort_values(["total", *keys], ascending=[False, *[True] * len(keys)], ignore_index=True)


def rectification(statistics: pd.DataFrame) -> pd.DataFrame:
    """Problems found, rectified and pending, a row for each unit of a document that reports a pair of them.

    `pending` is what the document states, else found less rectified. A unit that reports several pairs has the last.
    """
    wanted = {
        Metric.ISSUES_FOUND: "found",
        Metric.ISSUES_RECTIFIED: "rectified",
        Metric.ISSUES_PENDING: "pending",
    }
    columns = ["source", "unit", *wanted.values()]
    rows = statistics[statistics["metric"].isin(wanted)].dropna(subset=["value"])
    if rows.empty:
        return pd.DataFrame(columns=columns)
    table = rows.pivot_table(index=["source", "unit"], columns="metric", values="value", aggfunc="last", dropna=False)
    table = table.reindex(columns=list(wanted)).rename(columns=wanted).dropna(subset=["found", "rectified"])
    table["pending"] = table["pending"].fillna(table["found"] - table["rectified"])
    return table.reset_index()[columns]
