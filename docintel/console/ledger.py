"""The view of `docintel ledger`: a line a problem, with what answers it, who, until when and how far.

In: rows of the chain in their JSON form. Out: rich renderables.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from docintel.console.words import RIGHT, SHORT, WRAP, hanging, label, table
from docintel.schema import EffectKind, Progress, Verdict


def ledger_view(rows: Sequence[dict[str, Any]]) -> RenderableType:
    """The problems, and below them the measures that answer none."""
    problems = [row for row in rows if row["issue"]]
    others = [row for row in rows if not row["issue"]]
    if not rows:
        return Text("没有抽取到问题和措施。 No issues or measures were found.", style="yellow")
    parts: list[RenderableType] = [_problems(problems)]
    if others:
        parts.append(
            Text(f"另有 {len(others)} 项措施未对应具体问题，见 --out 工作簿的“其他措施”，或 --json。", style="dim")
        )
        parts.append(
            Text(f"{len(others)} measures answer no issue: see the workbook of --out, or --json.", style="dim")
        )
    return Group(*parts)


def _problems(rows: Sequence[dict[str, Any]]) -> Table:
    columns = [
        ("#", RIGHT),
        ("问题", WRAP),
        ("整改措施", WRAP),
        ("责任单位", WRAP),
        ("整改时限", WRAP),
        ("状态", SHORT),
    ]
    out = table(f"整改台账 Ledger（{len(rows)}）", columns, ())
    for n, row in enumerate(rows, start=1):
        out.add_row(
            str(n),
            Text(f"{row['issue']['quote']}\n{row['source']}"),
            Group(*_measures(row)),
            Text("、".join(owner["name"] for owner in row["owners"])),
            Text((row["deadline"] or {}).get("quote", "")),
            Text(label(row["progress"], Progress)),
        )
    return out


def _measures(row: dict[str, Any]) -> Iterator[RenderableType]:
    """The measures, and what is told of their outcome beside the state that has a column of its own."""
    for measure in row["measures"]:
        yield hanging("–", Text(measure["quote"]), style="")
    for effect in row["effects"]:
        if effect["kind"] != EffectKind.TOLD:
            yield hanging("→", Text(f"{label(effect['verdict'], Verdict)}：{effect['quote']}"), style="green")
