"""Views of what was found: hits of a search, why they were found, and what they share.

In: hits, reasons, facets. Out: rich renderables.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import chain, repeat

from rich.console import Group, RenderableType
from rich.text import Text

from docintel.console.words import hanging, label
from docintel.schema import DocType, Hit, HitKind, IssueCategory, MeasureCategory, Reason, Status

KIND_NAMES = {
    HitKind.PASSAGE: "段落",
    HitKind.ISSUE: "问题",
    HitKind.MEASURE: "措施",
    HitKind.CASE: "案件",
    HitKind.DOCUMENT: "文档",
}
FACET_NAMES = {"doc_type": "文种", "category": "类别", "region": "地区", "unit": "单位", "year": "年份"}
_FACET_VALUES = 12


def hits_view(hits: Sequence[Hit], reasons: Sequence[Reason] = (), *, explained: bool = False) -> RenderableType:
    """Hits with their quotes, the words of the query marked.

    Args:
        reasons: why each was found, in their order; none where nothing is to be marked.
        explained: tell the reasons too.
    """
    if not hits:
        return Text(
            "没有找到。换个说法，或去掉引号和条件再试。"
            " Nothing found: try other words, without quotation marks or conditions.",
            style="yellow",
        )
    pairs = zip(hits, chain(reasons, repeat(Reason())), strict=False)
    return Group(*(_hit(rank, hit, reason, explained) for rank, (hit, reason) in enumerate(pairs, start=1)))


def _hit(rank: int, hit: Hit, reason: Reason, explained: bool) -> RenderableType:
    quote = Text(hit.quote.replace("\n", " "))
    for start, end in reason.spans:
        quote.stylize("bold red", start, end)
    also = [Text(f"另见 also in: {'、'.join(hit.sources)}", style="dim")] if hit.sources else []
    why = [_reason(reason)] if explained else []
    return hanging(f"{rank}.", Text(hit.title or hit.source, style="bold"), quote, provenance(hit), *also, *why, Text())


def _reason(reason: Reason) -> Text:
    """`词语 耗材、二级库；标题 整改；近义 红包→礼金；语义 0.71`."""
    parts = [
        f"词语 words {'、'.join(reason.words)}" if reason.words else "",
        f"标题 title {'、'.join(reason.title_words)}" if reason.title_words else "",
        f"近义 related {'、'.join(f'{word}→{other}' for word, other in reason.related)}" if reason.related else "",
        f"语义 meaning {reason.similarity:.0%}",
    ]
    return Text("；".join(part for part in parts if part), style="cyan")


def facets_view(facets: Mapping[str, Mapping[str, int]]) -> RenderableType:
    """How many hits have each value, a line a facet."""
    vocabularies = {"doc_type": (DocType,), "category": (IssueCategory, MeasureCategory)}
    lines = []
    for name, counts in facets.items():
        shown = list(counts.items())[:_FACET_VALUES]
        values = "  ".join(f"{_named(value, vocabularies.get(name, ()))} {count}" for value, count in shown)
        if counts:
            rest = len(counts) - len(shown)
            lines.append(hanging(FACET_NAMES[name], Text(values + (f"  另有 {rest} 个 {rest} more" if rest else ""))))
    return Group(*lines)


def _named(value: str, vocabularies: Sequence[type[StrEnum]]) -> str:
    names = [label(value, each) for each in vocabularies if value in set(map(str, each))]
    return "／".join(dict.fromkeys(names)) or value


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
