"""The journal of `extract`, and the list of failed files."""

import csv
import sqlite3

import pytest

from docintel.batch.failures import Failures
from docintel.batch.journal import Journal, pack
from docintel.batch.sources import Source
from docintel.batch.work import Result
from docintel.errors import InputError, StoreError
from docintel.schema import FileReport, IngestStatus, ReadStatus


def result(path="a.txt", **data):
    report = FileReport(path=path, status=IngestStatus.ADDED, document="d", counts={"issues": 2})
    return Result(report, pack(data), 1, 10)


def failed(path, reason="坏了"):
    return FileReport(path=path, status=IngestStatus.FAILED, read=ReadStatus.FAILED, message=reason)


def test_what_is_finished_is_there_after_the_process_and_what_is_not_is_gone(tmp_path):
    with Journal(tmp_path / "j", "1") as journal:
        for place in ("/a", "/b"):
            journal.add(place, result(place, text="通报\ud800"))
        journal.finish("/a", "digest", failed=False)
        assert journal.finished("/b") == ""
    with Journal(tmp_path / "j", "1") as journal:
        assert journal.finished("/a") == "digest"
        ((report, data),) = journal.extractions("/a")
        assert data == {"text": "通报\ud800"}
        assert report == result("/a").report
        assert list(journal.reports("/b")) == []
        journal.forget("/a")
        assert journal.finished("/a") == ""


def test_another_version_has_finished_nothing_and_failures_are_retried_when_asked(tmp_path):
    with Journal(tmp_path / "j", "1") as journal:
        journal.add("/a", Result(failed("a")))
        journal.finish("/a", "digest", failed=True)
        assert journal.finished("/a") == "digest"
        assert journal.finished("/a", retry_failed=True) == ""
        assert [report.message for report in journal.reports("/a")] == ["坏了"]
        assert list(journal.extractions("/a")) == []
    with Journal(tmp_path / "j", "2") as journal:
        assert journal.finished("/a") == ""


def test_one_process_at_a_time(tmp_path):
    with Journal(tmp_path / "j", "1") as journal:
        journal.add("/a", result())
        with pytest.raises(InputError, match="Another process"):
            Journal(tmp_path / "j", "1")


def test_an_empty_journal_leaves_no_file(tmp_path):
    with Journal(tmp_path / "j", "1"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_journal_is_said_so(tmp_path):
    (tmp_path / "j").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError, match="no usable journal"):
        Journal(tmp_path / "j", "1")
    with sqlite3.connect(tmp_path / "k") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StoreError, match="format 99"):
        Journal(tmp_path / "k", "1")


def test_the_list_of_failures_is_of_the_last_try_of_each_file(tmp_path):
    failures = Failures(tmp_path / "failed.csv")
    a, b, z = (Source(tmp_path / name) for name in ("a.txt", "b.txt", "z.zip"))
    tried = [(a, failed(a.shown, "=1+1")), (z, failed(f"{z.shown}!/深/=x.txt", "空")), (b, result(b.shown).report)]
    assert failures.update([a, b, z], tried) == 2
    assert failures.files() == [a.place, z.place]
    rows = list(csv.reader((tmp_path / "failed.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row[:2] for row in rows[1:]] == [[a.place, "'=1+1"], [f"{z.place}!/深/=x.txt", "空"]]
    assert failures.update([z], [(z, result(z.shown).report)]) == 1
    assert failures.files() == [a.place]
    assert failures.update([a], []) == 0
    assert not (tmp_path / "failed.csv").exists()
