"""Cells as a reader sees them: labels, names of columns and yes or no in Chinese or English, lists as text.

In: a value and its column. Out: what is written. No text of a document can run as a formula.
"""

from datetime import date
from enum import StrEnum
from typing import Any

from docintel.schema import RECORD_NAMES, chinese_name
from docintel.schema.tables import NESTED, Column, ColumnType, columns_of

#: A cell that begins with one of these is a formula to a spreadsheet. Source: OWASP, CSV Injection.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
DICTIONARY = "dictionary"
_SHEETS = RECORD_NAMES | {"overview": "概览", DICTIONARY: "数据字典"}
_TYPES = {
    ColumnType.TEXT: "文字",
    ColumnType.INTEGER: "整数",
    ColumnType.NUMBER: "数",
    ColumnType.BOOLEAN: "是否",
    ColumnType.DATE: "日期",
    ColumnType.TEXTS: "多项文字",
    ColumnType.INTEGERS: "多个整数",
    ColumnType.NUMBERS: "多个数",
}
_DICTIONARY = {
    "table": "表", "column": "英文列名", "chinese": "中文列名", "type": "类型", "vocabulary": "取值",
    "meaning_zh": "含义", "meaning_en": "英文含义",
}  # fmt: skip


class Names(StrEnum):
    """In which language columns and labels are named."""

    CHINESE = "zh"
    ENGLISH = "en"


def flat_columns(table: str) -> tuple[Column, ...]:
    """The columns of a table that a file has: all but those whose cells hold objects."""
    return tuple(column for column in columns_of(table) if column.type not in NESTED)


def table_name(table: str, names: Names) -> str:
    """What a table is called; `overview` and `dictionary` too."""
    return _SHEETS[table] if names is Names.CHINESE else table


def heading(column: Column, names: Names) -> str:
    """What a column is called."""
    return column.chinese if names is Names.CHINESE else column.name


def labelled(column: Column, value: Any, names: Names) -> Any:
    """A value with its labels in the language asked for, lists as lists."""
    if column.vocabulary and value and names is Names.CHINESE:
        return chinese_name(column.vocabulary(value))
    return value


def shown(column: Column, value: Any, names: Names) -> Any:
    """A value as text, number or nothing: lists joined by `；`, yes or no in words."""
    if column.name == "holds":
        words = ("一致", "矛盾") if names is Names.CHINESE else ("holds", "broken")
        return words[0] if value else words[1]
    if isinstance(value, bool):
        words = ("是", "否") if names is Names.CHINESE else ("yes", "no")
        return words[0] if value else words[1]
    if isinstance(value, list):
        return "；".join(map(str, value))
    return labelled(column, value, names)


def day(value: Any) -> date | None:
    """The day that a cell names; None where it names none."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def neutral(value: Any) -> Any:
    """A cell that no spreadsheet runs: text that begins like a formula gets an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_SIGNS) else value


def dictionary_headings(names: Names) -> list[str]:
    """The headings of the data dictionary."""
    return list(_DICTIONARY.values() if names is Names.CHINESE else _DICTIONARY)


def dictionary_rows(tables: tuple[str, ...], names: Names) -> list[list[str]]:
    """The data dictionary: a row for every column of these tables, its closed list of labels in both languages."""
    chinese = names is Names.CHINESE
    return [
        [
            table_name(table, names),
            column.name,
            column.chinese,
            _TYPES[column.type] if chinese else str(column.type),
            "；".join(f"{label}＝{chinese_name(label)}" for label in column.vocabulary or ()),
            column.meaning.chinese,
            column.meaning.english,
        ]
        for table in tables
        for column in flat_columns(table)
    ]
