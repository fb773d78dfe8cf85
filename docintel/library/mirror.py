"""A folder that can only be read, as one that can be written to: what its user changes is changed here alone.

In: a folder. Out: a temporary one with links to its files, and copies of the small ones that name others.
"""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

#: Files that are replaced when others come or go; a link to one would be written through.
_COPIED = ".json"
_LOCK = ".lock"


def mirrored(folder: Path) -> "TemporaryDirectory[str]":
    """A mirror of a folder, empty where there is none; it goes with the object.

    Raises:
        OSError: a file cannot be read.
    """
    mirror = TemporaryDirectory(prefix="docintel-")
    for path in folder.absolute().rglob("*"):
        place = Path(mirror.name, path.relative_to(folder.absolute()))
        if path.is_dir():
            place.mkdir(parents=True, exist_ok=True)
        elif path.name.endswith(_COPIED):
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
        elif path.suffix != _LOCK:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(path)
    return mirror
