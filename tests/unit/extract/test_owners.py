"""Whose figure a statistic is, where it is about, and by which rule and words that is told."""

import re

import pytest

from docintel.extract.attribution import collectives, owners, subjects
from docintel.extract.attribution.attribution import Attribution
from docintel.extract.language.reading import Reading
from docintel.extract.pipeline import extract
from docintel.parse.structure import Line, split_lines, structure
from docintel.parse.tables import plain_cells, table_line
from docintel.schema import Document
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
    # of an interview, a speech, and what an office publishes
    ("## 账要算清——对话青岚市中心医院纪委书记祝小满\n建立台账9本。", "青岚市中心医院", "unit/guest", None),
    ("## 护林访谈\n访谈嘉宾：青岚市林业局党组书记祝小满\n建立台账9本。", "青岚市林业局", "unit/guest", "青岚市林业局"),
    ("## 在青岚市中心医院年度大会上的讲话\n建立台账9本。", "青岚市中心医院", "unit/author", None),
    ("## 在动员会上的讲话\n青岚市林业局局长 祝小满\n建立台账9本。", "青岚市林业局", "unit/author", "青岚市林业局"),
    # what sums up is of the author, what is left of a number of whom it was of, some people are not their unit
    (
        "## 青岚市教育局整改情况\n市审计局到场督导。截至6月底，已建台账9本。",
        "青岚市教育局",
        "unit/author",
        None,
    ),
    ("## 青岚市动态\n云溪县一位村民写信反映，台账有9本。", None, "unit/some", "云溪县"),
    ("## 云溪县动态\n县里建立台账9本。", "云溪县", "unit/place", "县里"),
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


class Tallied:
    """A pattern that notes how many characters it looks through."""

    def __init__(self, pattern, tally):
        self.pattern, self.tally = pattern, tally

    def __getattr__(self, name):
        method = getattr(self.pattern, name)

        def look(text, start=0, end=None):
            end = len(text) if end is None else end
            if name in ("search", "finditer"):
                self.tally.append(end - start)
            return method(text, start, end)

        return look


@pytest.mark.parametrize("unit", ["其中3起", "参会3人", "云溪县12件、", "出席3人举行3场", "各单位、医院修订制度3项、"])
def test_a_long_clause_is_looked_through_a_few_times_however_many_figures_it_has(unit, monkeypatch):
    text, tally = unit * 500, []
    for module in (owners, subjects, collectives):
        for name, pattern in list(vars(module).items()):
            if isinstance(pattern, re.Pattern):
                monkeypatch.setattr(module, name, Tallied(pattern, tally))
    attribution = Attribution(Reading(make_document(text)))
    for number in re.finditer(r"\d+", text):
        attribution.owner_of(*number.span())
    assert 0 < sum(tally) < 40 * len(text)


def test_a_row_of_sums_is_nobodys_and_a_part_is_called_by_its_name():
    rows = [
        ["乡镇", "立案（件）", "整改率"],
        ["青岚镇", "12", "80%"],
        ["小计", "13", "81%"],
        ["其中：石桥镇", "5", "72%"],
        ["全县合 计", "17", "75%"],
    ]
    text, blocks = structure(split_lines([Line("## 云溪县情况通报"), table_line(plain_cells(rows))]))
    found = extract(Document(id="0" * 64, source="台账.xlsx", text=text, blocks=blocks)).statistics
    assert [(s.value, s.unit) for s in found] == [
        (12, "青岚镇"),
        (80, "青岚镇"),
        (13, None),
        (81, None),
        (5, "石桥镇"),
        (72, "石桥镇"),
        (17, None),
        (75, None),
    ]


@pytest.mark.parametrize("city", ["绮川市", "青岚市", "榆桥市", "苴岭市", "云栖市", "松陵市", "临浦市", "白榆市"])
def test_of_two_places_of_one_name_the_one_that_the_document_is_about_is_meant(city):
    """Whatever the order of a set: that of strings is another one in every process."""
    text = f"四川省{city}中心医院开展检查3次。{city}教育局约谈12人。{city}财政局走访商户86家。{city}林业局建立台账9本。"
    found = extract(make_document(text))
    assert found.region
    assert [figure.region for figure in found.statistics] == [found.region] * 4
