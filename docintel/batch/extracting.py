"""`docintel extract` over many files: read on an engine, stored in a journal, given back in path order.

In: files and a journal. Out: reports as they come, and at the end what was read, one document after another. Whatever
the engine and the number of workers, and however often the run was stopped, the result is the same.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from docintel.batch.journal import Journal, pack
from docintel.batch.sources import Source
from docintel.batch.work import (
    Engine,
    Finished,
    Found,
    Result,
    Task,
    Tell,
    Told,
    as_tasks,
    big_first,
    digest_of,
    documents,
    each,
)
from docintel.errors import ParseError, SetupError, StoreError
from docintel.parse import Limits
from docintel.parse.intake import Intake
from docintel.parse.sandbox import Sandbox
from docintel.schema import FileReport, IngestStatus
from docintel.schema.serial import extraction_to_dict


@dataclass(frozen=True, slots=True)
class ExtractJob:
    """Extract every document of a file."""

    limits: Limits

    @contextmanager
    def open(self) -> Iterator["_Extractor"]:
        """A reader of this process, with a sandbox of its own."""
        with Sandbox(self.limits) as sandbox:
            yield _Extractor(sandbox)


class _Extractor:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def read(self, task: Task, tell: Tell) -> Generator[Result, None, str]:
        return each(_extracted, documents(task, self._sandbox, tell))


def _extracted(intake: Intake) -> Result:
    from docintel.extract.pipeline import extract  # costs seconds: only those who extract pay

    document = intake.document
    if document is None:
        return Result(FileReport.failure(intake.path, intake.error or ParseError("")))
    try:
        extraction = extract(document)
    except (SetupError, StoreError):  # a missing model: it would meet every other file too
        raise
    except Exception as exc:  # a defect that one file of thousands meets must not end the run
        return Result(FileReport.failure(intake.path, exc))
    report = FileReport.success(intake.path, IngestStatus.ADDED, extraction)
    return Result(report, pack(extraction_to_dict(extraction)), document.pages or 1, len(document.text))


class Extracting:
    """A run over some files.

    Args:
        sources: the files, in path order.
        journal: where results are kept.
        retry_failed: read the files again that failed before; else they are reported again.
    """

    def __init__(self, sources: Sequence[Source], journal: Journal, *, retry_failed: bool = False) -> None:
        self._journal = journal
        self.tasks = [
            replace(task, finished=journal.finished(task.source.place, retry_failed=retry_failed))
            for task in as_tasks(sources)
        ]

    @property
    def begun(self) -> int:
        """How many files an earlier run finished, as far as can be told before they are opened."""
        return sum(bool(task.finished) for task in self.tasks)

    def run(self, engine: Engine, limits: Limits, tell: Tell = lambda *_: None, *, in_order: bool = False) -> Told:
        """Read what is not finished; gives each result as it comes, and None when a file is finished.

        Args:
            in_order: begin files in path order, for those who want the first ones first.
        """
        tasks = self.tasks if in_order else big_first(self.tasks)
        failed: dict[int, bool] = {}  # of files that have given something, whether a part of it failed
        for event in engine.run(ExtractJob(limits), tasks, tell):
            task = event.task
            place = task.source.place
            if task.number not in failed and not (isinstance(event, Finished) and event.digest == task.finished != ""):
                failed[task.number] = False
                self._journal.forget(place)
            if isinstance(event, Found):
                failed[task.number] |= event.result.report.status is IngestStatus.FAILED
                self._journal.add(place, event.result)
                yield task, event.result
                continue
            yield from self._finish(event, failed.pop(task.number, None))

    def _finish(self, event: Finished, failed: bool | None) -> Told:
        """Write down that a file is finished; of one that was before, tell again what it gave."""
        task, place = event.task, event.task.source.place
        if failed is None:
            for report in self._journal.reports(place):
                yield task, Result(report)
        elif event.error:
            lost = Result(FileReport.failure(task.source.shown, event.error))
            self._journal.add(place, lost)
            self._journal.finish(place, digest_of(task.source), failed=True)
            yield task, lost
        else:
            self._journal.finish(place, event.digest, failed=failed)
        yield task, None
