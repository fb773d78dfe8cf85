"""Views of statistics in a terminal of 80 columns."""

import io

import pytest
from rich.console import Console

from docintel.console.statistics import checks_view, totals_table

ROW = {
    "metric": "issues_found",
    "unit": "栖云县人民医院纪律检查委员会",
    "period": "2022-01/2022-06",
    "total": 1_911_600,
    "approximate": False,
    "unit_of_measure": "元",
    "figures": 3,
    "counted": 2,
    "sources": 1,
    "repeated": 1,
    "held": 0,
    "conflicting": 0,
}


def printed(view, width):
    out = io.StringIO()
    Console(file=out, width=width).print(view)
    return out.getvalue()


def test_a_narrow_terminal_keeps_figures_and_dates_whole():
    told = printed(totals_table([ROW], ["unit", "period"], 80), 80)
    assert all(word in told for word in ("1,911,600 元", "2022-01 至", "2022-06", "栖云县人民"))
    assert "走势" not in told
    assert len([line for line in told.splitlines() if line.strip()]) <= 9


@pytest.mark.parametrize("width", [100, 160])
def test_a_wide_one_has_room_for_bars_and_periods(width):
    told = printed(totals_table([ROW], ["unit", "period"], width), width)
    assert "2022-01 至 2022-06" in told
    assert "████" in told


def test_a_total_that_was_not_made_is_a_dash():
    assert "— 元" in printed(totals_table([ROW | {"total": None}], ["unit"], 80), 80)


def test_a_check_tells_the_words_of_its_figures_once_and_in_a_line():
    row = {
        "holds": False, "relation": "parts", "stated": 147, "computed": 148, "quote": "发现问题\t\n 147个",
        "against": ["工程类62个", "工程类62个、资金类39个", "另有\n  47个"], "source": "a.txt",
    }  # fmt: skip
    told = printed(checks_view([row], 1), 120)
    assert "发现问题 147个" in told
    assert [line.split("←")[1].strip() for line in told.splitlines() if "←" in line] == [
        "工程类62个、资金类39个",
        "另有 47个",
    ]
