"""Lines of a cell break where people would break them."""

import io
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from docintel.console.wrapping import Cell, breaks


def lines(text, width):
    offsets = [0, *breaks(text, width), len(text)]
    return [text[a:b] for a, b in pairwise(offsets)]


@pytest.mark.parametrize(
    ("text", "width", "broken"),
    [
        ("发现2021至2022年", 12, ["发现2021至", "2022年"]),
        ("共整改问题30个", 12, ["共整改问题", "30个"]),
        ("违规金额1,911.6万元", 14, ["违规金额", "1,911.6万元"]),
        ("整改率达到85.8%，", 14, ["整改率达到", "85.8%，"]),
        ("问题已经整改，其余", 12, ["问题已经整", "改，其余"]),
        ("其中（28个）已办", 8, ["其中", "（28个）", "已办"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("一二三", 1, ["一", "二", "三"]),
        ("", 5, [""]),
    ],
)
def test_numbers_stay_whole_and_no_line_begins_with_a_comma(text, width, broken):
    assert lines(text, width) == broken


@given(st.text(alphabet="一二，。（）12.%a b", max_size=40), st.integers(2, 20))
def test_no_line_is_too_wide_and_nothing_is_lost(text, width):
    found = lines(text, width)
    assert "".join(found) == text
    assert all(cell_len(line.rstrip()) <= width for line in found)


def test_a_table_breaks_its_cells_so():
    table = Table(box=None, pad_edge=False)
    table.add_column(overflow="fold")
    table.add_row(Cell("共整改问题30个\n全部完成"))
    out = io.StringIO()
    Console(file=out, width=12).print(table)
    assert [line.strip() for line in out.getvalue().splitlines() if line.strip()] == ["共整改问题", "30个", "全部完成"]
