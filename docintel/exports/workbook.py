"""The workbook a clerk opens: a sheet a table, what was read before where it was read, links back to the files.

In: rows of tables. Out: an XLSX file, written row by row: as much memory for a million rows as for a thousand. Numbers
stay numbers, and no text of a document can run as a formula.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from docintel.exports.cells import (
    DICTIONARY,
    Names,
    day,
    dictionary_headings,
    dictionary_rows,
    flat_columns,
    heading,
    shown,
    table_name,
)
from docintel.exports.sheets import LINE_HEIGHT, PAPER_A4, add_formats, lay_out, lines_in, new_workbook, write_cell
from docintel.schema.tables import TABLES, Column, ColumnType, Row

#: Widths in characters; Chinese ones take two.
_WIDTHS = {
    "quote": 46,
    "against": 46,
    "violations": 40,
    "title": 36,
    "sanctions": 26,
    "canonical": 30,
    "law": 30,
    "unit": 26,
    "units": 26,
    "position": 24,
    "metric": 16,
    "category": 18,
    "relation": 20,
    "kind": 14,
    "subject": 18,
    "action": 14,
    "source": 28,
    "persons": 14,
    "region": 16,
    "place": 16,
    "publisher": 20,
    "published": 12,
    "doc_type": 16,
    "value": 13,
    "amounts": 16,
    "period": 20,
    "deadline": 14,
    "name": 18,
    "number": 18,
    "path": 40,
    "missing": 30,
    "warnings": 30,
    "attachments": 24,
    "source_url": 40,
    "document": 18,
    "page": 6,
    "pages": 6,
    "ordinal": 6,
}
_WIDTH = 9
#: How many lines of a cell are shown at most.
_MOST_LINES = 6
#: The columns of a record that stand first, where it has them; its other own columns come behind.
_FIRST = (
    "name", "canonical", "relation", "metric", "value", "unit_of_measure", "approximate", "subject", "action",
    "category", "kind", "modality", "status", "unit", "units", "position", "persons", "period", "date", "deadline",
)  # fmt: skip
#: Where it was read stands behind what was read.
_LAST = ("region", "source", "page", "title", "published", "doc_type", "confidence", "ordinal", "document")
#: Columns for programs: they are in the other formats.
_HIDDEN = frozenset({"start", "end", "work", "parser", "language"})
#: Of the columns of documents, those that stand last.
_DOCUMENTS_LAST = ("status", "missing", "warnings", "confidence", "sources", "path", "document")
#: Records less sure than this are to be looked at.
_DOUBTFUL = 0.7
#: Rows below the heading that a sheet of Excel has room for; more go on in a further sheet.
_MOST_ROWS = 1_048_575
#: Links a sheet has, as each takes memory and time to open; Excel's own limit is 65,530.
_MOST_LINKS = 20_000
_LONGEST_LINK = 2_000
#: Of the number of a document so much is shown as tells it from others.
_ID = 16
#: Columns of small numbers, which stand in the middle.
_SMALL = ("page", "pages", "ordinal", "sources")
_HEAD = {"bold": True, "bottom": 1, "bg_color": "#DDE7F0", "text_wrap": True, "valign": "vcenter"}
_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16},
    "count": {"num_format": "#,##0", "align": "left"},
    "plain": {},
    "head": _HEAD,
    "head_middle": _HEAD | {"align": "center"},
    "head_right": _HEAD | {"align": "right"},
    "text": {"text_wrap": True},
    "whole": {"num_format": "#,##0"},
    "number": {"num_format": "#,##0.####"},
    "middle": {"num_format": "0", "align": "center"},
    "sure": {"num_format": "0.00", "align": "center"},
    "day": {"num_format": "yyyy-mm-dd", "align": "left"},
    "link": {"text_wrap": True, "font_color": "#0563C1", "underline": 1},
    "broken": {"text_wrap": True, "bg_color": "#F8CBAD"},
    "doubtful": {"text_wrap": True, "bg_color": "#FFF2CC"},
}
_NOTES = {
    Names.CHINESE: (
        "每行一条记录，“原文”一字不改；点“来源文件”打开原件（每张表前 20,000 行有链接）。",
        "“序号”是该记录在其文档中的编号，从 0 起；措施的“对应问题”和核对的“涉及数据”指的就是它。",
        "各列的含义和取值见“数据字典”。",
    ),
    Names.ENGLISH: (
        "A row a record, its quote verbatim; click `source` to open the file (the first 20,000 rows of a sheet).",
        "`ordinal` is the number of a record in its document, from 0; `addresses` and `statistics` refer to it.",
        "The sheet `dictionary` says what each column means and which labels it has.",
    ),
}
_LEGEND = {
    Names.CHINESE: (("broken", "数据相互矛盾"), ("doubtful", "把握低于 0.7，请核对")),
    Names.ENGLISH: (("broken", "contradicting figures"), ("doubtful", "less sure than 0.7: to be checked")),
}
_COUNTED = {Names.CHINESE: ("表", "行数"), Names.ENGLISH: ("table", "rows")}
_TITLE = {Names.CHINESE: "抽取结果", Names.ENGLISH: "Extracted records"}


def write_workbook(rows: Iterable[tuple[str, Row]], path: Path, tables: tuple[str, ...], names: Names) -> None:
    """Write the workbook; contradictions are red, doubtful records yellow.

    Args:
        tables: those that are written; rows of others are passed over.
        names: in which language columns and labels are.

    Raises:
        OSError: the disk is full, or the file cannot be written.
    """
    with (
        TemporaryDirectory(prefix="docintel-") as rows_of_sheets,  # xlsxwriter leaves its own when it fails
        new_workbook(path, constant_memory=True, tmpdir=rows_of_sheets) as workbook,
    ):
        workbook.use_zip64()
        formats = add_formats(workbook, _FORMATS)
        overview = workbook.add_worksheet(table_name("overview", names))
        sheets = {table: _Sheets(workbook, table, names, formats) for table in tables}
        for table, row in rows:
            if table in sheets:
                sheets[table].add(row)
        for each in sheets.values():
            each.close()
        _write_dictionary(workbook.add_worksheet(table_name(DICTIONARY, names)), tables, names, formats)
        _write_overview(overview, sheets, names, formats)


class _Sheets:
    """The sheet of a table, and further ones when it is full."""

    def __init__(self, workbook: Any, table: str, names: Names, formats: Mapping[str, Any]) -> None:
        self.name, self.count = table_name(table, names), 0
        self._workbook, self._names, self._formats = workbook, names, formats
        self._columns = _ordered(table)
        self._begin(self.name)

    def _begin(self, name: str) -> None:
        self._sheet, self._last, self._links = self._workbook.add_worksheet(name), 0, 0
        for place, column in enumerate(self._columns):
            self._sheet.write_string(0, place, heading(column, self._names), self._formats[_head(column)])
            self._sheet.set_column(place, place, _width(column))

    def add(self, row: Row) -> None:
        if self._last == _MOST_ROWS:
            self.close()
            self._begin(f"{self.name} ({self.count // _MOST_ROWS + 1})")
        self._last += 1
        self.count += 1
        cells = [self._shown(column, row.get(column.name)) for column in self._columns]
        lines = max(lines_in(cell, _width(column)) for cell, column in zip(cells, self._columns, strict=True))
        self._sheet.set_row(self._last, LINE_HEIGHT * min(_MOST_LINES, lines))
        for place, (column, cell) in enumerate(zip(self._columns, cells, strict=True)):
            self._write((self._last, place), column, cell, row)
        for kept in (self._sheet.row_info, self._sheet.row_sizes):
            kept.pop(self._last - 1, None)  # what xlsxwriter keeps of a row that it has written

    def _shown(self, column: Column, value: Any) -> Any:
        """A cell as a clerk reads it: a day as one, no left empty."""
        if value is False and column.name != "holds":
            return None
        if column.name == "document":
            return value[:_ID]
        if column.type is ColumnType.DATE:
            return day(value) or value
        return shown(column, value, self._names)

    def _write(self, place: tuple[int, int], column: Column, cell: Any, row: Row) -> None:
        if column.name == "source" and self._links < _MOST_LINKS and (target := link_of(row)):
            self._links += 1
            self._sheet.write_url(*place, target, self._formats["link"], cell)
        elif isinstance(cell, date):
            self._sheet.write_datetime(*place, cell, self._formats["day"])
        else:
            text = self._formats["middle" if column.type is ColumnType.BOOLEAN else "text"]
            write_cell(self._sheet, place, cell, text, self._formats[_number_format(column, cell)])

    def close(self) -> None:
        """Freeze, filter and colour the sheet."""
        last = max(1, self._last)
        lay_out(self._sheet, (1, 1), (last, len(self._columns) - 1))
        if self._last:
            _colour(self._sheet, [column.name for column in self._columns], last, self._names, self._formats)


def _head(column: Column) -> str:
    """A heading stands as its column does."""
    if column.name in (*_SMALL, "confidence") or column.type is ColumnType.BOOLEAN:
        return "head_middle"
    if column.type in (ColumnType.INTEGER, ColumnType.NUMBER):
        return "head_middle" if column.name in TABLES else "head_right"
    return "head"


def _number_format(column: Column, cell: Any) -> str:
    if column.name == "confidence":
        return "sure"
    if column.name in _SMALL or column.name in TABLES:
        return "middle"
    return "whole" if not isinstance(cell, float) or cell.is_integer() else "number"


def _width(column: Column) -> int:
    return _WIDTH if column.name in TABLES and column.type is ColumnType.INTEGER else _WIDTHS.get(column.name, _WIDTH)


@lru_cache(maxsize=16)
def _ordered(table: str) -> tuple[Column, ...]:
    """The columns shown: what is stated, its words, then where it stands."""
    columns = {column.name: column for column in flat_columns(table) if column.name not in _HIDDEN}
    last = _DOCUMENTS_LAST if table == "documents" else ("quote", "against", *_LAST)
    if table == "documents":
        first = [name for name in columns if name not in last]
    else:
        del columns["sources"]
        stated = ["quote"] if table in ("issues", "measures") else []
        stated += [name for name in _FIRST if name in columns and name not in last]
        first = stated + [name for name in columns if name not in (*stated, *last)]
        if table == "statistics":  # the place that a figure is about is part of it
            first.append("region")
    return tuple(columns[name] for name in dict.fromkeys((*first, *(name for name in last if name in columns))))


def link_of(row: Row) -> str | None:
    """A link to the file of a row, at its page where the readers of its format can go there; None where it has none.

    The scheme is in capitals, which means the same: a small `file:` xlsxwriter turns into a path of Windows.
    """
    path, inside = str(row.get("path") or "").partition("!/")[::2]
    if not path:
        return None
    target = Path(path).absolute().as_uri().replace("file:", "FILE:", 1)
    is_pdf = path.lower().endswith(".pdf") and not inside
    link = f"{target}#page={row['page']}" if is_pdf and row.get("page") else target
    return link if len(link) < _LONGEST_LINK else None


def _colour(sheet: Any, columns: list[str], last: int, names: Names, formats: Mapping[str, Any]) -> None:
    """Whole rows of broken relations, and confidences that are low."""
    if "holds" in columns:
        letter, word = _letter(columns.index("holds")), "矛盾" if names is Names.CHINESE else "broken"
        rule = {"type": "formula", "criteria": f'=${letter}2="{word}"', "format": formats["broken"]}
        sheet.conditional_format(1, 0, last, len(columns) - 1, rule)
    if "confidence" in columns:
        place = columns.index("confidence")
        rule = {"type": "cell", "criteria": "<", "value": _DOUBTFUL, "format": formats["doubtful"]}
        sheet.conditional_format(1, place, last, place, rule)


def _letter(column: int) -> str:
    return chr(ord("A") + column)


def _write_dictionary(sheet: Any, tables: tuple[str, ...], names: Names, formats: Mapping[str, Any]) -> None:
    widths = (12, 18, 16, 12, 60, 50, 60)
    for place, (word, width) in enumerate(zip(dictionary_headings(names), widths, strict=True)):
        sheet.write_string(0, place, word, formats["head"])
        sheet.set_column(place, place, width)
    rows = dictionary_rows(tables, names)
    for y, row in enumerate(rows, start=1):
        lines = max(lines_in(cell, width) for cell, width in zip(row, widths, strict=True))
        sheet.set_row(y, LINE_HEIGHT * lines)
        for x, cell in enumerate(row):
            write_cell(sheet, (y, x), cell, formats["text"], formats["text"])
    lay_out(sheet, (1, 3), (max(1, len(rows)), len(widths) - 1))


def _write_overview(sheet: Any, sheets: Mapping[str, _Sheets], names: Names, formats: Mapping[str, Any]) -> None:
    """What the workbook holds, and how to read it."""
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 60)
    sheet.set_paper(PAPER_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_row(0, 28)
    sheet.write_string(0, 0, _TITLE[names], formats["title"])
    for place, word in enumerate(_COUNTED[names]):
        sheet.write_string(2, place, word, formats["head"])
    y = 3
    for each in sheets.values():
        sheet.write_url(y, 0, f"internal:'{each.name}'!A1", formats["link"], each.name)
        sheet.write_number(y, 1, each.count, formats["count"])
        y += 1
    for form, words in _LEGEND[names]:
        y += 1
        sheet.write_string(y, 0, "", formats[form])
        sheet.write_string(y, 1, words, formats["text"])
    y += 1
    for note in _NOTES[names]:
        y += 1
        sheet.write_string(y, 0, note, formats["plain"])
