"""Reports as PDF by reportlab, set as GB/T 9704 sets an official document.

In: a report. Out: bytes of a PDF with running head, page numbers, first-line indents and a ruled table. Every other
report embeds its body font; the rest name STSong-Light and embed nothing, as many old files do.
"""

import io
from functools import cache
from typing import Any

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, KeepTogether, PageTemplate, Paragraph, Spacer, Table

from docintel.fonts import shipped_font
from scripts.roundtrip.content import Ledger, Part, Report, Role

_CID = "STSong-Light"
#: Margins of an official document, in mm: top 37, left 28, type area 156 x 225.
_TOP, _LEFT, _WIDE, _TALL = 37, 28, 156, 225
_COLUMNS = tuple(width * mm for width in (14, 46, 40, 34, 22))
_RULES = [("GRID", (0, 0), (-1, -1), 0.7, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]


@cache
def fonts() -> tuple[str, str]:
    """Names of a font to embed and of one that readers must have."""
    pdfmetrics.registerFont(UnicodeCIDFont(_CID))
    pdfmetrics.registerFont(TTFont("embedded", str(shipped_font()), subfontIndex=0))
    return "embedded", _CID


def write_pdf(report: Report) -> bytes:
    """The report as an official document on A4 pages."""
    embedded, named = fonts()
    out = io.BytesIO()
    document = BaseDocTemplate(out, pagesize=A4, title="", author="")
    frame = Frame(_LEFT * mm, (297 - _TOP - _TALL) * mm, _WIDE * mm, _TALL * mm, 0, 0, 0, 0)

    def furnish(canvas: Any, page: Any) -> None:
        canvas.setFont(embedded, 9)
        canvas.drawString(_LEFT * mm, 280 * mm, f"整改工作简报 第{report.index + 1}期")
        canvas.line(_LEFT * mm, 278 * mm, (_LEFT + _WIDE) * mm, 278 * mm)
        canvas.setFont(embedded, 14)
        canvas.drawRightString((_LEFT + _WIDE) * mm, 24 * mm, f"— {page.page} —")

    document.addPageTemplates(PageTemplate(frames=[frame], onPage=furnish))
    body = embedded if report.index % 2 else named
    document.build(list(_flow(report, body, embedded)))
    return out.getvalue()


def _flow(report: Report, body: str, heading: str) -> list[Flowable]:
    flow: list[Flowable] = []
    styles = _styles(body, heading, 16 if report.index % 3 else 12)
    held: list[Flowable] = []
    for part in report.parts:
        if part.role is Role.TABLE:
            table = _table(report.ledger, body)
            flow.append(KeepTogether([*held, table]) if report.ledger.merged else table)
            flow.append(Spacer(1, 12))
            held = []
        elif part.role is Role.LEDGER_TITLE and report.ledger.merged:
            held = [_paragraph(part, styles)]
        else:
            flow.append(_paragraph(part, styles))
    return flow


def _paragraph(part: Part, styles: dict[Role, ParagraphStyle]) -> Paragraph:
    text = part.text.replace("&", "&amp;").replace("<", "&lt;")
    return Paragraph(text, styles.get(part.role, styles[Role.PARAGRAPH]))


def _styles(body: str, heading: str, size: int) -> dict[Role, ParagraphStyle]:
    plain = ParagraphStyle(
        "plain", fontName=body, fontSize=size, leading=1.75 * size, firstLineIndent=2 * size, wordWrap="CJK"
    )
    bold = ParagraphStyle("heading", parent=plain, fontName=heading)
    centred = {"alignment": TA_CENTER, "firstLineIndent": 0, "wordWrap": "CJK"}
    return {
        Role.PARAGRAPH: plain,
        Role.HEADING: bold,
        Role.LEDGER_TITLE: bold,
        Role.TITLE: ParagraphStyle(
            "title", fontName=heading, fontSize=20, leading=32, spaceBefore=10, spaceAfter=16, **centred
        ),
        Role.HEAD: ParagraphStyle("head", fontName=heading, fontSize=30, leading=44, textColor=colors.red, **centred),
        Role.NUMBER: ParagraphStyle("number", fontName=body, fontSize=size, leading=2 * size, **centred),
        Role.SIGNER: ParagraphStyle("signer", parent=plain, alignment=TA_RIGHT, rightIndent=2 * size, spaceBefore=30),
        Role.DATE: ParagraphStyle("date", parent=plain, alignment=TA_RIGHT, rightIndent=2 * size),
    }


def _table(ledger: Ledger, font: str) -> Table:
    style = ParagraphStyle("cell", fontName=font, fontSize=11, leading=15, wordWrap="CJK")
    rows = [[Paragraph(text, style) if text else "" for text in row] for row in ledger.shown]
    spans = [
        ("SPAN", (cell.column, cell.row), (cell.column + cell.width - 1, cell.row + cell.height - 1))
        for cell in ledger.cells
    ]
    return Table(rows, colWidths=_COLUMNS, style=[*_RULES, *spans])
