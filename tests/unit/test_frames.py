"""Data frames: their names and dtypes are those of tests/columns.toml, in an empty library too."""

import tomllib
from pathlib import Path

import pytest

from docintel import read_jsonl
from docintel.errors import InputError, NotFoundError, QueryError
from docintel.exports import Format, write
from docintel.schema import Filters, HitKind, IssueCategory, MeasureCategory
from docintel.schema.tables import TABLES

PROMISED = tomllib.loads((Path(__file__).parents[1] / "columns.toml").read_text("utf-8"))
TEXT = "安宁县医院整改报告\n药品采购权力过于集中的问题突出。采取措施成立药品采购小组,药品采购集体决策。"


def columns(frame):
    return {str(name): str(dtype) for name, dtype in frame.dtypes.items()}


@pytest.fixture
def filled(library, tmp_path):
    for name, text in (("a.txt", TEXT), ("b.txt", TEXT.replace("药品", "设备"))):
        (tmp_path / name).write_text(text, "utf-8")
        library.ingest(tmp_path / name)
    return library


@pytest.fixture(params=["library", "filled"])
def either(request):
    return request.getfixturevalue(request.param)


def test_frames_of_a_library_are_as_promised(either):
    assert columns(either.documents()) == PROMISED["listing"]
    assert columns(either.statistics()) == PROMISED["statistics"]
    for kind in TABLES[1:]:
        assert columns(either.records(kind)) == PROMISED[kind], kind
        assert list(either.records(kind).columns) == list(PROMISED[kind])
    assert columns(either.topics()) == PROMISED["topics"]
    assert columns(either.issue_topics()) == PROMISED["issue_topics"]


def test_co_occurrence_has_every_category(either):
    table = either.co_occurrence()
    assert list(table.index) == list(IssueCategory)
    assert list(table.columns) == list(MeasureCategory)
    assert set(map(str, table.dtypes)) == {"int64"}


def test_a_document_has_no_vector_of_its_own(library):
    with pytest.raises(QueryError, match="only its passages"):
        library.embeddings(HitKind.DOCUMENT)


@pytest.mark.parametrize("kind", [kind for kind in HitKind if kind is not HitKind.DOCUMENT])
def test_embeddings_have_the_places_of_records(kind, either):
    vectors = either.embeddings(kind)
    assert vectors.index.names == ["document", "ordinal"]
    assert [str(dtype) for dtype in vectors.index.dtypes] == ["str", "int64"]
    assert vectors.shape[1] == 64
    assert set(map(str, vectors.dtypes)) == {"float32"}


def test_embeddings_are_of_the_issues(filled):
    issues = filled.records("issues")
    assert len(issues) == 2
    vectors = filled.embeddings(HitKind.ISSUE)
    for row in issues.itertuples():
        query = filled._index.encoder.encode_passages([row.quote])[0]
        likeness = vectors.to_numpy() @ query
        assert likeness.argmax() == vectors.index.get_loc((row.document, row.ordinal))


def test_json_lines_come_back_as_the_same_frames(filled, tmp_path):
    write(filled.extractions(), tmp_path / "out.jsonl", Format.JSONL)
    tables = read_jsonl(tmp_path / "out.jsonl")
    assert list(tables) == list(TABLES)
    for table, frame in tables.items():
        assert columns(frame) == PROMISED[table]
    for kind in ("issues", "measures"):
        assert tables[kind].equals(filled.records(kind))


def test_an_empty_file_gives_empty_frames(tmp_path):
    (tmp_path / "out.jsonl").write_text("\n")
    assert {table: columns(frame) for table, frame in read_jsonl(tmp_path / "out.jsonl").items()} == {
        table: PROMISED[table] for table in TABLES
    }


@pytest.mark.parametrize("line", ["[]", "{}", "nonsense", '{"schema_version": 1}', "\udcff"])
def test_what_is_no_extraction_is_said(line, tmp_path):
    (tmp_path / "out.jsonl").write_bytes(line.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match="is no extraction"):
        read_jsonl(tmp_path / "out.jsonl")


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(NotFoundError, match="no file"):
        read_jsonl(tmp_path / "out.jsonl")
    with pytest.raises(InputError, match="is a folder"):
        read_jsonl(tmp_path)


def test_extractions_can_be_chosen(filled):
    assert [each.extraction.document.source for each in filled.extractions()] == ["a.txt", "b.txt"]
    assert all(Path(each.path).is_file() for each in filled.extractions())
    chosen = list(filled.extractions(Filters(category=str(filled.records("issues")["category"][0]))))
    assert len(chosen) == 2
    assert list(filled.extractions(Filters(region="不存在"))) == []
    with pytest.raises(QueryError):
        list(filled.extractions(Filters(doc_type="nonsense")))


def test_a_republished_work_is_exported_once_on_demand(library, tmp_path):
    text = "\n".join(f"{TEXT}第{n}次会议研究了采购、财务、人事和基建等事项并作出安排。" for n in range(12))
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(text + "\n" * (name == "b.txt") + "转载" * (name == "b.txt"), "utf-8")
        library.ingest(tmp_path / name)
    assert len({each.work for each in library.extractions()}) == 1
    assert [each.sources for each in library.extractions()] == [2, 2]
    assert len(list(library.extractions(all_sources=False))) == 1
