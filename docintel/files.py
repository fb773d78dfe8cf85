"""Files: written whole or not at all, and named so that their names can be stored.

Takes paths; gives a neighbour to write to, which takes the place of the file at the end, or text.
"""

import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def whole(path: Path, mode: int | None = None) -> Iterator[Path]:
    """A neighbour to write a file to; it takes the place of `path`, through a power cut too, when the block ends well.

    When it does not, `path` is as it was and the neighbour is gone; that of a process that was killed goes with the
    next write. The folder is made where it is missing. A link stays, and what it leads to is replaced; a pipe or device
    is written to.

    Args:
        mode: who may do what with the file; as before where there was one, else as the system gives it, when None.
    """
    if not is_stream(path):
        _clear_abandoned(Path(os.path.realpath(path)))
    with _replaced(path, mode) as neighbour:
        yield neighbour


@contextmanager
def _replaced(path: Path, mode: int | None = None) -> Iterator[Path]:
    """As `whole`, without a look at what others left, which takes the longer the more files the folder has."""
    target = Path(os.path.realpath(path))
    if is_stream(path):
        with TemporaryDirectory() as folder:
            yield (neighbour := Path(folder, target.name))
            with neighbour.open("rb") as source, path.open("wb") as stream:
                shutil.copyfileobj(source, stream)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    neighbour = _neighbour(target, os.getpid())
    try:
        if mode is None and target.is_file():
            mode = stat.S_IMODE(target.stat().st_mode)
        if mode is not None:
            neighbour.touch(mode=0o600)
            neighbour.chmod(mode | stat.S_IWUSR)
        yield neighbour
        with neighbour.open("rb+") as file:
            os.fsync(file.fileno())
        if mode is not None:
            neighbour.chmod(mode)
        neighbour.replace(target)
        _flush_folder(target.parent)
    finally:
        neighbour.unlink(missing_ok=True)


def _neighbour(target: Path, process: int | str) -> Path:
    """Where a process writes a file; the name of the file itself may be as long as a name can be."""
    name = hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]
    return target.with_name(f".{name}.{process}.part")


def _clear_abandoned(target: Path) -> None:
    """Delete the neighbours of a file whose processes are no more, where the system lists its processes as files."""
    processes = Path("/proc")
    if (processes / "self").exists():
        for left in target.parent.glob(_neighbour(target, "*").name):
            if not (processes / left.name.split(".")[-2]).exists():
                left.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it holds either all of `data` or what it held before."""
    with _replaced(path) as neighbour:
        neighbour.write_bytes(data)


def printable(path: Path | str) -> str:
    """A path as text that can be stored and printed: bytes that are no UTF-8, as old systems write names, become �."""
    return os.fsencode(path).decode("utf-8", "replace")


def is_stream(path: Path) -> bool:
    """Whether bytes go through it: a pipe, a device, /dev/stdout of a pipe."""
    try:
        kind = path.stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(kind) and not stat.S_ISDIR(kind)


def _flush_folder(folder: Path) -> None:
    """Make a new name last; Windows can't open folders and needs no such thing."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
