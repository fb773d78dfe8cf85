from dataclasses import replace

import pytest

from docintel.errors import NotFoundError, QueryError
from docintel.index.passage_index import PassageIndex
from docintel.index.passages import split_passages
from docintel.schema import Case, MeasureCategory, Penalty, SanctionKind, Status
from docintel.store.catalog import Catalog
from docintel.suggest import Similarity, suggest
from tests.factories import evidence, make_document, make_extraction, make_measure
from tests.unit.store.samples import HEADER, notice

ISSUE = "药品采购权力集中"
SIMILARITY = Similarity(unrelated=0.4, same=0.9)  # of the test encoder


@pytest.fixture
def ask(tmp_path, encoder):
    """Suggestions for the issue from a library of these extractions."""
    with Catalog(tmp_path / "catalog.sqlite") as catalog:

        def suggestions(*extractions, problem=ISSUE, **options):
            for extraction in extractions:
                path = extraction.document.id
                catalog.put(extraction, split_passages(extraction), path=path, extractor="1")
            index = PassageIndex(tmp_path / "index", encoder)
            index.catch_up(catalog)
            return suggest(catalog, index, problem, similarity=SIMILARITY, **options)

        yield suggestions


def report(unit, measure, *, links=(0,), gap="，", **over):
    text = f"{unit}{ISSUE}{gap}{measure}。"
    return make_extraction(text, issues=[ISSUE], measures=[(measure, links)], source=f"{unit}.txt", **over)


def test_a_measure_is_quoted_with_the_issue_it_answered(ask):
    (found,) = ask(report("安宁县医院", "成立议价小组"))
    precedent = found.precedents[0]
    assert (found.text, found.support, found.category, found.status) == ("成立议价小组", 1, "rules", "done")
    assert (precedent.issue, precedent.linked, precedent.measure.source) == (ISSUE, True, "安宁县医院.txt")
    assert 0 < precedent.similarity <= 1


def test_a_linked_measure_leads_one_in_the_same_paragraph_and_one_elsewhere_is_left_out(ask):
    linked, near = report("安宁县医院", "成立议价小组"), report("云溪县医院", "开展廉洁教育", links=())
    far = report("平湖县医院", "举办文化活动", links=(), gap="。\n")
    found = ask(linked, near, far)
    assert [(s.text, s.precedents[0].linked) for s in found] == [("成立议价小组", True), ("开展廉洁教育", False)]


def test_near_identical_measures_are_one_suggestion_with_its_support(ask):
    found = ask(
        report("甲县", "成立药品议价小组"), report("乙县", "成立了药品议价小组"), report("丙县", "开展廉洁教育")
    )
    assert [(s.support, len(s.precedents)) for s in found] == [(2, 2), (1, 1)]
    assert {p.measure.source for p in found[0].precedents} == {"甲县.txt", "乙县.txt"}


def test_a_repost_supports_nothing_and_gives_no_precedent_to_its_own_work(ask):
    text = f"甲县{ISSUE}，成立药品议价小组。\n{notice()}"
    own, repost = (
        make_extraction(head + text, issues=[ISSUE], measures=[("成立药品议价小组", [0])], source=f"{source}.txt")
        for head, source in ((HEADER, "转载"), ("", "原文"))
    )
    other = report("乙县", "成立了药品议价小组")
    found = ask(own, repost, other)
    assert [(s.support, len(s.precedents)) for s in found] == [(2, 2)]
    found = ask(exclude=own.document.id)
    assert {p.measure.source for s in found for p in s.precedents} == {"乙县.txt"}


def test_what_was_done_leads_what_was_ordered(ask):
    def with_status(unit, quote, status):
        extraction = report(unit, quote)
        measure = make_measure(extraction.document, quote, status=status, addresses=(0,))
        return make_extraction(extraction.document, issues=[ISSUE], measures=[]).__class__(
            document=extraction.document, issues=extraction.issues, measures=(measure,)
        )

    found = ask(with_status("甲县", "约谈负责人", Status.REQUIRED), with_status("乙县", "公示价格表", Status.DONE))
    assert [s.status for s in found] == ["done", "required"]


def test_a_sanction_of_one_case_stands_behind_what_prevents(ask):
    document = make_document(f"甲县{ISSUE}，李某受到警告处分，推行公示。", source="甲县.txt")
    sanction = make_measure(document, "李某受到警告处分", category=MeasureCategory.ACCOUNTABILITY, addresses=(0,))
    case = Case(
        evidence=evidence(document, "李某受到警告处分"),
        persons=("李某",),
        penalties=(Penalty(evidence=evidence(document, "警告"), name="警告", kind=SanctionKind.PUBLIC),),
    )
    extraction = make_extraction(document, issues=[ISSUE], measures=[], cases=(case,))
    measures = (sanction, make_measure(document, "推行公示", addresses=(0,)))
    found = ask(extraction.__class__(document=document, issues=extraction.issues, measures=measures, cases=(case,)))
    assert [s.text for s in found] == ["推行公示", "李某受到警告处分"]


def test_a_measure_that_is_only_its_issue_is_not_suggested(ask):
    assert ask(make_extraction(f"甲县{ISSUE}。", issues=[ISSUE], measures=[(ISSUE, [0])])) == []


def test_several_documents_come_before_more_of_one(ask):
    many = [f"建立第{number}道{word}关口" for number, word in enumerate("验收付款保管领用", 1)]
    text = f"甲县{ISSUE}，{'，'.join(many)}。"
    first = make_extraction(text, issues=[ISSUE], measures=[(quote, [0]) for quote in many], source="甲县.txt")
    found = ask(first, report("乙县", "约谈负责人"), top_k=3)
    assert "甲县.txt" in {s.precedents[0].measure.source for s in found[:2]}
    assert "乙县.txt" in {s.precedents[0].measure.source for s in found[:2]}


def test_the_document_that_asks_gives_no_precedents(ask):
    own = report("安宁县医院", "成立议价小组")
    assert ask(own, exclude=own.document.id) == []


@pytest.mark.parametrize("problem", ["football weather", "xyz"])
def test_nothing_comparable_gives_nothing(ask, problem):
    assert ask(report("安宁县医院", "成立议价小组"), problem=problem) == []


def test_an_empty_problem_is_refused(ask):
    with pytest.raises(QueryError):
        ask(problem=" ")


def test_a_document_that_goes_or_changes_meanwhile_is_left_out(ask, monkeypatch):
    gone, changed, kept = (report(unit, f"{unit}成立小组") for unit in ("甲县医院", "乙县学校", "丙县林场"))
    get = Catalog.get

    def meanwhile(catalog, document):
        if document == gone.document.id:
            raise NotFoundError("gone")
        found = get(catalog, document)
        return replace(found, issues=(), measures=()) if document == changed.document.id else found

    monkeypatch.setattr(Catalog, "get", meanwhile)
    found = ask(gone, changed, kept)
    assert {p.measure.source for s in found for p in s.precedents} == {"丙县林场.txt"}


def test_a_problem_is_encoded_once(ask, encoder, monkeypatch):
    encoded, encode = [], encoder.encode_queries
    monkeypatch.setattr(encoder, "encode_queries", lambda texts: encoded.extend(texts) or encode(texts))
    assert ask(report("安宁县医院", "成立议价小组"))
    assert encoded == [ISSUE]
