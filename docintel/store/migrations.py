"""The catalog's tables, as numbered steps that are never edited once they have landed.

Takes an open connection and leaves it at the newest schema, each step and its own record in one transaction.
"""

import sqlite3
from collections.abc import Callable

from docintel.errors import SchemaVersionError
from docintel.store import spans


def m001_create_tables(db: sqlite3.Connection) -> None:
    """Documents, the paths they came from, their records and passages.

    Passage ids are never used twice (AUTOINCREMENT), and every passage that goes is written down in `removed`, so an
    index sees what it lacks from two numbers: the newest id and the newest removal it has taken in.
    """
    statements = """
    CREATE TABLE documents (
        id TEXT PRIMARY KEY, source TEXT NOT NULL, title TEXT NOT NULL, doc_type TEXT NOT NULL,
        publisher TEXT, published TEXT, region TEXT, source_url TEXT,
        text TEXT NOT NULL, blocks TEXT NOT NULL, warnings TEXT NOT NULL, parser TEXT NOT NULL,
        extractor TEXT NOT NULL, ingested_at TEXT NOT NULL
    );
    CREATE TABLE files (
        path TEXT PRIMARY KEY, document TEXT NOT NULL REFERENCES documents ON DELETE CASCADE
    );
    CREATE INDEX files_by_document ON files (document);
    CREATE TABLE records (
        document TEXT NOT NULL REFERENCES documents ON DELETE CASCADE, kind TEXT NOT NULL, ordinal INTEGER NOT NULL,
        start INTEGER NOT NULL, "end" INTEGER NOT NULL,
        category TEXT, metric TEXT, unit TEXT, period TEXT, data TEXT NOT NULL,
        PRIMARY KEY (document, kind, ordinal)
    ) WITHOUT ROWID;
    CREATE INDEX records_by_category ON records (kind, category);
    CREATE INDEX records_by_metric ON records (kind, metric);
    CREATE TABLE passages (
        id INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
        kind TEXT NOT NULL, ordinal INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
        page INTEGER, context TEXT NOT NULL, UNIQUE (document, kind, ordinal)
    );
    CREATE TABLE removed (id INTEGER PRIMARY KEY AUTOINCREMENT, passage INTEGER NOT NULL);
    CREATE TRIGGER passage_removed AFTER DELETE ON passages BEGIN
        INSERT INTO removed (passage) VALUES (old.id);
    END
    """
    for statement in _split(statements):
        db.execute(statement)


def m002_add_reading_and_works(db: sqlite3.Connection) -> None:
    """What else a document says of itself, how much of it was read, and which documents are sources of one work.

    A document is sketched when it is stored; `bands` finds those with like sketches, `twins` holds the pairs that are
    one work, each both ways. Documents from before have no sketch yet, and each is a work by itself.
    """
    statements = """
    ALTER TABLE documents ADD COLUMN number TEXT;
    ALTER TABLE documents ADD COLUMN secrecy TEXT;
    ALTER TABLE documents ADD COLUMN attachments TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE documents ADD COLUMN language TEXT NOT NULL DEFAULT 'zh-Hans';
    ALTER TABLE documents ADD COLUMN pages INTEGER;
    ALTER TABLE documents ADD COLUMN missing TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE documents ADD COLUMN work TEXT;
    ALTER TABLE documents ADD COLUMN precedence TEXT NOT NULL DEFAULT '';
    UPDATE documents SET work = id;
    CREATE INDEX documents_by_work ON documents (work);
    CREATE TABLE sketches (
        id INTEGER PRIMARY KEY, document TEXT NOT NULL UNIQUE REFERENCES documents ON DELETE CASCADE,
        version INTEGER NOT NULL, signature BLOB NOT NULL, shingles INTEGER NOT NULL, figures BLOB NOT NULL
    );
    CREATE TABLE bands (
        key INTEGER NOT NULL, sketch INTEGER NOT NULL REFERENCES sketches ON DELETE CASCADE, PRIMARY KEY (key, sketch)
    ) WITHOUT ROWID;
    CREATE INDEX bands_by_sketch ON bands (sketch);
    CREATE TABLE twins (
        one TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
        other TEXT NOT NULL REFERENCES documents ON DELETE CASCADE, PRIMARY KEY (one, other)
    ) WITHOUT ROWID;
    CREATE INDEX twins_by_other ON twins (other)
    """
    for statement in _split(statements):
        db.execute(statement)


def m003_add_regions_of_records(db: sqlite3.Connection) -> None:
    """The place a record is about, where it has one of its own."""
    db.execute("ALTER TABLE records ADD COLUMN region TEXT")


def m004_add_corrections(db: sqlite3.Connection) -> None:
    """What people say of records, what docintel read of the documents they say it of, and which records they made.

    Corrections belong to no row of `documents`, which comes and goes as files are read anew; they are only added, and
    marked when they are taken back.
    """
    statements = """
    CREATE TABLE corrections (
        id INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL, kind TEXT NOT NULL, action TEXT NOT NULL,
        start INTEGER NOT NULL, "end" INTEGER NOT NULL, quote TEXT NOT NULL, fields TEXT NOT NULL,
        "by" TEXT NOT NULL, at TEXT NOT NULL, note TEXT NOT NULL, "before" TEXT NOT NULL,
        origin INTEGER, undone TEXT, undone_by TEXT
    );
    CREATE INDEX corrections_by_document ON corrections (document);
    CREATE INDEX corrections_by_origin ON corrections (origin);
    CREATE TRIGGER corrections_stay BEFORE UPDATE OF id, document, kind, action, start, "end", quote, fields, "by", at,
        note, "before", origin ON corrections BEGIN
        SELECT RAISE(ABORT, 'a correction is never changed');
    END;
    CREATE TABLE readings (
        document TEXT PRIMARY KEY REFERENCES documents ON DELETE CASCADE, data TEXT NOT NULL
    );
    ALTER TABLE records ADD COLUMN corrections TEXT
    """
    for statement in _split(statements):
        db.execute(statement)


def m005_add_spans(db: sqlite3.Connection) -> None:
    """Which passages a document and a category has; see `docintel.store.spans`, which fills these tables.

    Documents from before are written down at once.
    """
    statements = """
    CREATE TABLE spans (
        kind TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
        document TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
        doc_type TEXT NOT NULL, published TEXT, region TEXT, publisher TEXT, PRIMARY KEY (kind, first)
    ) WITHOUT ROWID;
    CREATE INDEX spans_by_document ON spans (document);
    CREATE TRIGGER spans_follow AFTER UPDATE OF doc_type, published, region, publisher ON documents BEGIN
        UPDATE spans SET doc_type = new.doc_type, published = new.published, region = new.region,
            publisher = new.publisher WHERE document = new.id;
    END;
    CREATE TABLE passage_categories (
        category TEXT NOT NULL, kind TEXT NOT NULL,
        passage INTEGER NOT NULL REFERENCES passages ON DELETE CASCADE, PRIMARY KEY (category, kind, passage)
    ) WITHOUT ROWID;
    CREATE INDEX passage_categories_by_passage ON passage_categories (passage)
    """
    for statement in _split(statements):
        db.execute(statement)
    spans.note_passages(db)


def m006_add_names(db: sqlite3.Connection) -> None:
    """Which units and references a document names; filled as the tables before."""
    statements = """
    CREATE TABLE document_names (
        kind TEXT NOT NULL, name TEXT NOT NULL,
        document TEXT NOT NULL REFERENCES documents ON DELETE CASCADE, PRIMARY KEY (kind, name, document)
    ) WITHOUT ROWID;
    CREATE INDEX document_names_by_document ON document_names (document)
    """
    for statement in _split(statements):
        db.execute(statement)
    spans.note_names(db)


def m007_add_figures(db: sqlite3.Connection) -> None:
    """The values of each document's statistics, and its sanctions among its names; filled as the tables before."""
    statements = """
    CREATE TABLE document_figures (
        metric TEXT NOT NULL, value REAL NOT NULL,
        document TEXT NOT NULL REFERENCES documents ON DELETE CASCADE, PRIMARY KEY (metric, value, document)
    ) WITHOUT ROWID;
    CREATE INDEX document_figures_by_document ON document_figures (document)
    """
    for statement in _split(statements):
        db.execute(statement)
    spans.note_names(db)
    spans.note_figures(db)


def m008_add_watches(db: sqlite3.Connection) -> None:
    """Searches that are repeated as documents come, and the documents that each has found.

    `checked` is the newest passage that was compared with a watch. What it has found belongs to no row of `documents`,
    which goes and comes back as a file is read anew, so that nothing is told twice.
    """
    statements = """
    CREATE TABLE watches (
        id INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL COLLATE NOCASE, name TEXT NOT NULL,
        query TEXT NOT NULL, kind TEXT NOT NULL, filters TEXT NOT NULL, created TEXT NOT NULL,
        checked INTEGER NOT NULL, UNIQUE (owner, name)
    );
    CREATE TABLE watch_documents (
        watch INTEGER NOT NULL REFERENCES watches ON DELETE CASCADE, document TEXT NOT NULL,
        found TEXT NOT NULL, seen INTEGER NOT NULL, PRIMARY KEY (watch, document)
    ) WITHOUT ROWID
    """
    for statement in _split(statements):
        db.execute(statement)


def _split(statements: str) -> list[str]:
    """Single statements; `executescript` would commit the transaction they must share."""
    parts, pending = [], ""
    for piece in statements.split(";"):
        pending += piece + ";"
        if sqlite3.complete_statement(pending):
            parts.append(pending)
            pending = ""
    return parts


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    m001_create_tables,
    m002_add_reading_and_works,
    m003_add_regions_of_records,
    m004_add_corrections,
    m005_add_spans,
    m006_add_names,
    m007_add_figures,
    m008_add_watches,
)


def migrate(db: sqlite3.Connection) -> None:
    """Bring the tables to the newest version; a no-op where they are.

    Raises:
        SchemaVersionError: a newer docintel wrote this catalog.
    """
    if is_newest(db):
        return
    db.execute("BEGIN IMMEDIATE")
    with db:
        refuse_newer(db)
        found = _version(db)  # again: another process may have been faster
        for number, step in enumerate(MIGRATIONS[found:], start=found + 1):
            step(db)
            db.execute(f"PRAGMA user_version = {number}")


def is_newest(db: sqlite3.Connection) -> bool:
    """Whether the tables are of the newest version."""
    return _version(db) == len(MIGRATIONS)


def refuse_newer(db: sqlite3.Connection) -> None:
    """See that this docintel knows the tables.

    Raises:
        SchemaVersionError: a newer docintel wrote this catalog.
    """
    found = _version(db)
    if found > len(MIGRATIONS):
        raise SchemaVersionError(
            f"The catalog has version {found}; this docintel knows versions up to {len(MIGRATIONS)}.",
            hint="Update docintel, or open another library.",
        )


def _version(db: sqlite3.Connection) -> int:
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    return version
