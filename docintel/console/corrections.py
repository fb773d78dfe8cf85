"""Views of corrections: what one does to the rows of a document, and the list of those that were made.

In: results and rows of the library. Out: rich renderables.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from docintel.console.words import RIGHT, SHORT, WRAP, label, number, table
from docintel.schema import ACTION_NAMES, FIELD_NAMES, CorrectionAction, CorrectionResult, RecordChange

_STATES = {"stands": "生效", "undone": "已撤销", "lost": "原文已不在", "carried": "已随文件更新"}
#: What tells where a row stands, not what it says, and what stands twice.
_NOT_SHOWN = frozenset({"start", "end", "page", "violation_spans", "against_spans", "violations", "sanctions"})
_LINKS = {"addresses": "issues", "statistics": "statistics"}
_NAMES = {"acts": "行为", "penalties": "处理", "mentions": "提及处"}


def corrections_table(rows: Sequence[dict[str, Any]]) -> RenderableType:
    """The corrections, one a row, with who made them and whether they stand."""
    if not rows:
        return Text("没有订正。 There are no corrections.", style="yellow")
    columns = [
        ("编号", RIGHT),
        ("状态", SHORT),
        ("订正", SHORT),
        ("记录与改动", WRAP),
        ("何人何时", WRAP),
        ("文件", WRAP),
    ]
    cells = (
        (
            row["id"],
            _STATES[row["state"]],
            ACTION_NAMES[CorrectionAction(row["action"])],
            "\n".join(filter(None, (row["quote"] and f"{row['kind']} “{row['quote']}”", _set(row), row["note"]))),
            f"{row['by']}\n{row['at'][:16].replace('T', ' ')}",
            row["source"] or row["document"][:12],
        )
        for row in rows
    )
    return table(f"订正 Corrections（{len(rows)}）", columns, cells)


def _set(row: Mapping[str, Any]) -> str:
    if row["action"] != CorrectionAction.CHANGE:
        return ""
    before = row["before"] or {}
    return "；".join(
        f"{_name(name)} {_shown(before.get(name))}→{_shown(value)}"
        for name, value in row["fields"].items()
        if name not in _NOT_SHOWN
    )


def results_view(results: Sequence[CorrectionResult], *, undone: bool = False) -> RenderableType:
    """Of each document what was kept, or would be, and the rows that are other by it.

    Args:
        undone: the corrections were taken back.
    """
    return Group(*(part for result in results for part in _result(result, undone)))


def _result(result: CorrectionResult, undone: bool) -> Iterator[RenderableType]:
    numbers = "、".join(str(each.id) for each in result.corrections)
    count = len(result.corrections)
    if result.dry_run:
        head = f"试行，未保存：{count} 条订正。 Dry run, nothing kept."
    elif undone:
        head = f"已撤销订正 {numbers}。 Undone."
    else:
        head = f"已保存订正 {numbers}。 Kept; to take back: docintel correct --undo {numbers.split('、')[0]}"
    yield Text.assemble((head, "bold"), (f"  {result.source} · {result.document[:12]}", "dim"))
    said = [change for change in result.changes if not _is_only_surer(change)]
    if said:
        yield _changes(said)
    else:
        yield Text("各行内容不变。 No row says anything else.", style="dim")
    if surer := len(result.changes) - len(said):
        yield Text(f"{surer} 行只是置信度不同。 {surer} rows differ in their confidence only.", style="dim")
    if result.lost:
        lost = "、".join(str(each.id) for each in result.lost)
        yield Text(f"订正 {lost} 的原文已不在文中。 The words of these are no longer in the document.", style="yellow")


def _is_only_surer(change: RecordChange) -> bool:
    before, after = dict(change.before or {}), dict(change.after or {})
    return bool(before and after) and all(before.get(name) == after[name] for name in after if name != "confidence")


def _changes(changes: Sequence[RecordChange]) -> Table:
    columns = [("记录", SHORT), ("变动", SHORT), ("原文", WRAP), ("内容", WRAP)]
    return table(f"变动的行 Rows that change（{len(changes)}）", columns, map(_cells, changes))


def _cells(change: RecordChange) -> tuple[str, str, str, str]:
    before, after = dict(change.before or {}), dict(change.after or {})
    row = after or before
    quote = str(row.get("quote") or row.get("name"))
    if change.was is None or change.now is None:
        what, number_ = ("补充", change.now) if change.was is None else ("剔除", change.was)
        told = [f"{_name(n)} {_shown(v)}" for n, v in row.items() if n not in _NOT_SHOWN | {"quote", "name"} and v]
    else:
        what, number_ = "更改", change.now
        names = [name for name in after if after[name] != before.get(name) and name not in _NOT_SHOWN]
        told = [f"{_name(name)} {_linked(name, before)}→{_linked(name, after)}" for name in names]
    return f"{change.kind}/{number_}", what, quote, "\n".join(told)


def _linked(name: str, row: Mapping[str, Any]) -> str:
    """The value of a field; links to other records by their ids."""
    value = row.get(name)
    if name in _LINKS and value:
        return "、".join(f"{_LINKS[name]}/{each}" for each in value)
    return _shown(value)


def _name(name: str) -> str:
    return FIELD_NAMES.get(name) or _NAMES.get(name, name)


def _shown(value: Any) -> str:
    """A value of a field as a person reads it; places by how many they are."""
    if value is None or value in ([], ""):
        return "（空）"
    if isinstance(value, Mapping):
        return str(value.get("name") or value.get("quote"))
    if isinstance(value, list | tuple):
        return f"{len(value)} 处" if isinstance(value[0], list) else "、".join(map(_shown, value))
    if isinstance(value, bool):
        return "是" if value else "否"
    return number(value) if isinstance(value, int | float) else label(value)
