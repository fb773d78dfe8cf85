"""The command that writes what a library holds as tables: `export`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from docintel.cli.app import app
from docintel.cli.options import (
    AsJson,
    Category,
    DocTypeFilter,
    LibraryFolder,
    NamesOption,
    Publisher,
    Reference,
    Region,
    Since,
    UnitFilter,
    Until,
    in_a_folder,
    names_in,
    open_library,
)
from docintel.cli.screen import counter, out, print_json
from docintel.errors import NotFoundError, QueryError
from docintel.exports import Format, format_of, write
from docintel.schema import RECORD_NAMES, Filters
from docintel.schema.tables import TABLES, Sourced


@app.command()
def export(
    output: Annotated[
        Path,
        typer.Option(
            "--out",
            help="输出文件；csv、parquet 为文件夹，只要一张表时也可以是文件。"
            " Output file; a folder for csv and parquet, or a file for one table.",
            callback=in_a_folder,
            show_default=False,
        ),
    ],
    how: Annotated[
        Format | None,
        typer.Option("--format", help="输出格式。 Output format.", show_default="由文件名决定 by the file's name"),
    ] = None,
    names: NamesOption = None,
    tables: Annotated[
        str | None,
        typer.Option(
            "--table",
            help="只要这些表，逗号隔开。 Only these tables, separated by commas: "
            + ", ".join(f"{table}（{RECORD_NAMES[table]}）" for table in TABLES),
            show_default=False,
        ),
    ] = None,
    doc_type: DocTypeFilter = None,
    category: Category = None,
    region: Region = None,
    unit: UnitFilter = None,
    publisher: Publisher = None,
    reference: Reference = None,
    since: Since = None,
    until: Until = None,
    once: Annotated[
        bool, typer.Option("--once", help="同文多处发布的只要一份。 Of a republished work one document only.")
    ] = False,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """把资料库导出为表格，含数据字典；可按文档筛选。 Write the library as tables with a data dictionary."""
    filters = Filters(
        doc_type=doc_type,
        category=category,
        region=region,
        unit=unit,
        publisher=publisher,
        reference=reference,
        since=since,
        until=until,
    )
    form = how or format_of(output)
    if form is None:
        raise QueryError(
            f"看不出 {output} 要什么格式。 The name {output} tells no format.",
            hint="请加 --format csv 或 parquet，或用 .xlsx 文件名。 Add --format, or name a .xlsx file.",
        )
    counts: list[int] = []
    with open_library(library) as opened, counter("导出 Exporting", opened.browse("", filters, limit=0)[0]) as count:

        def documents() -> Iterator[Sourced]:
            for each in opened.extractions(filters, all_sources=not once):
                yield each
                counts.append(1)
                count()
            if not counts:
                raise NotFoundError(
                    "筛选后一份不剩，未写文件。 No document passes the filters; nothing was written.",
                    hint="请放宽条件，或先入库。 Ask for less, or ingest documents first.",
                )

        written = write(documents(), output, form, names=names, tables=names_in(tables) or ())
    if as_json:
        print_json([{"documents": len(counts), "files": list(map(str, written))}])
        return
    out.print(Text(f"已导出 {len(counts)} 份文档。 Exported {len(counts)} documents."))
    for path in written:
        out.print(Text(f"  {path}"))
