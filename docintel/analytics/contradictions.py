"""Contradictions across documents: one unit, period and subject, and different figures.

In: the data frame of `Library.statistics()`. Out: a data frame, a row a contradiction.
"""

from itertools import groupby
from typing import Any

import pandas as pd

from docintel.analytics.counting import alike, conflict, told
from docintel.analytics.figures import Figure, figures_in
from docintel.schema import Relation

#: What a row says of each of its two figures; the second one's columns begin with `other_`.
_OF_EACH = ("document", "source", "page", "start", "quote", "value")
_COMMON = ("metric", "unit", "region", "period", "unit_of_measure", "subject")


def contradictions(statistics: pd.DataFrame) -> pd.DataFrame:
    """Figures of different works that cannot both be right, by file name.

    They have the metric, measure word, unit (else region), period and subject in common. No contradiction are values
    that rounding, 余 or 约 allow; those of different days within the period, as a later document may count further;
    and several values within one work.

    Returns:
        What both have in common; then `document`, `source`, `page`, `start`, `quote`, `value` of the one figure, the
        one that most documents give, else the oldest; and the same of the other, as `other_document` and so on.
    """
    table = statistics.reindex(columns=[*dict.fromkeys((*_COMMON, *_OF_EACH))]).astype(object)
    records: list[dict[Any, Any]] = table.where(table.notna(), None).to_dict("records")
    rows = []
    for figures in alike(figures_in(statistics)):
        ordered = sorted(figures, key=lambda figure: figure.as_of)
        for _, of_day in groupby(ordered, key=lambda figure: figure.as_of):
            values = told([*of_day])
            if conflict(values):
                first, *others = sorted(values, key=lambda them: (-len({it.work for it in them}), _oldest(them)))
                rows += [_row(records[_report(first).row], records[_report(other).row]) for other in others]
    columns = [*_COMMON, *_OF_EACH, *(f"other_{name}" for name in _OF_EACH)]
    found = pd.DataFrame(rows, columns=columns)
    return found.sort_values(["source", "start", "other_source", "other_start"], ignore_index=True, kind="stable")


def all_checks(checks: pd.DataFrame, statistics: pd.DataFrame) -> pd.DataFrame:
    """Checks within documents and contradictions across them in one form, those that do not hold first.

    Args:
        checks: of `Library.records("checks")`.
        statistics: of `Library.statistics()`.

    Returns:
        The columns of both; `scope` is `within` or `across`. Across documents `relation` is `Relation.REPEATED`,
        `stated` and `computed` are the two values, and `against` has the quote of the other.
    """
    found = contradictions(statistics)
    across = found.assign(
        scope="across",
        relation=Relation.REPEATED.value,
        holds=False,
        end=found["start"] + found["quote"].str.len(),
        stated=found["value"],
        computed=found["other_value"],
        against=found["other_quote"].map(lambda quote: [quote]),
    )
    both = [table for table in (checks.assign(scope="within"), across) if len(table)]
    if not both:
        return checks.assign(scope=pd.Series(dtype=object))
    table = pd.concat([each.astype(object) for each in both], ignore_index=True)
    return table.sort_values("holds", key=lambda holds: holds.astype(bool), kind="stable", ignore_index=True)


def _row(one: dict[Any, Any], other: dict[Any, Any]) -> dict[Any, Any]:
    return one | {f"other_{name}": other[name] for name in _OF_EACH}


def _oldest(figures: list[Figure]) -> tuple[str, int]:
    """Date and place of the first report; those without a date come last."""
    return min((figure.published or "9999", figure.row) for figure in figures)


def _report(figures: list[Figure]) -> Figure:
    return min(figures, key=lambda it: (it.published or "9999", it.row))
