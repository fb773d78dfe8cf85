"""Commands that ask the library: `search`, `similar`, `statistics`, `show`; and `schema`."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docintel import console as views
from docintel.cli.app import app
from docintel.cli.options import (
    AsJson,
    Category,
    DocTypeFilter,
    Figures,
    Kind,
    LibraryFolder,
    PeriodSince,
    PeriodUntil,
    Publisher,
    Reference,
    Region,
    Sanction,
    Since,
    Top,
    UnitFilter,
    Until,
    in_a_folder,
    names_in,
    open_library,
)
from docintel.cli.screen import answer, err, out, print_json, rows_of
from docintel.cli.searching import SYNTAX_HELP, tell_notes
from docintel.errors import (
    QueryError,
)
from docintel.schema import (
    GROUPS,
    RECORD_TYPES,
    Filters,
    HitKind,
    Metric,
    Order,
)
from docintel.schema.serial import extraction_to_dict, json_schema

if TYPE_CHECKING:
    import pandas as pd


class Sort(StrEnum):
    """In which order hits are shown."""

    RELEVANCE = "relevance"
    DATE = "date"
    OLDEST = "oldest"


_ORDERS = {Sort.RELEVANCE: Order.RELEVANCE, Sort.DATE: Order.NEWEST, Sort.OLDEST: Order.OLDEST}


@app.command(epilog=SYNTAX_HELP)
def search(
    query: Annotated[
        str, typer.Argument(help="词语、一段话或条件，见文末。 Words, a paragraph, conditions; see below.")
    ],
    kind: Kind = HitKind.PASSAGE,
    doc_type: DocTypeFilter = None,
    category: Category = None,
    region: Region = None,
    unit: UnitFilter = None,
    publisher: Publisher = None,
    reference: Reference = None,
    sanction: Sanction = None,
    figures: Figures = None,
    since: Since = None,
    until: Until = None,
    sort: Annotated[
        Sort, typer.Option("--sort", help="排序：相关、最新、最早。 Order: date puts the latest first.")
    ] = (Sort.RELEVANCE),
    facets: Annotated[
        bool,
        typer.Option("--facets", help="另列文种、类别、地区、单位、年份各有多少。 Count the hits by type, region, …"),
    ] = False,
    why: Annotated[
        bool, typer.Option("--why", help="说明每条为何命中：词语、近义词、语义。 Say why each hit was found.")
    ] = False,
    top: Top = 10,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """检索以往案例，按词语和语义。 Search past cases by words and meaning."""
    filters = Filters(
        doc_type=doc_type,
        category=category,
        region=region,
        unit=unit,
        publisher=publisher,
        reference=reference,
        sanction=sanction,
        figures=tuple(figures or ()),
        since=since,
        until=until,
    )
    with open_library(library) as opened:
        tell_notes(opened.understood(query))
        counts: dict[str, dict[str, int]] = {}
        if facets or sort is not Sort.RELEVANCE:
            found = opened.find(query, kind=kind, filters=filters, order=_ORDERS[sort])
            hits, counts = list(found.hits[:top]), found.facets
        else:
            hits = opened.search(query, kind=kind, filters=filters, top_k=top)
        reasons = opened.reasons(query, hits) if why or not as_json else []
    if as_json:
        rows = [asdict(hit) | ({"why": asdict(reason)} if why else {}) for hit, reason in zip_longest(hits, reasons)]
        print_json({"hits": rows, "facets": counts} if facets else rows)
        return
    out.print(views.hits_view(hits, reasons, explained=why))
    if facets:
        out.print(views.facets_view(counts))


@app.command()
def similar(
    document: Annotated[str, typer.Argument(help="文件或文档编号。 A file or document id.", show_default=False)],
    top: Top = 10,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """找相似的文档，列出相同的问题、措施和处理。 Documents like one, and the records of both that match."""
    with open_library(library) as opened:
        found = opened.similar(document, top_k=top)
    answer([asdict(each) for each in found], as_json, lambda: views.similar_view(found))


@app.command()
def statistics(
    metric: Annotated[
        str | None,
        typer.Option("--metric", help=f"指标，逗号隔开。 Metrics, separated by commas, of: {', '.join(Metric)}."),
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", help=f"汇总维度，逗号隔开。 Group totals by these: {', '.join(GROUPS)}.")
    ] = None,
    unit: UnitFilter = None,
    region: Region = None,
    doc_type: DocTypeFilter = None,
    reference: Reference = None,
    since: PeriodSince = None,
    until: PeriodUntil = None,
    check: Annotated[
        bool, typer.Option("--check", help="核对数据，列出矛盾。 Proof-read the figures and list contradictions.")
    ] = False,
    all_sources: Annotated[
        bool, typer.Option("--all-sources", help="同文多处发布的逐份计入。 Count every source of a republished work.")
    ] = False,
    plot: Annotated[
        Path | None,
        typer.Option(
            "--plot",
            help="画成图表，PNG 或 HTML：配合 --by 画汇总或走势，否则画整改率。"
            " Draw a chart, PNG or HTML: of totals or their trend with --by, else of how much was rectified.",
            callback=in_a_folder,
            show_default=False,
        ),
    ] = None,
    top: Annotated[int | None, typer.Option("--top", min=1, max=1_000_000, help="最多几条。 How many at most.")] = None,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """统计数据：逐条列出，或按维度汇总。 Statistics, one by one or totalled."""
    from docintel.analytics import RATED_BY, rates, rectification, total

    filters = Filters(unit=unit, region=region, doc_type=doc_type, reference=reference, since=since, until=until)
    metrics, groups = names_in(metric), names_in(by) or []
    if check and (plot or groups):
        raise QueryError(
            "--check 不能与 --by、--plot 同用。 --check goes with neither --by nor --plot.",
            hint="请分两次运行。 Run the command twice.",
        )
    with open_library(library) as opened:
        frame = opened.statistics(metrics=metrics, filters=filters, all_sources=all_sources)
        checks = opened.records("checks", filters, all_sources=all_sources)
        outdated = opened.outdated() if check else 0
    if check:
        _tell_outdated(outdated)
        _answer_contradictions(checks, frame, as_json)
        return
    if plot:
        _draw(frame, checks, groups, plot)
    if groups:
        rows = rows_of(total(frame, groups, checks), top)
        answer(rows, as_json, lambda: views.totals_table(rows, groups, out.width))
        pairs = rows_of(rates(frame, groups[0]), top) if len(groups) == 1 and groups[0] in RATED_BY else []
        if pairs and not as_json:
            out.print(views.rates_table(pairs, groups[0]))
        return
    rows = rows_of(frame, top)
    answer(rows, as_json, lambda: views.statistics_table(rows, f"统计数据 Statistics（{len(frame)}）"))
    pairs = rows_of(rectification(frame), top)
    if pairs and not as_json:
        out.print(views.rectification_table(pairs))


def _tell_outdated(outdated: int) -> None:
    if outdated:
        err.print(
            f"{outdated} 份文档由其他版本读取，重新入库后才会核对。"
            f" {outdated} documents were read by another version: ingest their files again to have them checked.",
            style="yellow",
        )


def _answer_contradictions(checks: "pd.DataFrame", statistics: "pd.DataFrame", as_json: bool) -> None:
    """Contradictions within documents, then those across documents; `scope` tells which."""
    from docintel.analytics import all_checks

    broken = [row for row in rows_of(all_checks(checks, statistics), None) if not row["holds"]]
    within, across = ([row for row in broken if row["scope"] == scope] for scope in ("within", "across"))
    answer(broken, as_json, lambda: views.contradictions_view(within, across, len(checks)))


def _draw(statistics: "pd.DataFrame", checks: "pd.DataFrame", groups: Sequence[str], path: Path) -> None:
    """Draw totals by one group, their trend over the years, or without a group how much was rectified in each unit."""
    from docintel.analytics import plot_rates, plot_totals, rates, total, trend

    if len(groups) > 1:
        raise QueryError(
            f"一张图只能按一个维度汇总，不能按 {'、'.join(groups)}。 A chart has one group, not {len(groups)}.",
            hint=f"例如 For example: --by {groups[0]} --plot {path.name}",
        )
    if not groups:
        plot_rates(rates(statistics, "unit"), "unit", path)
    elif groups[0] == "period":
        plot_totals(trend(statistics, checks), "year", path)
    else:
        plot_totals(total(statistics, groups, checks), groups[0], path)
    err.print(f"图表已写入 {path}。 The chart is in {path}.")


@app.command()
def show(
    document: Annotated[str, typer.Argument(help="文档编号、文件名或路径。 Id, name or path.", show_default=False)],
    kinds: Annotated[str | None, typer.Option("--kind", help="只看某几类，逗号隔开。 Only these record types.")] = None,
    text: Annotated[
        bool, typer.Option("--text", help="显示标注了记录的全文。 Show the text with records marked.")
    ] = False,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """查看一份文档和从中抽取的记录。 Show a document and its records."""
    wanted = names_in(kinds) or list(RECORD_TYPES)
    unknown = [kind for kind in wanted if kind not in RECORD_TYPES]
    if unknown:
        raise QueryError(
            f"没有 {unknown[0]!r} 这类记录。 {unknown[0]!r} is no record type; these are: {', '.join(RECORD_TYPES)}."
        )
    with open_library(library) as opened:
        extraction = opened.extraction(document)
    if text and not as_json:
        out.print(views.document_head(extraction), "", views.text_view(extraction), sep="\n")
        return
    answer([extraction_to_dict(extraction)], as_json, lambda: views.extraction_view(extraction, wanted))


@app.command()
def schema() -> None:
    """输出抽取结果的 JSON Schema。 Print the JSON Schema of what `extract` writes."""
    print(json.dumps(json_schema(), ensure_ascii=False, indent=2))
