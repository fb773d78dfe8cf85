"""What was recognised before, by the pixels it was recognised from.

In: pixels and their scale. Out: a key; the `Scan` kept under it. One JSON file an entry, in a folder for its owner
only: recognised text is as confidential as the scan. A damaged entry counts as none, and a folder that can't be written
is no error.
"""

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from docintel.config import cache_dir
from docintel.files import write_whole
from docintel.parse.layout.pages import Fragment, Page, Table
from docintel.parse.scan.recogniser import engine_version
from docintel.parse.tables import Cell

if TYPE_CHECKING:
    from docintel.parse.scan.ocr import Scan

#: Changes whenever what we do to an image or its text does.
_SETTINGS = 2
_MOST_ENTRIES, _MOST_BYTES = 20_000, 500 << 20
#: The folder is measured once a process, and after so many new entries.
_BETWEEN_CHECKS = 200


def key(pixels: npt.NDArray[np.uint8], scale: float) -> str:
    """The key of an image: of its pixels, its scale, the recogniser and its settings."""
    about = f"{engine_version()} {_SETTINGS} {pixels.shape} {scale:.5f}".encode()
    return hashlib.sha256(about + hashlib.sha256(np.ascontiguousarray(pixels).data).digest()).hexdigest()


def load(key: str) -> "Scan | None":
    """The scan under a key; None when there is none, or it is damaged."""
    try:
        return _scan(json.loads(_path(key).read_bytes()))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def store(key: str, scan: "Scan") -> None:
    """Keep a scan; the oldest give way when there are too many."""
    data = json.dumps(asdict(scan), ensure_ascii=False, separators=(",", ":")).encode()
    path = _path(key)
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        write_whole(path, data)
        _counter()[0] += 1
        if _counter()[0] % _BETWEEN_CHECKS == 1:
            _drop_oldest(path.parent)


@lru_cache(maxsize=1)
def _counter() -> list[int]:
    return [0]


def _path(key: str) -> Path:
    return cache_dir() / "ocr" / f"{key}.json"


def _drop_oldest(folder: Path) -> None:
    """Make room down to nine tenths, so that it lasts for a while."""
    entries = []
    for entry in os.scandir(folder):
        with suppress(OSError):  # another process may have dropped it
            status = entry.stat(follow_symlinks=False)
            entries.append((status.st_mtime, status.st_size, entry.path))
    entries.sort()
    count, size = len(entries), sum(size for _, size, _ in entries)
    if count <= _MOST_ENTRIES and size <= _MOST_BYTES:
        return
    for _, bytes_, path in entries:
        if count <= 0.9 * _MOST_ENTRIES and size <= 0.9 * _MOST_BYTES:
            break
        with suppress(OSError):
            Path(path).unlink()
        count, size = count - 1, size - bytes_


def _scan(data: dict[str, Any]) -> "Scan":
    from docintel.parse.scan.ocr import Scan

    page = data["page"]
    fragments = tuple(Fragment(**(item | {"box": _box(item["box"])})) for item in page["fragments"])
    tables = tuple(
        Table(tuple(Cell(**cell) for cell in item["cells"]), _box(item["box"]), float(item["confidence"]))
        for item in page["tables"]
    )
    size = float(page["width"]), float(page["height"])
    return Scan(Page(int(page["number"]), *size, fragments, tables), int(data["seals"]))


def _box(values: list[float]) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = map(float, values)
    return x0, y0, x1, y1
