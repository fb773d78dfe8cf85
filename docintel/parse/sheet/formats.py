"""How a workbook shows its numbers: 0.856 as 85.6%, the 45047th day as 2023年5月, an error as #REF!.

In: an XLSX package; python-calamine, which reads the values, keeps none of this. Out: for each sheet the formats and
errors by cell, and how far its cells reach. `biff` does the same for binary files.
"""

import re

from docintel.parse.file import File
from docintel.parse.ooxml.package import Package
from docintel.parse.sheet.biff import xlsb_reach
from docintel.parse.sheet.shown import Place, Shown, code_of

_TAG = re.compile(rb"<(?:\w+:)?(row|c|v)\b([^>]*)>([^<]*)")
_ATTRIBUTE = re.compile(rb"\b(r|s|t)\s*=\s*[\"']([^\"']*)[\"']")
_REFERENCE = re.compile(rb"([A-Za-z]{1,3})([0-9]{1,7})$")


def package_formats(file: File) -> list[Shown]:
    """The sheets of an XLSX package in their order; none of ODS, and of XLSB only how far they reach.

    Raises:
        ParseError: it is damaged, or too large when unpacked.
    """
    package = Package(file)
    if package.read("content.xml"):
        return []  # ODS: its sizes are checked, and python-calamine limits its cells
    book = package.main("xl/workbook.xml", "xl/workbook.bin")
    if book.endswith(".bin"):
        return [xlsb_reach(package.read(part) or b"") for part in package.related(book, "worksheet")]
    formats = _package_codes(package, book)
    parts = {key: relation.target for key, relation in package.relations(book).items()}
    found = []
    for sheet in package.whole(book).iter("{*}sheet"):
        part = next((parts[value] for key, value in sheet.items() if key.endswith("}id") and value in parts), "")
        found.append(_scan(package.read(part) or b"", formats))
        file.progress(0, 0)
    return found


def _package_codes(package: Package, book: str) -> list[str]:
    """The number format of each cell style."""
    part = next(iter(package.related(book, "styles")), "")
    root = package.xml(part) if part else None
    if root is None:
        return []
    codes = {node.get("numFmtId"): node.get("formatCode") or "" for node in root.iter("{*}numFmt")}
    styles = next(root.iter("{*}cellXfs"), ())
    return [code_of(node.get("numFmtId") or "", codes) for node in styles if node.get("numFmtId") is not None]


def _scan(xml: bytes, formats: list[str]) -> Shown:
    """The cells of a sheet's part, by its tags alone: a tree of it would take ten times its size."""
    shown = Shown()
    row, column, style, error = -1, -1, b"", False
    for found in _TAG.finditer(xml):
        tag, attributes, text = found.groups()
        known = dict(_ATTRIBUTE.findall(attributes))
        if tag == b"row":
            row, column = int(known[b"r"]) - 1 if known.get(b"r", b"").isdigit() else row + 1, -1
        elif tag == b"c":
            row, column = _place(known.get(b"r", b""), row, column)
            kind = known.get(b"t", b"n")
            style, error = known.get(b"s", b"") if kind == b"n" else b"", kind == b"e"
            if kind == b"inlineStr":
                shown.reach(row, column)
        else:
            shown.reach(row, column)
            if error:
                shown.errors[row, column] = text.decode("ascii", "replace")
            elif style.isdigit() and int(style) < len(formats) and (code := formats[int(style)]):
                shown.formats[row, column] = code
    return shown


def _place(reference: bytes, row: int, column: int) -> Place:
    """`B5` as row and column; a cell without one follows the one before it."""
    match = _REFERENCE.match(reference)
    if match is None:
        return row, column + 1
    number = 0
    for letter in match.group(1).upper():
        number = number * 26 + letter - 64
    return int(match.group(2)) - 1, number - 1
