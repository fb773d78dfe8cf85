"""Whose figure a statistic is."""

import pytest

from docintel.extract.pipeline import extract
from tests.factories import make_document

pytestmark = pytest.mark.model

ROWS = [
    # the unit that acts, with its place written out
    ("## 青岚市深化医药领域整治\n青岚市纪委监委紧盯关键环节。市卫健委制定防控措施46条。", "青岚市卫生健康委员会"),
    # a group of units of the place
    ("## 青岚市深化医药领域整治\n今年以来，全市医疗单位处理干部54人。", "青岚市医疗单位"),
    # the place itself
    ("## 青岚市深化医药领域整治\n全市共立案57件。", "青岚市"),
    # the organs of the whole country
    ("上半年，全国共查处违规吃喝问题431起。", "全国纪检监察机关"),
    # who was quoted
    (
        "## 青岚市深化医药领域整治\n“我们堵塞采购漏洞，先后完善制度20项。”青岚市第二人民医院相关负责人介绍。",
        "青岚市第二人民医院",
    ),
    # what a person took is nobody's work
    ("青岚市第二人民医院原院长沈某收受贿赂130万元。", None),
]


@pytest.mark.parametrize(("text", "unit"), ROWS, ids=[text[-12:] for text, _ in ROWS])
def test_owner(text, unit):
    assert extract(make_document(text)).statistics[0].unit == unit
