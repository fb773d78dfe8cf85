import json

import pytest

from docintel.errors import InputError, NotFoundError
from docintel.evaluation.judged import Judgement, Task, load_judgements, load_queries, save_judgements
from docintel.schema import Filters, HitKind

QUERY = {"id": "s01", "task": "search", "style": "exact", "query": "巡察"}
SUGGEST = {"id": "m01", "task": "suggest", "query": "账实不符", "document": "a.txt"}
SILENT = {"id": "m02", "task": "suggest", "query": "足球", "answerable": False}
JUDGEMENT = {"query": "s01", "document": "a.txt", "quote": "巡察组进驻", "grade": 2}


@pytest.fixture
def folder(tmp_path):
    """Writes a folder of queries and judgements."""

    def write(queries=(QUERY, SUGGEST, SILENT), judgements=(), *, raw=""):
        for name, rows in (("queries", queries), ("judgements", judgements)):
            text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
            (tmp_path / f"{name}.jsonl").write_text(text + (raw if name == "judgements" else ""), "utf-8")
        return tmp_path

    return write


def test_queries_are_read_with_their_defaults(folder):
    search, suggest, silent = load_queries(folder([QUERY | {"filters": {"since": "2023"}}, SUGGEST, SILENT]))
    assert (search.task, search.kind, search.style, search.filters) == (
        Task.SEARCH,
        HitKind.PASSAGE,
        "exact",
        Filters(since="2023"),
    )
    assert (suggest.kind, suggest.document, suggest.answerable) == (HitKind.MEASURE, "a.txt", True)
    assert not silent.answerable


@pytest.mark.parametrize(
    ("queries", "said"),
    [
        ([QUERY, QUERY], "s01"),
        ([QUERY | {"task": "guess"}], "1"),
        ([QUERY | {"query": "  "}], "empty"),
        ([QUERY | {"filters": {"colour": "red"}}], "colour"),
        ([QUERY | {"kind": "document"}], "passages"),
        ([QUERY, {"id": "s02"}], "line 2"),
        ([["s01"]], "line 1"),
    ],
)
def test_queries_that_are_none(folder, queries, said):
    with pytest.raises(InputError, match=said):
        load_queries(folder(queries))


def test_no_queries(tmp_path, folder):
    with pytest.raises(NotFoundError):
        load_queries(tmp_path)
    with pytest.raises(NotFoundError):
        load_queries(folder([]))


@pytest.mark.parametrize(
    ("judgements", "said"),
    [
        ([JUDGEMENT | {"grade": 4}], "grade 4"),
        ([JUDGEMENT | {"grade": True}], "grade True"),
        ([JUDGEMENT | {"quote": " \n"}], "empty"),
        ([JUDGEMENT | {"query": "s99"}], "s99"),
        ([JUDGEMENT, JUDGEMENT | {"quote": "巡察组\n进驻", "grade": 0}], "judged before"),
        ([JUDGEMENT | {"query": "m02"}], "not answerable"),
        ([{"query": "s01"}], "line 1"),
    ],
)
def test_judgements_that_are_none(folder, judgements, said):
    path = folder(judgements=judgements)
    with pytest.raises(InputError, match=said):
        load_judgements(path, load_queries(path))


def test_faults_are_named_by_the_line_of_the_file(folder):
    path = folder(judgements=[JUDGEMENT], raw="\n\n\n{")
    with pytest.raises(InputError, match="line 4"):
        load_judgements(path, load_queries(path))


def test_an_unanswerable_query_may_have_weak_answers(folder):
    path = folder(judgements=[JUDGEMENT | {"query": "m02", "grade": 1}])
    assert [each.grade for each in load_judgements(path, load_queries(path))] == [1]


def test_judgements_are_kept_in_one_order(folder):
    path = folder()
    assert load_judgements(path, load_queries(path)) == []
    judged = [Judgement(query=q, document="a.txt", quote="话", grade=1) for q in ("s01", "m01")]
    save_judgements(path, judged, load_queries(path))
    assert load_judgements(path, load_queries(path)) == judged[::-1]
