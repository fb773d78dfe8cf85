"""Charts as files."""

import io

import numpy as np
import pytest
from PIL import Image

from docintel.analytics import plot_rates, plot_totals, rates, total, trend
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


def test_a_missing_font_says_what_to_install(monkeypatch):
    from matplotlib import font_manager

    monkeypatch.delenv("DOCINTEL_FONT", raising=False)
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [])
    with pytest.raises(SetupError) as error:
        chinese_family()
    assert "fonts-noto-cjk" in error.value.hint


def test_a_font_can_be_named(monkeypatch, tmp_path):
    (tmp_path / "no.ttf").write_bytes(b"none")
    monkeypatch.setenv("DOCINTEL_FONT", str(tmp_path / "no.ttf"))
    with pytest.raises(SetupError, match=r"no\.ttf"):
        chinese_family()
