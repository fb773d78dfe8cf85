"""A draft of a plan of rectification (整改方案): problems, and the measures that others took, with their sources.

In: advice, or the lines that a clerk chose from it. Out: a DOCX or XLSX file. Every measure of advice is a quote; what
a clerk must decide (who, by when) is left open where the report asked about does not say.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from docintel.errors import InputError, QueryError
from docintel.exports.sheets import LINE_HEIGHT, OPTIONS, add_formats, lay_out, lines_in, write_cell
from docintel.files import whole
from docintel.schema import Advice, Precedent, Suggestion

TITLE = "整改方案（草案）"
NOTE = (
    "注：本表为草稿，“措施”逐条摘自“依据”所列文件的原文，未作改写，供参考选用；责任单位和时限留空处请填写。"
    "“无可比案例”表示资料库中没有可资借鉴的做法。"
)
EDITED_NOTE = (
    "注：本表为草稿，由经办人编辑；“措施”摘自“依据”所列文件，注明“有改动”或没有依据的不是原文。"
    "责任单位和时限留空处请填写。"
)
HEADINGS = ("序号", "问题", "措施", "责任单位", "时限", "依据")
_NO_CASE = "无可比案例"
#: Characters that XML does not know.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
#: Widths of the columns: centimetres on A4 across, characters in a sheet.
_CENTIMETRES = (1.2, 5.2, 7.6, 2.9, 2.4, 6.6)
_CHARACTERS = (6, 34, 56, 18, 14, 64)
_HIGHEST = 409  # points: no row of a workbook is higher


class PlanFormat(StrEnum):
    """How a plan is written."""

    DOCX = "docx"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A line of the plan.

    Attributes:
        measures: quotes, unless a clerk edited them.
        owners: who answers for it, a line each.
        bases: where each measure is from, in the same order.
    """

    problem: str
    measures: tuple[str, ...]
    owners: str
    deadline: str
    bases: tuple[str, ...]


def write_plan(advised: Sequence[Advice], out: Path, *, per_issue: int = 3) -> None:
    """Write the plan, as the suffix of the file says; it appears under its name only when it is whole.

    Args:
        per_issue: measures a problem, of as many kinds as there are.

    Raises:
        QueryError: the suffix is neither .docx nor .xlsx.
        InputError: `out` is a folder.
    """
    if out.is_dir():
        raise InputError(
            f"{out} 是文件夹，方案需要文件名。 {out} is a folder; the plan needs a file name.",
            hint=f"Use --plan {out / '整改方案.docx'}",
        )
    suffix = out.suffix.lower().removeprefix(".")
    if suffix not in set(PlanFormat):
        raise QueryError(
            f"{out.name} 的格式不支持。 A plan is written as .docx or .xlsx, not as {out.suffix or out.name}.",
            hint="Use --plan 整改方案.docx",
        )
    rows = [plan_row(advice, per_issue) for advice in advised]
    with whole(out) as path:
        path.write_bytes(plan_file(rows, PlanFormat(suffix)))


def plan_file(rows: Sequence[PlanRow], how: PlanFormat, note: str = NOTE) -> bytes:
    """The bytes of a plan of these lines.

    Args:
        note: what is said of them below the title or the table.
    """
    writers: dict[PlanFormat, Callable[[Sequence[PlanRow], IO[bytes], str], None]] = {
        PlanFormat.DOCX: _write_docx,
        PlanFormat.XLSX: _write_xlsx,
    }
    out = BytesIO()
    writers[how]([_printable(row) for row in rows], out, note)
    return out.getvalue()


def _printable(row: PlanRow) -> PlanRow:
    """A line as XML can hold it, each of its texts in one paragraph."""
    return PlanRow(
        problem=_clean(row.problem),
        measures=tuple(map(_clean, row.measures)),
        owners="\n".join(map(_clean, row.owners.split("\n"))),
        deadline=_clean(row.deadline),
        bases=tuple(map(_clean, row.bases)),
    )


def plan_row(advice: Advice, per_issue: int) -> PlanRow:
    """The line of one problem."""
    chosen = _of_many_kinds(advice.suggestions, per_issue)
    return PlanRow(
        problem=advice.problem,
        measures=tuple(each.text for each in chosen) or (advice.failure or _NO_CASE,),
        owners="\n".join(advice.owners),
        deadline=advice.deadline,
        bases=tuple(basis(each.precedents[0]) for each in chosen),
    )


def basis(precedent: Precedent) -> str:
    """Where a measure is from: the problem it answered there, title, publisher, day, file and place."""
    hit = precedent.measure
    place = f"第{hit.page}页" if hit.page else f"第{hit.start + 1}–{hit.end}字"
    issued = "，".join(part for part in (hit.publisher, _day(hit.published)) if part)
    title = f"《{hit.title}》" if hit.title else ""
    told = f"针对：{precedent.issue}。" if precedent.issue else ""
    return f"{told}{title}{f'（{issued}）' if issued else ''} {hit.source} {place}".strip()


def _day(published: str | None) -> str:
    """A day as documents write it: its hyphens would break the line."""
    return re.sub(r"(\d{4})-0?(\d+)-0?(\d+)", r"\1年\2月\3日", published or "")


def _of_many_kinds(suggestions: Sequence[Suggestion], count: int) -> list[Suggestion]:
    """The best of each kind first, then what is left, in the order of rank."""
    firsts = list({each.category: each for each in reversed(suggestions)}.values())[::-1]
    firsts.sort(key=suggestions.index)
    rest = [each for each in suggestions if each not in firsts]
    chosen = [*firsts, *rest][:count]
    return [each for each in suggestions if each in chosen]


def _clean(text: str) -> str:
    return _CONTROL.sub("", text).replace("\n", " ").strip()


def _numbered(lines: Sequence[str]) -> Iterator[str]:
    """Lines with numbers, where there are more than one."""
    return (f"{n}. {line}" for n, line in enumerate(lines, start=1)) if len(lines) > 1 else iter(lines)


def _cells(number: int, row: PlanRow) -> list[list[str]]:
    """The paragraphs of each cell."""
    owners = row.owners.split("\n") if row.owners else [""]
    return [
        [str(number)],
        [row.problem],
        list(_numbered(row.measures)),
        owners,
        [row.deadline],
        list(_numbered(row.bases)) or [""],
    ]


# DOCX


def _write_docx(rows: Sequence[PlanRow], out: IO[bytes], note: str) -> None:
    import docx  # only for plans
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(1.9)
    section.top_margin = section.bottom_margin = Cm(2)
    document.core_properties.title = TITLE
    document.core_properties.author = "docintel"
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(title, TITLE, 20, "方正小标宋简体")
    table = document.add_table(rows=1, cols=len(HEADINGS))
    table.style = "Table Grid"
    table.autofit = False
    for cell, heading in zip(table.rows[0].cells, HEADINGS, strict=True):
        _fill(cell, [heading], "黑体", centred=True)
    _repeat(table.rows[0])
    for number, row in enumerate(rows, start=1):
        for place, (cell, lines) in enumerate(zip(table.add_row().cells, _cells(number, row), strict=True)):
            _fill(cell, lines, "仿宋", centred=place == 0, points=9 if place == len(HEADINGS) - 1 else 11)
    for column, width in zip(table.columns, _CENTIMETRES, strict=True):
        column.width = Cm(width)
        for cell in column.cells:
            cell.width = Cm(width)
    _run(document.add_paragraph(), note, 9, "仿宋")
    _number_pages(section, "草案，措施均为所列文件原文摘录" if note == NOTE else "草案")
    document.save(out)


def _run(paragraph: Any, text: str, points: float, typeface: str) -> None:
    """Add words in a Chinese typeface, figures and Latin letters in Times New Roman."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(points), "Times New Roman"
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), typeface)


def _fill(cell: Any, lines: Sequence[str], typeface: str, *, centred: bool = False, points: float = 11) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    for n, line in enumerate(lines):
        paragraph = cell.paragraphs[0] if n == 0 else cell.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(2)
        if centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(paragraph, line, points, typeface)


def _repeat(row: Any) -> None:
    """Repeat a row at the top of every page."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _number_pages(section: Any, told: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, f"{told}　　第 ", 9, "仿宋")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)
    _run(paragraph, " 页", 9, "仿宋")


# XLSX

_GRID = {"border": 1, "border_color": "#A6A6A6", "text_wrap": True, "valign": "top"}
_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 20, "align": "center", "valign": "vcenter", "font_name": "方正小标宋简体"},
    "note": {"text_wrap": True, "font_color": "#595959", "valign": "vcenter"},
    "head": _GRID | {"bold": True, "align": "center", "bg_color": "#DDE7F0"},
    "text": _GRID,
    "middle": _GRID | {"align": "center"},
}


def _write_xlsx(rows: Sequence[PlanRow], out: IO[bytes], note: str) -> None:
    import xlsxwriter  # only for workbooks

    with xlsxwriter.Workbook(out, {**OPTIONS, "in_memory": True}) as workbook:
        formats = add_formats(workbook, _FORMATS)
        sheet = workbook.add_worksheet("整改方案")
        last = len(HEADINGS) - 1
        sheet.merge_range(0, 0, 0, last, TITLE, formats["title"])
        sheet.merge_range(1, 0, 1, last, note, formats["note"])
        sheet.set_row(0, 36)
        sheet.set_row(1, 2 * LINE_HEIGHT + 4)
        for x, (heading, width) in enumerate(zip(HEADINGS, _CHARACTERS, strict=True)):
            sheet.write_string(2, x, heading, formats["head"])
            sheet.set_column(x, x, width)
        for y, row in enumerate(rows, start=3):
            cells = ["\n".join(lines) for lines in _cells(y - 2, row)]
            height = max(lines_in(cell, width) for cell, width in zip(cells, _CHARACTERS, strict=True))
            sheet.set_row(y, min(_HIGHEST, LINE_HEIGHT * height + 6))
            write_cell(sheet, (y, 0), y - 2, formats["middle"], formats["middle"])
            for x, cell in enumerate(cells[1:], start=1):
                write_cell(sheet, (y, x), cell, formats["text"], formats["text"])
        lay_out(sheet, (3, 2), (2 + len(rows), last))
        sheet.set_footer("&C第 &P 页，共 &N 页")
