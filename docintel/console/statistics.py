"""Views of statistics: one by one, totalled, and proof-read.

In: rows of the library's tables. Out: rich tables.
"""

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from docintel.console.words import RIGHT, SHORT, WRAP, figure, label, number, period, table
from docintel.schema import Metric, Relation


def statistics_table(rows: Sequence[dict[str, Any]], title: str) -> Table:
    """Statistics, one a row, the file's name under the quote."""
    columns = [("指标", SHORT), ("数值", RIGHT), ("责任单位", WRAP), ("时期", WRAP), ("原文与来源", WRAP)]
    return table(
        title,
        columns,
        (
            (
                label(row["metric"], Metric),
                figure(row["value"], row["unit_of_measure"], approximate=row["approximate"]),
                row["unit"],
                period(row["period"]),
                f"{row['quote']}\n{row['source']}",
            )
            for row in rows
        ),
    )


def rectification_table(rows: Sequence[dict[str, Any]]) -> Table:
    """Problems found against problems rectified, by unit."""
    columns = [
        ("责任单位", WRAP),
        ("发现", RIGHT),
        ("已整改", RIGHT),
        ("未整改", RIGHT),
        ("整改率", RIGHT),
        ("来源", WRAP),
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
    columns = [(names[key], WRAP) for key in keys] + [("合计", RIGHT), ("量词", SHORT), ("条数", RIGHT)]
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


def checks_view(rows: Sequence[dict[str, Any]], checked: int) -> RenderableType:
    """Relations between figures, broken ones first, each with the words of every figure.

    Args:
        rows: checks to show.
        checked: how many relations were found in all.
    """
    broken = sum(not row["holds"] for row in rows)
    head = Text(f"核对 {checked} 处数据关系，{f'矛盾 {broken} 处' if broken else '未发现矛盾'}。", style="bold")
    head.append(f" {checked} relations checked, {broken} broken.", style="dim")
    if not rows:
        return head
    columns = [("结论", SHORT), ("核对", WRAP), ("文中", RIGHT), ("推算", RIGHT), ("原文与依据", WRAP)]
    ordered = sorted(rows, key=lambda row: row["holds"])
    cells = (
        (
            "一致" if row["holds"] else "矛盾",
            label(row["relation"], Relation),
            number(row["stated"]),
            number(row["computed"]),
            "\n".join([row["quote"], *(f"  ← {quote}" for quote in row["against"]), row["source"]]),
        )
        for row in ordered
    )
    return Group(head, table("数据核对 Checks", columns, cells))
