"""Where sentences and clauses of official prose end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.text.normalize import fold
from docintel.text.sentences import split_clauses, split_sentences


def cut(text, spans):
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("发现问题。立即整改！", ["发现问题。", "立即整改！"]),
        ("他说：“问题不小。”会后整改。", ["他说：“问题不小。”", "会后整改。"]),  # the closing quote stays
        ("标题\n正文一句", ["标题", "正文一句"]),
        ("印发《“我承诺。你监督”方案》后整改。", ["印发《“我承诺。你监督”方案》后整改。"]),  # a title is one piece
    ],
)
def test_sentences(text, expected):
    assert cut(text, split_sentences(fold(text))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("发现问题38个、整改31个，完成率82%。", ["发现问题38个、整改31个", "完成率82%"]),
        ("回访26,544人次,未见异常", ["回访26,544人次", "未见异常"]),  # a thousands separator
        ("“针对管理宽松等问题，要举一反三”，他强调", ["针对管理宽松等问题", "要举一反三", "他强调"]),
        ("落实《采购管理办法（试行），2022版》；约谈2次", ["落实《采购管理办法（试行），2022版》", "约谈2次"]),
        ("完善“三重一大”制度", ["完善“三重一大”制度"]),
    ],
)
def test_clauses(text, expected):
    assert cut(text, split_clauses(fold(text))) == expected


@given(st.text(alphabet="问题整改，。；：“”《》1,2\n 、", max_size=60))
def test_spans_are_in_order_and_leave_out_no_word(text):
    for split in (split_sentences, split_clauses):
        end, kept = 0, []
        for start, stop in split(fold(text)):
            assert end <= start < stop <= len(text)
            kept.append(text[start:stop])
            end = stop
        words = [char for char in "".join(kept) if char in "问题整改12"]
        assert words == [char for char in text if char in "问题整改12"]
