"""Large archives in shares: every member is read once, by one worker, and the whole is told of as one file."""

import zipfile
from itertools import chain

import pytest

from docintel.batch.pool import LocalEngine
from docintel.batch.shares import joined, shared
from docintel.batch.sources import Source, list_sources
from docintel.batch.work import Finished, Found, Task, as_tasks, documents
from docintel.errors import ParseError
from docintel.parse.intake import Place, documents_in
from docintel.parse.sandbox import Sandbox
from tests.batch_jobs import Members

KIB = 1 << 10


@pytest.fixture
def archive(tmp_path):
    """Reports, two copies of one, an archive in the archive, a file that fails and one that is no report."""
    path = tmp_path / "in" / "线索.zip"
    path.parent.mkdir()
    inner = tmp_path / "内.zip"
    with zipfile.ZipFile(inner, "w") as nested:
        nested.writestr("深.txt", "内层的通报")
    with zipfile.ZipFile(path, "w") as outer:
        for number in range(40):
            outer.writestr(f"{number:02}.txt", f"第{number}号通报\n" + "药品采购权力集中。" * 200)
        outer.writestr("抄件.txt", "第7号通报\n" + "药品采购权力集中。" * 200)
        outer.writestr("空.txt", "")
        outer.writestr("坏.pdf", b"%PDF-1.7 broken")
        outer.writestr("data.json", "{}")
        outer.write(inner, "内.zip")
    return path


def task(name, size, share=(0, 1)):
    return Task(0, Source(name, size), share=share)


@pytest.mark.parametrize(
    ("name", "size", "workers", "count"),
    [
        ("a.zip", 1 << 20, 4, 4),
        ("a.zip", 130 * KIB, 4, 2),
        ("a.zip", 60 * KIB, 4, 1),
        ("a.zip", 1 << 20, 1, 1),
        ("a.pdf", 1 << 20, 4, 1),
        ("s3://b/a.ZIP", 0, 4, 1),
    ],
)
def test_only_what_is_large_and_holds_files_is_shared(name, size, workers, count):
    parts = shared([task("z.txt", 9), task(name, size)], workers)
    assert [part.share for part in parts[1:]] == [(number, count) for number in range(count)]
    assert {part.source.path for part in parts[1:]} == {name}


def test_a_file_is_finished_when_its_last_share_is():
    parts = [task("a.zip", 1 << 20, (number, 3)) for number in range(3)]
    events = [Finished(parts[1], "d"), Found(parts[0], "x"), Finished(parts[0], "d"), Found(parts[2], "y")]
    assert list(joined(events)) == [Found(task("a.zip", 1 << 20), each) for each in "xy"]
    assert list(joined([*events, Finished(parts[2], "d")]))[-1] == Finished(task("a.zip", 1 << 20), "d")


def test_a_file_that_changes_meanwhile_or_fails_is_not_known_as_a_whole():
    parts = [task("a.zip", 1 << 20, (number, 2)) for number in range(2)]
    changed = list(joined([Finished(parts[0], "d"), Finished(parts[1], "e")]))
    assert changed == [Finished(task("a.zip", 1 << 20))]
    error = ParseError("died")
    failed = list(joined([Finished(parts[0], error=error), Finished(parts[1], "d")]))
    assert failed == [Finished(task("a.zip", 1 << 20), error=error)]


def test_shares_together_are_the_whole(archive):
    data = archive.read_bytes()
    place = Place("线索.zip", str(archive), "线索.zip")
    with Sandbox() as sandbox:
        whole = list(documents_in(data, place, sandbox))
        parts = [list(documents_in(data, place, sandbox, share=(number, 3))) for number in range(3)]
    assert all(parts)

    def told(intakes):
        return sorted((each.path, each.id, str(each.error), bool(each.document)) for each in intakes)

    assert told(chain.from_iterable(parts)) == told(whole)
    assert len(whole) == 44
    copies = [{each.path for each in part if each.path.endswith(("07.txt", "抄件.txt"))} for part in parts]
    assert sorted(map(len, copies)) == [0, 0, 2]


def test_the_first_share_alone_tells_of_the_archive_itself(tmp_path):
    damaged = tmp_path / "damaged.zip"
    with zipfile.ZipFile(damaged, "w") as archive:
        archive.writestr("Thumbs.db", "x")
    place = Place("damaged.zip", str(damaged), "damaged.zip")
    with Sandbox() as sandbox:
        first, second = (
            list(documents_in(damaged.read_bytes(), place, sandbox, share=(number, 2))) for number in range(2)
        )
    assert [(each.path, type(each.error)) for each in first] == [("damaged.zip", ParseError)]
    assert second == []


def test_workers_share_an_archive(archive, monkeypatch):
    monkeypatch.setattr("docintel.batch.shares._WORTH_A_SHARE", 1 * KIB)
    tasks = as_tasks(list_sources(archive.parent))
    with Sandbox() as sandbox:
        expected = sorted(each.path for each in documents(tasks[0], sandbox, lambda *_: None))
    events = list(LocalEngine(2).run(Members(), tasks))
    assert isinstance(events[-1], Finished)
    assert events[-1].digest
    assert not events[-1].error
    assert all(isinstance(event, Found) and event.task == tasks[0] for event in events[:-1])
    assert sorted(event.result[0] for event in events[:-1]) == expected
    assert len({event.result[1] for event in events[:-1]}) == 2  # processes


def test_a_finished_archive_is_not_read_again_in_shares(archive, monkeypatch):
    monkeypatch.setattr("docintel.batch.shares._WORTH_A_SHARE", 1 * KIB)
    tasks = as_tasks(list_sources(archive.parent))
    digest = list(LocalEngine(2).run(Members(), tasks))[-1].digest
    known = [Task(0, tasks[0].source, digest)]
    assert list(LocalEngine(2).run(Members(), known)) == [Finished(known[0], digest)]
