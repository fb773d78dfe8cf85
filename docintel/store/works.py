"""Works: documents that are one text, published several times, found as they come in and kept as they go.

In: an open connection, and the documents that came or are to go, within a transaction of the caller's. A pair of
sources is written down in `twins`; a work is what hangs together by pairs, so the order in which documents come and go
makes no difference. `documents.work` is the id of the work's leading document, and of a document by itself its own.
"""

import json
import sqlite3
from collections.abc import Iterable

from docintel.schema import Document
from docintel.store.likeness import VERSION, Body, Sketch, bands, precedence, promising, read_body, same_work, sketch
from docintel.store.rows import row_to_document

#: Finds documents that no sketch of this version stands for.
OUTDATED = f"SELECT id FROM documents WHERE id NOT IN (SELECT document FROM sketches WHERE version = {VERSION})"
_NAMES = "SELECT json_extract(data, '$.name') FROM records WHERE document = ? AND kind = ? ORDER BY ordinal"
_CANDIDATES = f"""SELECT document, signature, shingles, figures FROM sketches WHERE id IN (
    SELECT sketch FROM bands WHERE key IN (SELECT value FROM json_each(:keys)))
    AND document <> :document AND version = {VERSION} ORDER BY document"""
_INSERT = "INSERT INTO sketches (document, version, signature, shingles, figures) VALUES (?, ?, ?, ?, ?)"
_MEMBERS = """WITH RECURSIVE members (id) AS (
    VALUES (?) UNION SELECT twins.other FROM twins JOIN members ON twins.one = members.id)
    SELECT id FROM members"""
_LEAD = """UPDATE documents SET work = (
    SELECT id FROM documents WHERE id IN (SELECT value FROM json_each(:members)) ORDER BY precedence, id LIMIT 1)
    WHERE id IN (SELECT value FROM json_each(:members))"""


def add(db: sqlite3.Connection, document: str) -> None:
    """Find the other sources of a document that has just been stored, with its records, and put it to its work."""
    stored = _document(db, document)
    db.execute("UPDATE documents SET precedence = ? WHERE id = ?", (precedence(stored), document))
    body = _body(db, stored)
    own = sketch(body)
    row = (document, VERSION, own.signature, own.shingles, own.figures)
    number = db.execute(_INSERT, row).lastrowid
    keys = bands(own.signature)
    candidates = db.execute(_CANDIDATES, {"keys": json.dumps(keys), "document": document}).fetchall()
    for place in promising(own, [Sketch(*its) for _, *its in candidates]):
        other = candidates[place][0]
        if same_work(body, _body(db, _document(db, other))):
            db.executemany("INSERT INTO twins VALUES (?, ?)", [(document, other), (other, document)])
    db.executemany("INSERT INTO bands VALUES (?, ?)", [(key, number) for key in keys])
    regroup(db, [document])


def delete(db: sqlite3.Connection, documents: Iterable[str]) -> list[str]:
    """Delete documents with all that belongs to them; gives the ids whose works are to be `regroup`ed."""
    gone = list(documents)
    query = "SELECT DISTINCT other FROM twins WHERE one IN (SELECT value FROM json_each(:gone)) ORDER BY other"
    left = [row[0] for row in db.execute(query, {"gone": json.dumps(gone)})]
    db.execute("DELETE FROM documents WHERE id IN (SELECT value FROM json_each(:gone))", {"gone": json.dumps(gone)})
    return [id_ for id_ in left if id_ not in gone]


def regroup(db: sqlite3.Connection, documents: Iterable[str]) -> None:
    """Let each of the works that these documents belong to have its leading document."""
    left = dict.fromkeys(documents)
    while left:
        members = [row[0] for row in db.execute(_MEMBERS, (next(iter(left)),))]
        db.execute(_LEAD, {"members": json.dumps(members)})
        for member in members:
            left.pop(member, None)


def renew(db: sqlite3.Connection, document: str) -> None:
    """Sketch a stored document anew and put it to its work; one that is gone stays so."""
    if not db.execute("SELECT 1 FROM documents WHERE id = ?", (document,)).fetchone():
        return
    query = "SELECT other FROM twins WHERE one = ? ORDER BY other"
    before = [row[0] for row in db.execute(query, (document,))]
    db.execute("DELETE FROM twins WHERE one = :id OR other = :id", {"id": document})
    db.execute("DELETE FROM sketches WHERE document = ?", (document,))
    regroup(db, before)
    add(db, document)


def _document(db: sqlite3.Connection, document: str) -> Document:
    return row_to_document(db.execute("SELECT * FROM documents WHERE id = ?", (document,)).fetchone())


def _body(db: sqlite3.Connection, document: Document) -> Body:
    persons, units = (
        [row[0] for row in db.execute(_NAMES, (document.id, kind)).fetchall()] for kind in ("persons", "units")
    )
    return read_body(document, persons, units)
