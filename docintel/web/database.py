"""The database beside a library: accounts, sessions, saved searches, drafts of plans, jobs and the audit log.

Takes the library's folder; gives rows. It is apart from the catalog, so that who may read can be changed, backed up and
removed without touching what is read. The audit log can only grow: the tables themselves refuse any other change.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from docintel.errors import SchemaVersionError, StoreError

FILE_NAME = "accounts.sqlite"
_BUSY_SECONDS = 30


def m001_create_tables(db: sqlite3.Connection) -> None:
    """Accounts with their sessions and saved searches, attempts to log in, the key that signs, and the audit log."""
    for statement in (
        """CREATE TABLE accounts (
            name TEXT PRIMARY KEY COLLATE NOCASE, role TEXT NOT NULL, password TEXT NOT NULL, created TEXT NOT NULL
        )""",
        """CREATE TABLE sessions (
            id TEXT PRIMARY KEY, account TEXT NOT NULL COLLATE NOCASE REFERENCES accounts ON DELETE CASCADE,
            created REAL NOT NULL, seen REAL NOT NULL
        )""",
        "CREATE TABLE attempts (at REAL NOT NULL, name TEXT NOT NULL COLLATE NOCASE, address TEXT NOT NULL)",
        "CREATE INDEX attempts_by_time ON attempts (at)",
        """CREATE TABLE searches (
            id INTEGER PRIMARY KEY, account TEXT NOT NULL COLLATE NOCASE, name TEXT NOT NULL, query TEXT NOT NULL,
            created TEXT NOT NULL, UNIQUE (account, name)
        )""",
        """CREATE TABLE audit (
            id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, account TEXT NOT NULL, address TEXT NOT NULL,
            action TEXT NOT NULL, target TEXT NOT NULL, detail TEXT NOT NULL
        )""",
        "CREATE INDEX audit_by_account ON audit (account, id)",
        "CREATE INDEX audit_by_action ON audit (action, id)",
        """CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
        """CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
        "CREATE TABLE keys (name TEXT PRIMARY KEY, value BLOB NOT NULL)",
    ):
        db.execute(statement)
    db.execute("INSERT INTO keys VALUES ('signing', ?)", (os.urandom(32),))


def m002_create_plan_rows(db: sqlite3.Connection) -> None:
    """The draft of a plan that each account works on: a line a problem, its measures as JSON."""
    db.execute(
        """CREATE TABLE plan_rows (
            id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL COLLATE NOCASE, place INTEGER NOT NULL,
            problem TEXT NOT NULL, measures TEXT NOT NULL, owners TEXT NOT NULL, deadline TEXT NOT NULL
        )"""
    )
    db.execute("CREATE INDEX plan_rows_by_account ON plan_rows (account, place)")


def m003_create_jobs(db: sqlite3.Connection) -> None:
    """What is done beside the page, and which files of the watched folder are known."""
    db.execute(
        """CREATE TABLE jobs (
            id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, account TEXT NOT NULL COLLATE NOCASE,
            name TEXT NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL, state TEXT NOT NULL, created TEXT NOT NULL,
            started TEXT NOT NULL DEFAULT '', ended TEXT NOT NULL DEFAULT '', pages_done INTEGER NOT NULL DEFAULT 0,
            pages INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0, outcome TEXT NOT NULL DEFAULT '[]',
            changed INTEGER NOT NULL
        )"""
    )
    db.execute("CREATE INDEX jobs_by_state ON jobs (state, id)")
    db.execute("CREATE INDEX jobs_by_change ON jobs (changed)")
    db.execute("CREATE TABLE revisions (jobs INTEGER NOT NULL)")
    db.execute("INSERT INTO revisions VALUES (0)")
    db.execute("CREATE TABLE watched (path TEXT PRIMARY KEY, size INTEGER NOT NULL, modified INTEGER NOT NULL)")


#: Numbered steps that are never edited once they have landed.
MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    m001_create_tables,
    m002_create_plan_rows,
    m003_create_jobs,
)


class Database:
    """An open database; safe to use from several threads, which take turns, and beside other processes.

    Raises:
        StoreError: the file is damaged, can't be written, or is locked for too long. Every method may raise it.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self._lock = threading.RLock()
        with self._store_errors():
            # Made by us before SQLite sees it, so that nobody else can read it from its first byte on.
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            self._db = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            self._db.row_factory = sqlite3.Row
            try:
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = NORMAL")
                self._db.execute("PRAGMA foreign_keys = ON")
                self._db.execute("PRAGMA recursive_triggers = ON")  # else REPLACE would pass the audit log's triggers
                self._migrate()
            except (sqlite3.Error, StoreError):
                self._db.close()
                raise

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def rows(self, query: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[sqlite3.Row]:
        """What a query finds."""
        with self._lock, self._store_errors():
            return self._db.execute(query, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Be the one who writes; all of it is kept, or nothing."""
        with self._lock, self._store_errors():
            self._db.execute("BEGIN IMMEDIATE")
            with self._db:
                yield self._db

    def _migrate(self) -> None:
        with self.transaction() as db:
            found: int = db.execute("PRAGMA user_version").fetchone()[0]
            if found > len(MIGRATIONS):
                raise SchemaVersionError(
                    f"{self.path} 由更新的版本写成。 {self.path} was written by a newer docintel.",
                    hint="请更新 docintel。 Update docintel.",
                )
            for number, step in enumerate(MIGRATIONS[found:], start=found + 1):
                step(db)
                db.execute(f"PRAGMA user_version = {number}")

    @contextmanager
    def _store_errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.OperationalError, OSError) as exc:
            raise StoreError(
                f"{self.path} 无法使用。 {self.path} cannot be used: {exc}.",
                hint="请检查磁盘空间和权限。 Check the space on the disk and the rights to the folder.",
            ) from exc
        except sqlite3.DatabaseError as exc:
            if isinstance(exc, sqlite3.IntegrityError | sqlite3.ProgrammingError):
                raise
            raise StoreError(
                f"{self.path} 已损坏。 {self.path} is damaged: {exc}.", hint="请从备份恢复。 Restore it from a backup."
            ) from exc
