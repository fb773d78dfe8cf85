"""Extractions as tables on disk: JSON Lines, CSV, XLSX and Parquet.

In: extractions, one after another. Out: files. Numbers stay numbers, and no text of a document can run as a formula in
the spreadsheet that opens it.
"""

import json
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING

from docintel.errors import InputError
from docintel.exports.across import write_comparison, write_recurrences
from docintel.exports.advice import write_advice
from docintel.exports.frames import neutral, to_frames
from docintel.exports.ledger import write_ledger
from docintel.exports.plan import write_plan
from docintel.exports.workbook import write_workbook
from docintel.files import whole
from docintel.schema import Extraction
from docintel.schema.serial import extraction_to_dict

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Format",
    "neutral",
    "to_frames",
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
                write_workbook(to_frames(extractions), path)
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


def _write_frame(frame: "pd.DataFrame", path: Path, how: Format) -> None:
    if how is Format.PARQUET:
        frame.to_parquet(path, index=False)
    else:
        frame.map(neutral).to_csv(path, index=False, encoding="utf-8-sig")
