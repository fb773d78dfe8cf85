"""What kind of file some bytes are, by their content; a suffix only settles what content leaves open.

In: bytes, and the file's name. Out: a format: a key of `parse.PARSERS` or `parse.CONTAINERS`, or a name for a person to
read such as `RAR archive`.
"""

import io
import json
import re
import struct
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from docintel.text.encodings import decode

_MAGIC = [
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"{\\rtf", "rtf"),
    (b"Rar!\x1a\x07", "RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "7z archive"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh", "gzip"),
    (b"\xfd7zXZ\x00", "gzip"),
    (b"SQLite format 3\x00", "SQLite database"),
    (b"\x7fELF", "program"),
    (b"MZ\x90\x00", "program"),
    (b"\x01\xfe\x32\x00", "works"),
]
#: What tells a format further down.
_PATTERNS = [
    (re.compile(rb".{0,1019}?%PDF-", re.DOTALL), "pdf"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "image"),
    (re.compile(rb"BM.{4}\0{4}", re.DOTALL), "image"),
    (re.compile(rb".{257}ustar", re.DOTALL), "tar"),
]
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Streams at the root of OLE2 files that tell them apart; names stand in the directory as UTF-16.
_STREAMS = [
    ("EncryptedPackage", "encrypted Office file"),
    ("WordDocument", "doc"),
    ("PowerPoint Document", "ppt"),
    ("Workbook", "sheet"),
    ("Book", "sheet"),
    ("MatOST", "works"),
    ("CONTENTS", "works"),
    ("__properties_version1.0", "Outlook message"),
    ("HwpSummaryInformation", "HWP"),
]
#: Streams and storages of a package: a report with hundreds of objects in it has a few thousand.
_MOST_ENTRIES = 50_000
#: A part that only this kind of ZIP package has.
_PACKAGES = [
    ("ofd.xml", "ofd"),
    ("word/document.xml", "docx"),
    ("word/document2.xml", "docx"),
    ("xl/workbook.xml", "sheet"),
    ("xl/workbook.bin", "sheet"),
    ("ppt/presentation.xml", "pptx"),
]
_MIMETYPES = [
    (b"opendocument.spreadsheet", "sheet"),
    (b"opendocument.text", "odt"),
    (b"opendocument.presentation", "odp"),
    (b"application/epub+zip", "EPUB"),
]
_HEAD = 4096
#: The header of a part, up to the length of its name.
_PART = re.compile(rb"PK\x03\x04.{22}(..)..", re.DOTALL)
_HTML = re.compile(
    rb"\s*<(?:!doctype\s+html|html|head|body|meta|title|base|link|script|style|div|p|table|article|section|span|h[1-6]|"
    rb"center|font|br|ul|ol|a|img)\b",
    re.IGNORECASE,
)
_JSON_OBJECT, _JSON_LIST = re.compile(rb'\s*\{\s*"'), re.compile(rb'\s*\[\s*[\[{"]')
#: A longer list isn't read to see whether it is JSON.
_LONG_JSON = 1 << 20
_HTML_ROOT = re.compile(rb"<(?:html|body)\b", re.IGNORECASE)
_PREAMBLE = re.compile(rb"\s*(?:<\?xml[^>]*>\s*|<!--(?:[^-]|-(?!->))*-->\s*)*")
_MAIL_HEADER = re.compile(
    rb"^(?:From|To|Cc|Subject|Date|Message-ID|MIME-Version|Received|Return-Path|Content-Type|X-[\w-]+|DKIM-Signature):",
    re.IGNORECASE | re.MULTILINE,
)
_MARKDOWN = re.compile(r"^(?:#{1,6} \S|\|(?: *:?-{3,}:? *\|)+ *$|```|\*\*[^*\n]+\*\*$)", re.MULTILINE)
_BY_SUFFIX = {".md": "markdown", ".markdown": "markdown", ".csv": "csv", ".tsv": "csv"}


def detect(data: bytes, name: str = "") -> str:
    """The format of `data`.

    Bytes of no known kind are `text`: whether they are any is for its parser to say. `name` only tells Markdown and
    CSV from plain text.
    """
    for magic, found in _MAGIC:
        if data.startswith(magic):
            return found
    for pattern, found in _PATTERNS:
        if pattern.match(data):
            return found
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _package(data)
    if data.startswith(_OLE2):
        return _compound(data)
    head = data[:_HEAD].lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"")
    if is_mail(head):
        return "eml"
    return "JSON" if _is_json(data, head) else _text(head, name)


def is_mail(data: bytes) -> bool:
    """Whether the bytes open with the headers of a mail message."""
    head = data[:_HEAD].lstrip()
    return _MAIL_HEADER.match(head) is not None and len(_MAIL_HEADER.findall(head)) > 1


def _compound(data: bytes) -> str:
    """What kind of OLE2 file it is, by what lies at its root; of a damaged one, by any name in it."""
    names = _root_names(data)
    return next(
        (found for name, found in _STREAMS if (name in names if names else name.encode("utf-16-le") in data)),
        "OLE2 file",
    )


def _root_names(data: bytes) -> set[str]:
    """Names at the root of an OLE2 file, not of what is embedded in it; none when its directory is damaged."""
    from doc2docx.cfb import CompoundFile, CompoundFileLimits
    from doc2docx.errors import Doc2DocxError

    try:
        entries = CompoundFile(data, limits=CompoundFileLimits(max_directory_entries=_MOST_ENTRIES)).entries
    except (Doc2DocxError, struct.error, ValueError, LookupError, OverflowError):
        return set()
    return {entry.path.lstrip("\5") for entry in entries if entry.path and "/" not in entry.path}


def _package(data: bytes) -> str:
    """What kind of ZIP package it is, by the names of its parts; of a damaged one, by the headers of its parts."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = {name.replace("\\", "/").lstrip("/").lower() for name in package.namelist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        names = {name.lower() for name in _local_names(data[: 1 << 20])}
    for part, found in _PACKAGES:
        if part in names:
            return found
    return next((found for mimetype, found in _MIMETYPES if mimetype in data[:200]), "zip")


def _local_names(data: bytes) -> Iterator[str]:
    """Names of parts as they stand before each, for a package whose directory is lost."""
    for header in _PART.finditer(data):
        length = int.from_bytes(header.group(1), "little")
        yield data[header.end() : header.end() + length].decode("utf-8", "replace")


def _is_json(data: bytes, head: bytes) -> bool:
    """Whether it opens as JSON does and, where that is a bracket, with which texts open as well, is JSON throughout."""
    if _JSON_OBJECT.match(head):
        return True
    if not _JSON_LIST.match(head) or len(data) > _LONG_JSON:
        return _JSON_LIST.match(head) is not None
    try:
        json.loads(decode(data).text)
    except (ValueError, RecursionError):
        return False
    return True


def _text(head: bytes, name: str) -> str:
    if found := _markup(head) or _BY_SUFFIX.get(PurePosixPath(name).suffix.lower()):
        return found
    return "markdown" if len(_MARKDOWN.findall(head.decode("utf-8", "replace"))) > 1 else "text"


def _markup(head: bytes) -> str | None:
    preamble = _PREAMBLE.match(head)
    if _HTML.match(head, preamble.end() if preamble else 0):
        return "html"
    opened = head.lstrip()
    if opened.startswith(b"<") and _HTML_ROOT.search(head):
        return "html"
    if opened.startswith((b"<?xml", b"<!DOCTYPE", b"<svg")):
        return "wordml" if b"Word.Document" in head else "XML"
    return None
