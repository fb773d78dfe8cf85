"""Documents into the library and out of it: ingest, read anew, remove."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from docintel.batch.disk import is_full, told_when_full
from docintel.batch.pool import LocalEngine
from docintel.batch.sources import Source, list_sources
from docintel.batch.work import Engine, Finished, Found, Result, Told, as_tasks, big_first, in_phases
from docintel.errors import InputError, SetupError, StoreError
from docintel.files import printable
from docintel.library.base import Base
from docintel.library.preparing import Prepared, PrepareJob, prepared
from docintel.memory import give_back
from docintel.parse import DEFAULT_LIMITS, Limits
from docintel.parse.intake import Intake
from docintel.parse.sandbox import Sandbox
from docintel.parse.sandbox import shared as shared_sandbox
from docintel.schema import Correction, Document, FileReport, IngestStatus, ReadStatus

#: Characters of the start of an id that are enough to remove the document: nobody types so many by chance.
_SURE = 8
#: New passages between two commits of the index while ingesting: what a crash costs to encode again.
_INDEX_EVERY = 1024


class Ingesting(Base):
    """Takes documents in, reads them anew, lets them go."""

    def ingest(
        self,
        paths: Path | str | Iterable[Path | str],
        *,
        limits: Limits = DEFAULT_LIMITS,
        progress: Callable[[FileReport], None] | None = None,
        pages: Callable[[str, int, int], None] = lambda *_: None,
        engine: Engine | None = None,
    ) -> list[FileReport]:
        """Read files, the files in folders, and the files in archives and mails, into the library.

        A file that can't be read is reported and the others go on. Files that have not changed since this version of
        docintel read them are skipped, so a run that was stopped goes on where it was.

        Args:
            paths: one path or several; text may be a pattern, `@` and a list of names, or an address, too.
            limits: what one file may cost.
            progress: called with each report as it comes.
            pages: called with a file's name, pages read and pages in all.
            engine: who reads, extracts and encodes; this process when None. It alone writes, either way.

        Returns:
            One report a document or failure, in path order.

        Raises:
            StoreError: the library can't be written, as when the disk is full; what it holds is whole.
        """
        reports: list[tuple[int, str, FileReport]] = []
        for task, result in self.ingest_each(list_sources(paths), limits=limits, pages=pages, engine=engine):
            if result:
                reports.append((task.number, result.report.path, result.report))
                if progress:
                    progress(result.report)
        return [report for *_, report in sorted(reports, key=lambda told: told[:2])]

    def ingest_each(
        self,
        sources: Sequence[Source],
        *,
        limits: Limits = DEFAULT_LIMITS,
        pages: Callable[[str, int, int], None] = lambda *_: None,
        engine: Engine | None = None,
    ) -> Told:
        """The same for files that are listed, each result as it comes, and None when a file is finished."""
        self.check_writable()
        job = PrepareJob(self, limits)
        self._catalog.regroup()
        with told_when_full(self.folder), self._index.writing(wait=False):
            tried = self._catalog.revision()[0]
            for tasks in in_phases(as_tasks(sources)):
                events = engine.run(job, big_first(tasks), pages) if engine else LocalEngine(1).run(job, tasks, pages)
                for told in self._stored(events, limits):
                    yield told
                    tried = self._follow(tried)
            self._catch_up()

    def _follow(self, tried: int) -> int:
        """Bring the index level with the catalog where that has enough new passages.

        Args:
            tried: the newest passage when this was last done.

        Returns:
            The newest passage now, where it was done; else what was given.
        """
        newest = self._catalog.revision()[0]
        if newest - tried < _INDEX_EVERY:
            return tried
        self._catch_up(wait=False)
        give_back()
        return newest

    def _stored(self, events: Iterator[Found[Prepared] | Finished], limits: Limits) -> Told:
        """Store what comes; of a file that is finished, let go what is in it no more."""
        members: dict[int, tuple[set[str], set[str]]] = {}
        for event in events:
            task = event.task
            there, unread = members.setdefault(task.number, (set(), set()))
            if isinstance(event, Found):
                found = event.result
                (unread if found.intake.error else there).add(found.intake.place)
                report = self._store_safely(found, limits)
                yield task, Result(report, pages=found.pages, characters=found.characters)
                continue
            if event.error:
                unread.add(task.source.place)
                yield task, Result(FileReport.failure(task.source.shown, event.error))
            for document in self._catalog.forget_members(task.source.place, there, unread):
                self._drop_original(document)
            del members[task.number]
            yield task, None

    def _store_safely(self, found: Prepared, limits: Limits) -> FileReport:
        """Store what was read; whatever it does to us, it costs itself only."""
        try:
            return self._store(found, limits)
        except (SetupError, StoreError):  # a full disk: it would meet every other file too
            raise
        except Exception as exc:  # a defect that one file of thousands meets must not end the run
            if is_full(exc, self.folder):
                raise
            return FileReport.failure(found.intake.path, exc)

    def _store(self, found: Prepared, limits: Limits) -> FileReport:
        intake, extraction = found.intake, found.extraction
        if found.failure:
            return found.failure
        if extraction is None and not self.holds(intake.id):  # it went while another process saw it there
            document = shared_sandbox().parse(intake.data, printable(Path(intake.place).name))
            found = prepared(replace(intake, document=document), self._extract)
            return self._store(found, limits)
        if extraction is None or self.is_current(limits, intake.id):
            return self._note_path(intake)
        self._originals.put(intake.data)
        before = self._catalog.document_at(intake.place)
        new = before is None and not self.holds(intake.id)
        version = self._version_within(limits) if extraction.document.missing else self._version
        if found.encoded:
            self._index.expect(found.encoded)
        self._drop_original(self._catalog.put(extraction, found.passages, path=intake.place, extractor=version))
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

    def removable(self, name: str) -> tuple[Document, list[Correction]]:
        """A document as `remove` understands its name, and the corrections that would go with it, undone ones too.

        Raises:
            NotFoundError: none, or more than one.
        """
        document = self._catalog.resolve(name, shortest=_SURE)
        return self._catalog.get(document).document, self._catalog.corrections_going_with(document)

    def remove(self, name: str) -> str:
        """Forget a document: its records, its passages, what people said of them, and its stored original.

        Args:
            name: its id, eight or more characters of its start, its file's name or path.

        Returns:
            Its id.

        Raises:
            NotFoundError: none, or more than one.
        """
        document = self._catalog.resolve(name, shortest=_SURE)
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
        self.check_writable()
        reports = []
        with told_when_full(self.folder), Sandbox(limits) as sandbox, self._index.writing(wait=False):
            tried = self._catalog.revision()[0]
            for row in self._catalog.documents():
                found = self._read_again(row["id"], row["source"], sandbox, pages)
                reports.append(found)
                if progress:
                    progress(found)
                tried = self._follow(tried)
        self._catch_up()
        return reports

    def _read_again(
        self, id_: str, source: str, sandbox: Sandbox, pages: Callable[[str, int, int], None]
    ) -> FileReport:
        if self.is_current(sandbox.limits, id_):
            read = ReadStatus.PARTIAL if self._catalog.missing_of(id_) else ReadStatus.FULL
            return FileReport(path=source, status=IngestStatus.UNCHANGED, read=read, document=id_)
        try:
            data = self.original(id_)
        except StoreError as exc:
            return FileReport.failure(source, exc)
        try:
            document = sandbox.parse(data, source, partial(pages, source))
        except InputError as exc:
            return FileReport.failure(source, exc)
        intake = Intake(path=source, place=self._catalog.paths_of(id_)[0], id=id_, data=data, document=document)
        return self._store_safely(prepared(intake, self._extract), sandbox.limits)
