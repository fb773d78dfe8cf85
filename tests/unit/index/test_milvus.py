"""The index on Milvus: what a killed process leaves is ended, and a collection is one library's alone."""

import contextlib
import multiprocessing
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from docintel.errors import StaleIndexError, StoreError
from docintel.index.backend import backend_at, backend_of, clear
from docintel.index.words import terms
from docintel.schema import HitKind
from tests.contract.backends import needs_milvus, open_index
from tests.factories import BigramEncoder, PassageList

pytestmark = needs_milvus
PASSAGE = HitKind.PASSAGE


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "index"


@pytest.fixture
def source():
    source = PassageList()
    source.add("药品采购权力集中", "公务接待超标准", "工程招投标走过场")
    source.add("药品采购权力集中", kind=HitKind.ISSUE)
    return source


@pytest.fixture
def index(folder, source):
    index = open_index("milvus", folder, BigramEncoder())
    index.catch_up(source)
    yield index
    index.close()


def changed(source):
    """The source after a document came and another was read anew."""
    source.remove(1, 2)
    source.add("药品采购权力集中", "公务用车超编制")
    source.add("公务用车超编制", kind=HitKind.ISSUE)


def counted(folder):
    """How many passages have each term, by the ledger; without those that none has."""
    with sqlite3.connect(folder / f"{backend_of(folder).collection}.sqlite") as db:
        rows = db.execute("SELECT kind, field, term, passages FROM counts JOIN terms USING (dim) WHERE passages")
        return sorted(rows)


def state(folder, index):
    """All that a search depends on."""
    asked = ("药品采购", "公务用车", "工程")
    return (
        counted(folder),
        {kind: index.ids(kind) for kind in (PASSAGE, HitKind.ISSUE)},
        [index.search_lexical(query, kind=PASSAGE) for query in asked],
        [index.search_vectors(index.encoder.encode_queries([query])[0], kind=PASSAGE) for query in asked],
        index.check(),
    )


def catch_up_and_die(folder, source, where):
    """In a process of its own: a commit that is killed before a step of it."""
    from docintel.index.milvus.collection import Collection
    from docintel.index.milvus.ledger import Ledger

    def die(*_, **__):
        os.kill(os.getpid(), signal.SIGKILL)

    steps = {
        "write": Collection,
        "put_stamp": Collection,
        "put_manifest": Ledger,
        "end": Ledger,
        "delete": Collection,
        "clear_leaving": Ledger,
    }
    setattr(steps[where], where, die)
    index = open_index("milvus", folder, BigramEncoder())
    index.catch_up(source)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "more"),
    [
        ("write", False),
        ("put_stamp", False),
        ("put_manifest", False),
        ("put_manifest", True),
        ("end", False),
        ("delete", False),
        ("delete", True),
        ("clear_leaving", False),
    ],
)
def test_a_commit_that_is_killed_is_ended_by_the_next_to_open(folder, index, source, tmp_path, where, more):
    index.close()
    changed(source)
    killed = multiprocessing.get_context("spawn").Process(target=catch_up_and_die, args=(folder, source, where))
    killed.start()
    killed.join(60)
    assert killed.exitcode == -signal.SIGKILL
    if more:  # meanwhile, among it what the killed process was taking in
        source.remove(5, 3)
    after = open_index("milvus", folder, BigramEncoder())
    undisturbed = open_index("embedded", tmp_path / "other", BigramEncoder())
    assert after.catch_up(source)
    undisturbed.catch_up(source)
    counts, ids, _, _, problems = state(folder, after)
    after.close()
    assert problems == []
    assert ids == {kind: undisturbed.ids(kind) for kind in ids}
    texts = [(str(passage.kind), set(terms(passage.text))) for passage, _ in source.passages.values()]
    expected = Counter((kind, term) for kind, its in texts for term in its)
    assert {(kind, term): number for kind, field, term, number in counts if field == "words"} == expected


def test_rows_of_a_commit_that_was_cut_short_are_not_twice(folder, index, source, monkeypatch):
    before = state(folder, index)
    source.add("公务用车")
    with monkeypatch.context() as patch:
        patch.setattr(
            "docintel.index.milvus.ledger.Ledger.put_manifest", lambda *_: (_ for _ in ()).throw(StoreError(""))
        )
        with pytest.raises(StoreError):
            index.catch_up(source)
    source.remove(5)
    index.catch_up(source)
    assert state(folder, index) == before


def test_a_collection_that_another_library_has_written_to_is_refused_and_left_to_it(folder, index, source, tmp_path):
    index.close()
    copy = tmp_path / "copy" / "index"
    copy.mkdir(parents=True)
    for path in folder.iterdir():
        if path.suffix in (".json", ".sqlite"):
            (copy / path.name).write_bytes(path.read_bytes())
    told = (copy / "backend.json").read_text(encoding="utf-8")
    (copy / "backend.json").write_text(told.replace('"index.db"', f'"{folder / "index.db"}"'), encoding="utf-8")
    source.add("药品验收")
    original = open_index("milvus", folder, BigramEncoder())
    original.catch_up(source)
    copied = open_index("milvus", copy, BigramEncoder())
    with pytest.raises(StaleIndexError, match="Another library has written") as caught:
        copied.search_lexical("药品", kind=PASSAGE)
    copied.close()
    assert "library rebuild" in caught.value.hint
    clear(copy)
    rebuilt = open_index("milvus", copy, BigramEncoder())
    rebuilt.catch_up(source)
    for each in (original, rebuilt):
        assert [id_ for id_, _ in each.search_lexical("药品", kind=PASSAGE)] == [5, 1]
        assert each.check() == []
        each.close()


def test_a_collection_that_is_gone_is_said_and_made_anew(folder, index, source):
    index._collection.drop()
    index.close()
    again = open_index("milvus", folder, BigramEncoder())
    with pytest.raises(StaleIndexError, match="gone") as caught:
        again.search_lexical("药品", kind=PASSAGE)
    again.close()
    assert "library rebuild" in caught.value.hint
    clear(folder)
    fresh = open_index("milvus", folder, BigramEncoder())
    assert fresh.catch_up(source)
    assert [id_ for id_, _ in fresh.search_lexical("药品", kind=PASSAGE)] == [1]
    fresh.close()


def test_rows_that_went_missing_are_seen(index):
    index._collection.delete([2])
    (problem,) = index.check()
    assert "passage" in problem


def test_nobody_writes_to_an_index_that_the_library_has_left(folder, index, source):
    backend_at("embedded", folder).write(folder)
    source.add("药品验收")
    assert index.catch_up(source) is False
    assert len(index) == 4


def test_a_server_that_is_not_there_is_said_with_the_way_out(folder, monkeypatch):
    monkeypatch.setattr("docintel.index.milvus.collection._CONNECT_S", 0.5)
    backend = backend_at("milvus://127.0.0.1:1", folder)
    backend.write(folder)
    index = backend.open(folder, BigramEncoder())
    with pytest.raises(StoreError, match="can't be reached") as caught, index.writing():
        pass
    assert "migrate --to embedded" in caught.value.hint


def hold(path, held, done):
    from pymilvus import MilvusClient

    MilvusClient(path)
    held.set()
    done.wait(60)


def test_a_file_that_another_process_has_open_is_said_with_the_way_out(folder, index, monkeypatch):
    index.close()
    context = multiprocessing.get_context("spawn")
    held, done = context.Event(), context.Event()
    other = context.Process(target=hold, args=(str(folder / "index.db"), held, done))
    other.start()
    try:
        assert held.wait(60)
        monkeypatch.setattr("docintel.index.milvus.collection._CONNECT_S", 0.5)
        again = open_index("milvus", folder, BigramEncoder())
        with pytest.raises(StoreError, match="Another process has it open") as caught:
            again.search_lexical("药品", kind=PASSAGE)
        assert "milvus-lite server" in caught.value.hint
    finally:
        done.set()
        other.join(60)
    again.close()


def test_what_reading_a_dotenv_would_bring_in_stays_out(tmp_path):
    """Pymilvus reads a `.env` of the folder it is started in; a folder of reports has no say in settings."""
    (tmp_path / ".env").write_text("DOCINTEL_LIBRARY=/elsewhere\n", encoding="utf-8")
    code = (
        "import os, docintel.index.milvus.collection as c; from docintel.index.backend import Backend;"
        "c._pymilvus(Backend()); print(os.environ.get('DOCINTEL_LIBRARY'))"
    )
    env = {name: value for name, value in os.environ.items() if name != "DOCINTEL_LIBRARY"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "None"


@pytest.fixture
def server(tmp_path):
    """The address of a server of milvus-lite in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [Path(sys.executable).with_name("milvus-lite"), "server", "--data-dir", tmp_path / "data",
               "--host", "127.0.0.1", "--port", str(port)]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                time.sleep(0.2)
            yield f"milvus://127.0.0.1:{port}"
        finally:
            process.kill()


def catch_up_and_look(folder, source, found):
    index = backend_of(folder).open(folder, BigramEncoder())
    index.catch_up(source)
    found.put(sorted(dict(index.search_lexical("药品", kind=PASSAGE))))
    index.close()


@pytest.mark.slow
def test_two_processes_share_an_index_on_a_server(folder, source, server):
    backend = backend_at(server, folder)
    backend.write(folder)
    index = backend.open(folder, BigramEncoder())
    index.catch_up(source)
    source.add("药品验收走过场")
    context = multiprocessing.get_context("spawn")
    found = context.Queue()
    other = context.Process(target=catch_up_and_look, args=(folder, source, found))
    other.start()
    assert found.get(timeout=60) == [1, 5]
    other.join(60)
    assert index.catch_up(source)
    assert sorted(dict(index.search_lexical("药品", kind=PASSAGE))) == [1, 5]
    assert index.holding("药品", kind=PASSAGE).tolist() == [1, 5]
    assert index.check() == []
    index.close()
