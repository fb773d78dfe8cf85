"""Commands that keep watch: `watch …`."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from docintel import console as views
from docintel.cli.app import app
from docintel.cli.options import (
    AsJson,
    Category,
    DocTypeFilter,
    Figures,
    Kind,
    LibraryFolder,
    Publisher,
    Reference,
    Region,
    Sanction,
    Since,
    UnitFilter,
    Until,
    open_library,
)
from docintel.cli.screen import answer, out, print_json
from docintel.cli.searching import SYNTAX_HELP, tell_notes
from docintel.schema import Filters, HitKind

if TYPE_CHECKING:
    from docintel.library.watching import News

watch_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="关注：保存检索，入库时报告新命中的文档。 Watches: searches that tell which new documents match.",
)
app.add_typer(watch_app, name="watch")

Name = Annotated[str, typer.Argument(help="关注的名称。 Name of the watch.", show_default=False)]


@watch_app.command("add", epilog=SYNTAX_HELP)
def watch_add(
    name: Name,
    query: Annotated[str, typer.Argument(help="检索，写法同 docintel search。 A search.", show_default=False)],
    kind: Kind = HitKind.PASSAGE,
    doc_type: DocTypeFilter = None,
    category: Category = None,
    region: Region = None,
    unit: UnitFilter = None,
    publisher: Publisher = None,
    reference: Reference = None,
    sanction: Sanction = None,
    figures: Figures = None,
    since: Since = None,
    until: Until = None,
    library: LibraryFolder = None,
) -> None:
    """关注一个检索；已入库的不算新，同名的被替换。 Watch a search from now on; one of the same name is replaced."""
    filters = Filters(
        doc_type=doc_type,
        category=category,
        region=region,
        unit=unit,
        publisher=publisher,
        reference=reference,
        sanction=sanction,
        figures=tuple(figures or ()),
        since=since,
        until=until,
    )
    with open_library(library) as opened:
        tell_notes(opened.understood(query))
        watch = opened.watch(name, query, kind=kind, filters=filters)
    out.print(Text(f"已关注 {watch.name}。 Watching."))


@watch_app.command("list")
def watch_list(library: LibraryFolder = None, as_json: AsJson = False) -> None:
    """列出关注和各自的新命中数。 List the watches, each with how many documents are new."""
    with open_library(library) as opened:
        watches = opened.watches()
    answer([asdict(each) for each in watches], as_json, lambda: views.watches_table(watches))


@watch_app.command("remove")
def watch_remove(name: Name, library: LibraryFolder = None) -> None:
    """不再关注。 Forget a watch."""
    with open_library(library) as opened:
        opened.unwatch(name)
    out.print(Text(f"已取消 {name}。 Removed."))


@watch_app.command("new")
def watch_new(
    name: Annotated[str | None, typer.Argument(help="只看这一项。 Only this watch.", show_default=False)] = None,
    keep: Annotated[bool, typer.Option("--keep", help="看过仍算新。 Leave them new.")] = False,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """看新命中的文档，每份一条；看过就不再算新。 Show the new documents that match, each once."""
    with open_library(library) as opened:
        news = [each for each in opened.news(name) if each.hits]
        if as_json:
            print_json([row for each in news for row in _rows(each)])
        elif not news:
            out.print("没有新命中。 Nothing new.")
        for each in [] if as_json else news:
            reasons = opened.reasons(each.watch.query, each.hits)
            out.print(Text(f"{each.watch.name}　{len(each.hits)} 条新命中", style="bold green"))
            out.print(views.hits_view(each.hits, reasons))
        if not keep:
            opened.mark_seen(news)


def _rows(news: "News") -> Iterator[dict[str, Any]]:
    yield from ({"watch": news.watch.name} | asdict(hit) for hit in news.hits)
