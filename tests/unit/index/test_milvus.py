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
from docintel.index.backend import backend_at, backend_of
from docintel.index.milvus.ledger import Ledger
from docintel.index.milvus.weighing import mean_lengths
from docintel.index.words import terms
from docintel.schema import HitKind
from tests.contract.backends import clear, needs_milvus, open_index
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


@pytest.mark.slow
def test_a_commit_that_is_killed_again_and_again_is_ended_all_the_same(folder, index, source):
    index.close()
    changed(source)
    for where in ("put_manifest", "write", "put_stamp", "end"):
        killed = multiprocessing.get_context("spawn").Process(target=catch_up_and_die, args=(folder, source, where))
        killed.start()
        killed.join(60)
        assert killed.exitcode == -signal.SIGKILL
    after = open_index("milvus", folder, BigramEncoder())
    assert after.catch_up(source)
    assert after.check() == []
    assert [id_ for id_, _ in after.search_lexical("药品", kind=PASSAGE)] == [5]
    after.close()


def fails(*_, **__):
    raise StoreError("")


def test_rows_that_do_not_count_yet_or_any_more_are_no_damage(folder, index, source, monkeypatch):
    changed(source)
    with monkeypatch.context() as patch:  # written and not committed
        patch.setattr("docintel.index.milvus.ledger.Ledger.put_manifest", fails)
        with pytest.raises(StoreError):
            index.catch_up(source)
    assert index._collection.count(PASSAGE, 10**6, []) == 5
    assert index.check() == []
    with monkeypatch.context() as patch:  # committed and not deleted
        patch.setattr("docintel.index.milvus.collection.Collection.delete", fails)
        with pytest.raises(StoreError):
            index.catch_up(source)
    assert index._collection.count(PASSAGE, 10**6, []) == 5
    assert index.check() == []
    index._collection.delete([5])
    assert len(index.check()) == 1


def test_what_the_ledger_can_not_commit_is_undone_and_the_next_is_not(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger._db.executescript(
        "PRAGMA foreign_keys = ON; CREATE TABLE one (id INTEGER PRIMARY KEY);"
        "CREATE TABLE two (id REFERENCES one DEFERRABLE INITIALLY DEFERRED)"
    )

    def write_what_fails_at_the_end():
        with ledger.transaction():
            ledger.count(PASSAGE, {}, 3)
            ledger._db.execute("INSERT INTO two VALUES (1)")

    with pytest.raises(StoreError):
        write_what_fails_at_the_end()
    with ledger.transaction():
        ledger.count(PASSAGE, {}, 2)
    ledger.close()
    assert Ledger(tmp_path / "ledger.sqlite").size(PASSAGE) == 2


def test_passages_are_encoded_before_the_ledger_is_locked(folder, index, source):
    class Peeking(BigramEncoder):
        def encode_passages(self, texts):
            with contextlib.closing(sqlite3.connect(path, timeout=0)) as db:
                db.execute("BEGIN IMMEDIATE")  # raises where somebody writes
                db.execute("ROLLBACK")
            self.has_peeked = True
            return super().encode_passages(texts)

    path = folder / f"{backend_of(folder).collection}.sqlite"
    index.close()
    encoder = Peeking()
    again = open_index("milvus", folder, encoder)
    source.add("药品验收")
    assert again.catch_up(source)
    assert encoder.has_peeked
    again.close()


def test_a_small_first_commit_does_not_set_the_lengths(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("docintel.index.milvus.weighing.MEASURED", 3)
    source = PassageList()
    index = open_index("milvus", folder, BigramEncoder())
    means = []
    for text in ("采购", "药品采购权力集中", "工程招投标走过场问题突出", "公务接待超标准用餐"):
        source.add(text)
        index.catch_up(source)
        means.append(mean_lengths(index._ledger.lengths()[PASSAGE])["words"])
    index.close()
    lengths = [len(terms(passage.text)) for passage, _ in source.passages.values()]
    assert means == pytest.approx([sum(lengths[:n]) / n for n in (1, 2, 3, 3)])


def test_rows_of_a_commit_that_was_cut_short_are_not_twice(folder, index, source, monkeypatch):
    before = state(folder, index)
    source.add("公务用车")
    with monkeypatch.context() as patch:
        patch.setattr("docintel.index.milvus.ledger.Ledger.put_manifest", fails)
        with pytest.raises(StoreError):
            index.catch_up(source)
    source.remove(5)
    index.catch_up(source)
    assert state(folder, index) == before


@pytest.fixture
def copy(folder, index, tmp_path):
    """The index folder of a copied library, which has the same collection."""
    index.close()
    copy = tmp_path / "copy" / "index"
    copy.mkdir(parents=True)
    for path in folder.iterdir():
        if path.suffix in (".json", ".sqlite"):
            (copy / path.name).write_bytes(path.read_bytes())
    told = (copy / "backend.json").read_text(encoding="utf-8")
    (copy / "backend.json").write_text(told.replace('"index.db"', f'"{folder / "index.db"}"'), encoding="utf-8")
    return copy


def test_a_copy_that_only_searches_is_refused_within_seconds(folder, copy, source, monkeypatch):
    copied = open_index("milvus", copy, BigramEncoder())
    assert copied.search_lexical("药品", kind=PASSAGE)
    source.add("药品验收")
    original = open_index("milvus", folder, BigramEncoder())
    original.catch_up(source)
    assert len(copied.search_lexical("药品", kind=PASSAGE)) == 2  # trusted for a while
    monkeypatch.setattr("docintel.index.milvus.index._TRUSTED_S", 0)
    with pytest.raises(StaleIndexError, match="Another library has written"):
        copied.search_lexical("药品", kind=PASSAGE)
    assert len(original.search_lexical("药品", kind=PASSAGE)) == 2
    copied.close()
    original.close()


def test_a_collection_that_another_library_has_written_to_is_refused_and_left_to_it(folder, copy, source):
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


def test_a_server_that_is_not_there_is_said_with_the_way_out(folder, source, monkeypatch):
    monkeypatch.setattr("docintel.index.milvus.collection._CONNECT_S", 0.5)
    backend = backend_at("milvus://127.0.0.1:1", folder)
    backend.write(folder)
    index = backend.open(folder, BigramEncoder())
    with index.writing() as mine:  # which nothing is left to do for
        assert mine
    with pytest.raises(StoreError, match="can't be reached") as caught:
        index.catch_up(source)
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
