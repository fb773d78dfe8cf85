"""The words and shapes that every view shares: Chinese names of labels, figures, tables whose cells are plain text.

In: labels and values. Out: strings and rich tables. Text of documents goes in as `Text`, never as markup.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table

from docintel.console.wrapping import Cell
from docintel.schema import (
    DocType,
    IssueCategory,
    MeasureCategory,
    Metric,
    Modality,
    ReferenceKind,
    Relation,
    Status,
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

WRAP: dict[str, Any] = {"overflow": "fold"}
SHORT: dict[str, Any] = {"no_wrap": True}
RIGHT: dict[str, Any] = {"justify": "right", "no_wrap": True}


def label(value: Any, kind: type[StrEnum] | None = None) -> str:
    """The Chinese name of a label; the value itself when it is none.

    Args:
        kind: the vocabulary of a plain string that stands in several (`rules`).
    """
    if value is None:
        return ""
    if isinstance(value, StrEnum):
        return chinese_name(value)
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
        out.add_row(*(Cell("" if cell is None else str(cell)) for cell in row))
    return out


def figure(value: float | None, unit_of_measure: str, *, approximate: bool) -> str:
    """A figure with its measure word: `53 个`, `≈20 项`, `X 家`."""
    return f"{'≈' if approximate else ''}{number(value)} {unit_of_measure}"


def period(iso: str | None) -> str:
    """A period as people read it: `2022-01 至 2022-06`."""
    return (iso or "").replace("/", " 至 ")


def hanging(mark: str, *lines: RenderableType, style: str = "bold") -> Table:
    """Lines beside a mark, indented behind it: rich would break a long line without spaces before its first word."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style=style, no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(mark, Group(*lines))
    return grid
