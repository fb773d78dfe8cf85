"""What is known of a collection on this side: its manifest, its terms with how many passages have each, loose ends.

A small SQLite file in the library's index folder, `COLLECTION.sqlite`. A commit of the index is a transaction here:
rows go to Milvus before it, and rows leave Milvus after it, so what a killed process left half done is seen and ended.
"""

import json
import secrets
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from docintel.errors import StoreError
from docintel.index.passage_index import REBUILD, Manifest
from docintel.schema import HitKind

_BUSY_SECONDS = 60
_CHUNK = 500  # parameters of one statement
_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS terms (
    dim INTEGER PRIMARY KEY, field TEXT NOT NULL, term TEXT NOT NULL, UNIQUE (field, term));
CREATE TABLE IF NOT EXISTS counts (
    kind TEXT NOT NULL, dim INTEGER NOT NULL, passages INTEGER NOT NULL, PRIMARY KEY (kind, dim)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sizes (kind TEXT PRIMARY KEY, passages INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS leaving (id INTEGER PRIMARY KEY);
"""
#: Dimensions that are no term.
LONG, EMPTY, _FIRST = 0, 1, 2


class Ledger:
    """An open ledger, made when it is not there.

    Raises:
        StoreError: the file can't be read or written. Every method may raise it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mutex = threading.RLock()
        with self._errors():
            self._db = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @staticmethod
    def delete(path: Path) -> None:
        """Delete a ledger and what SQLite keeps beside it."""
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of a block, or none of it."""
        with self._mutex, self._errors():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # SQLite ends some by itself, as when the disk is full
                    self._db.execute("ROLLBACK")
                raise

    # Facts

    def manifest(self) -> Manifest | None:
        """What the collection holds, and what made it; None where nothing was committed yet."""
        told = self._fact("manifest")
        return Manifest(**told | {"revision": tuple(told["revision"])}) if told else None

    def put_manifest(self, manifest: Manifest) -> None:
        """The commit."""
        self._put("manifest", asdict(manifest))

    def stamps(self) -> list[int]:
        """What may stand in the collection: the stamp of the last commit, and that of one that was begun."""
        return [stamp for name in ("stamp", "begun") if (stamp := self._fact(name)) is not None]

    def begin(self) -> int:
        """Note that rows are about to go to Milvus; gives the stamp of the commit.

        One that was begun and not ended goes on under its stamp, which may stand in the collection already.
        """
        begun = self._fact("begun")
        stamp = secrets.randbits(62) if begun is None else int(begun)
        self._put("begun", stamp)
        return stamp

    def is_begun(self) -> bool:
        """Whether a commit was begun and not ended."""
        return self._fact("begun") is not None

    def end(self, stamp: int) -> None:
        """Note that what was begun is committed."""
        self._put("stamp", stamp)
        self._run("DELETE FROM facts WHERE name = 'begun'")

    def lengths(self) -> dict[str, dict[str, int]]:
        """What was measured of the passages that came first, by kind: see `weighing.measured`."""
        return self._fact("measured") or {}

    def put_lengths(self, lengths: Mapping[str, Mapping[str, int]]) -> None:
        """Set what the lengths of passages are measured against."""
        self._put("measured", lengths)

    def _fact(self, name: str) -> Any:
        rows = self._rows("SELECT value FROM facts WHERE name = ?", (name,))
        return json.loads(rows[0][0]) if rows else None

    def _put(self, name: str, value: object) -> None:
        self._run("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, json.dumps(value)))

    # Terms

    def dims(self, field: str, terms: Iterable[str]) -> dict[str, int]:
        """The dimensions of those of some terms of a field that any passage ever had."""
        found: dict[str, int] = {}
        for chunk in _chunks(list(dict.fromkeys(terms))):
            marks = ",".join("?" * len(chunk))
            found |= dict(
                map(
                    tuple,
                    self._rows(f"SELECT term, dim FROM terms WHERE field = ? AND term IN ({marks})", (field, *chunk)),
                )
            )
        return found

    def number(self, field: str, terms: Iterable[str]) -> dict[str, int]:
        """The dimensions of terms, new ones for those that have none."""
        wanted = list(dict.fromkeys(terms))
        known = self.dims(field, wanted)
        new = [(field, term) for term in wanted if term not in known]
        if new:
            last = self._rows("SELECT coalesce(max(dim), ?) FROM terms", (_FIRST - 1,))[0][0]
            rows = [(dim, *each) for dim, each in enumerate(new, last + 1)]
            with self._mutex, self._errors():
                self._db.executemany("INSERT INTO terms VALUES (?, ?, ?)", rows)
            known |= {term: dim for dim, _, term in rows}
        return known

    def dims_with(self, fields: Sequence[str], character: str) -> list[int]:
        """The dimensions of all terms of some fields that have a character in them."""
        marks = ",".join("?" * len(fields))
        rows = self._rows(f"SELECT dim FROM terms WHERE field IN ({marks}) AND instr(term, ?)", (*fields, character))
        return [row[0] for row in rows]

    def counts(self, kinds: Sequence[HitKind], dims: Iterable[int]) -> Counter[int]:
        """How many passages of some kinds have each dimension."""
        found: Counter[int] = Counter()
        names = ",".join("?" * len(kinds))
        for chunk in _chunks(list(dims)):
            marks = ",".join("?" * len(chunk))
            query = f"SELECT dim, sum(passages) FROM counts WHERE kind IN ({names}) AND dim IN ({marks}) GROUP BY dim"
            found.update(dict(map(tuple, self._rows(query, (*map(str, kinds), *chunk)))))
        return found

    def size(self, kind: HitKind) -> int:
        """How many passages of a kind there are."""
        rows = self._rows("SELECT passages FROM sizes WHERE kind = ?", (str(kind),))
        return rows[0][0] if rows else 0

    def count(self, kind: HitKind, dims: Mapping[int, int], passages: int) -> None:
        """Add so many passages of a kind, with how many have each dimension; numbers below 0 take away."""
        rows = [(str(kind), dim, number) for dim, number in sorted(dims.items())]
        with self._mutex, self._errors():
            self._db.executemany(
                "INSERT INTO counts VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET passages = passages + excluded.passages",
                rows,
            )
            self._db.execute(
                "INSERT INTO sizes VALUES (?, ?) ON CONFLICT DO UPDATE SET passages = passages + excluded.passages",
                (str(kind), passages),
            )

    # What has still to leave Milvus

    def leaving(self) -> list[int]:
        """Ids of rows that count no more and may still lie in Milvus."""
        return [row[0] for row in self._rows("SELECT id FROM leaving ORDER BY id")]

    def put_leaving(self, ids: Iterable[int]) -> None:
        """Note rows that count no more."""
        with self._mutex, self._errors():
            self._db.executemany("INSERT OR IGNORE INTO leaving VALUES (?)", [(id_,) for id_ in ids])

    def clear_leaving(self) -> None:
        """Note that they are gone."""
        self._run("DELETE FROM leaving")

    def _run(self, statement: str, values: Sequence[object] = ()) -> None:
        with self._mutex, self._errors():
            self._db.execute(statement, values)

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._mutex, self._errors():
            return self._db.execute(query, values).fetchall()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as exc:
            raise StoreError(
                f"{self.path} 无法写入或读取。 {self.path} cannot be used: {exc}.",
                hint="请检查磁盘空间和权限。 Check the space on the disk and the rights to the folder.",
            ) from exc
        except sqlite3.DatabaseError as exc:
            raise StoreError(f"{self.path} 已损坏。 {self.path} is damaged: {exc}.", hint=REBUILD) from exc


def _chunks(values: list[Any]) -> Iterator[list[Any]]:
    return (values[at : at + _CHUNK] for at in range(0, len(values), _CHUNK))
