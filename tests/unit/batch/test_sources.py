"""What can be named, and which files it means."""

import pytest

from docintel.batch.remote import list_remote, read_remote
from docintel.batch.sources import Source, list_sources
from docintel.batch.work import as_tasks, digest_of, in_phases
from docintel.errors import InputError, NotFoundError, SetupError
from docintel.parse import DEFAULT_LIMITS, Limits


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in ("a.txt", "b.txt", "深/c.txt", "深/d.pdf", "深/.hidden.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shown(names):
    return [source.shown for source in list_sources(names)]


def test_patterns_reach_into_folders_and_name_each_file_once(folder):
    assert shown("*.txt") == ["a.txt", "b.txt"]
    assert shown(["**/*.txt", "a.txt", "深"]) == ["a.txt", "b.txt", "深/c.txt", "深/d.pdf"]
    assert [source.size for source in list_sources("a.*")] == [5]


def test_a_pattern_that_fits_nothing_is_an_error_and_a_file_of_that_name_is_none(folder):
    with pytest.raises(NotFoundError, match=r"\*\.docx"):
        list_sources("*.docx")
    (folder / "[草稿].txt").write_text("x", encoding="utf-8")
    assert shown("[草稿].txt") == ["[草稿].txt"]


def test_a_list_names_files_folders_and_patterns(folder):
    (folder / "清单.lst").write_text("\ufeffb.txt\n# 注释\n\n深\n*.txt\n", encoding="utf-8")
    assert shown("@清单.lst") == ["a.txt", "b.txt", "深/c.txt", "深/d.pdf"]
    with pytest.raises(NotFoundError, match="没有清单"):
        list_sources("@missing.lst")
    (folder / "gbk.lst").write_bytes("深".encode("gbk"))
    with pytest.raises(InputError, match="utf-8"):
        list_sources("@gbk.lst")
    (folder / "@通知.txt").write_text("x", encoding="utf-8")
    assert shown("@通知.txt") == ["@通知.txt"]


def test_addresses_are_read_through_fsspec():
    fsspec = pytest.importorskip("fsspec")
    fs = fsspec.filesystem("memory")
    for name in ("/b/r/1.txt", "/b/r/深/2.txt", "/b/r/.x", "/b/r/data.json"):
        fs.pipe(name, name.encode())
    assert list_remote("memory://b/r") == [("memory:///b/r/1.txt", 10), ("memory:///b/r/深/2.txt", 14)]
    assert [name for name, _ in list_remote("memory://b/r/*.txt")] == ["memory:///b/r/1.txt"]
    (source,) = list_sources("memory://b/r/1.txt")
    assert (source.name, source.place, source.size) == ("1.txt", "memory://b/r/1.txt", 10)
    assert source.read(DEFAULT_LIMITS) == b"/b/r/1.txt"
    with pytest.raises(NotFoundError, match="missing"):
        read_remote("memory://b/r/missing.txt", DEFAULT_LIMITS)
    with pytest.raises(InputError, match="larger than 0 MiB"):
        read_remote("memory://b/r/1.txt", Limits(file_mb=0))


def test_an_address_without_a_driver_says_what_to_install(monkeypatch):
    pytest.importorskip("fsspec")
    monkeypatch.setitem(__import__("sys").modules, "s3fs", None)
    with pytest.raises(SetupError) as caught:
        list_remote("s3://bucket/报告/")
    assert "pip install s3fs" in caught.value.hint
    with pytest.raises(InputError, match="nosuch"):
        list_remote("nosuch://bucket")


def test_a_missing_file_is_an_error_when_it_is_read(folder):
    (source,) = list_sources("nowhere.txt")
    with pytest.raises(NotFoundError, match="nowhere"):
        source.read(DEFAULT_LIMITS)


def test_a_phase_for_files_one_for_archives_and_one_for_copies(folder):
    (folder / "0.txt").write_text("a.txt", encoding="utf-8")
    (folder / "0.ZIP").write_bytes(b"PK")
    phases = in_phases(as_tasks(list_sources(["0.ZIP", "0.txt", "a.txt", "b.txt"])))
    assert [[task.source.shown for task in phase] for phase in phases] == [["0.txt", "b.txt"], ["0.ZIP"], ["a.txt"]]
    assert in_phases([]) == []
    assert digest_of(Source(folder / "nowhere")) == ""
