"""Ingest, search, suggest, look after: a whole library on made-up reports."""

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from docintel.errors import InputError, NotFoundError, QueryError, StaleIndexError, StoreError
from docintel.index.backend import backend_at
from docintel.library import Library
from docintel.parse.intake import list_files
from docintel.parse.sandbox import parse
from docintel.schema import Filters, HitKind, IngestStatus
from tests.conftest import extract_marked

REPORTS = {
    "a.txt": "安宁县医院整改报告\n药品采购权力过于集中的问题突出。采取措施成立药品采购小组,药品采购集体决策。",
    "b.txt": "云溪市卫健委通报\n药品采购权力集中、缺乏监督的问题。采取措施实行药品采购轮岗,监督药品采购全过程。",
    "c.txt": "平湖区医院工作动态\n公务接待超标准用餐的问题。采取措施公务接待用餐事前审批。\n药械代理商实行备案接待。",
}


@pytest.fixture
def folder(tmp_path):
    for name, text in REPORTS.items():
        (tmp_path / "in" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "in" / name).write_text(text, encoding="utf-8")
    return tmp_path / "in"


def statuses(reports):
    return [report.status for report in reports]


def test_ingest_search_suggest(library, folder):
    assert statuses(library.ingest(folder)) == [IngestStatus.ADDED] * 3
    assert library.search("药械代理商 备案接待")[0].source == "c.txt"
    assert library.search("公务接待", kind=HitKind.DOCUMENT)[0].title == REPORTS["c.txt"].split("\n")[0]
    suggestions = library.suggest("药品采购权力集中")
    assert {precedent.measure.source for s in suggestions for precedent in s.precedents} >= {"a.txt", "b.txt"}
    assert library.verify() == []


def test_every_hit_quotes_its_document(library, folder):
    library.ingest(folder)
    for kind in HitKind:
        for hit in library.search("药品采购 接待", kind=kind):
            assert library.extraction(hit.document).document.text[hit.start : hit.end] == hit.quote


def test_two_characters_are_enough(library, folder):
    library.ingest(folder)
    assert library.search("轮岗")[0].source == "b.txt"


def test_unchanged_files_are_skipped_and_changed_ones_replaced(library, folder):
    library.ingest(folder)
    assert statuses(library.ingest(folder)) == [IngestStatus.UNCHANGED] * 3
    (folder / "a.txt").write_text("安宁县医院整改报告\n设备采购走过场的问题。", encoding="utf-8")
    assert statuses(library.ingest(folder)) == [IngestStatus.UPDATED, *[IngestStatus.UNCHANGED] * 2]
    assert len(library.documents()) == 3
    assert library.search("走过场", kind=HitKind.ISSUE)[0].source == "a.txt"
    assert library.verify() == []


def test_same_content_under_another_name_is_one_document(library, folder):
    (folder / "copy.txt").write_bytes((folder / "a.txt").read_bytes())
    reports = library.ingest(folder)
    assert "Same content as" in reports[-1].message
    assert len(library.documents()) == 3


def test_a_bad_file_is_reported_and_the_others_go_on(library, folder):
    (folder / "b0.txt").write_bytes(b"")
    reports = library.ingest([folder, folder / "missing.txt"])
    failed = {report.path: report.message for report in reports if report.status is IngestStatus.FAILED}
    assert sorted(failed) == [str(folder / "b0.txt"), str(folder / "missing.txt")]
    assert all(failed.values())
    assert len(library.documents()) == 3


def test_a_folder_gives_its_reports_only(library, folder):
    for name in (".hidden.txt", "~$a.docx", "gold.json"):
        (folder / name).write_text("不是报告", encoding="utf-8")
    assert len(library.ingest(folder)) == 3


def test_filters_narrow_both_indexes(library, folder):
    library.ingest(folder)
    assert library.search("药品采购", filters=Filters(since="2020")) == []
    assert library.search("药品采购", filters=Filters(category="rules"))
    with pytest.raises(QueryError, match="no category"):
        library.search("药品采购", filters=Filters(category="nonsense"))


def test_suggest_for_a_document_asks_each_of_its_issues_elsewhere(library, folder):
    library.ingest(folder)
    for asked in (folder / "a.txt", "a.txt"):
        suggestions = library.suggest(document=asked)
        assert {s.question for s in suggestions} == {"药品采购权力过于集中的问题突出"}
        assert "a.txt" not in {p.measure.source for s in suggestions for p in s.precedents}


def test_nothing_comparable_gives_an_honest_empty_answer(library, folder):
    library.ingest(folder)
    assert library.suggest("xyz") == []
    with pytest.raises(InputError):
        library.suggest()


def test_similar_leaves_the_document_itself_out(library, folder):
    library.ingest(folder)
    first, *others = [hit.source for hit in library.similar("a.txt")]
    assert first == "b.txt"
    assert "a.txt" not in others


def test_similar_finds_others_whatever_the_length_of_the_document(library, tmp_path):
    said = "药品采购由一人说了算而且长期没有人监督。" * 8
    texts = {"long.txt": "\n".join(f"{said}第{number}条" for number in range(60))}
    texts |= {f"{number}.txt": f"{said}第{number}份" for number in range(5)}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        library.ingest(tmp_path / name)
    assert {hit.source for hit in library.similar("long.txt")} == texts.keys() - {"long.txt"}


def test_similar_lets_a_few_passages_stand_for_a_long_document(library, encoder, tmp_path, monkeypatch):
    path = tmp_path / "long.txt"
    path.write_text("\n".join("药品采购由一人说了算。" * 12 for _ in range(47)), encoding="utf-8")
    encoded = []
    monkeypatch.setattr(encoder, "encode_passages", lambda texts: encoded.extend(texts) or np.ones((len(texts), 64)))
    assert library.similar(path) == []
    assert 12 <= len(encoded) <= 24


def test_another_encoder_is_refused_and_rebuild_helps(library, folder, encoder, tmp_path):
    library.ingest(folder)

    class Other(type(encoder)):
        name = "other"

    with Library(library.folder, encoder=Other()) as other:
        with pytest.raises(StaleIndexError) as refused:
            other.search("药品")
        assert "docintel library rebuild" in refused.value.hint
        other.rebuild()
        assert other.search("轮岗")[0].source == "b.txt"
        assert other.verify() == []


def test_tables_have_their_columns_even_when_empty(library, folder):
    assert "metric" in library.statistics(metrics=["clues", "talks"]).columns
    with pytest.raises(QueryError, match="no metric"):
        library.statistics(metrics=["nonsense"])
    library.ingest(folder)
    assert {"quote", "category", "source", "published", "document"} <= set(library.records("issues").columns)
    vectors = library.embeddings()
    assert vectors.shape[1] == 64
    assert vectors.dtypes.eq("float32").all()
    issues = library.records("issues").set_index(["document", "ordinal"])
    of_issues = library.embeddings(HitKind.ISSUE)
    assert set(issues.index) == set(of_issues.index)


def test_names_must_mean_one_document(library, folder):
    library.ingest(folder)
    with pytest.raises(NotFoundError, match="No document"):
        library.extraction("d.txt")
    assert library.extraction(library.extraction("a.txt").document.id[:10]).document.source == "a.txt"


def originals(library):
    return [path for path in (library.folder / "originals").rglob("*") if path.is_file()]


def test_a_damaged_original_is_found_and_mended_by_ingesting_its_file_again(library, folder):
    library.ingest(folder)
    first, second, _ = originals(library)
    first.write_bytes(b"x")
    second.unlink()
    problems = library.verify()
    assert len(problems) == 2
    assert all("missing or damaged. Ingest it again: " in problem for problem in problems)
    assert statuses(library.ingest(folder)) == [IngestStatus.UNCHANGED] * 3
    assert library.verify() == []


def test_a_changed_file_takes_its_old_original_with_it(library, folder):
    library.ingest(folder / "a.txt")
    (folder / "a.txt").write_text("设备采购走过场的问题。", encoding="utf-8")
    library.ingest(folder / "a.txt")
    assert [path.name for path in originals(library)] == [library.extraction("a.txt").document.id]


def test_removing_takes_a_name_or_enough_of_the_id(library, folder):
    library.ingest(folder)
    document = library.extraction("b.txt").document.id
    for short in ("", document[0], document[:7]):
        with pytest.raises(NotFoundError):
            library.remove(short)
    assert library.remove(document[:8]) == document


def test_a_name_goes_before_the_start_of_an_id(library, folder):
    library.ingest(folder)
    document = library.extraction("b.txt").document.id
    (folder / document[0]).write_text("采购问题一览。", "utf-8")
    library.ingest(folder / document[0])
    assert library.extraction(document[0]).document.source == document[0]


def test_what_is_removed_is_gone_from_catalog_index_and_disk(library, folder):
    library.ingest(folder)
    document = library.extraction("b.txt").document.id
    assert library.remove("b.txt") == document
    assert "b.txt" not in {hit.source for hit in library.search("药品采购轮岗")}
    assert document not in {path.name for path in originals(library)}
    assert library.verify() == []
    with pytest.raises(NotFoundError):
        library.remove("b.txt")


def test_reading_makes_no_library(tmp_path):
    with pytest.raises(NotFoundError, match="no library in") as refused:
        Library.open(tmp_path / "none", create=False)
    assert "docintel ingest" in refused.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_library_is_a_folder_with_a_catalog_that_can_be_read(tmp_path):
    (tmp_path / "file").write_text("一")
    for folder in (tmp_path / "file", tmp_path / "file" / "library"):
        with pytest.raises(InputError, match="No library can be made in"):
            Library.open(folder)
    (tmp_path / "library" / "catalog.sqlite").mkdir(parents=True)
    with pytest.raises(StoreError):
        Library.open(tmp_path / "library")


def only_read(monkeypatch):
    """Nothing may be written, as on a medium that can only be read."""
    monkeypatch.setattr("os.access", lambda path, mode: mode != os.W_OK)
    monkeypatch.setattr("os.statvfs", lambda path: SimpleNamespace(f_flag=os.ST_RDONLY))


def test_a_library_that_can_only_be_read_is_searched_and_not_changed(library, folder, monkeypatch):
    library.ingest(folder)
    library.close()

    def state():
        return {path: path.stat().st_mtime_ns for path in library.folder.rglob("*")}

    before = state()
    only_read(monkeypatch)
    with Library.open(library.folder, encoder=library._encoder) as read:
        assert read.search("药品采购")
        assert len(read.records("issues"))
        assert read.extraction(read.documents()["id"][0]).document.text
        for change in (lambda: read.ingest(folder), read.rebuild, lambda: read.backup(folder / "b.zip"), read.untrain):
            with pytest.raises(InputError, match="只读"):
                change()
    assert state() == before


def test_an_index_that_cannot_be_read_is_told(library, folder, monkeypatch):
    library.ingest(folder)
    library.close()
    (library.folder / "index" / "gone.bin").symlink_to(folder / "gone")
    only_read(monkeypatch)
    with Library.open(library.folder, encoder=library._encoder) as read, pytest.raises(InputError, match=r"gone\.bin"):
        read.search("药品采购")

    listed = os.scandir

    def refused(path):
        if path == library.folder / "index":
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr("os.scandir", refused)
    with Library.open(library.folder, encoder=library._encoder) as read, pytest.raises(InputError, match="无法读取"):
        read.search("药品采购")


def test_a_library_on_milvus_is_not_searched_read_only(library, folder, monkeypatch):
    library.ingest(folder)
    library.close()
    backend_at("milvus://127.0.0.1", library.folder / "index").write(library.folder / "index")
    only_read(monkeypatch)
    with Library.open(library.folder, encoder=library._encoder) as read:
        assert len(read.records("issues"))
        with pytest.raises(InputError, match="Milvus"):
            read.search("药品采购")


def test_a_locked_catalog_ends_the_ingestion(library, folder, monkeypatch):
    def locked(*args, **kwargs):
        raise StoreError("locked")

    monkeypatch.setattr(library._catalog, "put", locked)
    with pytest.raises(StoreError, match="locked"):
        library.ingest(folder)


def test_a_file_named_in_several_ways_is_taken_once(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert list_files(["b.txt", "./b.txt", ".", folder / "b.txt"]) == [Path(name) for name in REPORTS]


def test_a_missing_file_is_told_of_as_parse_tells(library, tmp_path):
    (report,) = library.ingest(tmp_path / "none.txt")
    with pytest.raises(NotFoundError) as refused:
        parse(tmp_path / "none.txt")
    assert report.message == f"{refused.value} {refused.value.hint}"


def test_a_lost_catalog_is_said_and_nothing_hangs(tmp_path, encoder):
    (tmp_path / "a.txt").write_text("药品采购有问题。", encoding="utf-8")
    with Library(tmp_path / "library", encoder=encoder, extractor=extract_marked) as opened:
        opened.ingest(tmp_path / "a.txt")
    for path in (tmp_path / "library").glob("catalog.sqlite*"):
        path.unlink()
    with pytest.raises(StoreError, match="目录文件"):
        Library(tmp_path / "library", encoder=encoder)
    shutil.rmtree(tmp_path / "library" / "originals")
    with Library(tmp_path / "library", encoder=encoder, extractor=extract_marked) as opened:
        with pytest.raises(StaleIndexError, match="ahead"):
            opened.search("采购")
        opened.rebuild()
        assert opened.search("采购") == []


def test_who_waits_for_the_index_is_told_how_far_it_is(tmp_path, encoder):
    (tmp_path / "a.txt").write_text("药品采购有问题。", encoding="utf-8")
    with Library(tmp_path / "library", encoder=encoder, extractor=extract_marked) as opened:
        opened.ingest(tmp_path / "a.txt")
        told = []
        opened.on_indexing = lambda *count: told.append(count)
        opened.search("采购")
        assert told == [], "the index is level: nobody waits"
        passages = opened.counts()["passages"]
        opened.rebuild()
        assert told == [(0, passages), (passages, passages)]


def test_a_name_that_is_no_text_is_ingested(tmp_path, library):
    path = tmp_path / os.fsdecode("报告".encode("gb18030") + b".txt")
    path.write_text("药品采购有问题。", encoding="utf-8")
    (report,) = library.ingest(path)
    assert report.status == "added"
    assert "\ufffd" in report.path


def test_a_pipe_is_refused_and_not_waited_for(tmp_path, library):
    os.mkfifo(tmp_path / "pipe.txt")
    (report,) = library.ingest(tmp_path / "pipe.txt")
    assert "no regular file" in report.message
