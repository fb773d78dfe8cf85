"""What commands write to: answers to stdout, progress and errors to stderr.

In: results, errors and progress. Out: text on a terminal or JSON. A reader of stdout that goes away ends the program.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import typer
from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from docintel.errors import (
    CorrectionError,
    DocintelError,
    InputError,
    NotFoundError,
    ParseError,
    QueryError,
    SetupError,
    StoreError,
    UnsupportedFormatError,
)
from docintel.files import printable
from docintel.parse.intake import INSIDE
from docintel.schema import (
    FileReport,
    IngestStatus,
)

if TYPE_CHECKING:
    import pandas as pd

_Item = TypeVar("_Item")


class _Console(Console):
    """A console whose reader may go away: `docintel search … | head` is no failure."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        end_quietly()


def end_quietly() -> NoReturn:
    """End well when whoever read stdout has gone; nothing more is written to it, not by Python's own flush either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(0)


out = _Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)


_HEADLINES: tuple[tuple[type[DocintelError], str], ...] = (
    (UnsupportedFormatError, "不支持的文件格式"),
    (ParseError, "文件无法解析"),
    (QueryError, "查询有误"),
    (CorrectionError, "订正有误"),
    (NotFoundError, "查无此项"),
    (InputError, "输入有误"),
    (SetupError, "安装未就绪"),
    (StoreError, "资料库有问题"),
)


def rows_of(frame: "pd.DataFrame", top: int | None) -> list[dict[str, Any]]:
    """Rows of a data frame as plain dictionaries: missing values as None, whole numbers as integers."""
    shown = frame.head(top) if top else frame
    rows = shown.astype(object).where(shown.notna(), None).to_dict("records")
    return [{str(name): _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def answer(rows: Sequence[Any], as_json: bool, view: Callable[[], RenderableType]) -> None:
    """Print rows as JSON, or as they are viewed."""
    if as_json:
        print_json(rows)
        return
    out.print(view())


def print_json(rows: Sequence[Any] | Mapping[str, Any]) -> None:
    """Print rows as one JSON array, or several of them by their names."""
    print(json.dumps(rows, ensure_ascii=False, indent=1))


def _headline(exc: DocintelError) -> str:
    return next(headline for kind, headline in _HEADLINES if isinstance(exc, kind))


def error_text(exc: DocintelError) -> Text:
    """What went wrong, and below it what to do."""
    text = Text.assemble((f"{_headline(exc)} ", "bold red"), str(exc))
    if exc.hint:
        text.append(f"\n{exc.hint}", style="yellow")
    return text


class Bar:
    """A progress bar over files, and under it one over the pages of the file that is being read."""

    def __init__(self, progress: Progress, title: str, files: Sequence[Path | str]) -> None:
        self._progress = progress
        self._places = {printable(path): place for place, path in enumerate(files)}
        self._files = progress.add_task(title, total=len(files), current="")
        self._pages = progress.add_task("", total=None, current="", visible=False)

    def reached(self, path: str) -> None:
        """Show that the file at `path`, or a member of it, is being read or has been."""
        file = next((place for place in _containers(path) if place in self._places), "")
        name = Text(path[-40:]).markup
        self._progress.update(self._files, completed=self._places.get(file, 0), current=name)
        self._progress.update(self._pages, visible=False)

    def page(self, name: str, done: int, total: int) -> None:
        """Show which file is being read, and how far when it has many pages."""
        self._progress.update(self._files, current=Text(name[-40:]).markup)
        shown = Text(name[-40:]).markup
        self._progress.update(
            self._pages, description="页 Pages", completed=done, total=total, current=shown, visible=total > 1
        )


def _containers(path: str) -> Iterator[str]:
    """A path, and those of the containers around it, from the inside."""
    while path:
        yield path
        path = path.rpartition(INSIDE)[0]


@contextmanager
def file_progress(title: str, files: Sequence[Path | str]) -> Iterator[Bar]:
    """A progress bar on stderr, when someone is there to see it."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("[dim]{task.fields[current]}", markup=True),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        yield Bar(progress, title, files)


def item_progress(title: str, items: Iterable[_Item], total: int | None = None) -> Iterator[_Item]:
    """Go through items with a progress bar on stderr, when someone is there to see it."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        yield from progress.track(items, total=total, description=title)


@contextmanager
def counter(title: str, total: int | None) -> Iterator[Callable[..., None]]:
    """A progress bar on stderr, when someone is there to see it.

    Each call is a step, or as many as it is given, of `total` where it is known.
    """
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        yield partial(progress.advance, progress.add_task(title, total=total))


def exit_if_failed(reports: Sequence[FileReport]) -> None:
    """End with 1 when a file could not be read."""
    if any(report.status is IngestStatus.FAILED for report in reports):
        raise typer.Exit(1)
