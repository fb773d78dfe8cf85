"""Does the jobs of a library one after another.

In: the queue. Out: documents in the library, and of each job what became of it. Of several workers on one library one
works and the others wait, in case it dies.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from docintel.errors import DocintelError, InputError
from docintel.library import Library
from docintel.schema import FileReport, IngestStatus
from docintel.web.audit import Action, Audit
from docintel.web.database import Database
from docintel.web.intake.jobs import Job, Jobs, Kind, State
from docintel.web.intake.spool import Spool
from docintel.web.intake.watched import Watched

BACKUPS = "backups"
_LOCK = "worker.lock"
_IDLE_S, _LOOK_EVERY_S, _TOLD_EVERY_S = 0.5, 20.0, 0.5
_LOG = logging.getLogger("docintel.web")


class Worker:
    """Works for one library.

    Args:
        folder: of the library.
        open_library: how to open it, when there is something to do; with the shipped encoder when None.
        watched: a folder whose files are read by themselves.
    """

    def __init__(
        self, folder: Path, open_library: Callable[[], Library] | None = None, watched: Path | None = None
    ) -> None:
        self.folder = folder
        self._open = open_library or (lambda: Library(folder))
        self._database = Database(folder)
        self._jobs = Jobs(self._database)
        self._audit = Audit(self._database)
        self._spool = Spool(folder)
        self._watched = Watched(watched, self._database) if watched else None
        self._looked = -_LOOK_EVERY_S

    def close(self) -> None:
        """Close the library."""
        self._drop_library()
        self._database.close()

    def run(self, stop: threading.Event) -> None:
        """Work until somebody says stop; at that moment the job that is being done goes back into the queue."""
        with self._alone(stop) as mine:
            if not mine:
                return
            self._jobs.resume()
            self._spool.sweep(self._jobs.paths())
            while not stop.is_set():
                if not self.work():
                    stop.wait(_IDLE_S)

    def work(self) -> bool:
        """Do the next job; whether there was one."""
        self._look()
        job = self._jobs.claim()
        if job is None:
            return False
        try:
            state, outcome = _DEEDS[job.kind](self, job)
        except Exception as exc:  # a job must cost itself only
            if not isinstance(exc, DocintelError):
                _LOG.error("%s %s", job.kind, job.name, exc_info=exc)
            if not isinstance(exc, InputError):
                self._drop_library()
            state, outcome = State.FAILED, [_failure(job.name, exc)]
        self._jobs.finish(job.id, state, outcome)
        return True

    @cached_property
    def _library(self) -> Library:
        return self._open()

    def _drop_library(self) -> None:
        """Let the next job open the library anew: what was wrong with it may have been put right."""
        if library := self.__dict__.pop("_library", None):
            library.close()

    @contextmanager
    def _alone(self, stop: threading.Event) -> Iterator[bool]:
        """Wait to be the one who works; False when that is not wanted any more."""
        lock = FileLock(self.folder / _LOCK)
        while not stop.is_set():
            try:
                lock.acquire(timeout=_IDLE_S)
            except Timeout:
                continue
            try:
                yield True
            finally:
                lock.release()
            return
        yield False

    def _look(self) -> None:
        if self._watched and time.monotonic() - self._looked >= _LOOK_EVERY_S:
            self._looked = time.monotonic()
            try:
                self._watched.look()
            except OSError as exc:
                _LOG.error("%s: %s", self._watched.folder, exc)

    def _read(self, job: Job) -> tuple[State, list[dict[str, Any]]]:
        sent = job.kind is Kind.FILE
        path = self._spool.path(job.path) if sent else Path(job.path)
        before = f"{path.parent}{os.sep}"
        reports = [_shown(report, before) for report in self._library.ingest(path, pages=self._progress(job))]
        failed = [report for report in reports if report.status is IngestStatus.FAILED]
        for report in reports:
            self._note(job, report)
        outcome = [_told(report) for report in reports]
        if sent and not failed:
            self._spool.drop(job.path)
        return (State.FAILED if failed else State.DONE), outcome

    def _verify(self, job: Job) -> tuple[State, list[dict[str, Any]]]:
        problems = self._library.verify()
        return (State.FAILED if problems else State.DONE), [{"name": "", "message": each} for each in problems]

    def _back_up(self, job: Job) -> tuple[State, list[dict[str, Any]]]:
        name = f"docintel-{datetime.now(UTC):%Y%m%d-%H%M%S}.zip"
        told = self._library.backup(self.folder / BACKUPS / name)
        return State.DONE, [{"name": name, "message": "", "files": told["files"], "bytes": told["bytes"]}]

    def _progress(self, job: Job) -> Callable[[str, int, int], None]:
        """Tells how many pages are read, not too often."""
        told = 0.0

        def tell(_: str, done: int, pages: int) -> None:
            nonlocal told
            if time.monotonic() - told >= _TOLD_EVERY_S:
                told = time.monotonic()
                self._jobs.progress(job.id, done, pages)

        return tell

    def _note(self, job: Job, report: FileReport) -> None:
        self._audit.note(
            Action.INGEST,
            account=job.account,
            address="docintel serve",
            target=report.document or "",
            file=report.path,
            status=str(report.status),
            message=report.message if report.status is IngestStatus.FAILED else "",
        )


_DEEDS: Mapping[Kind, Callable[[Worker, Job], tuple[State, list[dict[str, Any]]]]] = {
    Kind.FILE: Worker._read,
    Kind.WATCHED: Worker._read,
    Kind.VERIFY: Worker._verify,
    Kind.BACKUP: Worker._back_up,
}


def _shown(report: FileReport, before: str) -> FileReport:
    """A report as it is shown: without paths of this machine, such as where a file lies that holds the same."""
    message = "" if report.status is IngestStatus.UNCHANGED else report.message.replace(before, "")
    return replace(report, path=report.path.removeprefix(before), message=message)


def _told(report: FileReport) -> dict[str, Any]:
    return {
        "name": report.path,
        "status": str(report.status),
        "read": str(report.read),
        "document": report.document,
        "message": report.message,
        "counts": {kind: count for kind, count in report.counts.items() if count},
    }


def _failure(name: str, exc: Exception) -> dict[str, Any]:
    report = FileReport.failure(name, exc)
    return {"name": name, "status": str(report.status), "read": str(report.read), "message": report.message}
