"""Commands that read files: `parse`, `extract`, `ingest`."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from docintel import console as views
from docintel.cli.app import app
from docintel.cli.options import AsJson, LibraryFolder, LimitOptions, NoOcr, Paths, files_in, limits_of, open_library
from docintel.cli.screen import err, error_text, exit_if_failed, file_progress, out, print_json
from docintel.errors import (
    InputError,
    NotFoundError,
    ParseError,
    QueryError,
    SetupError,
)
from docintel.exports import Format, write, write_jsonl
from docintel.files import printable
from docintel.parse.file import Limits
from docintel.parse.intake import read_documents
from docintel.parse.render import to_markdown, to_tree
from docintel.parse.sandbox import Sandbox
from docintel.schema import (
    Document,
    Extraction,
    FileReport,
    IngestStatus,
)
from docintel.schema.serial import document_to_dict


class Form(StrEnum):
    """How a parsed document is shown."""

    TREE = "tree"
    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


_FORMS: dict[Form, Callable[[Document], str]] = {
    Form.TREE: to_tree,
    Form.TEXT: lambda document: f"{document.title}\n{document.main_text}".lstrip(),
    Form.MARKDOWN: to_markdown,
    Form.JSON: lambda document: json.dumps(document_to_dict(document), ensure_ascii=False, indent=1),
}


@app.command()
def parse(
    path: Annotated[Path, typer.Argument(help="一个文件。 One file.", show_default=False)],
    how: Annotated[Form, typer.Option("--format", help="显示方式。 How to show it.")] = Form.TREE,
    render: Annotated[
        Path | None,
        typer.Option(
            "--render", help="把各页画成 PNG 并标出读到的块，存入此文件夹。 Draw pages with the blocks found, as PNG."
        ),
    ] = None,
    limit: LimitOptions = None,
    no_ocr: NoOcr = False,
) -> None:
    """看看一个文件读出了什么；压缩包和邮件逐个列出其中的文件。 Show what was read of a file, and of the files in it."""
    failed = False
    with Sandbox(limits_of(limit, no_ocr)) as sandbox, file_progress("解析 Parsing", [path]) as bar:
        for intake in read_documents(path, sandbox, progress=bar.page):
            inside = intake.path.removeprefix(printable(path))
            if isinstance(intake.error, NotFoundError):
                raise intake.error
            if intake.document:
                print(_FORMS[how](intake.document))
            try:
                if intake.error:
                    raise intake.error
                if render and intake.document:
                    folder = render / inside.replace("/", "_") if inside else render
                    drawn = sandbox.draw(intake.data, intake.document, folder)
                    err.print(Text(f"已画 {len(drawn)} 页，见 {folder}。 Drew {len(drawn)} pages."))
            except InputError as exc:
                failed = True
                err.print(error_text(exc))
    if failed:
        raise typer.Exit(1)


@app.command()
def extract(
    paths: Paths,
    how: Annotated[Format, typer.Option("--format", help="输出格式。 Output format.")] = Format.JSONL,
    output: Annotated[
        Path | None,
        typer.Option("--out", help="输出文件；csv、parquet 为文件夹。 Output file, or folder for csv and parquet."),
    ] = None,
    limit: LimitOptions = None,
    no_ocr: NoOcr = False,
) -> None:
    """抽取记录，不建资料库。 Extract records from files, keeping nothing."""
    reports: list[FileReport] = []
    found = extractions(files_in(paths), limits_of(limit, no_ocr), reports)
    if output is not None:
        write(found, output, how)
    elif how is Format.JSONL:
        write_jsonl(found, sys.stdout)
    else:
        raise QueryError(
            f"--format {how} 需要 --out。 --format {how} needs --out.",
            hint="请指定文件；csv、parquet 指定文件夹。 Name a file, or a folder for csv and parquet.",
        )
    err.print(views.reports_view(reports))
    exit_if_failed(reports)


@app.command()
def ingest(
    paths: Paths,
    library: LibraryFolder = None,
    limit: LimitOptions = None,
    no_ocr: NoOcr = False,
    as_json: AsJson = False,
) -> None:
    """把文件读入资料库。 Read files into the library."""
    files = files_in(paths)
    limits = limits_of(limit, no_ocr)
    with open_library(library, create=True) as opened, file_progress("入库 Ingesting", files) as bar:
        reports = opened.ingest(files, limits=limits, progress=lambda report: bar.reached(report.path), pages=bar.page)
    if as_json:
        print_json([asdict(report) for report in reports])
    else:
        out.print(views.reports_view(reports))
    exit_if_failed(reports)


def extractions(files: Sequence[Path], limits: Limits, reports: list[FileReport]) -> Iterator[Extraction]:
    """Extract every document of the files, noting in `reports` what became of each."""
    from docintel.extract.pipeline import extract as extract_document

    with Sandbox(limits) as sandbox, file_progress("抽取 Extracting", files) as bar:
        for path in files:
            bar.reached(printable(path))
            for intake in read_documents(path, sandbox, progress=bar.page):
                if intake.document is None:
                    reports.append(FileReport.failure(intake.path, intake.error or ParseError("")))
                    continue
                try:
                    extraction = extract_document(intake.document)
                except SetupError:
                    raise
                except Exception as exc:  # a defect that one file of thousands meets must not end the run
                    reports.append(FileReport.failure(intake.path, exc))
                else:
                    reports.append(FileReport.success(intake.path, IngestStatus.ADDED, extraction))
                    yield extraction
