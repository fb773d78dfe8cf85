"""Every system answers every query, and none out of the document that the query comes from."""

import pytest

from docintel.errors import NotFoundError
from docintel.evaluation.judged import Judgement, Query, Task
from docintel.runs import FUSED, MEANING, TERMS, WORDS, by_rank
from docintel.schema import Filters, HitKind

TEXTS = {
    "甲院.txt": "库房账实不符的问题突出。措施：每月盘点库房并公示结果。",
    "乙院.txt": "库房账实不符的问题反复发生。措施：建立库房台账，双人管理。",
    "丙校.txt": "食堂采购不公开的问题突出。措施：食堂食材公开招标。",
}
SUGGEST = Query(id="m", task=Task.SUGGEST, query="库房账实不符", kind=HitKind.MEASURE)
SEARCH = Query(id="s", task=Task.SEARCH, query="库房 盘点")


@pytest.fixture
def filled(library, tmp_path):
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text, "utf-8")
    library.ingest([tmp_path / name for name in TEXTS])
    return library


def answers(library, *queries, **options):
    return {(system, query.id): hits for system, query, hits in library.runs(queries, **options)}


def test_every_system_answers_the_product_first(filled):
    found = answers(filled, SUGGEST, SEARCH)
    assert [system for system, query in found if query == "m"] == ["product", WORDS, TERMS, MEANING, FUSED]
    assert all(hits for hits in found.values())
    assert {hit.kind for (_, query), hits in found.items() if query == "m" for hit in hits} == {HitKind.MEASURE}
    assert {hit.kind for (_, query), hits in found.items() if query == "s" for hit in hits} == {HitKind.PASSAGE}


def test_the_query_s_own_document_does_not_answer(filled):
    own = [Query(id=q.id, task=q.task, query=q.query, kind=q.kind, document="甲院.txt") for q in (SUGGEST, SEARCH)]
    found = answers(filled, *own, top_k=2)
    assert all(hit.source != "甲院.txt" for hits in found.values() for hit in hits)
    assert all(hits for (_, query), hits in found.items() if query == "s")
    with pytest.raises(NotFoundError):
        answers(filled, Query(id="x", task=Task.SEARCH, query="库房", document="没有.txt"))


def test_filters_hold_for_every_system(filled):
    none = Query(id="s", task=Task.SEARCH, query="库房", filters=Filters(since="2030"))
    assert not any(answers(filled, none).values())


def test_no_more_than_asked_for(filled):
    assert {len(hits) for hits in answers(filled, SEARCH, top_k=1).values()} == {1}


def test_reciprocal_ranks():
    assert by_rank([(7, 9.0), (3, 0.5)]) == [(7, 1 / 61), (3, 1 / 62)]


def test_a_library_is_evaluated_by_file_names(filled):
    judgements = [
        Judgement(query="m", document="甲院.txt", quote="每月盘点库房并公示结果", grade=3),
        Judgement(query="m", document="丁局.txt", quote="没有这份文件", grade=3),
    ]
    asked = []
    found = filled.evaluate([SUGGEST], judgements, progress=asked.append)
    assert asked == [SUGGEST]
    assert found.lost == judgements[1:]
    figures = {(row.system, row.metric): row.value for row in found.rows if not row.against}
    assert figures["product", "mrr"] > 0
    assert figures["product", "recall@10"] == 1.0
