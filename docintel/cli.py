"""The command line: one short function a command, thin over `Library`.

Answers go to stdout, progress and errors to stderr. Exit codes: 0 fine, 1 some files failed, 2 wrong use, 3 this
installation is not ready, 4 the library is damaged.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from enum import StrEnum
from importlib.metadata import version
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.text import Text
from typer.core import TyperGroup

from docintel import console as views
from docintel.config import default_library
from docintel.errors import (
    DocintelError,
    InputError,
    NotFoundError,
    ParseError,
    QueryError,
    SetupError,
    StoreError,
    UnsupportedFormatError,
)
from docintel.exports import Format, write, write_jsonl
from docintel.files import printable
from docintel.parse.file import DEFAULT_LIMITS, Limits
from docintel.parse.intake import INSIDE, list_files, read_documents
from docintel.parse.render import to_markdown, to_tree
from docintel.parse.sandbox import Sandbox
from docintel.schema import (
    GROUPS,
    RECORD_TYPES,
    DocType,
    Document,
    Extraction,
    FileReport,
    Filters,
    HitKind,
    IngestStatus,
    Metric,
)
from docintel.schema.serial import document_to_dict, extraction_to_dict, json_schema

if TYPE_CHECKING:
    import pandas as pd

    from docintel.library import Library

_EXIT_CODES: tuple[tuple[type[DocintelError], int], ...] = ((InputError, 2), (SetupError, 3), (StoreError, 4))
_HEADLINES: tuple[tuple[type[DocintelError], str], ...] = (
    (UnsupportedFormatError, "不支持的文件格式"),
    (ParseError, "文件无法解析"),
    (QueryError, "查询有误"),
    (NotFoundError, "没有找到"),
    (InputError, "输入有误"),
    (SetupError, "安装未就绪"),
    (StoreError, "资料库有问题"),
)


class Form(StrEnum):
    """How a parsed document is shown."""

    TREE = "tree"
    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


_FORMS: dict[Form, Callable[[Document], str]] = {
    Form.TREE: to_tree,
    Form.TEXT: lambda document: document.main_text,
    Form.MARKDOWN: to_markdown,
    Form.JSON: lambda document: json.dumps(document_to_dict(document), ensure_ascii=False, indent=1),
}


class _Console(Console):
    """A console whose reader may go away: `docintel search … | head` is no failure."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        _end_quietly()


def _end_quietly() -> NoReturn:
    """End well when whoever read stdout has gone; nothing more is written to it, not by Python's own flush either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(0)


out = _Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)


class _Group(TyperGroup):
    """Turns docintel's errors into a sentence and an exit code, in one place."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except DocintelError as exc:
            err.print(_error_text(exc))
            raise typer.Exit(next(code for kind, code in _EXIT_CODES if isinstance(exc, kind))) from exc
        except BrokenPipeError:
            _end_quietly()
        except OSError as exc:
            err.print(
                Text.assemble(("文件系统错误 ", "bold red"), f"{exc}\n"),
                Text("请换一个可用的路径。 Choose another path."),
            )
            raise typer.Exit(2) from exc


app = typer.Typer(
    cls=_Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich's help crops what does not fit
)
library_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="资料库：概况、清单、校验、删除、重建索引。 Look after the library.",
)
app.add_typer(library_app, name="library")

Paths = Annotated[list[Path], typer.Argument(help="文件或文件夹。 Files or folders.", show_default=False)]
LibraryFolder = Annotated[
    Path | None,
    typer.Option(
        "--library",
        envvar="DOCINTEL_LIBRARY",
        help="资料库所在文件夹。 Folder of the library.",
        show_default="平台数据目录 platform data folder",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON 数组。 Print a JSON array.")]
LimitOptions = Annotated[
    list[str] | None,
    typer.Option(
        "--limit",
        help="单个文件的上限，如 pages=50，可重复。 A limit for each file, such as pages=50; may be repeated."
        f" {', '.join(f'{name}={value}' for name, value in asdict(DEFAULT_LIMITS).items() if name != 'ocr')}.",
        show_default=False,
    ),
]
NoOcr = Annotated[bool, typer.Option("--no-ocr", help="不识别图像。 Recognise no images.")]
Top = Annotated[int, typer.Option("--top", min=1, help="最多几条。 How many at most.")]
Kind = Annotated[HitKind, typer.Option("--kind", help="找什么：段落、问题、措施、案件、文档。 What to look for.")]
DocTypeFilter = Annotated[str | None, typer.Option("--type", help=f"文种。 Document type: {', '.join(DocType)}.")]
Category = Annotated[
    str | None,
    typer.Option("--category", help="问题或措施类别。 Category of issue or measure, as in `docintel schema`."),
]
Region = Annotated[str | None, typer.Option("--region", help="地区名称的一部分。 Part of a region's name.")]
UnitFilter = Annotated[str | None, typer.Option("--unit", help="单位名称的一部分。 Part of a unit's name.")]
Publisher = Annotated[str | None, typer.Option("--publisher", help="发布机构的一部分。 Part of a publisher's name.")]
Since = Annotated[str | None, typer.Option("--since", help="发布日期不早于 YYYY[-MM[-DD]]。 Published since.")]
Until = Annotated[str | None, typer.Option("--until", help="发布日期不晚于 YYYY[-MM[-DD]]。 Published until.")]


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"docintel {version('docintel')}")
        raise typer.Exit


@app.callback()
def root(
    wanted: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="显示版本。 Show the version."),
    ] = False,
) -> None:
    """读懂反腐工作文书：抽取记录，检索先例，建议整改措施。 Document intelligence for anti-corruption reports."""


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
    with Sandbox(_limits(limit, no_ocr)) as sandbox, _progress("解析 Parsing", [path]) as bar:
        for intake in read_documents(path, sandbox, progress=bar.page):
            if intake.error and INSIDE not in intake.place:
                raise intake.error
            if intake.error:
                failed = True
                err.print(_error_text(intake.error))
            elif intake.document:
                print(_FORMS[how](intake.document))
                if render:
                    drawn = sandbox.draw(intake.data, intake.document, render)
                    err.print(Text(f"已画 {len(drawn)} 页，见 {render}。 Drew {len(drawn)} pages."))
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
    extractions = _extractions(list_files(paths), _limits(limit, no_ocr), reports)
    if output is not None:
        write(extractions, output, how)
    elif how is Format.JSONL:
        write_jsonl(extractions, sys.stdout)
    else:
        raise QueryError(
            f"--format {how} 需要 --out。 --format {how} needs --out.",
            hint="请指定文件；csv、parquet 指定文件夹。 Name a file, or a folder for csv and parquet.",
        )
    err.print(views.reports_view(reports))
    _exit_if_failed(reports)


@app.command()
def ingest(
    paths: Paths,
    library: LibraryFolder = None,
    limit: LimitOptions = None,
    no_ocr: NoOcr = False,
    as_json: AsJson = False,
) -> None:
    """把文件读入资料库。 Read files into the library."""
    files = list_files(paths)
    limits = _limits(limit, no_ocr)
    with _open(library, create=True) as opened, _progress("入库 Ingesting", files) as bar:
        reports = opened.ingest(files, limits=limits, progress=lambda report: bar.reached(report.path), pages=bar.page)
    if as_json:
        _print_json([asdict(report) for report in reports])
    else:
        out.print(views.reports_view(reports))
    _exit_if_failed(reports)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="词语或一段话。 Words or a paragraph.", show_default=False)],
    kind: Kind = HitKind.PASSAGE,
    doc_type: DocTypeFilter = None,
    category: Category = None,
    region: Region = None,
    unit: UnitFilter = None,
    publisher: Publisher = None,
    since: Since = None,
    until: Until = None,
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
        since=since,
        until=until,
    )
    with _open(library) as opened:
        hits = opened.search(query, kind=kind, filters=filters, top_k=top)
    _answer([asdict(hit) for hit in hits], as_json, lambda: views.hits_view(hits, query))


@app.command()
def suggest(
    text: Annotated[str | None, typer.Argument(help="发现的问题。 The problem found.", show_default=False)] = None,
    document: Annotated[
        str | None, typer.Option("--document", help="文件或文档编号，逐个问题给出建议。 A file or document id.")
    ] = None,
    top: Top = 10,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """针对问题，列出其他单位采取过的措施和原文依据。 Measures that others took for a comparable problem."""
    with _open(library) as opened:
        suggestions = opened.suggest(text, document=document, top_k=top)
    _answer([asdict(each) for each in suggestions], as_json, lambda: views.suggestions_view(suggestions))


@app.command()
def similar(
    document: Annotated[str, typer.Argument(help="文件或文档编号。 A file or document id.", show_default=False)],
    top: Top = 10,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """找相似的文档。 Documents like a file or a document."""
    with _open(library) as opened:
        hits = opened.similar(document, top_k=top)
    _answer([asdict(hit) for hit in hits], as_json, lambda: views.hits_view(hits, ""))


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
    since: Since = None,
    until: Until = None,
    all_sources: Annotated[
        bool, typer.Option("--all-sources", help="同文多处发布的逐份计入。 Count every source of a republished work.")
    ] = False,
    top: Annotated[int | None, typer.Option("--top", min=1, help="最多几条。 How many at most.")] = None,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """统计数据：逐条列出，或按维度汇总。 Statistics, one by one or totalled."""
    from docintel.analytics import rectification, total

    filters = Filters(unit=unit, region=region, doc_type=doc_type, since=since, until=until)
    with _open(library) as opened:
        frame = opened.statistics(metrics=_names(metric), filters=filters, all_sources=all_sources)
    if groups := _names(by):
        rows = _rows(total(frame, groups), top)
        _answer(rows, as_json, lambda: views.totals_table(rows, groups))
        return
    rows = _rows(frame, top)
    _answer(rows, as_json, lambda: views.statistics_table(rows, f"统计数据 Statistics（{len(frame)}）"))
    pairs = _rows(rectification(frame), None)
    if pairs and not as_json:
        out.print(views.rectification_table(pairs))


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
    wanted = _names(kinds) or list(RECORD_TYPES)
    unknown = [kind for kind in wanted if kind not in RECORD_TYPES]
    if unknown:
        raise QueryError(
            f"没有 {unknown[0]!r} 这类记录。 {unknown[0]!r} is no record type; these are: {', '.join(RECORD_TYPES)}."
        )
    with _open(library) as opened:
        extraction = opened.extraction(document)
    if text and not as_json:
        out.print(views.document_head(extraction), "", views.text_view(extraction), sep="\n")
        return
    _answer([extraction_to_dict(extraction)], as_json, lambda: views.extraction_view(extraction, wanted))


@app.command()
def schema() -> None:
    """输出抽取结果的 JSON Schema。 Print the JSON Schema of what `extract` writes."""
    print(json.dumps(json_schema(), ensure_ascii=False, indent=2))


@library_app.command("info")
def library_info(library: LibraryFolder = None, as_json: AsJson = False) -> None:
    """资料库概况。 How much is in the library."""
    with _open(library) as opened:
        info = opened.info()
    _answer([info], as_json, lambda: views.info_table(info))


@library_app.command("verify")
def library_verify(library: LibraryFolder = None) -> None:
    """校验资料库。 Check that nothing is lost or damaged."""
    with _open(library) as opened:
        problems = opened.verify()
    if problems:
        raise StoreError("\n".join(problems))
    out.print("资料库完好。 The library is sound.")


@library_app.command("list")
def library_list(library: LibraryFolder = None, as_json: AsJson = False) -> None:
    """列出入库的文档。 List the documents."""
    with _open(library) as opened:
        rows = _rows(opened.documents(), None)
    _answer(rows, as_json, lambda: views.documents_table(rows))


@library_app.command("works")
def library_works(library: LibraryFolder = None, as_json: AsJson = False) -> None:
    """列出多处发布的同一文书；统计只计一次。 List works that several documents republish; statistics count one."""
    with _open(library) as opened:
        works = opened.works()
    _answer(works, as_json, lambda: views.works_table(works))


@library_app.command("remove")
def library_remove(
    document: Annotated[str, typer.Argument(help="文档编号、文件名或路径。 Id, name or path.", show_default=False)],
    library: LibraryFolder = None,
) -> None:
    """从资料库删除一份文档及其原件。 Remove a document, its records and its stored original."""
    with _open(library) as opened:
        removed = opened.remove(document)
    out.print(Text(f"已删除 {removed[:12]}。 Removed."))


@library_app.command("rebuild")
def library_rebuild(library: LibraryFolder = None) -> None:
    """由目录重建索引。 Make the index anew from the catalog."""
    with _open(library) as opened:
        opened.rebuild()
    out.print("索引已重建。 The index was made anew.")


def main() -> None:
    """Run the command line."""
    app()


def _open(folder: Path | None, *, create: bool = False) -> "Library":
    from docintel.library import Library

    return Library.open(folder or default_library(), create=create)


def _extractions(files: Sequence[Path], limits: Limits, reports: list[FileReport]) -> Iterator[Extraction]:
    """Extract every document of the files, noting in `reports` what became of each."""
    from docintel.extract.pipeline import extract as extract_document

    with Sandbox(limits) as sandbox, _progress("抽取 Extracting", files) as bar:
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


class _Bar:
    """A progress bar over files, and under it one over the pages of the file that is being read."""

    def __init__(self, progress: Progress, title: str, files: Sequence[Path]) -> None:
        self._progress = progress
        self._places = {printable(path): place for place, path in enumerate(files)}
        self._files = progress.add_task(title, total=len(files), current="")
        self._pages = progress.add_task("", total=None, current="", visible=False)

    def reached(self, path: str) -> None:
        """Show that the file at `path`, or a member of it, is being read or has been."""
        file = path.split(INSIDE, 1)[0]
        name = Text(path[-40:]).markup
        self._progress.update(self._files, completed=self._places.get(file, 0), current=name)
        self._progress.update(self._pages, visible=False)

    def page(self, name: str, done: int, total: int) -> None:
        """Show how far a file of many pages has been read."""
        shown = Text(name[-40:]).markup
        self._progress.update(
            self._pages, description="页 Pages", completed=done, total=total, current=shown, visible=total > 1
        )


@contextmanager
def _progress(title: str, files: Sequence[Path]) -> Iterator[_Bar]:
    """A progress bar on stderr, when someone is there to see it."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("[dim]{task.fields[current]}", markup=True),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        yield _Bar(progress, title, files)


def _limits(given: Sequence[str] | None, no_ocr: bool) -> Limits:
    """The limits of `--limit name=value` over the default ones.

    Raises:
        QueryError: there is no such limit, or the value is no number.
    """
    changed: dict[str, Any] = {"ocr": not no_ocr}
    known = {name: type(value) for name, value in asdict(DEFAULT_LIMITS).items() if name != "ocr"}
    for each in given or ():
        name, _, value = each.partition("=")
        if name not in known or not value.isascii() or not value.isdigit():
            raise QueryError(
                f"{each!r} 不是上限。 {each!r} is no limit; write name=number, with a name of: {', '.join(known)}."
            )
        changed[name] = known[name](value)
    return replace(DEFAULT_LIMITS, **changed)


def _names(given: str | None) -> list[str] | None:
    """Names separated by commas; None when none are given."""
    names = [name.strip() for name in (given or "").replace("，", ",").split(",")]
    return [name for name in names if name] or None


def _rows(frame: "pd.DataFrame", top: int | None) -> list[dict[str, Any]]:
    """Rows of a data frame as plain dictionaries: missing values as None, whole numbers as integers."""
    shown = (frame.head(top) if top else frame).astype(object).to_dict("records")
    return [{str(name): _plain(value) for name, value in row.items()} for row in shown]


def _plain(value: Any) -> Any:
    if isinstance(value, float) and isnan(value):
        return None
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _answer(rows: Sequence[Any], as_json: bool, view: Any) -> None:
    if as_json:
        _print_json(rows)
        return
    rendered: RenderableType = view()
    out.print(rendered)


def _print_json(rows: Sequence[Any]) -> None:
    print(json.dumps(rows, ensure_ascii=False, indent=1))


def _headline(exc: DocintelError) -> str:
    return next(headline for kind, headline in _HEADLINES if isinstance(exc, kind))


def _error_text(exc: DocintelError) -> Text:
    text = Text.assemble((f"{_headline(exc)} ", "bold red"), str(exc))
    if exc.hint:
        text.append(f"\n{exc.hint}", style="yellow")
    return text


def _exit_if_failed(reports: Sequence[FileReport]) -> None:
    if any(report.status is IngestStatus.FAILED for report in reports):
        raise typer.Exit(1)
