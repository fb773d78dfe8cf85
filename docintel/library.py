"""A library: a folder with a catalog, an index and the stored originals; the way in for Python, command line and page.

Takes files and questions; gives reports, hits, suggestions and tables. Nothing here decides anything: rooms do.
"""

import hashlib
import itertools
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, fields, replace
from functools import cache, cached_property, partial
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docintel.config import models_dir, user_name
from docintel.correcting import Request, apply, carried, changes, propose
from docintel.errors import InputError, NotFoundError, SetupError, StoreError
from docintel.files import printable
from docintel.index.passage_index import PassageIndex
from docintel.index.passages import split_passages
from docintel.parse import DEFAULT_LIMITS, Limits, read_file
from docintel.parse.intake import Intake, absolute, list_files, read_documents
from docintel.parse.sandbox import PageImage, Sandbox
from docintel.parse.sandbox import shared as shared_sandbox
from docintel.schema import (
    Advice,
    Comparison,
    CorrectedDocument,
    Correction,
    CorrectionAction,
    CorrectionResult,
    Document,
    Effect,
    Extraction,
    FileReport,
    Filters,
    Hit,
    HitKind,
    IngestStatus,
    ReadStatus,
    Recurrence,
    Similar,
    Source,
    Suggestion,
)
from docintel.schema.serial import correction_to_dict, json_schema
from docintel.search import documents_of, fuse, once, scaled, search
from docintel.store.catalog import RECORD_CONTEXT, Amended, Catalog
from docintel.store.corrections import Standing
from docintel.store.originals import Originals

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from docintel.evaluation.extraction import Report
    from docintel.evaluation.judged import Judgement, Query
    from docintel.evaluation.retrieval import Evaluation
    from docintel.extract.work.judging import Judge
    from docintel.follow import Follower
    from docintel.index.encoder import Encoder
    from docintel.learning.own import OwnModel
    from docintel.learning.training import Training
    from docintel.suggest import Adviser, Similarity

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
        similarity: "Similarity | None" = None,
    ) -> None:
        self.folder = Path(folder)
        _prepare(self.folder, create=create)
        self._encoder = encoder
        self._extractor = extractor
        self._given_similarity = similarity
        self._catalog = Catalog(self.folder / "catalog.sqlite", _Corrector())
        self._originals = Originals(self.folder / "originals")
        self._models = self.folder / "models"

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
        return self._catalog.extractor_of(document) in (self._version, self._version_within(limits))

    def _take_in(self, intake: Intake, limits: Limits) -> FileReport:
        if intake.error:
            return FileReport.failure(intake.path, intake.error)
        if intake.document is None:
            return self._note_path(intake)
        extraction = self._extract(intake.document)
        self._originals.put(intake.data)
        before = self._catalog.document_at(intake.place)
        new = before is None and self._catalog.extractor_of(intake.id) is None
        passages = split_passages(extraction)
        version = self._version_within(limits) if intake.document.missing else self._version
        self._drop_original(self._catalog.put(extraction, passages, path=intake.place, extractor=version))
        report = FileReport.success(intake.path, IngestStatus.ADDED if new else IngestStatus.UPDATED, extraction)
        told = self._told_of_corrections(intake.id, before)
        return replace(report, message=f"{report.message} {told}".strip()) if told else report

    def _told_of_corrections(self, document: str, before: str | None) -> str:
        """What became of the corrections of a document that was read anew, and of what its file held before."""
        its = [each for each in self._catalog.corrections(document) if not each.undone]
        lost = len(self._lost(document)) if its else 0
        earlier = self._catalog.corrections(before) if before and before != document else []
        families = {each.origin or each.id for each in its}
        left = [each for each in earlier if not each.undone and (each.origin or each.id) not in families]
        lost += len(left)
        carried_ = sum(each.origin is not None for each in its) if earlier else 0
        told = [f"{carried_} 条订正随文件保留。 {carried_} corrections went along."] if carried_ else []
        told += [f"{lost} 条订正的原文已不在。 {lost} corrections lost their words."] if lost else []
        return " ".join(told)

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

            return partial(extract, judge=self._judge)
        return self._extractor

    @cached_property
    def _own_model(self) -> "OwnModel":
        from docintel.learning.own import OwnModel  # with scipy, for those who read only

        return OwnModel(self._models / "judging", models_dir() / "judging")

    @cached_property
    def _judge(self) -> "Judge | None":
        """What chooses issues and measures, learned from this library's corrections; None for the shipped one."""
        is_there = self._extractor is None and (self._models / "judging" / "model.json").exists()
        return self._own_model.judge() if is_there else None

    @property
    def _version(self) -> str:
        """A digest of all that decides what this library reads of a document."""
        own = self._judge
        return extractor_version() if own is None else _digest_of(extractor_version(), json.dumps(own.card))

    def _version_within(self, limits: Limits) -> str:
        """The version of what was read in part: other limits may bring more."""
        return f"{self._version} {_digest_of(repr(asdict(limits)))[:8]}"

    # Correcting

    def correct(
        self,
        name: str,
        kind: str,
        action: CorrectionAction | str,
        ordinal: int | None = None,
        *,
        by: str | None = None,
        dry_run: bool = False,
        **details: Any,
    ) -> CorrectionResult:
        """Change, add, accept or reject a record of a document, or say that its records are complete.

        What is said stands when the document is read anew, and goes along when its file changes.

        Args:
            name: the document's id, the start of its id, its file's name or path.
            kind: the record type; empty for a review.
            action: what to do with the record: `change`, `add`, `accept`, `reject`; `review` for the document.
            ordinal: the record's number, from 0; without it `quote` tells which.
            by: who says so; `DOCINTEL_USER` or the name of the account when None.
            dry_run: keep nothing, and tell which rows would change.
            details: `fields`, `quote`, `start`, `occurrence` and `note`, as in `correcting.Request`.

        Raises:
            NotFoundError: there is no such document, or more than one.
            CorrectionError: there is no such record, field, value or quote.
        """
        action = CorrectionAction(action)
        request = Request(kind=kind, action=action, ordinal=ordinal, by=by or user_name(), **details)
        (result,) = self.correct_all([(name, request)], dry_run=dry_run)
        return result

    def correct_all(self, requests: Iterable[tuple[str, Request]], *, dry_run: bool = False) -> list[CorrectionResult]:
        """Keep many corrections at once, or, when one of them makes no sense, none.

        Numbers of records are those before any of these corrections.

        Args:
            requests: each with the name of its document, as in `correct`.

        Returns:
            One result a document.
        """
        asked: dict[str, list[Request]] = {}
        for name, request in requests:
            asked.setdefault(self._catalog.resolve(name), []).append(request)
        decisions = {document: partial(_propose_all, its) for document, its in asked.items()}
        return self._results(partial(self._catalog.amend, decisions, keep=not dry_run), dry_run=dry_run)

    def undo(self, number: int, *, by: str | None = None, dry_run: bool = False) -> list[CorrectionResult]:
        """Take a correction back, wherever it was carried to.

        Returns:
            One result a document of the library that has the correction.

        Raises:
            CorrectionError: there is no such correction, or it was taken back before.
        """
        undo = partial(self._catalog.undo, number, by or user_name(), keep=not dry_run)
        return self._results(undo, dry_run=dry_run)

    def _results(self, amend: Callable[[], Sequence[Amended]], *, dry_run: bool) -> list[CorrectionResult]:
        revision = self._catalog.revision()
        amended = amend()
        if self._catalog.revision() != revision:
            with suppress(SetupError, StoreError):  # what people said is kept; who searches next is told
                self._current_index()
        return [
            CorrectionResult(
                document=each.before.document.id,
                source=each.before.document.source,
                corrections=tuple(replace(one, id=0) for one in each.corrections) if dry_run else each.corrections,
                before=each.before,
                after=each.after,
                changes=changes(each.before, each.after),
                lost=each.lost,
                dry_run=dry_run,
            )
            for each in amended
        ]

    def corrections(self, name: str | None = None) -> "pd.DataFrame":
        """One row a correction, oldest first: of a document, or of all.

        `state` is `stands`, `undone`, `lost` for one whose record and words are found no more, or `carried` for one
        of an earlier version of a file that stands in the present one. `source` is the file's name, None for a
        document that is no longer there.
        """
        document = self._catalog.resolve(name) if name else None
        found = self._catalog.corrections(document)
        sources = {row["id"]: row["source"] for row in self._catalog.documents()} if found else {}
        lost = {each.id for id_ in self._catalog.corrected() if document in (None, id_) for each in self._lost(id_)}
        carried_ = {each.origin for each in found if each.document in sources}
        rows = []
        for each in found:
            state = "undone" if each.undone else "carried" if each.document not in sources else "stands"
            if each.id in lost or (state == "carried" and (each.origin or each.id) not in carried_):
                state = "lost"
            source = sources.get(each.document)
            rows.append(correction_to_dict(each) | {"source": source, "state": state})
        return _frame(rows, [*(field.name for field in fields(Correction)), "source", "state"])

    def corrected(self) -> Iterator[CorrectedDocument]:
        """The documents that people corrected, as docintel read them and as they stand now."""
        for document in self._catalog.corrected():
            standing = tuple(each for each in self._catalog.corrections(document) if not each.undone)
            yield CorrectedDocument(
                machine=self._catalog.machine(document),
                current=self._catalog.get(document),
                corrections=standing,
                reviewed=any(each.action is CorrectionAction.REVIEW for each in standing),
            )

    def explained(self, name: str) -> Extraction:
        """A document read anew, with the grounds of every record, those of people among them.

        Raises:
            NotFoundError: none, or more than one.
        """
        document = self.extraction(name).document
        return apply(self._extract(document), self._catalog.corrections(document.id)).extraction

    def _lost(self, document: str) -> tuple[Correction, ...]:
        return apply(self._catalog.machine(document), self._catalog.corrections(document)).lost

    # Learning

    def train(
        self, *, force: bool = False, dry_run: bool = False, progress: Callable[[str], None] = lambda _: None
    ) -> "Training":
        """Learn from the corrections which words are issues and measures, and read by what was learned from now on.

        What does not get better on documents held back stays as it was. Documents that are in the library already are
        read anew by `reread`.

        Args:
            force: take what is not better, too.
            dry_run: tell how good it would be, and keep nothing.
            progress: called with the name of each document that is read, then of each question that is learned.

        Raises:
            InputError: people have corrected too little to learn from.
        """
        from docintel.extract.work.judging import shared_judge
        from docintel.learning.training import train

        judge = shared_judge()
        training = train(self.corrected(), judge, force=force, progress=progress)
        if training.adopted and not dry_run:
            self._own_model.write(training.heads(judge), training.card(judge))
            self._forget_model()
        return training

    def untrain(self) -> bool:
        """Go back to the shipped model; whether the library had one of its own."""
        was_there = self._own_model.reset()
        self._forget_model()
        return was_there

    def _forget_model(self) -> None:
        for known in ("_extract", "_judge"):
            self.__dict__.pop(known, None)

    def read(self, document: Document) -> Extraction:
        """The records of a document as this library reads them; nothing is kept.

        Raises:
            InputError: it is too long.
        """
        return self._extract(document)

    def reread(
        self,
        *,
        limits: Limits = DEFAULT_LIMITS,
        progress: Callable[[FileReport], None] | None = None,
        pages: Callable[[str, int, int], None] = lambda *_: None,
    ) -> list[FileReport]:
        """Read the stored originals anew, but those that this version has read; corrections stand.

        A run that was stopped goes on where it was. Arguments as for `ingest`.

        Returns:
            One report a document, by file name.
        """
        reports = []
        with Sandbox(limits) as sandbox, self._index.writing(wait=False):
            for row in self._catalog.documents():
                found = self._read_again(row["id"], row["source"], sandbox, pages)
                reports.append(found)
                if progress:
                    progress(found)
                if len(reports) % _INDEX_EVERY == 0:
                    self._index.catch_up(self._catalog, wait=False)
        self._index.catch_up(self._catalog)
        return reports

    def _read_again(
        self, id_: str, source: str, sandbox: Sandbox, pages: Callable[[str, int, int], None]
    ) -> FileReport:
        if self._is_current(sandbox.limits, id_):
            read = ReadStatus.PARTIAL if self._catalog.missing_of(id_) else ReadStatus.FULL
            return FileReport(path=source, status=IngestStatus.UNCHANGED, read=read, document=id_)
        try:
            data = self.original(id_)
        except StoreError as exc:
            return FileReport.failure(source, exc)
        try:
            document = sandbox.parse(data, source, partial(pages, source))
            intake = Intake(path=source, place=self._catalog.paths_of(id_)[0], id=id_, data=data, document=document)
            return self._take_in(intake, sandbox.limits)
        except (SetupError, StoreError):
            raise
        except Exception as exc:  # as in ingesting
            return FileReport.failure(source, exc)

    def score(self) -> "Report":
        """How well what was read agrees with what people corrected.

        Of documents that nobody reviewed as a whole the records that people looked at count.

        Raises:
            NotFoundError: nobody has corrected anything.
        """
        from docintel.evaluation.extraction import score_extractions
        from docintel.learning.gold import beside_gold

        pairs = [beside_gold(document) for document in self.corrected()]
        if not pairs:
            raise NotFoundError(
                "资料库中没有订正。 Nobody has corrected anything in the library.",
                hint="订正或审定 Run: docintel correct DOC … | docintel correct DOC --reviewed",
            )
        return score_extractions(pairs)

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
        advised = self.advise(text, document=document, top_k=top_k)
        asked = [text] if text is not None else []
        return [
            replace(suggestion, question="" if advice.problem in asked else advice.problem)
            for advice in advised
            for suggestion in advice.suggestions
        ]

    def advise(
        self,
        text: str | None = None,
        *,
        document: Path | str | None = None,
        issue: int | None = None,
        top_k: int = 10,
    ) -> Iterator[Advice]:
        """Comparable cases and what was done there, for a problem or for each of a document; one after another.

        Args:
            text: the problem.
            document: a file, or an id or name in the library; it gives no precedents itself.
            issue: of the document, ask this issue alone, by its number from 0.
            top_k: suggestions a problem.

        Raises:
            InputError: there is nothing to advise on.
            QueryError: the problem is empty, or the document has no such issue.
        """
        if text is None and document is None:
            raise InputError(
                "没有给出问题。 There is nothing to suggest for.",
                hint="请给出一个问题，或一份文档。 Give a problem, or a document with problems.",
            )
        adviser = self.adviser()
        advised = [adviser.advise(text, top_k=top_k)] if text is not None else []
        if document is None:
            return iter(advised)
        extraction = self._extraction_of(document)
        return itertools.chain(advised, adviser.advise_on(extraction, issue=issue, top_k=top_k))

    def adviser(self) -> "Adviser":
        """What answers many problems one after another, faster than `advise` for each."""
        from docintel.suggest import Adviser

        return Adviser(self._catalog, self._current_index(), self._similarity)

    def similar(self, document: Path | str, top_k: int = 10) -> list[Similar]:
        """Documents like a file or a document of the library, best first.

        Each has the passage most like the document's, and the issues, measures and cases that match.
        """
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
        from docintel.suggest import Matcher

        matcher = Matcher(self._catalog, index, self._similarity, extraction)
        best = documents_of(once(hits, standings), standings)[:top_k]
        return [
            Similar(
                **{each.name: getattr(hit, each.name) for each in fields(hit)}, matches=matcher.matches(hit.document)
            )
            for hit in best
        ]

    def answered(self, feedback: Path | str, report: Path | str | None = None) -> Comparison:
        """Compare a feedback with the report that answers it: which problems it answers, which in part, which never.

        Args:
            feedback: a file, or an id or name in the library.
            report: likewise; the latest that `reports_for` finds when None.

        Raises:
            NotFoundError: there is no such document, or no report of the unit in the library.
        """
        asked = self._extraction_of(feedback)
        return self._follower().answered(asked, None if report is None else self._extraction_of(report))

    def reports_for(self, feedback: Path | str) -> list[Source]:
        """The reports of the library that answer a feedback, the latest first: of its unit, and no older than it."""
        return self._follower().reports_for(self._extraction_of(feedback))

    def recurring(self, filters: Filters | None = None) -> list[Recurrence]:
        """Problems that one unit has again and again, most often first, each with what was promised in between.

        A report of rectification that restates a problem is no finding of its own, and a republished work is none.

        Args:
            filters: `region`, `since`, `until` and `doc_type` say which documents count; `unit` and `category` which
                problems are shown.

        Raises:
            QueryError: a filter makes no sense.
        """
        return self._follower().recurring(filters)

    def effects(self, name: str) -> dict[int, tuple[Effect, ...]]:
        """What is told of the outcome of each measure of a document, by its index.

        Other documents tell of it too: a measure failed where its problem came back.

        Raises:
            NotFoundError: there is no such document.
        """
        return self._follower().effects(self.extraction(name))

    def _follower(self) -> "Follower":
        from docintel.follow import Follower, nearness_of

        return Follower(self._catalog, nearness_of(self._index.encoder, self._similarity))

    @cached_property
    def _similarity(self) -> "Similarity":
        from docintel.suggest import Similarity

        return self._given_similarity or Similarity()

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

    # Measuring

    def runs(
        self, queries: "Iterable[Query]", *, top_k: int = 10, progress: "Callable[[Query], None]" = lambda _: None
    ) -> "Iterator[tuple[str, Query, list[Hit]]]":
        """What each system shows for each query: docintel itself, and the plain ways of ranking it is measured against.

        Args:
            progress: called with each query when it is answered.

        Yields:
            The system's name, the query and its hits, best first; query by query.

        Raises:
            NotFoundError: the document that a query comes from is not in the library.
        """
        from docintel.runs import Runner

        runner = Runner(self._catalog, self._current_index(), self.adviser())
        for query in queries:
            for system, hits in runner.answers(query, top_k).items():
                yield system, query, hits
            progress(query)

    def evaluate(
        self,
        queries: "Sequence[Query]",
        judgements: "Iterable[Judgement]",
        *,
        progress: "Callable[[Query], None]" = lambda _: None,
    ) -> "Evaluation":
        """How well search or suggestion serves queries that people judged; arguments and errors as for `runs`."""
        from docintel.evaluation.retrieval import evaluate

        runs: dict[str, dict[str, list[Hit]]] = {}
        for system, query, hits in self.runs(queries, progress=progress):
            runs.setdefault(system, {})[query.id] = hits
        return evaluate(runs, queries, judgements, cache(self._id_and_text))

    def _id_and_text(self, name: str) -> tuple[str, str] | None:
        """Of the document of a name; None where there is none, or several."""
        try:
            document = self.extraction(name).document
        except NotFoundError:
            return None
        return document.id, document.text

    # Looking around

    def browse(
        self,
        words: str = "",
        filters: Filters | None = None,
        *,
        order: str = "newest",
        offset: int = 0,
        limit: int = 50,
    ) -> tuple[int, list[dict[str, Any]]]:
        """How many documents there are whose titles and names have these words, and a page of them.

        Args:
            order: `newest`, `oldest`, `title` or `added`.

        Raises:
            QueryError: there is no such order, or a filter makes no sense.
        """
        return self._catalog.browse(words, filters or Filters(), order=order, offset=offset, limit=limit)

    def facets(self, hits: Iterable[Hit]) -> dict[str, dict[str, int]]:
        """How many of some hits have each type of document, category, region, unit and year, most first."""
        return self._catalog.facets(hits)

    def sources(self, name: str) -> list[dict[str, Any]]:
        """The documents that are sources of one work with a document, itself included, the leading one first.

        Raises:
            NotFoundError: no document, or more than one, has this name.
        """
        return self._catalog.sources(self._catalog.resolve(name))

    def original(self, name: str) -> bytes:
        """The bytes of a document's file, as they were read.

        Raises:
            NotFoundError: no document, or more than one, has this name.
            StoreError: its stored bytes are gone.
        """
        document = self._catalog.resolve(name)
        try:
            return self._originals.path(document).read_bytes()
        except OSError as exc:
            raise StoreError(
                f"原件无法读取。 The stored original of {document[:12]} cannot be read: {exc.strerror}.",
                hint="请重新入库该文件。 Ingest the file again.",
            ) from exc

    def page(self, name: str, number: int) -> PageImage:
        """How a page of a document looks, by its number from 1.

        Raises:
            NotFoundError: there is no such document or page.
            InputError: files of this format have no pages.
        """
        document = self.extraction(name).document
        return shared_sandbox().page(self.original(document.id), document.source, number)

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
            "model": "own" if self._judge else "stale" if self._own_model.card() else "shipped",
        }

    def outdated(self) -> int:
        """How many documents were read by another version; `reread` reads them by this one."""
        current = self._version
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
        try:
            self._own_model.judge()
        except StoreError as exc:
            problems.append(f"{exc} {exc.hint}")
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


class _Corrector:
    """How corrections apply, for the catalog, which knows nothing of it."""

    def stand(self, extraction: Extraction, corrections: Sequence[Correction]) -> Standing:
        """What stands of an extraction, with the passages that follow from it."""
        corrected = apply(extraction, corrections)
        by = {place: tuple(each.id for each in made) for place, made in corrected.by.items()}
        return Standing(corrected.extraction, split_passages(corrected.extraction), by, corrected.lost)

    def carry(self, correction: Correction, document: Document) -> Correction | None:
        """A correction of an earlier version of a file, for this one."""
        return carried(correction, document)


def _propose_all(requests: Sequence[Request], extraction: Extraction) -> list[Correction]:
    return [propose(extraction, request) for request in requests]


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


def _digest_of(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


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
