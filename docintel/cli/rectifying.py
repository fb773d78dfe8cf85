"""The command that draws up a ledger of rectification: `ledger`."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from docintel import console as views
from docintel.cli.app import app
from docintel.cli.options import (
    AsJson,
    DocTypeFilter,
    LibraryFolder,
    LimitOptions,
    NoOcr,
    Reference,
    Region,
    Since,
    UnitFilter,
    Until,
    files_in,
    in_a_folder,
    limits_of,
    open_library,
)
from docintel.cli.reading import extractions
from docintel.cli.screen import err, exit_if_failed, out, print_json, rows_of
from docintel.errors import QueryError
from docintel.exports import check_out, write_ledger
from docintel.schema import Extraction, FileReport, Filters
from docintel.schema.serial import chain_row_to_dict


@app.command()
def ledger(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="文件或文件夹；不写则取自资料库。 Files or folders; the library when none.", show_default=False
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--out", help="工作簿，如 台账.xlsx。 The workbook.", callback=in_a_folder)
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", help="按此日 YYYY-MM-DD 判断逾期，默认按发布日期。 Overdue on this day; else at publication."
        ),
    ] = None,
    unit: UnitFilter = None,
    region: Region = None,
    doc_type: DocTypeFilter = None,
    reference: Reference = None,
    since: Since = None,
    until: Until = None,
    library: LibraryFolder = None,
    limit: LimitOptions = None,
    no_ocr: NoOcr = False,
    as_json: AsJson = False,
) -> None:
    """整改台账：问题、原因、措施、责任单位、时限、状态。 Ledger of rectification: issues, measures, who, by when."""
    day = _day(as_of)
    if output is not None:
        check_out(output, "台账.xlsx")
    filters = Filters(region=region, doc_type=doc_type, reference=reference, since=since, until=until)
    reports: list[FileReport] = []
    if paths and filters != Filters():
        raise QueryError(
            "--region、--type、--reference、--since、--until 只用于资料库。 These filters are for the library only.",
            hint="先入库，再不写路径。 Ingest the files, then name no path.",
        )
    files = files_in(paths) if paths else None
    found = extractions(files, limits_of(limit, no_ocr), reports) if files else _of_library(library, filters)
    rows = [row for each in found for row in _rows(each, day) if _is_of(row, unit)]
    if output is not None:
        write_ledger(rows, output, day)
        err.print(Text(f"已写入 {output}：{_count(rows)}。 Wrote {output}."))
    if as_json:
        print_json(rows)
    elif output is None:
        out.print(views.ledger_view(rows))
    failed = [report for report in reports if report.message]
    if failed:
        err.print(views.reports_view(failed))
    exit_if_failed(reports)


def _day(given: str | None) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError as exc:
        raise QueryError(f"{given!r} 不是日期。 {given!r} is no date; write YYYY-MM-DD.") from exc


def _of_library(folder: Path | None, filters: Filters) -> Iterator[Extraction]:
    """The documents of the library with issues or measures that pass the filters, a republished work once."""
    with open_library(folder) as opened:
        rows = [row for kind in ("issues", "measures") for row in rows_of(opened.records(kind, filters), None)]
        for _, document in sorted({(row["source"], row["document"]) for row in rows}):
            yield opened.extraction(document)


def _rows(extraction: Extraction, day: date | None) -> list[dict[str, Any]]:
    from docintel.chain import chain

    return [chain_row_to_dict(row, extraction.document) for row in chain(extraction, day)]


def _is_of(row: dict[str, Any], unit: str | None) -> bool:
    """Whether a row is of a unit, or of any when none is asked for."""
    return unit is None or any(unit in owner["name"] or unit in (owner["canonical"] or "") for owner in row["owners"])


def _count(rows: Sequence[dict[str, Any]]) -> str:
    problems = sum(row["issue"] is not None for row in rows)
    return f"问题 {problems} 项，其他措施 {len(rows) - problems} 项"
