"""A library: a folder with a catalog, an index and the stored originals; the way in for Python, command line and page.

Takes files and questions; gives reports, hits, suggestions and tables. Nothing here decides anything: rooms do.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docintel.errors import DocintelError, InputError, NotFoundError, StoreError
from docintel.index.passage_index import PassageIndex
from docintel.index.passages import split_passages
from docintel.schema import (
    RECORD_TYPES,
    Document,
    Extraction,
    FileReport,
    Filters,
    Hit,
    HitKind,
    IngestStatus,
    Suggestion,
)
from docintel.schema.serial import json_schema
from docintel.search import documents_of, fuse, scaled, search
from docintel.store.catalog import RECORD_CONTEXT, Catalog
from docintel.store.originals import Originals
from docintel.suggest import Similarity, suggest

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from docintel.index.encoder import Encoder

Extractor = Callable[[Document], Extraction]
_INDEX_EVERY = 64  # documents between two commits of the index while ingesting
#: Endings of files that folders of reports hold beside them, and that no one means to ingest.
_NOT_REPORTS = frozenset({".json", ".jsonl", ".toml", ".yaml", ".yml", ".py", ".sqlite"})
_SIMILAR_QUERIES = 24  # passages of a document that stand for it when others like it are looked for


class Library:
    """An open library; use it in a `with` statement.

    Args:
        folder: created when it is not there.
        encoder: for the vector index; the shipped one when None, loaded at the first search or ingestion.
        extractor: reads records from a document; the shipped one when None.
        similarity: how to read the encoder's cosines; the shipped encoder's when None.
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        encoder: "Encoder | None" = None,
        extractor: Extractor | None = None,
        similarity: Similarity | None = None,
    ) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._encoder = encoder
        self._extractor = extractor
        self._similarity = similarity or Similarity()
        self._catalog = Catalog(self.folder / "catalog.sqlite")
        self._originals = Originals(self.folder / "originals")

    @classmethod
    def open(cls, folder: Path | str, *, encoder: "Encoder | None" = None) -> "Library":
        """Open the library in a folder, or make one there."""
        return cls(folder, encoder=encoder)

    def close(self) -> None:
        """Close the catalog."""
        self._catalog.close()

    def __enter__(self) -> "Library":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    # Taking in

    def ingest(
        self, paths: Path | str | Iterable[Path | str], *, progress: Callable[[FileReport], None] | None = None
    ) -> list[FileReport]:
        """Read files, and the files in folders, into the library.

        A file that can't be read is reported and the others go on. Files that have not changed since this version of
        docintel read them are skipped, so a run that was stopped goes on where it was.

        Args:
            paths: one path or several.
            progress: called with each report as it comes.

        Returns:
            One report a file, in path order.
        """
        reports = []
        with self._index.writing(wait=False):
            for count, path in enumerate(list_files(paths), start=1):
                reports.append(self._ingest_file(path))
                if progress:
                    progress(reports[-1])
                if count % _INDEX_EVERY == 0:
                    self._index.catch_up(self._catalog, wait=False)
        self._index.catch_up(self._catalog)
        return reports

    def _ingest_file(self, path: Path) -> FileReport:
        """Read one file; whatever it does to a parser or a finder, it costs this file only."""
        try:
            return self._read_file(path)
        except (DocintelError, OSError) as exc:
            hint = getattr(exc, "hint", "")
            return FileReport(path=str(path), status=IngestStatus.FAILED, message=f"{exc} {hint}".strip())
        except sqlite3.Error as exc:  # a full disk, a damaged file: it would meet every other file too
            raise StoreError(f"{self._catalog.path} cannot be written: {exc}.", hint="Is the disk full?") from exc
        except Exception as exc:  # a defect that one file of thousands meets must not end the run
            message = f"{type(exc).__name__}: {exc} (a defect of docintel, please report it)"
            return FileReport(path=str(path), status=IngestStatus.FAILED, message=message)

    def _read_file(self, path: Path) -> FileReport:
        data = path.read_bytes()
        document, where = hashlib.sha256(data).hexdigest(), str(path.resolve())
        if self._catalog.extractor_of(document) == extractor_version():
            known = self._catalog.paths_of(document)
            if where not in known:
                self._catalog.add_path(document, where)
            message = "" if where in known else f"same content as {known[0]}"
            return FileReport(path=str(path), status=IngestStatus.UNCHANGED, document=document, message=message)
        extraction = self._extract(_parse(data, path.name))
        self._originals.put(data)
        new = not self._catalog.knows_path(where) and self._catalog.extractor_of(document) is None
        self._catalog.put(extraction, split_passages(extraction), path=where, extractor=extractor_version())
        return FileReport(
            path=str(path),
            status=IngestStatus.ADDED if new else IngestStatus.UPDATED,
            document=document,
            message=" ".join(extraction.document.warnings),
            counts={kind: len(extraction.records(kind)) for kind in RECORD_TYPES},
        )

    @cached_property
    def _extract(self) -> Extractor:
        if self._extractor is None:
            from docintel.extract.pipeline import extract  # costs seconds: only those who extract pay

            return extract
        return self._extractor

    # Asking

    def search(
        self, query: str, *, kind: HitKind = HitKind.PASSAGE, filters: Filters | None = None, top_k: int = 10
    ) -> list[Hit]:
        """The best hits by words and meaning, best first.

        Raises:
            QueryError: the query is empty, or a filter makes no sense.
        """
        return search(self._catalog, self._current_index(), query, kind=kind, filters=filters, top_k=top_k)

    def suggest(
        self, text: str | None = None, *, document: Path | str | None = None, top_k: int = 10
    ) -> list[Suggestion]:
        """Measures others took for a comparable problem, best first; empty when there is no comparable case.

        Args:
            text: the problem.
            document: a file, or an id or name in the library: each of its issues is asked in turn, and
                `Suggestion.question` says which. It gives no precedents itself.
            top_k: suggestions a problem.
        """
        if text is None and document is None:
            raise InputError("There is nothing to suggest for.", hint="Give a problem, or a document with problems.")
        index = self._current_index()
        found = []
        if text is not None:
            found += suggest(self._catalog, index, text, similarity=self._similarity, top_k=top_k)
        if document is not None:
            extraction = self._extraction_of(document)
            for problem in dict.fromkeys(issue.evidence.quote for issue in extraction.issues):
                answers = suggest(
                    self._catalog,
                    index,
                    problem,
                    exclude=extraction.document.id,
                    similarity=self._similarity,
                    top_k=top_k,
                )
                found += [replace(answer, question=problem) for answer in answers]
        return found

    def similar(self, document: Path | str, top_k: int = 10) -> list[Hit]:
        """Documents like a file or a document of the library, best first, each with the passage most like it."""
        extraction = self._extraction_of(document)
        index = self._current_index()
        own = [passage for passage in split_passages(extraction) if passage.kind is HitKind.PASSAGE]
        asked = own[:: max(1, len(own) // _SIMILAR_QUERIES)]
        if not asked:
            return []
        rows = index.encoder.encode_passages([passage.text for passage in asked])
        rankings = [scaled(index.search_vectors(row, kind=HitKind.PASSAGE, top_k=20)) for row in rows]
        hits = self._catalog.hits(dict(fuse(rankings)))
        return documents_of([hit for hit in hits if hit.document != extraction.document.id])[:top_k]

    def extraction(self, name: str) -> Extraction:
        """What was read from a document, by its id, the start of its id, its file's name or path.

        Raises:
            NotFoundError: none, or more than one.
        """
        return self._catalog.get(self._catalog.resolve(name))

    def _extraction_of(self, document: Path | str) -> Extraction:
        """A document of the library, else of a file that is read now and not kept."""
        try:
            return self.extraction(str(document))
        except NotFoundError:
            path = Path(document)
            if not path.is_file():
                raise
        data = path.read_bytes()
        if self._catalog.extractor_of(known := hashlib.sha256(data).hexdigest()):
            return self._catalog.get(known)
        return self._extract(_parse(data, path.name))

    # Tables

    def documents(self) -> "pd.DataFrame":
        """One row a document, by file name."""
        return _frame(self._catalog.documents(), ["id", "source", "title", "doc_type", "published"])

    def records(self, kind: str, filters: Filters | None = None) -> "pd.DataFrame":
        """One row a record of a type (`issues`, `measures`, …), by file name, then in text order."""
        return _frame(self._catalog.records(kind, filters), _columns(kind))

    def statistics(
        self, *, metrics: Sequence[str] | None = None, period: str | None = None, filters: Filters | None = None
    ) -> "pd.DataFrame":
        """One row a statistic, by file name, then in text order.

        Args:
            metrics: `Metric` values; all when None.
            period: its start, so `2022` finds `2022-06` too.
            filters: `unit` is the one whose figure it is.

        Raises:
            QueryError: there is no such metric.
        """
        rows = self._catalog.records("statistics", filters, metrics=metrics, period=period)
        return _frame(rows, _columns("statistics"))

    def embeddings(self, kind: HitKind = HitKind.PASSAGE) -> "tuple[list[int], NDArray[np.float32]]":
        """Passage ids of a kind, ascending, and their vectors: (n, dim) float32, rows unit length."""
        index = self._current_index()
        ids = index.ids(kind)
        return ids, index.vectors(ids, kind)

    # Looking after

    def info(self) -> dict[str, Any]:
        """The folder, how much is in it, and how far the index has come."""
        manifest = self._index.manifest
        return self._catalog.counts() | {
            "folder": str(self.folder),
            "encoder": manifest.encoder,
            "indexed": len(self._index),
            "index_is_current": manifest.revision == self._catalog.revision(),
        }

    def verify(self) -> list[str]:
        """What is wrong with the library, a sentence each; empty when all is well."""
        index = self._current_index()
        problems = self._catalog.check() + index.check()
        passages = self._catalog.counts()["passages"]
        if len(index) != passages:
            problems.append(f"The index holds {len(index)} passages and the catalog {passages}.")
        for document in self._catalog.documents():
            if self._originals.damaged(document["id"]):
                problems.append(f"The stored original of {document['source']} is missing or damaged.")
        return problems

    def rebuild(self) -> None:
        """Make the index anew from the catalog."""
        self.__dict__.pop("_index", None)
        PassageIndex.clear(self.folder / "index")
        self._index.catch_up(self._catalog)

    @cached_property
    def _index(self) -> PassageIndex:
        if self._encoder is None:
            from docintel.index.encoder import load_encoder  # loaded by those who search only

            self._encoder = load_encoder()
        return PassageIndex(self.folder / "index", self._encoder)

    def _current_index(self) -> PassageIndex:
        """The index, level with the catalog unless another process is bringing it there now."""
        self._index.catch_up(self._catalog, wait=False)
        return self._index


@cache
def extractor_version() -> str:
    """A digest of the code and the word lists that read documents: what another version read is read anew."""
    root = Path(__file__).parent
    digest = hashlib.sha256()
    for room in ("schema", "text", "parse", "extract"):
        for path in sorted((root / room).rglob("*")):
            if path.suffix in (".py", ".toml"):
                digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def list_files(paths: Path | str | Iterable[Path | str]) -> list[Path]:
    """Files in path order, those of a folder and its folders included.

    Of a folder, hidden files, locks of office programs and files of programs' own data are left out; a file that is
    named itself is always taken.
    """
    given = [paths] if isinstance(paths, Path | str) else list(paths)
    seen: set[Path] = set()
    for path in map(Path, given):
        seen |= {file for file in path.rglob("*") if _may_be_report(file)} if path.is_dir() else {path}
    return sorted(seen)


def _may_be_report(path: Path) -> bool:
    return path.is_file() and not path.name.startswith((".", "~$")) and path.suffix.lower() not in _NOT_REPORTS


def _parse(data: bytes, source: str) -> Document:
    from docintel.parse import parse_bytes  # a search reads no file and should not pay for it

    return parse_bytes(data, source)


def _columns(kind: str) -> list[str]:
    """The columns of a table of records, so that an empty one has them too."""
    return [*json_schema()["$defs"][kind]["properties"], *RECORD_CONTEXT]


def _frame(rows: list[dict[str, Any]], columns: list[str]) -> "pd.DataFrame":
    import pandas as pd  # half a second, for those who ask for tables only

    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=columns)
