"""Commands that look after the library: `library …`."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from docintel import console as views
from docintel.cli.app import library_app
from docintel.cli.options import AsJson, LibraryFolder, LimitOptions, NoOcr, limits_of, open_library
from docintel.cli.screen import answer, counter, exit_if_failed, out, print_json, rows_of
from docintel.errors import (
    StoreError,
)
from docintel.parse.file import Limits
from docintel.schema import FileReport

if TYPE_CHECKING:
    from docintel.library import Library


@library_app.command("info")
def library_info(library: LibraryFolder = None, as_json: AsJson = False) -> None:
    """资料库概况。 How much is in the library."""
    with open_library(library) as opened:
        info = opened.info()
    answer([info], as_json, lambda: views.info_table(info))


@library_app.command("verify")
def library_verify(library: LibraryFolder = None) -> None:
    """校验资料库。 Check that nothing is lost or damaged."""
    with open_library(library) as opened:
        problems = opened.verify()
    if problems:
        raise StoreError("\n".join(problems))
    out.print("资料库完好。 The library is sound.")


@library_app.command("list")
def library_list(library: LibraryFolder = None, as_json: AsJson = False) -> None:
    """列出入库的文档。 List the documents."""
    with open_library(library) as opened:
        rows = rows_of(opened.documents(), None)
    answer(rows, as_json, lambda: views.documents_table(rows))


@library_app.command("works")
def library_works(library: LibraryFolder = None, as_json: AsJson = False) -> None:
    """列出多处发布的同一文书；统计只计一次。 List works that several documents republish; statistics count one."""
    with open_library(library) as opened:
        works = opened.works()
    answer(works, as_json, lambda: views.works_table(works))


@library_app.command("remove")
def library_remove(
    document: Annotated[str, typer.Argument(help="文档编号、文件名或路径。 Id, name or path.", show_default=False)],
    library: LibraryFolder = None,
) -> None:
    """从资料库删除一份文档及其原件。 Remove a document, its records and its stored original."""
    with open_library(library) as opened:
        removed = opened.remove(document)
    out.print(Text(f"已删除 {removed[:12]}。 Removed."))


@library_app.command("rebuild")
def library_rebuild(library: LibraryFolder = None) -> None:
    """由目录重建索引。 Make the index anew from the catalog."""
    with open_library(library) as opened:
        opened.rebuild()
    out.print("索引已重建。 The index was made anew.")


@library_app.command("reread")
def library_reread(
    library: LibraryFolder = None,
    limit: LimitOptions = None,
    no_ocr: NoOcr = False,
    as_json: AsJson = False,
) -> None:
    """用现在的版本和模型重读已存的原件；订正保留，可续。 Read the stored originals anew; corrections stay."""
    with open_library(library) as opened:
        reports = reread(opened, limits_of(limit, no_ocr))
    if as_json:
        print_json([asdict(report) for report in reports])
    else:
        out.print(views.reports_view(reports))
    exit_if_failed(reports)


def reread(library: "Library", limits: Limits) -> list[FileReport]:
    """Read the documents of a library anew, with a progress bar."""
    with counter("重读 Reading anew", len(library.documents())) as count:
        return library.reread(limits=limits, progress=lambda _: count())
