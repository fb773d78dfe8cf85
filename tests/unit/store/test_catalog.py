import os
import sqlite3
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.errors import InputError, NotFoundError, QueryError, SchemaVersionError, StoreError
from docintel.index.passages import split_passages
from docintel.schema import Block, BlockKind, DocType, Filters, HitKind, Metric, Reference, ReferenceKind
from docintel.store.catalog import Catalog
from docintel.store.migrations import MIGRATIONS
from tests.factories import evidence, make_document, make_extraction, make_statistic, make_unit

TEXT = "安宁县医院发现问题38个，药品采购权力集中，成立采购小组。"


@pytest.fixture
def catalog(tmp_path):
    with Catalog(tmp_path / "catalog.sqlite") as opened:
        yield opened


def put(catalog, extraction, path="/in/a.txt"):
    catalog.put(extraction, split_passages(extraction), path=path, extractor="1")
    return extraction


def full_extraction(text=TEXT, **over):
    document = make_document(text, published="2023-05-04", publisher="安宁县纪委监委", warnings=("一条",))
    return make_extraction(
        document,
        issues=["药品采购权力集中"],
        measures=[("成立采购小组", [0])],
        statistics=(make_statistic(document, "发现问题38个", value=38.0, unit="安宁县医院", period="2022-06"),),
        units=(make_unit(document, "安宁县医院"),),
        doc_type=DocType.INSPECTION_REPORT,
        region="某省安宁县",
        **over,
    )


def test_what_is_put_comes_back(catalog):
    extraction = put(catalog, full_extraction())
    assert catalog.get(extraction.document.id) == extraction


@given(st.text(min_size=1).map(lambda text: "".join(c for c in text if c not in "\n\x00#") or "空"))
def test_any_text_comes_back_with_its_quotes(tmp_path_factory, text):
    extraction = make_extraction(text)
    with Catalog(tmp_path_factory.mktemp("any") / "catalog.sqlite") as catalog:
        put(catalog, extraction)
        assert catalog.get(extraction.document.id).document.text == extraction.document.text
        for passage in catalog.passages_of(extraction.document.id, HitKind.PASSAGE):
            assert passage.text == extraction.document.text[passage.start : passage.end]


def test_tables_and_boxes_come_back(catalog):
    block = Block(kind=BlockKind.TABLE, start=0, end=3, page=2, box=(0.0, 1.0, 2.5, 3.0), cells=(("一", "二"), ("三",)))
    extraction = put(catalog, make_extraction(make_document("一二三", blocks=(block,))))
    assert catalog.get(extraction.document.id).document.blocks == (block,)


def test_all_that_a_document_says_of_itself_comes_back_and_is_listed(catalog):
    document = make_document(
        number="云纪发〔2022〕15号",
        secrecy="机密★1年",
        attachments=("台账", "名单"),
        language="zh-Hant",
        pages=7,
        missing=("第3页是图片。 Page 3 is an image.",),
        warnings=("一条",),
    )
    put(catalog, make_extraction(document))
    assert catalog.get(document.id).document == document
    (row,) = catalog.documents()
    assert (row["status"], row["number"], row["pages"], row["attachments"]) == (
        "partial",
        "云纪发〔2022〕15号",
        7,
        ["台账", "名单"],
    )
    assert (row["work"], row["sources"], row["missing"]) == (document.id, 1, list(document.missing))
    put(catalog, make_extraction("读全了。"), path="/in/b.txt")
    assert [row["status"] for row in catalog.documents()].count("full") == 1


def test_putting_again_replaces_and_never_reuses_a_passage_id(catalog):
    extraction = put(catalog, full_extraction())
    counts, (newest, removed) = catalog.counts(), catalog.revision()
    put(catalog, extraction)
    assert catalog.counts() == counts
    assert catalog.revision() == (2 * newest, removed + newest)
    assert catalog.removed_after(0) == list(range(1, newest + 1))
    assert [passage.id for passage, _ in catalog.passages_after(0, 99)] == list(range(newest + 1, 2 * newest + 1))


def test_a_changed_file_takes_its_old_document_with_it_unless_another_path_leads_there(catalog):
    first, second = make_extraction("旧的内容。"), make_extraction("新的内容。")
    put(catalog, first)
    catalog.add_path(first.document.id, "/in/copy.txt")
    assert catalog.put(second, [], path="/in/a.txt", extractor="1") is None
    assert catalog.counts()["documents"] == 2
    assert catalog.add_path(second.document.id, "/in/copy.txt") == first.document.id
    assert [row["id"] for row in catalog.documents()] == [second.document.id]
    assert catalog.paths_of(second.document.id) == ["/in/a.txt", "/in/copy.txt"]


def test_a_failed_put_changes_nothing(catalog):
    extraction = put(catalog, full_extraction())
    before = catalog.counts(), catalog.revision()
    twice = split_passages(extraction) * 2  # breaks the rule that a place is taken once
    with pytest.raises(sqlite3.IntegrityError):
        catalog.put(extraction, twice, path="/in/a.txt", extractor="2")
    assert (catalog.counts(), catalog.revision()) == before


FILTERS = [
    (Filters(), None),  # asks for nothing
    (Filters(doc_type="inspection_report"), True),
    (Filters(doc_type="speech"), False),
    (Filters(region="安宁县"), True),
    (Filters(publisher="云溪"), False),
    (Filters(unit="安宁县医院"), True),
    (Filters(unit="云溪市医院"), False),
    (Filters(category="power"), True),
    (Filters(category="gifts"), False),
    (Filters(since="2023"), True),
    (Filters(since="2023-05-05"), False),
    (Filters(until="2023"), True),  # to the end of the year
    (Filters(until="2023-04"), False),
    (Filters(since="2023-05-04", until="2023-05-04", category="power"), True),
    (Filters(since="2023-05", until="2023"), True),
]


@pytest.mark.parametrize(("filters", "passes"), FILTERS)
def test_filters(catalog, filters, passes):
    extraction = put(catalog, full_extraction())
    every = [passage.id for passage in catalog.passages_of(extraction.document.id, HitKind.ISSUE)]
    found = catalog.passage_ids(HitKind.ISSUE, filters)
    assert (None if found is None else found.tolist()) == {None: None, True: every, False: []}[passes]


@pytest.mark.parametrize(
    "filters",
    [
        Filters(doc_type="x"),
        Filters(category="x"),
        Filters(since="5月"),
        Filters(until=""),
        Filters(since="2024", until="2021"),
        Filters(since="2021-06", until="2021-05-31"),
    ],
)
def test_filters_that_make_no_sense(catalog, filters):
    with pytest.raises(QueryError):
        catalog.passage_ids(HitKind.ISSUE, filters)


def test_statistics_are_selected_by_their_own_unit_metric_and_period(catalog):
    put(catalog, full_extraction())
    (row,) = catalog.records("statistics", Filters(unit="安宁"), metrics=[Metric.ISSUES_FOUND], period="2022")
    assert (row["value"], row["quote"], row["source"], row["published"]) == (
        38,
        "发现问题38个",
        "报告.txt",
        "2023-05-04",
    )
    assert catalog.records("statistics", period="2021") == []
    assert catalog.records("statistics", metrics=[Metric.CLUES]) == []
    assert catalog.records("statistics", Filters(unit="云溪")) == []


def test_hits_keep_the_order_asked_and_carry_the_record(catalog):
    extraction = put(catalog, full_extraction())
    (measure,) = catalog.passages_of(extraction.document.id, HitKind.MEASURE)
    (issue,) = catalog.passages_of(extraction.document.id, HitKind.ISSUE)
    hits = catalog.hits({measure.id: 0.9, 999: 0.8, issue.id: 0.7})
    assert [(hit.quote, hit.category, hit.status, hit.score) for hit in hits] == [
        ("成立采购小组", "rules", "done", 0.9),
        ("药品采购权力集中", "power", None, 0.7),
    ]
    assert catalog.hits({}) == []


def test_names(catalog):
    extraction = put(catalog, make_extraction("一。", source="同名.txt"), "/in/一/同名.txt")
    put(catalog, make_extraction("二。", source="同名.txt"), "/in/二/同名.txt")
    for name in (extraction.document.id, extraction.document.id[:9], "/in/一/同名.txt"):
        assert catalog.resolve(name) == extraction.document.id
    with pytest.raises(NotFoundError, match="fits 2 documents"):
        catalog.resolve("同名.txt")
    for name in ("", "%", "没有.txt"):
        with pytest.raises(NotFoundError, match="No document"):
            catalog.resolve(name)


def test_a_newer_catalog_is_refused(tmp_path):
    with sqlite3.connect(tmp_path / "c.sqlite") as db:
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    db.close()
    with pytest.raises(SchemaVersionError, match="knows versions up to"):
        Catalog(tmp_path / "c.sqlite")


def test_what_is_no_database_is_refused(tmp_path):
    (tmp_path / "c.sqlite").write_text("这不是数据库" * 100)
    (tmp_path / "folder.sqlite").mkdir()
    for name, hint in (("c.sqlite", "backup"), ("folder.sqlite", "able to read")):
        with pytest.raises(StoreError, match="cannot be used as a catalog") as refused:
            Catalog(tmp_path / name)
        assert hint in refused.value.hint


def test_a_writer_that_waits_in_vain_is_told_why(tmp_path, monkeypatch):
    monkeypatch.setattr("docintel.store.connection._BUSY_SECONDS", 0.01)
    with Catalog(tmp_path / "c.sqlite") as one, Catalog(tmp_path / "c.sqlite") as other, one._transaction():
        assert other.counts()["documents"] == 0
        with pytest.raises(StoreError, match="locked") as refused:
            other.remove("x")
    assert "Another process is writing" in refused.value.hint


def test_damage_below_an_open_catalog_is_an_error_of_ours(tmp_path):
    with Catalog(tmp_path / "c.sqlite") as catalog:
        with sqlite3.connect(tmp_path / "c.sqlite") as db:
            db.execute("DROP TABLE passages")
        db.close()
        with pytest.raises(StoreError, match="no such table"):
            catalog.counts()


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(region="浙江省"), [1.0, 2.0]),
        (Filters(region="江苏省"), [3.0]),
        (Filters(since="2021", until="2023"), [1.0, 2.0, 3.0]),
        (Filters(since="2021-06", until="2021-08"), [1.0, 2.0]),
        (Filters(since="2022"), [2.0, 3.0]),
        (Filters(until="2020"), []),
        (Filters(region="浙江省", since="2022", until="2022"), [2.0]),
        (Filters(reference="云纪发[2022]15号"), [1.0, 2.0, 3.0]),
        (Filters(reference="云纪发〔2022〕16号"), []),
    ],
)
def test_records_are_selected_by_their_own_place_and_time(catalog, filters, expected):
    document = make_document("甲1个，乙2个，丙3个。见云纪发〔2022〕15号。", published="2023-05-04")
    figures = (
        ("甲1个", 1.0, None, "2021"),
        ("乙2个", 2.0, "浙江省丽水市", "2021-07/2022"),
        ("丙3个", 3.0, "江苏省", None),
    )
    number = "云纪发〔2022〕15号"
    extraction = make_extraction(
        document,
        statistics=tuple(
            make_statistic(document, quote, value=value, region=region, period=period)
            for quote, value, region, period in figures
        ),
        references=(Reference(evidence=evidence(document, number), kind=ReferenceKind.DOCUMENT, canonical=number),),
        region="浙江省",
    )
    put(catalog, extraction)
    assert [row["value"] for row in catalog.records("statistics", filters)] == expected


@pytest.fixture
def only_read(monkeypatch):
    """Nothing may be written, as on a medium that can only be read."""
    monkeypatch.setattr("os.access", lambda path, mode: mode != os.W_OK)
    monkeypatch.setattr("os.statvfs", lambda path: SimpleNamespace(f_flag=os.ST_RDONLY))


def test_a_catalog_that_can_only_be_read_is_read(tmp_path, only_read, monkeypatch):
    path = tmp_path / "catalog.sqlite"
    with monkeypatch.context() as writable:
        writable.setattr("os.access", lambda *_: True)
        with Catalog(path) as catalog:
            extraction = put(catalog, full_extraction())
    with Catalog(path) as catalog:
        assert catalog.get(extraction.document.id).document.title == extraction.document.title
        with pytest.raises(InputError, match="只读"):
            catalog.remove(extraction.document.id)
    assert [each.name for each in tmp_path.iterdir()] == ["catalog.sqlite"]


def test_an_older_catalog_that_can_only_be_read_is_to_be_copied(tmp_path, only_read):
    path = tmp_path / "catalog.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 1")
    db.close()
    with pytest.raises(InputError, match="旧版本") as caught:
        Catalog(path)
    assert "--library" in caught.value.hint


def test_a_log_that_cannot_be_read_is_not_passed_over(tmp_path, only_read):
    path = tmp_path / "catalog.sqlite"
    path.touch()
    path.with_name("catalog.sqlite-wal").write_bytes(b"x")
    with pytest.raises(InputError, match="没有收尾"):
        Catalog(path)


def test_a_catalog_that_others_may_write_is_not_read(tmp_path, monkeypatch):
    path = tmp_path / "catalog.sqlite"
    Catalog(path).close()
    monkeypatch.setattr("os.access", lambda path, mode: mode != os.W_OK)
    with pytest.raises(InputError, match=r"其所有者.*by its owner") as caught:
        Catalog(path)
    assert "--library" in caught.value.hint
