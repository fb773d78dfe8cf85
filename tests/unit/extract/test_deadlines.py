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
