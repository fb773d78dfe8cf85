"""A library: a folder with a catalog, an index and the stored originals; the way in for Python, command line and page.

Takes files and questions; gives reports, hits, suggestions and tables. Nothing here decides anything: rooms do.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from functools import cache, cached_property, partial
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docintel.config import models_dir
from docintel.errors import InputError, NotFoundError, SetupError, StoreError
from docintel.files import printable
from docintel.index.passage_index import PassageIndex
from docintel.index.passages import split_passages
from docintel.parse import DEFAULT_LIMITS, Limits, read_file
from docintel.parse.intake import Intake, absolute, list_files, read_documents
from docintel.parse.sandbox import Sandbox
from docintel.parse.sandbox import shared as shared_sandbox
from docintel.schema import (
    Document,
    Extraction,
    FileReport,
    Filters,
    Hit,
    HitKind,
    IngestStatus,
    ReadStatus,
    Suggestion,
)
from docintel.schema.serial import json_schema
from docintel.search import documents_of, fuse, once, scaled, search
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
_SIMILAR_QUERIES = 24  # at most so many passages stand for a document when others like it are looked for
_SIMILAR_POOL = 20  # passages of other documents that each of them finds
_REBUILD = "Run: docintel library rebuild"
_ANOTHER_FOLDER = "Name a folder that you may write to."


class Library:
    """An open library; use it in a `with` statement.

    Args:
        folder: where it lies.
        create: make a library there when there is none.
        encoder: for the vector index; the shipped one when None, loaded at the first search or ingestion.
        extractor: reads records from a document; the shipped one when None.
        similarity: how to read the encoder's cosines; the shipped encoder's when None.

    Raises:
        NotFoundError: there is no library in the folder, and none is to be made.
        InputError: no library can be made there.
        StoreError: the catalog is missing or damaged, or this process may not write to it.
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        create: bool = True,
        encoder: "Encoder | None" = None,
        extractor: Extractor | None = None,
        similarity: Similarity | None = None,
    ) -> None:
        self.folder = Path(folder)
        _prepare(self.folder, create=create)
        self._encoder = encoder
        self._extractor = extractor
        self._similarity = similarity or Similarity()
        self._catalog = Catalog(self.folder / "catalog.sqlite")
        self._originals = Originals(self.folder / "originals")

    @classmethod
    def open(cls, folder: Path | str, *, create: bool = True, encoder: "Encoder | None" = None) -> "Library":
        """Open the library in a folder, or make one there; arguments and errors as for `Library`."""
        return cls(folder, create=create, encoder=encoder)

    def close(self) -> None:
        """Close the catalog."""
        self._catalog.close()

    def __enter__(self) -> "Library":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    # Taking in

    def ingest(
        self,
        paths: Path | str | Iterable[Path | str],
        *,
        limits: Limits = DEFAULT_LIMITS,
        progress: Callable[[FileReport], None] | None = None,
        pages: Callable[[str, int, int], None] = lambda *_: None,
    ) -> list[FileReport]:
        """Read files, the files in folders, and the files in archives and mails, into the library.

        A file that can't be read is reported and the others go on. Files that have not changed since this version of
        docintel read them are skipped, so a run that was stopped goes on where it was.

        Args:
            paths: one path or several.
            limits: what one file may cost.
            progress: called with each report as it comes.
            pages: called with a file's name, pages read and pages in all.

        Returns:
            One report a document or failure, in path order.
        """
        reports = []
        self._catalog.regroup()
        with Sandbox(limits) as sandbox, self._index.writing(wait=False):
            for path in list_files(paths):
                for found in self._ingest_file(path, sandbox, pages):
                    reports.append(found)
                    if progress:
                        progress(found)
                    if len(reports) % _INDEX_EVERY == 0:
                        self._index.catch_up(self._catalog, wait=False)
        self._index.catch_up(self._catalog)
        return reports

    def _ingest_file(
        self, path: Path, sandbox: Sandbox, pages: Callable[[str, int, int], None]
    ) -> Iterator[FileReport]:
        """Read one file and what is in it; whatever it does to a parser or a finder, it costs itself only."""
        place = printable(absolute(path))
        members: set[str] = set()
        unread: set[str] = set()
        for intake in read_documents(path, sandbox, known=partial(self._is_current, sandbox.limits), progress=pages):
            (unread if intake.error else members).add(intake.place)
            try:
                yield self._take_in(intake, sandbox.limits)
            except (SetupError, StoreError):  # a missing model, a full disk: it would meet every other file too
                raise
            except Exception as exc:  # a defect that one file of thousands meets must not end the run
                yield FileReport.failure(intake.path, exc)
        for document in self._catalog.forget_members(place, members, unread):
            self._drop_original(document)

    def _is_current(self, limits: Limits, document: str) -> bool:
        """Whether reading a document again would give the same."""
        return self._catalog.extractor_of(document) in (extractor_version(), _version_within(limits))

    def _take_in(self, intake: Intake, limits: Limits) -> FileReport:
        if intake.error:
            return FileReport.failure(intake.path, intake.error)
        if intake.document is None:
            return self._note_path(intake)
        extraction = self._extract(intake.document)
        self._originals.put(intake.data)
        new = not self._catalog.knows_path(intake.place) and self._catalog.extractor_of(intake.id) is None
        passages = split_passages(extraction)
        version = _version_within(limits) if intake.document.missing else extractor_version()
        self._drop_original(self._catalog.put(extraction, passages, path=intake.place, extractor=version))
        return FileReport.success(intake.path, IngestStatus.ADDED if new else IngestStatus.UPDATED, extraction)

    def _note_path(self, intake: Intake) -> FileReport:
        """Note that a known document lies at this path."""
        self._originals.put(intake.data)
        known = self._catalog.paths_of(intake.id)
        if intake.place not in known:
            self._drop_original(self._catalog.add_path(intake.id, intake.place))
        missing = self._catalog.missing_of(intake.id)
        same = () if intake.place in known else (f"与 {known[0]} 内容相同。 Same content as {known[0]}.",)
        return FileReport(
            path=intake.path,
            status=IngestStatus.UNCHANGED,
            read=ReadStatus.PARTIAL if missing else ReadStatus.FULL,
            document=intake.id,
            message=" ".join((*same, *missing)),
        )

    def remove(self, name: str) -> str:
        """Forget a document: its records, its passages and its stored original.

        Args:
            name: its id, the start of its id, its file's name or path.

        Returns:
            Its id.

        Raises:
            NotFoundError: none, or more than one.
        """
        document = self._catalog.resolve(name)
        self._catalog.remove(document)
        self._drop_original(document)
        return document

    def _drop_original(self, document: str | None) -> None:
        """Delete the stored bytes of a document that the catalog has let go; after its commit, so none is missed."""
        if document:
            self._originals.remove(document)

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
            raise InputError(
                "没有给出问题。 There is nothing to suggest for.",
                hint="请给出一个问题，或一份文档。 Give a problem, or a document with problems.",
            )
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
        passages = [passage for passage in split_passages(extraction) if passage.kind is HitKind.PASSAGE]
        if not passages:
            return []
        asked = passages[:: ceil(len(passages) / _SIMILAR_QUERIES)]
        own = {
            passage.id
            for source in self._catalog.sources_of(extraction.document.id)
            for passage in self._catalog.passages_of(source, HitKind.PASSAGE)
        }
        rankings = []
        for row in index.encoder.encode_passages([passage.text for passage in asked]):
            found = index.search_vectors(row, kind=HitKind.PASSAGE, top_k=_SIMILAR_POOL + len(own))
            rankings.append(scaled([pair for pair in found if pair[0] not in own][:_SIMILAR_POOL]))
        hits = self._catalog.hits(dict(fuse(rankings)))
        standings = self._catalog.standings({hit.document for hit in hits})
        return documents_of(once(hits, standings), standings)[:top_k]

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
        data = read_file(path)
        if self._catalog.extractor_of(known := hashlib.sha256(data).hexdigest()):
            return self._catalog.get(known)
        return self._extract(shared_sandbox().parse(data, printable(path.name)))

    # Tables

    def documents(self) -> "pd.DataFrame":
        """One row a document, by file name."""
        return _frame(self._catalog.documents(), ["id", "source", "title", "doc_type", "published"])

    def works(self) -> list[dict[str, Any]]:
        """The works that several documents republish: `work`, `title` and `documents`, the leading one first."""
        return self._catalog.works()

    def records(self, kind: str, filters: Filters | None = None, *, all_sources: bool = False) -> "pd.DataFrame":
        """One row a record of a type (`issues`, `measures`, …), by file name, then in text order.

        Args:
            all_sources: the records of every document; else a work that several republish counts once.
        """
        return _frame(self._catalog.records(kind, filters, all_sources=all_sources), _columns(kind))

    def statistics(
        self,
        *,
        metrics: Sequence[str] | None = None,
        period: str | None = None,
        filters: Filters | None = None,
        all_sources: bool = False,
    ) -> "pd.DataFrame":
        """One row a statistic, by file name, then in text order.

        Args:
            metrics: `Metric` values; all when None.
            period: its start, so `2022` finds `2022-06` too.
            filters: `unit` is the one whose figure it is.
            all_sources: the figures of every document; else a work that several republish counts once.

        Raises:
            QueryError: there is no such metric.
        """
        rows = self._catalog.records("statistics", filters, metrics=metrics, period=period, all_sources=all_sources)
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
            "outdated": self.outdated(),
        }

    def outdated(self) -> int:
        """How many documents were read by another version; what this one reads of them comes with ingesting anew."""
        current = extractor_version()
        return sum(not row["extractor"].startswith(current) for row in self._catalog.documents())

    def verify(self) -> list[str]:
        """What is wrong with the library and what to do about it, a line each; empty when all is well."""
        problems = self._catalog.check()
        index = self._current_index()
        passages = self._catalog.counts()["passages"]
        in_index = index.check()
        if len(index) != passages:
            in_index.append(f"The index holds {len(index)} passages and the catalog {passages}.")
        problems += [f"{problem} {_REBUILD}" for problem in in_index]
        for document in self._catalog.documents():
            if self._originals.damaged(document["id"]):
                paths = self._catalog.paths_of(document["id"])
                problems.append(
                    f"The stored original of {document['source']} is missing or damaged. Ingest it again: {paths[0]}"
                )
        return problems

    def rebuild(self) -> None:
        """Make the index anew from the catalog."""
        self.__dict__.pop("_index", None)
        PassageIndex.clear(self.folder / "index")
        self._catalog.regroup()
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


#: Of the shipped models what decides what is read.
_DECISIVE_MODELS = (
    "gazetteer/places.tsv",
    "tagger/model.json",
    "confidence/weights.json",
    "doctype/model.json",
    "judging/model.json",
    "judging/vocabulary.json",
    "judging/weights.npz",
)


@cache
def extractor_version() -> str:
    """A digest of all that decides what is read from a document: what another version read is read anew.

    That is the code with its word lists, the table of places, the tagger and the models that judge.
    """
    root = Path(__file__).parent
    files = [
        path
        for room in ("schema", "text", "parse", "extract")
        for path in sorted((root / room).rglob("*"))
        if path.suffix in (".py", ".toml")
    ]
    models = (models_dir() / name for name in _DECISIVE_MODELS)
    digest = hashlib.sha256()
    for path in (*files, root / "index" / "passages.py", *models):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _version_within(limits: Limits) -> str:
    """The version of what was read in part: other limits may bring more."""
    return f"{extractor_version()} {hashlib.sha256(repr(asdict(limits)).encode()).hexdigest()[:8]}"


def _prepare(folder: Path, *, create: bool) -> None:
    """See that there is a library in the folder, or that one can be made."""
    if os.path.lexists(folder / "catalog.sqlite"):
        return
    if (folder / "originals").is_dir():
        raise StoreError(
            f"{folder} 的目录文件 catalog.sqlite 丢失。 The catalog of {folder} is missing; its originals are there.",
            hint="请从备份恢复，或换一个文件夹重新入库。 Restore it from a backup, or ingest into another folder.",
        )
    if not create:
        raise NotFoundError(
            f"{folder} 中没有资料库。 There is no library in {folder}.",
            hint=f"先入库 Run: docintel ingest PATHS --library {folder}",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise InputError(
            f"无法在 {folder} 建立资料库。 No library can be made in {folder}: {exc.strerror}.", hint=_ANOTHER_FOLDER
        ) from exc
    if not os.access(folder, os.W_OK):
        raise InputError(
            f"{folder} 只读，无法建立资料库。 No library can be made in {folder}: it is read-only.",
            hint=_ANOTHER_FOLDER,
        )


def _columns(kind: str) -> list[str]:
    """The columns of a table of records, so that an empty one has them too."""
    return [*json_schema()["$defs"][kind]["properties"], *RECORD_CONTEXT]


def _frame(rows: list[dict[str, Any]], columns: list[str]) -> "pd.DataFrame":
    import pandas as pd  # half a second, for those who ask for tables only

    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=[*dict.fromkeys(columns)])
