"""What a bad file is, and good ones to spoil.

In: a seed. Out: `Case`s: names, bytes, and what must become of each.
"""

import bz2
import gzip
import io
import tarfile
import tempfile
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from pptx import Presentation
from pptx.util import Cm

from scripts.roundtrip import ofd, plain, printed, scanned, word
from scripts.roundtrip.content import Report, Role, load_reports


class Fate(StrEnum):
    """What must become of a file."""

    GOOD = "good"  # read in full, the same text as when read alone
    READ = "read"  # read, in full or in part
    FAIL = "fail"  # one clear error, no document
    ANY = "any"  # a document or one clear error
    LEFT = "left"  # not taken for a document at all


@dataclass(frozen=True, slots=True)
class Case:
    """A file of the folder.

    Attributes:
        group: what was done to it, for counts and for the subfolder.
        of: name of the good file it was made from; empty for one made by hand.
    """

    name: str
    data: bytes
    fate: Fate
    group: str
    of: str = ""


def good_cases(*, office: bool) -> list[Case]:
    """A small good file of every format; those that LibreOffice makes only where it may be used."""
    reports = short_reports()
    report = reports[3]
    docx, text = word.write_docx(report), plain.write_text(report)
    scan = scanned.scan_pages(printed.write_pdf(reports[0]), reports[0].closing, 1)[0]
    strip = scan.crop((200, 280, 1500, 560))
    picture = scanned.to_png(strip)
    members = {"整改/报告.docx": docx, "整改/说明.txt": text.encode("gb18030")}
    files = {
        "报告.pdf": printed.write_pdf(report),
        "报告二.pdf": printed.write_pdf(reports[2]),
        "扫描.png": picture,
        "扫描.pdf": scanned.to_pdf([strip]),
        "照片.jpg": _encoded(strip, "JPEG"),
        "传真.tiff": _encoded(strip.convert("L"), "TIFF"),
        "报告.docx": docx,
        "报告二.docx": word.write_docx(reports[2]),
        "版式.ofd": ofd.write_ofd(report),
        "网页.html": plain.write_html(report).encode(),
        "文本.txt": text.encode("gb18030"),
        "文本二.txt": text.encode("utf-16"),
        "说明.md": plain.write_markdown(report).encode(),
        "台账.xlsx": plain.write_xlsx(report.only_ledger()),
        "台账.csv": "\n".join(",".join(row) for row in report.ledger.filled).encode("gb18030"),
        "邮件.eml": plain.write_mail(report, docx),
        "材料.zip": plain.write_zip(members, gbk=True),
        "材料二.zip": plain.write_zip(members, gbk=False),
        "材料.tar": _tar(members),
        "材料.tar.gz": gzip.compress(_tar(members), mtime=0),
        "文本.txt.bz2": bz2.compress(text.encode()),
        "讲稿.pptx": _slides(report),
    }
    if office:
        files |= _office_files(docx, files["台账.xlsx"])
    return [Case(name, data, Fate.GOOD, "good") for name, data in files.items()]


def short_reports() -> list[Report]:
    """Four reports of one page each."""
    return [_shortened(report) for report in load_reports(4)]


def _shortened(report: Report) -> Report:
    """A report of one page: the first three paragraphs, ledger and closing lines."""
    paragraphs = [part for part in report.parts if part.role in (Role.PARAGRAPH, Role.HEADING)]
    kept = [part for part in report.parts if part not in paragraphs[3:]]
    return replace(report, parts=tuple(kept))


def _encoded(image: scanned.Image.Image, format_: str) -> bytes:
    out = io.BytesIO()
    image.save(out, format_, dpi=(200, 200))
    return out.getvalue()


def _tar(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def _slides(report: Report) -> bytes:
    deck = Presentation()
    for part in report.parts:
        if part.role is not Role.TABLE:
            slide = deck.slides.add_slide(deck.slide_layouts[5])
            slide.shapes.title.text = part.text[:30]
            slide.shapes.add_textbox(Cm(2), Cm(5), Cm(20), Cm(10)).text_frame.text = part.text
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def _office_files(docx: bytes, xlsx: bytes) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "a.docx").write_bytes(docx)
        (folder / "b.xlsx").write_bytes(xlsx)
        made = {
            "报告.doc": word.convert([folder / "a.docx"], "doc", folder)[0],
            "报告.rtf": word.convert([folder / "a.docx"], "rtf", folder)[0],
            "报告.odt": word.convert([folder / "a.docx"], "odt", folder)[0],
            "台账.xls": word.convert([folder / "b.xlsx"], "xls", folder)[0],
        }
        return {title: path.read_bytes() for title, path in made.items()}
