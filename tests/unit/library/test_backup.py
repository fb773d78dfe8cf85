"""A backup holds everything, and nothing but a whole one becomes a library."""

import json
import os
import sqlite3
import zipfile
from contextlib import contextmanager

import pytest
from filelock import FileLock

from docintel.errors import InputError, StoreError
from docintel.library import Library, restore
from docintel.suggest import Similarity
from tests.conftest import extract_marked
from tests.factories import BigramEncoder

TEXT = "云栖县通报\n\n检查发现药品采购权力集中的问题。医院采取措施，建立采购委员会。\n"


def open_library(folder):
    similarity = Similarity(unrelated=0.4, same=0.9)  # of BigramEncoder's cosines
    return Library(folder, encoder=BigramEncoder(), extractor=extract_marked, similarity=similarity)


@pytest.fixture
def filled(library, tmp_path):
    for number in range(3):
        (tmp_path / f"通报{number}.txt").write_text(f"{TEXT}\n第{number}号", encoding="utf-8")
    library.ingest(sorted(tmp_path.glob("*.txt")))
    return library


@pytest.fixture
def packed(filled, tmp_path):
    filled.backup(tmp_path / "backup.zip")
    return tmp_path / "backup.zip"


def rewrite(path, change):
    """The same backup with other members: `change` takes and gives a dictionary of them."""
    with zipfile.ZipFile(path) as archive:
        members = change({name: archive.read(name) for name in archive.namelist()})
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def test_a_library_comes_back_whole(filled, packed, tmp_path):
    assert restore(packed, tmp_path / "new", open_library) == []
    with open_library(tmp_path / "new") as copy:
        assert copy.documents().equals(filled.documents())
        assert [hit.quote for hit in copy.search("采购权力")] == [hit.quote for hit in filled.search("采购权力")]
        for document in copy.documents()["id"]:
            assert copy.original(document) == filled.original(document)
        assert copy.info()["index_is_current"]


def test_the_backup_is_for_its_owner_only(packed):
    assert packed.stat().st_mode & 0o077 == 0


def test_accounts_and_their_log_come_along(library, tmp_path):
    with sqlite3.connect(library.folder / "accounts.sqlite") as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE audit (id INTEGER)")
        db.execute("INSERT INTO audit VALUES (7)")
    library.backup(tmp_path / "backup.zip")
    db.close()
    restore(tmp_path / "backup.zip", tmp_path / "new", open_library)
    copy = sqlite3.connect(tmp_path / "new" / "accounts.sqlite")
    assert copy.execute("SELECT id FROM audit").fetchall() == [(7,)]
    copy.close()


def test_what_is_written_meanwhile_harms_nothing(filled, tmp_path, monkeypatch):
    """The catalog may be newer than the index that was copied before it."""
    from docintel.library import backup

    def snapshot_of_more(database, real=backup._snapshot):
        (tmp_path / "更多.txt").write_text(TEXT, encoding="utf-8")
        with open_library(filled.folder) as other:
            other.ingest(tmp_path / "更多.txt")
        return real(database)

    monkeypatch.setattr(backup, "_snapshot", snapshot_of_more)
    filled.backup(tmp_path / "backup.zip")
    assert restore(tmp_path / "backup.zip", tmp_path / "new", open_library) == []
    with open_library(tmp_path / "new") as copy:
        assert len(copy.documents()) == 4


def test_what_is_removed_meanwhile_leaves_nothing_missing(filled, tmp_path, monkeypatch):
    """A document of the copied catalog whose original goes a moment later."""
    from docintel.library import backup

    @contextmanager
    def snapshot_before_removal(database, real=backup._snapshot):
        with real(database) as copy:
            with open_library(filled.folder) as other:
                other.remove("通报0.txt")
            yield copy

    monkeypatch.setattr(backup, "_snapshot", snapshot_before_removal)
    filled.backup(tmp_path / "backup.zip")
    assert restore(tmp_path / "backup.zip", tmp_path / "new", open_library) == []
    with open_library(tmp_path / "new") as copy:
        assert copy.original("通报0.txt").decode().startswith("云栖县通报")


def test_an_index_that_another_process_writes_all_the_while_is_left_out(filled, tmp_path, monkeypatch):
    monkeypatch.setattr("docintel.library.backup._WAIT_S", 0.1)
    with FileLock(filled.folder / "index" / "write.lock"):
        assert filled.backup(tmp_path / "backup.zip")["index"] is False
    assert filled.backup(tmp_path / "whole.zip")["index"] is True
    assert restore(tmp_path / "backup.zip", tmp_path / "new", open_library) == []
    with open_library(tmp_path / "new") as copy:
        assert [hit.quote for hit in copy.search("采购权力")] == [hit.quote for hit in filled.search("采购权力")]


def test_a_library_is_never_overwritten(packed, filled, tmp_path):
    with pytest.raises(InputError, match="is not empty"):
        restore(packed, filled.folder, open_library)
    (tmp_path / "empty").mkdir()
    assert restore(packed, tmp_path / "empty", open_library) == []


def test_a_backup_is_not_written_into_the_library(filled):
    with pytest.raises(InputError, match="into the library"):
        filled.backup(filled.folder / "originals" / "backup.zip")
    filled.backup(filled.folder / "backups" / "backup.zip")  # where the page keeps them


def test_a_failed_backup_leaves_the_last_one(filled, packed, monkeypatch):
    before = packed.read_bytes()
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(StoreError, match="disk full"):
        filled.backup(packed)
    assert packed.read_bytes() == before
    assert [each.name for each in packed.parent.glob(".*part")] == []


def _changed(members):
    name = next(name for name in members if name.startswith("originals/"))
    return members | {name: b"other bytes"}


def _cut(members):
    name = next(name for name in members if name.startswith("originals/"))
    return {key: data for key, data in members.items() if key != name}


def _escaping(name):
    def change(members):
        told = json.loads(members["backup.json"])
        told["sha256"][name] = "0" * 64
        return members | {"backup.json": json.dumps(told).encode(), name: b"x"}

    return change


@pytest.mark.parametrize("change", [_changed, _cut], ids=["changed", "cut"])
def test_a_damaged_backup_makes_no_library(packed, tmp_path, change):
    rewrite(packed, change)
    with pytest.raises(StoreError, match="damaged"):
        restore(packed, tmp_path / "new", open_library)
    assert not (tmp_path / "new").exists()
    assert list(tmp_path.glob(".new*")) == []


@pytest.mark.parametrize(
    "name", ["../outside.sqlite", "/etc/cron.d/x", "originals/../../x", "a\\..\\x.sqlite", "other/x", "run.sh"]
)
def test_nothing_is_written_outside(packed, tmp_path, name):
    rewrite(packed, _escaping(name))
    before = set(tmp_path.rglob("*"))
    with pytest.raises(InputError, match="of no library"):
        restore(packed, tmp_path / "new", open_library)
    assert set(tmp_path.rglob("*")) == before


def test_another_file_is_no_backup(tmp_path):
    (tmp_path / "text.zip").write_text("text")
    with pytest.raises(StoreError, match="damaged"):
        restore(tmp_path / "text.zip", tmp_path / "new", open_library)
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("通报.txt", "text")
    with pytest.raises(InputError, match="no backup"):
        restore(tmp_path / "other.zip", tmp_path / "new", open_library)
    assert not (tmp_path / "new").exists()


def test_an_index_that_does_not_fit_is_made_anew(packed, tmp_path):
    def without_index(members):
        told = json.loads(members["backup.json"])
        told["sha256"] = {name: digest for name, digest in told["sha256"].items() if "index/" not in name}
        return {k: v for k, v in members.items() if "index/" not in k} | {"backup.json": json.dumps(told).encode()}

    rewrite(packed, without_index)
    assert restore(packed, tmp_path / "new", open_library) == []
