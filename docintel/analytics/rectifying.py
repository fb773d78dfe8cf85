"""Problems found and put right: pairs of figures that a document tells together, and rates of them by group.

In: the data frame of `Library.statistics()`. Out: smaller data frames.
"""

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from docintel.analytics.figures import span_of
from docintel.analytics.totals import years
from docintel.errors import QueryError
from docintel.schema import Metric

#: Figures further apart than this many characters are not reported together.
TOGETHER = 120
#: `除1个问题经核实不成立外` is taken off what was found.
_EXCEPTED = re.compile("除.+外")
#: What says no more than that something is wrong, whatever it is: `发现问题69个，规范收费62个`.
_DEFECT = re.compile("(?:问题|隐患|漏洞|风险|风险点|短板|不足|缺陷|乱象|情形)$")
#: The columns of a pair, with their types.
_PAIR = {
    "document": "object", "source": "object", "start": "int64", "end": "int64", "unit": "object", "found": "float64",
    "rectified": "float64", "pending": "float64", "region": "object", "period": "object", "rate": "float64",
}  # fmt: skip
#: What rates can be grouped by.
RATED_BY = ("unit", "region", "period", "year", "source", "title", "doc_type")


def rectification(statistics: pd.DataFrame) -> pd.DataFrame:
    """Problems found, rectified and pending, a row for each pair that a document reports together.

    A figure of problems rectified belongs to the nearest figure of problems found before it that is not smaller,
    and that to one of them only: the first. Both are of one measure word, of places and subjects of which one may lie
    in the other, and nothing is rectified before it is found; they may be of two units, an inspecting and an inspected
    one. `pending` is what the document states right behind of the unit that rectified, else found less rectified.
    `start` and `end` are where the pair stands in the document. `rate` is the share that is rectified, NaN of none
    found; `unit`, `region` and `period` are those of the later figure, else of the other.
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
                pending = _pending_behind(ordered, i, found)
                rows.append(
                    {
                        "document": done["document"],
                        "source": done["source"],
                        "start": found["start"],
                        "end": done["end"],
                        "unit": _either(done, found, "unit"),
                        "found": found["value"],
                        "rectified": done["value"],
                        "pending": found["value"] - done["value"] if pending is None else pending,
                        "region": _either(done, found, "region"),
                        "period": _either(done, found, "period"),
                        "rate": done["value"] / found["value"] if found["value"] else float("nan"),
                    }
                )
    return pd.DataFrame(rows, columns=list(_PAIR)).astype(_PAIR)


def rates(statistics: pd.DataFrame, by: str) -> pd.DataFrame:
    """Problems found, rectified and pending by group, and the `rate`: the share of those found that is rectified.

    A pair that several documents report counts once, told by its unit, else place, and its period, else the year of
    publication; `pairs` tells how many there are.

    Raises:
        QueryError: rates have no such group.
    """
    if by not in RATED_BY:
        raise QueryError(f"整改率不能按 {by!r} 汇总。 Rates have no group {by!r}; these are: {', '.join(RATED_BY)}.")
    pairs = rectification(statistics)
    pairs["year"] = years(pairs)
    of_document = statistics.drop_duplicates("document").set_index("document")
    for name in ("title", "doc_type", "published"):
        pairs[name] = pairs["document"].map(of_document[name]) if name in of_document else None
    again = _again(pairs)
    table = pairs[~again].groupby(by, dropna=False)[["found", "rectified", "pending"]].sum()
    table = table.assign(pairs=pairs[~again].groupby(by, dropna=False).size()).reset_index()
    table["rate"] = table["rectified"] / table["found"].where(table["found"] > 0)
    in_time = by in ("period", "year")
    order = [by] if in_time else ["found", by]
    return table.sort_values(order, ascending=[in_time, *[True] * (len(order) - 1)], ignore_index=True)


def _again(pairs: pd.DataFrame) -> pd.Series:
    """Whether a pair was reported before: of the same unit or place and time, as `counting` tells them, and equal."""
    published = pairs["published"].astype(object).where(pairs["published"].notna(), "").astype("str")
    told = pairs[["found", "rectified"]].assign(
        is_unit=pairs["unit"].notna(),
        whose=pairs["unit"].where(pairs["unit"].notna(), pairs["region"]),
        when=pairs["period"].where(pairs["period"].notna(), "~" + published.str[:4]),
    )
    return told["whose"].notna() & told.duplicated()


def _either(one: dict[str, Any], other: dict[str, Any], name: str) -> Any:
    return next((each[name] for each in (one, other) if name in each and pd.notna(each[name])), None)


def _found_before(figures: Sequence[dict[str, Any]], done: dict[str, Any]) -> dict[str, Any] | None:
    near = (figure for figure in reversed(figures) if done["start"] - figure["end"] <= TOGETHER)
    found = (figure for figure in near if _is_found(figure) and _alike(figure, done) and not _is_later(figure, done))
    return next((figure for figure in found if figure["value"] >= done["value"]), None)


def _pending_behind(figures: Sequence[dict[str, Any]], place: int, found: dict[str, Any]) -> float | None:
    """The next figure's, when it tells what is pending; a figure of another pair in between ends the search."""
    done = figures[place]
    for i, figure in enumerate(figures[place + 1 :], place + 1):
        of_another = figure["metric"] == Metric.ISSUES_RECTIFIED and _found_before(figures[:i], figure) is not found
        if figure["start"] - done["end"] > TOGETHER or _is_found(figure) or of_another:
            return None
        if figure["metric"] == Metric.ISSUES_PENDING and _alike(figure, done) and _of_one_unit(figure, done):
            return float(figure["value"])
    return None


def _is_found(figure: dict[str, Any]) -> bool:
    return figure["metric"] == Metric.ISSUES_FOUND and not _EXCEPTED.fullmatch(_text(figure, "quote"))


def _alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two figures may tell of the same things, of one place."""
    subjects, regions = ([_text(figure, name) for figure in (one, other)] for name in ("subject", "region"))
    is_one_matter = _lies_within(*subjects) or any(map(_DEFECT.search, subjects))
    return one["unit_of_measure"] == other["unit_of_measure"] and is_one_matter and _lies_within(*regions)


def _lies_within(one: str, other: str) -> bool:
    """Whether a name is part of the other; one that is not told may be any."""
    return one in other or other in one


def _is_later(found: dict[str, Any], done: dict[str, Any]) -> bool:
    """Whether the period of what was found begins when that of what was rectified is over."""
    periods = [_text(figure, "period") for figure in (found, done)]
    return all(periods) and span_of(periods[0])[0] > span_of(periods[1])[1]


def _of_one_unit(one: dict[str, Any], other: dict[str, Any]) -> bool:
    units = {_text(figure, "unit") for figure in (one, other)} - {""}
    return len(units) <= 1


def _text(figure: dict[str, Any], name: str) -> str:
    """What a figure says, empty where it, or its table, says nothing."""
    value = figure.get(name)
    return value if isinstance(value, str) else ""
