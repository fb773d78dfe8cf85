"""The workbook a clerk opens: a sheet a record type, in Chinese, what was read before where it was read.

In: the frames of `to_frames`. Out: an XLSX file. Numbers stay numbers, and no text of a document can run as a formula.
"""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

from docintel.exports.sheets import LINE_HEIGHT, OPTIONS, add_formats, lay_out, lines_in, write_cell
from docintel.schema import FIELD_NAMES, RECORD_NAMES, RECORD_TYPES, DocType, ReadStatus, chinese_name

if TYPE_CHECKING:
    import pandas as pd

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
#: How many lines of a cell are shown at most.
_MOST_LINES = 6
#: How the columns of statistics are read; those of other types stand as the record has them.
_STATISTICS = ("metric", "value", "unit_of_measure", "approximate", "subject", "action", "unit", "region", "period")
#: Where it was read stands behind what was read.
_LAST = ("doc", "title", "published", "page", "confidence")
_HIDDEN = frozenset({"start", "end"})
#: Records less sure than this are to be looked at.
_DOUBTFUL = 0.7
_FORMATS: dict[str, dict[str, Any]] = {
    "head": {"bold": True, "bottom": 1, "bg_color": "#DDE7F0", "text_wrap": True},
    "text": {"text_wrap": True},
    "number": {"num_format": "#,##0.####"},
}


def write_workbook(frames: "Mapping[str, pd.DataFrame]", path: Path) -> None:
    """Write the workbook; contradictions are red, doubtful records yellow."""
    import xlsxwriter  # only for workbooks

    with xlsxwriter.Workbook(str(path), OPTIONS) as workbook:
        formats = add_formats(workbook, _FORMATS)
        formats["broken"] = workbook.add_format({"bg_color": "#F8CBAD"})
        formats["doubtful"] = workbook.add_format({"bg_color": "#FFF2CC"})
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
        sheet.set_row(row, LINE_HEIGHT * max(_lines(name, value) for name, value in zip(names, shown, strict=True)))
        for column, value in enumerate(shown):
            write_cell(sheet, (row, column), value, formats["text"], formats["number"])
    last = max(1, len(frame))
    lay_out(sheet, (1, 1), (last, len(names) - 1))
    _colour(sheet, names, last, formats)


def _lines(name: str, value: Any) -> int:
    """How many lines of a cell are shown."""
    return min(_MOST_LINES, lines_in(value, _WIDTHS.get(name, _WIDTH)))


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
