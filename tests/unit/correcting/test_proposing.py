"""What a person asks for is checked against the document and the vocabularies, and refused in words that help."""

import pytest

from docintel.correcting import Request, propose
from docintel.correcting.fields import settable
from docintel.errors import CorrectionError
from docintel.schema import RECORD_TYPES, CorrectionAction, MeasureCategory, Metric, Modality, Status, chinese_name
from tests.factories import make_extraction, make_statistic

TEXT = (
    "库房无人盘点。出库单据缺失。成立盘点小组，加强监督。\n加强监督，公示结果。"
    "陆远收受礼品、礼金2万元，受到党内严重警告处分。"
)


@pytest.fixture
def extraction():
    return make_extraction(TEXT, issues=["库房无人盘点", "出库单据缺失"], measures=["成立盘点小组", "公示结果"])


def ask(extraction, action, kind, ordinal=None, **details):
    return propose(
        extraction,
        Request(kind=kind, action=CorrectionAction(action), ordinal=ordinal, by="王芳", **details),
    )


def refusal(extraction, *asked, **details):
    with pytest.raises(CorrectionError) as refused:
        ask(extraction, *asked, **details)
    return f"{refused.value}\n{refused.value.hint}"


@pytest.mark.parametrize("value", ["education", "警示教育", " education "])
def test_labels_are_taken_by_either_name(extraction, value):
    assert ask(extraction, "change", "measures", 0, fields={"类别": value}).fields == {"category": "education"}


def test_every_label_of_a_vocabulary_is_named_when_another_is_given(extraction):
    told = refusal(extraction, "change", "measures", 0, fields={"category": "training"})
    assert "'training'" in told
    assert all(f"{label}（{chinese_name(label)}）" in told for label in MeasureCategory)


def test_fields_are_read_by_their_type(extraction):
    statistic = make_statistic(extraction.document, "礼金2万元", value=2.0)
    extraction = make_extraction(extraction.document, issues=["库房无人盘点"], statistics=(statistic,))
    given = {"数值": "20,000", "approximate": "是", "period": "2022-01/2022-06", "subject": "", "unit": "云溪县医院"}
    assert ask(extraction, "change", "statistics", 0, fields=given).fields == {
        "value": 20000,
        "approximate": True,
        "period": "2022-01/2022-06",
        "unit": "云溪县医院",
    }


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"value": "很多"}, "写阿拉伯数字"),
        ({"value": "nan"}, "写阿拉伯数字"),
        ({"period": "2022年"}, "YYYY-MM"),
        ({"period": "2022-13"}, "YYYY-MM"),
        ({"period": "2023/2022"}, "YYYY-MM"),
        ({"metric": ""}, str(Metric.CLUES)),
        ({"approximate": "也许"}, "true"),
        ({"confidence": "1"}, "unit_of_measure（量词）"),
        ({"quote": "文中没有的话"}, "verbatim"),
        ({"value": "-5"}, "percentage"),
        ({"value": 1e308}, "1e+15"),
        ({"unit": "云溪县\x00医院"}, "control characters"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(extraction, fields, told):
    statistic = make_statistic(extraction.document, "礼金2万元", value=2.0)
    extraction = make_extraction(extraction.document, statistics=(statistic,))
    assert told in refusal(extraction, "change", "statistics", 0, fields=fields)


def test_measures_address_issues_that_are_there(extraction):
    issue = {"start": 7, "end": 13, "quote": "出库单据缺失"}
    for said in ("issues/1", "#1", "1", [1], [issue]):
        assert ask(extraction, "change", "measures", 0, fields={"addresses": said}).fields == {"addresses": [issue]}
    told = refusal(extraction, "change", "measures", 0, fields={"addresses": "issues/2"})
    assert "0–1" in told


def test_acts_and_penalties_are_words_of_the_document(extraction):
    fields = {"persons": "陆远", "行为": "收受礼品、礼金2万元", "处理": "党内严重警告", "amounts": "20000"}
    added = ask(extraction, "add", "cases", quote="陆远收受礼品、礼金2万元", fields=fields).fields
    (act,), (penalty,) = added["acts"], added["penalties"]
    assert act["quote"] == "收受礼品、礼金2万元"
    assert (penalty["name"], penalty["kind"]) == ("党内严重警告", "party")
    assert (added["persons"], added["amounts"], added["date"]) == (["陆远"], [20000], None)
    assert "文中没有" in refusal(extraction, "add", "cases", quote="陆远", occurrence=1, fields={"acts": "挪用公款"})


def test_an_added_record_says_what_it_must(extraction):
    told = refusal(extraction, "add", "issues", quote="无人盘点", fields={"category": "assets"})
    assert all(str(label) in told for label in Modality)
    assert ask(extraction, "add", "units", quote="盘点小组", fields={"kind": "other"}).fields["canonical"] == "盘点小组"
    assert "issues/0" in refusal(
        extraction, "add", "issues", quote="库房无人盘点", fields={"category": "assets", "modality": "found"}
    )


def test_a_quote_is_found_whatever_the_white_space_and_width_of_signs(extraction):
    fields = {"category": "inspection", "status": "required"}
    added = ask(extraction, "add", "measures", quote="加强监督, 公示 结果", fields=fields)
    assert added.quote == "加强监督，公示结果"
    assert extraction.document.text[added.start : added.end] == added.quote


def test_a_quote_that_stands_in_several_places_needs_to_be_told_apart(extraction):
    fields = {"category": "inspection", "status": "required"}
    told = refusal(extraction, "add", "measures", quote="加强监督", fields=fields)
    assert "2 处" in told
    assert "--occurrence 2" in told
    first, last = extraction.document.text.index("加强监督"), extraction.document.text.rindex("加强监督")
    assert ask(extraction, "add", "measures", quote="加强监督", occurrence=2, fields=fields).start == last
    assert ask(extraction, "add", "measures", quote="加强监督", start=first + 1, fields=fields).start == first
    assert "只有 2 处" in refusal(extraction, "add", "measures", quote="加强监督", occurrence=3, fields=fields)


def test_a_quote_that_is_nearly_right_is_told_what_it_should_be(extraction):
    told = refusal(
        extraction, "add", "issues", quote="出库票据缺失了", fields={"category": "assets", "modality": "found"}
    )
    assert "出库单据缺失" in told


def test_a_number_that_means_another_record_now_is_noticed(extraction):
    assert ask(extraction, "reject", "issues", 0, quote="出库单据缺失").quote == "出库单据缺失"
    assert ask(extraction, "reject", "issues", quote="出库单据缺失").start == 7
    assert "重新查看" in refusal(extraction, "reject", "issues", 0, quote="另一句话")
    assert "只有 2 条" in refusal(extraction, "reject", "issues", 2)
    assert "measures/3" in refusal(extraction, "reject", "measures")


def test_what_changes_nothing_or_goes_together_with_nothing_is_refused(extraction):
    assert "--accept" in refusal(extraction, "change", "measures", 0, fields={"status": Status.DONE})
    assert "--set" in refusal(extraction, "change", "measures", 0)
    assert "sets no fields" in refusal(extraction, "accept", "measures", 0, fields={"status": "done"})
    assert "statistics（统计数据）" in refusal(extraction, "reject", "poems", 0)
    assert "Checks follow" in refusal(extraction, "change", "checks", 0, fields={"holds": "true"})


@pytest.mark.parametrize("kind", RECORD_TYPES)
def test_what_is_set_by_nobody_is_no_field(kind):
    assert not {"confidence", "grounds", "evidence", "mentions"} & set(settable(kind))


def test_a_share_may_have_fallen(extraction):
    statistic = make_statistic(extraction.document, "礼金2万元", value=2.0)
    extraction = make_extraction(extraction.document, statistics=(statistic,))
    fields = {"value": "-5", "unit_of_measure": "%"}
    assert ask(extraction, "change", "statistics", 0, fields=fields).fields["value"] == -5


@pytest.mark.parametrize(
    ("by", "note"), [("", ""), (" ", ""), ("王\x00芳", ""), ("王芳", "\x1b[31m"), (7, ""), ("王芳", 5)]
)
def test_who_says_so_and_why_are_words_that_can_be_seen(extraction, by, note):
    with pytest.raises(CorrectionError):
        propose(extraction, Request(kind="issues", action=CorrectionAction.ACCEPT, ordinal=0, by=by, note=note))


def test_the_place_of_an_act_is_a_number(extraction):
    act = {"quote": "收受礼品", "start": "x"}
    fields = {"persons": "陆远", "acts": [act], "处理": "党内严重警告"}
    assert "whole number" in refusal(extraction, "add", "cases", quote="陆远收受礼品、礼金2万元", fields=fields)
