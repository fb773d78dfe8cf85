"""Files to Documents.

In: a path or bytes. Out: a Document. The format is told by content (`detect`), never by suffix; a new format is one
module and one row of `PARSERS`.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from docintel.errors import InputError, NotFoundError, ParseError, UnsupportedFormatError
from docintel.files import printable
from docintel.parse.detect import detect
from docintel.schema import Document

#: Format as `detect` names it → `module:function`, imported at first use. The function takes bytes and a file name.
PARSERS = {
    "html": "docintel.parse.html:parse_html",
    "text": "docintel.parse.plain:parse_text",
}
_SUPPORTED = "HTML and TXT"

__all__ = ["PARSERS", "detect", "parse", "parse_bytes", "read_file"]


def parse(path: Path | str) -> Document:
    """Read one file.

    Raises:
        NotFoundError: there is no such file.
        InputError: it is a folder or cannot be opened.
        UnsupportedFormatError: no parser reads this kind of file.
        ParseError: the file is empty or damaged.
    """
    path = Path(path)
    return parse_bytes(read_file(path), printable(path.name))


def read_file(path: Path) -> bytes:
    """The bytes of one file.

    Raises:
        NotFoundError: there is no such file.
        InputError: it is a folder or cannot be opened.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise InputError(f"{path} 不是普通文件。 {path} is no regular file.")
    try:
        return path.read_bytes()
    except FileNotFoundError as exc:
        raise NotFoundError(f"没有文件 {path}。 There is no file {path}.", hint="请检查路径。 Check the path.") from exc
    except IsADirectoryError as exc:
        raise InputError(
            f"{path} 是文件夹。 {path} is a folder.", hint="请指定其中的文件。 Give the files in it."
        ) from exc
    except (OSError, ValueError) as exc:
        raise InputError(
            f"{path} 无法读取。 {path} cannot be read: {exc}", hint="请检查权限。 Check that you may open it."
        ) from exc


def parse_bytes(data: bytes, source: str) -> Document:
    """Read the bytes of one file; `source` is its name, used in the Document and in messages.

    Raises:
        UnsupportedFormatError: no parser reads this kind of file.
        ParseError: the bytes are empty or damaged.
    """
    if not data:
        raise ParseError(
            f"{source} 是空文件。 {source} is empty (0 bytes).",
            hint="请确认复制完整。 Check that it was copied completely.",
        )
    name = detect(data)
    if name not in PARSERS:
        raise UnsupportedFormatError(
            f"{source} is {name}, which cannot be read yet.",
            hint=f"Supported are {_SUPPORTED}; save it as one of these.",
        )
    return _parser(PARSERS[name])(data, source)


def _parser(door: str) -> Callable[[bytes, str], Document]:
    module, _, function = door.partition(":")
    parser: Callable[[bytes, str], Document] = getattr(import_module(module), function)
    return parser
