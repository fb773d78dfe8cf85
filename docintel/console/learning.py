"""Views of what was learned, and of how well documents are read.

In: figures as dictionaries. Out: rich tables.
"""

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from docintel.console.words import RIGHT, SHORT, WRAP, table
from docintel.schema import FIELD_NAMES, RECORD_NAMES

_QUESTIONS = {
    "issues": "问题",
    "measures": "措施",
    "issues.category": "问题的类别",
    "issues.modality": "问题的性质",
    "measures.category": "措施的类别",
    "measures.status": "措施的状态",
}


def training_view(figures: dict[str, Any], *, dry_run: bool) -> RenderableType:
    """Each question before and after, and whether the new answers are taken."""
    columns = [("判断", SHORT), ("文档", RIGHT), ("记录", RIGHT), ("原模型", RIGHT), ("新模型", RIGHT)]
    columns += [("变化", RIGHT), ("采用", SHORT)]
    title = (
        f"从 {figures['documents']} 份文档的 {figures['corrections']} 条订正中学习（通读审定 {figures['reviewed']} 份）"
        f"，用时 {figures['seconds']:.0f} 秒\n"
        f"Learned from {figures['corrections']} corrections. Figures are of documents held back:"
        " P / R / F1, or the share of right labels."
    )
    rows = (
        (
            _QUESTIONS[each["question"]],
            each["documents"],
            each["before"]["gold"],
            _figure(each["question"], each["before"]),
            _figure(each["question"], each["after"]),
            f"{each['after']['f1'] - each['before']['f1']:+.3f}",
            "是" if each["adopted"] else "否",
        )
        for each in figures["figures"]
    )
    return Group(table(title, columns, rows), Text(_end(figures, dry_run=dry_run)))


def _figure(question: str, score: dict[str, Any]) -> str:
    if "." in question:
        return f"{score['f1']:.3f}"
    return f"{score['precision']:.3f} / {score['recall']:.3f} / {score['f1']:.3f}"


def _end(figures: dict[str, Any], *, dry_run: bool) -> str:
    if not figures["adopted"]:
        return "没有一项变好，模型不变。 Nothing got better: the model stays as it was."
    if dry_run:
        return "只是试算，没有切换。 Only tried: nothing was changed."
    return "已采用变好的判断；今后由新模型读取。 The library reads by the new model from now on."


def scores_view(rows: Sequence[dict[str, Any]], title: str) -> Table:
    """How well records are found, type by type, and how many fields of those found are right."""
    columns = [("类别", SHORT), ("应有", RIGHT), ("读出", RIGHT), ("准确", RIGHT), ("召回", RIGHT), ("F1", RIGHT)]
    return table(
        title,
        [*columns, ("字段正确率", WRAP)],
        (
            (
                RECORD_NAMES[row["records"]],
                row["gold"],
                row["found"],
                *(f"{row[name]:.3f}" for name in ("precision", "recall", "f1")),
                "，".join(
                    f"{FIELD_NAMES.get(name, name)} {each['accuracy']:.2f}" for name, each in row["fields"].items()
                ),
            )
            for row in rows
        ),
    )
