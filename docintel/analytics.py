"""Tables over statistics: totals by what the reader asks for, and how far found problems were put right.

In: the data frame of `Library.statistics()`. Out: smaller data frames.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from docintel.errors import QueryError
from docintel.schema import GROUPS, Metric

#: Figures further apart than this many characters are not reported together.
TOGETHER = 120


def total(statistics: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Sum and number of figures for each group, measure words never mixed; largest sums first.

    Raises:
        QueryError: a group is not one of `GROUPS`.
    """
    for name in by:
        if name not in GROUPS:
            raise QueryError(f"不能按 {name!r} 汇总。 {name!r} is nothing to group by; these are: {', '.join(GROUPS)}.")
    keys = [*dict.fromkeys(["metric", *by, "unit_of_measure"])]
    grouped = statistics.dropna(subset=["value"]).groupby(keys, dropna=False)["value"]
    table = grouped.agg(total="sum", figures="count").reset_index()
    return table.sort_values(["total", *keys], ascending=[False, *[True] * len(keys)], ignore_index=True)


def rectification(statistics: pd.DataFrame) -> pd.DataFrame:
    """Problems found, rectified and pending, a row for each pair that a document reports together.

    A figure of problems rectified belongs to the nearest figure of problems found before it that is not smaller,
    and that to one of them only: the first.
    `pending` is what the document states right behind, else found less rectified. `start` and `end` are where the
    pair stands in the document.
    """
    rows = []
    for _, figures in statistics.dropna(subset=["value"]).groupby("document", sort=False):
        ordered = [
            {str(key): value for key, value in row.items()} for row in figures.sort_values("start").to_dict("records")
        ]
        paired: set[int] = set()
        for i, done in enumerate(ordered):
            found = _found_before(ordered[:i], done) if done["metric"] == Metric.ISSUES_RECTIFIED else None
            if found and id(found) not in paired:
                paired.add(id(found))
                pending = _pending_behind(ordered[i + 1 :], done)
                unit = done["unit"] if pd.notna(done["unit"]) else found["unit"]
                rows.append(
                    {
                        "document": done["document"],
                        "source": done["source"],
                        "start": found["start"],
                        "end": done["end"],
                        "unit": unit if pd.notna(unit) else None,
                        "found": found["value"],
                        "rectified": done["value"],
                        "pending": found["value"] - done["value"] if pending is None else pending,
                    }
                )
    return pd.DataFrame(rows, columns=["document", "source", "start", "end", "unit", "found", "rectified", "pending"])


def _found_before(figures: Sequence[dict[str, Any]], done: dict[str, Any]) -> dict[str, Any] | None:
    near = (figure for figure in reversed(figures) if done["start"] - figure["end"] <= TOGETHER)
    found = (figure for figure in near if figure["metric"] == Metric.ISSUES_FOUND and _alike(figure, done))
    return next((figure for figure in found if figure["value"] >= done["value"]), None)


def _pending_behind(figures: Sequence[dict[str, Any]], done: dict[str, Any]) -> float | None:
    """The next figure's, when it tells what is pending; a figure of another pair in between ends the search."""
    for figure in figures:
        if figure["start"] - done["end"] > TOGETHER or figure["metric"] in (
            Metric.ISSUES_FOUND,
            Metric.ISSUES_RECTIFIED,
        ):
            return None
        if figure["metric"] == Metric.ISSUES_PENDING and _alike(figure, done):
            return float(figure["value"])
    return None


def _alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(one["unit_of_measure"] == other["unit_of_measure"])
