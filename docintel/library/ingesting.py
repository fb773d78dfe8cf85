"""Documents into the library and out of it: ingest, read anew, remove."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from docintel.errors import SetupError, StoreError
from docintel.files import printable
from docintel.index.passages import split_passages
from docintel.library.base import Base
from docintel.parse import DEFAULT_LIMITS, Limits
from docintel.parse.intake import Intake, absolute, list_files, read_documents
from docintel.parse.sandbox import Sandbox
from docintel.schema import (
    FileReport,
    IngestStatus,
    ReadStatus,
)

if TYPE_CHECKING:
    pass


_INDEX_EVERY = 64  # documents between two commits of the index while ingesting


class Ingesting(Base):
    """Takes documents in, reads them anew, lets them go."""

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
