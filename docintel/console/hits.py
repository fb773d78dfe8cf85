"""Views of what was found: hits of a search.

In: hits. Out: rich renderables.
"""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from docintel.console.words import hanging, label
from docintel.schema import Hit, HitKind, IssueCategory, MeasureCategory, Status

KIND_NAMES = {
    HitKind.PASSAGE: "段落",
    HitKind.ISSUE: "问题",
    HitKind.MEASURE: "措施",
    HitKind.CASE: "案件",
    HitKind.DOCUMENT: "文档",
}


def hits_view(hits: Sequence[Hit], query: str) -> RenderableType:
    """Hits with their quotes, the words of the query marked."""
    if not hits:
        return Text(
            "没有找到。换个说法，或去掉筛选条件再试。 Nothing found: try other words or fewer filters.", style="yellow"
        )
    return Group(*(_hit(rank, hit, query) for rank, hit in enumerate(hits, start=1)))


def _hit(rank: int, hit: Hit, query: str) -> RenderableType:
    quote = Text(hit.quote.replace("\n", " "))
    for word in sorted({word for word in query.split() if len(word) > 1}, key=len, reverse=True):
        quote.highlight_words([word], "bold red")
    also = [Text(f"另见 also in: {'、'.join(hit.sources)}", style="dim")] if hit.sources else []
    return hanging(f"{rank}.", Text(hit.title or hit.source, style="bold"), quote, provenance(hit), *also, Text())


def provenance(hit: Hit) -> Text:
    """What a hit is and where it is from, in one line."""
    parts = [
        KIND_NAMES[hit.kind],
        label(hit.category, IssueCategory if hit.kind is HitKind.ISSUE else MeasureCategory),
        label(hit.status, Status),
        hit.source,
        hit.publisher or "",
        hit.published or "",
        hit.region or "",
        f"第 {hit.page} 页" if hit.page else "",
        hit.document[:12],
    ]
    return Text(" · ".join(part for part in parts if part), style="dim")
