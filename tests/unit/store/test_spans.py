"""Which passages pass a filter: the spans and categories that are kept say what the records and passages say."""

import sqlite3
from dataclasses import replace

import pytest

from docintel.schema import Filters, HitKind, IssueCategory
from docintel.store import spans
from docintel.store.catalog import Catalog
from docintel.store.migrations import MIGRATIONS
from tests.factories import make_document, make_extraction, make_issue, make_passage

KINDS = (HitKind.PASSAGE, HitKind.ISSUE, HitKind.MEASURE)
TEXT = "采购权力集中。成立采购小组。公务接待超标。退缴费用。"


@pytest.fixture
def catalog(tmp_path):
    with Catalog(tmp_path / "catalog.sqlite") as catalog:
        yield catalog


def put(catalog, number, *, issues=("采购权力集中", "公务接待超标"), **over):
    """A document of two windows, with issues of two categories and a measure."""
    document = make_document(f"第{number}号。{TEXT}", source=f"{number}.txt", **over)
    categories = (IssueCategory.POWER, IssueCategory.GIFTS)
    extraction = make_extraction(
        document,
        doc_type=("speech", "news")[number % 2],
        measures=["成立采购小组"],
    )
    found = tuple(make_issue(document, quote, category=its) for quote, its in zip(issues, categories, strict=False))
    extraction = replace(extraction, issues=found)
    half = document.text.index("公务")
    places = [(HitKind.PASSAGE, n, span) for n, span in enumerate([(0, half), (half, len(document.text))])]
    for kind, records in ((HitKind.ISSUE, extraction.issues), (HitKind.MEASURE, extraction.measures)):
        places += [(kind, n, (each.evidence.start, each.evidence.end)) for n, each in enumerate(records)]
    passages = [
        make_passage(document.text[start:end], document=document.id, kind=kind, ordinal=n, start=start, end=end)
        for kind, n, (start, end) in places
    ]
    catalog.put(extraction, passages, path=f"/in/{number}.txt", extractor="1")
    return document.id


def by_looking(path, kind, *, where="1", category=None):
    """The ids by a look at every passage."""
    db = sqlite3.connect(path)
    found = db.execute(
        f"""SELECT p.id, p.ordinal, p.start, p."end", p.document FROM passages p JOIN documents d ON d.id = p.document
        WHERE p.kind = ? AND {where} ORDER BY p.id""",
        (kind,),
    ).fetchall()
    records = db.execute('SELECT document, kind, ordinal, start, "end", category FROM records').fetchall()
    db.close()
    if category is None:
        return [row[0] for row in found]
    own = kind in (HitKind.ISSUE, HitKind.MEASURE)
    return [
        id_
        for id_, ordinal, start, end, document in found
        if any(
            r[0] == document
            and r[5] == category
            and ((r[1], r[2]) == (f"{kind}s", ordinal) if own else r[3] < end and r[4] > start)
            for r in records
        )
    ]


def agree(catalog):
    for kind in KINDS:
        for filters, where, category in (
            (Filters(doc_type="speech"), "d.doc_type = 'speech'", None),
            (Filters(since="2022"), "d.published >= '2022'", None),
            (Filters(category="gifts"), "1", "gifts"),
            (Filters(category="rules"), "1", "rules"),
            (Filters(category="power", doc_type="news"), "d.doc_type = 'news'", "power"),
        ):
            found = catalog.passage_ids(kind, filters)
            assert found.tolist() == by_looking(catalog.path, kind, where=where, category=category)


def test_what_is_kept_follows_documents_that_come_change_and_go(catalog):
    ids = [put(catalog, number, published=f"202{number}-01-01") for number in range(6)]
    agree(catalog)
    assert len(catalog.passage_ids(HitKind.PASSAGE, Filters(category="gifts"))) == 6  # the second window of each
    put(catalog, 2, issues=("采购权力集中",), published="2022-01-01")
    catalog.remove(ids[4])
    agree(catalog)
    assert len(catalog.passage_ids(HitKind.PASSAGE, Filters(since="2020"))) == 10


def test_what_passes_is_found_anew_after_another_process_has_written(catalog):
    put(catalog, 0, published="2020-01-01")
    asked = HitKind.PASSAGE, Filters(since="2020")
    assert len(catalog.passage_ids(*asked)) == 2
    assert catalog.passage_ids(*asked) is catalog.passage_ids(*asked)
    with Catalog(catalog.path) as other:
        put(other, 1, published="2020-01-01")
    assert len(catalog.passage_ids(*asked)) == 4
    put(catalog, 2, published="2020-01-01")
    assert len(catalog.passage_ids(*asked)) == 6


def test_a_place_or_type_that_is_set_anew_is_followed(catalog):
    put(catalog, 0)
    db = sqlite3.connect(catalog.path)
    db.execute("UPDATE documents SET region = '安宁县'")
    db.commit()
    db.close()
    assert len(catalog.passage_ids(HitKind.ISSUE, Filters(region="安宁县"))) == 2


def test_passages_of_a_kind_that_lie_apart_are_several_spans(catalog):
    document = put(catalog, 0)
    db = sqlite3.connect(catalog.path)
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("DELETE FROM passages WHERE kind = 'passage' AND ordinal = 0")
    db.execute(
        "INSERT INTO passages (document, kind, ordinal, start, \"end\", context) VALUES (?, 'passage', 7, 0, 5, '')",
        (document,),
    )
    spans.note(db, document)
    db.commit()
    db.close()
    agree(catalog)


def test_a_catalog_from_before_is_written_down(catalog, tmp_path):
    for number in range(3):
        put(catalog, number, published=f"202{number}-01-01")
    catalog.close()
    db = sqlite3.connect(tmp_path / "catalog.sqlite")
    for statement in (
        "DROP TRIGGER spans_follow",
        "DROP TABLE spans",
        "DROP TABLE passage_categories",
        "DROP TABLE document_names",
        "DROP TABLE document_figures",
        "DROP TABLE watch_documents",
        "DROP TABLE watches",
    ):
        db.execute(statement)
    number = next(n for n, step in enumerate(MIGRATIONS) if step.__name__ == "m005_add_spans")
    assert number == len(MIGRATIONS) - 4, "say here how to undo the steps that came after"
    db.execute(f"PRAGMA user_version = {number}")
    db.commit()
    db.close()
    with Catalog(tmp_path / "catalog.sqlite") as again:
        agree(again)
