"""Office files that have no parser of their own: Word 97–2003 and WPS Writer, and what only LibreOffice reads.

In: a file. Out: the Document of the DOCX or PPTX that it was converted to, under the id of the file. Word files are
converted in pure Python by msdoc2docx; LibreOffice comes second, where it is installed and msdoc2docx has lost
something, and first for PPT, ODT, ODP, Word 2003 XML and MS Works.
"""

import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

from docintel.errors import ParseError, UnsupportedFormatError
from docintel.parse.assemble import assemble
from docintel.parse.detect import detect
from docintel.parse.file import File
from docintel.parse.office import libreoffice
from docintel.parse.office.word95 import CELLS, read_word95
from docintel.schema import Document

#: Format → suffix that LibreOffice is told, and what it makes of it.
_CONVERTED = {
    "odp": (".odp", "pptx"),
    "odt": (".odt", "docx"),
    "ppt": (".ppt", "pptx"),
    "wordml": (".xml", "docx"),
    "works": (".wps", "docx"),
}
_PARSERS = {"docx": "docintel.parse.docx.document:parse_docx", "pptx": "docintel.parse.ooxml.pptx:parse_pptx"}
_KINDS = {
    "doc": "Word 97–2003",
    "odp": "ODP",
    "odt": "ODT",
    "ppt": "PowerPoint 97–2003",
    "wordml": "Word 2003 XML",
    "works": "MS Works",
}
_PACKAGES = {"docx": "libreoffice-writer-nogui", "pptx": "libreoffice-impress-nogui"}
#: Diagnostics of msdoc2docx that mean content is gone → what is gone. All others are about looks, or repaired.
_TEXT_BOXES = ("文本框未能读取。", "Text boxes could not be read.")
_TABLES = ("部分表格未能还原为单元格。", "Tables could not be rebuilt into cells.")
_OBJECTS = ("嵌入的对象未读取。", "Embedded objects were not read.")
_PICTURES = ("部分图片未读取。", "Pictures could not be read.")
_LOSSES = {
    "FLOATING_PICTURE_FORMAT_DEFERRED": _PICTURES,
    "GROUPED_HEADER_TEXTBOXES_DEFERRED": _TEXT_BOXES,
    "INLINE_PICTURE_DATA_STREAM_MISSING": _PICTURES,
    "INLINE_PICTURE_FORMAT_DEFERRED": _PICTURES,
    "INLINE_PICTURE_MALFORMED": _PICTURES,
    "MAIN_TEXTBOX_TABLE_MALFORMED": _TEXT_BOXES,
    "MALFORMED_TABLE_FLATTENED": _TABLES,
    "NUMBERING_TABLE_MALFORMED": ("自动编号未能读取。", "Automatic numbers could not be read."),
    "OFFICEART_MALFORMED": _PICTURES,
    "OLE_OBJECTS_UNANCHORED": _OBJECTS,
    "OLE_OBJECT_OMITTED": _OBJECTS,
    "OLE_OBJECT_STORAGE_MISSING": _OBJECTS,
    "PICTURES_DEFERRED": _PICTURES,
    "TABLE_DEPTH_LIMITED": _TABLES,
}
_WESTERN, _HAN = re.compile("[\xa1-\xff]"), re.compile("[\u4e00-\u9fff]")
_MACROS = "文件含宏，未运行。 The file holds macros; none was run."
_UNKNOWN_LETTERS = "文字编码有误，可能是乱码。 Its letters are in an unknown code page and may be wrong."
_BY_LIBREOFFICE = "经 LibreOffice 转换后读取。 It was read by way of LibreOffice."
#: Share of the time without progress that LibreOffice may take: the parser behind it needs some too.
_SHARE = 0.75
#: LibreOffice is believed where it brings as much text, up to what it counts as looks.
_AS_MUCH = 0.98


@dataclass(frozen=True, slots=True)
class _Converted:
    """A DOCX, and what the converter says was lost."""

    data: bytes
    missing: tuple[str, ...] = ()


def parse_doc(file: File) -> Document:
    """Read a file of Word 97–2003 or WPS Writer.

    Raises:
        ParseError: it is damaged, protected by a password, or older than Word 97 and LibreOffice is not installed.
    """
    warnings = (_MACROS,) if "_VBA_PROJECT".encode("utf-16-le") in file.data else ()
    try:
        converted = _modernise(file)
    except _UnreadableError as exc:
        return _read_unmodernised(file, str(exc), warnings)
    document = _read(file, "docx", "doc", converted, warnings)
    if _garbled(document.text):
        return replace(document, missing=(*document.missing, _UNKNOWN_LETTERS))
    if not converted.missing or libreoffice.find_soffice() is None:
        return document
    try:
        other = _read(file, "docx", "doc", _by_libreoffice(file, "doc", because=""), (*warnings, _BY_LIBREOFFICE))
    except ParseError:
        return document
    return other if len(other.text) >= _AS_MUCH * len(document.text) else document


def _read_unmodernised(file: File, because: str, warnings: tuple[str, ...]) -> Document:
    """A file that msdoc2docx cannot read: by LibreOffice, or the plain text of Word 6 and 95 where that gives none.

    Raises:
        ParseError: nothing reads it.
    """
    old = read_word95(file.data)
    if old is None or libreoffice.find_soffice():
        converted = _by_libreoffice(file, "doc", because=because)
        document = _read(file, "docx", "doc", converted, (*warnings, _BY_LIBREOFFICE))
        if old is None or not _garbled(document.text):
            return document
    lines, missing = old
    return assemble(file, lines, parser="doc", warnings=(*warnings, CELLS), missing=missing)


def _garbled(text: str) -> bool:
    """Whether Chinese of an old code page was taken for Western letters."""
    return len(_WESTERN.findall(text)) > len(_HAN.findall(text))


def parse_converted(file: File) -> Document:
    """Read PPT, ODT, ODP, Word 2003 XML or MS Works by way of LibreOffice.

    Raises:
        UnsupportedFormatError: LibreOffice is not installed.
        ParseError: the file is damaged or protected by a password.
    """
    kind = detect(file.data, file.name)
    target = _CONVERTED[kind][1]
    if libreoffice.find_soffice() is None:
        raise _needs_libreoffice(file, kind)
    return _read(file, target, kind, _by_libreoffice(file, kind, because=""), (_BY_LIBREOFFICE,))


class _UnreadableError(Exception):
    """msdoc2docx cannot read it; says why."""


def _modernise(file: File) -> _Converted:
    """Word to DOCX by msdoc2docx.

    Raises:
        ParseError: it is protected by a password.
        _UnreadableError: it is damaged, or older than Word 97.
    """
    import doc2docx
    from doc2docx.errors import EncryptedDocumentError

    with tempfile.TemporaryDirectory(prefix="doc-", ignore_cleanup_errors=True) as folder:
        source, made = Path(folder, "in.doc"), Path(folder, "out.docx")
        source.write_bytes(file.data)
        try:
            report = doc2docx.convert(source, made).report
        except EncryptedDocumentError as exc:
            raise _locked(file) from exc
        except (MemoryError, RecursionError):
            raise
        except Exception as exc:  # damaged files raise struct.error, IndexError and others besides its own
            raise _UnreadableError(f"{type(exc).__name__}: {exc}".replace(os.fspath(source), file.name)) from exc
        file.progress(0, 0)
        lost = dict.fromkeys(_LOSSES[found.code] for found in report.diagnostics if found.code in _LOSSES)
        return _Converted(made.read_bytes(), tuple(" ".join(words) for words in lost))


def _by_libreoffice(file: File, kind: str, *, because: str) -> _Converted:
    """Any format to one that a parser here reads.

    Args:
        because: why the first way failed, for the message.

    Raises:
        ParseError: LibreOffice is not installed, or cannot read it either.
    """
    suffix, target = _CONVERTED.get(kind, (".doc", "docx"))
    first = f" ({because})" if because else ""
    if libreoffice.find_soffice() is None:
        raise ParseError(
            f"{file.name} 已损坏或版本过旧，无法读取。 {file.name} is damaged or older than Word 97{first}.",
            hint=f"LibreOffice 或许能读取。 LibreOffice may read it. {_install_hint(target)}",
        )
    try:
        seconds = _SHARE * min(file.limits.silence_s, file.limits.total_s)
        data = libreoffice.convert(file.data, suffix, target, timeout_s=seconds)
    except libreoffice.ConversionError as exc:
        if "no export filter" in str(exc):  # Debian splits LibreOffice by what it edits
            raise _needs_libreoffice(file, kind) from exc
        raise ParseError(
            f"{file.name} 已损坏、已加密或无法转换。 {file.name} is damaged or encrypted{first}: {exc}.",
            hint="请用 WPS 或 Word 打开后另存为 DOCX。 Open it in WPS or Word and save it as DOCX.",
        ) from exc
    file.progress(0, 0)
    return _Converted(data)


def _read(file: File, target: str, parser: str, converted: _Converted, warnings: tuple[str, ...]) -> Document:
    module, _, function = _PARSERS[target].partition(":")
    parse: Callable[[File], Document] = getattr(import_module(module), function)
    document = parse(File(converted.data, file.name, file.limits, file.progress))
    return replace(
        document,
        id=file.id,
        parser=parser,
        warnings=(*warnings, *document.warnings),
        missing=(*converted.missing, *document.missing),
    )


def _needs_libreoffice(file: File, kind: str) -> UnsupportedFormatError:
    return UnsupportedFormatError(
        f"{file.name} 是 {_KINDS[kind]} 文件，需要 LibreOffice 才能读取。 "
        f"{file.name} is {_KINDS[kind]}, which only LibreOffice reads; it is not installed.",
        hint=_install_hint(_CONVERTED[kind][1]),
    )


def _locked(file: File) -> ParseError:
    return ParseError(
        f"{file.name} 有密码保护。 {file.name} is protected by a password.",
        hint="请用密码打开后另存为不加密的文件。 Open it with its password and save it without one.",
    )


def _install_hint(target: str) -> str:
    package = _PACKAGES[target]
    return (
        f"请安装 LibreOffice（apt-get install {package}，或 scripts/setup --office），或另存为 {target.upper()}。 "
        f"Install LibreOffice (apt-get install {package}, or scripts/setup --office), "
        f"or save it as {target.upper()}."
    )
