"""What a run of `extract` has finished, in one SQLite file: the run goes on from there when it was stopped.

In: of each file the results, as they come. Out: the same in path order, one after another. A file counts as finished
when all it gave is stored; what is there of others is dropped. The disk holds the results, so memory does not.
"""

import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from docintel.batch.work import Result
from docintel.errors import InputError, StoreError
from docintel.schema import FileReport, IngestStatus, ReadStatus

_FORMAT = 1
_TABLES = """
    CREATE TABLE IF NOT EXISTS files (
        place TEXT PRIMARY KEY, digest TEXT NOT NULL, version TEXT NOT NULL, failed INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS results (place TEXT NOT NULL, report TEXT NOT NULL, data BLOB);
    CREATE INDEX IF NOT EXISTS results_by_place ON results (place);
"""
#: Members of an archive come as several workers read them.
_IN_ORDER = "ORDER BY json_extract(report, '$.path'), rowid"
_PACKING = 1  # of zlib: what is written is read once


def pack(extraction: Mapping[str, Any]) -> bytes:
    """The JSON form of an extraction, as it is stored."""
    return zlib.compress(json.dumps(extraction, ensure_ascii=False).encode("utf-8", "surrogatepass"), _PACKING)


def unpack(data: bytes) -> dict[str, Any]:
    """The JSON form of an extraction that was stored."""
    read: dict[str, Any] = json.loads(zlib.decompress(data).decode("utf-8", "surrogatepass"))
    return read


class Journal:
    """An open journal, for one process at a time; use it in a `with` statement.

    Args:
        path: of the file; made when it is not there.
        version: of what decides what is read of a file: what another version finished is not finished.

    Raises:
        InputError: another process writes it.
        StoreError: it is no journal, or can't be written. Every method may raise it.
    """

    def __init__(self, path: Path, version: str) -> None:
        self.path, self._version = path, version
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._store_errors():
            self._db = sqlite3.connect(path, timeout=1, isolation_level=None)
            try:
                self._db.execute("PRAGMA locking_mode = EXCLUSIVE")  # given up with the process, however it ends
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = NORMAL")
                self._begin()
            except (sqlite3.Error, StoreError):
                self._db.close()
                raise
        path.chmod(0o600)
        self._open = True

    def _begin(self) -> None:
        found = self._db.execute("PRAGMA user_version").fetchone()[0]
        if found not in (0, _FORMAT):
            raise self._damaged(f"format {found}")
        self._db.execute("BEGIN EXCLUSIVE")
        for statement in _TABLES.split(";"):
            self._db.execute(statement)
        self._db.execute(f"PRAGMA user_version = {_FORMAT}")
        self._db.execute("DELETE FROM results WHERE place NOT IN (SELECT place FROM files)")
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._open = False
        self._db.close()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._open and not self._one("SELECT 1 FROM files LIMIT 1"):
            self.delete()  # there is nothing to go on from
        self.close()

    def delete(self) -> None:
        """Close and delete the file."""
        self.close()
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    def finished(self, place: str, *, retry_failed: bool = False) -> str:
        """sha256 of what a file held when it was finished; empty when it is to be read.

        Args:
            retry_failed: a file that failed, or whose member did, is to be read.
        """
        row = self._one("SELECT digest, version, failed FROM files WHERE place = ?", place)
        return row[0] if row and row[1] == self._version and not (row[2] and retry_failed) else ""

    def add(self, place: str, result: Result) -> None:
        """Store something that a file gave."""
        report = json.dumps(asdict(result.report), ensure_ascii=False)
        with self._store_errors():
            self._db.execute("INSERT INTO results VALUES (?, ?, ?)", (place, report, result.data))

    def forget(self, place: str) -> None:
        """Drop what there is of a file: it is read again."""
        with self._transaction():
            self._db.execute("DELETE FROM files WHERE place = ?", (place,))
            self._db.execute("DELETE FROM results WHERE place = ?", (place,))

    def finish(self, place: str, digest: str, *, failed: bool) -> None:
        """Note that all a file gave is stored."""
        row = (place, digest, self._version, failed)
        with self._store_errors():
            self._db.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", row)

    def reports(self, place: str) -> Iterator[FileReport]:
        """What became of the documents in a file, in path order."""
        for (report,) in self._rows(f"SELECT report FROM results WHERE place = ? {_IN_ORDER}", place):
            yield _report(report)

    def extractions(self, place: str) -> Iterator[tuple[FileReport, dict[str, Any]]]:
        """What was read of the documents in a file, in path order: report and JSON form."""
        query = f"SELECT report, data FROM results WHERE place = ? AND data IS NOT NULL {_IN_ORDER}"
        for report, data in self._rows(query, place):
            yield _report(report), unpack(data)

    def _one(self, query: str, *values: str) -> Any:
        with self._store_errors():
            return self._db.execute(query, values).fetchone()

    def _rows(self, query: str, *values: str) -> Iterator[Any]:
        with self._store_errors():
            yield from self._db.execute(query, values)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._store_errors():
            self._db.execute("BEGIN")
            with self._db:
                yield

    @contextmanager
    def _store_errors(self) -> Iterator[None]:
        """What SQLite has to say about the file, as an error of ours."""
        try:
            yield
        except sqlite3.DatabaseError as exc:
            code = getattr(exc, "sqlite_errorcode", 0) & 0xFF
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise InputError(
                    f"另一个进程正在写同一结果（{self.path}）。 Another process is writing the same output.",
                    hint="请等它结束，或换一个 --out。 Wait for it, or name another --out.",
                ) from exc
            if code == sqlite3.SQLITE_FULL:
                raise StoreError(
                    f"磁盘已满：{self.path}。 The disk is full: {self.path}.",
                    hint="已完成的文件都在；腾出空间后再次运行同一命令即可继续。"
                    " What is finished is kept: make room and run the same command again, it goes on from there.",
                ) from exc
            if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
                raise InputError(
                    f"无法写入 {self.path.parent}。 Nothing can be written in {self.path.parent}: {exc}.",
                    hint="请换一个可写的文件夹。 Name a folder that you may write to.",
                ) from exc
            raise self._damaged(str(exc)) from exc

    def _damaged(self, why: str) -> StoreError:
        return StoreError(
            f"{self.path} 不是可用的进度文件。 {self.path} is no usable journal: {why}.",
            hint="删除它即从头开始。 Delete it to begin anew.",
        )


def _report(text: str) -> FileReport:
    data = json.loads(text)
    data |= {"status": IngestStatus(data["status"]), "read": ReadStatus(data["read"])}
    return FileReport(**data | {"watches": tuple(data["watches"])})
