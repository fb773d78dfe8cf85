"""The SQLite file of a catalog, opened to be written to, or on a medium that cannot be only to be read.

In: a path. Out: a connection whose tables are of the newest version.
"""

import os
import sqlite3
from pathlib import Path

from docintel.errors import DocintelError, InputError
from docintel.store.migrations import is_newest, migrate, refuse_newer

COPY_IT = (
    "请把资料库复制到可写的文件夹，再用 --library 指定。"
    " Copy the library to a folder that you may write to, and name that with --library."
)
_BUSY_SECONDS = 60


def is_writable(path: Path) -> bool:
    """Whether this process may write a catalog: to the file, and to its folder, where SQLite keeps a log beside it."""
    return os.access(path.parent, os.W_OK) and (os.access(path, os.W_OK) or not path.exists())


def for_writing(path: Path) -> sqlite3.Connection:
    """The file, made when it is not there, its tables brought to the newest version.

    Write-ahead logging lets others read while one writes. `synchronous=FULL` costs one flush a document, little beside
    its extraction, and in exchange a committed document survives a power cut, not only the death of the process.

    Raises:
        sqlite3.Error: it is no database, or is locked for longer than a minute.
        SchemaVersionError: a newer docintel wrote it.
    """
    db = _connected(str(path))
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        migrate(db)
    except (sqlite3.Error, DocintelError):
        db.close()
        raise
    return db


def for_reading(path: Path) -> sqlite3.Connection:
    """The file as it is, on a medium that nobody can write to.

    Elsewhere another may be writing, which cannot be told without a log: https://www.sqlite.org/wal.html#read_only_databases.

    Raises:
        sqlite3.Error: it is no database.
        SchemaVersionError: a newer docintel wrote it.
        InputError: others may write it; an older docintel did, or its last change is still in a log.
    """
    if not _is_on_read_only_medium(path.parent):
        raise InputError(
            f"资料库 {path.parent} 目前只有其所有者才能读取。"
            f" The library in {path.parent} may only be read by its owner now: others may write to it, not you.",
            hint=COPY_IT,
        )
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        raise InputError(
            f"{path.parent} 只读，且上次写入没有收尾。"
            f" The library in {path.parent} cannot be written to, and its last change is still in its log.",
            hint=COPY_IT,
        )
    db = _connected(f"{path.absolute().as_uri()}?immutable=1")
    try:
        refuse_newer(db)
        if not is_newest(db):
            raise InputError(
                f"{path.parent} 由旧版本写成，且只读，无法更新。"
                f" An older docintel wrote the library in {path.parent}, and it cannot be written to.",
                hint=COPY_IT,
            )
    except (sqlite3.Error, DocintelError):
        db.close()
        raise
    return db


def _is_on_read_only_medium(folder: Path) -> bool:
    """Whether nobody can write there; Windows does not tell."""
    return hasattr(os, "statvfs") and bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


def _connected(address: str) -> sqlite3.Connection:
    is_uri = address.startswith("file:")
    db = sqlite3.connect(address, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=is_uri)
    db.row_factory = sqlite3.Row
    return db
