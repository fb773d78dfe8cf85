import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.schema import Block, BlockKind
from docintel.web.marking import Mark, marked_blocks, marked_html, marks_of
from tests.factories import evidence, make_document, make_extraction, make_statistic, make_unit

TEXT = "市卫健委发现<b>问题</b>38个&整改31个"


def mark(start, end, record="issues/0", kind="issues"):
    return Mark(start, end, kind, record, first=True)


def test_records_are_elements_in_the_text():
    html = marked_html("发现问题38个", 0, 7, [mark(0, 7), mark(2, 4, "measures/1", "measures")])
    assert html == (
        '<mark id="r-issues-0" class="k-issues" data-record="issues/0">发现'
        '<mark id="r-measures-1" class="k-measures" data-record="measures/1">问题</mark>38个</mark>'
    )


def test_records_that_cross_are_cut():
    html = marked_html("abcdef", 0, 6, [mark(0, 4), mark(2, 6, "measures/0", "measures")])
    assert re.sub(r' (class|data-record)="[^"]*"', "", html) == (
        '<mark id="r-issues-0">ab<mark id="r-measures-0">cd</mark></mark><mark>ef</mark>'
    )


def test_text_is_escaped():
    html = marked_html(TEXT, 0, len(TEXT), [mark(6, 13)])
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
    assert "&amp;" in html


@given(
    st.text(alphabet="ab<>&\"'汉", max_size=12),
    st.lists(st.tuples(st.integers(0, 12), st.integers(1, 6)), max_size=6),
    st.integers(0, 4),
    st.integers(0, 4),
)
def test_the_text_stays_whole_and_elements_nest(text, spans, from_start, from_end):
    start, end = min(from_start, len(text)), max(min(from_start, len(text)), len(text) - from_end)
    marks = sorted(
        (mark(at, at + length, f"issues/{i}") for i, (at, length) in enumerate(spans)), key=lambda m: (m.start, -m.end)
    )
    html = str(marked_html(text, start, end, marks))
    assert unescape(re.sub(r"</?mark[^>]*>", "", html)) == text[start:end]
    depth = 0
    for tag in re.findall(r"</?mark", html):
        depth += 1 if tag == "<mark" else -1
        assert depth >= 0
    assert depth == 0
    ids = re.findall(r'id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for each in marks:
        inside = text[max(each.start, start) : min(each.end, end)]
        pieces = "".join(_inside(html, each.record))
        assert unescape(pieces) == inside


def _inside(html, record):
    """The text inside the elements of a record."""
    open_, depth = [], 0
    for token in re.findall(r"<mark[^>]*>|</mark>|[^<]+", html):
        if token.startswith("<mark"):
            open_.append(f'data-record="{record}"' in token)
            depth += open_[-1]
        elif token == "</mark>":
            depth -= open_.pop()
        elif depth:
            yield token


def test_each_mention_of_a_unit_is_marked_and_the_first_is_the_place_to_go_to():
    document = make_document("市医院整改。市医院完成。")
    unit = make_unit(document, "市医院", mentions=(document.evidence(0, 3), document.evidence(6, 9)))
    marks = marks_of(make_extraction(document, units=(unit,), statistics=(make_statistic(document, "完成"),)))
    assert [(m.start, m.record, m.first) for m in marks] == [
        (0, "units/0", True), (6, "units/0", False), (9, "statistics/0", True)
    ]  # fmt: skip


def test_blocks_have_their_own_marks_only():
    document = make_document("第一段有问题。\n第二段有措施。")
    extraction = make_extraction(document, issues=("第一段有问题",), measures=("第二段有措施",))
    htmls = [marked.html for marked in marked_blocks(extraction)]
    assert ["k-issues" in html for html in htmls] == [True, False]
    assert ["k-measures" in html for html in htmls] == [False, True]
    passage = Mark(3, 11, "passage", "passage", first=True)
    first, second = (marked.html for marked in marked_blocks(extraction, [passage]))
    assert 'id="passage"' in first
    assert 'id="passage"' not in second
    assert "k-passage" in second


def test_a_table_keeps_its_cells_and_merged_ones_are_one():
    text = "单位\t问题\n市医院\t38\n\t12"
    cells = (("单位", "问题"), ("市医院", "38"), ("市医院", "12"))
    document = make_document(text, blocks=(Block(kind=BlockKind.TABLE, start=0, end=len(text), cells=cells),))
    extraction = make_extraction(document, statistics=(make_statistic(document, "38"),))
    (table,) = marked_blocks(extraction)
    shown = [[(re.sub("<[^>]+>", "", cell.html), cell.rows, cell.columns) for cell in row] for row in table.cells]
    assert shown == [[("单位", 1, 1), ("问题", 1, 1)], [("市医院", 2, 1), ("38", 1, 1)], [("12", 1, 1)]]
    assert 'data-record="statistics/0"' in table.cells[1][1].html


@pytest.mark.parametrize("cells", [(("甲", "乙", "丙"),), (("甲",), ("乙",))])
def test_a_table_that_does_not_fit_its_text_is_shown_all_the_same(cells):
    document = make_document("甲", blocks=(Block(kind=BlockKind.TABLE, start=0, end=1, cells=cells),))
    assert evidence(document, "甲")
    (table,) = marked_blocks(make_extraction(document))
    assert "甲" in table.cells[0][0].html
