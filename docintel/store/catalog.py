"""The catalog: documents, their records and passages, in one SQLite file.

Takes extractions and the passages cut from them, gives them back by id or by filter. It is the truth of a library: the
index is derived from it. Each document is one transaction, so a reader sees all of it or nothing.
"""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docintel.errors import InputError, NotFoundError, QueryError, StoreError
from docintel.schema import (
    RECORD_TYPES,
    Correction,
    Document,
    Extraction,
    Filters,
    Hit,
    HitKind,
    Metric,
    Passage,
    ReadStatus,
    Watch,
)
from docintel.schema.serial import extraction_from_dict, extraction_to_dict
from docintel.store import corrections, spans, watches, works
from docintel.store.browsing import browse, facets, select
from docintel.store.connection import COPY_IT, for_reading, for_writing, is_writable
from docintel.store.corrections import Corrector, Standing
from docintel.store.filters import condition, leading
from docintel.store.rows import (
    document_row,
    insert,
    listed,
    passage_row,
    record_rows,
    row_to_document,
    row_to_hit,
    row_to_passage,
    to_json,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: What a row of a record says of its document, beside the record's own fields.
RECORD_CONTEXT = ("document", "work", "ordinal", "source", "title", "published", "doc_type", "region", "sources")
_PASSAGE = """SELECT p.id, p.document, p.kind, p.ordinal, p.start, p."end", p.page, p.context,
    substr(d.text, p.start + 1, p."end" - p.start) AS text, d.title, d.source, d.doc_type, d.publisher, d.published,
    d.region FROM passages p JOIN documents d ON d.id = p.document"""
_SOURCES = "(SELECT count(*) FROM documents o WHERE o.work = d.work)"
#: What to do about SQLite's primary result codes; a catalog with any other trouble is damaged.
_REMEDIES = {
    sqlite3.SQLITE_BUSY: "Another process is writing to this library: try again when it is done.",
    sqlite3.SQLITE_FULL: "The disk is full: make room and try again.",
} | dict.fromkeys(
    (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY),
    "docintel must be able to read this file: mend the rights to it and to its folder.",
)
#: These say that docintel itself is wrong, not the file.
_DEFECTS = (sqlite3.IntegrityError, sqlite3.ProgrammingError)


@dataclass(frozen=True, slots=True)
class Amended:
    """A document before and after corrections were kept or taken back, these, and those whose record is lost."""

    before: Extraction
    after: Extraction
    corrections: tuple[Correction, ...]
    lost: tuple[Correction, ...]


class Catalog:
    """An open catalog; close it, or use it in a `with` statement.

    Where this process may not write it is opened to be read, and `is_writable` is False.

    Args:
        path: the SQLite file; created when it is not there.
        corrector: knows how corrections apply; without one they are kept and nothing follows from them.

    Raises:
        StoreError: the file is no catalog, or is locked for longer than a minute. Every method may raise it.
        InputError: something is to be written, and cannot be. Every method that changes something may raise it.
    """

    def __init__(self, path: Path, corrector: Corrector | None = None) -> None:
        self.path = path
        self.is_writable = is_writable(path)
        self._corrector = corrector
        self._passing: tuple[tuple[Any, ...], NDArray[np.int64] | None] | None = None
        with self._store_errors():
            self._db = for_writing(path) if self.is_writable else for_reading(path)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> "Catalog":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    @contextmanager
    def _store_errors(self) -> Iterator[None]:
        """What SQLite has to say about the file, as an error of ours."""
        try:
            yield
        except sqlite3.DatabaseError as exc:
            if isinstance(exc, _DEFECTS):
                raise
            hint = _REMEDIES.get(getattr(exc, "sqlite_errorcode", 0) & 0xFF, "Restore it from a backup.")
            raise StoreError(f"{self.path} cannot be used as a catalog: {exc}.", hint=hint) from exc

    def check_writable(self) -> None:
        """See that the library can be changed.

        Raises:
            InputError: it can only be read.
        """
        if not self.is_writable:
            raise InputError(
                f"资料库 {self.path.parent} 只读，不能写入。 The library in {self.path.parent} cannot be written to.",
                hint=COPY_IT,
            )

    @contextmanager
    def _transaction(self, *, keep: bool = True) -> Iterator[sqlite3.Connection]:
        self.check_writable()
        with self._store_errors():
            self._db.execute("BEGIN IMMEDIATE")
            with self._db:
                yield self._db
                if not keep:
                    self._db.rollback()

    def _rows(self, query: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[sqlite3.Row]:
        with self._store_errors():
            return self._db.execute(query, values).fetchall()

    # Writing

    def put(self, extraction: Extraction, passages: Sequence[Passage], *, path: str, extractor: str) -> str | None:
        """Store what was read from the file at `path`, in place of what that file or these bytes had before.

        What people said of the document stands, and of what the file held before whatever words are still there.

        Returns:
            The id of a document that was removed because its file has changed and no other path leads to it.
        """
        document = extraction.document.id
        with self._transaction() as db:
            paths = db.execute("SELECT path FROM files WHERE document = ?", (document,)).fetchall()
            bereft = works.delete(db, [document])
            self._carry(db, path, extraction.document)
            standing = self._stand(db, extraction, passages)
            insert(db, "documents", [document_row(extraction, extractor)])
            insert(db, "records", record_rows(standing.extraction, standing.by))
            insert(db, "passages", map(passage_row, standing.passages))
            insert(db, "files", ({"path": row["path"], "document": document} for row in paths))
            spans.note(db, document)
            if corrections.standing_of(db, document):
                corrections.put_reading(db, document, to_json(extraction_to_dict(extraction)))
            works.add(db, document)
            works.regroup(db, bereft)
            return _lead(db, path, document)

    def add_path(self, document: str, path: str) -> str | None:
        """Note that the file at `path` holds this document too; returns as `put`."""
        with self._transaction() as db:
            if self._carry(db, path, self.get(document).document):
                self._settle(db, document)
            return _lead(db, path, document)

    def forget_members(self, container: str, keep: Collection[str], unread: Collection[str] = ()) -> list[str]:
        """Forget the paths inside a container that are no longer in it.

        Args:
            container: its path; those of its members begin with this and `!/`.
            keep: paths of members that are still there, in full.
            unread: paths that could not be read this time: nothing is known of them, nor of what is inside them.

        Returns:
            Ids of the documents that were removed because no other path leads to them.
        """
        query = "SELECT path, document FROM files WHERE path >= ? AND path < ? ORDER BY path"
        inside = (f"{container}!/", f"{container}!0")  # 0 comes after /
        if not self._rows(query, inside):  # as of every file that is no container
            return []
        with self._transaction() as db:
            found = db.execute(query, inside).fetchall()
            spared = tuple(f"{path}!/" for path in unread)
            gone = [row for row in found if row["path"] not in keep and not f"{row['path']}!/".startswith(spared)]
            db.executemany("DELETE FROM files WHERE path = ?", [(row["path"],) for row in gone])
            return _drop_orphans(db, [row["document"] for row in gone])

    def remove(self, document: str) -> None:
        """Forget a document, its records, its passages and what people said of them."""
        with self._transaction() as db:
            works.regroup(db, works.delete(db, [document]))
            corrections.forget(db, document)

    def regroup(self) -> int:
        """Find the works among documents that an older docintel stored; gives the number of these, mostly 0."""
        outdated = [row[0] for row in self._rows(works.OUTDATED)]
        for document in outdated:
            with self._transaction() as db:
                works.renew(db, document)
        return len(outdated)

    # Correcting

    def amend(
        self, decisions: Mapping[str, Callable[[Extraction], Sequence[Correction]]], *, keep: bool = True
    ) -> list[Amended]:
        """Keep corrections, and let the documents be as they say: all of them or, after an error, none.

        Args:
            decisions: by document, what gives its corrections from its records as they are now.
            keep: False leaves everything as it was, and tells what would be.
        """
        with self._transaction(keep=keep) as db:
            found = []
            for document, decide in decisions.items():
                before = self.get(document)
                kept = tuple(corrections.keep(db, each) for each in decide(before))
                standing = self._settle(db, document)
                found.append(Amended(before, self.get(document), kept, standing.lost))
            return found

    def undo(self, number: int, by: str, *, keep: bool = True) -> list[Amended]:
        """Take a correction back; of each document of the library that it was made of or carried to, what follows.

        Raises:
            CorrectionError: there is no such correction, or it was taken back before.
        """
        with self._transaction(keep=keep) as db:
            undone = corrections.undo(db, number, by)
            found = []
            for document in dict.fromkeys(each.document for each in undone):
                if self.extractor_of(document) is None:
                    continue
                before = self.get(document)
                standing = self._settle(db, document)
                its = tuple(each for each in undone if each.document == document)
                found.append(Amended(before, self.get(document), its, standing.lost))
            return found

    def corrections_going_with(self, document: str) -> list[Correction]:
        """The corrections that go when a document is removed: its own, those of earlier versions of it, undone ones."""
        with self._store_errors():
            return corrections.going_with(self._db, document)

    def corrections(self, document: str | None = None) -> list[Correction]:
        """The corrections of a document, or of all, oldest first; those that were taken back, too."""
        with self._store_errors():
            return corrections.every(self._db, document)

    def corrected(self) -> list[str]:
        """Ids of the documents with corrections that stand, in the order in which people came to them."""
        with self._store_errors():
            return corrections.corrected_documents(self._db)

    def machine(self, document: str) -> Extraction:
        """What docintel read of a document, whatever people said of it.

        Raises:
            NotFoundError: no document has this id.
        """
        with self._store_errors():
            read = corrections.reading(self._db, document)
        current = self.get(document)
        return extraction_from_dict(read, current.document) if read else current

    def _stand(self, db: sqlite3.Connection, extraction: Extraction, passages: Sequence[Passage] = ()) -> Standing:
        """What stands of what was read of a document."""
        standing = corrections.standing_of(db, extraction.document.id)
        if not self._corrector or (passages and not standing):
            return Standing(extraction, passages)
        return self._corrector.stand(extraction, standing)

    def _settle(self, db: sqlite3.Connection, document: str) -> Standing:
        """Let the records and passages of a stored document be as its corrections say."""
        machine, before = self.machine(document), self.get(document)
        standing = self._stand(db, machine)
        if not self._corrector:
            return standing
        if corrections.standing_of(db, document):
            corrections.put_reading(db, document, to_json(extraction_to_dict(machine)))
        else:
            corrections.drop_reading(db, document)
        db.execute("DELETE FROM records WHERE document = ?", (document,))
        insert(db, "records", record_rows(standing.extraction, standing.by))
        _replace_passages(db, document, standing.passages)
        spans.note(db, document)
        if _names(before) != _names(standing.extraction):
            works.renew(db, document)
        return standing

    def _carry(self, db: sqlite3.Connection, path: str, document: Document) -> bool:
        """Let a document have the corrections of what the file at `path` held until now; whether it held another."""
        row = db.execute("SELECT document FROM files WHERE path = ?", (path,)).fetchone()
        if row is None or row[0] == document.id or self._corrector is None:
            return False
        corrections.carry(db, row[0], document, self._corrector.carry)
        return True

    # Reading

    def extractor_of(self, document: str) -> str | None:
        """The version that extracted a document; None when it is not in the catalog."""
        rows = self._rows("SELECT extractor FROM documents WHERE id = ?", (document,))
        return rows[0][0] if rows else None

    def missing_of(self, document: str) -> list[str]:
        """What of a document could not be read."""
        rows = self._rows("SELECT missing FROM documents WHERE id = ?", (document,))
        return list(json.loads(rows[0][0])) if rows else []

    def document_at(self, path: str) -> str | None:
        """The id of the document that was read from this path last; None for a path that is not known."""
        rows = self._rows("SELECT document FROM files WHERE path = ?", (path,))
        return rows[0][0] if rows else None

    def paths_of(self, document: str) -> list[str]:
        """The paths a document was read from, sorted."""
        return [row[0] for row in self._rows("SELECT path FROM files WHERE document = ? ORDER BY path", (document,))]

    def resolve(self, name: str, *, shortest: int = 1) -> str:
        """The id of the document that `name` means: its id, its file's name or path, else the start of its id.

        Args:
            shortest: characters that the start of an id has at least.

        Raises:
            NotFoundError: none, or more than one.
        """
        found = self._rows(
            """SELECT DISTINCT d.id, d.source FROM documents d LEFT JOIN files f ON f.document = d.id
            WHERE d.source = :name OR f.path = :name OR d.id = :name ORDER BY d.source, d.id""",
            {"name": name},
        ) or self._rows(
            """SELECT id, source FROM documents
            WHERE length(:name) >= :shortest AND substr(id, 1, length(:name)) = :name ORDER BY source, id""",
            {"name": name, "shortest": shortest},
        )
        if not name or not found:
            raise NotFoundError(
                f"没有编号或名称为 {name!r} 的文档。 No document has the id or name {name!r}.",
                hint="先入库，或查看清单 Ingest it first, or run: docintel library list",
            )
        if len(found) > 1:
            listed = ", ".join(f"{row['source']} ({row['id'][:12]})" for row in found[:5])
            raise NotFoundError(
                f"{name!r} 对应 {len(found)} 份文档。 It fits {len(found)} documents: {listed}.",
                hint="请给出更长的编号。 Give more of the id.",
            )
        return str(found[0]["id"])

    def get(self, document: str) -> Extraction:
        """Everything that was read from a document.

        Raises:
            NotFoundError: no document has this id.
        """
        rows = self._rows("SELECT * FROM documents WHERE id = ?", (document,))
        if not rows:
            raise NotFoundError(f"No document has the id {document!r}.")
        row = rows[0]
        data: dict[str, Any] = {kind: [] for kind in RECORD_TYPES} | {
            "doc_type": row["doc_type"],
            "region": row["region"],
        }
        made: dict[tuple[str, int], list[int]] = {}
        for kind, record, by in self._rows(
            "SELECT kind, data, corrections FROM records WHERE document = ? ORDER BY kind, ordinal", (document,)
        ):
            if by:
                made[kind, len(data[kind])] = json.loads(by)
            data[kind].append(json.loads(record))
        extraction = extraction_from_dict(data, row_to_document(row))
        return _grounded(extraction, made, self.corrections(document)) if made else extraction

    def documents(self) -> list[dict[str, Any]]:
        """What is known about each document, its text and blocks left out, by file name.

        `status` says whether it was read in full; `work` is the id of the leading document of its work, and `sources`
        the number of documents of that work, itself included.
        """
        rows = self._rows(
            f"""SELECT d.id, source, title, doc_type, publisher, published, number, secrecy, region, source_url,
            language, pages, CASE missing WHEN '[]' THEN '{ReadStatus.FULL}' ELSE '{ReadStatus.PARTIAL}' END AS status,
            missing, warnings, attachments, parser, extractor, ingested_at, length(text) AS characters, work,
            {_SOURCES} AS sources FROM documents d ORDER BY source, d.id"""
        )
        return [listed(row) for row in rows]

    def select(self, filters: Filters, *, all_sources: bool = True) -> list[tuple[str, str, int]]:
        """Id, work and number of sources of the documents that pass the filters, by file name.

        Arguments, and what is raised, as for `docintel.store.browsing.select`.
        """
        return select(self._rows, filters, all_sources=all_sources)

    def unit_names(self) -> dict[str, set[str]]:
        """Of each document the full names of the units it names, and of those who take its measures."""
        rows = self._rows(
            """SELECT document, json_extract(data, '$.canonical') AS name FROM records WHERE kind = 'units'
            UNION SELECT r.document, unit.value FROM records r, json_each(r.data, '$.units') unit
            WHERE r.kind = 'measures'"""
        )
        found: dict[str, set[str]] = {}
        for row in rows:
            found.setdefault(row["document"], set()).add(row["name"])
        return found

    def works(self) -> list[dict[str, Any]]:
        """The works that have more than one source: `work`, `title` and `documents`, the leading one first."""
        rows = self._rows(
            f"""SELECT d.work, d.id, d.source, d.title, d.publisher, d.published, d.source_url FROM documents d
            JOIN documents l ON l.id = d.work WHERE {_SOURCES} > 1 ORDER BY l.source, d.work, d.precedence, d.id"""
        )
        found: dict[str, dict[str, Any]] = {}
        for row in rows:
            work = found.setdefault(row["work"], {"work": row["work"], "title": row["title"], "documents": []})
            work["documents"].append({key: value for key, value in dict(row).items() if key != "work"})
        return list(found.values())

    def sources_of(self, document: str) -> list[str]:
        """Ids of the documents of a document's work, the leading one first; itself alone where it has no others."""
        rows = self._rows(
            """SELECT d.id FROM documents d JOIN documents own ON own.work = d.work WHERE own.id = ?
            ORDER BY d.precedence, d.id""",
            (document,),
        )
        return [row[0] for row in rows] or [document]

    def sources(self, document: str) -> list[dict[str, Any]]:
        """`id`, `source`, `title`, `publisher`, `published`, `source_url` of the documents of a document's work."""
        rows = self._rows(
            """SELECT d.id, d.source, d.title, d.publisher, d.published, d.source_url FROM documents d
            JOIN documents own ON own.work = d.work WHERE own.id = ? ORDER BY d.precedence, d.id""",
            (document,),
        )
        return [dict(row) for row in rows]

    def browse(
        self, words: str, filters: Filters, *, order: str = "newest", offset: int = 0, limit: int = 50
    ) -> tuple[int, list[dict[str, Any]]]:
        """How many documents have these words in their titles and names and pass the filters, and some of them.

        Arguments, and what is raised, as for `docintel.store.browsing.browse`.
        """
        return browse(self._rows, words, filters, order=order, offset=offset, limit=limit)

    def facets(self, hits: Iterable[Hit]) -> dict[str, dict[str, int]]:
        """How many of some hits have each type of document, category, region, unit and year, most first."""
        return facets(self._rows, hits)

    def standings(self, documents: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Of those that share a work with others, the work's id and a key that sorts its sources, the leading first."""
        rows = self._rows(
            f"""SELECT d.id, d.work, d.precedence FROM documents d
            WHERE d.id IN (SELECT value FROM json_each(?)) AND {_SOURCES} > 1""",
            (to_json(list(documents)),),
        )
        return {row["id"]: (row["work"], row["precedence"]) for row in rows}

    def shared_works(self, passages: Sequence[int]) -> dict[int, str]:
        """Of the passages whose document shares a work with others, the work's id."""
        rows = self._rows(
            """SELECT p.id, d.work FROM passages p JOIN documents d ON d.id = p.document
            WHERE p.id IN (SELECT value FROM json_each(?)) AND EXISTS (SELECT 1 FROM twins WHERE one = p.document)""",
            (to_json(list(passages)),),
        )
        return dict(map(tuple, rows))

    def counts(self) -> dict[str, int]:
        """How many documents, records by type and passages there are."""
        counts = {"documents": 0} | dict.fromkeys(RECORD_TYPES, 0) | {"passages": 0}
        counts |= dict(map(tuple, self._rows("SELECT kind, count(*) FROM records GROUP BY kind")))
        for table in ("documents", "passages"):
            counts[table] = self._rows(f"SELECT count(*) FROM {table}")[0][0]
        return counts

    def records(
        self,
        kind: str,
        filters: Filters | None = None,
        *,
        metrics: Sequence[str] | None = None,
        period: str | None = None,
        all_sources: bool = False,
    ) -> list[dict[str, Any]]:
        """The records of one type in their JSON form, with what `RECORD_CONTEXT` names.

        Args:
            kind: a key of `RECORD_TYPES`.
            filters: `unit` is matched with the record's own unit, not with the document's.
            metrics: of statistics; all when None.
            period: the start of the period, so `2022` finds `2022-06` too.
            all_sources: of a work with several sources, the records of each; else those of the first that passes the
                filters, so that nothing counts twice.

        Returns:
            Rows by file name, then in text order.

        Raises:
            QueryError: a metric is not in its vocabulary, or a filter makes no sense.
        """
        if kind not in RECORD_TYPES:
            raise ValueError(f"{kind!r} is no record type; these are: {', '.join(RECORD_TYPES)}")
        where, values = condition(filters or Filters(), records=True)
        where.append("r.kind = :kind")
        unknown = set(metrics or ()) - set(map(str, Metric))
        if unknown:
            raise QueryError(
                f"没有 {min(unknown)!r} 这个指标。 {min(unknown)!r} is no metric; these are: {', '.join(Metric)}."
            )
        if metrics:
            where.append("r.metric IN (SELECT value FROM json_each(:metrics))")
        if period:
            where.append("substr(r.period, 1, length(:period)) = :period")
        if not all_sources:
            where.append(leading(where))
        rows = self._rows(
            f"""SELECT r.data, r.document, d.work, r.ordinal, d.source, d.title, d.published, d.doc_type,
            coalesce(r.region, d.region) AS region, {_SOURCES} AS sources FROM records r
            JOIN documents d ON d.id = r.document WHERE {" AND ".join(where)} ORDER BY d.source, d.id, r.ordinal""",
            values | {"kind": kind, "metrics": to_json(list(metrics or ())), "period": period},
        )
        return [json.loads(row["data"]) | {key: row[key] for key in RECORD_CONTEXT} for row in rows]

    # Watches

    def put_watch(self, watch: Watch, checked: int, known: Iterable[str]) -> None:
        """Keep a watch, in place of one of its owner that has its name.

        Args:
            checked: the newest passage that was compared with it.
            known: ids of the documents that match it already: they are not new.
        """
        with self._transaction() as db:
            watches.put(db, watch, checked, known)

    def remove_watch(self, owner: str, name: str) -> None:
        """Forget a watch.

        Raises:
            NotFoundError: its owner has none of this name.
        """
        with self._transaction() as db:
            watches.remove(db, owner, name)

    def watches(self, owner: str | None = None) -> list[Watch]:
        """The watches of an owner, or of all, oldest first."""
        with self._store_errors():
            return watches.every(self._db, owner)

    def due_watches(self, newest: int) -> list[tuple[Watch, int]]:
        """The watches that passages up to a newest one have not been compared with; each with where it stands."""
        with self._store_errors():
            return watches.due(self._db, newest)

    def note_found(self, watch: Watch, newest: int, documents: Iterable[str]) -> list[str]:
        """Write down which documents match a watch, among passages up to a newest one; gives those that are new.

        A document that it knows is not, nor one whose work it knows from another source.
        """
        with self._transaction() as db:
            return watches.note(db, watch, newest, documents)

    def unseen(self, watch: Watch) -> list[str]:
        """Ids of the documents that a watch has found and nobody has seen, that are still there."""
        with self._store_errors():
            return watches.unseen(self._db, watch)

    def mark_seen(self, watch: Watch, documents: Iterable[str]) -> None:
        """Note that somebody has seen what a watch found."""
        with self._transaction() as db:
            watches.see(db, watch, documents)

    # Passages

    def revision(self) -> tuple[int, int]:
        """The newest passage id and the newest removal ever; equal pairs mean equal passages."""
        newest = dict(map(tuple, self._rows("SELECT name, seq FROM sqlite_sequence")))
        return newest.get("passages", 0), newest.get("removed", 0)

    def passages_after(self, passage: int, limit: int) -> list[tuple[Passage, str]]:
        """Up to `limit` passages with larger ids, each with its document's title, in id order."""
        rows = self._rows(f"{_PASSAGE} WHERE p.id > ? ORDER BY p.id LIMIT ?", (passage, limit))
        return [(row_to_passage(row), row["title"]) for row in rows]

    def removed_after(self, removal: int) -> list[int]:
        """Ids of the passages that went after a removal, oldest first."""
        return [row[0] for row in self._rows("SELECT passage FROM removed WHERE id > ? ORDER BY id", (removal,))]

    def passages_of(self, document: str, kind: HitKind) -> list[Passage]:
        """The passages of one kind of a document, in text order."""
        rows = self._rows(f"{_PASSAGE} WHERE p.document = ? AND p.kind = ? ORDER BY p.ordinal", (document, kind))
        return [row_to_passage(row) for row in rows]

    def passage_places(self, kind: HitKind) -> dict[tuple[str, int], int]:
        """The ids of the passages of a kind, by document and number in it."""
        rows = self._rows("SELECT document, ordinal, id FROM passages WHERE kind = ?", (kind,))
        return {(row["document"], row["ordinal"]): row["id"] for row in rows}

    def passage_ids(self, kind: HitKind, filters: Filters) -> "NDArray[np.int64] | None":
        """Ids of the passages of a kind that pass the filters, ascending; None when the filters ask for nothing.

        Those of the last filters are kept until the catalog changes: pages of one search repeat its filters.
        """
        state = self._rows("PRAGMA data_version")[0][0], self._db.total_changes
        if self._passing is None or self._passing[0] != (state, kind, filters):
            self._passing = (state, kind, filters), spans.passage_ids(self._rows, kind, filters)
        return self._passing[1]

    def hits(self, scores: dict[int, float]) -> list[Hit]:
        """The passages with these ids as hits, in the order of `scores`; ids that are gone are left out."""
        rows = self._rows(
            f"""SELECT p.*, json_extract(r.data, '$.category') AS category, json_extract(r.data, '$.status') AS status
            FROM ({_PASSAGE} WHERE p.id IN (SELECT value FROM json_each(?))) p
            LEFT JOIN records r ON r.document = p.document AND r.kind = p.kind || 's' AND r.ordinal = p.ordinal""",
            (to_json(list(scores)),),
        )
        found = {row["id"]: row_to_hit(row, scores[row["id"]]) for row in rows}
        return [found[id_] for id_ in scores if id_ in found]

    def words_of(self, ids: "Sequence[int] | NDArray[np.int64]") -> list[tuple[int, str, str, str]]:
        """Of passages the id, words, context and the title of the document; by id, ascending."""
        rows = self._rows(f"{_PASSAGE} WHERE p.id IN (SELECT value FROM json_each(?)) ORDER BY p.id", (_ids(ids),))
        return [(row["id"], row["text"], row["context"], row["title"]) for row in rows]

    def beside(self, ids: "Sequence[int] | NDArray[np.int64]", kind: HitKind) -> "NDArray[np.int64]":
        """Ids of all passages of a kind in the documents of these passages, ascending."""
        import numpy as np

        rows = self._rows(
            """SELECT id FROM passages WHERE kind = ? AND document IN (
                SELECT document FROM passages WHERE id IN (SELECT value FROM json_each(?))) ORDER BY id""",
            (kind, _ids(ids)),
        )
        return np.array([row[0] for row in rows], dtype=np.int64)

    def passages_in(self, documents: Iterable[str], kind: HitKind) -> "NDArray[np.int64]":
        """Ids of the passages of a kind in some documents, ascending."""
        import numpy as np

        rows = self._rows(
            "SELECT id FROM passages WHERE kind = ? AND document IN (SELECT value FROM json_each(?)) ORDER BY id",
            (kind, to_json(list(documents))),
        )
        return np.array([row[0] for row in rows], dtype=np.int64)

    def newest(
        self, ids: "Sequence[int] | NDArray[np.int64]", limit: int, *, one_a_document: bool = False
    ) -> list[int]:
        """These passages, those of the documents that were published last first, then in text order; at most so many.

        Args:
            one_a_document: of each document the first only.
        """
        rows = self._rows(
            f"""SELECT {"min(p.id)" if one_a_document else "p.id"} FROM passages p
            JOIN documents d ON d.id = p.document WHERE p.id IN (SELECT value FROM json_each(?))
            {"GROUP BY d.id" if one_a_document else ""} ORDER BY coalesce(d.published, '') DESC, p.id LIMIT ?""",
            (_ids(ids), limit),
        )
        return [row[0] for row in rows]

    def passage_id(self, document: str, kind: HitKind, ordinal: int) -> int | None:
        """The id of a passage by its place; None where there is none any more."""
        rows = self._rows(
            "SELECT id FROM passages WHERE document = ? AND kind = ? AND ordinal = ?", (document, kind, ordinal)
        )
        return rows[0][0] if rows else None

    def check(self) -> list[str]:
        """What is wrong with the file, a sentence each; empty when nothing is."""
        problems = [row[0] for row in self._rows("PRAGMA integrity_check") if row[0] != "ok"]
        problems += [f"{row[0]} has a row without its document" for row in self._rows("PRAGMA foreign_key_check")]
        return [f"{self.path.name} is damaged ({problem}): restore it from a backup." for problem in problems]


def _grounded(
    extraction: Extraction, made: Mapping[tuple[str, int], Sequence[int]], known: Sequence[Correction]
) -> Extraction:
    """An extraction whose corrected records tell who made them as they are; other grounds are not stored."""
    by_id = {each.id: each for each in known}
    records = {kind: list(extraction.records(kind)) for kind, _ in made}
    for (kind, ordinal), numbers in made.items():
        record = records[kind][ordinal]
        said = [ground for number in numbers for ground in by_id[number].grounds(record.evidence)]
        last = {(ground.field, ground.rule): ground for ground in said}
        records[kind][ordinal] = replace(record, grounds=tuple(last.values()))
    changed: dict[str, Any] = {kind: tuple(each) for kind, each in records.items()}
    return replace(extraction, **changed)


def _ids(ids: "Sequence[int] | NDArray[np.int64]") -> str:
    return to_json([int(id_) for id_ in ids])


def _names(extraction: Extraction) -> tuple[list[str], list[str]]:
    """What tells a document from a repost with other names; see `works`."""
    return [person.name for person in extraction.persons], [unit.name for unit in extraction.units]


def _replace_passages(db: sqlite3.Connection, document: str, passages: Sequence[Passage]) -> None:
    """Let a document have these passages; those that it has already keep their numbers, and so their vectors."""
    wanted = {tuple(row.values()): row for row in map(passage_row, passages)}
    columns = ", ".join(f'"{column}"' for column in next(iter(wanted.values()), {"id": 0}))
    for row in db.execute(f"SELECT id, {columns} FROM passages WHERE document = ?", (document,)).fetchall():
        if not wanted.pop(tuple(row)[1:], None):
            db.execute("DELETE FROM passages WHERE id = ?", (row[0],))
    insert(db, "passages", wanted.values())


def _lead(db: sqlite3.Connection, path: str, document: str) -> str | None:
    """Make a path lead to a document; the id of the one it led to before, removed when no other path leads there."""
    before = db.execute("SELECT document FROM files WHERE path = ?", (path,)).fetchone()
    db.execute("INSERT OR REPLACE INTO files VALUES (?, ?)", (path, document))
    return next(iter(_drop_orphans(db, [before[0]] if before else [])), None)


def _drop_orphans(db: sqlite3.Connection, documents: Iterable[str]) -> list[str]:
    """Delete those of these documents that no path leads to, and give their ids."""
    query = "SELECT 1 FROM files WHERE document = ?"
    orphans = [id_ for id_ in dict.fromkeys(documents) if not db.execute(query, (id_,)).fetchone()]
    works.regroup(db, works.delete(db, orphans))
    return orphans
