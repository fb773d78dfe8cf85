"""What is named → the files to read: files, folders, patterns, lists of names, addresses.

In: `报告/`, `报告/**/*.pdf`, `@清单.txt`, `s3://bucket/报告/`. Out: each file once, in path order, with its size.
"""

import glob
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from docintel.batch.remote import is_remote, list_remote, read_remote
from docintel.errors import InputError, NotFoundError
from docintel.files import printable
from docintel.parse import Limits, read_file
from docintel.parse.intake import absolute, list_files

_LIST = "@"


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read.

    Attributes:
        path: as it was named or found; an address is text.
        size: in bytes; 0 where it is not known.
    """

    path: Path | str
    size: int = 0

    @property
    def shown(self) -> str:
        """The path, as it is told."""
        return printable(self.path)

    @property
    def place(self) -> str:
        """The path, absolute; of an address the address."""
        return self.path if isinstance(self.path, str) else printable(absolute(self.path))

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rsplit("/", 1)[-1] if isinstance(self.path, str) else printable(self.path.name)

    def read(self, limits: Limits) -> bytes:
        """The bytes of the file.

        Raises:
            InputError: it is not there, can't be read, or is larger than the limit.
        """
        return read_remote(self.path, limits) if isinstance(self.path, str) else read_file(self.path, limits)


def list_sources(names: Path | str | Iterable[Path | str]) -> list[Source]:
    """The files that are named, each once: local ones in path order, then those at addresses.

    Text may be a pattern (`**` reaches into folders), `@` and a file with a name a line, or an address. A `Path` is
    what it says, and so is text for which there is a file of just this name.

    Raises:
        NotFoundError: a list is not there, or no file fits a pattern.
        InputError: a list is no text, or an address can't be reached.
        SetupError: no driver for an address is installed.
    """
    given = [names] if isinstance(names, Path | str) else list(names)
    local: list[Path] = []
    remote: dict[str, int] = {}
    for name in _listed(given):
        if isinstance(name, Path):
            local.append(name)
        elif is_remote(name):
            remote.update(list_remote(name))
        else:
            local += _fitting(name)
    return [Source(path, _size(path)) for path in list_files(local)] + [Source(*each) for each in remote.items()]


def _listed(names: Iterable[Path | str]) -> Iterator[Path | str]:
    """The names, those of a list in its place."""
    for name in names:
        if isinstance(name, str) and name.startswith(_LIST) and not Path(name).exists():
            yield from _names_in(Path(name[1:]))
        else:
            yield name


def _names_in(path: Path) -> Sequence[str]:
    """The names in a file, one a line; empty lines and those that begin with # are passed over."""
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
    except FileNotFoundError as exc:
        raise NotFoundError(
            f"没有清单文件 {path}。 There is no list {path}.",
            hint="@ 之后是每行一个路径的文本文件。 What follows the @ is a text file with a path a line.",
        ) from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise InputError(
            f"清单 {path} 无法读取。 The list {path} cannot be read: {exc}", hint="请存为 UTF-8。 Save it as UTF-8."
        ) from exc
    return [line for line in lines if line and not line.startswith("#")]


def _fitting(name: str) -> list[Path]:
    """The path of this name, else those that fit it as a pattern."""
    if not glob.has_magic(name) or _exists(name):
        return [Path(name)]
    found = [Path(path) for path in sorted(glob.glob(name, recursive=True))]  # noqa: PTH207  # Path.glob is never absolute
    if not found:
        raise NotFoundError(
            f"没有文件符合 {name}。 No file fits {name}.", hint="** 可匹配各级文件夹。 ** reaches into folders."
        )
    return found


def _exists(name: str) -> bool:
    try:
        return Path(name).exists()
    except OSError:
        return False


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # reading it says why
        return 0
