"""The cells of a sheet to lines: title, particulars above a table, the table, notes below it.

In: rows of cells, as a ledger (台账) has them. Out: lines. What stands alone in its row above or below a table is no
part of the table; rows apart by an empty one are tables apart.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from docintel.parse.lines import pieces
from docintel.parse.structure import Line
from docintel.parse.tables import Cell, table_line
from docintel.schema import BlockKind
from docintel.text.normalize import fold

#: The cells of one row of a sheet that hold words, from left to right.
Row = tuple[Cell, ...]

_TITLE_LENGTH = 80
_TWO_HAN = re.compile("[\u4e00-\u9fff].*[\u4e00-\u9fff]")
#: `填报单位：云栖县卫健局`, `单位:万元`, `2023年5月6日`: what stands over a table and is no header of it.
_PARTICULAR = re.compile(
    r"\(?[^:,。;]{0,8}(?:单位|部门|日期|时间|截至|截止|联系人|电话|人|编号|密级|金额|序列号|盖章|签字|签章|审核|期间|年度|表号|文号)"
    r"(?:\([^)]{0,12}\))?:|\d{4}[年.-]\d{1,2}(?:[月.-](?:\d{1,2}日?)?)?$|(?:填报|统计|截至|截止)\S{0,6}\d{4}年"
)
_NOTE = re.compile(r"(?:备?注|说明|填表说明|填报说明|数据来源|资料来源)\d*[:.、 ]|※|\*|注\d")
_ATTACHMENT = re.compile(r"附(?:件|表)[\d一二三四五六七八九十]*[:.]?$")
#: A cell alone in the last row of a table is a note when it is as long as a sentence.
_SENTENCE = 16


@dataclass(frozen=True, slots=True)
class _Block:
    """Rows without an empty one between them, parted."""

    head: list[Row]
    table: list[Row]
    foot: list[Row]


def sheet_lines(rows: Sequence[Row], *, page: int | None = None, title: BlockKind | None = None) -> list[Line]:
    """The lines of one sheet.

    Args:
        rows: its rows with words in them, in order; merged cells with their spans.
        title: what the title over its first table becomes; None to judge by its words.
    """
    blocks = [_part(block) for block in _blocks(rows)]
    heading = _title_row(blocks) if title is not None else None
    lines: list[Line] = []
    for block in blocks:
        for row in block.head:
            kind, level = (title, 2) if row is heading else (None, 0)
            lines += _texts(row, page, kind, level if kind is BlockKind.HEADING else 0)
        if table := table_line((cell for row in block.table for cell in row), page=page):
            lines.append(table)
        lines += [line for row in block.foot for line in _texts(row, page)]
    return lines


def _blocks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows up to the next empty one; a merged cell bridges the rows that it covers."""
    block: list[Row] = []
    below = 0
    for row in rows:
        if block and row[0].row > below:
            yield block
            block = []
        block.append(row)
        below = max(below, *(cell.row + cell.height for cell in row))
    if block:
        yield block


def _part(rows: list[Row]) -> _Block:
    """Split what stands over and under the table from it; all is head where there is no table."""
    widest = max(map(len, rows))
    first, last = 0, len(rows)
    while first < last and _over(rows[first], widest):
        first += 1
    while last > first and _under(rows[last - 1], widest):
        last -= 1
    return _Block(rows[:first], rows[first:last], rows[last:])


def _over(row: Row, widest: int) -> bool:
    """Whether a row is none of the table that follows."""
    if len(row) == 1:
        return True
    return all(cell.height == 1 for cell in row) and len(row) < widest and _particulars(row)


def _under(row: Row, widest: int) -> bool:
    """Whether the last row is none of the table before it."""
    if len(row) == 1:
        text = fold(row[0].text.strip())
        alone = row[0].width > 1 or len(text) >= _SENTENCE
        return alone or _NOTE.match(text) is not None or _PARTICULAR.match(text) is not None
    return (len(row) < widest or all("：" in cell.text for cell in row)) and _particulars(row)


def _particulars(row: Row) -> bool:
    """Whether a row names who filled in the table, when, and in what unit: `填报单位：…`, `2023年5月`.

    Dates alone are no such row: they may be the header of a table by months.
    """
    texts = [fold(cell.text.strip()) for cell in row]
    named = [_PARTICULAR.match(text) is not None for text in texts]
    values = [True, *(cell.text.rstrip().endswith(("：", ":")) for cell in row)]  # a value follows its name
    labelled = any(name and ":" in text for name, text in zip(named, texts, strict=True))
    return labelled and all(name or value for name, value in zip(named, values[:-1], strict=True))


def _title_row(blocks: list[_Block]) -> Row | None:
    """The row over the first table that is its title."""
    for block in blocks:
        for row in block.head:
            text = fold(row[0].text.strip())
            if len(row) == 1 and _title_like(text):
                return row
        if block.table:
            break
    return None


def _title_like(text: str) -> bool:
    if len(text) > _TITLE_LENGTH or not _TWO_HAN.search(text) or "。" in text or text.endswith((":", ";", ",")):
        return False
    return not (_PARTICULAR.match(text) or _NOTE.match(text) or _ATTACHMENT.match(text))


def _texts(row: Row, page: int | None, kind: BlockKind | None = None, level: int = 0) -> Iterator[Line]:
    """A line for each cell; a name and the value in the next cell make one."""
    held = ""
    for cell in row:
        held += cell.text.strip()
        if not held.endswith(("：", ":")):
            yield Line(held, kind or _particular_kind(held), level=level, page=page)
            held = ""
    if held:
        yield Line(held, kind or _particular_kind(held), level=level, page=page)


def _particular_kind(text: str) -> BlockKind | None:
    """A particular is no heading, short as it is; it may be a by-line."""
    if _PARTICULAR.match(fold(text)) is None or any(piece.kind for piece in pieces(text)):
        return None
    return BlockKind.PARAGRAPH
