"""Commands that prove: `check` proof-reads the figures of documents, `explain` tells how each record came about."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from docintel import console as views
from docintel.cli.app import app
from docintel.cli.options import AsJson, LibraryFolder, LimitOptions, NoOcr, Paths, files_in, limits_of, open_library
from docintel.cli.reading import extractions
from docintel.cli.screen import err, exit_if_failed, out, print_json
from docintel.files import printable
from docintel.schema import Extraction, FileReport
from docintel.schema.serial import record_to_dict


@app.command()
def check(
    paths: Paths,
    every: Annotated[
        bool, typer.Option("--all", help="也列出数据一致的关系。 Also list the relations that hold.")
    ] = False,
    limit: LimitOptions = None,
    no_ocr: NoOcr = False,
    as_json: AsJson = False,
) -> None:
    """校对文件中的数据：总数与分项、占比、增减、正文与表格。 Proof-read figures: totals, shares, growth, tables."""
    reports: list[FileReport] = []
    rows = [row for each in extractions(files_in(paths), limits_of(limit, no_ocr), reports) for row in _checks(each)]
    shown = [row for row in rows if every or not row["holds"]]
    if as_json:
        print_json(shown)
    else:
        out.print(views.checks_view(shown, len(rows)))
    failed = [report for report in reports if report.message]
    if failed:
        err.print(views.reports_view(failed))
    exit_if_failed(reports)


def _checks(extraction: Extraction) -> list[dict[str, Any]]:
    document = extraction.document
    common = {"source": document.source, "document": document.id, "title": document.title}
    return [common | record_to_dict(check) for check in extraction.checks]


@app.command()
def explain(
    document: Annotated[
        str, typer.Argument(help="文件，或资料库中的文档编号。 A file, or a document's id.", show_default=False)
    ],
    record: Annotated[
        str | None,
        typer.Option("--record", help="记录编号，如 statistics/3，或一类记录，如 cases。 A record, or a record type."),
    ] = None,
    library: LibraryFolder = None,
    limit: LimitOptions = None,
    no_ocr: NoOcr = False,
    as_json: AsJson = False,
) -> None:
    """说明每条记录由哪条规则或哪个模型、根据哪些原文得出。 Tell which rule or model made a record, from which words."""
    from docintel.extract.explain import describe
    from docintel.extract.explain import explain as explain_records

    extraction = _extraction(document, library, limit, no_ocr)
    explanations = explain_records(extraction, record)
    if as_json:
        print_json(
            [
                {"record": each.id, "confidence": each.record.confidence, "quote": each.record.evidence.quote}
                | {
                    "grounds": [
                        {
                            "field": ground.field,
                            "rule": ground.rule,
                            "description": describe(ground.rule),
                            "quote": ground.evidence.quote if ground.evidence else None,
                            "start": ground.evidence.start if ground.evidence else None,
                            "end": ground.evidence.end if ground.evidence else None,
                            "note": ground.note or None,
                        }
                        for ground in each.grounds
                    ]
                }
                for each in explanations
            ]
        )
        return
    out.print(views.document_head(extraction))
    out.print(views.explanations_view([(each.id, each.record) for each in explanations], describe))


def _extraction(document: str, library: Path | None, limit: Sequence[str] | None, no_ocr: bool) -> Extraction:
    """The extraction of a file, or anew of a document of the library with its corrections: grounds are not stored."""
    from docintel.extract.pipeline import extract
    from docintel.parse import read_file
    from docintel.parse.sandbox import Sandbox

    path = Path(document)
    if path.is_file():
        with Sandbox(limits_of(limit, no_ocr)) as sandbox:
            return extract(sandbox.parse(read_file(path), printable(path.name)))
    with open_library(library) as opened:
        return opened.explained(document)
