"""The command that learns from corrections: `train`.

In: words of the command line. Out: figures before and after.
"""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from docintel import console as views
from docintel.cli.app import app
from docintel.cli.keeping import reread as read_anew
from docintel.cli.options import AsJson, LibraryFolder, open_library
from docintel.cli.screen import answer, counter, err, exit_if_failed
from docintel.errors import QueryError
from docintel.parse.file import DEFAULT_LIMITS

if TYPE_CHECKING:
    from docintel.library import Library

_REREAD = "docintel library reread"


@app.command()
def train(
    from_corrections: Annotated[
        bool,
        typer.Option("--from-corrections", help="从资料库中的订正学习。 Learn from the corrections of the library."),
    ] = False,
    reset: Annotated[bool, typer.Option("--reset", help="恢复随附的模型。 Go back to the shipped model.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只看效果，不切换。 Show the figures and change nothing.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="没有变好的也采用。 Take what does not get better, too.")
    ] = False,
    reread: Annotated[
        bool, typer.Option("--reread", help="随后用新模型重读全部文档。 Read all documents anew by the new model.")
    ] = False,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """从订正中学习哪些话是问题、哪些是措施及其类别；在留出的文档上更好才切换。 Learn from what people corrected.

    每项判断分别学习，在没有参与学习的订正文档上比较前后；变好的才采用。
    Each question is learned by itself and tried on corrected documents that were held back; only what gets better is
    taken. Documents read before stay as they are until `docintel library reread`.
    """
    if from_corrections == reset:
        raise QueryError(
            "请指定 --from-corrections 或 --reset。 Say --from-corrections or --reset.",
            hint="docintel train --from-corrections --dry-run 只看效果，不切换。 only shows the figures.",
        )
    with open_library(library) as opened:
        if reset:
            was_there = opened.untrain()
            changed = was_there
            told = (
                "已恢复随附的模型。 Back to the shipped model." if was_there else "用的就是随附的模型。 It is in use."
            )
            err.print(told)
        else:
            with counter("学习 Learning", None) as count:
                training = opened.train(force=force, dry_run=dry_run, progress=lambda _: count())
            changed = bool(training.adopted) and not dry_run
            figures = training.figures() | {"switched": changed}
            answer([figures], as_json, lambda: views.training_view(figures, dry_run=dry_run))
        _renew(opened, reread=reread and changed)


def _renew(library: "Library", *, reread: bool) -> None:
    """Read the documents anew, or say that they are to be."""
    if reread:
        reports = read_anew(library, DEFAULT_LIMITS)
        err.print(views.reports_view(reports))
        exit_if_failed(reports)
    elif outdated := library.outdated():
        err.print(
            Text(
                f"{outdated} 份文档由其他版本或模型读取，请重读。 {outdated} documents were read by another version or"
                f" model. Run: {_REREAD}",
                style="yellow",
            )
        )
