"""Answers get the grades of what people judged, whatever their boundaries; figures of systems are compared."""

import pytest

from docintel.evaluation.judged import Judgement, Query, Task
from docintel.evaluation.retrieval import Graded, Pool, Shown, Span, dice, evaluate, figures_of, located, span_of
from docintel.schema import Hit, HitKind

TEXT = "建立采购台账，每月盘点二级库房并公示结果。组织全员培训，签订廉洁承诺书。" * 2
OTHER = "每月盘点二级库房并公示结果，通报批评三人。"
DOCUMENTS = {"a.txt": ("A", TEXT), "b.txt": ("B", OTHER)}


def hit(start, end, document="A", category="rules"):
    text = dict(DOCUMENTS.values())[document][start:end]
    return Hit(
        kind=HitKind.MEASURE, score=1.0, text=text, quote=text, title="", source="", document=document, start=start,
        end=end, category=category,
    )  # fmt: skip


def judged(quote, grade, document="a.txt", query="q"):
    return Judgement(query=query, document=document, quote=quote, grade=grade)


def pool(*judgements):
    found, lost = located(judgements, DOCUMENTS.get)
    assert not lost
    return Pool(found.get("q", []))


STOCK = judged("每月盘点二级库房并公示结果", 3)
TRAINING = judged("组织全员培训", 1)


def test_words_are_judged_wherever_the_document_says_them():
    second = TEXT.rindex("组织")
    assert pool(TRAINING).of([hit(second, second + 6)]) == [Shown(1, judged=True)]


def test_a_span_that_shares_half_of_the_shorter_is_the_same():
    start, end = TEXT.index("每月"), TEXT.index("。")
    known = pool(STOCK)
    assert known.of([hit(0, len(TEXT))]) == [Shown(3, judged=True)]  # holds it
    assert known.of([hit(start + 6, end)]) == [Shown(3, judged=True)]  # lies in it
    assert known.of([hit(start - 7, start + 3)]) == [Shown(0, judged=False)]  # 3 of 10
    assert known.of([hit(start - 5, start + 5)]) == [Shown(3, judged=True)]  # 5 of 10


def test_the_same_words_elsewhere_are_judged_with_them():
    assert pool(STOCK).of([hit(0, 13, "B")]) == [Shown(3, judged=True)]
    assert pool(STOCK).of([hit(14, 20, "B")]) == [Shown(0, judged=False)]


def test_what_is_shown_again_counts_once():
    start = TEXT.index("每月")
    again = pool(STOCK, judged(OTHER[:13], 2, "b.txt")).of([hit(0, 13, "B"), hit(start, start + 13)])
    assert again == [Shown(3, judged=True), Shown(0, judged=True)]


def test_known_grades_count_what_says_the_same_once():
    assert pool(STOCK, TRAINING, judged(OTHER[:13], 2, "b.txt")).grades == [3, 1]


def test_a_window_over_two_answers_takes_the_better_and_leaves_the_other():
    whole, part = hit(0, len(TEXT)), hit(TEXT.index("组织"), TEXT.index("组织") + 6)
    assert pool(STOCK, TRAINING).of([whole, part]) == [Shown(3, judged=True), Shown(1, judged=True)]


def test_judgements_that_are_not_in_the_documents_are_told():
    gone = [judged("没有说过", 2), judged("每月盘点", 2, "c.txt")]
    assert located([STOCK, *gone], DOCUMENTS.get)[1] == gone


def test_a_pool_knows_what_need_not_be_judged_again():
    known = Pool([Graded((Span("A", 0, 6, TEXT[:6]),), 0)])
    assert known.knows(span_of(hit(0, 6)))
    assert not known.knows(span_of(hit(7, 20)))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("盘点库房", "盘点，库房！", 1.0), ("盘点库房", "库房盘点", 2 / 3), ("盘点", "公示", 0.0), ("", "盘点", 0.0)],
)
def test_dice(one, other, expected):
    assert dice(one, other) == pytest.approx(expected)


def test_figures_of_an_answer():
    start = TEXT.index("每月")
    found = figures_of(
        [hit(0, 6), hit(start, start + 13), hit(14, 20, "B")], pool(STOCK, TRAINING, judged(TEXT[:6], 2))
    )
    assert found["mrr"] == 1.0
    assert found["recall@10"] == 1.0
    assert found["p@5"] == pytest.approx(2 / 5)
    assert found["kinds@10"] == 1
    assert found["judged@10"] == pytest.approx(2 / 3)
    assert 0 < found["ndcg@10"] < 1


def query(name, style="exact", **over):
    return Query(id=name, task=Task.SUGGEST, query="问", style=style, kind=HitKind.MEASURE, **over)


def test_systems_are_compared_query_by_query():
    start = TEXT.index("每月")
    right, wrong = hit(start, start + 13), hit(14, 20, "B")
    queries = [query("q1"), query("q2", "paraphrase"), query("q3"), query("none", answerable=False)]
    answers = {"q3": [], "none": []}
    runs = {
        "product": answers | {"q1": [right], "q2": [right]},
        "weak": answers | {"q1": [wrong], "q2": [wrong, right], "none": [wrong]},
        "weaker": answers | {"q1": [wrong], "q2": [wrong]},
    }
    judgements = [judged(STOCK.quote, 3, query=name) for name in ("q1", "q2")]
    found = evaluate(runs, queries, judgements, DOCUMENTS.get)
    assert found.unanswered == ["q3"]
    assert not found.lost
    rows = {(row.style, row.system, row.metric, row.against): row for row in found.rows}
    assert rows["all", "product", "mrr", ""].value == 1.0
    assert rows["all", "weak", "mrr", ""].value == 0.25
    gain = rows["all", "product", "mrr", "weak"]
    assert (gain.value, gain.ratio, gain.queries) == (0.75, 3.0, 2)
    assert (gain.low, gain.high) == (0.5, 1.0)  # both are better, by 1 and by a half
    assert rows["exact", "product", "mrr", "weak"].ratio is None  # nothing to compare with
    assert rows["paraphrase", "weak", "judged@10", ""].value == 0.5
    assert {row.system: row.value for row in found.rows if row.metric == "silent"} == {
        "product": 1.0,
        "weak": 0.0,
        "weaker": 1.0,
    }
