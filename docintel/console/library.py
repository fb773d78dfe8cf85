"""Views of a library: what became of files, its documents and works, how much is in it.

In: reports and rows of the library's lists. Out: rich renderables.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from docintel.console.hits import KIND_NAMES
from docintel.console.words import SHORT, WRAP, label, table
from docintel.schema import RECORD_NAMES, DocType, FileReport, Filters, IngestStatus, ReadStatus, Watch

_OUTCOMES = {
    IngestStatus.ADDED: "新增",
    IngestStatus.UPDATED: "更新",
    IngestStatus.UNCHANGED: "未变",
    IngestStatus.FAILED: "失败",
}
#: Files of a kind that a terminal shows; the list of failed files and the documents themselves have the rest.
_MOST_TOLD = 50
_READINGS = (
    (ReadStatus.FAILED, "未能处理 Failed", "原因"),
    (ReadStatus.PARTIAL, "部分读取 Read in part", "缺少的内容"),
    (ReadStatus.FULL, "注意 Warnings", "说明"),
)


def reports_view(reports: Sequence[FileReport]) -> RenderableType:
    """What became of the files: counts, then failures, files read in part, warnings, and what is new to watches."""
    counts = {outcome: sum(1 for each in reports if each.status is outcome) for outcome in IngestStatus}
    partial = sum(each.read is ReadStatus.PARTIAL for each in reports)
    line = "，".join(f"{_OUTCOMES[outcome]} {count}" for outcome, count in counts.items() if count)
    line += f"（其中部分读取 {partial}）" if partial else ""
    parts: list[RenderableType] = [Text(f"{len(reports)} 个文件：{line or '无'}", style="bold")]
    for read, title, reason in _READINGS:
        told = [(each.path, each.message) for each in reports if each.message and each.read is read]
        if told:
            parts.append(table(title, [("文件", WRAP), (reason, WRAP)], told[:_MOST_TOLD]))
        if len(told) > _MOST_TOLD:
            parts.append(Text(f"……另有 {len(told) - _MOST_TOLD} 个。 and {len(told) - _MOST_TOLD} more."))
    found = Counter(name for each in reports for name in each.watches)
    if found:
        names = "、".join(f"{name}（{count}）" for name, count in found.items())
        line = f"{found.total()} 条新命中：{names}。 New matches of watches: docintel watch new"
        parts.append(Text(line, style="bold green"))
    return Group(*parts)


def documents_table(rows: Sequence[dict[str, Any]]) -> Table:
    """The documents of the library; one that was read in part, and one that others republish, is marked."""
    columns = [("编号", SHORT), ("标题", WRAP), ("文种", SHORT), ("发布", SHORT), ("文件", WRAP), ("备注", WRAP)]
    cells = (
        (r["id"][:12], r["title"], label(r["doc_type"], DocType), r["published"], r["source"], _remark(r)) for r in rows
    )
    return table(f"文档 Documents（{len(rows)}）", columns, cells)


def _remark(row: dict[str, Any]) -> str:
    remarks = ["部分读取" if row["status"] == ReadStatus.PARTIAL else ""]
    if row["sources"] > 1:
        remarks.append(f"同文 {row['sources']} 处" if row["work"] == row["id"] else f"同文，见 {row['work'][:12]}")
    return "；".join(filter(None, remarks))


def thesaurus_table(rows: Sequence[dict[str, Any]]) -> Table:
    """Words, each with those that it finds; the library's own are marked."""
    cells = (
        (row["word"], "、".join(f"{other}*" if other in row["own"] else other for other in row["finds"]))
        for row in rows
    )
    title = f"词表 Thesaurus（{len(rows)}），* 为本库所加 * the library's own"
    return table(title, [("词", SHORT), ("也找", WRAP)], cells)


def watches_table(watches: Sequence[Watch]) -> Table:
    """The watches, each with how many documents are new to it."""
    columns = [("名称", WRAP), ("检索", WRAP), ("找", SHORT), ("筛选", WRAP), ("新命中", SHORT), ("关注于", SHORT)]
    rows = (
        (each.name, each.query, KIND_NAMES[each.kind], _asked(each.filters), str(each.new), each.created[:10])
        for each in watches
    )
    return table(f"关注 Watches（{len(watches)}）", columns, rows)


def _asked(filters: Filters) -> str:
    given = ((name, value) for name, value in asdict(filters).items() if value)
    return "；".join(f"{name}={value if isinstance(value, str) else ', '.join(value)}" for name, value in given)


def works_table(works: Sequence[dict[str, Any]]) -> Table:
    """Works that several documents republish, the leading one, whose records count, first."""
    columns = [("标题", WRAP), ("发布", SHORT), ("来源机构", WRAP), ("文件", WRAP), ("编号", SHORT)]
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
    "index": "索引所在",
    "encoder": "编码模型",
    "indexed": "已索引",
    "index_is_current": "索引与目录一致",
    "outdated": "由其他版本读取的文档",
    "model": "判断问题和举措的模型",
} | RECORD_NAMES

_MODELS = {"shipped": "随附", "own": "学自本库的订正", "stale": "随附（docintel 已更新，请重新 docintel train）"}


def info_table(info: dict[str, Any]) -> Table:
    """How much is in the library."""
    rows = ((_INFO_NAMES.get(key, key), _told(value)) for key, value in info.items())
    return table("资料库 Library", [("项目", {}), ("", WRAP)], rows)


def _told(value: Any) -> Any:
    """A truth or a model in words; a count of 0 or 1 is none."""
    return ("是" if value else "否") if isinstance(value, bool) else _MODELS.get(value, value)
