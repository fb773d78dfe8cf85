"""Extractions as tables on disk: JSON Lines, CSV, XLSX and Parquet.

In: extractions, one after another. Out: files. Numbers stay numbers, and no text of a document can run as a formula in
the spreadsheet that opens it. None is held longer than it takes to write it, so their number does not matter.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

from docintel.errors import InputError, QueryError
from docintel.exports.across import write_comparison, write_recurrences
from docintel.exports.advice import write_advice
from docintel.exports.cells import Names, neutral
from docintel.exports.folder import write_folder, write_single
from docintel.exports.ledger import write_ledger
from docintel.exports.plan import write_plan
from docintel.exports.sheets import check_out
from docintel.exports.workbook import write_workbook
from docintel.files import whole
from docintel.schema import Extraction
from docintel.schema.serial import extraction_to_dict
from docintel.schema.tables import TABLES, Row, Sourced, Stored, rows_of, rows_of_json

__all__ = [
    "Format",
    "Names",
    "check_out",
    "format_of",
    "neutral",
    "write",
    "write_advice",
    "write_comparison",
    "write_jsonl",
    "write_ledger",
    "write_plan",
    "write_recurrences",
]


class Format(StrEnum):
    """How extractions are written."""

    JSONL = "jsonl"
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


def format_of(out: Path) -> Format | None:
    """The format that a file's name asks for; None for a folder, and a name that asks for none."""
    suffix = out.suffix.lower().removeprefix(".")
    return Format(suffix) if suffix in set(Format) else None


def write_jsonl(extractions: Iterable[Extraction | Sourced | Stored], out: IO[str]) -> None:
    """One JSON object a document and line, each written as it comes."""
    for each in extractions:
        out.write(json.dumps(_data(each), ensure_ascii=False) + "\n")
        out.flush()


def _data(each: Extraction | Sourced | Stored) -> Mapping[str, Any]:
    if isinstance(each, Stored):
        return each.data
    return extraction_to_dict(each.extraction if isinstance(each, Sourced) else each)


def write(
    extractions: Iterable[Extraction | Sourced | Stored],
    out: Path,
    how: Format,
    *,
    names: Names | None = None,
    tables: Sequence[str] = (),
) -> list[Path]:
    """Write JSON Lines, a workbook with a sheet a table, or a folder of CSV or Parquet files, one a table.

    A file appears under its name only when it is whole. Workbook and folder have a data dictionary too. One table
    alone can go to a CSV or Parquet file instead of a folder.

    Args:
        extractions: those that know their path are linked to it.
        names: in which language columns and labels are; Chinese in a workbook when None, else English.
        tables: some of `docintel.schema.tables.TABLES`; all when empty.

    Returns:
        The files written.

    Raises:
        InputError: `out` is a file where a folder is needed, or the other way round.
        QueryError: there is no such table, or JSON Lines is asked for some tables or Chinese names.
    """
    chosen = _chosen(tables)
    if how is Format.JSONL and (tables or names is Names.CHINESE):
        raise QueryError(
            "JSON Lines 的内容和名称是固定的。 JSON Lines always holds everything, under English names.",
            hint="请用 xlsx、csv 或 parquet。 Use xlsx, csv or parquet.",
        )
    named = names or (Names.CHINESE if how is Format.XLSX else Names.ENGLISH)
    is_file = how in (Format.JSONL, Format.XLSX) or (len(chosen) == 1 and format_of(out) is how)
    _check(out, how, is_file=is_file)
    if how is Format.JSONL:
        with whole(out) as path, path.open("w", encoding="utf-8") as file:
            write_jsonl(extractions, file)
        return [out]
    rows = _rows(extractions)
    if how is Format.XLSX:
        with whole(out) as path:
            write_workbook(rows, path, chosen, named)
        return [out]
    return write_single(rows, out, how, chosen[0], named) if is_file else write_folder(rows, out, how, chosen, named)


def _chosen(tables: Sequence[str]) -> tuple[str, ...]:
    unknown = [table for table in tables if table not in TABLES]
    if unknown:
        raise QueryError(f"没有 {unknown[0]!r} 这张表。 {unknown[0]!r} is no table; these are: {', '.join(TABLES)}.")
    return tuple(table for table in TABLES if table in tables) or TABLES


def _check(out: Path, how: Format, *, is_file: bool) -> None:
    if is_file and out.is_dir():
        raise InputError(
            f"{out} 是文件夹，{how} 需要文件名。 {out} is a folder; {how} needs a file name.",
            hint=f"Use --out {out / f'out.{how}'}",
        )
    if not is_file and out.is_file():
        raise InputError(
            f"{out} 是文件，{how} 需要文件夹。 {out} is a file; {how} writes one file a table into a folder.",
            hint="请指定文件夹。 Name a folder.",
        )


def _rows(extractions: Iterable[Extraction | Sourced | Stored]) -> Iterator[tuple[str, Row]]:
    for each in extractions:
        if isinstance(each, Stored):
            yield from rows_of_json(each.data, {"path": each.path or None})
        else:
            yield from rows_of(each if isinstance(each, Sourced) else Sourced(each))
