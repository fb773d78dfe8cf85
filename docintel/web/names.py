"""Names of files that somebody else chose, made safe to write, to show and to send.

In: any text. Out: a name without folders, control characters or marks that turn the direction of writing.
"""

import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]')
_LONGEST_BYTES = 240  # of the 255 that file systems take, with room for the mark of a file that is half written


def safe_name(name: str, longest: int, instead: str) -> str:
    """A name that no file system, header or reader takes for anything else.

    Args:
        longest: characters; the ending of a longer name stays.
        instead: the name where nothing is left.
    """
    safe = _NOT_IN_NAMES.sub("_", _CONTROL.sub("", name)).strip(". ")
    stem, dot, suffix = safe.rpartition(".")
    return f"{stem[: longest - len(suffix)]}{dot}{suffix}"[-longest:] or instead


def file_name(path: str) -> str:
    """The name under which a file that somebody sent is written: the last part of its path."""
    name = safe_name(re.split(r"[\\/]", path.rstrip("\\/"))[-1], 120, "file")
    name = name.encode("utf-8", "replace").decode("utf-8")
    stem, dot, suffix = name.rpartition(".")
    while len(name.encode()) > _LONGEST_BYTES:
        stem, suffix = (stem[:-1], suffix) if stem else ("", suffix[:-1])
        name = f"{stem}{dot}{suffix}"
    return name


def shown_path(path: str) -> str:
    """The path of a file that somebody sent, as it is shown: its folders too, none of them `..`."""
    parts = (safe_name(part, 120, "") for part in re.split(r"[\\/]", path))
    return "/".join(part for part in parts if part)[-400:] or "file"
