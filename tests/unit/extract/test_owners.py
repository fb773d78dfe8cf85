"""Whose figure a statistic is."""

import pytest

from docintel.extract.pipeline import extract
from tests.factories import make_document

pytestmark = pytest.mark.model

ROWS = [
    # the unit that acts, with its place written out
    ("## 青岚市教育系统动态\n青岚市纪委监委召开会议。市卫健委建立台账9本。", "青岚市卫生健康委员会"),
    # a group of units of the place
    ("## 青岚市教育系统动态\n春季以来，全市医疗单位约谈干部18人。", "青岚市医疗单位"),
    # the place itself
    ("## 青岚市教育系统动态\n全市共走访商户86家。", "青岚市"),
    # the organs of the whole country
    ("去年，全国共查处诬告陷害问题75起。", "全国纪检监察机关"),
    # who was quoted
    (
        "## 青岚市教育系统动态\n“我们重新核对了库存，一共补签合同7份。”青岚市第二人民医院相关负责人介绍。",
        "青岚市第二人民医院",
    ),
    # what a person took is nobody's work
    ("青岚市第二人民医院原院长沈某收受贿赂26万元。", None),
]


@pytest.mark.parametrize(("text", "unit"), ROWS, ids=[text[-12:] for text, _ in ROWS])
def test_owner(text, unit):
    assert extract(make_document(text)).statistics[0].unit == unit
