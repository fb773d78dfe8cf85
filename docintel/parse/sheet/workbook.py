"""Spreadsheets and CSV to a Document.

In: XLSX, XLSM, XLSB, XLS, ET or ODS, read by python-calamine; or CSV. Out: a Document with a heading for each sheet,
its tables with their merged cells, and what stands over and under them as lines; `page` is the number of the sheet.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docintel.errors import ParseError
from docintel.parse.assemble import Declared, assemble
from docintel.parse.file import File
from docintel.parse.plain import refuse_garbage, warnings
from docintel.parse.sheet.biff import LockedError, binary_formats
from docintel.parse.sheet.blocks import Row, sheet_lines
from docintel.parse.sheet.formats import package_formats
from docintel.parse.sheet.shown import Shown
from docintel.parse.sheet.values import show
from docintel.parse.structure import Line
from docintel.parse.tables import Cell
from docintel.schema import BlockKind, Document
from docintel.text.encodings import decode

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

#: Places of all tables together, empty ones in them included; a cell costs about 200 bytes on its way to a Document.
_MOST_CELLS = 2_000_000
#: Places that python-calamine may set aside for one sheet, 32 bytes each: from the first cell to the last.
_LARGEST_SHEET = 40_000_000
_DEFAULT_NAME = re.compile(r"(?:sheet|工作表|表|table)\s*\d*$", re.IGNORECASE)
#: Names in the directory of a package that has macros.
_MACRO_MARKS = ("_VBA_PROJECT".encode("utf-16-le"), b"xl/vbaProject.bin")
_MACROS = "文件含宏，未运行。 The file holds macros; none was run."
_LONGEST_REASON = 200
#: Rows between two signs of progress, some tenths of a second.
_ROWS_A_SIGN = 5000
_DELIMITERS = ",\t;|"
_SNIFFED_LINES = 50


@dataclass(slots=True)
class _Budget:
    """Cells that may still be read, and rows that were left."""

    cells: int
    rows_left: int = 0


def parse_sheet(file: File) -> Document:
    """Read a workbook.

    Raises:
        ParseError: it is damaged, protected by a password, too large when unpacked, or has no cell with words in it.
    """
    from python_calamine import CalamineError, PasswordError, load_workbook

    try:
        shown = package_formats(file) if file.data.startswith(b"PK") else binary_formats(file.data)
        with load_workbook(io.BytesIO(file.data)) as book:
            return _read(file, book, shown)
    except (PasswordError, LockedError) as exc:
        raise ParseError(
            f"{file.name} 有密码保护。 {file.name} is protected by a password.",
            hint="请用密码打开后另存为不加密的文件。 Open it with its password and save it without one.",
        ) from exc
    except (CalamineError, OSError, ValueError) as exc:
        raise _damaged(file, exc) from exc
    except BaseException as exc:  # a panic of the library is no Exception
        if type(exc).__name__ != "PanicException":
            raise
        raise _damaged(file, exc) from exc


def parse_csv(file: File) -> Document:
    """Read values parted by commas, tabs, semicolons or bars.

    Raises:
        UnsupportedFormatError: the bytes are no text.
        ParseError: there is no visible character in it.
    """
    decoded = decode(file.data)
    refuse_garbage(decoded, file.name)
    text = decoded.text.replace("\0", "")
    limit = csv.field_size_limit(max(len(text), 1))
    budget = _Budget(_MOST_CELLS)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
        rows = list(_within(budget, ([Cell(y, x, t) for x, t in enumerate(row)] for y, row in enumerate(reader))))
    except csv.Error as exc:
        raise _damaged(file, exc) from exc
    finally:
        csv.field_size_limit(limit)
    lines = sheet_lines(rows, title=BlockKind.TITLE)
    return assemble(file, lines, parser="csv", warnings=warnings(decoded), missing=_left(budget))


#: The part with the comments of a sheet, by its name in the package.
_COMMENTS = re.compile(rb"xl/(?:comments\d*|threadedComments/\w+)\.xml")


def _read(file: File, book: "CalamineWorkbook", shown: Sequence[Shown]) -> Document:
    """The Document of an open workbook."""
    from python_calamine import SheetVisibleEnum

    budget, sheets, missing = _Budget(_MOST_CELLS), [], []
    notes = [_MACROS] if any(mark in file.data for mark in _MACRO_MARKS) else []
    if _COMMENTS.search(file.data):
        notes.append("单元格批注未读入。 Comments on cells were left out.")
    total = len(book.sheets_metadata)
    for i, about in enumerate(book.sheets_metadata):
        looks = shown[i] if i < len(shown) else Shown()
        file.progress(i, total)
        if looks.height * looks.width > _LARGEST_SHEET:
            missing.append(
                f"工作表“{about.name}”范围过大，未读取。 Sheet {about.name} reaches over too many cells: not read."
            )
            continue
        rows = []
        for row in _within(budget, _rows(book.get_sheet_by_index(i), looks)):
            rows.append(row)
            if len(rows) % _ROWS_A_SIGN == 0:
                file.progress(i, total)
        if rows and about.visible != SheetVisibleEnum.Visible:
            notes.append(f"工作表“{about.name}”在原文件中隐藏。 Sheet {about.name} is hidden in the file.")
        if rows:
            sheets.append((i + 1, about.name, rows))
    missing += _left(budget)
    if not sheets and not missing:
        raise ParseError(
            f"{file.name} 没有内容。 {file.name} is empty: no cell of its {total} sheets holds words.",
            hint="请确认文件是否正确、完整。 Check that the file is the right one, and complete.",
        )
    return assemble(
        file,
        _lines(sheets),
        parser="sheet",
        declared=Declared(title=_declared_title(sheets), pages=total),
        warnings=notes,
        missing=missing,
    )


def _lines(sheets: Sequence[tuple[int, str, list[Row]]]) -> Iterator[Line]:
    """Each sheet under its name, but a lone one whose name says nothing."""
    for nth, (page, name, rows) in enumerate(sheets):
        lines = sheet_lines(rows, page=page, title=BlockKind.HEADING if nth else BlockKind.TITLE)
        said = {line.text for line in lines if line.kind in (BlockKind.TITLE, BlockKind.HEADING)}
        if name.strip() not in said and not (len(sheets) == 1 and _DEFAULT_NAME.match(name.strip())):
            yield Line(name, BlockKind.HEADING, level=1, page=page)
        yield from lines


def _declared_title(sheets: Sequence[tuple[int, str, list[Row]]]) -> str:
    """The name of the first sheet, where it is one that a person gave."""
    return next((name.strip() for _, name, _ in sheets[:1] if not _DEFAULT_NAME.match(name.strip())), "")


def _rows(sheet: "CalamineSheet", looks: Shown) -> Iterator[list[Cell]]:
    """The cells of each row that has any; a merged cell at its first place, with its spans."""
    _, left = sheet.start or (0, 0)  # rows come from the first of the sheet, columns from the first with a value
    spans, covered = _spans(sheet)
    for y, values in enumerate(sheet.iter_rows()):
        row = []
        for x, value in enumerate(values, left):
            place = (y, x)
            if place in covered:
                continue
            text = looks.errors.get(place) or show(value, looks.formats.get(place, "") if value != "" else "")
            if text and not text.isspace():
                height, width = spans.get(place, (1, 1))
                row.append(Cell(y, x, text, height, width))
        if row:
            yield row


def _spans(sheet: "CalamineSheet") -> tuple[dict[tuple[int, int], tuple[int, int]], set[tuple[int, int]]]:
    """Height and width of merged cells by their first place, and the other places that they cover."""
    bottom, right = sheet.end or (0, 0)
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    covered: set[tuple[int, int]] = set()
    for (top, left), (last_row, last_column) in sheet.merged_cell_ranges or ():
        height, width = min(last_row, bottom) - top + 1, min(last_column, right) - left + 1
        if height < 1 or width < 1 or (top, left) in covered or len(covered) + height * width > _MOST_CELLS:
            continue
        spans[top, left] = (height, width)
        covered.update((y, x) for y in range(top, top + height) for x in range(left, left + width))
        covered.discard((top, left))
    return spans, covered


def _within(budget: _Budget, rows: Iterable[Sequence[Cell]]) -> Iterator[Row]:
    """Rows with words, as long as the table that they make is within the budget; the others are counted."""
    columns: set[int] = set()
    taken = 0
    for row in rows:
        written = tuple(cell for cell in row if cell.text.strip())
        columns.update(cell.column for cell in written)
        if not written:
            continue
        if (taken + 1) * len(columns) > budget.cells:
            budget.rows_left += 1
            continue
        taken += 1
        yield written
    budget.cells = max(budget.cells - taken * len(columns), 0)


def _left(budget: _Budget) -> list[str]:
    if not budget.rows_left:
        return []
    return [
        f"表格过大，有 {budget.rows_left} 行未读取。 The sheets are too large: {budget.rows_left} rows were not read."
    ]


def _delimiter(text: str) -> str:
    """The mark that parts most of the first lines into the same number of values."""
    lines = [line for line in text.split("\n")[: 2 * _SNIFFED_LINES] if line.strip()][:_SNIFFED_LINES]

    def evenness(mark: str) -> tuple[int, int]:
        counts = [line.count(mark) for line in lines if mark in line]
        usual = max(set(counts), key=lambda n: (counts.count(n), n), default=0)
        return counts.count(usual), usual

    return max(_DELIMITERS, key=evenness)


def _damaged(file: File, exc: BaseException) -> ParseError:
    return ParseError(
        f"{file.name} 已损坏，无法读取。 {file.name} is damaged: {' '.join(str(exc).split())[:_LONGEST_REASON]}.",
        hint="请用 Excel 或 WPS 打开并另存后再试。 Open it in Excel or WPS, save it again, and try that copy.",
    )
