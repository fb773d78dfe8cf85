"""Views of a library: what became of files, its documents and works, how much is in it.

In: reports and rows of the library's lists. Out: rich renderables.
"""

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from docintel.console.words import SHORT, WRAP, label, table
from docintel.schema import RECORD_NAMES, DocType, FileReport, IngestStatus, ReadStatus

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
            parts.append(table(title, [("文件", WRAP), (reason, WRAP)], told))
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
