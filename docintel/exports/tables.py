"""A table that a clerk opens: a workbook or a CSV file.

In: columns and rows. Out: the bytes of the file. No text of a document can run as a formula.
"""

import csv
from collections.abc import Mapping, Sequence
from io import BytesIO, StringIO
from typing import Any

from docintel.exports.cells import neutral
from docintel.exports.sheets import LINE_HEIGHT, OPTIONS, add_formats, lay_out, lines_in, write_cell

#: A heading, and a width in characters; Chinese ones take two.
Columns = Sequence[tuple[str, int]]

_MOST_LINES = 8
_FORMATS: dict[str, dict[str, Any]] = {
    "head": {"bold": True, "bottom": 1, "bg_color": "#DDE7F0", "text_wrap": True},
    "text": {"text_wrap": True},
    "number": {"num_format": "General"},
}


def table_csv(columns: Columns, rows: Sequence[Sequence[Any]]) -> bytes:
    """A CSV file with a byte order mark, without which spreadsheets take UTF-8 for something else."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(heading for heading, _ in columns)
    writer.writerows(["" if cell is None else neutral(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def table_workbook(
    columns: Columns, rows: Sequence[Sequence[Any]], asked: Mapping[str, str], names: tuple[str, str]
) -> bytes:
    """A workbook with a sheet of the rows, and one that says what was asked.

    Args:
        asked: what was asked, by the names people see.
        names: of the two sheets.
    """
    import xlsxwriter  # only for workbooks

    out = BytesIO()
    with xlsxwriter.Workbook(out, {**OPTIONS, "in_memory": True}) as workbook:
        formats = add_formats(workbook, _FORMATS)
        sheet = workbook.add_worksheet(names[0])
        for column, (heading, width) in enumerate(columns):
            sheet.write_string(0, column, heading, formats["head"])
            sheet.set_column(column, column, width)
        for number, row in enumerate(rows, start=1):
            lines = max(lines_in(cell, width) for cell, (_, width) in zip(row, columns, strict=True))
            sheet.set_row(number, LINE_HEIGHT * min(_MOST_LINES, lines))
            for column, cell in enumerate(row):
                write_cell(sheet, (number, column), cell, formats["text"], formats["number"])
        lay_out(sheet, (1, 1), (max(1, len(rows)), len(columns) - 1))
        about = workbook.add_worksheet(names[1])
        about.set_column(0, 0, 16)
        about.set_column(1, 1, 80)
        for number, pair in enumerate(asked.items()):
            for column, cell in enumerate(pair):
                write_cell(about, (number, column), cell, formats["text"], formats["number"])
    return out.getvalue()
