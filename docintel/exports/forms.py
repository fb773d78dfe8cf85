"""Forms that a clerk goes on with: a title, what it comes to, a heading, and rows of quotes under it.

In: rows in their JSON form and columns that say what of them is shown. Out: a sheet of a workbook.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from docintel.exports.sheets import LINE_HEIGHT, lay_out, lines_in, write_cell
from docintel.schema import chinese_name

Row = Mapping[str, Any]

#: Rows above the rows: title, what it comes to, heading.
ABOVE = 3
#: No row of a workbook is higher, in points.
_HIGHEST = 409
_GRID = {"border": 1, "border_color": "#A6A6A6", "text_wrap": True, "valign": "vcenter"}
#: Small letters: how much of a line they take, up and across.
_SMALL = 0.8
FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 20, "align": "center", "valign": "vcenter", "font_name": "方正小标宋简体"},
    "sum": {"align": "left", "valign": "vcenter", "font_color": "#595959"},
    "head": _GRID | {"bold": True, "align": "center", "bg_color": "#DDE7F0"},
    "text": _GRID,
    "middle": _GRID | {"align": "center"},
    "strong": _GRID | {"bold": True},
    "small": _GRID | {"font_size": 8, "font_color": "#595959"},
    "day": _GRID | {"align": "center", "num_format": "yyyy-mm-dd"},
}
#: Ground and ink of what is well, under way, missing, and wrong.
WELL, UNDER_WAY, MISSING = ("#E2EFDA", "#375623"), ("#FFF2CC", "#7F6000"), ("#FCE4D6", "#833C0B")
WRONG = ("#F8CBAD", "#C00000")


class Column(NamedTuple):
    """A column of a form: its heading, its width in letters, its format in `FORMATS`, and what of a row it shows."""

    heading: str
    width: int
    look: str
    cell: Callable[[Row], str]


def lines_of(given: Iterable[Row]) -> str:
    """Several quotes, numbered where there are more than one, a line each."""
    words = [str(each["quote"]).replace("\n", " ").replace("\t", " ") for each in given]
    return "\n".join(f"{n}. {each}" for n, each in enumerate(words, start=1)) if len(words) > 1 else "".join(words)


def line_of(given: Row | None) -> str:
    """One quote in a line; nothing where there is none."""
    return lines_of([given]) if given else ""


def write_form(
    sheet: Any, rows: Sequence[Row], columns: Sequence[Column], formats: Mapping[str, Any], summary: str
) -> None:
    """Write a form; its title is the name of the sheet."""
    number = Column("序号", 6, "middle", lambda row: "")
    last = len(columns)
    sheet.merge_range(0, 0, 0, last, sheet.name, formats["title"])
    sheet.merge_range(1, 0, 1, last, summary, formats["sum"])
    sheet.set_row(0, 36)
    sheet.set_row(1, 20)
    sheet.set_row(2, 24)
    for x, column in enumerate((number, *columns)):
        sheet.write_string(2, x, column.heading, formats["head"])
        sheet.set_column(x, x, column.width)
    for y, row in enumerate(rows, start=ABOVE):
        cells = [column.cell(row) for column in columns]
        height = max(_height(cell, column) for cell, column in zip(cells, columns, strict=True))
        sheet.set_row(y, min(_HIGHEST, height + 6))
        write_cell(sheet, (y, 0), y - ABOVE + 1, formats["middle"], formats["middle"])
        for x, (cell, column) in enumerate(zip(cells, columns, strict=True), start=1):
            write_cell(sheet, (y, x), cell, formats[column.look], formats[column.look])
    lay_out(sheet, (ABOVE, 2), (ABOVE + len(rows) - 1, last))
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&C第 &P 页，共 &N 页")


def _height(cell: str, column: Column) -> float:
    """Points that a cell needs."""
    scale = _SMALL if column.look == "small" else 1
    return LINE_HEIGHT * scale * lines_in(cell, round(column.width / scale))


def offer_labels(
    sheet: Any,
    place: tuple[int, int],
    colours: Mapping[Any, tuple[str, str]],
    vocabulary: Iterable[StrEnum],
    formats: Mapping[Any, Any],
) -> None:
    """Let the clerk choose a label from the list, and colour it.

    Args:
        place: the column, and how many rows there are.
        colours: ground and ink by label.
        formats: has a format for each of these.
    """
    area = (ABOVE, place[0], ABOVE + max(1, place[1]) - 1, place[0])
    sheet.data_validation(*area, {"validate": "list", "source": [chinese_name(label) for label in vocabulary]})
    for label in colours:
        rule = {"type": "cell", "criteria": "==", "value": f'"{chinese_name(label)}"', "format": formats[label]}
        sheet.conditional_format(*area, rule)


def add_colours(workbook: Any, colours: Mapping[Any, tuple[str, str]]) -> dict[Any, Any]:
    """A format for each label."""
    return {
        label: workbook.add_format({"bg_color": ground, "font_color": ink}) for label, (ground, ink) in colours.items()
    }
