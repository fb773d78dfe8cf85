"""Charts of totals, trends and rectification, as PNG or as one HTML file with its figures in a table.

In: data frames of this room, and a file's name. Out: the file. Text is drawn in a Chinese font of this machine, else
in the shipped one; the HTML holds its charts as outlines, so that its reader needs none.
"""

import html
import io
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from docintel.errors import InputError, SetupError
from docintel.files import write_whole
from docintel.fonts import shipped_font
from docintel.schema import DocType, Metric, chinese_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

#: Families with Simplified Chinese, by how well they read on a screen.
_FAMILIES = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei", "PingFang SC",
    "Hiragino Sans GB", "HarmonyOS Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Noto Sans CJK JP", "SimHei",
    "Heiti SC", "Arial Unicode MS", "Droid Sans Fallback", "Noto Serif CJK SC", "Noto Serif CJK JP", "SimSun",
)  # fmt: skip
_OTHER_FONT = "请用 DOCINTEL_FONT 指定字体文件，或不设。 Name a font file with DOCINTEL_FONT, or leave it out."
_SUFFIXES = (".png", ".html", ".htm")
_BARS = 12  # in a panel
_PANELS = 6  # in a chart
_LONGEST = 18  # characters of a name beside a bar
_DPI = 160
_BLUE, _GREEN, _GREY = "#2f6db3", "#3f9b6c", "#c9d3df"
#: Metrics that say too little to come first.
_VAGUE = (Metric.OTHER, Metric.OCCURRENCES, Metric.SHARE)
_PERIOD = re.compile(r"[\d-]+/[\d-]+$")
_UNKNOWN = "（未载明）"
_GROUPS = {
    "metric": "指标", "unit_of_measure": "量词", "unit": "责任单位", "region": "地区", "year": "年份", "period": "时期",
    "doc_type": "文种", "title": "标题", "source": "文件",
}  # fmt: skip
_LABELS = {str(label): chinese_name(label) for label in (*DocType, *Metric)}
_HTML = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 15px/1.6 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1d2733 }}
svg {{ width: 100%; height: auto }}
table {{ border-collapse: collapse; margin-top: 1.5rem }}
th, td {{ padding: .25rem .8rem; border-bottom: 1px solid #dfe5ec; text-align: left }}
td.number {{ text-align: right; font-variant-numeric: tabular-nums }}
footer {{ margin-top: 1rem; color: #5d6b7a }}
</style>
<h1>{title}</h1>
{drawing}
<table><thead><tr>{heads}</tr></thead><tbody>
{rows}
</tbody></table>
<footer>{note}</footer>
</html>
"""


@dataclass(frozen=True, slots=True)
class _Panel:
    """One chart of a drawing: its heading, how high it is, and what draws it."""

    heading: str
    height: float
    draw: "Callable[[Axes], None]"


def plot_totals(table: pd.DataFrame, by: str, path: Path) -> None:
    """Totals by one group, a panel for each metric and measure word: lines over `year` and `period`, else bars.

    Those by metric have a panel for each measure word, so that only what is counted alike is compared.

    Args:
        table: of `total` or `trend`.
        by: the group.
        path: a PNG or HTML file, by its suffix.

    Raises:
        InputError: the suffix is another, there is nothing to draw, or the file cannot be written.
        SetupError: this machine has no Chinese font, or matplotlib is not installed.
    """
    shown = table.dropna(subset=["total"])
    in_time = by in ("year", "period")
    if in_time:
        shown = shown.dropna(subset=[by])
    groups = shown.groupby([key for key in ("metric", "unit_of_measure") if key != by], sort=False)
    series = [(key, own) for key, own in groups if not in_time or len(own) > 1]
    series.sort(key=lambda it: (it[1]["metric"].isin(_VAGUE).all(), -it[1]["figures"].sum()))
    drawn = series[:_PANELS]
    years = [int(year) for _, own in drawn for year in own[by]] if by == "year" else []
    span = (min(years), max(years)) if years else None
    panels = [
        _Panel(_heading(by, *map(str, key)), _height(own, in_time), _line(own, by, span) if in_time else _bars(own, by))
        for key, own in drawn
    ]
    cut = len(series) - len(panels)
    columns = {"metric": "指标", by: _GROUPS[by], "total": "合计", "unit_of_measure": "量词", "counted": "条数"}
    columns |= {"sources": "来源数"}
    note = "同一数据多处报道只计一次，分项与下级不重复相加。" + (f"另有 {cut} 图未画出。" if cut > 0 else "")
    _write(f"统计汇总（按{_GROUPS[by]}）", panels, shown[list(columns)].rename(columns=columns), note, path)


def plot_rates(table: pd.DataFrame, by: str, path: Path) -> None:
    """How much of the problems found was rectified, as shares; arguments and errors as for `plot_totals`.

    Args:
        table: of `rates`.
    """
    every = table[table["found"] > 0]
    shown = every if by in ("year", "period") else every.head(_BARS)
    cut = len(every) - len(shown)
    panels = [_Panel("", 0.3 + 0.4 * len(shown), _rates_drawer(shown, by, cut))] if len(shown) else []
    columns = {by: "分组", "found": "发现", "rectified": "已整改", "pending": "未整改", "rate": "整改率"}
    printed = shown[list(columns)].assign(rate=shown["rate"].map("{:.1%}".format)).rename(columns=columns)
    _write("发现与整改", panels, printed, "", path)


def _height(own: pd.DataFrame, in_time: bool) -> float:
    return 1.8 if in_time else 0.1 + 0.32 * min(len(own), _BARS)


def _heading(by: str, *key: str) -> str:
    """Of a panel, by what all its figures share: metric and measure word, or one of them."""
    return f"计量单位：{key[0]}" if by == "metric" else _name(key[0]) + "".join(f"（{measure}）" for measure in key[1:])


def _line(own: pd.DataFrame, by: str, span: tuple[int, int] | None) -> "Callable[[Axes], None]":
    """Totals over time; over years with the span of all panels, so that a year stands at the same place in each."""

    def draw(axes: "Axes") -> None:
        names, values = [_name(it) for it in own[by]], [float(it) for it in own["total"]]
        places = [int(name) for name in names] if by == "year" else list(range(len(names)))
        axes.plot(places, values, color=_BLUE, marker="o", linewidth=2, clip_on=False, zorder=3)
        axes.set_xticks(places, names, rotation=30 if max(map(len, names)) > 8 else 0)
        axes.set_ylim(0, max(values) * 1.25 or 1)
        first, last = span or (places[0], places[-1])
        edge = 0.06 * (last - first or 1)
        axes.set_xlim(first - edge, last + edge)
        axes.yaxis.set_visible(False)
        axes.spines["left"].set_visible(False)
        for place, value in zip(places, values, strict=True):
            axes.annotate(_number(value), (place, value), textcoords="offset points", xytext=(0, 6), ha="center")

    return draw


def _bars(own: pd.DataFrame, by: str) -> "Callable[[Axes], None]":
    """Totals side by side, the largest first."""

    def draw(axes: "Axes") -> None:
        telling = own[~own[by].isin(_VAGUE)] if by == "metric" else own  # a sum of all sorts would dwarf the others
        top = (telling if len(telling) else own).sort_values("total", ascending=False).head(_BARS)
        drawn = axes.barh(range(len(top)), list(top["total"]), color=_BLUE, height=0.68)
        axes.bar_label(drawn, [_number(float(value)) for value in top["total"]], padding=4)
        _beside(axes, [_name(it) for it in top[by]])
        _tell_cut(axes, len(own) - len(top))

    return draw


def _rates_drawer(table: pd.DataFrame, by: str, cut: int) -> "Callable[[Axes], None]":
    """The rate of each group as a share of a bar: groups are compared whatever their size."""

    def draw(axes: "Axes") -> None:
        places = range(len(table))
        done = [min(1.0, float(rate)) for rate in table["rate"]]
        axes.barh(places, done, color=_GREEN, height=0.68, label="已整改")
        left = axes.barh(places, [1 - rate for rate in done], left=done, color=_GREY, height=0.68, label="未整改")
        told = zip(table["rectified"], table["found"], table["rate"], strict=True)
        axes.bar_label(left, [f"{rate:.0%}（{_number(some)}/{_number(of)}）" for some, of, rate in told], padding=4)
        _beside(axes, [_name(it) for it in table[by]])
        axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0)
        _tell_cut(axes, cut)

    return draw


def _tell_cut(axes: "Axes", cut: int) -> None:
    if cut > 0:
        axes.set_xlabel(f"另有 {cut} 组未画出", loc="right", color="#5d6b7a")


def _beside(axes: "Axes", names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), [it if len(it) <= _LONGEST else f"{it[:_LONGEST]}…" for it in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.margins(x=0.16)


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value:
        return _UNKNOWN
    return value.replace("/", " 至 ") if _PERIOD.match(value) else _LABELS.get(value, value)


def _number(value: float) -> str:
    for size, word in ((1e8, "亿"), (1e5, "万")):
        if value >= size:
            return f"{value / (1e4 if word == '万' else size):,.1f}".removesuffix(".0") + word
    return f"{value:,.1f}".removesuffix(".0")


def _write(title: str, panels: Sequence[_Panel], table: pd.DataFrame, note: str, path: Path) -> None:
    suffix = path.suffix.lower()
    if suffix not in _SUFFIXES:
        raise InputError(
            f"不能画成 {path.name}。 Charts are not written as {path.suffix or path.name!r}.",
            hint="文件名请以 .png 或 .html 结尾。 Let the name end in .png or .html.",
        )
    if not panels:
        raise InputError(
            "没有可画的数据。 There are no figures to draw.",
            hint="请放宽筛选，或换一个汇总维度。 Ask for more figures, or group them by something else.",
        )
    with _drawn(title if suffix == ".png" else "", panels) as drawing:
        out = io.BytesIO()
        if suffix == ".png":
            drawing.savefig(out, format="png", dpi=_DPI)
            data = out.getvalue()
        else:
            drawing.savefig(out, format="svg", metadata={"Date": None})
            svg = out.getvalue().decode()
            data = _page(title, svg[svg.index("<svg") :], table, note).encode()
    try:
        write_whole(path, data)
    except OSError as exc:
        raise InputError(f"{path} 无法写入。 {path} cannot be written: {exc.strerror}.") from exc


@contextmanager
def _drawn(title: str, panels: Sequence[_Panel]) -> "Iterator[Drawing]":
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure as Drawing
    except ModuleNotFoundError as exc:
        raise SetupError(
            "画图需要 matplotlib。 Charts need matplotlib.", hint="请安装 Install it: pip install matplotlib"
        ) from exc
    style: dict[Any, Any] = {"font.family": [chinese_family()], "axes.unicode_minus": False, "svg.hashsalt": "docintel"}
    with mpl.rc_context(style | {"axes.spines.top": False, "axes.spines.right": False, "font.size": 10}):
        heights = [panel.height for panel in panels]
        drawing = Drawing(figsize=(9, sum(heights) + 0.55 * len(panels) + 0.4), layout="constrained")
        drawing.get_layout_engine().set(h_pad=0.1)  # type: ignore[union-attr, call-arg]  # inches
        if title:
            drawing.suptitle(title, fontsize=14, fontweight="bold")
        every = drawing.subplots(len(panels), 1, squeeze=False, height_ratios=heights)[:, 0]
        for panel, axes in zip(panels, every, strict=True):
            axes.set_title(panel.heading, loc="left", fontsize=11)
            panel.draw(axes)
        yield drawing


def chinese_family() -> str:
    """The family of a font with Simplified Chinese.

    That of the file that `DOCINTEL_FONT` names, else one of this machine, else the shipped one.

    Raises:
        SetupError: the named file is no font.
        ModelError: there is none at all.
    """
    from matplotlib import font_manager

    named = os.environ.get("DOCINTEL_FONT")
    if named:
        try:
            return _added(named)
        except (OSError, RuntimeError) as exc:
            raise SetupError(f"字体 {named} 无法使用。 The font {named} cannot be used.", hint=_OTHER_FONT) from exc
    known = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in _FAMILIES if name in known), None) or _added(str(shipped_font()))


def _added(path: str) -> str:
    """Make a font file known to matplotlib; gives its family."""
    from matplotlib import font_manager

    font_manager.fontManager.addfont(path)
    return font_manager.get_font(path).family_name


def _page(title: str, drawing: str, table: pd.DataFrame, note: str) -> str:
    heads = "".join(f"<th>{html.escape(str(name))}</th>" for name in table.columns)
    rows = "\n".join(
        f"<tr>{''.join(map(_cell, row))}</tr>" for row in table.astype(object).itertuples(index=False, name=None)
    )
    return _HTML.format(title=html.escape(title), drawing=drawing, heads=heads, rows=rows, note=html.escape(note))


def _cell(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f'<td class="number">{value:,.10g}</td>' if pd.notna(value) else "<td></td>"
    return f"<td>{html.escape(_name(value))}</td>"
