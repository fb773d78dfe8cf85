"""Until when a measure is to be done."""

import pytest

from docintel.extract.deadlines import with_deadlines
from docintel.extract.language.reading import Reading
from docintel.parse import parse_bytes
from docintel.schema import Status
from tests.factories import make_measure

ITEMS = """青岚市医院整改情况
一、甲（责任单位：药剂科；整改时限：2024年6月底前）
1. 建立台账。
2. 开展盘点。整改时限：立行立改。
二、乙
（一）丙。完成时限：2024年7月
1. 成立小组。
2. 召开例会；完成时限：2024年8月；公开比价；完成时限：2024年9月。
三、丁
修订办法。
整改时限：2024年10月
今后加强监督。
"""
CLOSED = """青岚市医院整改情况
一、甲（责任单位：药剂科；整改时限：2024年6月底前）
建立台账。
下一步工作打算
加强监督。
二、乙
修订办法，公开比价，完成时限：2024年9月；长期抓好督促。
召开例会。
三、丙
开展盘点。
完成时限：2024年10月
压实责任。
四、丁（完成时限：2024年11月）。成立小组。
完成时限：—
"""


def deadline(text, quote, status=Status.REQUIRED):
    document = parse_bytes(text.encode(), "报告.txt")
    (measure,) = with_deadlines(Reading(document), [make_measure(document, quote, status=status)])
    grounds = [ground.evidence.quote for ground in measure.grounds if ground.field == "deadline"]
    assert grounds == ([measure.deadline] if measure.deadline else [])
    return measure.deadline


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("建立台账", "2024年6月底前"),
        ("开展盘点", "立行立改"),
        ("成立小组", "2024年7月"),
        ("召开例会", "2024年8月"),
        ("公开比价", "2024年9月"),
        ("修订办法", "2024年10月"),
        ("加强监督", None),
    ],
)
def test_a_field_of_the_item_says_until_when(quote, expected):
    assert deadline(ITEMS, quote) == expected


@pytest.mark.parametrize(
    ("quote", "status", "expected"),
    [
        ("9月底前补上漏洞", Status.REQUIRED, "9月底前"),
        ("年内修订办法", Status.ONGOING, "年内"),
        ("9月底前补上漏洞", Status.DONE, None),
        ("三日内备案", Status.REQUIRED, None),
        ("三年内不得投标", Status.REQUIRED, None),
    ],
)
def test_a_measure_may_say_it_itself(quote, status, expected):
    assert deadline(f"青岚市医院动态\n会议要求，{quote}。", quote, status) == expected


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("建立台账", "2024年6月底前"),
        ("加强监督", None),
        ("修订办法", "2024年9月"),
        ("抓好督促", None),
        ("召开例会", None),
        ("开展盘点", "2024年10月"),
        ("压实责任", None),
        ("成立小组", "2024年11月"),
    ],
)
def test_what_stands_behind_a_field_is_not_what_it_is_of(quote, expected):
    assert deadline(CLOSED, quote) == expected


@pytest.mark.parametrize("said", ["—", "/", "已完成", "已全部整改到位", "无"])
def test_a_field_that_names_no_day_sets_none(said):
    assert deadline(f"青岚市医院整改情况\n一、甲\n建立台账。完成时限：{said}\n", "建立台账") is None


def test_how_long_something_holds_is_no_deadline():
    assert deadline("青岚市医院动态\n一、甲\n列入黑名单，期限：三年。\n", "列入黑名单") is None


@pytest.mark.parametrize(
    "quote",
    [
        "对2020年以前的合同全面清理",
        "补缴2018年前欠缴的社保",
        "清退2019年12月31日前违规发放的补贴",
        "把年内发生的问题梳理一遍",
        "清理2030年前签订的合同",
        "每年3月底前开展盘点",
        "每季度末和6月底前开展盘点",
        "2022年6月底前补上漏洞",
    ],
)
def test_what_is_past_or_comes_again_is_no_deadline(quote):
    text = f"青岚市医院动态\n发布时间：2023年5月6日\n会议要求，{quote}。"
    assert deadline(text, quote) is None


def test_words_of_the_past_do_not_hide_a_deadline_behind_them():
    quote = "把年内发生的问题梳理一遍，9月底前签订责任书"
    assert deadline(f"青岚市医院动态\n会议要求，{quote}。", quote) == "9月底前"


def test_a_rhythm_that_begins_before_the_measure_counts():
    assert deadline("青岚市医院动态\n会议要求，每年3月底前开展盘点。", "3月底前开展盘点") is None
