"""Backups of a library: one ZIP file of the catalog, the accounts, the index, its own models and the stored originals.

In: an open library's folder, or such a file. Out: the file, whole or not at all; or a library in a new folder that has
been checked. Databases are copied by SQLite's backup API, so the library stays in use meanwhile.
"""

import hashlib
import json
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from docintel.errors import InputError, StoreError
from docintel.files import whole
from docintel.index.backend import Kind, backend_of
from docintel.index.embedded import EmbeddedIndex

if TYPE_CHECKING:
    from docintel.library.library import Library

FORMAT = 1
_MANIFEST = "backup.json"
#: What a backup holds beside the databases in the folder itself.
_FOLDERS = ("originals", "models", "index")
_CATALOG = "catalog.sqlite"
#: How `Library.verify` ends what making the index anew puts right.
REBUILD = "Run: docintel library rebuild"
_CHUNK = 1 << 20
_WAIT_S = 30.0
_ANOTHER = "换一份备份再试；原来的资料库没有改动。 Try another backup; nothing that was there has been changed."


def backup(folder: Path, target: Path) -> dict[str, Any]:
    """Write a backup of the library in a folder; other processes may go on reading and writing.

    Returns:
        The file, how many files it holds, its size in bytes, and whether the index is in it: where another process
        writes to it all the while it is not, and a restored library makes its own.

    Raises:
        InputError: the target lies in what is backed up, or cannot be written.
        StoreError: a file of the library cannot be read.
    """
    if target.resolve().is_relative_to(folder.resolve()) and target.resolve().parent != (folder / "backups").resolve():
        raise InputError(
            "备份不能写进资料库文件夹。 A backup is not written into the library itself.",
            hint="请换一个位置。 Name a file elsewhere.",
        )
    try:
        with whole(target, mode=0o600) as neighbour, zipfile.ZipFile(neighbour, "w") as archive:
            # none but its owner reads it: it holds the hashes of passwords
            files = _pack(folder, archive)
            told = _manifest(files)
            archive.writestr(_MANIFEST, json.dumps(told, indent=1))
    except (OSError, sqlite3.Error) as exc:
        raise StoreError(
            f"备份未能写完。 The backup could not be written: {exc}.",
            hint="请检查磁盘空间和权限。 Check the space on the disk and the rights to the folder.",
        ) from exc
    has_index = any(name.startswith("index/") for name in files)
    return {"file": str(target), "files": len(files), "bytes": target.stat().st_size, "index": has_index}


def restore(archive: Path, folder: Path, open_library: Callable[[Path], "Library"] | None = None) -> list[str]:
    """Make a library of a backup in a folder where there is none; it is put there only when it is whole.

    Args:
        open_library: how to open it for the check; with the shipped encoder when None.

    Returns:
        What `Library.verify` says of it: nothing when all is well.

    Raises:
        InputError: the file is no backup, or there is something in the folder.
        StoreError: a file in the backup is damaged.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            f"{folder} 不是空的。 {folder} is not empty.",
            hint="恢复只写入新文件夹，不覆盖资料库。 Name a new folder: a library is never overwritten.",
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", suffix=".restoring", dir=folder.parent) as name:
        made = Path(name, "library")
        made.mkdir(mode=0o700)
        _unpack(archive, made)
        with (open_library or _open)(made) as library:
            problems = _checked(library)
        if folder.exists():
            folder.rmdir()
        made.replace(folder)
    return problems


def _pack(folder: Path, archive: zipfile.ZipFile) -> dict[str, str]:
    """Put every file of a library into an archive; gives their digests by name.

    The index comes first: a catalog that is newer than its index is what an index catches up with. Originals are looked
    at before the catalog, as documents may be removed meanwhile, and after it, as others may be added.
    """
    digests: dict[str, str] = {}

    def add(path: Path, name: str) -> None:
        entry = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
        entry.compress_type = zipfile.ZIP_DEFLATED
        with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
            digests[name] = _copy(source, target)

    def add_folder(name: str) -> None:
        for path in _files(folder / name):
            if (place := path.relative_to(folder).as_posix()) not in digests:
                with suppress(FileNotFoundError):  # removed meanwhile
                    add(path, place)

    with EmbeddedIndex.held(folder / "index", _WAIT_S) as is_held:
        is_here = backend_of(folder / "index").backend is Kind.EMBEDDED
        for path in _files(folder / "index") if is_held and is_here else ():
            add(path, path.relative_to(folder).as_posix())
    add_folder("originals")
    for database in sorted(folder.glob("*.sqlite")):
        with _snapshot(database) as copy:
            add(copy, database.name)
    add_folder("originals")
    add_folder("models")
    return digests


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and path.suffix not in (".lock", ".part")
    )


@contextmanager
def _snapshot(database: Path) -> Iterator[Path]:
    """A copy of a database as it is at one moment.

    Source: SQLite's online backup API, https://www.sqlite.org/backup.html.
    """
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=database.parent) as name:
        copy = Path(name, database.name)
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        yield copy


def _manifest(digests: dict[str, str]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "docintel": version("docintel"),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "sha256": digests,
    }


def _unpack(archive: Path, folder: Path) -> None:
    """Write the files of a backup into a folder: those its manifest names, each where a library has such a file."""
    try:
        with zipfile.ZipFile(archive) as packed:
            for name, digest in _told(packed, archive).items():
                path = folder / _safe(name)
                path.parent.mkdir(parents=True, exist_ok=True)
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with packed.open(name) as source, os.fdopen(handle, "wb") as target:
                    if _copy(source, target) != digest:
                        raise StoreError(f"备份中的 {name} 已损坏。 {name} in the backup is damaged.", hint=_ANOTHER)
    except (zipfile.BadZipFile, EOFError, KeyError, FileExistsError) as exc:
        raise StoreError(f"备份已损坏。 The backup is damaged: {exc}.", hint=_ANOTHER) from exc


def _told(packed: zipfile.ZipFile, archive: Path) -> dict[str, str]:
    """The digests of the files of a backup, by name."""
    try:
        told = json.loads(packed.read(_MANIFEST))
        digests = {str(name): str(digest) for name, digest in told["sha256"].items()}
        form = int(told["format"])
    except (KeyError, ValueError, TypeError, AttributeError) as exc:
        raise InputError(
            f"{archive} 不是资料库备份。 {archive} is no backup of a library.",
            hint="备份由 docintel library backup 生成。 Backups are made by: docintel library backup",
        ) from exc
    if form > FORMAT or _CATALOG not in digests:
        raise InputError(
            f"{archive} 由更新的版本写成或不完整。 {archive} was written by a newer docintel, or lacks its catalog.",
            hint="请更新 docintel。 Update docintel.",
        )
    return digests


def _safe(name: str) -> PurePosixPath:
    """The place of a file in a library.

    Raises:
        InputError: a library has no such file.
    """
    path = PurePosixPath(name)
    ordinary = not path.is_absolute() and "\\" not in name and ".." not in path.parts
    known = path.parts[0] in _FOLDERS if len(path.parts) > 1 else path.suffix == ".sqlite"
    if not ordinary or not known:
        raise InputError(f"备份含有不属于资料库的文件：{name}。 The backup holds a file of no library: {name}.")
    return path


def _copy(source: Any, target: Any) -> str:
    """Copy a stream; gives its sha256."""
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest()


def _checked(library: "Library") -> list[str]:
    """What is wrong with a restored library; an index that does not fit is made anew."""
    try:
        problems = library.verify()
    except StoreError:
        problems = [REBUILD]
    if any(problem.endswith(REBUILD) for problem in problems):
        library.rebuild()
        problems = library.verify()
    return problems


def _open(folder: Path) -> "Library":
    from docintel.library.library import Library

    return Library(folder, create=False)
