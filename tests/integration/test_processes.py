"""What must hold between processes: kill -9 in the middle, two writers at once, and what a cold search may import."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from docintel.library import Library
from docintel.schema import HitKind, IngestStatus
from tests.conftest import extract_marked
from tests.factories import BigramEncoder

ROOT = Path(__file__).parents[2]
INGEST = """
import sys, time
from docintel.library import Library
from tests.conftest import extract_marked
from tests.factories import BigramEncoder

def slowly(document):
    time.sleep(float(sys.argv[3]))
    return extract_marked(document)

with Library(sys.argv[1], encoder=BigramEncoder(), extractor=slowly) as library:
    library.ingest(sys.argv[2], progress=lambda report: print(report.status, flush=True))
"""
SEARCH = """
import sys
from docintel.library import Library
import docintel.index.encoder  # the real one, imported and not loaded
from tests.factories import BigramEncoder
with Library(sys.argv[1], encoder=BigramEncoder()) as library:
    assert library.search("药品采购")
    assert library.suggest("药品采购权力集中的问题") is not None
print(*sorted(sys.modules))
"""
HEAVY = {"spacy", "torch", "transformers", "sentence_transformers", "pandas", "trafilatura", "jieba", "pdfplumber"}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in").mkdir()
    for number in range(30):
        text = f"第{number}号报告\n药品采购权力集中的问题{number}。采取措施成立采购小组{number}。"
        (tmp_path / "in" / f"{number:02}.txt").write_text(text, encoding="utf-8")
    return tmp_path / "in"


def start(program, *arguments):
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def reopen(folder):
    return Library(folder, encoder=BigramEncoder(), extractor=extract_marked)


@pytest.mark.parametrize("after", [1, 7])
def test_kill_in_the_middle_loses_nothing_committed_and_counts_nothing_twice(folder, tmp_path, after):
    process = start(INGEST, tmp_path / "library", folder, 0.02)
    for _ in range(after):
        process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    with reopen(tmp_path / "library") as library:
        assert after <= len(library.documents()) < 30
        assert library.search("成立采购小组")  # the index catches up by itself
        assert library.verify() == []
        done = len(library.documents())
        unchanged = [r for r in library.ingest(folder) if r.status is IngestStatus.UNCHANGED]
        assert len(unchanged) == done
        assert len(library.documents()) == len(library.records("issues")) == 30
        assert library.verify() == []


INGEST_AND_INDEX = f"""
import docintel.library.ingesting
import docintel.library.version
docintel.library.ingesting._INDEX_EVERY = 1
docintel.library.version.extractor_version = lambda: "1"
{INGEST}"""


def found_in(library):
    """What is found and how well, for some queries, by kind."""
    hits = [
        (query, kind, hit.source, hit.start, hit.quote, round(hit.score, 5))
        for query in ("药品采购权力集中", "成立采购小组7", "第3号报告")
        for kind in HitKind
        for hit in library.search(query, kind=kind, top_k=50)
    ]
    return sorted(hits)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_library_killed_at_random_moments_answers_like_a_fresh_one(folder, tmp_path, monkeypatch, seed):
    monkeypatch.setattr("docintel.library.version.extractor_version", lambda: "1")
    rng = random.Random(seed)
    (tmp_path / "library").mkdir()
    for crash in range(10):
        process = start(INGEST_AND_INDEX, tmp_path / "library", folder, 0.001)
        for _ in range(rng.randint(1, 3 * crash + 3)):  # those of earlier runs are reported, too
            process.stdout.readline()
        time.sleep(rng.random() / 10)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        with reopen(tmp_path / "library") as library, reopen(tmp_path / f"fresh{crash}") as fresh:
            reports = fresh.ingest([folder / source for source in library.documents()["source"]])
            assert {report.status for report in reports} <= {IngestStatus.ADDED}
            assert found_in(library) == found_in(fresh) != []
            assert library.verify() == []


def test_two_processes_ingest_at_once(folder, tmp_path):
    processes = [start(INGEST, tmp_path / "library", folder, pause) for pause in (0.003, 0.004)]
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    with reopen(tmp_path / "library") as library:
        assert len(library.documents()) == 30
        assert library.verify() == []


def test_a_search_does_not_wait_for_an_ingestion(folder, tmp_path):
    with reopen(tmp_path / "library") as library:
        library.ingest(folder / "00.txt")
    process = start(INGEST, tmp_path / "library", folder, 0.2)
    process.stdout.readline()
    with reopen(tmp_path / "library") as library:
        assert library.search("成立采购小组")
        assert process.poll() is None  # the writer still writes
    process.kill()
    process.communicate()


def test_a_cold_search_imports_nothing_heavy(folder, tmp_path):
    with reopen(tmp_path / "library") as library:
        library.ingest(folder / "00.txt")
    output, _ = start(SEARCH, tmp_path / "library").communicate(timeout=60)
    modules = set(output.split())
    assert "docintel.search" in modules
    assert not modules & HEAVY
