"""A Word document to a Document.

In: a DOCX, DOCM or DOTX file, also of the strict kind or written by WPS. Out: its text as a reader sees it: numbers
that Word counts written out, changes accepted, fields by their results, notes behind the paragraphs that refer to them;
headers and footers once, at the end. Word stores no pages, so none are known.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from docintel.parse.assemble import assemble
from docintel.parse.docx.body import PART, StoryReader, texts
from docintel.parse.docx.numbering import Numbering
from docintel.parse.docx.styles import Styles
from docintel.parse.file import File
from docintel.parse.headlines import Look, mark_titles
from docintel.parse.ooxml.package import Package, W
from docintel.parse.ooxml.pictures import read_pictures
from docintel.parse.structure import Line
from docintel.schema import BlockKind, Document
from docintel.text.normalize import clean

_USUAL = ("word/document.xml", "word/document2.xml")
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
#: Notes that only draw the line above the notes.
_NO_NOTE = frozenset({"separator", "continuationSeparator", "continuationNotice"})


@dataclass(slots=True)
class _Report:
    """What to say about how a document was read."""

    warnings: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def parse_docx(file: File) -> Document:
    """Read a Word document.

    Raises:
        ParseError: the package is damaged, hostile, or holds no text.
    """
    package = Package(file)
    main = package.main(*_USUAL)
    report = _Report()
    body = package.whole(main)
    looks, reader = _read_body(package, main, body)
    lines = mark_titles(looks, declared=_declared_title(package))
    lines += _imported(file, package, reader, report)
    lines += _pictures(file, package, reader, lines, report)
    lines += _margins(package, main, reader)
    _note_the_rest(package, main, reader, report)
    return assemble(file, lines, parser="docx", warnings=report.warnings, missing=report.missing)


def _read_body(package: Package, main: str, body: etree._Element) -> tuple[list[Look], StoryReader]:
    """The lines of the body; once more without fields when one of them has no end and would hide what follows."""
    for fields in (True, False):
        styles = Styles(_first(package, main, "styles"))
        numbering = Numbering(_first(package, main, "numbering"), styles)
        reader = StoryReader(package, styles, numbering, _notes(package, main), fields=fields)
        looks = [*reader.read(main, body), *reader.rest_of_notes()]
        if not reader.inline.open:
            break
    return looks, reader


def _first(package: Package, part: str, kind: str) -> etree._Element | None:
    return next((root for name in package.related(part, kind) if (root := package.xml(name)) is not None), None)


def _notes(package: Package, main: str) -> dict[tuple[str, str], etree._Element]:
    """Footnotes and endnotes by kind and id; the part's name is left on its root."""
    notes = {}
    for kind in ("footnote", "endnote"):
        for name in package.related(main, f"{kind}s"):
            root = package.xml(name)
            if root is None:
                continue
            root.set(PART, name)
            for note in root.findall(f"{W}{kind}"):
                if note.get(f"{W}type") not in _NO_NOTE:
                    notes[(kind, note.get(f"{W}id") or "")] = note
    return notes


def _declared_title(package: Package) -> str:
    for name in package.related("", "core-properties"):
        root = package.xml(name)
        if root is not None:
            return clean(root.findtext(_TITLE) or "")
    return ""


def _margins(package: Package, main: str, reader: StoryReader) -> Iterator[Line]:
    """Headers and footers, each text once; bare page numbers are left out."""
    shown: dict[str, None] = {}
    for kind in ("header", "footer"):
        for name in package.related(main, kind):
            root = package.xml(name)
            if root is not None:
                shown[clean(texts(reader.read(name, root)))] = None
    for text in shown:
        if any(char.isalpha() for char in text):
            yield Line(text, BlockKind.FURNITURE)


def _imported(file: File, package: Package, reader: StoryReader, report: _Report) -> Iterator[Line]:
    """Files that Word shows in place of a mark; HTML and text is read, others are named as missing."""
    from docintel.parse.html import shown_lines
    from docintel.text.encodings import decode

    for part in reader.found.imported:
        data = package.read(part) or b""
        if data and part.endswith((".htm", ".html", ".xhtml", ".txt")):
            yield from shown_lines(decode(data).text)
        else:
            report.missing.append(f"导入的文件 {part} 未读。 The imported file {part} was not read.")


def _pictures(file: File, package: Package, reader: StoryReader, lines: list[Line], report: _Report) -> list[Line]:
    read = read_pictures(file, (package.read(name) for name in reader.found.pictures), lines)
    report.warnings += read.warnings
    report.missing += read.missing
    return read.lines


def _note_the_rest(package: Package, main: str, reader: StoryReader, report: _Report) -> None:
    """Say what is left out on purpose, and what no one here can read."""
    report.missing += [
        f"{part} 部分已损坏，未能读全。 The part {part} is damaged and was not read in full."
        for part in package.damaged
    ]
    comments = sum(
        len(root.findall(f"{W}comment"))
        for name in package.related(main, "comments")
        if (root := package.xml(name)) is not None
    )
    if comments:
        report.warnings.append(f"未读批注 {comments} 条。 {comments} comments were left out.")
    if hidden := reader.inline.hidden:
        report.warnings.append(f"未读隐藏文字 {hidden} 字。 {hidden} characters of hidden text were left out.")
    if objects := reader.inline.objects:
        report.missing.append(f"内嵌对象 {objects} 个未读。 {objects} embedded objects were not read.")
