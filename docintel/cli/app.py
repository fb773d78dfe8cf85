"""The application: its root command, and errors turned into a sentence and an exit code, in one place.

Exit codes: 0 fine, 1 some files failed, 2 wrong use, 3 this installation is not ready, 4 the library is damaged.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Annotated, Any

import typer
from rich.text import Text
from typer.core import TyperGroup
from typer.exceptions import TyperException

from docintel.cli.screen import end_quietly, err, error_text
from docintel.cli.usage import usage_text
from docintel.errors import (
    DocintelError,
    InputError,
    SetupError,
    StoreError,
)

_EXIT_CODES: tuple[tuple[type[DocintelError], int], ...] = ((InputError, 2), (SetupError, 3), (StoreError, 4))


class _Group(TyperGroup):
    """Turns docintel's errors, and wrong use of it, into a sentence and an exit code, in one place."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        with _told_wrong_use():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        try:
            with _told_wrong_use():
                return super().invoke(ctx)
        except DocintelError as exc:
            err.print(error_text(exc))
            raise typer.Exit(next(code for kind, code in _EXIT_CODES if isinstance(exc, kind))) from exc
        except BrokenPipeError:
            end_quietly()
        except OSError as exc:
            err.print(
                Text.assemble(("文件系统错误 ", "bold red"), f"{exc}\n"),
                Text("请换一个可用的路径。 Choose another path."),
            )
            raise typer.Exit(2) from exc


@contextmanager
def _told_wrong_use() -> Iterator[None]:
    try:
        yield
    except TyperException as exc:
        told = usage_text(exc)
        if told is None:
            raise
        err.print(told)
        raise typer.Exit(2) from exc


app = typer.Typer(
    cls=_Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich's help crops what does not fit
)
library_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="资料库：概况、清单、校验、删除、重建索引。 Look after the library.",
)
app.add_typer(library_app, name="library")


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"docintel {version('docintel')}")
        raise typer.Exit


@app.callback()
def root(
    wanted: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="显示版本。 Show the version."),
    ] = False,
) -> None:
    """读懂反腐工作文书：抽取记录，检索先例，建议整改措施。 Document intelligence for anti-corruption reports."""
