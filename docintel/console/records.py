"""Views of one document: its records in tables, and its text with the records marked.

In: extractions. Out: rich renderables.
"""

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from docintel.console.words import RIGHT, SHORT, WRAP, figure, label, number, period, table
from docintel.schema import (
    ACTION_NAMES,
    CORRECTION_RULE,
    RECORD_NAMES,
    BlockKind,
    CorrectionAction,
    Extraction,
    Record,
)

#: How a record that a person corrected is marked beside its number.
_MARKS = {
    CorrectionAction.CHANGE: "✎",
    CorrectionAction.ADD: "＋",
    CorrectionAction.ACCEPT: "✓",
    CorrectionAction.REVIEW: "✓",
}
_HIGHLIGHTS = {"issues": "red", "measures": "green", "statistics": "bold cyan"}


def extraction_view(extraction: Extraction, kinds: Sequence[str]) -> RenderableType:
    """A document's head and its records, a table a type."""
    parts: list[RenderableType] = [document_head(extraction), Text()]
    for kind in kinds:
        records = extraction.records(kind)
        if records:
            parts.append(_RECORD_TABLES[kind](extraction))
        else:
            parts.append(Text(f"{RECORD_NAMES[kind]} {kind}：无", style="dim"))
    if marks := dict.fromkeys(mark for kind in kinds for record in extraction.records(kind) if (mark := _mark(record))):
        names = {mark: ACTION_NAMES[action] for action, mark in reversed(_MARKS.items())}
        told = "　".join(f"{mark} {names[mark]}" for mark in marks)
        parts.append(Text(f"经人订正 Corrected by people：{told}", style="dim"))
    return Group(*parts)


def _mark(record: Record) -> str:
    """The mark of a record that a person corrected; empty for any other."""
    actions = {ground.rule.partition("/")[2] for ground in record.grounds if ground.rule.startswith(CORRECTION_RULE)}
    return next((mark for action, mark in _MARKS.items() if action in actions), "")


def document_head(extraction: Extraction) -> Text:
    """Title, type, publisher, date and place of a document."""
    document = extraction.document
    details = [
        label(extraction.doc_type),
        document.secrecy or "",
        document.number or "",
        document.publisher or "",
        document.published or "",
        extraction.region or "",
        document.source,
        document.id[:12],
    ]
    head = Text.assemble((document.title or document.source, "bold"), "\n")
    head.append(" · ".join(part for part in details if part), style="dim")
    for name, sentences, style in (("缺少", document.missing, "red"), ("注意", document.warnings, "yellow")):
        for sentence in sentences:
            head.append(f"\n{name}：{sentence}", style=style)
    return head


def _records(kind: str, columns: Sequence[tuple[str, dict[str, Any]]], row: Any) -> Any:
    def build(extraction: Extraction) -> Table:
        records: Sequence[Record] = extraction.records(kind)
        title = f"{RECORD_NAMES[kind]} {kind}（{len(records)}）"
        numbered = ((f"{_mark(record)} {i}".strip(), *row(record)) for i, record in enumerate(records))
        return table(title, [("#", RIGHT), *columns], numbered)

    return build


_RECORD_TABLES: dict[str, Any] = {
    "statistics": _records(
        "statistics",
        [("指标", SHORT), ("数值", RIGHT), ("责任单位", WRAP), ("时期", WRAP), ("原文", WRAP)],
        lambda r: (
            label(r.metric),
            figure(r.value, r.unit_of_measure, approximate=r.approximate),
            r.unit,
            period(r.period),
            r.evidence.quote,
        ),
    ),
    "units": _records(
        "units",
        [("规范名称", WRAP), ("类别", SHORT), ("文中称谓", WRAP), ("次数", RIGHT)],
        lambda r: (r.canonical, label(r.kind), r.name, len(r.mentions)),
    ),
    "persons": _records(
        "persons", [("姓名", SHORT), ("职务", WRAP), ("单位", WRAP)], lambda r: (r.name, r.position, r.unit)
    ),
    "cases": _records(
        "cases",
        [("人员", WRAP), ("行为", WRAP), ("处理", WRAP), ("金额（元）", RIGHT)],
        lambda r: (
            "、".join(r.persons) or "（未列名）",
            "；".join(act.quote for act in r.violations),
            "；".join(r.sanctions),
            "\n".join(map(number, r.amounts)),
        ),
    ),
    "issues": _records(
        "issues",
        [("类别", SHORT), ("状态", SHORT), ("原文", WRAP)],
        lambda r: (label(r.category), label(r.modality), r.evidence.quote),
    ),
    "measures": _records(
        "measures",
        [
            ("类别", SHORT),
            ("状态", SHORT),
            ("原文", WRAP),
            ("责任单位", WRAP),
            ("时限", WRAP),
            ("对应问题", SHORT),
        ],
        lambda r: (
            label(r.category),
            label(r.status),
            r.evidence.quote,
            "、".join(r.units),
            r.deadline,
            " ".join(f"#{i}" for i in r.addresses),
        ),
    ),
    "references": _records(
        "references",
        [("类别", SHORT), ("规范写法", WRAP), ("原文", WRAP)],
        lambda r: (label(r.kind), r.canonical, r.evidence.quote),
    ),
    "checks": _records(
        "checks",
        [("核对", SHORT), ("结论", SHORT), ("文中", RIGHT), ("推算", RIGHT), ("原文", WRAP), ("依据", WRAP)],
        lambda r: (
            label(r.relation),
            "一致" if r.holds else "矛盾",
            number(r.stated),
            number(r.computed),
            r.evidence.quote,
            "；".join(quote.quote for quote in r.against),
        ),
    ),
}


def text_view(extraction: Extraction) -> Text:
    """The document's text with issues in red, measures in green and statistics in cyan."""
    document = extraction.document
    text = Text(document.text)
    for block in document.blocks:
        if block.kind in (BlockKind.FURNITURE, BlockKind.BYLINE):
            text.stylize("dim", block.start, block.end)
        elif block.kind in (BlockKind.TITLE, BlockKind.HEADING):
            text.stylize("bold", block.start, block.end)
    for kind, style in _HIGHLIGHTS.items():
        for record in extraction.records(kind):
            text.stylize(style, record.evidence.start, record.evidence.end)
    return text
