"""Statistics as the page and the API ask them: totals, figures, found against rectified, checks, charts.

In: the parameters of an address. Out: rows and charts, each with the address of the quotes behind it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from docintel.analytics import rectification, total
from docintel.errors import QueryError
from docintel.library import Library
from docintel.schema import GROUPS, Filters, Metric
from docintel.web.finding import Word

if TYPE_CHECKING:
    import pandas as pd

PAGE_SIZE = 50
#: What totals are grouped by: by measure word they are anyway.
BY = tuple(name for name in GROUPS if name not in ("metric", "unit_of_measure", "title"))
_FILTERS = ("metric", "unit", "region", "type", "since", "until")
_YEAR = "year"
_BARS = 12
#: Figures that are not summed, and metrics that say too little for a chart.
_PERCENT = "%"
_VAGUE = (Metric.OTHER, Metric.SHARE)


class View(StrEnum):
    """What is shown."""

    TOTALS = "totals"
    FIGURES = "figures"
    RECTIFIED = "rectified"
    CHECKS = "checks"


class AskedFigures(BaseModel):
    """What the address says.

    `metric` and `type` are labels of `docintel schema`; unit and region are parts of names; since and until are as in a
    search; `at` narrows figures to one bar or row, `unit:NAME`, and to those without one by `unit:`.
    """

    model_config = ConfigDict(frozen=True)

    view: View = View.TOTALS
    metric: Word
    by: Annotated[str, Field(default="unit", max_length=40)]
    unit: Word
    region: Word
    type: Word
    since: Word
    until: Word
    at: Annotated[tuple[Annotated[str, Field(max_length=300)], ...], Field(default=(), max_length=6)]
    page: Annotated[int, Field(default=1, ge=1, le=100_000)]

    @property
    def filters(self) -> Filters:
        """The filters of the library."""
        return Filters(unit=self.unit, region=self.region, doc_type=self.type, since=self.since, until=self.until)

    def active(self) -> dict[str, str]:
        """The filters that ask for something, by their names in the address."""
        return {name: value for name in _FILTERS if (value := getattr(self, name))}

    def query(self, **changed: Any) -> str:
        """The address's query with some parameters changed; None removes one. The page begins anew."""
        values = self.model_dump(mode="json", exclude_defaults=True) | {"page": None} | changed
        kept = {name: value for name, value in values.items() if value not in (None, "", (), [])}
        return urlencode(kept, doseq=True)

    def drilled(self, **at: str | None) -> str:
        """The address of the figures behind a bar or a row."""
        places = tuple(f"{name}:{value or ''}" for name, value in at.items())
        return f"/statistics?{self.query(view=View.FIGURES, at=places)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Rows of a view, all of them and those of the page asked for."""

    rows: Sequence[dict[str, Any]]
    page: int

    @property
    def shown(self) -> Sequence[dict[str, Any]]:
        """Those of the page asked for."""
        return self.rows[PAGE_SIZE * (self.page - 1) : PAGE_SIZE * self.page]

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-len(self.rows) // PAGE_SIZE))


def figures(library: Library, asked: AskedFigures) -> "pd.DataFrame":
    """The figures that meet the filters.

    Raises:
        QueryError: there is no such metric, or a filter makes no sense.
    """
    return library.statistics(metrics=[asked.metric] if asked.metric else None, filters=asked.filters)


def rows_of(frame: "pd.DataFrame", asked: AskedFigures) -> Shown:
    """The rows of the view asked for, but of checks.

    Raises:
        QueryError: nothing can be grouped or narrowed so.
    """
    if asked.view is View.RECTIFIED:
        return Shown(rows=_plain(_narrowed(rectification(frame), asked.at)), page=asked.page)
    if asked.view is View.FIGURES:
        return Shown(rows=_plain(_narrowed(frame, asked.at)), page=asked.page)
    if asked.by not in BY:
        raise QueryError(
            f"不能按 {asked.by!r} 汇总。 {asked.by!r} is nothing to group by.", hint=f"可用 These are: {', '.join(BY)}"
        )
    rows = _plain(total(frame, [asked.by]))
    for row in rows:
        at = {name: row[name] for name in ("metric", asked.by, "unit_of_measure")}
        row["address"] = asked.drilled(**at)
        if row["unit_of_measure"] == _PERCENT:
            row["total"] = None  # shares of different wholes have no sum
    return Shown(rows=rows, page=asked.page)


def checks(library: Library, asked: AskedFigures) -> Shown:
    """Relations between figures, contradictions first."""
    rows = _plain(library.records("checks", asked.filters))
    return Shown(rows=sorted(rows, key=lambda row: bool(row["holds"])), page=asked.page)


def charts(frame: "pd.DataFrame", asked: AskedFigures) -> list[dict[str, Any]]:
    """Charts of one metric in its usual measure word: by year, region and unit; and found against rectified.

    Returns:
        One a chart: `name`, `metric`, `measure`, `kind` (line or bar), and `items` with `name`, `values` and `address`.
    """
    metric = asked.metric or _main_metric(frame)
    own = frame[(frame["metric"] == metric) & frame["value"].notna() & (frame["unit_of_measure"] != _PERCENT)]
    measure = str(own["unit_of_measure"].mode().iloc[0]) if len(own) else ""
    own = own[own["unit_of_measure"] == measure].assign(year=lambda rows: rows["period"].map(_year))
    at = {"metric": metric or "", "unit_of_measure": measure}
    items = {name: list(_items(own, asked, name, at)) for name in (_YEAR, "region", "unit")}
    if len(items[_YEAR]) < 2:  # no trend
        items[_YEAR] = []
    about = {"metric": metric, "measure": measure}
    made: list[dict[str, Any]] = [
        {"name": _YEAR, "kind": "line", "items": items[_YEAR], **about},
        {"name": "rectified", "kind": "bar", "items": list(_pairs(frame, asked)), "metric": "", "measure": ""},
        {"name": "region", "kind": "bar", "items": items["region"], **about},
        {"name": "unit", "kind": "bar", "items": items["unit"], **about},
    ]
    return [chart for chart in made if chart["items"]]


def _pairs(frame: "pd.DataFrame", asked: AskedFigures) -> Iterator[dict[str, Any]]:
    """Problems found and rectified by unit, most found first."""
    pairs = rectification(frame).dropna(subset=["unit"])
    sums = pairs.groupby("unit")[["found", "rectified"]].sum().sort_values("found", ascending=False).head(_BARS)
    for unit, row in sums.iterrows():
        address = f"/statistics?{asked.query(view=View.RECTIFIED, at=(f'unit:{unit}',))}"
        yield {"name": str(unit), "values": [float(row["found"]), float(row["rectified"])], "address": address}


def _items(own: "pd.DataFrame", asked: AskedFigures, name: str, at: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Sums by the values of a column: years in their order, others largest first."""
    sums = own.dropna(subset=[name]).groupby(name)["value"].sum()
    ordered = sums.sort_index() if name == _YEAR else sums.sort_values(ascending=False).head(_BARS)
    for value, summed in ordered.items():
        yield {"name": str(value), "values": [float(summed)], "address": asked.drilled(**at, **{name: str(value)})}


def _main_metric(frame: "pd.DataFrame") -> str | None:
    """Problems found, or the metric that most figures tell of, vague ones aside."""
    if (frame["metric"] == Metric.ISSUES_FOUND).any():
        return Metric.ISSUES_FOUND
    counts = frame.loc[~frame["metric"].isin(_VAGUE) & frame["value"].notna(), "metric"].value_counts()
    return str(counts.index[0]) if len(counts) else None


def _narrowed(frame: "pd.DataFrame", at: Sequence[str]) -> "pd.DataFrame":
    for place in at:
        name, _, value = place.partition(":")
        if name == _YEAR and "period" in frame:
            frame = frame[frame["period"].map(_year) == value]
        elif name in GROUPS and name in frame:
            frame = frame[frame[name].fillna("") == value]
        else:
            raise QueryError(
                f"不能按 {place!r} 筛选。 {place!r} narrows nothing.", hint="请从统计页重新进入。 Start anew."
            )
    return frame


def _year(period: Any) -> str | None:
    """The year of a period; None of one that spans several, and where there is none."""
    if not isinstance(period, str):
        return None
    first, _, last = period.partition("/")
    return first[:4] if (last or first)[:4] == first[:4] else None


def _plain(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    """Rows with None for what is missing."""
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]
