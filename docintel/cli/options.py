"""The options that commands share, and what their values mean.

In: words of the command line. Out: limits, names and an open library.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from docintel.batch.sources import Source, list_sources
from docintel.cli.screen import err
from docintel.config import default_library
from docintel.errors import (
    InputError,
    QueryError,
)
from docintel.exports import Names
from docintel.parse.file import DEFAULT_LIMITS, Limits
from docintel.schema import (
    DocType,
    HitKind,
)

if TYPE_CHECKING:
    from docintel.library import Library

#: Passages: fewer are in the index within seconds.
_LONG_INDEXING = 500
_NAMED = (
    "文件、文件夹、通配符 'a/**/*.pdf'、@清单.txt 或地址 s3://…。"
    " Files, folders, patterns, @ and a list of names, or addresses."
)
Paths = Annotated[list[str], typer.Argument(help=_NAMED, show_default=False)]
OptionalPaths = Annotated[list[str] | None, typer.Argument(help=_NAMED, show_default=False)]
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
NamesOption = Annotated[
    Names | None,
    typer.Option(
        "--names",
        help="列名和标签用中文还是英文。 Names of columns and labels in Chinese or English.",
        show_default="xlsx 为 zh，csv、parquet 为 en",
    ),
]
Top = Annotated[int, typer.Option("--top", min=1, max=1_000_000, help="最多几条。 How many at most.")]
Kind = Annotated[HitKind, typer.Option("--kind", help="找什么：段落、问题、措施、案件、文档。 What to look for.")]
DocTypeFilter = Annotated[str | None, typer.Option("--type", help=f"文种。 Document type: {', '.join(DocType)}.")]
Category = Annotated[
    str | None,
    typer.Option("--category", help="问题或措施类别。 Category of issue or measure, as in `docintel schema`."),
]
Region = Annotated[str | None, typer.Option("--region", help="地区名称的一部分。 Part of a region's name.")]
UnitFilter = Annotated[str | None, typer.Option("--unit", help="单位名称的一部分。 Part of a unit's name.")]
Publisher = Annotated[str | None, typer.Option("--publisher", help="发布机构的一部分。 Part of a publisher's name.")]
Reference = Annotated[
    str | None,
    typer.Option(
        "--reference",
        help="引用的文号或法规条款，如 云纪发〔2022〕15号。 Cited document number or article of a law.",
    ),
]
Since = Annotated[str | None, typer.Option("--since", help="发布日期不早于 YYYY[-MM[-DD]]。 Published since.")]
Until = Annotated[str | None, typer.Option("--until", help="发布日期不晚于 YYYY[-MM[-DD]]。 Published until.")]
Sanction = Annotated[
    str | None, typer.Option("--sanction", help="文中处分的一部分，如 党内警告。 Part of a sanction it tells of.")
]
Figures = Annotated[
    list[str] | None,
    typer.Option(
        "--figure",
        help="对统计数据的条件，可重复。 A condition on the figures of the document, such as issues_found>50.",
        show_default=False,
    ),
]
PeriodSince = Annotated[
    str | None,
    typer.Option(
        "--since",
        help="时期不早于 YYYY[-MM[-DD]]，文中未写明的按发布日期。 Of this time or later; else by publication.",
    ),
]
PeriodUntil = Annotated[
    str | None,
    typer.Option(
        "--until",
        help="时期不晚于 YYYY[-MM[-DD]]，文中未写明的按发布日期。 Of this time or earlier; else by publication.",
    ),
]


def in_a_folder(out: Path | None) -> Path | None:
    """A file or folder to write. Its own folder has to be there: a mistyped one makes no tree of folders.

    Raises:
        InputError: it is not.
    """
    if out is not None and not out.absolute().parent.is_dir():
        raise InputError(
            f"没有 {out.parent} 这个文件夹。 There is no folder {out.parent}.",
            hint="请核对路径，或先建好文件夹。 Check the path, or make the folder first.",
        )
    return out


def limits_of(given: Sequence[str] | None, no_ocr: bool) -> Limits:
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


def names_in(given: str | None) -> list[str] | None:
    """Names separated by commas; None when none are given."""
    names = [name.strip() for name in (given or "").replace("，", ",").split(",")]
    return [name for name in names if name] or None


def open_library(folder: Path | None, *, create: bool = False) -> "Library":
    """The library in a folder, or in the one that commands use when none is named."""
    from docintel.library import Library

    library = Library.open(folder or default_library(), create=create)
    library.on_indexing = _tell_indexing
    return library


def _tell_indexing(done: int, total: int) -> None:
    """Say why a command waits: passages that an earlier one left out of the index, or a new index."""
    if total >= _LONG_INDEXING:
        err.print(f"更新索引 {done:,} / {total:,} 段……  Bringing the index up to date.", markup=False)


def files_in(paths: Sequence[str | Path]) -> list[Source]:
    """The files that are named, and those of the folders that are.

    Raises:
        InputError: there is none.
    """
    files = list_sources(paths)
    if not files:
        raise InputError(
            f"{'、'.join(map(str, paths))} 中没有可读的文件。 There is no file to read in it.",
            hint="隐藏文件和指向文件夹之外的链接不读。 Hidden files and links out of the folder are not read.",
        )
    return files
