"""Reports as HTML, TXT, Markdown, XLSX, mail and ZIP.

In: a report. Out: bytes of each format.
"""

import html
import io
import zipfile
from collections.abc import Mapping
from email.message import EmailMessage

import xlsxwriter

from scripts.roundtrip.content import Ledger, Part, Report, Role

_CHANNELS = ("首页", "要闻", "通报", "政策", "互动")
_NAVIGATION = "".join(f'<li><a href="/{i}.html">{name}</a></li>' for i, name in enumerate(_CHANNELS))
_DOCX = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")


def write_text(report: Report) -> str:
    """The report as a text file, its table a row a line, cells apart by a tab."""
    rows = "\n".join("\t".join(row) for row in report.ledger.shown)
    return "\n".join(rows if part.role is Role.TABLE else _indented(part) for part in report.parts) + "\n"


def _indented(part: Part) -> str:
    return f"　　{part.text}" if part.role in (Role.PARAGRAPH, Role.HEADING) else part.text


def write_html(report: Report) -> str:
    """The report as a page of a web site: navigation, article, table, foot."""
    title = html.escape(report.title)
    body = "".join(_html_part(part, report.ledger) for part in report.parts if part.role is not Role.TITLE)
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}_某某区人民政府网</title></head><body>'
        f'<div class="nav"><ul>{_NAVIGATION}</ul></div>'
        f'<div class="main"><h1>{title}</h1><div class="content">{body}</div></div>'
        "<footer>版权所有：某某区人民政府 备案号：000000</footer></body></html>"
    )


def _html_part(part: Part, ledger: Ledger) -> str:
    if part.role is Role.TABLE:
        rows = [""] * ledger.height
        for cell in ledger.cells:
            tag = "th" if cell.row < ledger.header else "td"
            rows[cell.row] += f'<{tag} rowspan="{cell.height}" colspan="{cell.width}">{html.escape(cell.text)}</{tag}>'
        return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"
    text = html.escape(part.text)
    align = ' style="text-align:right"' if part.role in (Role.SIGNER, Role.DATE) else ""
    return f"<p{align}>　　{f'<strong>{text}</strong>' if part.role is Role.HEADING else text}</p>"


def write_markdown(report: Report) -> str:
    """The report as Markdown with a pipe table; merged cells stand once."""
    return "\n\n".join(_markdown_part(part, report.ledger) for part in report.parts) + "\n"


def _markdown_part(part: Part, ledger: Ledger) -> str:
    if part.role is Role.TABLE:
        head, *rows = ["| " + " | ".join(row) + " |" for row in ledger.shown]
        return "\n".join([head, "|" + " --- |" * ledger.width, *rows])
    marks = {Role.TITLE: "# ", Role.HEADING: "#" * (1 + (part.level or 1)) + " "}
    return marks.get(part.role, "") + part.text


def write_xlsx(report: Report) -> bytes:
    """The report's title over its ledger, in one sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Sheet1")
        sheet.merge_range(0, 0, 0, report.ledger.width - 1, report.title)
        for cell in report.ledger.cells:
            y, x = cell.row + 1, cell.column
            if cell.height > 1 or cell.width > 1:
                sheet.merge_range(y, x, y + cell.height - 1, x + cell.width - 1, cell.text)
            elif cell.text.isdigit():
                sheet.write_number(y, x, int(cell.text))
            else:
                sheet.write_string(y, x, cell.text)
    return out.getvalue()


def write_mail(report: Report, attachment: bytes) -> bytes:
    """The report as the text of a mail, with a Word file attached."""
    message = EmailMessage()
    message["From"] = "整改办 <zhenggai@example.org>"
    message["To"] = "巡察办 <xuncha@example.org>"
    message["Subject"] = report.title
    message["Date"] = "Thu, 31 Oct 2024 10:00:00 +0800"
    body = tuple(part for part in report.parts if part.role is not Role.TITLE)
    message.set_content(write_text(Report(report.name, report.index, body, report.ledger)))
    message.add_attachment(attachment, *_DOCX, filename="整改报告.docx")
    return message.as_bytes()


def write_zip(files: Mapping[str, bytes], *, gbk: bool) -> bytes:
    """Files in a ZIP; names in GBK without a mark, as Chinese Windows writes them, or in UTF-8."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)
            if gbk:
                info = _GbkInfo(name)
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


class _GbkInfo(zipfile.ZipInfo):
    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - zipfile's name for it
        return self.filename.encode("gbk"), self.flag_bits & ~0x800
