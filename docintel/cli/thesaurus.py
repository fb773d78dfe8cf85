"""Commands on the words that find each other: `library thesaurus …`."""

from typing import Annotated

import typer
from rich.text import Text

from docintel import console as views
from docintel.cli.app import library_app
from docintel.cli.options import AsJson, LibraryFolder, open_library
from docintel.cli.screen import answer, out

thesaurus_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="词表：检索一个词时也找的近义词；随附的之外，可加本库自己的。"
    " Words that are looked for with others: those that ship, and the library's own.",
)
library_app.add_typer(thesaurus_app, name="thesaurus")


@thesaurus_app.command("show")
def thesaurus_show(
    word: Annotated[str | None, typer.Argument(help="只看这个词。 Only this word.", show_default=False)] = None,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """列出词和它的近义词。 List words, each with those that are looked for with it."""
    with open_library(library) as opened:
        rows = opened.thesaurus.rows(word)
    answer(rows, as_json, lambda: views.thesaurus_table(rows))


@thesaurus_app.command("add")
def thesaurus_add(
    words: Annotated[list[str], typer.Argument(help="两个或更多的词。 Two words or more.", show_default=False)],
    one_way: Annotated[
        bool, typer.Option("--one-way", help="只由第一个词找其余的。 The first finds the others, not they it.")
    ] = False,
    library: LibraryFolder = None,
) -> None:
    """让几个词互相找到。 Let words find each other."""
    with open_library(library) as opened:
        opened.check_writable()
        opened.thesaurus.add(words, one_way=one_way)
        out.print(Text(f"已记入 {opened.thesaurus.path}。 Noted."))


@thesaurus_app.command("remove")
def thesaurus_remove(
    word: Annotated[str, typer.Argument(help="一个词。 A word.", show_default=False)],
    other: Annotated[str, typer.Argument(help="另一个词。 The other.", show_default=False)],
    library: LibraryFolder = None,
) -> None:
    """让两个词不再互相找到，随附的也可。 Let two words find each other no more, whoever says that they do."""
    with open_library(library) as opened:
        opened.check_writable()
        opened.thesaurus.remove(word, other)
    out.print(Text(f"“{word}”与“{other}”不再相关。 They find each other no more."))
