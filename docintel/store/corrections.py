"""Corrections in the catalog: kept for good, marked when taken back, and carried along when a file changes.

In: an open connection, within a transaction of the caller's where something is written. Rows are added and marked,
never changed or deleted, but when the user removes the document. They hang on no document: one that is read anew, or
whose file comes back, finds them again.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, Protocol

from docintel.errors import CorrectionError
from docintel.schema import Correction, CorrectionAction, Document, Extraction, Passage
from docintel.store.rows import insert, to_json

#: The largest number that a row can have.
_LARGEST = 2**63 - 1
_JSON_COLUMNS = ("fields", "before")
_GOING = """c.document = :document OR (
    coalesce(c.origin, c.id) IN (SELECT coalesce(origin, id) FROM corrections WHERE document = :document)
    AND c.document NOT IN (SELECT id FROM documents))"""
_COLUMNS = ", ".join(f'c."{column.name}"' for column in fields(Correction))


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of a document: its records and passages, and which corrections made which records as they are.

    Attributes:
        by: ids of the corrections, by record type and number.
        lost: corrections whose record is no longer found.
    """

    extraction: Extraction
    passages: Sequence[Passage]
    by: Mapping[tuple[str, int], tuple[int, ...]] = field(default_factory=dict)
    lost: tuple[Correction, ...] = ()


class Corrector(Protocol):
    """How corrections apply; the rooms that know it stand above the store."""

    def stand(self, extraction: Extraction, corrections: Sequence[Correction]) -> Standing:
        """What stands of an extraction after corrections."""

    def carry(self, correction: Correction, document: Document) -> Correction | None:
        """A correction of an earlier version of a file for this one; None where it does not apply."""


def keep(db: sqlite3.Connection, correction: Correction) -> Correction:
    """Keep a correction, with the number it gets."""
    row = {column.name: getattr(correction, column.name) for column in fields(Correction)}
    del row["id"]
    row |= {"action": str(correction.action)} | {name: to_json(row[name]) for name in _JSON_COLUMNS}
    insert(db, "corrections", [row])
    number = db.execute("SELECT last_insert_rowid()").fetchone()[0]
    return next(iter(_read(db, "c.id = ?", (number,))))


def standing_of(db: sqlite3.Connection, document: str) -> list[Correction]:
    """The corrections of a document that stand, oldest first."""
    return _read(db, "c.document = ? AND c.undone IS NULL", (document,))


def every(db: sqlite3.Connection, document: str | None = None) -> list[Correction]:
    """The corrections of a document, or of all, oldest first; those that were taken back, too."""
    return _read(db, "c.document = ?", (document,)) if document else _read(db, "1", ())


def corrected_documents(db: sqlite3.Connection) -> list[str]:
    """Ids of the documents of the library with corrections that stand, by the oldest of these."""
    query = """SELECT c.document FROM corrections c JOIN documents d ON d.id = c.document
        WHERE c.undone IS NULL GROUP BY c.document ORDER BY min(c.id)"""
    return [row[0] for row in db.execute(query)]


def undo(db: sqlite3.Connection, number: int, by: str) -> list[Correction]:
    """Take a correction back, with those that were carried from it or that it was carried from; gives these.

    Raises:
        CorrectionError: there is no such correction, or it was taken back before.
    """
    found = _read(db, "c.id = ?", (number,)) if abs(number) <= _LARGEST else []
    if not found:
        raise CorrectionError(
            f"没有编号为 {number} 的订正。 There is no correction {number}.",
            hint="查看清单 See: docintel correct --list",
        )
    if found[0].undone:
        raise CorrectionError(
            f"订正 {number} 已由 {found[0].undone_by} 撤销。 Correction {number} was undone before.",
            hint="要恢复请重新订正。 To have it again, correct the record again.",
        )
    family = "(c.id = :root OR c.origin = :root) AND c.undone IS NULL"
    values = {"root": found[0].origin or number}
    numbers = to_json([each.id for each in _read(db, family, values)])
    db.execute(
        "UPDATE corrections SET undone = ?, undone_by = ? WHERE id IN (SELECT value FROM json_each(?))",
        (datetime.now(UTC).isoformat(timespec="seconds"), by, numbers),
    )
    return _read(db, "c.id IN (SELECT value FROM json_each(?))", (numbers,))


def carry(
    db: sqlite3.Connection, before: str, document: Document, move: Callable[[Correction, Document], Correction | None]
) -> None:
    """Let a document have the corrections of the one that its file held before, but for those it has."""
    family = {each.origin or each.id for each in every(db, document.id)}
    for correction in standing_of(db, before):
        if (correction.origin or correction.id) not in family and (moved := move(correction, document)):
            keep(db, moved)


def going_with(db: sqlite3.Connection, document: str) -> list[Correction]:
    """The corrections of a document, and of earlier versions of it that are no longer in the library; undone, too."""
    return _read(db, _GOING, {"document": document})


def forget(db: sqlite3.Connection, document: str) -> None:
    """Delete the corrections that `going_with` gives."""
    db.execute(f"DELETE FROM corrections AS c WHERE {_GOING}", {"document": document})


def put_reading(db: sqlite3.Connection, document: str, reading: str) -> None:
    """Keep what docintel read of a document that people corrected, in its JSON form."""
    db.execute("INSERT OR REPLACE INTO readings VALUES (?, ?)", (document, reading))


def reading(db: sqlite3.Connection, document: str) -> dict[str, Any] | None:
    """What docintel read of a document, in its JSON form; None for one that nobody corrected."""
    row = db.execute("SELECT data FROM readings WHERE document = ?", (document,)).fetchone()
    return dict(json.loads(row[0])) if row else None


def drop_reading(db: sqlite3.Connection, document: str) -> None:
    """Let go of what docintel read of a document, for it stands as it is."""
    db.execute("DELETE FROM readings WHERE document = ?", (document,))


def _read(db: sqlite3.Connection, where: str, values: Sequence[Any] | Mapping[str, Any]) -> list[Correction]:
    rows: Iterable[sqlite3.Row] = db.execute(
        f"SELECT {_COLUMNS} FROM corrections c WHERE {where} ORDER BY c.id", values
    )
    return [_correction(row) for row in rows]


def _correction(row: sqlite3.Row) -> Correction:
    values = dict(row) | {name: json.loads(row[name]) for name in _JSON_COLUMNS}
    return Correction(**values | {"action": CorrectionAction(row["action"])})
