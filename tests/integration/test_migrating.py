"""A library whose index moves to Milvus and back: nobody who asks it sees a difference."""

import json
import zipfile

import pytest
from typer.testing import CliRunner

from docintel.cli import app
from docintel.errors import InputError, StoreError
from docintel.library import Library, restore
from docintel.schema import Filters, HitKind
from docintel.suggest import Similarity
from tests.conftest import extract_marked
from tests.contract.backends import needs_milvus
from tests.factories import BigramEncoder

pytestmark = needs_milvus
TEXTS = {
    "甲": "云栖县通报\n\n检查发现药品采购权力集中的问题。医院采取措施，建立采购委员会。\n",
    "乙": "青岚市通报\n\n检查发现公务接待超标准的问题。财政局采取措施，公示接待费用。\n",
    "丙": "白榆区通报\n\n检查发现食材采购一人包办的问题。学校采取措施，建立供货商名录。\n",
}
QUERIES = ["采购权力", '"采购" 建立', "接待 -药品", "公示"]


class CountingEncoder(BigramEncoder):
    encoded = 0

    def encode_passages(self, texts):
        self.encoded += len(texts)
        return super().encode_passages(texts)


def open_library(folder, encoder=None):
    similarity = Similarity(unrelated=0.4, same=0.9)  # of BigramEncoder's cosines
    return Library(folder, encoder=encoder or BigramEncoder(), extractor=extract_marked, similarity=similarity)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "reports").mkdir()
    for name, text in TEXTS.items():
        (tmp_path / "reports" / f"{name}.txt").write_text(text, encoding="utf-8")
    with open_library(tmp_path / "library") as library:
        library.ingest(tmp_path / "reports")
    return tmp_path / "library"


def answers(library):
    """All that people ask for, with scores to two digits: the index on Milvus keeps more of each vector."""
    hits = [
        [(hit.document, hit.start, hit.end, round(hit.score, 2)) for hit in library.search(query, kind=kind)]
        for query in QUERIES
        for kind in (HitKind.PASSAGE, HitKind.ISSUE, HitKind.DOCUMENT)
    ]
    narrowed = library.search("采购", filters=Filters(region="云栖"))
    return hits, [hit.quote for hit in narrowed], [each.text for each in library.suggest("采购权力集中")]


def test_answers_stay_the_same_there_and_back_and_nothing_is_encoded_again(folder):
    encoder = CountingEncoder()
    with open_library(folder, encoder) as library:
        before = answers(library)
        encoder.encoded = 0
        told = library.migrate(str(folder / "index" / "passages.db"))
        assert (told["from"], told["to"], told["removed"]) == ("embedded", "milvus passages.db", True)
        assert told["passages"] == library.info()["passages"]
        assert not list((folder / "index").glob("*.rows"))
        assert encoder.encoded == 0
        assert answers(library) == before
        assert library.verify() == []
        assert library.info()["index"] == "milvus passages.db"
        encoder.encoded = 0
        library.migrate("embedded")
        assert encoder.encoded == 0
        assert answers(library) == before
        assert sorted(path.name for path in (folder / "index").glob("*.sqlite")) == []
    with open_library(folder) as library:
        assert library.verify() == []


def test_a_library_goes_on_with_the_index_it_moved_to(folder, tmp_path):
    with open_library(folder) as library:
        library.migrate(str(tmp_path / "m.db"))
        library.watch("采购", "采购权力集中")
    report = tmp_path / "丁.txt"
    report.write_text(TEXTS["甲"].replace("云栖县", "临江县").replace("委员会", "小组"), encoding="utf-8")
    with open_library(folder) as library:
        (told,) = library.ingest(report)
        assert told.watches == ("采购",)
        assert "医院采取措施，建立采购小组" in {hit.quote for hit in library.search("采购小组", kind=HitKind.MEASURE)}
        library.remove("乙.txt")
        assert library.search('"接待费用"') == []
        assert library.verify() == []
        assert library.embeddings().shape == (3, BigramEncoder.dim)
        library.rebuild()
        assert library.verify() == []
        assert library.info()["index"].startswith("milvus")
        assert "医院采取措施，建立采购小组" in {hit.quote for hit in library.search("采购小组", kind=HitKind.MEASURE)}


def test_another_open_library_follows_the_move(folder, tmp_path):
    with open_library(folder) as one, open_library(folder) as other:
        before = answers(other)
        one.migrate(str(tmp_path / "m.db"))
        assert answers(other) == before
        assert other.info()["index"].startswith("milvus")
        one.migrate("embedded")
        assert answers(other) == before
        assert other.info()["index"] == "embedded"


def test_a_move_that_fails_leaves_the_index_where_it_was(folder, tmp_path, monkeypatch):
    with open_library(folder) as library:
        before = answers(library)
        with pytest.raises(InputError, match="already"):
            library.migrate("embedded")
        with monkeypatch.context() as patch:
            patch.setattr(
                "docintel.index.milvus.ledger.Ledger.end", lambda *_: (_ for _ in ()).throw(StoreError("full"))
            )
            with pytest.raises(StoreError, match="full"):
                library.migrate(str(tmp_path / "m.db"))
        assert (answers(library), library.info()["index"]) == (before, "embedded")
        assert not list((folder / "index").glob("docintel_*"))
        library.migrate(str(tmp_path / "m.db"))
        assert answers(library) == before


def test_a_library_comes_home_from_a_server_that_is_gone(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("docintel.index.milvus.collection._CONNECT_S", 0.5)
    with open_library(folder) as library:
        before = answers(library)
        library.migrate(str(tmp_path / "m.db"))
    path = folder / "index" / "backend.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(told | {"uri": "http://127.0.0.1:1"}), encoding="utf-8")
    with open_library(folder) as library:
        with pytest.raises(StoreError, match="can't be reached"):
            library.search("采购")
        told = library.migrate("embedded")
        assert (told["passages"], told["removed"]) == (library.info()["passages"], False)
        assert not list((folder / "index").glob("docintel_*"))
        assert answers(library) == before


def test_an_index_on_milvus_is_made_anew_with_the_vectors_that_are_there(folder, tmp_path):
    encoder = CountingEncoder()
    with open_library(folder, encoder) as library, open_library(folder) as other:
        library.migrate(str(tmp_path / "m.db"))
        before = answers(library)
        passages = library.info()["passages"]
        (ledger,) = (folder / "index").glob("docintel_*.sqlite")
        encoder.encoded = 0
        library.rebuild()
        assert encoder.encoded == 0
        assert answers(library) == answers(other) == before
        assert library.verify() == []
        (renewed,) = (folder / "index").glob("docintel_*.sqlite")
        assert renewed != ledger
        other._index._collection.delete(other._index.ids(HitKind.PASSAGE)[:1])
        encoder.encoded = 0
        library.rebuild()  # nothing is taken from an index with something wrong
        assert encoder.encoded == passages
        assert library.verify() == []


def test_nothing_is_lost_while_the_server_is_gone(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("docintel.index.milvus.collection._CONNECT_S", 0.5)
    with open_library(folder) as library:
        library.migrate(str(tmp_path / "m.db"))
        before, told = answers(library), library.info()
    path = folder / "index" / "backend.json"
    there = path.read_text(encoding="utf-8")
    gone = json.dumps(json.loads(there) | {"uri": "http://127.0.0.1:1"})
    path.write_text(gone, encoding="utf-8")
    with open_library(folder) as library:
        assert library.info() == told | {"index": "milvus http://127.0.0.1:1"}
        with pytest.raises(StoreError, match="can't be reached"):
            library.rebuild()
        assert path.read_text(encoding="utf-8") == gone
        path.write_text(there, encoding="utf-8")
        assert answers(library) == before
        assert library.verify() == []
        assert len(list((folder / "index").glob("docintel_*.sqlite"))) == 1


def test_what_a_killed_process_left_is_ended_before_a_move_and_nothing_is_encoded_again(folder, tmp_path, monkeypatch):
    encoder = CountingEncoder()
    with open_library(folder, encoder) as library:
        library.migrate(str(tmp_path / "m.db"))
        library.remove("乙.txt")
        with monkeypatch.context() as patch:
            patch.setattr(
                "docintel.index.milvus.collection.Collection.delete", lambda *_: (_ for _ in ()).throw(StoreError(""))
            )
            with pytest.raises(StoreError):
                library.search("采购")
        assert library._index._ledger.leaving()
        encoder.encoded = 0
        library.migrate("embedded")
        assert encoder.encoded == 0
        assert library.verify() == []


def test_a_backup_holds_no_index_that_lies_elsewhere(folder, tmp_path):
    with open_library(folder) as library:
        before = answers(library)
        library.migrate(str(folder / "index" / "m.db"))
        assert library.backup(tmp_path / "b.zip")["index"] is False
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert not [name for name in archive.namelist() if name.startswith("index/")]
    assert restore(tmp_path / "b.zip", tmp_path / "restored", open_library) == []
    with open_library(tmp_path / "restored") as copy, open_library(folder) as library:
        assert copy.info()["index"] == "embedded"
        assert answers(copy) == before == answers(library)


@pytest.mark.slow
@pytest.mark.model
def test_the_commands_move_an_index_and_tell_where_it_is(tmp_path):
    def run(*command):
        done = CliRunner().invoke(app, [*command, "--json"], env={"DOCINTEL_LIBRARY": str(tmp_path / "library")})
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    (tmp_path / "甲.txt").write_text(TEXTS["甲"], encoding="utf-8")
    (tmp_path / "乙.txt").write_text(TEXTS["乙"], encoding="utf-8")
    (empty,) = run("library", "migrate", "--to", str(tmp_path / "m.db"))  # a library that begins on Milvus
    assert empty["passages"] == 0
    run("ingest", str(tmp_path / "甲.txt"), str(tmp_path / "乙.txt"))
    (info,) = run("library", "info")
    assert (info["index"], info["indexed"]) == (f"milvus {tmp_path / 'm.db'}", info["passages"])
    hits = run("search", "药品采购权力")
    assert hits[0]["source"] == "甲.txt"
    (moved,) = run("library", "migrate", "--to", "embedded")
    assert (moved["passages"], moved["removed"]) == (info["passages"], True)
    assert [hit["quote"] for hit in run("search", "药品采购权力")] == [hit["quote"] for hit in hits]
    wrong = CliRunner().invoke(app, ["library", "migrate", "--to", "faiss", "--library", str(tmp_path / "library")])
    assert wrong.exit_code == 2
