"""Views of an evaluation: the figures of each system, and what docintel gains over the best of the others.

In: figures as dictionaries. Out: rich tables.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from docintel.console.words import RIGHT, SHORT, table

_SYSTEMS = {
    "product": "docintel",
    "bm25 words": "BM25 词",
    "bm25 bigrams": "BM25 字对",
    "encoder": "句向量",
    "rank fusion": "名次融合",
}
_STYLES = {"all": "全部 All", "exact": "原词 Exact", "paraphrase": "换说法 Paraphrase"}
_METRICS = {
    "ndcg@10": "nDCG",
    "recall@10": "召回",
    "mrr": "MRR",
    "p@5": "P@5",
    "p@10": "P@10",
    "kinds@10": "类别",
    "judged@10": "已评",
}
_MAIN, _SILENT = "ndcg@10", "silent"
_LEGEND = (
    "均看前十条（P@5 看前五条），2、3 分算有用。类别：有用的有几类。\n"
    "已评：所示中有人评过的比例，没评过的按无用计。区间：对查询自助抽样，95%。\n"
    "Of the first ten (P@5: five); useful are grades 2 and 3. 类别: kinds of useful ones. 已评: share of what is shown"
    " that somebody judged; the rest counts as useless. Intervals: 95 %, by bootstrap over queries."
)


def evaluation_view(rows: Sequence[dict[str, Any]]) -> RenderableType:
    """For each style of query: a row a system; then, for each figure, the gain over the best of the others."""
    parts: list[RenderableType] = []
    for style in dict.fromkeys(row["style"] for row in rows if row["metric"] != _SILENT):
        of = [row for row in rows if row["style"] == style and row["metric"] != _SILENT]
        title = f"{_STYLES.get(style, style)}（{of[0]['queries']}）"
        shown = [metric for metric in _METRICS if any(row["metric"] == metric for row in of)]
        columns = [("系统", SHORT), *((_METRICS[metric], RIGHT) for metric in shown), ("nDCG 95%", RIGHT)]
        parts.append(table(title, columns, _systems(of, shown)))
    gains = [row for row in rows if row["against"] and (row["style"] == "all" or row["metric"] == _MAIN)]
    if gains:
        names, figures = ("查询", "指标", "其余最好"), ("相差", "95%", "相对")
        columns = [*((name, SHORT) for name in names), *((name, RIGHT) for name in figures)]
        parts.append(table("比其余最好的系统 Against the best other system", columns, map(_gain, gains)))
    silent = [row for row in rows if row["metric"] == _SILENT]
    if silent:
        told = (f"{_SYSTEMS.get(row['system'], row['system'])} {row['value'] * row['queries']:.0f}" for row in silent)
        parts.append(
            Text(
                f"没有可比案例的 {silent[0]['queries']} 个问题，如实不答的个数：{'，'.join(told)}\n"
                "Problems without a comparable case: how many were answered with nothing.\n"
            )
        )
    return Group(*parts, Text(_LEGEND, style="dim"))


def _systems(rows: Sequence[dict[str, Any]], metrics: Sequence[str]) -> Iterator[list[str]]:
    for system in dict.fromkeys(row["system"] for row in rows):
        own = {row["metric"]: row for row in rows if row["system"] == system and not row["against"]}
        figures = [_figure(name, own[name]["value"]) for name in metrics]
        yield [_SYSTEMS.get(system, system), *figures, f"{own[_MAIN]['low']:.2f}–{own[_MAIN]['high']:.2f}"]


def _figure(metric: str, value: float) -> str:
    if metric == "judged@10":
        return f"{value:.0%}"
    return f"{value:.1f}" if metric == "kinds@10" else f"{value:.3f}"


def _gain(row: dict[str, Any]) -> list[str]:
    return [
        _STYLES.get(row["style"], row["style"]),
        _METRICS[row["metric"]],
        _SYSTEMS.get(row["against"], row["against"]),
        f"{row['value']:+.3f}",
        f"{row['low']:+.3f} {row['high']:+.3f}",
        "" if row["ratio"] is None else f"{row['ratio']:+.0%}",
    ]
