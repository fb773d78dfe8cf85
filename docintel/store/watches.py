"""Watches: searches that are repeated as documents come, and the documents that each has found.

In: an open connection; whoever calls holds a transaction where something is written. Out: watches, ids of documents.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime

from docintel.errors import NotFoundError
from docintel.schema import Filters, HitKind, Watch
from docintel.store.rows import to_json

_WATCH = """SELECT w.*, (SELECT count(*) FROM watch_documents f JOIN documents d ON d.id = f.document
    WHERE f.watch = w.id AND NOT f.seen) AS new FROM watches w"""
_OF = "SELECT id FROM watches WHERE owner = :owner AND name = :name"
#: A document whose work has another source that the watch knows is known with it: nobody is told twice.
_NOTE = f"""INSERT OR IGNORE INTO watch_documents (watch, document, found, seen)
    SELECT w.id, :document, :found, :seen OR EXISTS (
        SELECT 1 FROM documents own JOIN documents other ON other.work = own.work AND other.id <> own.id
        JOIN watch_documents known ON known.document = other.id AND known.watch = w.id WHERE own.id = :document)
    FROM watches w WHERE w.id = ({_OF})"""


def put(db: sqlite3.Connection, watch: Watch, checked: int, known: Iterable[str]) -> None:
    """Keep a watch, in place of one of its owner that has its name; what it has found by now is no news."""
    db.execute("DELETE FROM watches WHERE owner = ? AND name = ?", (watch.owner, watch.name))
    filters = to_json({name: value for name, value in asdict(watch.filters).items() if value})
    db.execute(
        "INSERT INTO watches (owner, name, query, kind, filters, created, checked) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (watch.owner, watch.name, watch.query, watch.kind, filters, watch.created, checked),
    )
    db.executemany(_NOTE, [_values(watch, document, seen=True) for document in known])


def remove(db: sqlite3.Connection, owner: str, name: str) -> None:
    """Forget a watch.

    Raises:
        NotFoundError: its owner has none of this name.
    """
    if not db.execute("DELETE FROM watches WHERE owner = ? AND name = ?", (owner, name)).rowcount:
        raise NotFoundError(
            f"没有名为 {name!r} 的关注。 There is no watch {name!r}.", hint="查看 Run: docintel watch list"
        )


def every(db: sqlite3.Connection, owner: str | None) -> list[Watch]:
    """The watches of an owner, or of all, oldest first."""
    query = f"{_WATCH} WHERE :owner IS NULL OR w.owner = :owner ORDER BY w.id"
    return [_watch(row) for row in db.execute(query, {"owner": owner})]


def due(db: sqlite3.Connection, newest: int) -> list[tuple[Watch, int]]:
    """The watches that passages up to a newest one have not been compared with; each with where it stands."""
    rows = db.execute(f"{_WATCH} WHERE w.checked < ? ORDER BY w.id", (newest,))
    return [(_watch(row), row["checked"]) for row in rows]


def note(db: sqlite3.Connection, watch: Watch, newest: int, documents: Iterable[str]) -> list[str]:
    """Write down which documents match a watch, among passages up to a newest one; gives those that are new."""
    before = set(unseen(db, watch))
    for document in documents:
        db.execute(_NOTE, _values(watch, document, seen=False))
    db.execute(
        "UPDATE watches SET checked = max(checked, :newest) WHERE owner = :owner AND name = :name",
        {"newest": newest, "owner": watch.owner, "name": watch.name},
    )
    return [document for document in unseen(db, watch) if document not in before]


def unseen(db: sqlite3.Connection, watch: Watch) -> list[str]:
    """Ids of the documents that a watch has found and nobody has seen, that are still there; by when they came."""
    rows = db.execute(
        f"""SELECT f.document FROM watch_documents f JOIN documents d ON d.id = f.document
        WHERE f.watch = ({_OF}) AND NOT f.seen ORDER BY f.found, f.document""",
        {"owner": watch.owner, "name": watch.name},
    )
    return [row[0] for row in rows]


def see(db: sqlite3.Connection, watch: Watch, documents: Iterable[str]) -> None:
    """Note that somebody has seen what a watch found."""
    db.execute(
        f"""UPDATE watch_documents SET seen = 1 WHERE watch = ({_OF})
        AND document IN (SELECT value FROM json_each(:documents))""",
        {"owner": watch.owner, "name": watch.name, "documents": to_json(list(documents))},
    )


def _values(watch: Watch, document: str, *, seen: bool) -> dict[str, str | bool]:
    found = datetime.now(UTC).isoformat(timespec="seconds")
    return {"owner": watch.owner, "name": watch.name, "document": document, "found": found, "seen": seen}


def _watch(row: sqlite3.Row) -> Watch:
    filters = json.loads(row["filters"])
    if "figures" in filters:
        filters["figures"] = tuple(filters["figures"])
    plain = {name: row[name] for name in ("name", "query", "owner", "created", "new")}
    return Watch(kind=HitKind(row["kind"]), filters=Filters(**filters), **plain)
