"""The local engine: everything comes once, whatever becomes of workers."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from docintel.batch.pool import LocalEngine
from docintel.batch.sources import list_sources
from docintel.batch.work import Finished, Found, as_tasks, big_first
from docintel.errors import ModelError, ParseError, SetupError
from tests.batch_jobs import Counting, Slow, Stillborn

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def tasks_of(folder, **texts):
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return as_tasks(list_sources(folder))


def run(engine, job, tasks):
    """Words by file, the errors by file, and the processes that read."""
    words, errors, processes = {}, {}, set()
    for event in engine.run(job, tasks):
        name = event.task.source.path.stem
        assert name not in errors  # nothing comes after the end of a task
        if isinstance(event, Found):
            word, process = event.result
            words.setdefault(name, []).append(word)
            processes.add(process)
        else:
            assert isinstance(event, Finished)
            errors[name] = event.error
            assert event.error or event.digest == f"digest of {name}.txt"
    return words, errors, processes


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_every_result_comes_once_and_in_the_order_of_its_file(tmp_path, workers):
    texts = {f"f{number}": " ".join(f"w{number}-{n} pause" for n in range(number % 7)) for number in range(20)}
    words, errors, processes = run(LocalEngine(workers), Counting(), tasks_of(tmp_path / "in", **texts))
    assert words == {name: text.split() for name, text in texts.items() if text}
    assert errors == dict.fromkeys(texts)
    assert processes == {os.getpid()} if workers == 1 else os.getpid() not in processes
    assert len(processes) <= workers


def test_a_dead_worker_costs_its_file_an_error_after_one_retry_alone(tmp_path):
    tasks = tasks_of(tmp_path / "in", a="1 2", bad="x y die z", c="3", d="4 5 6", e="7")
    words, errors, _ = run(LocalEngine(2), Counting(tmp_path / "marks"), tasks)
    assert words == {"a": ["1", "2"], "bad": ["x", "y"], "c": ["3"], "d": ["4", "5", "6"], "e": ["7"]}
    assert [name for name, error in errors.items() if error] == ["bad"]
    assert list(errors)[-1] == "bad"  # alone, when all others were done
    assert isinstance(errors["bad"], ParseError)
    assert "SIGKILL" in str(errors["bad"])
    assert errors["bad"].hint


def test_a_file_that_survives_its_retry_is_whole_and_told_once(tmp_path):
    tasks = tasks_of(tmp_path / "in", a="1 2", bad="x y die-once z", c="3")
    words, errors, _ = run(LocalEngine(2), Counting(tmp_path / "marks"), tasks)
    assert words["bad"] == ["x", "y", "die-once", "z"]
    assert errors == {"a": None, "bad": None, "c": None}


@pytest.mark.parametrize("seed", range(4))
def test_workers_killed_at_any_moment_lose_nothing(tmp_path, seed):
    texts = {f"f{number}": " ".join(f"w{number}-{n} pause" for n in range(5)) for number in range(16)}
    tasks = tasks_of(tmp_path / "in", **texts)
    (tmp_path / "marks").mkdir()

    def kill():
        time.sleep(0.1 + 0.15 * seed)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            there = [int(path.name) for path in (tmp_path / "marks").iterdir()]
            if there:
                os.kill(there[seed % len(there)], signal.SIGKILL)
                return
            time.sleep(0.05)

    killer = threading.Thread(target=kill)
    killer.start()
    words, errors, _ = run(LocalEngine(2), Slow(tmp_path / "marks"), tasks)
    killer.join()
    assert words == {name: text.split() for name, text in texts.items()}
    assert errors == dict.fromkeys(texts)


def test_what_a_reader_raises_ends_the_run_on_any_number_of_workers(tmp_path):
    tasks = tasks_of(tmp_path / "in", a="1", b="model", c="2")
    for workers in (1, 2):
        with pytest.raises(ModelError, match="no model") as caught:
            run(LocalEngine(workers), Counting(), tasks)
        assert caught.value.hint == "Reinstall."


def test_a_defect_shows_the_traceback_of_the_worker(tmp_path):
    with pytest.raises(RuntimeError, match=r"(?s)batch_jobs.*ValueError: a defect"):
        run(LocalEngine(2), Counting(), tasks_of(tmp_path / "in", a="defect", b="1"))


def test_workers_that_never_get_ready_are_no_endless_loop(tmp_path):
    with pytest.raises(SetupError, match="SIGKILL"):
        run(LocalEngine(2), Stillborn(), tasks_of(tmp_path / "in", a="1", b="2", c="3"))


def test_a_job_that_cannot_be_sent_is_said_so(tmp_path):
    job = Counting()
    job.marks = lambda: None
    with pytest.raises(SetupError, match="cannot be sent"):
        run(LocalEngine(2), job, tasks_of(tmp_path / "in", a="1", b="2"))


def test_who_stops_listening_ends_the_workers_at_once(tmp_path):
    tasks = tasks_of(tmp_path / "in", a="1 sleep", b="2 sleep")
    (tmp_path / "marks").mkdir()
    events = LocalEngine(2).run(Slow(tmp_path / "marks"), tasks)
    next(events)
    begun = time.monotonic()
    events.close()
    assert time.monotonic() - begun < 10
    assert not any(Path("/proc", path.name).exists() for path in (tmp_path / "marks").iterdir())


def test_few_small_files_start_no_workers(tmp_path):
    _, _, processes = run(LocalEngine(), Counting(), tasks_of(tmp_path / "in", a="1", b="2"))
    assert processes == {os.getpid()}


def test_big_files_come_first(tmp_path):
    tasks = tasks_of(tmp_path / "in", a="1", b="1 2 3", c="1 2", d="1")
    assert [task.source.path.stem for task in big_first(tasks)] == ["b", "c", "a", "d"]
