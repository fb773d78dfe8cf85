"""What `extract` and `ingest` share: who does the work, how far a run has come, and what is said at its end.

In: options and what a run tells. Out: an engine, progress on stderr, a report and the list of failed files.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.text import Text

from docintel.batch.failures import Failures
from docintel.batch.pool import LocalEngine
from docintel.batch.sources import Source
from docintel.batch.work import Engine, Task, Told
from docintel.cli.screen import err
from docintel.errors import QueryError
from docintel.schema import FileReport, IngestStatus

#: Seconds between two lines where no bar can be drawn.
_LINE_EVERY_S = 10
#: What a file costs beside its bytes, in bytes: for the time that is left.
_A_FILE = 4096


class EngineName(StrEnum):
    """Who does the work."""

    LOCAL = "local"
    RAY = "ray"


Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        min=1,
        help="并行的工作进程数；1 为不另开进程。 Worker processes; 1 starts none.",
        show_default="每核一个，文件少则更少 one a core, fewer for few files",
    ),
]
EngineOption = Annotated[
    EngineName, typer.Option("--engine", help="在本机或 Ray 集群上运行。 Run on this machine or on a Ray cluster.")
]
Address = Annotated[
    str | None,
    typer.Option("--address", help="Ray 集群地址，如 ray://host:10001。 Of the cluster.", show_default="本机 local"),
]
RetryFailed = Annotated[bool, typer.Option("--retry-failed", help="重试上次失败的文件。 Try the failed files again.")]


def engine_of(name: EngineName, workers: int | None, address: str | None) -> Engine:
    """The engine that is asked for.

    Raises:
        QueryError: an address without Ray.
        SetupError: Ray is not installed.
    """
    if name is EngineName.RAY:
        from docintel.batch.ray_engine import RayEngine

        return RayEngine(address, workers)
    if address:
        raise QueryError("--address 只用于 --engine ray。 --address is for --engine ray.")
    return LocalEngine(workers)


class Run:
    """How far a run has come, and what became of its documents."""

    def __init__(self, title: str, sources: Sequence[Source], show: Callable[[str, int], None]) -> None:
        self._title, self._show = title, show
        self._begun = time.monotonic()
        self._all = len(sources)
        self._weight, self._done = sum(source.size + _A_FILE for source in sources), 0
        self._files = self._pages = self._characters = self._failed = 0
        self._reading = ""
        self._reports: list[tuple[int, Source, FileReport]] = []

    def follow(self, told: Told) -> Iterator[Task]:
        """Go through what a run tells; gives each task that is finished."""
        for task, result in told:
            if result is None:
                self._files += 1
                self._done += task.source.size + _A_FILE
                self._tell()
                yield task
                continue
            self._pages += result.pages
            self._characters += result.characters
            self._failed += result.report.status is IngestStatus.FAILED
            self._reports.append((task.number, task.source, result.report))
            self._tell()

    def page(self, name: str, done: int, total: int) -> None:
        """Tell which file is being read, and how far when it has many pages."""
        self._reading = f"{name[-40:]} {done}/{total}" if total > 1 else name[-40:]
        self._tell()

    def reports(self) -> list[tuple[Source, FileReport]]:
        """What became of the documents, each with its file, in path order."""
        ordered = sorted(self._reports, key=lambda each: (each[0], each[2].path))
        return [(source, report) for _, source, report in ordered]

    def line(self) -> str:
        """How far it has come, in words."""
        seconds = max(time.monotonic() - self._begun, 0.001)
        parts = [f"{self._files}/{self._all} 个文件", f"{self._pages} 页", f"{self._characters / seconds:,.0f} 字/秒"]
        parts += [f"错误 {self._failed}"] if self._failed else []
        parts += [f"约剩 {_duration(self._left(seconds))}"] if 0 < self._files < self._all else []
        return "，".join(parts)

    def _left(self, seconds: float) -> float:
        return seconds * (self._weight - self._done) / self._done

    def _tell(self) -> None:
        self._show(self._reading, round(100 * self._done / (self._weight or 1)))


@contextmanager
def running(title: str, sources: Sequence[Source]) -> Iterator[Run]:
    """A run whose progress is shown: as a bar on a terminal, else a line every ten seconds."""
    if not err.is_terminal:
        with _lines(title, sources) as run:
            yield run
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[told]}"))
    with Progress(*columns, console=err, transient=True) as progress:
        bar = progress.add_task(title, total=100, told="")
        reading = progress.add_task("", total=None, told="", visible=False)

        def show(name: str, percent: int) -> None:
            progress.update(bar, completed=percent, told=run.line())
            progress.update(reading, told=f"[dim]{Text(name).markup}[/dim]", visible=bool(name))

        run = Run(title, sources, show)
        yield run


@contextmanager
def _lines(title: str, sources: Sequence[Source]) -> Iterator[Run]:
    last = time.monotonic()

    def show(_: str, percent: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _LINE_EVERY_S:
            last = time.monotonic()
            err.print(f"{title} {percent}%：{run.line()}", markup=False, soft_wrap=True)

    run = Run(title, sources, show)
    yield run


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} 小时 {minutes} 分" if hours else f"{minutes} 分 {rest} 秒" if minutes else f"{rest} 秒"


def note_failures(path: Path, tried: Sequence[Source], reports: Sequence[tuple[Source, FileReport]]) -> None:
    """Keep the list of failed files, and say where it is."""
    count = Failures(path).update(tried, reports)
    if count:
        line = f"失败清单（{count} 项）：{path}；修正后加 --retry-failed 重试。 Failed files are listed there."
        err.print(line, markup=False, style="yellow", soft_wrap=True)
