"""Where files that were sent lie until they are read: a folder in the library, a subfolder a file.

In: bytes, piece by piece, under any name. Out: the path of a whole file. Its place is chosen here and its name is made
safe, so nothing that is sent can lead elsewhere or stand in the place of another file.
"""

import os
import secrets
import shutil
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from docintel.errors import InputError, StoreError
from docintel.web.names import file_name

FOLDER = "uploads"
#: How many files may wait, and their bytes; what the disk must have left.
MOST_FILES, MOST_BYTES, SPARE_BYTES = 5000, 16 << 30, 1 << 30
_ABANDONED_S = 86_400


@dataclass(slots=True, eq=False)
class Incoming:
    """A file that is being written.

    Attributes:
        path: where it lies, in the spool.
        size: bytes so far.
    """

    path: str
    file: BinaryIO = field(repr=False)
    size: int = 0


class Spool:
    """The files that wait in a library.

    Args:
        library: its folder.
    """

    def __init__(self, library: Path) -> None:
        self.folder = library / FOLDER
        self._lock = threading.Lock()
        self._arriving: list[Incoming] = []

    @contextmanager
    def receive(self, name: str, held: tuple[int, int]) -> Iterator[Incoming]:
        """A new file, for `write`; when the block fails it is gone.

        Args:
            name: as it was sent; only its last part counts.
            held: how many files wait already, and their bytes, those that are arriving left out.

        Raises:
            InputError: there are too many.
            StoreError: it cannot be written.
        """
        self.folder.mkdir(mode=0o700, exist_ok=True)
        place = f"{secrets.token_hex(8)}/{file_name(name)}"
        path = self.folder / place
        path.parent.mkdir(mode=0o700)
        incoming = None
        try:
            # Made anew, never through a link, and for its owner only.
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
            with os.fdopen(handle, "wb") as file:
                incoming = Incoming(place, file)
                with self._lock:
                    self._arriving.append(incoming)
                self._check_room(held, 0)
                yield incoming
        except BaseException as exc:
            shutil.rmtree(path.parent, ignore_errors=True)
            if isinstance(exc, OSError):
                raise StoreError(
                    f"文件未能保存。 The file could not be kept: {exc.strerror or exc}.",
                    hint="请联系管理员检查磁盘。 Ask the administrator to check the disk.",
                ) from exc
            raise
        finally:
            with self._lock:
                if incoming in self._arriving:
                    self._arriving.remove(incoming)

    def write(self, incoming: Incoming, chunk: bytes, held: tuple[int, int]) -> None:
        """Add bytes to a file.

        Raises:
            InputError: there is no room for them.
        """
        self._check_room(held, len(chunk))
        incoming.size += len(chunk)
        incoming.file.write(chunk)

    @staticmethod
    def flush(incoming: Incoming) -> None:
        """See that what was written lasts through a power cut."""
        incoming.file.flush()
        os.fsync(incoming.file.fileno())

    def _check_room(self, held: tuple[int, int], more: int) -> None:
        with self._lock:
            files = held[0] + len(self._arriving)
            size = held[1] + sum(each.size for each in self._arriving) + more
        if files > MOST_FILES or size > MOST_BYTES or shutil.disk_usage(self.folder).free - more < SPARE_BYTES:
            raise InputError(
                "上传区已满。 There is no room for more files.",
                hint="请等已上传的文件读完，或清除失败的文件后再试。"
                " Wait until those sent are read, or remove failed ones.",
            )

    def path(self, place: str) -> Path:
        """Where a file lies.

        Raises:
            InputError: there is no such file any more.
        """
        path = self.folder / place
        if not path.is_file() or path.is_symlink():
            raise InputError("上传的文件已不在。 The file that was sent is gone.", hint="请重新上传。 Send it again.")
        return path

    def drop(self, place: str) -> None:
        """Delete a file; nothing happens where it is gone."""
        folder = (self.folder / place).parent
        if folder.parent == self.folder:
            shutil.rmtree(folder, ignore_errors=True)

    def sweep(self, needed: Collection[str]) -> None:
        """Delete what no job needs and nobody is sending any more."""
        kept = {place.split("/")[0] for place in needed}
        for folder in self.folder.iterdir() if self.folder.is_dir() else ():
            if folder.name not in kept and time.time() - folder.stat().st_mtime > _ABANDONED_S:
                shutil.rmtree(folder, ignore_errors=True)
