"""What a person sees in the terminal: tables that fit, quotes that wrap, Chinese names for every label.

In: results of the library. Out: rich renderables. Text of documents goes in as `Text`, never as markup.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from docintel.schema import (
    BlockKind,
    DocType,
    Extraction,
    FileReport,
    Hit,
    HitKind,
    IngestStatus,
    IssueCategory,
    MeasureCategory,
    Metric,
    Modality,
    Precedent,
    ReadStatus,
    Record,
    ReferenceKind,
    Relation,
    Status,
    Suggestion,
    UnitKind,
    chinese_name,
)

_LABELS: dict[str, str] = {
    str(label): chinese_name(label)
    for vocabulary in (
        DocType,
        UnitKind,
        Metric,
        MeasureCategory,
        IssueCategory,
        Modality,
        Status,
        Relation,
        ReferenceKind,
    )
    for label in vocabulary
}
_OUTCOMES = {
    IngestStatus.ADDED: "新增",
    IngestStatus.UPDATED: "更新",
    IngestStatus.UNCHANGED: "未变",
    IngestStatus.FAILED: "失败",
}
_READINGS = (
    (ReadStatus.FAILED, "未能处理 Failed", "原因"),
    (ReadStatus.PARTIAL, "部分读取 Read in part", "缺少的内容"),
    (ReadStatus.FULL, "注意 Warnings", "说明"),
)
_KIND_NAMES = {
    HitKind.PASSAGE: "段落",
    HitKind.ISSUE: "问题",
    HitKind.MEASURE: "措施",
    HitKind.CASE: "案件",
    HitKind.DOCUMENT: "文档",
}
_RECORD_NAMES = {
    "statistics": "统计数据",
    "units": "责任单位",
    "persons": "人员",
    "cases": "案件",
    "issues": "问题",
    "measures": "措施",
    "references": "文号法规",
    "checks": "数据核对",
}
_HIGHLIGHTS = {"issues": "red", "measures": "green", "statistics": "bold cyan"}


def label(value: Any, kind: type | None = None) -> str:
    """The Chinese name of a label; the value itself when it is none.

    Args:
        kind: the vocabulary, for a value that stands in several (`rules`).
    """
    if value is None:
        return ""
    return chinese_name(kind(value)) if kind else _LABELS.get(str(value), str(value))


def number(value: Any) -> str:
    """A figure as people write it: `53`, `1,911,600`, `85.8`; `X` for a masked one."""
    if value is None:
        return "X"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}".rstrip("0")


def table(title: str, columns: Sequence[tuple[str, dict[str, Any]]], rows: Iterable[Sequence[Any]]) -> Table:
    """A table whose cells are plain text, with Chinese headings."""
    out = Table(
        title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, expand=False, pad_edge=False
    )
    for heading, options in columns:
        out.add_column(heading, **options)
    for row in rows:
        out.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    return out


_WRAP: dict[str, Any] = {"overflow": "fold"}
_SHORT: dict[str, Any] = {"no_wrap": True}
_RIGHT: dict[str, Any] = {"justify": "right", "no_wrap": True}


def statistics_table(rows: Sequence[dict[str, Any]], title: str) -> Table:
    """Statistics, one a row, the file's name under the quote."""
    columns = [("指标", _SHORT), ("数值", _RIGHT), ("责任单位", _WRAP), ("时期", _WRAP), ("原文与来源", _WRAP)]
    return table(
        title,
        columns,
        (
            (
                label(row["metric"], Metric),
                figure(row["value"], row["unit_of_measure"], approximate=row["approximate"]),
                row["unit"],
                _period(row["period"]),
                f"{row['quote']}\n{row['source']}",
            )
            for row in rows
        ),
    )


def figure(value: float | None, unit_of_measure: str, *, approximate: bool) -> str:
    """A figure with its measure word: `53 个`, `≈20 项`, `X 家`."""
    return f"{'≈' if approximate else ''}{number(value)} {unit_of_measure}"


def _period(iso: str | None) -> str:
    return (iso or "").replace("/", " 至 ")


def rectification_table(rows: Sequence[dict[str, Any]]) -> Table:
    """Problems found against problems rectified, by unit."""
    columns = [
        ("责任单位", _WRAP),
        ("发现", _RIGHT),
        ("已整改", _RIGHT),
        ("未整改", _RIGHT),
        ("整改率", _RIGHT),
        ("来源", _WRAP),
    ]
    return table(
        "发现与整改 Found and rectified",
        columns,
        (
            (
                row["unit"] if isinstance(row["unit"], str) else "（未载明）",
                number(row["found"]),
                number(row["rectified"]),
                number(row["pending"]),
                f"{row['rectified'] / row['found']:.0%}" if row["found"] else "",
                row["source"],
            )
            for row in rows
        ),
    )


def totals_table(rows: Sequence[dict[str, Any]], by: Sequence[str]) -> Table:
    """Sums of figures by group."""
    names = {"metric": "指标", "unit": "责任单位", "region": "地区", "period": "时期", "doc_type": "文种"}
    names |= {"title": "标题", "source": "来源", "unit_of_measure": "量词"}
    keys = [*dict.fromkeys(["metric", *by])]
    columns = [(names[key], _WRAP) for key in keys] + [("合计", _RIGHT), ("量词", _SHORT), ("条数", _RIGHT)]
    return table(
        "统计汇总 Totals",
        columns,
        (
            [
                *(label(row[key]) if isinstance(row[key], str) else "" for key in keys),
                number(row["total"]),
                row["unit_of_measure"],
                row["figures"],
            ]
            for row in rows
        ),
    )


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
    return _hanging(f"{rank}.", Text(hit.title or hit.source, style="bold"), quote, _provenance(hit), *also, Text())


def _hanging(mark: str, *lines: RenderableType, style: str = "bold") -> Table:
    """Lines beside a mark, indented behind it: rich would break a long line without spaces before its first word."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style=style, no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(mark, Group(*lines))
    return grid


def _provenance(hit: Hit) -> Text:
    parts = [
        _KIND_NAMES[hit.kind],
        label(hit.category) if hit.category else "",
        label(hit.status),
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
    precedents = [_hanging("–", *_precedent(each), style="dim") for each in suggestion.precedents[:sources]]
    return _hanging(" ●", Text(suggestion.text, style="bold"), support, *precedents, Text(), style="green")


def _precedent(precedent: Precedent) -> Iterator[Text]:
    hit = precedent.measure
    if precedent.issue:
        alike = f"（相似度 {precedent.similarity:.0%}）" if precedent.similarity else ""
        yield Text(f"针对“{precedent.issue}”{alike}", style="red")
    yield Text(f"原文“{hit.quote}”")
    where = ["、".join(precedent.units), hit.title, hit.published, hit.source, hit.document[:12]]
    yield Text(" · ".join(filter(None, where)), style="dim")


def extraction_view(extraction: Extraction, kinds: Sequence[str]) -> RenderableType:
    """A document's head and its records, a table a type."""
    parts: list[RenderableType] = [document_head(extraction), Text()]
    for kind in kinds:
        records = extraction.records(kind)
        if records:
            parts.append(_RECORD_TABLES[kind](extraction))
        else:
            parts.append(Text(f"{_RECORD_NAMES[kind]}：无", style="dim"))
    return Group(*parts)


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
        title = f"{_RECORD_NAMES[kind]}（{len(records)}）"
        return table(title, [("#", _RIGHT), *columns], ((i, *row(record)) for i, record in enumerate(records)))

    return build


_RECORD_TABLES: dict[str, Any] = {
    "statistics": _records(
        "statistics",
        [("指标", _SHORT), ("数值", _RIGHT), ("责任单位", _WRAP), ("时期", _WRAP), ("原文", _WRAP)],
        lambda r: (
            label(r.metric, Metric),
            figure(r.value, r.unit_of_measure, approximate=r.approximate),
            r.unit,
            _period(r.period),
            r.evidence.quote,
        ),
    ),
    "units": _records(
        "units",
        [("规范名称", _WRAP), ("类别", _SHORT), ("文中称谓", _WRAP), ("次数", _RIGHT)],
        lambda r: (r.canonical, label(r.kind, UnitKind), r.name, len(r.mentions)),
    ),
    "persons": _records(
        "persons", [("姓名", _SHORT), ("职务", _WRAP), ("单位", _WRAP)], lambda r: (r.name, r.position, r.unit)
    ),
    "cases": _records(
        "cases",
        [("人员", _WRAP), ("行为", _WRAP), ("处理", _WRAP), ("金额（元）", _RIGHT)],
        lambda r: (
            "、".join(r.persons) or "（未列名）",
            "；".join(act.quote for act in r.violations),
            "；".join(r.sanctions),
            "\n".join(map(number, r.amounts)),
        ),
    ),
    "issues": _records(
        "issues",
        [("类别", _SHORT), ("状态", _SHORT), ("原文", _WRAP)],
        lambda r: (label(r.category, IssueCategory), label(r.modality, Modality), r.evidence.quote),
    ),
    "measures": _records(
        "measures",
        [
            ("类别", _SHORT),
            ("状态", _SHORT),
            ("原文", _WRAP),
            ("责任单位", _WRAP),
            ("时限", _WRAP),
            ("对应问题", _SHORT),
        ],
        lambda r: (
            label(r.category, MeasureCategory),
            label(r.status, Status),
            r.evidence.quote,
            "、".join(r.units),
            r.deadline,
            " ".join(f"#{i}" for i in r.addresses),
        ),
    ),
    "references": _records(
        "references",
        [("类别", _SHORT), ("规范写法", _WRAP), ("原文", _WRAP)],
        lambda r: (label(r.kind, ReferenceKind), r.canonical, r.evidence.quote),
    ),
    "checks": _records(
        "checks",
        [("核对", _SHORT), ("结论", _SHORT), ("文中", _RIGHT), ("推算", _RIGHT), ("原文", _WRAP), ("依据", _WRAP)],
        lambda r: (
            label(r.relation, Relation),
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


def reports_view(reports: Sequence[FileReport]) -> RenderableType:
    """What became of the files: a line of counts, then every failure, every file read in part, and every warning."""
    counts = {outcome: sum(1 for each in reports if each.status is outcome) for outcome in IngestStatus}
    partial = sum(each.read is ReadStatus.PARTIAL for each in reports)
    line = "，".join(f"{_OUTCOMES[outcome]} {count}" for outcome, count in counts.items() if count)
    line += f"（其中部分读取 {partial}）" if partial else ""
    parts: list[RenderableType] = [Text(f"{len(reports)} 个文件：{line or '无'}", style="bold")]
    for read, title, reason in _READINGS:
        told = [(each.path, each.message) for each in reports if each.message and each.read is read]
        if told:
            parts.append(table(title, [("文件", _WRAP), (reason, _WRAP)], told))
    return Group(*parts)


def documents_table(rows: Sequence[dict[str, Any]]) -> Table:
    """The documents of the library; one that was read in part, and one that others republish, is marked."""
    columns = [("编号", _SHORT), ("标题", _WRAP), ("文种", _SHORT), ("发布", _SHORT), ("文件", _WRAP), ("备注", _WRAP)]
    cells = (
        (r["id"][:12], r["title"], label(r["doc_type"], DocType), r["published"], r["source"], _remark(r)) for r in rows
    )
    return table(f"文档 Documents（{len(rows)}）", columns, cells)


def _remark(row: dict[str, Any]) -> str:
    remarks = ["部分读取" if row["status"] == ReadStatus.PARTIAL else ""]
    if row["sources"] > 1:
        remarks.append(f"同文 {row['sources']} 处" if row["work"] == row["id"] else f"同文，见 {row['work'][:12]}")
    return "；".join(filter(None, remarks))


def works_table(works: Sequence[dict[str, Any]]) -> Table:
    """Works that several documents republish, the leading one, whose records count, first."""
    columns = [("标题", _WRAP), ("发布", _SHORT), ("来源机构", _WRAP), ("文件", _WRAP), ("编号", _SHORT)]
    rows = (
        (
            d["title"] if d["id"] == work["work"] else f"  ＝{d['title']}",
            d["published"],
            d["publisher"],
            d["source"],
            d["id"][:12],
        )
        for work in works
        for d in work["documents"]
    )
    return table(f"同文多处发布 Works with several sources（{len(works)}）", columns, rows)


_INFO_NAMES = {
    "documents": "文档",
    "passages": "索引段落（含问题、措施、案件）",
    "folder": "位置",
    "encoder": "编码模型",
    "indexed": "已索引",
    "index_is_current": "索引与目录一致",
} | _RECORD_NAMES


def info_table(info: dict[str, Any]) -> Table:
    """How much is in the library."""
    rows = ((_INFO_NAMES.get(key, key), {True: "是", False: "否"}.get(value, value)) for key, value in info.items())
    return table("资料库 Library", [("项目", {}), ("", _WRAP)], rows)
