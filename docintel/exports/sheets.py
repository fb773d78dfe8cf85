"""What every workbook of docintel shares: its typeface, its print layout, cells that run nothing, rows that fit.

In: values. Out: cells. No text of a document can run as a formula or a link.
"""

from collections.abc import Mapping
from math import isnan
from typing import Any

#: Text that begins like a formula, a link or no number stays text.
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
BASE = {"valign": "top", "font_name": "等线", "font_size": 10}
#: Points a line of text takes.
LINE_HEIGHT = 14
#: The longest text a cell of a workbook holds.
_CELL_LENGTH = 32_767
_PAPER_A3 = 8


def write_cell(sheet: Any, place: tuple[int, int], value: Any, text: Any, number: Any) -> None:
    """Write a string or number in its format; nothing for what is missing."""
    if isinstance(value, str):
        sheet.write_string(*place, value[:_CELL_LENGTH], text)
    elif value is not None and not (isinstance(value, float) and isnan(value)):
        sheet.write_number(*place, value, number)


def lines_in(value: Any, width: int) -> int:
    """How many lines a cell needs in a column so many characters wide; a Chinese character is two wide."""
    if not isinstance(value, str):
        return 1
    wide = (sum(1 if char.isascii() else 2 for char in line) for line in value.split("\n"))
    return sum(max(1, -(-each // (width - 1))) for each in wide)


def lay_out(sheet: Any, frozen: tuple[int, int], last: tuple[int, int]) -> None:
    """Freeze the heading, filter below it, and print on A3 across with the heading on every page.

    Args:
        frozen: rows and columns that stay in sight; the last of the rows is the heading.
        last: the last row and column.
    """
    heading = frozen[0] - 1
    sheet.freeze_panes(*frozen)
    sheet.set_paper(_PAPER_A3)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(heading)
    sheet.autofilter(heading, 0, max(frozen[0], last[0]), last[1])


def add_formats(workbook: Any, named: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """The formats of a workbook by their names, in its typeface."""
    return {name: workbook.add_format(BASE | form) for name, form in named.items()}
