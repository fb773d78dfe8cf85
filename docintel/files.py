"""Files: written whole or not at all, and named so that their names can be stored.

Takes paths; gives a neighbour to write to, which takes the place of the file at the end, or text.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A neighbour to write a file to; it takes the place of `path`, through a power cut too, when the block ends well.

    When it does not, `path` is as it was and the neighbour is gone. The folder is made where it is missing.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    neighbour = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield neighbour
        with neighbour.open("rb+") as file:
            os.fsync(file.fileno())
        neighbour.replace(path)
        _flush_folder(path.parent)
    finally:
        neighbour.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it holds either all of `data` or what it held before."""
    with whole(path) as neighbour:
        neighbour.write_bytes(data)


def printable(path: Path | str) -> str:
    """A path as text that can be stored and printed: bytes that are no UTF-8, as old systems write names, become �."""
    return os.fsencode(path).decode("utf-8", "replace")


def _flush_folder(folder: Path) -> None:
    """Make a new name last; Windows can't open folders and needs no such thing."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
