"""What a text denies is no problem, and to find nothing is no action."""

import pytest

from docintel.extract.language.reading import Reading
from docintel.extract.pipeline import extract
from docintel.extract.work.denials import denials
from tests.factories import make_document

ROWS = [
    ("该院从未发生过收受红包现象。", "该院|从未发生过收受红包现象"),
    ("督查组对三家医院开展检查未发现乱收费问题。", "督查组对三家医院开展检查|未发现乱收费问题"),
    ("今年以来未发现明显问题。", "今年以来|未发现明显问题"),
    ("经核实，该科不存在分解收费行为。", "该科|不存在分解收费行为"),
    ("反映院长收受回扣的问题不属实。", "|反映院长收受回扣的问题不属实"),
    ("关于采购中围标的举报经查没有事实依据。", "|关于采购中围标的举报经查没有事实依据"),
]


def denied(text):
    reading = Reading(make_document(text))
    return [(reading.text[: one.start].rpartition("，")[2], reading.text[one.start : one.end]) for one in
            denials(reading)]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_where_a_clause_denies(text, expected):
    assert denied(text) == [tuple(expected.split("|"))]


@pytest.mark.parametrize(
    "text",
    [
        "对应发现而未发现的问题严肃追责。",
        "派驻组连续三年未发现一起问题。",  # blamed for it
        "9件信访件件以“查无实据”了结。",
        "检查是否存在违规吃喝问题。",
        "上报的整改情况不实。",
        "采购价格没有发生变化。",
        "未及时发现并纠正重复收费。",
    ],
)
def test_what_blames_or_asks_denies_nothing(text):
    assert denied(text) == []


def test_an_action_stands_before_what_it_did_not_find():
    text = "督查组开展检查未发现乱收费问题。"
    (one,) = denials(Reading(make_document(text)))
    assert text[one.begin :].startswith("未发现")


@pytest.mark.parametrize(
    "text",
    [
        "调查结果显示，该院从未发生过收受红包现象。",
        "经县纪委监委核查，反映院长收受回扣的问题不属实。",
        "县卫健局开展检查，未发现乱收费问题。",
    ],
)
def test_what_is_denied_is_neither_a_problem_nor_an_action(text):
    extraction = extract(make_document(text))
    quotes = [each.evidence.quote for each in (*extraction.issues, *extraction.measures)]
    assert not any("红包" in quote or "回扣" in quote or "乱收费" in quote for quote in quotes)
