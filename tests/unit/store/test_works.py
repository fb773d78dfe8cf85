"""Documents that are one work, as they come and go."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docintel.schema import Filters, Person
from docintel.store import works
from docintel.store.catalog import Catalog
from tests.factories import evidence, make_document, make_extraction, make_statistic
from tests.unit.store.samples import FOOTER, HEADER, notice


def source(name, text, **over):
    """An extraction with one statistic and the issues that are marked in the text."""
    document = make_document(text, source=name, **over)
    statistics = (make_statistic(document, "公开通报"),) if "公开通报" in text else ()
    return make_extraction(document, statistics=statistics)


FIRST = source("原文.html", notice(1), publisher="青岚市纪委监委", published="2023-06-08")
REPOST = source("转载.html", f"{HEADER}\n{notice(1)}", publisher="青岚日报", published="2023-06-07")
LATER = source("再发.html", f"{HEADER}\n{notice(1)}{FOOTER}", publisher="青岚市纪委监委", published="2023-06-09")
OTHER = source("另一期.html", notice(2), publisher="青岚市纪委监委", published="2023-07-08")
OTHER_AGAIN = source("另一期转载.html", f"{notice(2)}{FOOTER}", published="2023-07-01")
SHORT = source("短文.txt", "全院发现问题38个。")
ALL = [FIRST, REPOST, LATER, OTHER, OTHER_AGAIN, SHORT]


@pytest.fixture
def catalog(tmp_path):
    with Catalog(tmp_path / "catalog.sqlite") as opened:
        yield opened


def put(catalog, *extractions):
    for extraction in extractions:
        catalog.put(extraction, [], path=f"/in/{extraction.document.source}", extractor="1")


def grouping(catalog):
    """Source → source of the leading document."""
    rows = catalog.documents()
    names = {row["id"]: row["source"] for row in rows}
    return {row["source"]: names[row["work"]] for row in rows}


def test_sources_of_a_work_have_one_leading_document_an_organs_own_before_an_earlier_repost(catalog):
    put(catalog, *ALL)
    assert grouping(catalog) == {
        "原文.html": "原文.html",
        "转载.html": "原文.html",
        "再发.html": "原文.html",
        "另一期.html": "另一期.html",
        "另一期转载.html": "另一期.html",
        "短文.txt": "短文.txt",
    }
    assert {row["source"]: row["sources"] for row in catalog.documents()}["转载.html"] == 3
    first, second = catalog.works()
    assert (first["work"], len(first["documents"])) == (FIRST.document.id, 3)
    assert [document["source"] for document in second["documents"]] == ["另一期.html", "另一期转载.html"]


@settings(max_examples=25)
@given(st.permutations(range(len(ALL))), st.sets(st.integers(0, len(ALL) - 1)), st.booleans())
def test_any_order_of_coming_and_going_gives_the_same_works(tmp_path_factory, order, gone, again):
    with Catalog(tmp_path_factory.mktemp("order") / "catalog.sqlite") as catalog:
        put(catalog, *(ALL[number] for number in order))
        for number in gone:
            catalog.remove(ALL[number].document.id)
        if again:
            put(catalog, *(ALL[number] for number in order if number not in gone))
        found = grouping(catalog)
    with Catalog(tmp_path_factory.mktemp("plain") / "catalog.sqlite") as plain:
        put(plain, *(extraction for number, extraction in enumerate(ALL) if number not in gone))
        assert found == grouping(plain)


def test_when_the_leading_document_goes_the_next_leads(catalog):
    put(catalog, FIRST, REPOST, LATER)
    catalog.remove(FIRST.document.id)
    assert set(grouping(catalog).values()) == {"再发.html"}
    put(catalog, replace(OTHER, document=replace(OTHER.document, source="再发.html")))  # its file has changed
    assert set(grouping(catalog).values()) == {"转载.html", "再发.html"}


def test_a_work_counts_once_unless_all_sources_are_asked_for(catalog):
    put(catalog, *ALL)
    rows = catalog.records("statistics")
    assert [(row["source"], row["sources"]) for row in rows] == [("原文.html", 3), ("另一期.html", 2)]
    assert len(catalog.records("statistics", all_sources=True)) == 5


def test_a_source_stands_in_for_a_leading_document_that_fails_the_filters(catalog):
    put(catalog, *ALL)
    for filters, expected in (
        (Filters(publisher="日报"), ["转载.html"]),
        (Filters(since="2023-06-09"), ["再发.html", "另一期.html"]),
        (Filters(until="2023-06-08"), ["原文.html"]),
    ):
        assert [row["source"] for row in catalog.records("statistics", filters)] == expected


def test_names_keep_alike_notices_apart(catalog):
    text = "云栖县教育局原局长陆远涉嫌严重违纪违法，目前正接受纪律审查和监察调查。" + "通报全文附后供查阅" * 9
    documents = [make_document(text.replace("陆远", name), source=name) for name in ("陆远", "沈秋")]
    put(catalog, *(make_extraction(d, persons=(Person(evidence=evidence(d, d.source)),)) for d in documents))
    assert grouping(catalog) == {"陆远": "陆远", "沈秋": "沈秋"}
    put(catalog, *(make_extraction(document) for document in documents))  # read anew, without the names
    assert set(grouping(catalog).values()) == {min(documents, key=lambda document: document.id).source}


def test_sources_and_standings(catalog):
    put(catalog, *ALL)
    assert catalog.sources_of(REPOST.document.id) == [e.document.id for e in (FIRST, LATER, REPOST)]
    assert catalog.sources_of(SHORT.document.id) == [SHORT.document.id]
    standings = catalog.standings([e.document.id for e in (REPOST, FIRST, SHORT)])
    assert standings.keys() == {REPOST.document.id, FIRST.document.id}
    assert standings[FIRST.document.id] < standings[REPOST.document.id]


def test_documents_stored_before_there_were_works_are_grouped_later(catalog, monkeypatch):
    put(catalog, *ALL)
    expected = grouping(catalog)
    assert catalog.regroup() == 0
    with catalog._transaction() as db:
        db.execute("DELETE FROM sketches")
        db.execute("DELETE FROM twins")
        db.execute("UPDATE documents SET work = id, precedence = ''")
    assert catalog.works() == []
    assert catalog.regroup() == len(ALL)
    assert grouping(catalog) == expected


def test_few_documents_are_compared(catalog, monkeypatch):
    compared = []
    judge = works.same_work
    monkeypatch.setattr(works, "same_work", lambda *pair: compared.append(pair) or judge(*pair))
    for number in range(30):
        text = "".join(chr(0x4E00 + (97 * number + i * i) % 5000) for i in range(300))
        put(catalog, source(f"{number}.txt", text))
    assert compared == []
    put(catalog, FIRST, REPOST)
    assert len(compared) == 1


def test_a_failed_put_leaves_works_as_they_were(catalog):
    put(catalog, FIRST, REPOST)
    before = catalog.works()
    with pytest.raises(TypeError):
        catalog.put(LATER, [None], path="/in/c", extractor="1")
    assert catalog.works() == before


def test_members_that_left_their_container_are_forgotten(catalog):
    for path, extraction in (
        ("/in/线索.zip!/a.txt", FIRST),
        ("/in/线索.zip!/b.txt", REPOST),
        ("/in/b.txt", REPOST),
        ("/in/线索.zip!/内层.zip!/c.txt", LATER),
        ("/in/线索.zip2!/d.txt", SHORT),
    ):
        catalog.put(extraction, [], path=path, extractor="1")
    gone = catalog.forget_members("/in/线索.zip", {"/in/线索.zip!/a.txt"})
    assert gone == [LATER.document.id]
    assert catalog.paths_of(REPOST.document.id) == ["/in/b.txt"]
    assert grouping(catalog) == {"原文.html": "原文.html", "转载.html": "原文.html", "短文.txt": "短文.txt"}
    assert catalog.forget_members("/in/线索.zip", {"/in/线索.zip!/a.txt"}) == []
