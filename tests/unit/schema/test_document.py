"""Evidence is made by slicing only, and blocks are found by place."""

import pytest

from docintel.schema import Block, BlockKind
from tests.factories import make_document


def test_evidence_slices_the_text():
    document = make_document("第一段。\n第二段。")
    assert document.evidence(5, 8).quote == "第二段"


@pytest.mark.parametrize(("start", "end"), [(0, 0), (3, 2), (-1, 2), (0, 99)])
def test_a_span_outside_the_text_is_refused(start, end):
    with pytest.raises(ValueError, match="outside a text"):
        make_document("第一段。").evidence(start, end)


def test_evidence_knows_its_page():
    blocks = (Block(kind=BlockKind.PARAGRAPH, start=0, end=4, page=7),)
    assert make_document("第一段。", blocks=blocks).evidence(0, 2).page == 7


def test_blocks_are_found_by_place():
    document = make_document("第一段。\n第二段。")
    assert document.block_at(0) == document.blocks[0]
    assert document.block_at(4) is None  # the line feed between them
    assert document.block_at(5) == document.blocks[1]
    assert document.block_at(99) is None


def test_main_text_leaves_out_title_and_furniture():
    document = make_document("## 标题\n正文。")
    assert document.main_text == "正文。"
