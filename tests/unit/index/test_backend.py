"""Where an index is, as a person says it and as the library remembers it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from docintel.errors import InputError, SetupError, StoreError
from docintel.index.backend import Backend, Kind, backend_at, backend_of
from tests.factories import BigramEncoder, PassageList

ADDRESSES = [
    ("milvus://db.local", "http://db.local:19530", ""),
    ("milvus://db.local:19999/reports", "http://db.local:19999", "reports"),
    ("milvuss://db.local/", "https://db.local:19530", ""),
    ("https://db.local:443", "https://db.local:443", ""),
    ("http://127.0.0.1:19530", "http://127.0.0.1:19530", ""),
    ("milvus://[fd00::1]:19530", "http://[fd00::1]:19530", ""),
]


@pytest.mark.parametrize(("address", "uri", "database"), ADDRESSES)
def test_a_server_by_its_address(tmp_path, address, uri, database):
    backend = backend_at(address, tmp_path)
    assert (backend.backend, backend.uri, backend.database) == (Kind.MILVUS, uri, database)
    assert not backend.is_file


def test_a_file_is_named_from_the_index_folder_where_it_lies_in_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert backend_at("library/index/m.db", tmp_path / "library" / "index").uri == "m.db"
    assert backend_at("elsewhere/m.db", tmp_path / "library" / "index").uri == str(tmp_path / "elsewhere" / "m.db")
    assert backend_at("m.db", tmp_path).is_file


def test_no_two_libraries_get_the_same_collection(tmp_path):
    here = backend_at("milvus://db.local", tmp_path)
    assert here.is_at(backend_at("milvus://db.local/", tmp_path))
    assert len({here.collection, backend_at("milvus://db.local", tmp_path).collection, here.renewed().collection}) == 3


@pytest.mark.parametrize(
    "address", ["", "faiss", "index.sqlite", "ftp://db.local", "milvus://", "milvus://db.local:port"]
)
def test_what_is_no_address_is_refused_with_the_forms_there_are(tmp_path, address):
    with pytest.raises(InputError) as caught:
        backend_at(address, tmp_path)
    assert "milvus://" in caught.value.hint


@pytest.mark.parametrize(
    "address", ["milvus://root:secret@db.local", "http://key@db.local", "milvus://db.local?token=x"]
)
def test_a_password_is_not_taken_where_it_would_be_stored(tmp_path, address):
    with pytest.raises(InputError) as caught:
        backend_at(address, tmp_path)
    assert "DOCINTEL_MILVUS_TOKEN" in caught.value.hint
    assert "secret" not in str(caught.value)


def test_the_library_remembers_where_its_index_is(tmp_path):
    assert backend_of(tmp_path) == Backend()
    moved = backend_at("milvus://db.local/reports", tmp_path)
    moved.write(tmp_path)
    assert backend_of(tmp_path) == moved
    assert json.loads((tmp_path / "backend.json").read_text(encoding="utf-8"))["uri"] == "http://db.local:19530"
    Backend().write(tmp_path)
    assert (backend_of(tmp_path), list(tmp_path.iterdir())) == (Backend(), [])


@pytest.mark.parametrize("text", ["", "[]", '{"backend": "other"}', '{"backend": "milvus", "port": 1}'])
def test_what_can_not_be_read_is_said_with_the_way_out(tmp_path, text):
    (tmp_path / "backend.json").write_text(text, encoding="utf-8")
    with pytest.raises(StoreError) as caught:
        backend_of(tmp_path)
    assert "library migrate --to embedded" in caught.value.hint


def test_without_pymilvus_it_is_said_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    backend = backend_at("milvus://db.local", tmp_path)
    backend.write(tmp_path)
    index = backend.open(tmp_path, BigramEncoder())
    source = PassageList()
    source.add("药品采购")
    with pytest.raises(SetupError, match="pymilvus") as caught:
        index.catch_up(source)
    assert "docintel[milvus]" in caught.value.hint


def test_who_has_no_index_on_milvus_does_not_wait_for_its_packages(tmp_path):
    code = (
        "import sys; from pathlib import Path; from docintel.index.backend import backend_of;"
        "from tests.factories import BigramEncoder, PassageList; from docintel.schema import HitKind;"
        "import docintel.library; index = backend_of(Path(sys.argv[1])).open(Path(sys.argv[1]), BigramEncoder());"
        "source = PassageList(); source.add('药品采购'); index.catch_up(source);"
        "assert index.search_lexical('采购', kind=HitKind.PASSAGE);"
        "print(sorted({'pymilvus', 'milvus_lite', 'grpc'} & set(sys.modules)))"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code, tmp_path], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
