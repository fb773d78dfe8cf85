"""A folder that can only be read, as one that can be written to: what its user changes is changed here alone.

In: a folder. Out: a temporary one with links to its files, and copies of the small ones that name others.
"""

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

#: Files that are replaced when others come or go; a link to one would be written through.
_COPIED = ".json"
_LOCK = ".lock"


def mirrored(folder: Path) -> "TemporaryDirectory[str]":
    """A mirror of a folder, empty where there is none; it goes with the object.

    Raises:
        OSError: a file or a folder cannot be read.
    """
    mirror = TemporaryDirectory(prefix="docintel-")
    try:
        _fill(Path(mirror.name), folder.absolute())
    except OSError:
        mirror.cleanup()
        raise
    return mirror


def _fill(mirror: Path, folder: Path) -> None:
    if not folder.exists():
        return
    for inside, _, names in os.walk(folder, onerror=_raise):
        place = mirror / Path(inside).relative_to(folder)
        place.mkdir(exist_ok=True)
        for name in names:
            path = Path(inside, name)
            if name.endswith(_COPIED):
                shutil.copyfile(path, place / name)
            elif path.suffix != _LOCK:
                path.open("rb").close()  # that it cannot be read is told now
                (place / name).symlink_to(path)


def _raise(error: OSError) -> None:
    raise error
