"""The formats of the round trip: what each writes to disk, and what must be read back.

In: reports and a folder. Out: `Sample`s, files with their truth. Formats that LibreOffice makes need it here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

from scripts.roundtrip import ofd, plain, printed, scanned, word
from scripts.roundtrip.content import Report, Role, squeeze


class Medium(StrEnum):
    """Whether characters are in the file, or only their image."""

    DIGITAL = "digital"
    SCAN = "scan"


@dataclass(frozen=True, slots=True)
class Sample:
    """One report in one format.

    Attributes:
        paths: its files in order; several for pages that are files of their own.
        truth: the text of all documents in them, in order, without white space.
        tables: cells of every table, merged cells wherever they reach.
        paragraphs: texts that must each be one block.
        spaces: white space between Han characters that is meant.
        members: paths inside an archive, in order; empty for none.
    """

    paths: tuple[Path, ...]
    truth: str
    title: str
    headings: tuple[str, ...]
    paragraphs: tuple[str, ...]
    tables: tuple[tuple[tuple[str, ...], ...], ...] = ()
    spaces: int = 0
    members: tuple[str, ...] = ()


class Workshop:
    """Writes reports into a folder; what several formats start from is made once."""

    def __init__(self, reports: Sequence[Report], folder: Path) -> None:
        self.reports = reports
        self.folder = folder
        self._made: dict[str, list[Path]] = {}

    def docx(self) -> list[Path]:
        """A DOCX of every report."""
        return self._make("docx", lambda: self._write("docx", word.write_docx))

    def office(self, suffix: str) -> list[Path]:
        """What LibreOffice makes of every DOCX."""
        return self._make(suffix, lambda: word.convert(self.docx(), suffix, self._subfolder(f"office-{suffix}")))

    def reportlab(self) -> list[Path]:
        """A PDF of every report, set by reportlab."""
        return self._make("reportlab", lambda: self._write("pdf", printed.write_pdf, "reportlab"))

    def printed(self) -> list[Path]:
        """A PDF of every report, from both producers in turn where both are here."""
        theirs = self.office("pdf") if word.has_office() else self.reportlab()
        pairs = zip(theirs, self.reportlab(), strict=True)
        return [pair[index % 2] for index, pair in enumerate(pairs)]

    def _make(self, name: str, make: Callable[[], list[Path]]) -> list[Path]:
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    def _subfolder(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _write(self, suffix: str, write: Callable[[Report], bytes], name: str = "") -> list[Path]:
        folder = self._subfolder(name or suffix)
        paths = []
        for report in self.reports:
            paths.append(folder / f"{report.name}.{suffix}")
            paths[-1].write_bytes(write(report))
        return paths

    def samples(self, name: str) -> list[Sample]:
        """Every report in one format."""
        format_ = FORMATS[name]
        return format_.make(self, name)

    def texts(self, name: str, suffix: str, write: Callable[[Report], bytes]) -> list[Path]:
        """A file of every report by a writer of bytes, in a folder of its own."""
        return self._write(suffix, write, name)


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write reports."""

    medium: Medium
    make: Callable[[Workshop, str], list[Sample]]
    needs_office: bool = False


def sample(report: Report, *paths: Path, has_table: bool = True) -> Sample:
    """A file that shows a report, and only that."""
    paragraphs = tuple(squeeze(part.text) for part in report.parts if part.role is Role.PARAGRAPH)
    tables = (report.ledger.filled,) if has_table else ()
    rows = [" ".join(row) for row in report.ledger.shown] if not has_table else []  # a line of text a row
    spaces = sum(map(spaces_between_han, [*report.words, *rows]))
    return Sample(paths, report.text, report.title, tuple(report.headings), paragraphs, tables, spaces)


def spaces_between_han(text: str) -> int:
    """How often white space stands between two Han characters."""
    return sum(_is_han(left[-1]) and _is_han(right[0]) for left, right in pairwise(text.split()))


def _is_han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def _whole(paths: Callable[[Workshop], list[Path]]) -> Callable[[Workshop, str], list[Sample]]:
    return lambda shop, _: [sample(report, path) for report, path in zip(shop.reports, paths(shop), strict=True)]


def _written(
    suffix: str, write: Callable[[Report], bytes], change: Callable[[Report], Report], *, has_table: bool = True
) -> Callable[[Workshop, str], list[Sample]]:
    """Samples of changed reports by one writer."""

    def make(shop: Workshop, name: str) -> list[Sample]:
        paths = shop.texts(name, suffix, lambda report: write(change(report)))
        pairs = zip(shop.reports, paths, strict=True)
        return [sample(change(report), path, has_table=has_table) for report, path in pairs]

    return make


def _text(encoding: str) -> Callable[[Workshop, str], list[Sample]]:
    return _written("txt", lambda report: plain.write_text(report).encode(encoding), lambda r: r, has_table=False)


def _scans(shop: Workshop, name: str) -> list[Sample]:
    folder = shop.folder / name
    folder.mkdir(parents=True, exist_ok=True)
    samples = []
    for report, printed_path in zip(shop.reports, shop.printed(), strict=True):
        printed_pdf, is_pdf = printed_path.read_bytes(), name == "scan-pdf"
        pages = scanned.scan_pages(printed_pdf, report.closing, report.index, has_head=is_pdf)
        if is_pdf:
            files = {f"{report.name}.pdf": scanned.to_pdf(pages)}
        else:
            files = {f"{report.name}_{n:02}.png": scanned.to_png(page) for n, page in enumerate(pages, start=1)}
        for file, data in files.items():
            (folder / file).write_bytes(data)
        samples.append(sample(report, *(folder / file for file in files)))
    return samples


def _mails(shop: Workshop, name: str) -> list[Sample]:
    attached = dict(zip((report.name for report in shop.reports), shop.docx(), strict=True))
    paths = shop.texts(name, "eml", lambda r: plain.write_mail(r.without_head(), attached[r.name].read_bytes()))
    samples = []
    for report, path in zip(shop.reports, paths, strict=True):
        mail, word_file = sample(report.without_head(), path, has_table=False), sample(report, path)
        samples.append(_both(mail, word_file, ("整改报告.docx",)))
    return samples


def _archives(shop: Workshop, name: str) -> list[Sample]:
    samples = []
    folder = shop.folder / name
    folder.mkdir(parents=True, exist_ok=True)
    for report, docx in zip(shop.reports, shop.docx(), strict=True):
        members = (f"整改材料/{report.index + 1}号报告.docx", f"整改材料/说明（{report.index + 1}）.txt")
        text = plain.write_text(report).encode("gb18030")
        path = folder / f"{report.name}.zip"
        files = dict(zip(members, (docx.read_bytes(), text), strict=True))
        path.write_bytes(plain.write_zip(files, gbk=report.index % 2 == 0))
        samples.append(_both(sample(report, path), sample(report, path, has_table=False), members))
    return samples


def _both(first: Sample, second: Sample, members: tuple[str, ...]) -> Sample:
    return Sample(
        first.paths,
        first.truth + second.truth,
        first.title,
        first.headings + second.headings,
        first.paragraphs + second.paragraphs,
        first.tables + second.tables,
        first.spaces + second.spaces,
        members,
    )


FORMATS = {
    "pdf-office": Format(Medium.DIGITAL, _whole(lambda shop: shop.office("pdf")), needs_office=True),
    "pdf-reportlab": Format(Medium.DIGITAL, _whole(Workshop.reportlab)),
    "docx": Format(Medium.DIGITAL, _whole(Workshop.docx)),
    "doc": Format(Medium.DIGITAL, _whole(lambda shop: shop.office("doc")), needs_office=True),
    "rtf": Format(Medium.DIGITAL, _whole(lambda shop: shop.office("rtf")), needs_office=True),
    "ofd": Format(Medium.DIGITAL, _written("ofd", ofd.write_ofd, lambda report: report)),
    "html": Format(
        Medium.DIGITAL, _written("html", lambda report: plain.write_html(report).encode(), Report.without_head)
    ),
    "txt-utf8": Format(Medium.DIGITAL, _text("utf-8")),
    "txt-gb18030": Format(Medium.DIGITAL, _text("gb18030")),
    "txt-utf16": Format(Medium.DIGITAL, _text("utf-16")),
    "md": Format(Medium.DIGITAL, _written("md", lambda report: plain.write_markdown(report).encode(), Report.unmerged)),
    "xlsx": Format(Medium.DIGITAL, _written("xlsx", plain.write_xlsx, Report.only_ledger)),
    "eml": Format(Medium.DIGITAL, _mails),
    "zip": Format(Medium.DIGITAL, _archives),
    "scan-png": Format(Medium.SCAN, _scans),
    "scan-pdf": Format(Medium.SCAN, _scans),
}
