"""Runs over many files: workers, kill -9 of parent and worker, a full disk, failures; nothing is lost or doubled."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from docintel.batch.pool import LocalEngine
from docintel.batch.shares import shared
from docintel.batch.sources import Source
from docintel.batch.work import Task
from docintel.cli import app
from docintel.errors import StoreError
from docintel.library import Library
from docintel.schema import RECORD_TYPES, HitKind, IngestStatus
from tests.conftest import extract_marked
from tests.factories import BigramEncoder

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "corpora" / "reports"
INGEST = """
import sys, time
from docintel.batch.pool import LocalEngine
from docintel.library import Library
from tests.conftest import extract_marked
from tests.factories import BigramEncoder

with Library(sys.argv[1], encoder=BigramEncoder(), extractor=extract_marked) as library:
    library.ingest(sys.argv[2], engine=LocalEngine(2), progress=lambda report: print(report.status, flush=True))
"""
run = CliRunner().invoke


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def folder(tmp_path):
    """Reports, an archive with one of them and one of its own, one that workers share, copies, and files that fail."""
    inside = tmp_path / "in"
    (inside / "深").mkdir(parents=True)
    for number in range(24):
        text = f"第{number}号报告\n药品采购权力集中的问题{number}。采取措施成立采购小组{number}。\n" + "其他。" * number
        (inside / f"{number:02}.txt").write_text(text, encoding="utf-8")
    shutil.copy(inside / "07.txt", inside / "深" / "抄件.txt")
    shutil.copy(inside / "07.txt", inside / "00抄件.txt")
    with zipfile.ZipFile(inside / "线索.zip", "w") as archive:
        archive.write(inside / "03.txt", "03.txt")
        archive.writestr("新.txt", "新的通报\n公务接待超标的问题。采取措施事前审批。")
        archive.writestr("空.txt", "")
    with zipfile.ZipFile(inside / "大.zip", "w") as archive:
        archive.writestr("不读.json", " " * (130 << 10))  # what makes it large enough for two shares
        for number in range(12):
            text = f"大包第{number}号报告\n工程招标走过场的问题{number}。采取措施公开招标{number}。"
            archive.writestr(f"{number:02}.txt", text)
        archive.writestr("抄件.txt", text)
    size = (inside / "大.zip").stat().st_size
    assert len(shared([Task(0, Source(inside / "大.zip", size))], 2)) == 2
    (inside / "空.txt").write_bytes(b"")
    return inside


def opened(folder):
    return Library(folder, encoder=BigramEncoder(), extractor=extract_marked)


def tables(library, *, scores=True):
    """All tables of a library, and what is found in it, as sorted lines; without the times at which documents came."""
    documents = library.documents().drop(columns=["ingested_at", "extractor"])
    lines = [json.dumps(row, ensure_ascii=False, default=str, sort_keys=True) for row in documents.to_dict("records")]
    for kind in RECORD_TYPES:
        rows = library.records(kind).to_dict("records")
        lines += [json.dumps({"kind": kind} | row, ensure_ascii=False, default=str, sort_keys=True) for row in rows]
    for kind in (HitKind.PASSAGE, HitKind.ISSUE, HitKind.MEASURE):
        for query in ("药品采购权力集中", "成立采购小组7", "公务接待"):
            hits = library.search(query, kind=kind, top_k=200)
            lines += [
                f"{kind} {query} {hit.document} {hit.start} {hit.quote} {hit.score if scores else 0:.4f}"
                for hit in hits
            ]
    return sorted(lines)


def outcome(reports):
    return [(report.path, report.status, report.document, report.message, report.counts) for report in reports]


@pytest.fixture
def undisturbed(folder, tmp_path):
    """Reports and tables of a run in this process that nothing disturbs."""
    with opened(tmp_path / "undisturbed") as library:
        reports = library.ingest(folder)
        return outcome(reports), tables(library)


def test_workers_give_the_same_reports_and_tables_as_one_process(folder, tmp_path, undisturbed):
    with opened(tmp_path / "library") as library:
        reports = library.ingest(folder, engine=LocalEngine(2))
        assert outcome(reports) == undisturbed[0]
        assert tables(library) == undisturbed[1]
        assert library.verify() == []
        again = library.ingest(folder, engine=LocalEngine(2))
        assert {report.status for report in again} == {IngestStatus.UNCHANGED, IngestStatus.FAILED}
        assert tables(library) == undisturbed[1]


def test_vectors_of_workers_are_not_made_again(folder, tmp_path):
    class Refusing(BigramEncoder):
        def __reduce__(self):
            return BigramEncoder, ()

        def encode_passages(self, texts):
            raise AssertionError(f"{len(texts)} passages are encoded by the process that writes")

    (folder / "线索.zip").unlink()  # a single file is read by the process that writes
    with Library(tmp_path / "library", encoder=Refusing(), extractor=extract_marked) as library:
        library.ingest(folder, engine=LocalEngine(2))
    with opened(tmp_path / "library") as library:
        assert library.verify() == []
        assert library.search("成立采购小组")


def test_a_library_is_read_anew_by_workers(folder, tmp_path):
    with opened(tmp_path / "library") as library:
        library.ingest(folder)
        before = tables(library, scores=False)  # they weigh words by the passages that have gone, too, for a while
    with closing(sqlite3.connect(tmp_path / "library" / "catalog.sqlite")) as db, db:
        db.execute("UPDATE documents SET extractor = 'another'")
    with opened(tmp_path / "library") as library:
        reports = library.ingest(folder, engine=LocalEngine(2))
        assert IngestStatus.UPDATED in {report.status for report in reports}
        assert tables(library, scores=False) == before
        assert library.verify() == []


def start(*arguments):
    return subprocess.Popen([sys.executable, *map(str, arguments)], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def descendants(process):
    """The processes that a process has started, and those that these have."""
    found = []
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in children.read_text().split():
            found += [int(child), *descendants(child)]
    return found


def is_gone(process, deadline):
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] in "ZX":
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_kill_of_the_parent_ends_the_workers_and_costs_nothing(folder, tmp_path, undisturbed, seed):
    rng = random.Random(seed)
    for _ in range(3):
        process = start("-c", INGEST, tmp_path / "library", folder)
        for _ in range(rng.randint(1, 12)):
            process.stdout.readline()
        started = descendants(process.pid)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert started
        deadline = time.monotonic() + 10
        assert all(is_gone(each, deadline) for each in started)
    with opened(tmp_path / "library") as library:
        library.ingest(folder, engine=LocalEngine(2))
        assert tables(library) == undisturbed[1]
        assert library.verify() == []


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
@pytest.mark.parametrize("seed", [1, 2])
def test_kill_of_workers_costs_nothing(folder, tmp_path, undisturbed, seed):
    rng = random.Random(seed)
    process = start("-c", INGEST, tmp_path / "library", folder)
    for _ in range(rng.randint(1, 10)):
        process.stdout.readline()
    workers = [each for each in descendants(process.pid) if _is_worker(each)]
    assert workers
    os.kill(rng.choice(workers), signal.SIGKILL)
    process.communicate(timeout=120)
    assert process.returncode == 0
    with opened(tmp_path / "library") as library:
        assert tables(library) == undisturbed[1]
        assert library.verify() == []


def _is_worker(process):
    return b"docintel.batch.worker" in Path(f"/proc/{process}/cmdline").read_bytes()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 8 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", place], capture_output=True, check=False)
    if mount.returncode:
        pytest.skip(f"no file system can be mounted here: {mount.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_full_disk_is_said_so_and_the_run_goes_on_when_there_is_room(folder, small_disk, undisturbed, workers):
    with opened(small_disk / "library") as library:
        library.ingest(folder / "00.txt")
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * (shutil.disk_usage(small_disk).free - (96 << 10)))
    with opened(small_disk / "library") as library:
        with pytest.raises(StoreError, match="full") as caught:
            library.ingest(folder, engine=LocalEngine(workers))
        assert "make room" in caught.value.hint.lower()
    filler.unlink()
    with opened(small_disk / "library") as library:
        assert library.verify() == []
        assert 1 <= len(library.documents()) < 25
        library.ingest(folder, engine=LocalEngine(workers))
        assert tables(library) == undisturbed[1]
        assert library.verify() == []


@pytest.mark.model
@pytest.mark.slow
class TestExtract:
    """`docintel extract`, with the shipped models."""

    @pytest.fixture
    def reports(self, tmp_path):
        inside = tmp_path / "in"
        inside.mkdir()
        for path in sorted(CORPUS.glob("*.txt"), key=lambda path: path.stat().st_size)[:10]:
            shutil.copy(path, inside)
        (inside / "空.txt").write_bytes(b"")
        return inside

    def extract(self, *arguments, code):
        done = run(app, ["extract", *map(str, arguments)])
        assert done.exit_code == code, done.output
        return done

    def test_any_number_of_workers_and_any_stop_gives_the_same_bytes(self, reports, tmp_path):
        self.extract(reports, "--out", tmp_path / "one.jsonl", "--workers", 1, code=1)
        done = self.extract(reports, "--workers", 2, code=1)
        expected = (tmp_path / "one.jsonl").read_text("utf-8")
        assert done.stdout == expected
        out = tmp_path / "two.jsonl"
        for _ in range(6):
            process = start("-m", "docintel", "extract", reports, "--out", out, "--workers", "2")
            time.sleep(random.Random(len(expected)).uniform(2, 9))
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
        done = self.extract(reports, "--out", out, "--workers", 2, code=1)
        assert out.read_text("utf-8") == expected
        assert not list(tmp_path.glob("*.part"))

    def test_kill_of_workers_gives_the_same_bytes(self, reports, tmp_path):
        with zipfile.ZipFile(reports / "一包.zip", "w") as archive:
            for path in sorted(CORPUS.glob("*.html"), key=lambda path: path.stat().st_size)[-6:]:
                archive.write(path, path.name)
        self.extract(reports, "--out", tmp_path / "one.jsonl", "--workers", 1, code=1)
        rng = random.Random(5)
        for number in range(2):
            out = tmp_path / f"two{number}.jsonl"
            process = start("-m", "docintel", "extract", reports, "--out", out, "--workers", "2")
            for _ in range(600):  # until there are workers, and then a while
                time.sleep(0.05)
                workers = [each for each in descendants(process.pid) if _is_worker(each)]
                if workers:
                    break
            time.sleep(rng.uniform(0, 2))  # 17 files take some 5 seconds where nothing else runs
            os.kill(rng.choice(workers), signal.SIGKILL)
            process.communicate(timeout=300)
            assert process.returncode == 1  # for the empty file
            assert out.read_bytes() == (tmp_path / "one.jsonl").read_bytes()

    def test_finished_files_are_skipped_and_failed_ones_retried_when_asked(self, reports, tmp_path):
        out = tmp_path / "out.xlsx"
        self.extract(reports, "--out", out, code=1)
        assert "空.txt" in (tmp_path / "out.failed.csv").read_text("utf-8-sig")
        (reports / "空.txt").write_text("关于药品采购的通报\n药品采购权力集中的问题。", encoding="utf-8")
        changed = sorted(reports.glob("*.txt"))[0]
        changed.write_text("关于设备采购的通报\n设备采购走过场的问题。", encoding="utf-8")
        done = self.extract(reports, "--out", out, "--retry-failed", code=0)
        assert "10 个文件已完成" in done.stderr
        assert not (tmp_path / "out.failed.csv").exists()
        assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out.xlsx"]

    def test_a_full_disk_keeps_what_is_finished(self, reports, small_disk, tmp_path):
        self.extract(reports, "--out", tmp_path / "expected.jsonl", code=1)
        free = shutil.disk_usage(small_disk).free
        (small_disk / "filler").write_bytes(b"x" * (free - (100 << 10)))
        done = self.extract(reports, "--out", small_disk / "out.jsonl", code=4)
        assert "磁盘已满" in done.stderr
        (small_disk / "filler").unlink()
        done = self.extract(reports, "--out", small_disk / "out.jsonl", code=1)
        assert "个文件已完成" in done.stderr
        assert (small_disk / "out.jsonl").read_bytes() == (tmp_path / "expected.jsonl").read_bytes()

    def test_ingest_retries_what_failed(self, reports, tmp_path):
        library = tmp_path / "library"
        (reports / "空.txt").rename(tmp_path / "空.txt")
        done = run(app, ["ingest", str(tmp_path / "空.txt"), "--library", str(library)])
        assert (done.exit_code, (library / "failed.csv").is_file()) == (1, True)
        (tmp_path / "空.txt").write_text("关于药品采购的通报\n药品采购权力集中的问题。", encoding="utf-8")
        done = run(app, ["ingest", "--retry-failed", "--library", str(library), "--json"])
        assert [(Path(each["path"]).name, each["status"]) for each in json.loads(done.stdout)] == [("空.txt", "added")]
        assert not (library / "failed.csv").exists()
        done = run(app, ["ingest", "--retry-failed", "--library", str(library)])
        assert (done.exit_code, "没有失败" in done.stderr) == (0, True)

    @pytest.mark.parametrize(
        "wrong", [["--retry-failed"], ["--format", "xlsx"], ["--address", "x"], ["--workers", "0"]]
    )
    def test_wrong_use(self, reports, wrong):
        self.extract(reports, *wrong, code=2)
        if wrong[0] == "--retry-failed":
            assert run(app, ["ingest"]).exit_code == 2
