import pytest

from docintel.errors import NotFoundError, QueryError, StoreError
from docintel.index.passages import split_passages
from docintel.schema import Extraction, Filters, HitKind, IssueCategory
from docintel.store.browsing import ORDERS
from tests.factories import make_document, make_issue, make_unit

NOTICE = "市医院采购权力集中。市医院建立制度。"


@pytest.fixture
def filled(library):
    """A library with three documents, of two years and two regions."""
    for i, (title, published, region) in enumerate(
        (("采购通报", "2023-05-04", "吉林省辽源市"), ("耗材通报 100%", "2022-01-01", "吉林省"), ("讲话", None, None))
    ):
        document = make_document(
            f"{NOTICE}{i}", source=f"{i}.txt", title=title, published=published, publisher="市纪委"
        )
        issue = make_issue(document, "采购权力集中", category=(IssueCategory.POWER, IssueCategory.RULES)[i % 2])
        units = (make_unit(document, "市医院", canonical="辽源市医院"),)
        extraction = Extraction(document=document, region=region, issues=(issue,), units=units)
        library._catalog.put(extraction, split_passages(extraction), path=f"/{i}.txt", extractor="test")
    return library


def test_hits_are_counted_by_what_they_share(filled):
    hits = filled.search("采购权力集中", kind=HitKind.ISSUE)
    assert len(hits) == 3
    counts = filled.facets(hits)
    assert counts["year"] == {"2022": 1, "2023": 1}
    assert counts["region"] == {"吉林省": 1, "吉林省辽源市": 1}
    assert counts["category"] == {"power": 2, "rules": 1}
    assert counts["unit"] == {"辽源市医院": 3}
    assert counts["doc_type"] == {"other": 3}
    assert filled.facets([]) == {name: {} for name in counts}


def test_a_passage_is_counted_by_the_issues_it_holds(filled):
    counts = filled.facets(filled.search("采购权力集中"))
    assert counts["category"] == {"power": 2, "rules": 1}


@pytest.mark.parametrize("kind", list(HitKind))
def test_a_count_is_what_its_filter_finds(filled, kind):
    """Here, where every document is a hit; in a large library more may be found within a filter than without."""
    hits = filled.search("采购权力集中", kind=kind, top_k=100)
    for name, values in filled.facets(hits).items():
        for value, count in values.items():
            if name == "region":
                continue  # a filter takes what lies in it too
            asked = {"since": value, "until": value} if name == "year" else {name: value}
            found = filled.search("采购权力集中", kind=kind, filters=Filters(**asked), top_k=100)
            assert len(found) == count, (name, value)


def test_documents_are_listed_by_name_and_filter(filled):
    assert filled.browse()[0] == 3
    assert [row["title"] for row in filled.browse("通报 市纪委", order="oldest")[1]] == ["耗材通报 100%", "采购通报"]
    assert filled.browse("100%")[0] == 1
    assert filled.browse("%")[0] == 1
    assert filled.browse("0.TXT")[0] == 1
    assert filled.browse(filters=Filters(category="power"))[0] == 2
    assert filled.browse(filters=Filters(region="吉林省", since="2023"))[0] == 1


@pytest.mark.parametrize("order", list(ORDERS))
def test_pages_follow_each_other(filled, order):
    whole = [row["id"] for row in filled.browse(order=order)[1]]
    pages = [filled.browse(order=order, offset=i, limit=1) for i in range(4)]
    assert [row["id"] for _, rows in pages for row in rows] == whole
    assert {count for count, _ in pages} == {3}


def test_an_order_that_there_is_none_is_an_error(filled):
    with pytest.raises(QueryError):
        filled.browse(order="title; DROP TABLE documents")


def test_the_original_is_given_and_missed(filled):
    document = filled.browse()[1][0]["id"]
    with pytest.raises(StoreError, match="原件"):
        filled.original(document)
    with pytest.raises(NotFoundError):
        filled.original("nothing")
    assert [row["id"] for row in filled.sources(document)] == [document]
