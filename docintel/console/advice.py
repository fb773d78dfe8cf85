"""Views of what others did: advice on a problem with its proof, and documents like another with what matches.

In: advice and similar documents. Out: rich renderables.
"""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from docintel.console.hits import KIND_NAMES, provenance
from docintel.console.words import hanging, label
from docintel.schema import (
    Advice,
    Effect,
    Hit,
    Match,
    MeasureCategory,
    Precedent,
    Similar,
    Status,
    Suggestion,
    Verdict,
    chinese_name,
)

_CASES = 3  # comparable cases shown
_PRECEDENTS = 3


def advice_view(advised: Sequence[Advice], *, asked: bool = False) -> RenderableType:
    """Comparable cases and the measures taken there, by kind, each with its support and the quotes that prove it.

    Args:
        asked: the problem is in front of whoever asked, and not repeated.
    """
    return Group(*(part for advice in advised for part in _advice(advice, asked=asked)))


def no_case(advice: Advice) -> str:
    """Why there is no suggestion, and what comes nearest."""
    nearest = advice.nearest
    if advice.failure:
        return advice.failure
    if advice.cases:
        told = "有可比案例，但其中没有可以照办的措施。 Comparable cases, but no action to take over."
    else:
        told = "资料库中没有可比的案例。 No comparable case in this library."
    if nearest is None:
        return told
    return f"{told}\n最接近的是 The nearest: “{_line(nearest.quote)}”（{nearest.score:.0%}，{nearest.source}）"


def _advice(advice: Advice, *, asked: bool) -> Iterator[RenderableType]:
    if not asked:
        yield Text(f"问题：{_line(advice.problem)}", style="bold red")
    if not advice.suggestions:
        yield Text(no_case(advice), style="yellow")
    if advice.cases:
        yield Text("可比案例 Comparable cases", style="bold")
        yield from (_case(hit) for hit in advice.cases[:_CASES])
        yield Text()
    for category, members in _by_category(advice.suggestions):
        yield Text(f"【{label(category, MeasureCategory)}】", style="bold")
        yield from map(_suggestion, members)


def _by_category(suggestions: Sequence[Suggestion]) -> Iterator[tuple[str, list[Suggestion]]]:
    """Suggestions by category; categories in the order of their first."""
    groups: dict[str, list[Suggestion]] = {}
    for suggestion in suggestions:
        groups.setdefault(suggestion.category, []).append(suggestion)
    yield from groups.items()


def _case(hit: Hit) -> RenderableType:
    where = " · ".join(filter(None, (hit.title, hit.published, hit.source)))
    quote = Text.assemble(_line(hit.quote), (f"（相似度 {hit.score:.0%}）", "dim"))
    return hanging(" –", quote, Text(where, style="dim"), style="dim")


def _suggestion(suggestion: Suggestion) -> RenderableType:
    works = f"{suggestion.support} 份文档采用" if suggestion.support > 1 else ""
    told = "，".join(filter(None, (label(suggestion.status, Status), works)))
    precedents = [
        hanging("–", *_precedent(each, suggestion.text), style="dim") for each in suggestion.precedents[:_PRECEDENTS]
    ]
    return hanging(" ●", Text(_line(suggestion.text), style="bold"), Text(told, style="green"), *precedents, Text(),
                   style="green")  # fmt: skip


def _precedent(precedent: Precedent, shown: str) -> Iterator[Text]:
    hit = precedent.measure
    if precedent.issue:
        alike = f"（相似度 {precedent.similarity:.0%}）" if precedent.similarity else ""
        yield Text(f"针对“{_line(precedent.issue)}”{alike}", style="red")
    if hit.quote != shown:
        yield Text(f"原文“{_line(hit.quote)}”")
    yield from map(_effect, precedent.effects[:2])
    where = ("、".join(precedent.units), hit.title, hit.published, hit.source, f"第 {hit.page} 页" if hit.page else "",
             hit.document[:12])  # fmt: skip
    yield Text(" · ".join(filter(None, where)), style="dim")


def _effect(effect: Effect) -> Text:
    style = {Verdict.WORKED: "green", Verdict.PARTLY: "yellow", Verdict.FAILED: "red"}[effect.verdict]
    return Text(f"成效 {chinese_name(effect.verdict)}“{_line(effect.quote.quote)}”", style=style)


def similar_view(found: Sequence[Similar]) -> RenderableType:
    """Documents with the passage most like the one that was asked about, and the records that match."""
    if not found:
        return Text("没有相似的文档。 No document is like it.", style="yellow")
    return Group(*(_similar(rank, each) for rank, each in enumerate(found, start=1)))


def _similar(rank: int, found: Similar) -> RenderableType:
    also = [Text(f"另见 also in: {'、'.join(found.sources)}", style="dim")] if found.sources else []
    title = Text(found.title or found.source, style="bold")
    matches = [line for match in found.matches for line in _match(match)]
    passage = [] if matches else [Text(_line(found.quote))]
    return hanging(f"{rank}.", title, provenance(found), *also, *passage, *matches, Text())


def _match(match: Match) -> Iterator[RenderableType]:
    what = f"·{match.what}" if match.what else ""
    yield Text(f"{KIND_NAMES[match.kind]}{what}（{match.similarity:.0%}）", style="green")
    yield hanging("  本文", Text(_line(match.quote)), style="dim")
    yield hanging("  对方", Text(_line(match.other.quote)), style="dim")


def _line(text: str) -> str:
    return text.replace("\n", " ")
