"""Reports as DOCX, and from these as DOC, RTF and PDF by LibreOffice.

In: a report, or paths of DOCX files. Out: bytes, or the paths of converted files. Every other report has real heading
styles, every third automatic numbers; runs are cut where Word cuts them, anywhere.
"""

import io
import random
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from scripts.roundtrip.content import Ledger, Part, Report, Role

_SONG, _HEI = "Noto Serif CJK SC", "Noto Sans CJK SC"
_HAN_DIGITS = "一二三四五六七八九十"
_ABSTRACT = 90
_NUMBERING = f"""<w:abstractNum {nsdecls("w")} w:abstractNumId="{_ABSTRACT}"><w:multiLevelType w:val="singleLevel"/>
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:suff w:val="nothing"/>
<w:lvlText w:val="%1、"/><w:lvlJc w:val="left"/></w:lvl></w:abstractNum>"""
_CONVERT_S = 600


def write_docx(report: Report) -> bytes:
    """The report as a Word document with a running head and page numbers."""
    document = docx.Document()
    _set_page(document, report)
    number = _add_numbering(document) if report.index % 3 == 2 and _is_sequence(report) else None
    for part in report.parts:
        if part.role is Role.TABLE:
            _add_table(document, report.ledger, together=report.index % 3 != 0)
        else:
            _add_part(document, part, report, number)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _set_page(document: Any, report: Report) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin, section.bottom_margin = Cm(3), Cm(2.5)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    section.header.paragraphs[0].text = f"内部资料 整改材料汇编第{report.index + 1}辑"
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer.add_run("— ")
    for kind in ("begin", None, "end"):
        run = footer.add_run()
        if kind:
            field = OxmlElement("w:fldChar")
            field.set(qn("w:fldCharType"), kind)
        else:
            field = OxmlElement("w:instrText")
            field.text = "PAGE"
        run._r.append(field)
    footer.add_run(" —")
    normal = document.styles["Normal"]
    normal.font.size = Pt(12 if report.index % 2 else 14)
    _set_font(normal, _SONG)


def _set_font(style: Any, name: str) -> None:
    style.font.name = name
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _add_part(document: Any, part: Part, report: Report, number: int | None) -> None:
    styled = part.role is Role.HEADING and report.index % 2 == 0
    paragraph = document.add_paragraph(style=f"Heading {part.level or 1}" if styled else None)
    text = part.text
    if number is not None and _top(part):
        text = part.text[2:]
        paragraph._p.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>')
        )
    font = _HEI if part.role in (Role.TITLE, Role.HEADING, Role.LEDGER_TITLE, Role.HEAD) else None
    for piece in _cut(text, random.Random(report.index)):
        run = paragraph.add_run(piece)
        _set_run(run, part.role, font)
    if part.role in (Role.TITLE, Role.HEAD, Role.NUMBER):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    elif part.role in (Role.SIGNER, Role.DATE):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    elif number is None or not _top(part):
        paragraph.paragraph_format.first_line_indent = Pt(24)
    paragraph.paragraph_format.keep_with_next = part.role is Role.LEDGER_TITLE


def _set_run(run: Any, role: Role, font: str | None) -> None:
    if font:
        run.font.name = font
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
        run.font.color.rgb = RGBColor(0, 0, 0)
    if role is Role.HEAD:
        run.font.color.rgb = RGBColor(220, 0, 0)
        run.font.size = Pt(26)
    elif role is Role.TITLE:
        run.font.size, run.font.bold = Pt(20), True


def _cut(text: str, rng: random.Random) -> list[str]:
    """The text in runs, cut at up to three places."""
    places = sorted({rng.randrange(1, len(text)) for _ in range(3)}) if len(text) > 20 else []
    return [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]


def _top(part: Part) -> bool:
    return part.role is Role.HEADING and part.text[1:2] == "、" and part.text[0] in _HAN_DIGITS


def _is_sequence(report: Report) -> bool:
    """Whether headings of the first level run from `一、` without a gap, as automatic numbers would."""
    numbers = [part.text[0] for part in report.parts if _top(part)]
    return bool(numbers) and "".join(numbers) == _HAN_DIGITS[: len(numbers)]


def _add_numbering(document: Any) -> int:
    numbering = document.part.numbering_part.numbering_definitions._numbering
    numbering.insert(0, parse_xml(_NUMBERING))
    return int(numbering.add_num(_ABSTRACT).numId)


def _add_table(document: Any, ledger: Ledger, *, together: bool) -> None:
    table = document.add_table(rows=ledger.height, cols=ledger.width, style="Table Grid")
    for x, width in enumerate((1.4, 4.6, 4.0, 3.4, 2.2)):
        for row in table.rows:
            row.cells[x].width = Cm(width)
    for cell in ledger.cells:
        box = table.cell(cell.row, cell.column)
        if cell.height > 1 or cell.width > 1:
            box = box.merge(table.cell(cell.row + cell.height - 1, cell.column + cell.width - 1))
        paragraph = box.paragraphs[0]
        run = paragraph.add_run(cell.text)
        run.font.size = Pt(10.5)
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell in row.cells if together else ():
            cell.paragraphs[0].paragraph_format.keep_with_next = True


def has_office() -> bool:
    """Whether LibreOffice is here to convert."""
    return shutil.which("soffice") is not None


def convert(paths: Sequence[Path], suffix: str, folder: Path) -> list[Path]:
    """Convert documents by LibreOffice.

    Raises:
        RuntimeError: LibreOffice left one out.
    """
    if not paths:
        return []
    filters = {"doc": "doc:MS Word 97", "rtf": "rtf:Rich Text Format", "pdf": "pdf:writer_pdf_Export"}
    profile = folder / "office-profile"
    command = ["soffice", f"-env:UserInstallation={profile.resolve().as_uri()}", "--headless", "--convert-to"]
    subprocess.run(
        [*command, filters.get(suffix, suffix), "--outdir", str(folder), *map(str, paths)],
        check=False,
        capture_output=True,
        timeout=_CONVERT_S,
    )
    shutil.rmtree(profile, ignore_errors=True)
    made = [folder / f"{path.stem}.{suffix}" for path in paths]
    if lost := [path.name for path in made if not path.exists()]:
        raise RuntimeError(f"LibreOffice gave no {', '.join(lost)}")
    return made
