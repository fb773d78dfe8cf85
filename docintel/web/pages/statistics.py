"""统计: totals of figures with charts, the quotes behind them, found against rectified, contradictions."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from docintel.exports.tables import Columns, table_csv, table_workbook
from docintel.schema import FIELD_NAMES, DocType, Metric
from docintel.web.audit import Action
from docintel.web.figures import BY, AskedFigures, Shown, View, charts, rows_of, tables
from docintel.web.page import Page
from docintel.web.pages.search import TableFormat
from docintel.web.rendering import attachment, render
from docintel.web.security import Reader, audit
from docintel.web.state import state_of
from docintel.web.words import CHINESE, Words

html, json = APIRouter(), APIRouter(tags=["statistics"])
PAGE = Page(name="statistics", path="/statistics", html=html, json=json)
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = {"quote": 60, "title": 34, "source": 28, "unit": 28, "against": 60}
_COLUMNS: dict[View, tuple[str, ...]] = {
    View.FIGURES: (
        "metric", "value", "unit_of_measure", "left_out", "subject", "unit", "region", "period", "quote", "title",
        "source", "page",
    ),
    View.RECTIFIED: ("unit", "found", "rectified", "pending", "source"),
    View.CHECKS: (
        "holds", "scope", "relation", "stated", "computed", "quote", "against", "title", "source", "other_source",
    ),
}  # fmt: skip
_HEADINGS = {
    "source": FIELD_NAMES["doc"], "other_source": "另一文件", "total": "合计", "figures": "条数", "counted": "计入条数",
    "left_out": "未计入原因", "scope": "范围", "found": "发现", "rectified": "已整改", "pending": "未整改",
}  # fmt: skip


@html.get("/statistics")
def statistics_page(request: Request, visitor: Reader, asked: Annotated[AskedFigures, Query()]) -> Response:
    """The view asked for; charts stand above totals."""
    shown, drawn = _ask(request, asked)
    return render(
        request,
        "statistics/page.html",
        asked=asked,
        shown=shown,
        charts=drawn,
        views=list(View),
        metrics=list(Metric),
        doc_types=list(DocType),
        groups=BY,
        broken=sum(not row["holds"] for row in shown.rows) if asked.view is View.CHECKS else 0,
    )


@html.get("/statistics/export")
def export(request: Request, visitor: Reader, asked: Annotated[AskedFigures, Query()], how: TableFormat) -> Response:
    """All rows of a view as a file."""
    shown, _ = _ask(request, asked)
    audit(request, Action.EXPORT, asked.view, format=how, rows=len(shown.rows), query=asked.query())
    words = Words(CHINESE)
    totals = (*dict.fromkeys(("metric", asked.by)), "total", "unit_of_measure", "figures", "counted")
    names = _COLUMNS.get(asked.view, totals)
    columns: Columns = [(_HEADINGS.get(name) or words.field(name), _WIDTHS.get(name, 14)) for name in names]
    rows = [[_cell(name, row.get(name), words) for name in names] for row in shown.rows]
    title = words(f"statistics.{asked.view}")
    name = f"统计-{title}-{date.today():%Y%m%d}.{how}"
    if how is TableFormat.CSV:
        return attachment(name, table_csv(columns, rows), "text/csv; charset=utf-8")
    asked_for = {words(f"filter.{key}" if key != "metric" else "statistics.metric"): value
                 for key, value in asked.active().items()}  # fmt: skip
    asked_for |= {"": "；".join(asked.at)} if asked.at else {}
    asked_for[words("search.exported")] = date.today().isoformat()
    return attachment(name, table_workbook(columns, rows, asked_for, (title, "条件")), _SPREADSHEET)


@json.get("/statistics")
def get_statistics(request: Request, visitor: Reader, asked: Annotated[AskedFigures, Query()]) -> dict[str, Any]:
    """A page of fifty rows of a view, and the charts of totals."""
    shown, drawn = _ask(request, asked)
    return {"total": len(shown.rows), "page": shown.page, "pages": shown.pages, "rows": shown.shown, "charts": drawn}


def _ask(request: Request, asked: AskedFigures) -> tuple[Shown, list[dict[str, Any]]]:
    """Rows, and charts for the view of totals."""
    with state_of(request).libraries.borrow() as library:
        told = tables(library, asked)
    found, drawn = rows_of(told, asked), charts(told, asked) if asked.view is View.TOTALS else []
    audit(request, Action.VIEW, "statistics", query=asked.query())
    return found, drawn


def _cell(name: str, value: Any, words: Words) -> Any:
    """A value as people read it in a table; figures stay figures."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    match name:
        case "doc_type":
            return words.doc_type(value)
        case "holds":
            said = "check.holds" if value else "check.broken"
        case "scope" | "left_out":
            said = f"{name}.{value}"
        case "against":
            return "\n".join(map(str, value))
        case "metric" | "relation":
            return words.value("checks" if name == "relation" else "statistics", name, value)
        case _:
            return str(value)
    return words(said)
