"""Commands that read files: `parse`, `extract`, `ingest`."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from docintel import console as views
from docintel.batch.disk import told_when_full
from docintel.batch.extracting import Extracting
from docintel.batch.failures import Failures
from docintel.batch.journal import Journal
from docintel.batch.remote import is_remote
from docintel.batch.sources import Source, list_sources
from docintel.batch.work import Task, as_tasks, documents
from docintel.cli.app import app
from docintel.cli.options import (
    AsJson,
    LibraryFolder,
    LimitOptions,
    NamesOption,
    NoOcr,
    OptionalPaths,
    Paths,
    files_in,
    in_a_folder,
    limits_of,
    open_library,
)
from docintel.cli.running import (
    Address,
    EngineName,
    EngineOption,
    RetryFailed,
    Workers,
    engine_of,
    note_failures,
    running,
)
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
from docintel.library.version import digest_of, extractor_version
from docintel.parse.file import Limits
from docintel.parse.intake import read_documents
from docintel.parse.render import to_markdown, to_tree
from docintel.parse.sandbox import Sandbox, temporary_folder
from docintel.schema import (
    Document,
    Extraction,
    FileReport,
    IngestStatus,
)
from docintel.schema.serial import document_to_dict
from docintel.schema.tables import Stored


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
            "--render",
            help="把各页画成 PNG 并标出读到的块，存入此文件夹。 Draw pages with the blocks found, as PNG.",
            callback=in_a_folder,
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
        typer.Option(
            "--out",
            help="输出文件；csv、parquet 为文件夹。 Output file, or folder for csv and parquet.",
            callback=in_a_folder,
        ),
    ] = None,
    names: NamesOption = None,
    limit: LimitOptions = None,
    no_ocr: NoOcr = False,
    workers: Workers = None,
    engine: EngineOption = EngineName.LOCAL,
    address: Address = None,
    retry_failed: RetryFailed = False,
) -> None:
    """抽取记录，不建资料库；有 --out 时中断后可续。 Extract records; with --out a stopped run goes on where it was."""
    if output is None and (retry_failed or how is not Format.JSONL):
        asked = "--retry-failed" if retry_failed else f"--format {how}"
        raise QueryError(
            f"{asked} 需要 --out。 {asked} needs --out.",
            hint="请指定文件；csv、parquet 指定文件夹。 Name a file, or a folder for csv and parquet.",
        )
    limits, chosen = limits_of(limit, no_ocr), engine_of(engine, workers, address)
    sources = files_in(paths)
    with _journal(output, limits) as journal, running("抽取 Extracting", sources) as run:
        extracting = Extracting(sources, journal, retry_failed=retry_failed)
        if extracting.begun:
            line = f"接着上次：{extracting.begun} 个文件已完成。 Going on: {extracting.begun} files are finished."
            err.print(line)
        finished = run.follow(extracting.run(chosen, limits, run.page, in_order=output is None))
        if output is None:
            write_jsonl(_as_they_come(finished, extracting.tasks, journal), sys.stdout)
        else:
            with told_when_full(output):
                write(_at_the_end(finished, extracting.tasks, journal), output, how, names=names)
        reports = run.reports()
        if output and all(report.status is not IngestStatus.FAILED for _, report in reports):
            journal.delete()
    err.print(views.reports_view([report for _, report in reports]))
    if output:
        failed = output / "failed.csv" if output.is_dir() else output.with_suffix(".failed.csv")
        failed.unlink(missing_ok=True)  # of an earlier run
        note_failures(failed, sources, reports)
    exit_if_failed([report for _, report in reports])


@contextmanager
def _journal(output: Path | None, limits: Limits) -> Iterator[Journal]:
    """Where a run keeps what it has read: beside the output until that is whole, else in a folder of its own."""
    version = digest_of(extractor_version(), repr(asdict(limits)))
    if output is not None:
        with Journal(output.with_name(f".{output.name}.journal"), version) as journal:
            yield journal
        return
    with temporary_folder() as folder, Journal(folder / "journal", version) as journal:
        yield journal


def _at_the_end(finished: Iterable[Task], tasks: Sequence[Task], journal: Journal) -> Iterator[Stored]:
    """What was read of all files, in path order, when all are finished."""
    for _ in finished:
        pass
    for task in tasks:
        yield from _of(task, journal)


def _as_they_come(finished: Iterable[Task], tasks: Sequence[Task], journal: Journal) -> Iterator[Stored]:
    """What was read of each file, in path order, when those before it are finished too."""
    done: set[int] = set()
    first = 0
    for task in finished:
        done.add(task.number)
        while first in done:
            done.remove(first)
            yield from _of(tasks[first], journal)
            journal.forget(tasks[first].source.place)
            first += 1


def _of(task: Task, journal: Journal) -> Iterator[Stored]:
    return (Stored(data, report.path) for report, data in journal.extractions(task.source.place))


@app.command()
def ingest(
    paths: OptionalPaths = None,
    library: LibraryFolder = None,
    limit: LimitOptions = None,
    no_ocr: NoOcr = False,
    workers: Workers = None,
    engine: EngineOption = EngineName.LOCAL,
    address: Address = None,
    retry_failed: RetryFailed = False,
    as_json: AsJson = False,
) -> None:
    """把文件读入资料库；中断后再次运行即接着读。 Read files into the library; a stopped run goes on where it was."""
    if not paths and not retry_failed:
        raise QueryError("要读什么？ What is to be read?", hint="请给出路径，或 --retry-failed。 Name paths to read.")
    limits, chosen = limits_of(limit, no_ocr), engine_of(engine, workers, address)
    sources = files_in(paths) if paths else []
    with open_library(library, create=not retry_failed) as opened:
        failures = Failures(opened.folder / "failed.csv")
        if retry_failed:
            sources = _failed_of(failures, sources if paths else None)
            if not sources:
                err.print("没有失败的文件。 No file has failed.")
        with running("入库 Ingesting", sources) as run:
            for _ in run.follow(opened.ingest_each(sources, limits=limits, pages=run.page, engine=chosen)):
                pass
        reports = run.reports()
        watched = opened.told_of_watches([report for _, report in reports])
    if as_json:
        print_json([asdict(report) for report in watched])
    else:
        out.print(views.reports_view(watched))
    note_failures(failures.path, sources, reports)
    exit_if_failed(watched)


def _failed_of(failures: Failures, sources: Sequence[Source] | None) -> list[Source]:
    """The files that failed before; of those named where some are."""
    failed = failures.files()
    if sources is None:
        return list_sources([name if is_remote(name) else Path(name) for name in failed])
    return [source for source in sources if source.place in failed]


def extractions(files: Sequence[Source], limits: Limits, reports: list[FileReport]) -> Iterator[Extraction]:
    """Extract every document of the files, noting in `reports` what became of each."""
    from docintel.extract.pipeline import extract as extract_document

    with Sandbox(limits) as sandbox, file_progress("抽取 Extracting", [file.path for file in files]) as bar:
        for task in as_tasks(files):
            bar.reached(task.source.shown)
            for intake in documents(task, sandbox, bar.page):
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
