"""Views of what was found: hits of a search, and suggested measures with their proof.

In: hits and suggestions. Out: rich renderables.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from docintel.console.words import hanging, label
from docintel.schema import Hit, HitKind, IssueCategory, MeasureCategory, Precedent, Status, Suggestion

_KIND_NAMES = {
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
    return hanging(f"{rank}.", Text(hit.title or hit.source, style="bold"), quote, _provenance(hit), *also, Text())


def _provenance(hit: Hit) -> Text:
    parts = [
        _KIND_NAMES[hit.kind],
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


def suggestions_view(suggestions: Sequence[Suggestion], sources: int = 3) -> RenderableType:
    """Suggested measures grouped by kind, each with its support and the quotes that prove it."""
    if not suggestions:
        return Text("资料库中没有可比的案例。 No comparable case in this library.", style="yellow")
    parts: list[RenderableType] = []
    for question, asked in _grouped(suggestions, lambda each: each.question):
        if question:
            parts.append(Text(f"问题：{question}", style="bold red"))
        for category, members in _grouped(asked, lambda each: each.category):
            parts.append(Text(f"【{label(category, MeasureCategory)}】", style="bold"))
            parts += [_suggestion(each, sources) for each in members]
    return Group(*parts)


def _grouped(items: Sequence[Suggestion], key: Any) -> Iterator[tuple[str, list[Suggestion]]]:
    """Items by key; keys in the order of their first item."""
    groups: dict[str, list[Suggestion]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    yield from groups.items()


def _suggestion(suggestion: Suggestion, sources: int) -> RenderableType:
    support = Text(f"{label(suggestion.status, Status)}，{suggestion.support} 份文档采用", style="green")
    precedents = [hanging("–", *_precedent(each), style="dim") for each in suggestion.precedents[:sources]]
    return hanging(" ●", Text(suggestion.text, style="bold"), support, *precedents, Text(), style="green")


def _precedent(precedent: Precedent) -> Iterator[Text]:
    hit = precedent.measure
    if precedent.issue:
        alike = f"（相似度 {precedent.similarity:.0%}）" if precedent.similarity else ""
        yield Text(f"针对“{precedent.issue}”{alike}", style="red")
    yield Text(f"原文“{hit.quote}”")
    where = ["、".join(precedent.units), hit.title, hit.published, hit.source, hit.document[:12]]
    yield Text(" · ".join(filter(None, where)), style="dim")
