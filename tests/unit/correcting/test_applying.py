"""Corrections find their records again, whatever was read since, and leave everything else as it was."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.correcting import Request, apply, carried, propose
from docintel.schema import (
    RECORD_TYPES,
    Act,
    Case,
    Check,
    Correction,
    CorrectionAction,
    Extraction,
    Ground,
    IssueCategory,
    MeasureCategory,
    Metric,
    Penalty,
    Person,
    Reference,
    ReferenceKind,
    Relation,
    SanctionKind,
    Status,
)
from tests.factories import (
    evidence,
    make_document,
    make_extraction,
    make_issue,
    make_measure,
    make_statistic,
    make_unit,
)

TEXT = (
    "## 关于整改情况的通报\n"
    "云溪县粮食储备公司发现问题38个，已整改31个，未整改7个。\n"
    "库存盘点长期无人负责，出库单据缺失。公司成立盘点小组，每月公示盘点结果。\n"
    "仓储科科长陆远收受礼金2万元，受到党内警告处分。陆远已退缴礼金。\n"
    "依据云纪发〔2022〕15号文件处理。"
)


def whole(text=TEXT):
    """A document with a record of every type, linked where records link."""
    document = make_document(text)
    said = lambda words: evidence(document, words)  # noqa: E731
    return Extraction(
        document=document,
        statistics=(
            make_statistic(document, "发现问题38个", value=38.0, confidence=0.8),
            make_statistic(document, "已整改31个", value=31.0, metric=Metric.ISSUES_RECTIFIED, confidence=0.7),
            make_statistic(document, "未整改7个", value=7.0, metric=Metric.ISSUES_PENDING, confidence=0.7),
        ),
        units=(make_unit(document, "云溪县粮食储备公司", mentions=(said("云溪县粮食储备公司"),), confidence=0.9),),
        persons=(
            Person(evidence=said("陆远"), position="科长", mentions=(said("陆远"), document.evidence(*second(text)))),
        ),
        cases=(
            Case(
                evidence=said("陆远收受礼金2万元"),
                persons=("陆远",),
                acts=(Act(evidence=said("收受礼金2万元"), amounts=(20000.0,)),),
                penalties=(Penalty(evidence=said("党内警告"), name="党内警告", kind=SanctionKind.PARTY),),
                amounts=(20000.0,),
            ),
        ),
        issues=(
            make_issue(document, "库存盘点长期无人负责", confidence=0.6),
            make_issue(document, "出库单据缺失", category=IssueCategory.ASSETS, confidence=0.6),
        ),
        measures=(
            make_measure(document, "公司成立盘点小组", addresses=(0, 1), units=("云溪县粮食储备公司",), confidence=0.5),
            make_measure(document, "每月公示盘点结果", addresses=(1,), confidence=0.5),
        ),
        references=(
            Reference(evidence=said("云纪发〔2022〕15号"), kind=ReferenceKind.DOCUMENT, canonical="云纪发〔2022〕15号"),
        ),
        checks=(
            Check(
                evidence=said("发现问题38个"),
                relation=Relation.BALANCE,
                statistics=(0, 1, 2),
                against=(said("已整改31个"), said("未整改7个")),
                stated=38.0,
                computed=38.0,
                holds=True,
            ),
        ),
    )


def second(text):
    document = make_document(text)
    start = document.text.rindex("陆远")
    return start, start + 2


def asked(extraction, action, kind="", ordinal=None, number=1, **details):
    """The correction that a request makes, as kept under a number."""
    request = Request(kind=kind, action=CorrectionAction(action), ordinal=ordinal, by="王芳", **details)
    return replace(propose(extraction, request), id=number)


def quotes(records):
    return [record.evidence.quote for record in records]


def test_no_correction_changes_nothing():
    extraction = whole()
    assert apply(extraction, []).extraction is extraction


@given(st.sets(st.integers(0, 3)), st.lists(st.integers(0, 3), max_size=3))
def test_records_that_were_not_rejected_stand_and_their_links_hold(gone, addressed):
    text = "甲处账目不清。乙处采购无人监督。丙处虚列支出。丁处违规接待。立即开展自查。"
    issues = ["甲处账目不清", "乙处采购无人监督", "丙处虚列支出", "丁处违规接待"]
    extraction = make_extraction(text, issues=issues, measures=[("立即开展自查", dict.fromkeys(addressed))])
    corrections = [asked(extraction, "reject", "issues", ordinal, number=ordinal + 1) for ordinal in gone]
    corrected = apply(extraction, corrections).extraction
    assert quotes(corrected.issues) == [quote for i, quote in enumerate(issues) if i not in gone]
    linked = [corrected.issues[i].evidence.quote for i in corrected.measures[0].addresses]
    assert linked == [issues[i] for i in dict.fromkeys(addressed) if i not in gone]
    assert apply(corrected, corrections).extraction == corrected


@pytest.mark.parametrize("kind", RECORD_TYPES)
def test_a_rejected_record_is_gone_and_stays_so_when_it_is_read_again(kind):
    extraction = whole()
    correction = asked(extraction, "reject", kind, 0)
    corrected = apply(extraction, [correction])
    assert quotes(corrected.extraction.records(kind)) == quotes(extraction.records(kind)[1:])
    assert corrected.lost == ()
    assert apply(corrected.extraction, [correction]).extraction == corrected.extraction


@pytest.mark.parametrize("kind", RECORD_TYPES)
def test_an_accepted_record_is_sure_and_tells_who_said_so(kind):
    extraction = whole()
    corrected = apply(extraction, [asked(extraction, "accept", kind, 0, note="已核对")])
    record, before = corrected.extraction.records(kind)[0], extraction.records(kind)[0]
    assert record == replace(before, confidence=1.0)
    assert record.grounds[0].rule == "correction/accept"
    assert "王芳" in record.grounds[0].note
    assert "已核对" in record.grounds[0].note
    assert [each.id for each in corrected.by[kind, 0]] == [1]


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        ("statistics", {"metric": "clues", "unit": "云溪县纪委"}, {"metric": Metric.CLUES, "unit": "云溪县纪委"}),
        ("units", {"canonical": "青岚市云溪县粮食储备公司"}, {"canonical": "青岚市云溪县粮食储备公司"}),
        ("persons", {"position": "仓储科科长"}, {"position": "仓储科科长"}),
        ("cases", {"date": "2022-06"}, {"date": "2022-06"}),
        ("issues", {"category": "assets"}, {"category": IssueCategory.ASSETS}),
        ("measures", {"status": "ongoing"}, {"status": Status.ONGOING}),
        ("references", {"kind": "law"}, {"kind": ReferenceKind.LAW}),
    ],
)
def test_a_changed_record_keeps_what_was_not_changed(kind, fields, expected):
    extraction = whole()
    corrected = apply(extraction, [asked(extraction, "change", kind, 0, fields=fields)]).extraction
    before = extraction.records(kind)[0]
    assert corrected.records(kind)[0] == replace(before, confidence=1.0, **expected)
    assert {g.field for g in corrected.records(kind)[0].grounds} == set(fields)


def test_grounds_of_fields_that_were_not_changed_stay():
    extraction = whole()
    grounds = (
        Ground("", "measure/judged"),
        Ground("category", "measure-category/rules"),
        Ground("status", "status/done"),
    )
    extraction = replace(extraction, measures=(replace(extraction.measures[0], grounds=grounds),))
    (measure,) = apply(
        extraction, [asked(extraction, "change", "measures", 0, fields={"category": "inspection"})]
    ).extraction.measures
    assert [ground.rule for ground in measure.grounds] == ["correction/change", "measure/judged", "status/done"]


def test_links_follow_an_issue_that_is_added_before_them():
    extraction = whole()
    added = asked(
        extraction, "add", "issues", quote="长期无人负责", fields={"category": "responsibility", "modality": "found"}
    )
    early = asked(extraction, "add", "issues", quote="未整改7个", fields={"category": "rules", "modality": "found"})
    corrected = apply(extraction, [added, replace(early, id=2)]).extraction
    assert quotes(corrected.issues) == ["未整改7个", "库存盘点长期无人负责", "长期无人负责", "出库单据缺失"]
    assert [measure.addresses for measure in corrected.measures] == [(1, 3), (3,)]


def test_a_measure_addresses_issues_by_their_words():
    extraction = whole()
    changed = asked(extraction, "change", "measures", 1, fields={"addresses": "issues/0"})
    gone = asked(extraction, "reject", "issues", 1, number=2)
    anew = replace(extraction, issues=extraction.issues[:1], measures=extraction.measures[1:])
    anew = replace(anew, measures=(replace(anew.measures[0], addresses=()),))
    assert apply(anew, [changed, gone]).extraction.measures[0].addresses == (0,)


def test_a_record_that_is_not_read_any_more_stands_as_long_as_its_words_do():
    extraction = whole()
    corrections = [
        asked(extraction, "change", "measures", 0, fields={"category": "inspection"}),
        asked(extraction, "accept", "issues", 1, number=2),
    ]
    nothing = Extraction(document=extraction.document)
    corrected = apply(nothing, corrections)
    (measure,), (issue,) = corrected.extraction.measures, corrected.extraction.issues
    assert measure.category is MeasureCategory.INSPECTION
    assert (measure.units, measure.confidence) == (("云溪县粮食储备公司",), 1.0)
    assert issue.evidence == extraction.issues[1].evidence
    gone = make_extraction("另一份文件，没有这些话。")
    assert apply(gone, corrections).lost == tuple(corrections)
    assert apply(gone, [asked(extraction, "reject", "issues", 0)]).lost == ()


def test_the_text_has_moved():
    extraction = whole()
    moved = whole(TEXT.replace("## 关于整改情况的通报", "## 关于整改情况的通报\n（本院讯）以下是全文。"))
    for number, kind in enumerate(RECORD_TYPES, 1):
        rejected = apply(moved, [asked(extraction, "reject", kind, 0, number=number)])
        assert quotes(rejected.extraction.records(kind)) == quotes(moved.records(kind)[1:])


def test_the_same_words_elsewhere_are_another_record():
    extraction = make_extraction("加强监督。库房无人盘点。加强监督。", measures=["加强监督"])
    correction = asked(extraction, "reject", "measures", 0)
    document = extraction.document
    start = document.text.rindex("加强监督")
    elsewhere = make_measure(document, "加强监督")
    elsewhere = replace(elsewhere, evidence=document.evidence(start, start + 4))
    assert apply(replace(extraction, measures=(elsewhere,)), [correction]).extraction.measures == (elsewhere,)


def test_a_record_with_other_ends_is_found_at_its_place():
    extraction = make_extraction("今年以来对库存盘点长期无人负责的问题进行通报。", issues=["库存盘点长期无人负责"])
    changed = asked(extraction, "change", "issues", 0, fields={"category": "assets"})
    wider = make_extraction(extraction.document, issues=["对库存盘点长期无人负责的问题"])
    (issue,) = apply(wider, [changed]).extraction.issues
    assert issue.category is IssueCategory.ASSETS
    assert issue.evidence.quote == "对库存盘点长期无人负责的问题"
    other = make_extraction(extraction.document, issues=["通报"])
    assert len(apply(other, [changed]).extraction.issues) == 2


def test_statistics_with_the_same_words_are_told_apart_by_their_value():
    document = make_document("党纪处分28人、政务处分17人。")
    figures = tuple(make_statistic(document, "党纪处分28人、政务处分17人", value=value) for value in (28.0, 17.0))
    extraction = Extraction(document=document, statistics=figures)
    rejected = asked(extraction, "reject", "statistics", 1)
    assert apply(extraction, [rejected]).extraction.statistics == figures[:1]
    only = replace(extraction, statistics=figures[:1])
    assert apply(only, [rejected]).extraction == only


def test_other_ends_for_a_record():
    extraction = whole()
    changed = asked(extraction, "change", "issues", 1, fields={"quote": "单据缺失"})
    later = asked(apply(extraction, [changed]).extraction, "change", "issues", 1, 2, fields={"category": "finance"})
    issue = apply(extraction, [changed, later]).extraction.issues[1]
    assert (issue.evidence.quote, issue.category) == ("单据缺失", IssueCategory.FINANCE)
    undone = [replace(changed, undone="2024-01-01"), later]
    issue = apply(extraction, undone).extraction.issues[1]
    assert (issue.evidence.quote, issue.category) == ("出库单据缺失", IssueCategory.FINANCE)


def test_an_added_record_is_not_doubled_when_it_is_read_by_itself():
    extraction = replace(whole(), measures=())
    added = asked(
        extraction,
        "add",
        "measures",
        quote="每月公示盘点结果",
        fields={"category": "transparency", "status": "ongoing"},
    )
    assert apply(whole(), [added]).extraction.measures[1].category is MeasureCategory.TRANSPARENCY
    assert len(apply(whole(), [added]).extraction.measures) == 2
    (measure,) = apply(extraction, [added]).extraction.measures
    assert (measure.confidence, measure.grounds[0].rule) == (1.0, "correction/add")


def test_an_added_name_has_all_its_mentions():
    extraction = replace(whole(), persons=())
    (person,) = apply(extraction, [asked(extraction, "add", "persons", quote="陆远", occurrence=1)]).extraction.persons
    assert person == replace(whole().persons[0], position=None)


def test_records_follow_a_unit_or_person_that_has_another_name():
    extraction = whole()
    unit = asked(extraction, "change", "units", 0, fields={"canonical": "云溪粮储"})
    person = asked(extraction, "change", "persons", 0, number=2, fields={"name": "陆远收"})
    corrected = apply(extraction, [unit, person]).extraction
    assert corrected.measures[0].units == ("云溪粮储",)
    assert corrected.cases[0].persons == ("陆远收",)
    assert corrected.measures[0].confidence == 0.5


def test_checks_follow_the_figures():
    extraction = whole()
    changed = apply(extraction, [asked(extraction, "change", "statistics", 2, fields={"value": 9})]).extraction
    (check,) = changed.checks
    assert (check.relation, check.stated, check.computed, check.holds) == (Relation.BALANCE, 38.0, 40.0, False)
    assert apply(extraction, [asked(extraction, "reject", "statistics", 2)]).extraction.checks == ()
    other = apply(extraction, [asked(extraction, "change", "statistics", 0, fields={"region": "云溪县"})]).extraction
    assert other.checks == extraction.checks


def test_figures_of_a_traditional_document_are_checked_and_quoted_as_they_are_written():
    document = make_document("全院發現問題38個，已整改31個，未整改7個。", language="zh-Hant")
    figures = (
        make_statistic(document, "全院發現問題38個", value=38.0),
        make_statistic(document, "已整改31個", value=31.0, metric=Metric.ISSUES_RECTIFIED),
        make_statistic(document, "未整改7個", value=8.0, metric=Metric.ISSUES_PENDING),
    )
    extraction = Extraction(document=document, statistics=figures)
    (check,) = apply(extraction, [asked(extraction, "change", "statistics", 2, fields={"value": 7})]).extraction.checks
    assert (check.holds, check.computed, check.evidence.quote) == (True, 38.0, "全院發現問題38個")


def test_a_check_that_follows_from_a_correction_can_be_rejected():
    extraction = whole()
    changed = asked(extraction, "change", "statistics", 2, fields={"value": 9})
    rejected = asked(apply(extraction, [changed]).extraction, "reject", "checks", 0, number=2)
    assert apply(extraction, [changed, rejected]).extraction.checks == ()
    assert apply(extraction, [rejected, replace(changed, undone="2024")]).extraction.checks == extraction.checks


def test_a_reviewed_document_stands_as_it_was_found_complete():
    extraction = whole()
    changed = asked(extraction, "change", "issues", 0, fields={"category": "assets"})
    corrected = apply(extraction, [changed]).extraction
    reviewed = asked(corrected, "review", number=2)
    document = extraction.document
    anew = replace(
        extraction,
        issues=(make_issue(document, "仓储科科长"), *extraction.issues[1:]),
        measures=(),
        statistics=extraction.statistics[:2],
        checks=(),
    )
    current = apply(anew, [changed, reviewed])
    sure = {
        kind: tuple(replace(record, confidence=1.0) for record in corrected.records(kind))
        for kind in RECORD_TYPES
        if kind != "checks"
    }
    assert replace(current.extraction, checks=()) == replace(corrected, checks=(), **sure)
    assert current.lost == ()
    assert [check.statistics for check in current.extraction.checks] == [(0, 1, 2)]
    assert apply(
        anew, [changed, reviewed, asked(current.extraction, "reject", "issues", 0, number=3)]
    ).extraction.issues[0].evidence == (extraction.issues[1].evidence)


def test_a_review_of_words_that_are_gone_is_lost_in_part():
    extraction = whole()
    reviewed = asked(extraction, "review")
    shorter = make_extraction("库存盘点长期无人负责。")
    corrected = apply(shorter, [reviewed])
    assert corrected.lost == (reviewed,)
    assert quotes(corrected.extraction.issues) == ["库存盘点长期无人负责"]


def test_undone_corrections_do_not_apply():
    extraction = whole()
    undone = replace(asked(extraction, "reject", "issues", 0), undone="2024-05-01T00:00:00+00:00")
    assert apply(extraction, [undone]).extraction is extraction


def test_a_correction_goes_along_with_its_words():
    extraction = whole()
    correction = asked(extraction, "change", "measures", 1, number=7, fields={"category": "inspection"})
    moved = whole(TEXT.replace("## 关于整改情况的通报", "## 关于整改情况的通报（修订）"))
    carried_ = carried(correction, moved.document)
    assert (carried_.document, carried_.origin, carried_.id) == (moved.document.id, 7, 0)
    assert apply(moved, [carried_]).extraction.measures[1].category is MeasureCategory.INSPECTION
    assert carried(correction, make_document("另一份文件。")) is None
    assert carried(asked(extraction, "review"), moved.document) is None


def test_corrections_are_plain_values():
    correction = asked(whole(), "reject", "cases", 0)
    assert isinstance(correction, Correction)
    assert correction.before["persons"] == ["陆远"]
