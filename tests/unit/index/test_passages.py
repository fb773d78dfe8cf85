from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.index.passages import split_passages
from docintel.schema import BlockKind, HitKind
from tests.factories import make_document, make_extraction

SENTENCE = "药品采购由一人说了算而且长期没有人监督。"  # 20 characters


def windows(text):
    return [p for p in split_passages(make_extraction(text)) if p.kind is HitKind.PASSAGE]


def test_windows_are_long_enough_and_not_too_long():
    lengths = [p.end - p.start for p in windows(SENTENCE * 30)]
    assert all(120 <= length <= 250 for length in lengths[:-1])
    assert sum(lengths) == 600


def test_a_window_never_crosses_a_heading_and_carries_it():
    found = windows(f"# 一、存在问题\n{SENTENCE}\n# 二、整改措施\n{SENTENCE}\n{SENTENCE}")
    assert [(p.context, p.text) for p in found] == [
        ("一、存在问题", SENTENCE),
        ("二、整改措施", f"{SENTENCE}\n{SENTENCE}"),
    ]


def test_a_sentence_longer_than_a_window_stays_whole():
    assert [p.text for p in windows("长" * 400 + "。")] == ["长" * 400 + "。"]


def test_records_are_passages_with_their_sentence_as_context():
    text = "针对采购权力集中，成立采购小组，明确职责。"
    extraction = make_extraction(text, issues=["采购权力集中"], measures=["成立采购小组"])
    found = {p.kind: p for p in split_passages(extraction)}
    assert found[HitKind.ISSUE].text == "采购权力集中"
    assert found[HitKind.MEASURE].context == "针对采购权力集中， ，明确职责"


@pytest.mark.parametrize("kind", [BlockKind.FURNITURE, BlockKind.BYLINE])
def test_a_window_ends_at_a_skipped_block_and_keeps_its_heading_behind_it(kind):
    document = make_document(f"# 一、问题\n{SENTENCE}\n第3页\n{SENTENCE}")
    blocks = tuple(
        replace(block, kind=kind) if document.text[block.start : block.end] == "第3页" else block
        for block in document.blocks
    )
    found = windows(replace(document, blocks=blocks))
    assert [(p.context, p.text) for p in found] == [("一、问题", SENTENCE)] * 2


def test_furniture_and_title_are_no_passages():
    assert windows("## 关于整改的报告") == []
    assert split_passages(make_extraction(make_document("x", blocks=()))) == []


@given(st.lists(st.sampled_from([SENTENCE, "# 标题", "短句。", "长" * 300, ""]), max_size=12))
def test_windows_cover_every_sentence_once_and_in_order(lines):
    extraction = make_extraction("\n".join(lines))
    text = extraction.document.text
    found = [p for p in split_passages(extraction) if p.kind is HitKind.PASSAGE]
    assert all(text[p.start : p.end] == p.text for p in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    words = "".join(line for line in lines if "#" not in line)
    assert "".join(p.text for p in found).replace("\n", "") == words
