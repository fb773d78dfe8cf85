"""Charts as files."""

import io
from contextlib import contextmanager

import numpy as np
import pytest
from PIL import Image

from docintel.analytics import plot_rates, plot_totals, plots, rates, total, trend
from docintel.analytics.plots import chinese_family
from docintel.errors import InputError, SetupError
from tests.unit.analytics.figures import table

FIGURES = table(
    {"value": 40, "period": "2022"},
    {"value": 50, "period": "2023"},
    {"value": 30, "unit": "<b>乙</b>院", "period": "2023"},
    {"value": 20, "unit": "<b>乙</b>院", "period": "2023", "metric": "issues_rectified", "start": 650},
)


def test_a_png_holds_bars(tmp_path):
    plot_totals(total(FIGURES, ["unit"]), "unit", tmp_path / "图.png")
    pixels = np.asarray(Image.open(tmp_path / "图.png").convert("RGB")).reshape(-1, 3)
    assert (pixels == (0x2F, 0x6D, 0xB3)).all(axis=1).sum() > 10_000


def test_a_page_stands_alone_and_shows_names_as_they_are(tmp_path):
    plot_totals(total(FIGURES, ["unit"]), "unit", tmp_path / "图.html")
    page = (tmp_path / "图.html").read_text("utf-8")
    assert "&lt;b&gt;乙&lt;/b&gt;院" in page
    assert "<b>乙" not in page
    for outside in ("<script", "<link", "src=", "@import", 'href="http'):
        assert outside not in page
    assert '<td class="number">90</td>' in page


def test_a_trend_and_rates_are_drawn(tmp_path):
    plot_totals(trend(FIGURES), "year", tmp_path / "trend.png")
    plot_rates(rates(FIGURES, "unit"), "unit", tmp_path / "rates.html")
    assert Image.open(io.BytesIO((tmp_path / "trend.png").read_bytes())).size[0] == 1440
    assert "66.7%" in (tmp_path / "rates.html").read_text("utf-8")


def drawn_by(monkeypatch, plot, *arguments):
    """The axes of a chart, one a panel."""
    kept = []
    drawn = plots._drawn

    @contextmanager
    def keeping(title, panels):
        with drawn(title, panels) as drawing:
            kept.append(drawing)
            yield drawing

    monkeypatch.setattr(plots, "_drawn", keeping)
    plot(*arguments)
    return kept[0].axes


def test_metrics_are_compared_where_they_are_counted_alike(monkeypatch, tmp_path):
    other = {"value": 999_999, "metric": "other", "start": 700}
    figures = table(*FIGURES.to_dict("records"), other, {"value": 7, "unit_of_measure": "起", "start": 800})
    axes = drawn_by(monkeypatch, plot_totals, total(figures, ["metric"]), "metric", tmp_path / "图.png")
    assert [each.get_title(loc="left") for each in axes] == ["计量单位：个", "计量单位：起"]
    assert [label.get_text() for label in axes[0].get_yticklabels()] == ["发现问题", "整改问题"]
    assert axes[0].get_xlabel() == "另有 1 组未画出"


def test_a_year_stands_at_the_same_place_in_every_panel(monkeypatch, tmp_path):
    more = ({"value": 3, "unit_of_measure": "起", "period": year, "start": 900} for year in ("2023", "2024"))
    figures = table(*FIGURES.to_dict("records"), *more)
    axes = drawn_by(monkeypatch, plot_totals, trend(figures), "year", tmp_path / "图.png")
    assert len(axes) == 2
    assert axes[0].get_xlim() == axes[1].get_xlim()


def test_rates_are_shares_whatever_is_behind_them(monkeypatch, tmp_path):
    rows = [
        {"value": value - number, "unit": f"{number}局", "metric": metric, "document": f"d{number}", "start": start}
        for metric, value, start in (("issues_found", 1000, 0), ("issues_rectified", 500, 60))
        for number in range(14)
    ]
    axes = drawn_by(monkeypatch, plot_rates, rates(table(*rows), "unit"), "unit", tmp_path / "图.png")
    ends = [bar.get_x() + bar.get_width() for bar in axes[0].patches]
    assert ends[:12] == pytest.approx([0.5] * 12, abs=0.01)
    assert ends[12:] == pytest.approx([1.0] * 12)
    assert axes[0].get_xlabel() == "另有 2 组未画出"


def test_the_same_figures_give_the_same_page(tmp_path):
    for name in ("a.html", "b.html"):
        plot_totals(total(FIGURES, ["unit"]), "unit", tmp_path / name)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_other_formats_and_nothing_to_draw_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"\.pdf"):
        plot_totals(total(FIGURES, ["unit"]), "unit", tmp_path / "图.pdf")
    with pytest.raises(InputError, match="没有可画的数据"):
        plot_totals(trend(FIGURES.head(1)), "year", tmp_path / "图.png")
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="无法写入"):
        plot_totals(total(FIGURES, ["unit"]), "unit", tmp_path / "file" / "图.png")


def test_without_a_font_of_the_system_the_shipped_one_is_drawn_with(monkeypatch):
    from matplotlib import font_manager

    monkeypatch.delenv("DOCINTEL_FONT", raising=False)
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [])
    assert chinese_family() == "WenQuanYi Micro Hei"


def test_a_font_can_be_named(monkeypatch, tmp_path):
    (tmp_path / "no.ttf").write_bytes(b"none")
    monkeypatch.setenv("DOCINTEL_FONT", str(tmp_path / "no.ttf"))
    with pytest.raises(SetupError, match=r"no\.ttf"):
        chinese_family()
