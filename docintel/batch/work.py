"""What engines and jobs agree on: tasks go in, results come out, and a task is finished or has failed.

A job is a description that can be sent to another process; what it opens there reads one file after another, with its
models loaded once. Every engine calls the same reader, so results and errors are the same on all of them.
"""

import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from docintel.batch.disk import told_when_full
from docintel.batch.sources import Source
from docintel.errors import InputError, ParseError
from docintel.parse.file import WHOLE, Share
from docintel.parse.intake import Intake, Place, documents_in
from docintel.parse.sandbox import Sandbox
from docintel.schema import FileReport

#: How names of files end that hold others.
_ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".eml", ".mbox", ".msg")
#: What a worker says first.
READY = "ready"
#: Called with a file's name, pages read and pages in all.
Tell = Callable[[str, int, int], None]
R = TypeVar("R")
T = TypeVar("T")
R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Task:
    """One file to read.

    Attributes:
        number: its place among the files of the run, in path order.
        finished: sha256 of the bytes that were read before: with these it need not be read again.
        share: which of several workers reads it, and how many do; see `docintel.batch.shares`.
    """

    number: int
    source: Source
    finished: str = ""
    share: Share = WHOLE


@dataclass(frozen=True, slots=True)
class Found(Generic[R]):
    """Something that a task gave."""

    task: Task
    result: R


@dataclass(frozen=True, slots=True)
class Finished:
    """A task has given all it has to give.

    Attributes:
        digest: sha256 of the file's bytes; empty where they could not be had.
        error: why the file was given up, when it took its reader down twice.
    """

    task: Task
    digest: str = ""
    error: InputError | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one document, for those who watch a run.

    Attributes:
        data: what was read of it, as `batch.journal` packs it; None where it failed or is kept elsewhere.
        pages: of the document; 1 where it has none.
        characters: of its text.
    """

    report: FileReport
    data: bytes | None = None
    pages: int = 0
    characters: int = 0


#: What a run tells: of each file its results as they come, then None.
Told = Iterator[tuple[Task, Result | None]]


class Reader(Protocol[R_co]):
    """Reads files, in one process."""

    def read(self, task: Task, tell: Tell) -> Generator[R_co, None, str]:
        """What is in the file of a task; returns the sha256 of its bytes.

        What is wrong with the file is a result; what is raised would meet every other file too, and ends the run.
        """


class Job(Protocol[R_co]):
    """Describes what is to be done; it is pickled on its way to other processes."""

    def open(self) -> AbstractContextManager[Reader[R_co]]:
        """A reader of this process."""


class Engine(Protocol):
    """Has tasks done somewhere."""

    def run(self, job: Job[R], tasks: Sequence[Task], tell: Tell = lambda *_: None) -> Iterator[Found[R] | Finished]:
        """Do tasks, begun in the order given and told of as they come: of each what it gave, then that it is finished.

        Raises:
            DocintelError: what a reader raised.
        """


def as_tasks(sources: Sequence[Source]) -> list[Task]:
    """The tasks that files are, in the order given."""
    return [Task(number, source) for number, source in enumerate(sources)]


def big_first(tasks: Sequence[Task]) -> list[Task]:
    """Tasks in the order in which they keep all workers busy to the end: the small ones fill what is left.

    Source: R. L. Graham, Bounds on multiprocessing timing anomalies, 1969 (longest processing time first).
    """
    return sorted(tasks, key=lambda task: (-task.source.size, task.number))


def in_phases(tasks: Sequence[Task]) -> list[list[Task]]:
    """Single files, then archives, then copies of files: each phase is to begin when the one before it has ended.

    So a document that comes in several ways is named by the same one of them, whoever is faster: by the file before the
    archive that has it too, and by the first in path order. Only files of the same size are compared, as copies would
    be; of what lies in two archives and nowhere else, the first to be read gives the name.
    """
    by_size: dict[int, list[Task]] = {}
    for task in tasks:
        by_size.setdefault(task.source.size, []).append(task)
    copies = set()
    for its in by_size.values():
        seen: set[str] = set()
        for task in its if len(its) > 1 else ():
            digest = digest_of(task.source)
            if digest in seen:
                copies.add(task.number)
            seen |= {digest} - {""}
    phases: tuple[list[Task], list[Task], list[Task]] = ([], [], [])
    for task in tasks:
        phases[2 if task.number in copies else is_archive(task.source)].append(task)
    return [phase for phase in phases if phase]


def is_archive(source: Source) -> bool:
    """Whether a file, by its name, holds others."""
    return source.name.lower().endswith(_ARCHIVES)


def digest_of(source: Source) -> str:
    """sha256 of a local file's bytes; empty for others, and where it can't be read."""
    if isinstance(source.path, str):
        return ""
    digest = sha256()
    try:
        with source.path.open("rb") as file:
            while part := file.read(1 << 20):
                digest.update(part)
    except OSError:
        return ""
    return digest.hexdigest()


def documents(
    task: Task, sandbox: Sandbox, tell: Tell, known: Callable[[str], bool] = lambda _: False
) -> Generator[Intake, None, str]:
    """Every document in the file of a task, unless its bytes are those that were read before; returns their sha256."""
    source = task.source
    try:
        data = source.read(sandbox.limits)
    except InputError as exc:
        yield Intake(path=source.shown, place=source.place, error=exc)
        return ""
    digest = sha256(data).hexdigest()
    if digest != task.finished:
        place = Place(source.shown, source.place, source.name)
        yield from documents_in(data, place, sandbox, known=known, progress=tell, share=task.share)
    return digest


def each(function: Callable[[T], R], given: Generator[T, None, str]) -> Generator[R, None, str]:
    """A function of what a generator gives; returns what that returns."""
    while True:
        try:
            item = next(given)
        except StopIteration as stop:
            return str(stop.value or "")
        yield function(item)


def do(reader: Reader[R], task: Task, tell: Tell) -> Iterator[Found[R] | Finished]:
    """What every engine does with a task, where its reader is.

    Raises:
        DocintelError: what the reader raised, or that the disk for temporary files is full.
    """
    with told_when_full(Path(tempfile.gettempdir())):
        digest = yield from each(partial(Found, task), reader.read(task, tell))
    yield Finished(task, digest)


def killed_its_reader(source: Source, cause: str) -> ParseError:
    """The error of a file that took two processes down, the second one while it was alone."""
    return ParseError(
        f"{source.name} 两次使工作进程崩溃。 {source.name} took down its worker twice ({cause}).",
        hint="请拆分或修复文件，或增加内存。 Split or repair the file, or add memory; the others were read.",
    )
