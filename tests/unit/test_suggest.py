from dataclasses import replace

import pytest

from docintel.errors import NotFoundError, QueryError
from docintel.index.embedded import EmbeddedIndex
from docintel.index.passages import split_passages
from docintel.query import LONGEST
from docintel.schema import (
    Case,
    Effect,
    EffectKind,
    HitKind,
    MeasureCategory,
    Penalty,
    SanctionKind,
    Status,
    Verdict,
)
from docintel.store.catalog import Catalog
from docintel.suggest import Adviser, Matcher, Similarity, suggest
from docintel.suggest.questions import questions
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
            index = EmbeddedIndex(tmp_path / "index", encoder)
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


def test_a_sanction_of_one_person_is_no_suggestion(ask):
    document = make_document(f"甲县{ISSUE}，李某受到警告处分，推行公示。", source="甲县.txt")
    sanction = make_measure(document, "李某受到警告处分", category=MeasureCategory.ACCOUNTABILITY, addresses=(0,))
    extraction = make_extraction(document, issues=[ISSUE], measures=[])
    found = ask(replace(extraction, measures=(sanction, make_measure(document, "推行公示", addresses=(0,)))))
    assert [s.text for s in found] == ["推行公示"]


def test_a_result_stands_behind_an_action(ask):
    found = ask(report("甲县", "追缴违纪款9万元"), report("乙县", "轮换采购员"))
    assert [s.text for s in found] == ["轮换采购员", "追缴违纪款9万元"]


def test_figures_make_no_other_measure_and_other_wordings_are_told(ask):
    found = ask(report("甲县", "举办警示教育31场"), report("乙县", "举办警示教育5场"))
    assert [(s.support, s.variants) for s in found] in ([(2, ("举办警示教育5场",))], [(2, ("举办警示教育31场",))])


def dated(unit, measure, published):
    extraction = report(unit, measure)
    return replace(extraction, document=replace(extraction.document, published=published))


def test_of_equals_the_newer_leads(ask):
    found = ask(dated("甲县", "轮换采购员", "2014-05-01"), dated("乙县", "公示价格表", "2024-05-01"))
    assert [s.text for s in found] == ["公示价格表", "轮换采购员"]
    assert [round(s.merits.recency, 2) for s in found] == [1.0, 0.18]


def test_of_equals_the_one_of_the_own_field_leads(ask):
    school, hospital = report("甲县实验中学学校食堂学生", "轮换采购员"), report("乙县中心医院药房护士", "公示价格表")
    found = ask(school, hospital, problem=f"医院{ISSUE}")
    assert [s.text for s in found] == ["公示价格表", "轮换采购员"]
    assert found[0].merits.nearness > found[1].merits.nearness


def test_of_equals_the_one_that_worked_leads(ask, monkeypatch):
    told, plain = report("乙县", "公示价格表"), report("甲县", "轮换采购员")

    def effects(extraction):
        if extraction.document.id != told.document.id:
            return {}
        quote = evidence(told.document, "公示价格表")
        return {0: (Effect(kind=EffectKind.TOLD, verdict=Verdict.WORKED, quote=quote),)}

    monkeypatch.setattr("docintel.suggest.finding.effects", effects)
    found = ask(plain, told)
    assert [(s.text, s.merits.effect) for s in found] == [("公示价格表", 1.0), ("轮换采购员", 0.5)]
    assert [e.quote.quote for e in found[0].precedents[0].effects] == ["公示价格表"]


def test_a_problem_of_two_things_finds_what_answers_one_of_them(ask):
    other = make_extraction(
        "丙县印章无人保管，专人保管印章。", issues=["印章无人保管"], measures=[("专人保管印章", [0])]
    )
    found = ask(report("甲县", "轮换采购员"), other, problem=f"{ISSUE}，印章无人保管")
    assert {s.text for s in found} == {"轮换采购员", "专人保管印章"}


def test_what_counts_for_next_to_nothing_beside_the_best_is_left_out(ask):
    weak = make_extraction("乙县食堂采购混乱，进一步加强监督。", issues=["食堂采购混乱"], measures=[])
    weak = replace(
        weak,
        measures=(
            make_measure(weak.document, "进一步加强监督", status=Status.REQUIRED, addresses=(0,), confidence=0.1),
        ),
    )
    assert [s.text for s in ask(report("甲县", "轮换采购员"), weak)] == ["轮换采购员"]


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


@pytest.fixture
def advise(tmp_path, encoder):
    """An adviser over these extractions, and a matcher for one of them."""
    with Catalog(tmp_path / "advice.sqlite") as catalog:

        def over(*extractions):
            for extraction in extractions:
                catalog.put(extraction, split_passages(extraction), path=extraction.document.id, extractor="1")
            index = EmbeddedIndex(tmp_path / "advice", encoder)
            index.catch_up(catalog)
            return Adviser(catalog, index, SIMILARITY), lambda own: Matcher(catalog, index, SIMILARITY, own)

        yield over


def test_without_a_comparable_case_the_nearest_is_named(advise):
    adviser, _ = advise(report("甲县", "轮换采购员"))
    advice = adviser.advise("football weather")
    assert (advice.suggestions, advice.cases) == ((), ())
    assert advice.nearest.quote == ISSUE
    assert adviser.advise(ISSUE).nearest is None


def test_comparable_cases_come_with_their_likeness(advise):
    adviser, _ = advise(report("甲县", "轮换采购员"), report("乙县", "处分2人"))
    advice = adviser.advise(ISSUE)
    assert {case.source for case in advice.cases} == {"甲县.txt", "乙县.txt"}
    assert all(case.kind is HitKind.ISSUE and case.quote == ISSUE and case.score > 0.9 for case in advice.cases)


REPORT = "1.关于采购的问题。药品采购权力集中，轮换采购员。\n责任单位：药剂科\n整改时限：2024年6月底前\n印章无人保管。"


def test_a_report_tells_who_answers_for_a_problem_and_by_when(advise):
    adviser, _ = advise(report("甲县", "公示价格表"))
    own = make_extraction(REPORT, issues=[ISSUE, "印章无人保管"], measures=[("轮换采购员", [0])])
    first, second = adviser.advise_on(own)
    assert (first.problem, first.owners, first.deadline) == (ISSUE, ("药剂科",), "2024年6月底前")
    assert [s.text for s in first.suggestions] == ["公示价格表"]
    assert (second.problem, second.owners, second.deadline) == ("印章无人保管", (), "")
    assert [each.problem for each in adviser.advise_on(own, issue=1)] == ["印章无人保管"]
    with pytest.raises(QueryError, match="2"):
        list(adviser.advise_on(own, issue=2))


def case(document, quote, sanction):
    penalty = Penalty(evidence=evidence(document, sanction), name=sanction, kind=SanctionKind.PARTY)
    return Case(evidence=evidence(document, quote), persons=("某",), penalties=(penalty,))


def test_what_two_documents_have_in_common(advise):
    def told(unit, sanction):
        text = f"{unit}{ISSUE}，成立药品议价小组。王某收受药商礼金，受到{sanction}处分。"
        extraction = make_extraction(text, issues=[ISSUE], measures=["成立药品议价小组"], source=f"{unit}.txt")
        return replace(extraction, cases=(case(extraction.document, "王某收受药商礼金", sanction),))

    own, same, milder = told("甲县", "党内警告"), told("乙县", "党内警告"), told("丙县", "诫勉")
    _, matcher = advise(own, same, milder)
    matches = matcher(own).matches(same.document.id)
    assert [(m.kind, m.quote, m.other.quote) for m in matches] == [
        (HitKind.ISSUE, ISSUE, ISSUE),
        (HitKind.MEASURE, "成立药品议价小组", "成立药品议价小组"),
        (HitKind.CASE, "王某收受药商礼金", "王某收受药商礼金"),
    ]
    assert matches[2].what == "党内警告"
    assert all(own.document.text[m.start : m.end] == m.quote and m.other.source == "乙县.txt" for m in matches)
    assert [m.kind for m in matcher(own).matches(milder.document.id)] == [HitKind.ISSUE, HitKind.MEASURE]


def test_a_file_that_is_not_in_the_library_matches_too(advise):
    _, matcher = advise(report("甲县", "成立议价小组"))
    stranger = make_extraction(f"丁县{ISSUE}。", issues=[ISSUE], source="丁县.txt")
    (match,) = matcher(stranger).matches(report("甲县", "成立议价小组").document.id)
    assert (match.quote, match.other.quote, match.what) == (ISSUE, ISSUE, "权力集中与一把手监督")


def test_a_problem_has_a_length_that_can_be_asked(ask):
    with pytest.raises(QueryError, match="20,000"):
        ask(problem="违规" * 10_000)
    assert ask(problem="违" * LONGEST) == []


def test_an_issue_that_is_not_there_is_told_with_those_that_are():
    none, two = make_extraction(ISSUE), make_extraction(f"{ISSUE}。库存不清。", issues=[ISSUE, "库存不清"])
    with pytest.raises(QueryError, match="no issue 0") as refused:
        questions(none, 0)
    assert "in words" in refused.value.hint
    with pytest.raises(QueryError, match="no issue 2") as refused:
        questions(two, 2)
    assert "0–1" in refused.value.hint
