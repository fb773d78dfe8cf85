"""The workbook a clerk opens: a sheet a record type, in Chinese, what was read before where it was read.

In: the frames of `to_frames`. Out: an XLSX file. Numbers stay numbers, and no text of a document can run as a formula.
"""

from collections.abc import Mapping
from enum import StrEnum
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

from docintel.schema import FIELD_NAMES, RECORD_NAMES, RECORD_TYPES, DocType, ReadStatus, chinese_name

if TYPE_CHECKING:
    import pandas as pd

#: The longest text a cell of a workbook holds.
_CELL_LENGTH = 32_767
#: Widths in characters; Chinese ones take two.
_WIDTHS = {
    "quote": 46,
    "against": 46,
    "violations": 40,
    "title": 30,
    "sanctions": 26,
    "canonical": 30,
    "law": 30,
    "unit": 26,
    "units": 26,
    "position": 24,
    "metric": 16,
    "subject": 18,
    "action": 14,
    "doc": 20,
    "persons": 14,
    "region": 16,
    "place": 16,
    "publisher": 20,
    "published": 11,
    "value": 13,
    "period": 18,
}
_WIDTH = 9
#: Points a line of text takes, and how many lines of a cell are shown at most.
_LINE_HEIGHT = 14
_MOST_LINES = 6
#: How the columns of statistics are read; those of other types stand as the record has them.
_STATISTICS = ("metric", "value", "unit_of_measure", "approximate", "subject", "action", "unit", "region", "period")
_PAPER_A3 = 8
#: Where it was read stands behind what was read.
_LAST = ("doc", "title", "published", "page", "confidence")
_HIDDEN = frozenset({"start", "end"})
#: Records less sure than this are to be looked at.
_DOUBTFUL = 0.7


def write_workbook(frames: "Mapping[str, pd.DataFrame]", path: Path) -> None:
    """Write the workbook; contradictions are red, doubtful records yellow."""
    import xlsxwriter  # only for workbooks

    options = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        base = {"valign": "top", "font_name": "等线", "font_size": 10}
        formats = {
            "head": workbook.add_format(base | {"bold": True, "bottom": 1, "bg_color": "#DDE7F0", "text_wrap": True}),
            "text": workbook.add_format(base | {"text_wrap": True}),
            "number": workbook.add_format(base | {"num_format": "#,##0.####"}),
            "broken": workbook.add_format({"bg_color": "#F8CBAD"}),
            "doubtful": workbook.add_format({"bg_color": "#FFF2CC"}),
        }
        for kind, frame in frames.items():
            _write_sheet(workbook.add_worksheet(RECORD_NAMES[kind]), kind, frame, formats)


def _write_sheet(sheet: Any, kind: str, frame: "pd.DataFrame", formats: Mapping[str, Any]) -> None:
    names = _ordered(kind, frame)
    labels = _vocabularies(kind)
    for column, name in enumerate(names):
        sheet.write_string(0, column, _heading(kind, name), formats["head"])
        sheet.set_column(column, column, _WIDTHS.get(name, _WIDTH))
    for row, values in enumerate(frame[names].itertuples(index=False), start=1):
        shown = [_shown(name, value, labels.get(name)) for name, value in zip(names, values, strict=True)]
        sheet.set_row(row, _LINE_HEIGHT * max(_lines(name, value) for name, value in zip(names, shown, strict=True)))
        for column, value in enumerate(shown):
            _write_cell(sheet, row, column, value, formats)
    last = max(1, len(frame))
    sheet.freeze_panes(1, 1)
    sheet.set_paper(_PAPER_A3)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.autofilter(0, 0, last, len(names) - 1)
    _colour(sheet, names, last, formats)


def _lines(name: str, value: Any) -> int:
    """How many lines a cell needs; a Chinese character is two wide."""
    width = sum(1 if char.isascii() else 2 for char in value) if isinstance(value, str) else 1
    return min(_MOST_LINES, -(-width // (_WIDTHS.get(name, _WIDTH) - 1)))


def _ordered(kind: str, frame: "pd.DataFrame") -> list[str]:
    """The columns shown: what is stated, its words, then where it stands."""
    names = [name for name in frame.columns if name not in _HIDDEN]
    if kind == "documents":
        return names
    stated = [name for name in names if name not in (*_LAST, "quote", "against")]
    if kind == "statistics":
        stated = list(_STATISTICS)
    return [*stated, *(name for name in ("quote", "against", *_LAST) if name in names)]


def _heading(kind: str, name: str) -> str:
    return RECORD_NAMES[name] if kind == "documents" and name in RECORD_NAMES else FIELD_NAMES[name]


def _vocabularies(kind: str) -> dict[str, type[StrEnum]]:
    """The vocabulary of each column that has one."""
    if kind == "documents":
        return {"doc_type": DocType, "status": ReadStatus}
    hints = get_type_hints(RECORD_TYPES[kind])
    return {name: hint for name, hint in hints.items() if isinstance(hint, type) and issubclass(hint, StrEnum)}


def _shown(name: str, value: Any, vocabulary: type[StrEnum] | None) -> Any:
    """The value as a clerk reads it: labels and yes in Chinese, no left empty."""
    if name == "holds":
        return "一致" if value else "矛盾"
    if isinstance(value, bool):
        return "是" if value else None
    return chinese_name(vocabulary(value)) if vocabulary and value else value


def _write_cell(sheet: Any, row: int, column: int, value: Any, formats: Mapping[str, Any]) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, value[:_CELL_LENGTH], formats["text"])
    elif value is not None and not (isinstance(value, float) and isnan(value)):
        sheet.write_number(row, column, value, formats["number"])


def _colour(sheet: Any, names: list[str], last: int, formats: Mapping[str, Any]) -> None:
    """Whole rows of broken relations, and confidences that are low."""
    if "holds" in names:
        rule = {
            "type": "formula",
            "criteria": f'=${_letter(names.index("holds"))}2="矛盾"',
            "format": formats["broken"],
        }
        sheet.conditional_format(1, 0, last, len(names) - 1, rule)
    if "confidence" in names:
        column = names.index("confidence")
        rule = {"type": "cell", "criteria": "<", "value": _DOUBTFUL, "format": formats["doubtful"]}
        sheet.conditional_format(1, column, last, column, rule)


def _letter(column: int) -> str:
    return chr(ord("A") + column)
