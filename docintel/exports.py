"""Extractions as tables on disk: JSON Lines, CSV, XLSX and Parquet.

In: extractions, one after another. Out: files. Numbers stay numbers, and no text of a document can run as a formula in
the spreadsheet that opens it.
"""

import json
from collections.abc import Iterable
from enum import StrEnum
from math import isnan
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from docintel.errors import InputError
from docintel.files import whole
from docintel.schema import RECORD_TYPES, Extraction
from docintel.schema.serial import extraction_to_dict, json_schema

if TYPE_CHECKING:
    import pandas as pd

#: A cell that begins with one of these is a formula to a spreadsheet. Source: OWASP, CSV Injection.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
#: The longest text a cell of a workbook holds.
_CELL_LENGTH = 32_767
_DOCUMENT_COLUMNS = ("doc", "title", "published")
_WIDE = frozenset({"quote", "title", "violations", "subject"})


class Format(StrEnum):
    """How extractions are written."""

    JSONL = "jsonl"
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


def write_jsonl(extractions: Iterable[Extraction], out: IO[str]) -> None:
    """One JSON object a document and line, each written as it comes."""
    for extraction in extractions:
        out.write(json.dumps(extraction_to_dict(extraction), ensure_ascii=False) + "\n")
        out.flush()


def write(extractions: Iterable[Extraction], out: Path, how: Format) -> list[Path]:
    """Write JSON Lines, a workbook with a sheet a record type, or a folder of CSV or Parquet files, one a type.

    A file appears under its name only when it is whole.

    Returns:
        The files written.

    Raises:
        InputError: `out` is a file where a folder is needed, or the other way round.
    """
    if how in (Format.JSONL, Format.XLSX):
        if out.is_dir():
            raise InputError(
                f"{out} 是文件夹，{how} 需要文件名。 {out} is a folder; {how} needs a file name.",
                hint=f"Use --out {out / f'out.{how}'}",
            )
        with whole(out) as path:
            if how is Format.JSONL:
                with path.open("w", encoding="utf-8") as file:
                    write_jsonl(extractions, file)
            else:
                _write_workbook(to_frames(extractions), path)
        return [out]
    if out.is_file():
        raise InputError(
            f"{out} 是文件，{how} 需要文件夹。 {out} is a file; {how} writes one file a record type into a folder."
        )
    written = []
    for kind, frame in to_frames(extractions).items():
        written.append(out / f"{kind}.{how}")
        with whole(written[-1]) as path:
            _write_frame(frame, path, how)
    return written


def to_frames(extractions: Iterable[Extraction]) -> "dict[str, pd.DataFrame]":
    """One data frame a record type: the document's name, title and date, then the record's fields.

    Lists become text joined by `；`.
    """
    import pandas as pd  # half a second, for those who ask for tables only

    rows: dict[str, list[dict[str, Any]]] = {kind: [] for kind in RECORD_TYPES}
    for extraction in extractions:
        data = extraction_to_dict(extraction)
        common = {name: data[name] for name in _DOCUMENT_COLUMNS}
        for kind in RECORD_TYPES:
            rows[kind] += [common | {name: _flat(value) for name, value in record.items()} for record in data[kind]]
    schema = json_schema()["$defs"]
    return {
        kind: pd.DataFrame(rows[kind], columns=[*_DOCUMENT_COLUMNS, *schema[kind]["properties"]])
        for kind in RECORD_TYPES
    }


def neutral(value: Any) -> Any:
    """A cell that no spreadsheet runs: text that begins like a formula gets an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_SIGNS) else value


def _flat(value: Any) -> Any:
    return "；".join(map(str, value)) if isinstance(value, list) else value


def _write_frame(frame: "pd.DataFrame", path: Path, how: Format) -> None:
    if how is Format.PARQUET:
        frame.to_parquet(path, index=False)
    else:
        frame.map(neutral).to_csv(path, index=False, encoding="utf-8-sig")


def _write_workbook(frames: "dict[str, pd.DataFrame]", path: Path) -> None:
    import xlsxwriter  # only for workbooks

    options = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        bold = workbook.add_format({"bold": True, "bottom": 1})
        for kind, frame in frames.items():
            sheet = workbook.add_worksheet(kind)
            for column, name in enumerate(frame.columns):
                sheet.write_string(0, column, name, bold)
                sheet.set_column(column, column, 48 if name in _WIDE else 16)
            for row, values in enumerate(frame.itertuples(index=False), start=1):
                for column, value in enumerate(values):
                    _write_cell(sheet, row, column, value)
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, max(1, len(frame)), len(frame.columns) - 1)


def _write_cell(sheet: Any, row: int, column: int, value: Any) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, value[:_CELL_LENGTH])
    elif value is not None and not (isinstance(value, float) and isnan(value)):
        sheet.write(row, column, value)
