import pytest

from docintel.errors import InputError
from docintel.evaluation.gold import gold_extraction, issues_asked, places
from docintel.schema import HitKind
from tests.factories import make_document

ISSUE = {"quote": "账实不符", "category": "procurement", "modality": "found"}
MEASURE = {"quote": "每月盘点", "category": "inspection", "status": "done", "units": [], "addresses": [0]}
GOLD = {"doc": "a.txt", "doc_type": "news", "issues": [ISSUE], "measures": [MEASURE, MEASURE | {"addresses": []}]}


@pytest.mark.parametrize(
    ("quote", "expected"),
    [("盘点", [(1, 3), (6, 9)]), ("盘 点", [(1, 3), (6, 9)]), ("公示", []), ("", [])],
)
def test_places(quote, expected):
    assert places("每盘点了， 盘\n点", quote) == expected


def test_records_of_gold_are_found_in_the_document():
    document = make_document("库房账实\n不符。每月盘点。")
    gold = GOLD | {"units": [{"name": "不在文中", "canonical": "不在文中", "kind": "other"}]}
    found = gold_extraction(gold, document)
    assert [issue.evidence.quote for issue in found.issues] == ["账实\n不符"]
    assert [(m.evidence.start, m.addresses, m.confidence) for m in found.measures] == [(8, (0,), 1.0), (8, (), 1.0)]
    assert found.units == ()


def test_gold_of_another_document_is_an_error():
    with pytest.raises(InputError, match="账实不符"):
        gold_extraction(GOLD, make_document("每月盘点。"))


def test_issues_with_measures_are_asked():
    queries, judgements = issues_asked([GOLD, GOLD | {"doc": "b.txt", "measures": []}])
    assert [(query.id, query.query, query.kind) for query in queries] == [("a.txt/0", "账实不符", HitKind.MEASURE)]
    assert [(j.query, j.document, j.quote, j.grade) for j in judgements] == [("a.txt/0", "a.txt", "每月盘点", 3)]
