"""The hits of a search as a table that a clerk opens: a workbook or a CSV file.

In: hits, best first. Out: the bytes of the file. No text of a document can run as a formula.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO, StringIO
from typing import Any

from docintel.exports.frames import neutral
from docintel.exports.sheets import LINE_HEIGHT, OPTIONS, add_formats, lay_out, lines_in, write_cell
from docintel.schema import (
    FIELD_NAMES,
    DocType,
    Hit,
    HitKind,
    IssueCategory,
    MeasureCategory,
    Status,
    chinese_name,
)

#: The columns: heading and width in characters; Chinese ones take two.
_COLUMNS: tuple[tuple[str, int], ...] = (
    ("序号", 6),
    (FIELD_NAMES["quote"], 60),
    (FIELD_NAMES["category"], 16),
    (FIELD_NAMES["status"], 10),
    (FIELD_NAMES["title"], 34),
    (FIELD_NAMES["doc_type"], 12),
    (FIELD_NAMES["publisher"], 22),
    (FIELD_NAMES["published"], 12),
    (FIELD_NAMES["region"], 18),
    (FIELD_NAMES["doc"], 24),
    (FIELD_NAMES["page"], 6),
    ("其他来源", 24),
    ("文档编号", 16),
)
_MOST_LINES = 8
_FORMATS: dict[str, dict[str, Any]] = {
    "head": {"bold": True, "bottom": 1, "bg_color": "#DDE7F0", "text_wrap": True},
    "text": {"text_wrap": True},
    "number": {"num_format": "0"},
}


def hits_csv(hits: Sequence[Hit]) -> bytes:
    """A CSV file with a byte order mark, without which spreadsheets take UTF-8 for something else."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(heading for heading, _ in _COLUMNS)
    writer.writerows(["" if cell is None else neutral(cell) for cell in row] for row in _rows(hits))
    return out.getvalue().encode("utf-8-sig")


def hits_workbook(hits: Sequence[Hit], asked: Mapping[str, str]) -> bytes:
    """A workbook with a sheet of the hits, and one that says what was asked.

    Args:
        asked: what was asked, by the names people see.
    """
    import xlsxwriter  # only for workbooks

    out = BytesIO()
    with xlsxwriter.Workbook(out, {**OPTIONS, "in_memory": True}) as workbook:
        formats = add_formats(workbook, _FORMATS)
        sheet = workbook.add_worksheet("检索结果")
        for column, (heading, width) in enumerate(_COLUMNS):
            sheet.write_string(0, column, heading, formats["head"])
            sheet.set_column(column, column, width)
        for number, row in enumerate(_rows(hits), start=1):
            lines = max(lines_in(cell, width) for cell, (_, width) in zip(row, _COLUMNS, strict=True))
            sheet.set_row(number, LINE_HEIGHT * min(_MOST_LINES, lines))
            for column, cell in enumerate(row):
                write_cell(sheet, (number, column), cell, formats["text"], formats["number"])
        lay_out(sheet, (1, 1), (max(1, len(hits)), len(_COLUMNS) - 1))
        about = workbook.add_worksheet("检索条件")
        about.set_column(0, 0, 16)
        about.set_column(1, 1, 80)
        for number, pair in enumerate(asked.items()):
            for column, cell in enumerate(pair):
                write_cell(about, (number, column), cell, formats["text"], formats["number"])
    return out.getvalue()


def _rows(hits: Sequence[Hit]) -> Iterator[list[Any]]:
    for number, hit in enumerate(hits, start=1):
        yield [
            number,
            hit.quote,
            _category(hit),
            chinese_name(Status(hit.status)) if hit.status else None,
            hit.title,
            chinese_name(DocType(hit.doc_type)) if hit.doc_type else None,
            hit.publisher,
            hit.published,
            hit.region,
            hit.source,
            hit.page,
            "；".join(hit.sources),
            hit.document[:16],
        ]


def _category(hit: Hit) -> str | None:
    if not hit.category:
        return None
    return chinese_name((IssueCategory if hit.kind is HitKind.ISSUE else MeasureCategory)(hit.category))
