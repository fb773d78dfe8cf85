"""Whose figure a statistic is, where it is about, and by which rule and words that is told."""

import pytest

from docintel.extract.pipeline import extract
from tests.factories import make_document

pytestmark = pytest.mark.model

TITLE = "## 青岚市教育系统动态\n"

ROWS = [
    (TITLE + "市卫健委建立台账9本。", "青岚市卫生健康委员会", "unit/named", "市卫健委"),
    (TITLE + "市卫健委召开会议。会后建立台账9本。", "青岚市卫生健康委员会", "unit/carried", "市卫健委"),
    (TITLE + "市纪委监委督促市卫健委建立台账9本。", "青岚市卫生健康委员会", "unit/told", "市卫健委"),
    (TITLE + "春季以来，全市医疗单位约谈干部18人。", "青岚市医疗单位", "unit/group", "全市医疗单位"),
    (TITLE + "全市共走访商户86家。", "青岚市", "unit/place", "全市"),
    ("去年，全国共查处诬告陷害问题75起。", "全国纪检监察机关", "unit/group", "全国"),
    ("青岚市第二人民医院原院长沈明远收受贿赂26万元。", None, "unit/person", "青岚市第二人民医院原院长沈明远"),
    ("部分学校开展检查1次。", None, "unit/some", "部分"),
    ("建立台账9本。", None, "unit/none", None),
    ("## 青岚市教育局情况通报\n建立台账9本。", "青岚市教育局", "unit/author", None),
    (
        "## 青岚市纪委监委通报2023年审查调查情况\n全市纪检监察机关情况如下：\n处分干部18人。",
        "青岚市纪检监察机关",
        "unit/released",
        "全市纪检监察机关",
    ),
    (TITLE + "立案最多的是云溪县31件。", "云溪县", "unit/each", "云溪县"),
    (
        "青岚市水务集团公款旅游问题。总经理祝小满受到警告处分。有关费用已退回9万元。",
        "青岚市水务集团",
        "unit/case",
        "青岚市水务集团",
    ),
    ("## 经验\n# 一、青岚市中心医院\n建立台账9本。", "青岚市中心医院", "unit/heading", "青岚市中心医院"),
]


@pytest.mark.parametrize(("text", "unit", "rule", "words"), ROWS, ids=[row[2] + row[0][-9:-3] for row in ROWS])
def test_owner(text, unit, rule, words):
    (statistic,) = extract(make_document(text)).statistics
    ground = next(ground for ground in statistic.grounds if ground.field == "unit")
    assert (statistic.unit, ground.rule) == (unit, rule)
    assert (ground.evidence.quote if ground.evidence else None) == words


def test_who_is_quoted_owns_the_figures_of_the_quotation():
    text = TITLE + "“我们重新核对了库存，一共补签合同7份。”青岚市第二人民医院相关负责人介绍。"
    (statistic,) = extract(make_document(text)).statistics
    assert statistic.unit == "青岚市第二人民医院"


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("浙江省淳安县纪委监委立案3件。", "浙江省杭州市淳安县"),
        ("## 杭州市动态\n淳安县立案3件。", "浙江省杭州市淳安县"),
        ("## 杭州市动态\n立案3件。", "浙江省杭州市"),
        ("中央纪委国家监委立案3件。", None),
        ("立案3件。", None),
    ],
)
def test_region(text, region):
    assert extract(make_document(text)).statistics[0].region == region
