#!/usr/bin/env python
"""Measure parsers: PDF pages a second against pdfplumber and plain pypdfium2, HTML documents against trafilatura.

In: corpora/reports, which the script prints to PDFs with and without tables, and ../shared/corpus/ccdi where there.
Out: a table; the last column is our speed over theirs. One thread; the readers take turns, and medians are shown.
"""

import argparse
import io
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Table

from docintel.fonts import shipped_font
from docintel.parse.file import File, Limits
from docintel.parse.html import parse_html
from docintel.parse.pdf.document import parse_pdf
from docintel.text.encodings import decode

REPORTS = Path(__file__).parents[1] / "corpora" / "reports"
PAGES = Path(__file__).parents[2] / "shared" / "corpus" / "ccdi"
ROWS_A_PAGE = 12


def paragraphs() -> list[list[str]]:
    """The paragraphs of each report in plain text."""
    texts = [decode(path.read_bytes()).text for path in sorted(REPORTS.glob("*.txt"))]
    return [[line.strip() for line in text.splitlines() if line.strip()] for text in texts]


def printed(flowables: Iterable[Flowable]) -> bytes:
    """A PDF of these, on A4."""
    out = io.BytesIO()
    SimpleDocTemplate(out).build(list(flowables))
    return out.getvalue()


def text_pdf(style: ParagraphStyle) -> bytes:
    """The reports as running text."""
    flowables: list[Flowable] = []
    for report in paragraphs():
        flowables += [Paragraph(escape(line), style) for line in report]
        flowables.append(PageBreak())
    return printed(flowables)


def table_pdf(style: ParagraphStyle) -> bytes:
    """The reports as ruled tables of numbered lines, with a merged cell in each."""
    flowables: list[Flowable] = []
    for report in paragraphs():
        for first in range(0, len(report), ROWS_A_PAGE):
            lines = report[first : first + ROWS_A_PAGE]
            rows = [["序号", "", "内容"]]
            rows += [
                [str(i), "甲" if i % 2 else "乙", Paragraph(escape(line[:70]), style)] for i, line in enumerate(lines)
            ]
            ruled = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("SPAN", (0, 0), (1, 0))]
            ruled.append(("FONTNAME", (0, 0), (-1, -1), style.fontName))
            flowables += [Table(rows, colWidths=[40, 40, 350], style=ruled), PageBreak()]
    return printed(flowables)


def read_ours(data: bytes) -> int:
    """Number of pages, read by us."""
    return parse_pdf(File(data, "a.pdf", Limits(ocr=False))).pages or 0


def read_pdfplumber(data: bytes, *, tables: bool = False) -> int:
    """Number of pages, their text, and tables if asked for, read by pdfplumber."""
    import pdfplumber

    with pdfplumber.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            page.extract_text()
            if tables:
                page.extract_tables()
        return len(pdf.pages)


def read_pypdfium2(data: bytes) -> int:
    """Number of pages, their text read by pypdfium2 without lines, sizes or tables."""
    import pypdfium2

    with pypdfium2.PdfDocument(data) as pdf:
        for page in pdf:
            textpage = page.get_textpage()
            textpage.get_text_bounded()
            textpage.close()
            page.close()
        return len(pdf)


def read_html(pages: list[bytes]) -> int:
    """Number of pages, read by us."""
    return sum(bool(parse_html(File(page, "a.html")).text) for page in pages)


def read_trafilatura(pages: list[bytes]) -> int:
    """Number of pages, read by trafilatura."""
    import trafilatura

    for page in pages:
        trafilatura.extract(page)
    return len(pages)


def compare(title: str, readers: dict[str, Callable[[], int]], rounds: int) -> None:
    """Print a line for each reader; the first is ours."""
    speeds: dict[str, list[float]] = {name: [] for name in readers}
    for turn in range(rounds + 1):
        for name, read in readers.items():
            start = time.perf_counter()
            count = read()
            if turn:  # the first round loads code
                speeds[name].append(count / (time.perf_counter() - start))
    print(title)
    medians = {name: median(found) for name, found in speeds.items()}
    ours = next(iter(medians.values()))
    for name, speed in medians.items():
        print(f"  {name:<28}{speed:>10.1f} /s{ours / speed:>9.2f}")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    name = "Embedded"  # in the file, as in most real ones
    pdfmetrics.registerFont(TTFont(name, str(shipped_font())))
    style = ParagraphStyle("body", fontName=name, fontSize=12, leading=20, wordWrap="CJK")
    for title, data, tables in (("text", text_pdf(style), False), ("tables", table_pdf(style), True)):
        readers = {
            "docintel": lambda data=data: read_ours(data),
            "pdfplumber": lambda data=data, tables=tables: read_pdfplumber(data, tables=tables),
            "pypdfium2, text alone": lambda data=data: read_pypdfium2(data),
        }
        compare(f"PDF, {title}, {name}: pages", readers, options.rounds)
    for title, folder in (("corpora/reports", REPORTS), ("ccdi", PAGES)):
        if pages := [path.read_bytes() for path in sorted(folder.glob("*.html"))]:
            html = {
                "docintel": lambda pages=pages: read_html(pages),
                "trafilatura": lambda pages=pages: read_trafilatura(pages),
            }
            compare(f"HTML, {title}: documents", html, options.rounds)


if __name__ == "__main__":
    main()
