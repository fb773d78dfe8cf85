"""Commands that follow problems across documents: `answered`, `recurring`."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from docintel import console as views
from docintel.batch.sources import list_sources
from docintel.cli.app import app
from docintel.cli.options import (
    AsJson,
    Category,
    DocTypeFilter,
    LibraryFolder,
    LimitOptions,
    NoOcr,
    Region,
    Since,
    UnitFilter,
    Until,
    in_a_folder,
    limits_of,
    open_library,
)
from docintel.cli.reading import extractions
from docintel.cli.screen import answer, err, out, print_json
from docintel.errors import InputError
from docintel.exports import check_out, write_comparison, write_recurrences
from docintel.schema import Answer, Comparison, Extraction, FileReport, Filters, chinese_name
from docintel.schema.serial import comparison_to_rows

Workbook = Annotated[
    Path | None, typer.Option("--out", help="工作簿，如 对照表.xlsx。 The workbook.", callback=in_a_folder)
]


@app.command()
def answered(
    feedback: Annotated[
        str, typer.Argument(help="反馈：文件，或资料库文档。 The feedback: a file or a document.", show_default=False)
    ],
    report: Annotated[
        str | None,
        typer.Argument(
            help="整改报告，同上；不写则在资料库中找该单位的。 The report; found in the library when not named.",
            show_default=False,
        ),
    ] = None,
    output: Workbook = None,
    only: Annotated[
        list[Answer] | None,
        typer.Option("--only", help="只看某种回应，可重复。 Only rows of this kind; may be repeated."),
    ] = None,
    library: LibraryFolder = None,
    limit: LimitOptions = None,
    no_ocr: NoOcr = False,
    as_json: AsJson = False,
) -> None:
    """反馈对照整改：逐项看回应了什么、部分回应什么、没有回应什么。 Feedback and report, item by item."""
    if output is not None:
        check_out(output, "对照表.xlsx")
    files = [Path(name) for name in (feedback, report) if name]
    if len(files) > 1 and all(path.is_file() for path in files):
        comparison = _of_files(files, limit, no_ocr)
    else:
        with open_library(library) as opened:
            comparison = opened.answered(feedback, report)
            others = [] if report else opened.reports_for(feedback)[1:]
        if others:
            names = "、".join(each.source for each in others)
            err.print(Text(f"该单位另有后续报告：{names}。 Other reports of this unit may be named.", style="dim"))
    if output is not None:
        write_comparison(comparison, output)
        err.print(Text(f"已写入 {output}：{_counts(comparison)}。 Wrote {output}."))
    shown = comparison.only(*only) if only else comparison
    if as_json:
        for warning in comparison.warnings:
            err.print(Text(warning, style="yellow"))
        print_json(comparison_to_rows(shown))
    elif output is None:
        out.print(views.comparison_view(shown))


def _of_files(files: Sequence[Path], limit: Sequence[str] | None, no_ocr: bool) -> Comparison:
    """Two files compared; no library is needed.

    Raises:
        InputError: one of them can't be read, or holds several documents.
    """
    from docintel.follow import compare

    found = []
    for path in files:
        reports: list[FileReport] = []
        read: list[Extraction] = list(extractions(list_sources(path), limits_of(limit, no_ocr), reports))
        if len(read) != 1:
            told = "；".join(report.message for report in reports if report.message)
            raise InputError(
                f"{path} 中有 {len(read)} 份可读的文档，应为一份。 {path} holds {len(read)} documents, not one. {told}",
                hint="请给出单个文档 Name one document, or ingest the archive and name documents of the library.",
            )
        found += read
    return compare(*found)


def _counts(comparison: Comparison) -> str:
    return "，".join(f"{chinese_name(kind)} {comparison.count(kind)} 项" for kind in Answer)


@app.command()
def recurring(
    unit: UnitFilter = None,
    region: Region = None,
    category: Category = None,
    doc_type: DocTypeFilter = None,
    since: Since = None,
    until: Until = None,
    top: Annotated[int | None, typer.Option("--top", min=1, max=1_000_000, help="最多几条。 How many at most.")] = None,
    output: Annotated[
        Path | None, typer.Option("--out", help="工作簿，如 屡查屡犯.xlsx。 The workbook.", callback=in_a_folder)
    ] = None,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """屡查屡犯：同一单位反复出现的同类问题，及其间的整改承诺。 Problems that one unit has again and again."""
    if output is not None:
        check_out(output, "屡查屡犯.xlsx")
    filters = Filters(unit=unit, region=region, category=category, doc_type=doc_type, since=since, until=until)
    with open_library(library) as opened:
        found = opened.recurring(filters)[:top]
    if output is not None:
        write_recurrences(found, output)
        err.print(Text(f"已写入 {output}：{len(found)} 个问题。 Wrote {output}: {len(found)} problems."))
        if not as_json:
            return
    answer([asdict(each) for each in found], as_json, lambda: views.recurrences_view(found))
