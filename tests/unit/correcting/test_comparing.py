"""Which rows change is told by what they say, not by their numbers; and people see it in Chinese."""

from dataclasses import replace
from io import StringIO

from rich.console import Console

from docintel import console as views
from docintel.correcting import changes
from docintel.schema import CorrectionResult, IssueCategory, RecordChange
from tests.factories import make_extraction, make_issue

TEXT = "账目不清。采购无人监督。虚列支出。立即开展自查。"


def rows(before, after):
    return [(change.kind, change.was, change.now) for change in changes(before, after)]


def whole():
    return make_extraction(TEXT, issues=["账目不清", "采购无人监督", "虚列支出"], measures=[("立即开展自查", [1, 2])])


def seen(view):
    console = Console(width=120, record=True, file=StringIO())
    console.print(view)
    return console.export_text()


def test_rows_that_only_have_other_numbers_are_no_changes():
    before = whole()
    after = replace(before, issues=before.issues[1:], measures=(replace(before.measures[0], addresses=(0, 1)),))
    assert rows(before, after) == [("issues", 0, None)]
    assert rows(before, before) == []
    assert rows(after, before) == [("issues", None, 0)]


def test_a_row_is_changed_by_its_fields_ends_and_links():
    before = whole()
    document = before.document
    other = (make_issue(document, "账目不清", category=IssueCategory.FINANCE), make_issue(document, "无人监督"))
    after = replace(before, issues=(*other, before.issues[2]))
    assert rows(before, after) == [("issues", 0, 0), ("issues", 1, 1), ("measures", 0, 0)]
    unlinked = replace(before, measures=(replace(before.measures[0], addresses=(1,)),))
    assert rows(before, unlinked) == [("measures", 0, 0)]


def test_the_view_names_rows_fields_and_labels_in_chinese():
    before = whole()
    after = replace(
        before,
        issues=(replace(before.issues[0], category=IssueCategory.FINANCE), *before.issues[1:]),
        measures=(replace(before.measures[0], addresses=(1,), confidence=0.5),),
    )
    found = (
        *changes(before, after),
        RecordChange(kind="issues", was=2, now=None, before={"quote": "虚列支出", "category": "finance"}, after=None),
    )
    result = CorrectionResult(
        document="d" * 64, source="通报.txt", corrections=(), before=before, after=after, changes=found, dry_run=True
    )
    text = seen(views.results_view([result]))
    for said in (
        "试行",
        "类别 权力集中与一把手监督→财务津补贴小金库",
        "issues/1、issues/2→issues/1",
        "剔除",
        "通报.txt",
    ):
        assert said in text


def test_rows_that_are_only_surer_are_counted():
    before = make_extraction(TEXT, issues=["账目不清"])
    after = replace(before, issues=(replace(before.issues[0], confidence=0.4),))
    result = CorrectionResult(
        document="d" * 64, source="通报.txt", corrections=(), before=before, after=after, changes=changes(before, after)
    )
    assert "1 行只是置信度不同" in seen(views.results_view([result]))
