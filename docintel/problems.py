"""The problems of a list that somebody drew up: a column of a table, or a line each.

In: the document of such a list. Out: the problems, each once, in order, numbers before them left off.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from docintel.errors import QueryError
from docintel.schema import BlockKind, Document
from docintel.text.encodings import decode
from docintel.text.normalize import fold

#: Headings of the column that holds the problems, the surest first.
_NAMES = tuple(
    map(
        re.compile,
        (
            "(?:主要|具体|存在的?|发现的?|反馈的?|整改)*问题(?:内容|描述|表现|名称|清单|情况)?",
            "问题.{0,6}|.{0,8}问题",
            "事项|内容",
        ),
    )
)
#: What may stand over lines that are problems themselves: 药品采购价格虚高问题 is one.
_TITLE = re.compile(".{0,40}(?:清单|台账)")
#: What stands around a list that was saved from a page, and is no problem: 发布日期：2024-03-05.
_BYLINE = re.compile("(?:发布(?:机构|单位|日期|时间)?|信息来源|来源|日期|时间|作者|编辑|责任编辑|浏览次数|字号)[::]")
#: A line; or a cell in quotation marks, as spreadsheets copy one that has a line break or such a mark in it.
_LINE = re.compile(r'^[ \t]*"(?P<cell>(?:[^"]|"")*)"[ \t]*$|^.*$', re.MULTILINE)
_HEADER_ROWS = 3  # a title may stand over the heading, in the table
#: `1.`, `（二）`, `三、`, `④`, `- `: what numbers a line, and is no word of it.
_NUMBER = re.compile(r"\A\s*(?:(?:[(（]?[\d一二三四五六七八九十百]{1,4}[.．、)）]|[①-⑳]|[-*·•])\s*)+(?!\d)")
_ORDINAL = re.compile(r"\s*(?:[(（]?[\d一二三四五六七八九十百]{1,4}[.．、)）]?|[①-⑳]|[-*·•])\s*")
_NUMBER_AND_TAB = re.compile(rf"^{_ORDINAL.pattern.replace(chr(92) + 's', '[ ]')}\t", re.MULTILINE)
_LETTER = re.compile("[A-Za-z]{1,2}")

Rows = Sequence[Sequence[str]]


def listed_problems(document: Document, column: str | None = None) -> list[str]:
    """The problems of a list, in order, the same words once; empty cells are passed over.

    Args:
        column: heading of the column, or its letter or number in the sheet; found by its heading when None.

    Raises:
        QueryError: the list has tables and none of them has such a column, or nothing is listed.
    """
    tables = [block.cells for block in document.blocks if block.kind is BlockKind.TABLE and block.cells]
    wide = [rows for rows in tables if len(rows[0]) > 1]
    found = list(_of_tables(wide, column)) if wide else [line for line in _lines(document.text) if _is_told(line)]
    if not wide and found and _is_heading(found[0], (_NAMES[0], _TITLE)):
        found = found[1:]
    problems = [_NUMBER.sub("", text, count=1).strip() for text in found]
    listed = list(dict.fromkeys(" ".join(each.split("\n")) for each in problems if each))
    if not listed:
        raise QueryError(f"{document.source} 中没有问题。 No problem is listed in {document.source}.")
    return listed


def pasted(data: bytes, column: str | None = None) -> tuple[bytes, str]:
    """A list that somebody pasted, as a file to read: a table, as spreadsheets copy one, or a line each.

    A stray tab makes no table: its rows have as many cells each, and a heading names the problems.

    Args:
        data: text in any encoding.
        column: as for `listed_problems`.

    Returns:
        The file and its name; of lines without the tabs, and the numbers before them.
    """
    text = decode(data).text
    if _is_table(text, column):
        return data, "清单.tsv"
    return _NUMBER_AND_TAB.sub("", text).replace("\t", " ").encode("utf-8", "replace"), "清单.txt"


def _is_table(text: str, column: str | None) -> bool:
    try:
        rows = [row for row in csv.reader(io.StringIO(text), "excel-tab") if any(cell.strip() for cell in row)]
    except csv.Error:
        return False
    if len({len(row) for row in rows}) != 1 or len(rows[0]) == 1:
        return False
    place = _column(rows, column)
    return place is not None and (column is not None or not _ORDINAL.fullmatch(rows[place[0]][0]))


def _lines(text: str) -> Iterator[str]:
    for match in _LINE.finditer(text):
        yield match[0] if match["cell"] is None else match["cell"].replace('""', '"')


def _of_tables(tables: Sequence[Rows], column: str | None) -> Iterator[str]:
    places = [(rows, _column(rows, column)) for rows in tables]
    if not any(place for _, place in places):
        headings = "、".join(dict.fromkeys(cell for rows in tables for cell in rows[0] if cell.strip()))
        wanted = f"“{column}”一列" if column else "“问题”一列"
        raise QueryError(
            f"表中找不到{wanted}。 No column {column or '问题'!r} in the table; its headings are: {headings}.",
            hint="用 --column 指明列名或列号。 Name the column, or give its letter: --column B",
        )
    for rows, place in places:
        if place:
            header, number = place
            yield from (row[number] for row in rows[header + 1 :] if row[number].strip())


def _column(rows: Rows, wanted: str | None) -> tuple[int, int] | None:
    """Row of the heading and number of the column; the heading is row -1 where the column is named by its place."""
    width = len(rows[0])
    if wanted is not None:
        return _numbered(rows, wanted, width) or _named(rows, wanted)
    for name in _NAMES:
        for header, row in enumerate(rows[:_HEADER_ROWS]):
            for number, cell in enumerate(row):
                if _is_heading(cell, (name,)) and len(set(row)) > 1:
                    return header, number
    return None


def _named(rows: Rows, wanted: str) -> tuple[int, int] | None:
    for header, row in enumerate(rows[:_HEADER_ROWS]):
        for number, cell in enumerate(row):
            if _bare(cell) == _bare(wanted):
                return header, number
    return None


def _numbered(rows: Rows, wanted: str, width: int) -> tuple[int, int] | None:
    if wanted.isdecimal():
        number = int(wanted) - 1
    elif _LETTER.fullmatch(wanted):
        number = sum((ord(char) - 64) * 26**power for power, char in enumerate(reversed(wanted.upper()))) - 1
    else:
        return None
    if not 0 <= number < width:
        return None
    headings = (header for header, row in enumerate(rows[:_HEADER_ROWS]) if _is_heading(row[number], _NAMES))
    return next(headings, -1), number


def _is_told(line: str) -> bool:
    return bool(line.strip()) and not _BYLINE.match(fold(line.strip()))


def _is_heading(cell: str, names: Sequence[re.Pattern[str]]) -> bool:
    return any(name.fullmatch(_bare(cell)) for name in names)


def _bare(cell: str) -> str:
    return re.sub(r"[\s::]|\(.*\)", "", fold(cell))
