"""The Ray engine gives what the local one gives; on a Ray that is started here, where Ray is installed."""

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from docintel.batch.pool import LocalEngine
from docintel.batch.ray_engine import RayEngine
from docintel.batch.sources import list_sources
from docintel.batch.work import Finished, as_tasks
from docintel.cli import app
from docintel.errors import ModelError, ParseError, SetupError
from docintel.library import Library
from tests.batch_jobs import Counting
from tests.conftest import extract_marked
from tests.factories import BigramEncoder

ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),
]  # Ray leaves sockets and the like open


def test_without_ray_it_is_said_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(SetupError) as caught:
        RayEngine()
    assert "docintel[ray]" in caught.value.hint
    (tmp_path / "a.txt").write_text("通报", encoding="utf-8")
    done = CliRunner().invoke(app, ["extract", str(tmp_path), "--engine", "ray"])
    assert done.exit_code == 3


@pytest.fixture(scope="module")
def ray():
    """A Ray of two cores, for all tests of this module."""
    ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'docintel[ray]'")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
        yield ray
        ray.shutdown()


def tasks_of(folder, **texts):
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return as_tasks(list_sources(folder))


def told(engine, job, tasks):
    """What is told of each file, without the process that read it; errors by their class."""
    found = {}
    for event in engine.run(job, tasks):
        what = (event.digest, type(event.error)) if isinstance(event, Finished) else event.result[0]
        found.setdefault(event.task.number, []).append(what)
    return found


def test_results_and_errors_are_those_of_the_local_engine(ray, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    texts = {f"f{number}": " ".join(f"w{n}" for n in range(number)) for number in range(6)}
    tasks = tasks_of(tmp_path / "in", bad="x y die z", once="1 2 die-once 3", **texts)
    by_ray = told(RayEngine(workers=2), Counting(tmp_path / "ray"), tasks)
    assert by_ray == told(LocalEngine(2), Counting(tmp_path / "local"), tasks)
    assert by_ray[0] == ["x", "y", ("", ParseError)]
    assert by_ray[7] == ["1", "2", "die-once", "3", ("digest of once.txt", type(None))]


def test_what_a_reader_raises_is_raised_here(ray, tmp_path):
    with pytest.raises(ModelError, match="no model") as caught:
        told(RayEngine(workers=2), Counting(), tasks_of(tmp_path / "in", a="1", b="model"))
    assert caught.value.hint == "Reinstall."


def test_a_library_is_the_same(ray, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    texts = {f"f{n}": f"第{n}号报告\n药品采购权力集中的问题{n}。采取措施成立采购小组{n}。" for n in range(8)}
    tasks_of(tmp_path / "in", empty="", **texts)
    outcomes = []
    for name, engine in (("ray", RayEngine(workers=2)), ("local", LocalEngine(2))):
        with Library(tmp_path / name, encoder=BigramEncoder(), extractor=extract_marked) as library:
            reports = library.ingest(tmp_path / "in", engine=engine)
            hits = library.search("成立采购小组", top_k=50)
            assert library.verify() == []
        outcomes.append((reports, sorted((hit.document, hit.start, round(hit.score, 4)) for hit in hits)))
    assert outcomes[0] == outcomes[1]
    assert len(outcomes[0][1]) == 8
