"""What every workbook of docintel shares: its name, typeface and print layout, cells that run nothing, rows that fit.

In: values. Out: cells. No text of a document can run as a formula or a link.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import isnan
from pathlib import Path
from typing import Any

from docintel.errors import InputError
from docintel.files import is_stream

#: Text that begins like a formula, a link or no number stays text.
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
BASE = {"valign": "top", "font_name": "等线", "font_size": 10}
#: Points a line of text takes.
LINE_HEIGHT = 14
#: The longest text a cell of a workbook holds.
_CELL_LENGTH = 32_767
_PAPER_A3 = 8
#: For sheets that are printed alone.
PAPER_A4 = 9


def check_out(out: Path, name: str) -> None:
    """See that a workbook can have this name; a pipe or device has any.

    Args:
        name: what a workbook of its kind may be called.

    Raises:
        InputError: it is a folder, or the name is that of another kind of file.
    """
    if out.is_dir():
        raise InputError(
            f"{out} 是文件夹，工作簿需要文件名。 {out} is a folder; the workbook needs a file name.",
            hint=f"Use --out {out / name}",
        )
    if out.suffix.lower() != ".xlsx" and not is_stream(out):
        raise InputError(
            f"{out.name} 的格式不支持。 A workbook is written as .xlsx, not as {out.suffix or out.name}.",
            hint=f"Use --out {out.with_suffix('.xlsx') if out.stem.strip('.') else name}",
        )


@contextmanager
def new_workbook(path: Path, **options: Any) -> Iterator[Any]:
    """A workbook to fill; it is in the file when the block ends.

    Args:
        options: of xlsxwriter, beside those that every workbook has.

    Raises:
        OSError: the disk is full, or the file cannot be written.
    """
    import xlsxwriter  # only for workbooks
    from xlsxwriter.exceptions import FileCreateError

    try:
        with xlsxwriter.Workbook(str(path), OPTIONS | options) as workbook:
            yield workbook
    except FileCreateError as exc:  # no OSError, and made of one
        raise exc.args[0] if exc.args and isinstance(exc.args[0], OSError) else OSError(str(exc)) from exc


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
