"""Commands that look after the library: `library …`."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from docintel import console as views
from docintel.cli.app import library_app
from docintel.cli.options import AsJson, LibraryFolder, LimitOptions, NoOcr, in_a_folder, limits_of, open_library
from docintel.cli.screen import answer, counter, exit_if_failed, out, print_json, rows_of
from docintel.config import default_library
from docintel.errors import InputError, StoreError
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
    yes: Annotated[bool, typer.Option("--yes", "-y", help="不再询问。 Do not ask.")] = False,
    library: LibraryFolder = None,
) -> None:
    """从资料库删除一份文档、其订正和原件。 Remove a document, what people corrected in it, and its stored original."""
    with open_library(library) as opened:
        found, said = opened.removable(document)
        told = f"{found.source}（{found.id[:12]}）"
        if said:
            told += f"，连同 {len(said)} 条订正 with {len(said)} corrections"
        if not yes and not _is_confirmed(f"删除 Remove {told}？"):
            raise typer.Exit(1)
        opened.remove(found.id)
    out.print(Text(f"已删除 Removed {told}。"))


def _is_confirmed(question: str) -> bool:
    """Whether the user says yes.

    Raises:
        InputError: nobody is there to say anything.
    """
    try:
        return typer.confirm(question, err=True)
    except typer.Abort as exc:
        raise InputError(
            "没有得到确认，未删除。 Nobody confirmed it: nothing was removed.", hint="在脚本中请加 In scripts: --yes"
        ) from exc


@library_app.command("rebuild")
def library_rebuild(library: LibraryFolder = None) -> None:
    """由目录重建索引。 Make the index anew from the catalog."""
    with open_library(library) as opened:
        opened.rebuild()
    out.print("索引已重建。 The index was made anew.")


@library_app.command("migrate")
def library_migrate(
    to: Annotated[
        str,
        typer.Option(
            "--to",
            help="移到哪里：milvus://主机[:端口][/数据库]（TLS 用 milvuss://）、路径.db（milvus-lite）、embedded（本地）。"
            " Where to: a Milvus server, a file of milvus-lite, or the library's own folder.",
            show_default=False,
        ),
    ],
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """把索引移到 Milvus 或移回本地，向量不重算；尚无资料库时新建。 Move the index to Milvus, or back.

    服务器的令牌取自环境变量 DOCINTEL_MILVUS_TOKEN，不写入资料库。 The server's token is taken from the environment.
    """
    title = "移动索引 Moving the index"
    with open_library(library, create=True) as opened, counter(title, opened.counts()["passages"]) as count:
        told = opened.migrate(to, progress=count)
    if as_json:
        print_json([told])
        return
    out.print(f"索引 {told['passages']} 段：{told['from']} → {told['to']}。 The index was moved.", markup=False)
    if not told["removed"]:
        out.print(
            f"原索引无法删除，请在其服务器上删除。 What is left at {told['from']} could not be deleted; drop it there.",
            markup=False,
        )


@library_app.command("backup")
def library_backup(
    target: Annotated[
        Path,
        typer.Argument(help="备份写入的 ZIP 文件。 ZIP file to write.", show_default=False, callback=in_a_folder),
    ],
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """备份资料库为一个文件，其间可照常使用。 Write a backup of everything, accounts too; the library stays in use."""
    with open_library(library) as opened:
        told = opened.backup(target)
    if as_json:
        print_json([told])
    else:
        out.print(
            f"已备份 {told['files']} 个文件，{told['bytes'] / (1 << 20):.1f} MiB：{told['file']}。 Backup written.",
            markup=False,
        )
        if not told["index"]:
            out.print(
                "索引在 Milvus 上，或正被另一进程写入：备份未含索引，恢复时在本地重建。"
                " The index is on Milvus, or another process is writing it: it is not in the backup, and restoring"
                " makes it anew in the library's folder."
            )


@library_app.command("restore")
def library_restore(
    backup: Annotated[Path, typer.Argument(help="备份文件。 The backup.", exists=True, dir_okay=False)],
    library: LibraryFolder = None,
) -> None:
    """由备份恢复到一个新文件夹，并校验。 Make a library of a backup in a new folder, and check it."""
    from docintel.library import restore

    folder = library or default_library()
    problems = restore(backup, folder)
    if problems:
        raise StoreError("\n".join(problems))
    out.print(f"已恢复到 {folder}，校验无误。 Restored, and found sound.", markup=False)


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
