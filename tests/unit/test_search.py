import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.errors import QueryError
from docintel.index.embedded import EmbeddedIndex
from docintel.index.passages import split_passages
from docintel.query import read
from docintel.schema import Filters, Hit, HitKind
from docintel.search import documents_of, fuse, once, scaled, search
from docintel.store.catalog import Catalog
from tests.factories import make_document, make_extraction
from tests.unit.store.samples import HEADER, notice

SCALED = [
    ([], None, []),
    ([(1, 9.0), (2, 5.0), (3, 1.0)], None, [(1, 1.0), (2, 0.5), (3, 0.0)]),
    ([(1, 8.0), (2, 2.0)], 0.0, [(1, 1.0), (2, 0.25)]),
    ([(1, 0.9), (2, 0.9)], None, [(1, 1.0), (2, 1.0)]),  # no difference: all are the best
]


@pytest.mark.parametrize(("ranking", "floor", "expected"), SCALED)
def test_scaled(ranking, floor, expected):
    assert scaled(ranking, floor=floor) == expected


FUSED = [
    ([], []),
    ([[], []], []),
    ([[(1, 1.0), (2, 0.0)], [(2, 1.0), (1, 0.0)]], [(1, 0.5), (2, 0.5)]),  # equal: in id order
    ([[(7, 1.0)], [(8, 1.0), (7, 0.5)]], [(7, 0.75), (8, 0.5)]),  # found by both
]


@pytest.mark.parametrize(("rankings", "expected"), FUSED)
def test_fuse(rankings, expected):
    assert fuse(rankings) == expected


@given(st.lists(st.dictionaries(st.integers(1, 9), st.floats(-5, 5)), max_size=3))
def test_fused_scores_are_sorted_and_between_0_and_1(scored):
    rankings = [scaled(sorted(scores.items(), key=lambda pair: -pair[1])) for scores in scored]
    fused = fuse(rankings)
    assert {id_ for id_, _ in fused} == {id_ for ranking in rankings for id_, _ in ranking}
    assert fused == sorted(fused, key=lambda pair: (-pair[1], pair[0]))
    assert all(0 <= score <= 1 + 1e-9 for _, score in fused)


def hit(document, score, quote="词"):
    return Hit(kind=HitKind.PASSAGE, score=score, text=quote, quote=quote, title=f"标题{document}", source="s",
               document=document, start=0, end=1)  # fmt: skip


def test_a_document_is_as_good_as_its_three_best_passages():
    hits = [hit("b", 0.9), *[hit("a", 0.4)] * 3, *[hit("c", 0.25)] * 9]
    assert [(found.document, round(found.score, 2), found.text) for found in documents_of(hits)] == [
        ("a", 1.2, "标题a"),
        ("b", 0.9, "标题b"),
        ("c", 0.75, "标题c"),
    ]


LEAD, COPY, LONE = "lead", "copy", "lone"
STANDINGS = {LEAD: ("lead", "0"), COPY: ("lead", "1")}
ONCE = [
    ([hit(COPY, 0.9, "药品采购权力集中"), hit(LEAD, 0.8, "药品采购权力集中")], [(LEAD, 0.9)]),  # the leading source's
    ([hit(COPY, 0.9, "药品采购，权力集中。"), hit(LEAD, 0.8, "采购权力集中于一人")], [(LEAD, 0.9)]),  # cut elsewhere
    ([hit(COPY, 0.9, "药品采购权力集中")], [(COPY, 0.9)]),
    ([hit(LEAD, 0.9, "药品采购"), hit(COPY, 0.8, "公车私用")], [(LEAD, 0.9), (COPY, 0.8)]),  # another passage
    ([hit(LEAD, 0.9, "药品采购"), hit(LEAD, 0.8, "药品采购")], [(LEAD, 0.9), (LEAD, 0.8)]),  # said twice in one
    ([hit(LEAD, 0.9, "药品采购"), hit(LONE, 0.8, "药品采购")], [(LEAD, 0.9), (LONE, 0.8)]),  # another work
    ([], []),
]


@pytest.mark.parametrize(("hits", "expected"), ONCE)
def test_what_sources_of_a_work_say_alike_is_one_hit(hits, expected):
    assert [(found.document, found.score) for found in once(hits, STANDINGS)] == expected


def test_documents_of_one_work_are_one():
    hits = [hit(COPY, 0.9, "公车私用"), hit(LONE, 0.5), hit(LEAD, 0.4, "药品采购")]
    found = documents_of(hits, STANDINGS)
    assert [(each.document, round(each.score, 2)) for each in found] == [(LEAD, 1.3), (LONE, 0.5)]
    assert found[0].quote == "药品采购"


@pytest.fixture
def republished(tmp_path, encoder):
    """A search over a notice, its repost and more reposts than the first pool of candidates holds."""
    with Catalog(tmp_path / "catalog.sqlite") as catalog:
        texts = [notice(), *(f"{HEADER}{mark}\n{notice()}" for mark in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥")]
        for day, text in enumerate([*texts, notice(5)], start=1):
            document = make_document(text, source=f"{day}.html", published=f"2023-06-{day:02}", publisher=f"某网{day}")
            extraction = make_extraction(document)
            catalog.put(extraction, split_passages(extraction), path=document.source, extractor="1")
        index = EmbeddedIndex(tmp_path / "index", encoder)
        index.catch_up(catalog)
        yield lambda query, filters=None, **options: search(catalog, index, read(query).also(filters), **options)


def test_reposts_neither_fill_the_list_nor_hide(republished):
    quotes = [found.quote for found in republished("受到党内严重警告处分", top_k=5)]
    assert len(set(quotes)) == len(quotes) == 5
    found = republished("受到党内严重警告处分", top_k=1)[0]
    assert found.source in ("1.html", "24.html")
    documents = republished("受到党内严重警告处分", kind=HitKind.DOCUMENT)
    assert sorted(each.source for each in documents) == ["1.html", "24.html"]
    assert {each.source: len(each.sources) for each in documents} == {"1.html": 22, "24.html": 0}


def test_no_more_words_are_fetched_than_are_shown(republished, monkeypatch):
    fetched, hits = [], Catalog.hits

    def counted(self, scores):
        fetched.append(len(scores))
        return hits(self, scores)

    monkeypatch.setattr(Catalog, "hits", counted)
    found = republished("受到党内严重警告处分", filters=Filters(publisher="某网24"), top_k=3)
    assert len(found) == 3
    assert fetched == [3]


def test_a_repost_stands_in_where_the_leading_source_fails_the_filters(republished):
    found = republished("受到党内严重警告处分", filters=Filters(publisher="某网7"), top_k=3)
    assert {(each.source, each.sources) for each in found} == {("7.html", ())}


@pytest.mark.parametrize(("query", "top_k"), [("", 10), ("  ", 10), ("药品", 0)])
def test_questions_that_make_no_sense(library, query, top_k):
    with pytest.raises(QueryError):
        library.search(query, top_k=top_k)


def test_an_empty_library_has_no_hits(library):
    assert library.search("药品") == []
