"""Tell a full disk from a defect, whoever met it: SQLite, tantivy and FAISS each say it in words of their own.

In: the folder or file that is written to. Out: a StoreError that says what to do.
"""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from docintel.errors import DocintelError, StoreError

_FULL = (errno.ENOSPC, errno.EDQUOT)
#: With less than this, in bytes, a disk counts as full when something could not be written.
_ROOM = 1 << 20


@contextmanager
def told_when_full(place: Path) -> Iterator[None]:
    """Raise a StoreError for what a full disk makes of the block.

    Args:
        place: a file or folder on that disk; it need not be there yet.
    """
    try:
        yield
    except DocintelError:
        raise
    except Exception as exc:
        if not is_full(exc, place):
            raise
        raise StoreError(
            f"磁盘已满：{place}。 The disk that holds {place} is full: {exc}",
            hint="已存的内容完整；腾出空间后再次运行同一命令即可继续。"
            " What is stored is whole: make room and run the same command again, it goes on from there.",
        ) from exc


def is_full(exc: BaseException, place: Path) -> bool:
    """Whether an error is that the disk which holds a place is full."""
    if getattr(exc, "errno", None) in _FULL or "No space left" in str(exc):
        return True
    if not isinstance(exc, OSError | RuntimeError | ValueError):
        return False
    there = next((each for each in (place, *place.absolute().parents) if each.is_dir()), None)
    return there is not None and shutil.disk_usage(there).free < _ROOM
