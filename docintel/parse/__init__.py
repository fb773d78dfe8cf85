"""Files to Documents.

In: a path or bytes. Out: a Document, or the members of a container. The format is told by content (`detect`), never by
suffix alone; a new format is one module and one row of `PARSERS`. `parse_file` and `open_container` run in this
process; whoever reads files that others made goes through `parse.sandbox`.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from docintel.errors import ContainerError, InputError, NotFoundError, ParseError, UnsupportedFormatError
from docintel.parse.detect import detect, is_mail
from docintel.parse.file import DEFAULT_LIMITS, File, Limits, Member
from docintel.schema import Document

#: Format as `detect` names it → `module:function`, imported at first use. The function takes a `File`.
PARSERS = {
    "csv": "docintel.parse.sheet.workbook:parse_csv",
    "doc": "docintel.parse.office.document:parse_doc",
    "docx": "docintel.parse.docx.document:parse_docx",
    "eml": "docintel.parse.container.mail:parse_mail",
    "html": "docintel.parse.html:parse_html",
    "image": "docintel.parse.scan.image:parse_image",
    "markdown": "docintel.parse.markdown:parse_markdown",
    "odp": "docintel.parse.office.document:parse_converted",
    "odt": "docintel.parse.office.document:parse_converted",
    "ofd": "docintel.parse.ofd.document:parse_ofd",
    "pdf": "docintel.parse.pdf.document:parse_pdf",
    "ppt": "docintel.parse.office.document:parse_converted",
    "pptx": "docintel.parse.ooxml.pptx:parse_pptx",
    "rtf": "docintel.parse.rtf.document:parse_rtf",
    "sheet": "docintel.parse.sheet.workbook:parse_sheet",
    "text": "docintel.parse.plain:parse_text",
    "wordml": "docintel.parse.office.document:parse_converted",
    "works": "docintel.parse.office.document:parse_converted",
}
#: Formats with files inside → `module:function` that gives these. Mail and OFD are in both tables.
CONTAINERS = {
    "eml": "docintel.parse.container.mail:mail_members",
    "gzip": "docintel.parse.container.archive:compressed_members",
    "ofd": "docintel.parse.ofd.document:ofd_members",
    "tar": "docintel.parse.container.archive:tar_members",
    "zip": "docintel.parse.container.archive:zip_members",
}
_SUPPORTED = "PDF, PNG/JPEG/TIFF, DOCX, DOC, WPS, RTF, XLSX/XLS/ET, PPTX, OFD, HTML, TXT, Markdown, EML, ZIP, TAR"

__all__ = [
    "CONTAINERS",
    "DEFAULT_LIMITS",
    "PARSERS",
    "File",
    "Limits",
    "Member",
    "detect",
    "may_hold_files",
    "open_container",
    "parse_bytes",
    "parse_file",
    "read_file",
]


def read_file(path: Path, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """The bytes of one file.

    Raises:
        NotFoundError: there is no such file.
        InputError: it is a folder, cannot be opened, or is larger than the limit.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise InputError(
                f"{path} 不是普通文件。 {path} is no regular file.", hint="请指定文件。 Give a file or a folder."
            )
        if path.is_file() and (size := path.stat().st_size) > limits.file_mb << 20:
            raise InputError(
                f"{path} 超过大小上限。 {path} has {size >> 20} MiB; the limit is {limits.file_mb} MiB.",
                hint="请拆分文件，或提高上限。 Split it, or raise the limit: --limit file_mb=N.",
            )
        return path.read_bytes()
    except FileNotFoundError as exc:
        raise NotFoundError(f"没有文件 {path}。 There is no file {path}.", hint="请检查路径。 Check the path.") from exc
    except IsADirectoryError as exc:
        raise InputError(
            f"{path} 是文件夹。 {path} is a folder.", hint="请指定其中的文件。 Give the files in it."
        ) from exc
    except (OSError, ValueError, RuntimeError) as exc:  # RuntimeError: links that lead in a circle
        raise InputError(
            f"{path} 无法读取。 {path} cannot be read: {exc}", hint="请检查权限。 Check that you may open it."
        ) from exc


def parse_bytes(data: bytes, name: str) -> Document:
    """Read the bytes of one file in this process; `name` stands in messages. Errors as `parse_file`."""
    return parse_file(File(data, name))


def parse_file(file: File) -> Document:
    """Read one file in this process.

    Raises:
        ContainerError: it is an archive of files.
        UnsupportedFormatError: no parser reads this kind of file.
        ParseError: the bytes are empty or damaged.
    """
    if not file.data:
        raise ParseError(
            f"{file.name} 是空文件。 {file.name} is empty (0 bytes).",
            hint="请确认复制完整。 Check that it was copied completely.",
        )
    name = detect(file.data, file.name)
    if name in PARSERS:
        document: Document = _load(PARSERS[name])(file)
        return document
    if name in CONTAINERS:
        raise ContainerError(
            f"{file.name} 是压缩包。 {file.name} is an archive of files, not a document.",
            hint="请用 docintel extract 或 ingest 读取其中文件。 `docintel extract` and `ingest` read the files in it.",
        )
    raise UnsupportedFormatError(
        f"{file.name} 的格式（{name}）无法读取。 {file.name} is {name}, which cannot be read.",
        hint=f"请另存为以下格式之一。 Save it as one of these: {_SUPPORTED}.",
    )


def may_hold_files(data: bytes) -> bool:
    """Whether the first bytes are those of a container; a cheap test that opens nothing."""
    return data.startswith((b"PK", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")) or data[257:262] == b"ustar" or is_mail(data)


def open_container(file: File) -> Iterator[Member]:
    """The files inside a container, in its order; none for a file that is no container.

    Raises:
        ParseError: the container is damaged or breaks a limit; the members before that have been given.
    """
    door = CONTAINERS.get(detect(file.data, file.name))
    return iter(_load(door)(file) if door else ())


def _load(door: str) -> Callable[[File], Any]:
    module, _, function = door.partition(":")
    found: Callable[[File], Any] = getattr(import_module(module), function)
    return found
