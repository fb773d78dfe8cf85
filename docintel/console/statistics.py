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

#: A period takes two lines rather than the room of the quote beside it.
_PERIOD = WRAP | {"max_width": 13}


def statistics_table(rows: Sequence[dict[str, Any]], title: str) -> Table:
    """Statistics, one a row, the file's name under the quote."""
    columns = [("指标", SHORT), ("数值", RIGHT), ("责任单位", WRAP), ("时期", _PERIOD), ("原文与来源", WRAP)]
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


_GROUPS = {
    "metric": "指标", "unit": "责任单位", "region": "地区", "period": "时期", "doc_type": "文种", "title": "标题",
    "source": "来源", "unit_of_measure": "量词",
}  # fmt: skip
_BAR = 12  # characters of the longest bar
#: Columns of a terminal that have room for bars, and for periods in one line.
_WIDE = 100


def totals_table(rows: Sequence[dict[str, Any]], by: Sequence[str], width: int = _WIDE) -> RenderableType:
    """Sums of figures by group, with a bar for each where they go by period, and what was not added.

    Args:
        width: of the terminal, in columns; a narrow one has no room for bars.
    """
    keys = [*dict.fromkeys(["metric", *by])]
    is_wide = width >= _WIDE
    columns = [(_GROUPS[key], SHORT if key in ("metric", "period") else WRAP) for key in keys] + [("合计", RIGHT)]
    largest = _largest(rows) if is_wide and "period" in by else {}
    columns += [("走势", SHORT)] if largest else []
    columns += [("条数", RIGHT), ("来源数", RIGHT), ("未计入", RIGHT)]
    cells = (
        [
            *(_group(key, row[key]).replace(" 至 ", " 至 " if is_wide else " 至\n") for key in keys),
            _total(row),
            *([_bar(row["total"], largest[row["metric"], row["unit_of_measure"]])] if largest else []),
            row["figures"],
            row["sources"],
            row["figures"] - row["counted"] or "",
        ]
        for row in rows
    )
    view = table("统计汇总 Totals", columns, cells)
    note = _not_added(rows)
    return Group(view, Text(note, style="dim")) if note else view


def _total(row: dict[str, Any]) -> str:
    if row["total"] is None:
        return f"— {row['unit_of_measure']}"
    return figure(row["total"], row["unit_of_measure"], approximate=row["approximate"])


def _group(name: str, value: Any) -> str:
    if not isinstance(value, str):
        return ""
    return period(value) if name == "period" else label(value)


def _largest(rows: Sequence[dict[str, Any]]) -> dict[tuple[str, str], float]:
    largest: dict[tuple[str, str], float] = {}
    for row in rows:
        key = row["metric"], row["unit_of_measure"]
        largest[key] = max(largest.get(key, 0.0), row["total"] or 0.0)
    return largest


def _bar(value: float | None, largest: float) -> str:
    return "█" * max(1, round(_BAR * value / largest)) if value and largest else ""


def _not_added(rows: Sequence[dict[str, Any]]) -> str:
    """How many figures are not in the totals shown, and why."""
    why = {
        "repeated": "条为同一数据的重复报道 repeated",
        "held": "条已含在总数、上级单位（地区）或更长时期之内 held by a wider figure",
        "conflicting": "条与其他文档矛盾，见 --check conflicting",
    }
    counts = {name: sum(row[name] for row in rows) for name in why}
    told = "；".join(f"{counts[name]} {words}" for name, words in why.items() if counts[name])
    return f"未计入 Not added：{told}。" if told else ""


def rates_table(rows: Sequence[dict[str, Any]], by: str) -> Table:
    """Problems found and rectified by group, and the share of them."""
    columns = [(_GROUPS[by], WRAP), ("发现", RIGHT), ("已整改", RIGHT), ("未整改", RIGHT), ("整改率", RIGHT)]
    columns.append(("组数", RIGHT))
    return table(
        "整改率 Rates of rectification",
        columns,
        (
            (
                _group(by, row[by]) or "（未载明）",
                *(number(row[name]) for name in ("found", "rectified", "pending")),
                "" if row["rate"] is None else f"{row['rate']:.0%}",
                row["pairs"],
            )
            for row in rows
        ),
    )


def contradictions_view(
    broken: Sequence[dict[str, Any]], across: Sequence[dict[str, Any]], checked: int
) -> RenderableType:
    """Contradictions within documents, and those across documents.

    Args:
        broken: checks that do not hold.
        across: of `docintel.analytics.contradictions`.
        checked: how many relations were checked within documents.
    """
    within = checks_view(broken, checked)
    head = Text(f"跨文档核对，{f'矛盾 {len(across)} 处' if across else '未发现矛盾'}。", style="bold")
    head.append(f" {len(across)} broken across documents.", style="dim")
    if not across:
        return Group(within, head)
    columns = [("指标", SHORT), ("责任单位", WRAP), ("时期", WRAP), ("数值", RIGHT), ("原文与来源", WRAP)]
    cells = (
        (
            label(row["metric"], Metric),
            row["unit"] or row["region"],
            period(row["period"]),
            f"{number(row['value'])} ≠ {number(row['other_value'])} {row['unit_of_measure']}",
            f"{_told(row, '')}\n{_told(row, 'other_')}",
        )
        for row in across
    )
    return Group(within, head, table("文档之间的矛盾 Across documents", columns, cells))


def _told(row: dict[str, Any], which: str) -> str:
    page = row[f"{which}page"]
    return f"{row[f'{which}quote']}\n  {row[f'{which}source']}{f' 第{page}页' if page else ''}"


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
            "\n".join([_line(row["quote"]), *(f"← {quote}" for quote in _lines(row["against"])), row["source"]]),
        )
        for row in ordered
    )
    return Group(head, table("数据核对 Checks", columns, cells))


def _line(quote: str) -> str:
    """A quote in a line: cells and rows of a table stand apart by a space."""
    return " ".join(quote.split())


def _lines(quotes: Sequence[str]) -> list[str]:
    """Quotes a line each, but for those that stand within another."""
    lines = list(dict.fromkeys(map(_line, quotes)))
    return [line for line in lines if not any(line != other and line in other for other in lines)]
