"""The ledger of rectification (整改台账) as a workbook that a clerk goes on with.

In: rows of the chain in their JSON form. Out: an XLSX file: the problems with all that is known of them and room for
who signs them off, and on a second sheet the measures that answer none.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from docintel.errors import InputError
from docintel.exports.sheets import LINE_HEIGHT, OPTIONS, add_formats, lay_out, lines_in, write_cell
from docintel.files import whole
from docintel.schema import IssueCategory, MeasureCategory, Modality, Progress, chinese_name

Row = Mapping[str, Any]

TITLE, OTHERS = "整改台账", "其他措施"
#: Rows above the rows: title, what it comes to, heading.
_ABOVE = 3
#: No row of a workbook is higher, in points.
_HIGHEST = 409
#: Characters of a quote that is told in full in another column.
_LONGEST_BASIS = 10
_GRID = {"border": 1, "border_color": "#A6A6A6", "text_wrap": True, "valign": "vcenter"}
#: Small letters: how much of a line they take, up and across.
_SMALL = 0.8
_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 20, "align": "center", "valign": "vcenter", "font_name": "方正小标宋简体"},
    "sum": {"align": "left", "valign": "vcenter", "font_color": "#595959"},
    "head": _GRID | {"bold": True, "align": "center", "bg_color": "#DDE7F0"},
    "text": _GRID,
    "middle": _GRID | {"align": "center"},
    "strong": _GRID | {"bold": True},
    "small": _GRID | {"font_size": 8, "font_color": "#595959"},
    "day": _GRID | {"align": "center", "num_format": "yyyy-mm-dd"},
}
_COLOURS = {
    Progress.DONE: ("#E2EFDA", "#375623"),
    Progress.ONGOING: ("#FFF2CC", "#7F6000"),
    Progress.OPEN: ("#FCE4D6", "#833C0B"),
    Progress.OVERDUE: ("#F8CBAD", "#C00000"),
}


class _Column(NamedTuple):
    heading: str
    width: int
    look: str
    cell: Callable[[Row], str]


def _quotes(given: Sequence[Row]) -> str:
    """Several quotes, numbered where there are more than one, a line each."""
    words = [str(each["quote"]).replace("\n", " ").replace("\t", " ") for each in given]
    return "\n".join(f"{n}. {each}" for n, each in enumerate(words, start=1)) if len(words) > 1 else "".join(words)


def _quote(given: Row | None) -> str:
    return _quotes([given]) if given else ""


def _owners(row: Row) -> str:
    return "\n".join(owner["name"] for owner in row["owners"])


def _deadline(row: Row) -> str:
    """The words, and below them the day they come to, where they name no year."""
    words, due = _quote(row["deadline"]), (row["deadline"] or {}).get("due")
    return f"{words}\n（{due}）" if due and not re.search(r"(?:19|20)\d\d|[〇零]", words) else words


def _progress(row: Row) -> str:
    return chinese_name(Progress(row["progress"])) if row["progress"] else ""


def _bases(row: Row) -> Iterator[tuple[str, Row]]:
    """What a row goes by: its quotes by what they say."""
    for name, key in (("问题", "issue"), ("原因", "cause")):
        if row[key]:
            yield name, row[key]
    yield from (("表现", quote) for quote in row["details"])
    yield from (("措施", quote) for quote in row["measures"])
    named = [owner["evidence"] for owner in row["owners"] if owner["evidence"]]
    yield from (("责任", quote) for quote in named)
    for name, key in (("时限", "deadline"), ("状态", "told")):
        if row[key]:
            yield name, row[key]


def _places(row: Row) -> str:
    """The file, then the bases a line a kind: page, first and last character, and the words or how they begin."""
    lines: dict[str, list[str]] = {}
    for name, quote in _bases(row):
        page = f"第{quote['page']}页" if quote["page"] else ""
        words = _quote(quote) if len(quote["quote"]) <= _LONGEST_BASIS else f"{_quote(quote)[:_LONGEST_BASIS]}…"
        lines.setdefault(name, []).append(f"{page}{quote['start']}–{quote['end']}“{words}”")
    return "\n".join([row["source"], *(f"{name}：{'、'.join(places)}" for name, places in lines.items())])


def _source(row: Row) -> str:
    return "\n".join(part for part in (row["title"], row["source"], row["published"]) if part)


_ISSUES = (
    _Column("问题", 30, "strong", lambda row: _quote(row["issue"])),
    _Column("具体表现", 24, "text", lambda row: _quotes(row["details"])),
    _Column("所属方面", 14, "text", lambda row: _quote(row["section"])),
    _Column("问题类别", 12, "middle", lambda row: chinese_name(IssueCategory(row["category"]))),
    _Column("问题性质", 9, "middle", lambda row: chinese_name(Modality(row["modality"]))),
    _Column("原因", 16, "text", lambda row: _quote(row["cause"])),
    _Column("整改措施", 48, "text", lambda row: _quotes(row["measures"])),
    _Column("责任单位", 16, "text", _owners),
    _Column("整改时限", 14, "middle", _deadline),
    _Column("状态", 9, "middle", _progress),
    _Column("销号日期", 11, "day", lambda row: ""),
    _Column("销号人", 8, "middle", lambda row: ""),
    _Column("依据", 44, "small", _places),
    _Column("来源文件", 24, "small", _source),
)
_MEASURES = (
    _Column("措施", 60, "strong", lambda row: _quotes(row["measures"])),
    _Column("措施类别", 16, "middle", lambda row: chinese_name(MeasureCategory(row["measures"][0]["category"]))),
    _Column("责任单位", 30, "text", _owners),
    _Column("时限", 16, "middle", _deadline),
    _Column("状态", 10, "middle", _progress),
    _Column("依据", 34, "small", _places),
    _Column("来源文件", 30, "small", _source),
)
#: Columns that are left out where no row has a word for them.
_SPARED = frozenset({"具体表现", "所属方面"})


def write_ledger(rows: Sequence[Row], out: Path, as_of: date | None = None) -> None:
    """Write the workbook; it appears under its name only when it is whole.

    Args:
        rows: as `chain_row_to_dict` gives them; those without an issue go to the second sheet.
        as_of: the day on which deadlines were looked at; that of publication when None.

    Raises:
        InputError: `out` is a folder.
    """
    import xlsxwriter  # only for workbooks

    if out.is_dir():
        raise InputError(
            f"{out} 是文件夹，台账需要文件名。 {out} is a folder; the ledger needs a file name.",
            hint=f"Use --out {out / '台账.xlsx'}",
        )
    problems = [row for row in rows if row["issue"]]
    others = [row for row in rows if not row["issue"]]
    with whole(out) as path, xlsxwriter.Workbook(str(path), OPTIONS) as workbook:
        formats = add_formats(workbook, _FORMATS)
        for progress, (ground, ink) in _COLOURS.items():
            formats[progress] = workbook.add_format({"bg_color": ground, "font_color": ink})
        _write(workbook.add_worksheet(TITLE), problems, _ISSUES, formats, _summary(problems, as_of))
        told = f"共 {len(others)} 项：文中采取或部署、未与上表具体问题对应的措施。"
        _write(workbook.add_worksheet(OTHERS), others, _MEASURES, formats, told)


def _summary(rows: Sequence[Row], as_of: date | None) -> str:
    counts = Counter(row["progress"] for row in rows)
    parts = [f"{chinese_name(state)} {counts[state]} 项" for state in Progress if counts[state]]
    parts += [f"未载明 {counts[None]} 项"] if counts[None] else []
    day = as_of.isoformat() if as_of else "各文件发布之日"
    return f"共 {len(rows)} 项{'：' if parts else '。'}{'，'.join(parts)}{'。' if parts else ''}逾期与否以{day}为准。"


def _write(
    sheet: Any, rows: Sequence[Row], columns: Sequence[_Column], formats: Mapping[str, Any], summary: str
) -> None:
    shown = [c for c in columns if c.heading not in _SPARED or any(c.cell(row) for row in rows)]
    number = _Column("序号", 6, "middle", lambda row: "")
    last = len(shown)
    sheet.merge_range(0, 0, 0, last, sheet.name, formats["title"])
    sheet.merge_range(1, 0, 1, last, summary, formats["sum"])
    sheet.set_row(0, 36)
    sheet.set_row(1, 20)
    sheet.set_row(2, 24)
    for x, column in enumerate((number, *shown)):
        sheet.write_string(2, x, column.heading, formats["head"])
        sheet.set_column(x, x, column.width)
    for y, row in enumerate(rows, start=_ABOVE):
        cells = [column.cell(row) for column in shown]
        height = max(_height(cell, column) for cell, column in zip(cells, shown, strict=True))
        sheet.set_row(y, min(_HIGHEST, height + 6))
        write_cell(sheet, (y, 0), y - _ABOVE + 1, formats["middle"], formats["middle"])
        for x, (cell, column) in enumerate(zip(cells, shown, strict=True), start=1):
            write_cell(sheet, (y, x), cell, formats[column.look], formats[column.look])
    lay_out(sheet, (_ABOVE, 2), (_ABOVE + len(rows) - 1, last))
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    _offer_states(sheet, [column.heading for column in shown].index("状态") + 1, max(1, len(rows)), formats)


def _height(cell: str, column: _Column) -> float:
    """Points that a cell needs."""
    scale = _SMALL if column.look == "small" else 1
    return LINE_HEIGHT * scale * lines_in(cell, round(column.width / scale))


def _offer_states(sheet: Any, column: int, rows: int, formats: Mapping[str, Any]) -> None:
    """Let the clerk choose a state from the list, and colour it."""
    area = (_ABOVE, column, _ABOVE + rows - 1, column)
    sheet.data_validation(*area, {"validate": "list", "source": [chinese_name(state) for state in Progress]})
    for state in Progress:
        rule = {"type": "cell", "criteria": "==", "value": f'"{chinese_name(state)}"', "format": formats[state]}
        sheet.conditional_format(*area, rule)
