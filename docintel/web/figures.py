"""Statistics as the page and the API ask them: totals, figures, found against rectified, checks, charts.

In: the parameters of an address. Out: rows and charts, each with the address of the quotes behind it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from docintel.analytics import NO_SUMS, all_checks, left_out, rates, rectification, total, total_of_groups, trend, years
from docintel.errors import QueryError
from docintel.library import Library
from docintel.schema import GROUPS, Filters, Metric
from docintel.web.finding import Word
from docintel.web.regions import outermost

if TYPE_CHECKING:
    import pandas as pd

PAGE_SIZE = 50
#: What totals are grouped by: by measure word they are anyway.
BY = tuple(name for name in GROUPS if name not in ("metric", "unit_of_measure", "title"))
_FILTERS = ("metric", "unit", "region", "type", "since", "until")
_YEAR = "year"
_BARS = 12
#: Metrics that say too little for a chart.
_VAGUE = (Metric.OTHER, Metric.SHARE)
_Place = Annotated[str, Field(max_length=300, pattern="^[a-z_]+:")]


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
    at: Annotated[tuple[_Place, ...], Field(default=(), max_length=6)]
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


@dataclass(frozen=True, slots=True)
class Tables:
    """What a library says: its figures, and the checks of those within each document."""

    statistics: "pd.DataFrame"
    checks: "pd.DataFrame"


def tables(library: Library, asked: AskedFigures) -> Tables:
    """The figures that meet the filters, and the checks.

    Raises:
        QueryError: there is no such metric, or a filter makes no sense.
    """
    # Pairs of figures and checks are of several metrics: narrowing to one would leave none.
    one = asked.metric if asked.view in (View.TOTALS, View.FIGURES) else None
    statistics = library.statistics(metrics=[one] if one else None, filters=asked.filters)
    return Tables(statistics, library.records("checks", asked.filters))


def rows_of(told: Tables, asked: AskedFigures) -> Shown:
    """The rows of the view asked for.

    Raises:
        QueryError: nothing can be grouped or narrowed so.
    """
    if asked.view is View.CHECKS:
        return Shown(rows=_plain(all_checks(told.checks, told.statistics)), page=asked.page)
    if asked.view is View.RECTIFIED:
        return Shown(rows=_plain(_narrowed(rectification(told.statistics), asked.at)), page=asked.page)
    if asked.view is View.FIGURES:
        behind = _narrowed(told.statistics, asked.at)
        reasons = left_out(behind, checks=told.checks) if asked.at else None
        return Shown(rows=_plain(behind.assign(left_out=reasons)), page=asked.page)
    if asked.by not in BY:
        raise QueryError(
            f"不能按 {asked.by!r} 汇总。 {asked.by!r} is nothing to group by.", hint=f"可用 These are: {', '.join(BY)}"
        )
    rows = _plain(total(told.statistics, [asked.by], told.checks))
    for row in rows:
        row["address"] = asked.drilled(**{name: row[name] for name in ("metric", asked.by, "unit_of_measure")})
    return Shown(rows=rows, page=asked.page)


def charts(told: Tables, asked: AskedFigures) -> list[dict[str, Any]]:
    """Charts of one metric in its usual measure word: by year, region and unit; and found against rectified.

    Returns:
        One a chart: `name`, `metric`, `measure`, `kind` (line or bar), and `items` with `name`, `values` and `address`.
    """
    frame = told.statistics
    metric = asked.metric or _main_metric(frame)
    own = frame[(frame["metric"] == metric) & frame["value"].notna() & ~frame["unit_of_measure"].isin(NO_SUMS)]
    measure = str(own["unit_of_measure"].mode().iloc[0]) if len(own) else ""
    own = own[own["unit_of_measure"] == measure]
    by_year = list(_items(trend(own, told.checks), asked, _YEAR))
    about = {"metric": metric, "measure": measure}
    made: list[dict[str, Any]] = [
        {"name": _YEAR, "kind": "line", "items": by_year if len(by_year) > 1 else [], **about},
        {"name": "rectified", "kind": "bar", "items": list(_rates(frame, asked)), "metric": "", "measure": ""},
    ]
    made.append({"name": "region", "kind": "bar", "items": list(_regions(own, told, asked)), **about})
    largest = total(own, ["unit"], told.checks).dropna(subset=["unit"]).head(_BARS)
    made.append({"name": "unit", "kind": "bar", "items": list(_items(largest, asked, "unit")), **about})
    return [chart for chart in made if chart["items"]]


def _rates(frame: "pd.DataFrame", asked: AskedFigures) -> Iterator[dict[str, Any]]:
    """Problems found and rectified by unit, most found first."""
    for row in _plain(rates(frame, "unit").dropna(subset=["unit"]).head(_BARS)):
        unit = row["unit"]
        address = f"/statistics?{asked.query(view=View.RECTIFIED, at=(f'unit:{unit}',))}"
        yield {"name": unit, "values": [row["found"], row["rectified"]], "address": address}


def _regions(own: "pd.DataFrame", told: Tables, asked: AskedFigures) -> Iterator[dict[str, Any]]:
    """The totals by province or city, largest first; one with several regions leads to the same chart of these.

    Where a region is asked for, or nothing lies within another, the bars are the regions themselves.
    """
    placed = own.dropna(subset=["region"])
    above = placed["region"].map(outermost)
    inner = placed.groupby(above)["region"].unique()
    if asked.region or all(len(each) == 1 for each in inner):
        yield from _items(total(placed, ["region"], told.checks).head(_BARS), asked, "region")
        return
    for row in _plain(total_of_groups(placed, above, told.checks).head(_BARS)):
        name, within = row["group"], inner[row["group"]]
        one = asked.drilled(**{key: row[key] for key in ("metric", "unit_of_measure")}, region=within[0])
        many = f"/statistics?{asked.query(metric=row['metric'], region=name, by='region', at=None)}"
        yield {"name": name, "values": [row["total"]], "address": one if len(within) == 1 else many}


def _items(totals: "pd.DataFrame", asked: AskedFigures, name: str) -> Iterator[dict[str, Any]]:
    """The totals as points or bars."""
    for row in _plain(totals):
        at = {key: row[key] for key in ("metric", "unit_of_measure", name)}
        yield {"name": row[name], "values": [row["total"]], "address": asked.drilled(**at)}


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
            frame = frame[years(frame) == value]
        elif name in GROUPS and name in frame:
            frame = frame[frame[name].fillna("") == value]
        else:
            raise QueryError(
                f"不能按 {place!r} 筛选。 {place!r} narrows nothing.", hint="请从统计页重新进入。 Start anew."
            )
    return frame


def _plain(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    """Rows with None for what is missing."""
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]
