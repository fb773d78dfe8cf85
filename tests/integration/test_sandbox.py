"""What a hostile file can do to its reader costs that file only."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from docintel.errors import ContainerError, ParseError, UnsupportedFormatError
from docintel.parse.file import DEFAULT_LIMITS
from docintel.parse.sandbox import Sandbox

TEXT = "某县通报\n某县纪委监委发现问题35个，督促整改30个。".encode()


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as opened:
        yield opened


def test_a_file_is_read_as_in_this_process(sandbox):
    from docintel.parse import parse_bytes

    assert sandbox.parse(TEXT, "a.txt") == parse_bytes(TEXT, "a.txt")


def test_errors_come_back_as_they_were_raised(sandbox):
    with pytest.raises(ParseError, match=r"a\.txt is empty") as empty:
        sandbox.parse(b"", "a.txt")
    assert "Check" in empty.value.hint
    with pytest.raises(UnsupportedFormatError, match="7z"):
        sandbox.parse(b"7z\xbc\xaf\x27\x1c", "a.docx")
    with pytest.raises(ContainerError):
        sandbox.parse(b"PK\x05\x06" + bytes(18), "a.zip")


#: What a worker is made to do instead of reading, through a sitecustomize module in its path.
ATTACKS = {
    "hang": "import time; time.sleep(60)",
    "crash": "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
    "exit": "import os; os._exit(3)",
    "swell": "held = [bytearray(1 << 26) for _ in range(1000)]",
    "recurse": "def f(): f()\n    f()",
    "network": "import socket; socket.create_connection(('127.0.0.1', 9), 1)",
    "print": "print('x' * 100000)",
}


@pytest.fixture
def attack(tmp_path, monkeypatch):
    def prepare(name):
        patch = f"""
from importlib import import_module

def attack(file):
    {ATTACKS[name]}
    return original(file)

room = import_module("docintel.parse")
original, room.parse_file = room.parse_file, attack
"""
        (tmp_path / "sitecustomize.py").write_text(patch, "utf-8")
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *filter(None, sys.path)]))
        return Sandbox(replace(DEFAULT_LIMITS, silence_s=3 if name == "hang" else 60, memory_mb=1024))

    return prepare


@pytest.mark.skipif(os.name != "posix", reason="limits on memory and signals are POSIX")
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("hang", "given up after 3 seconds"),
        ("crash", "SIGSEGV"),
        ("exit", "exit code 3"),
        ("swell", "more than 1024 MiB of memory"),
        ("recurse", "nested too deep"),
        ("network", "may not use the network|unreachable"),
    ],
)
def test_an_attack_is_that_files_error(attack, name, words):
    with attack(name) as sandbox, pytest.raises(ParseError, match=words) as refused:
        sandbox.parse(TEXT, "坏.txt")
    assert str(refused.value).startswith("坏.txt")
    assert refused.value.hint


def test_what_a_library_prints_does_not_disturb_the_answer(attack):
    with attack("print") as sandbox:
        assert sandbox.parse(TEXT, "a.txt").title == "某县通报"


def test_a_worker_that_died_in_the_meantime_costs_no_file(sandbox):
    process = sandbox._ready()._process
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert sandbox.parse(TEXT, "a.txt").title == "某县通报"


def test_a_worker_outlives_the_thread_that_asked_first():
    with Sandbox() as opened:
        thread = threading.Thread(target=opened.parse, args=(TEXT, "a.txt"))
        thread.start()
        thread.join()
        worker = opened._worker
        assert opened.parse(TEXT, "b.txt").source == "b.txt"
        assert opened._worker is worker


def test_modules_beside_the_files_are_not_imported(tmp_path, monkeypatch):
    (tmp_path / "ctypes.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')", "utf-8")
    monkeypatch.chdir(tmp_path)
    with Sandbox() as opened:
        opened.parse(TEXT, "a.txt")
    assert not (tmp_path / "ran").exists()


def test_what_a_killed_process_left_is_deleted(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    process = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    left, ours = (tmp_path / f"docintel-{pid}-x" for pid in (int(process.stdout), os.getpid()))
    left.mkdir()
    ours.mkdir()
    with Sandbox():
        assert ours.exists()
        assert not left.exists()


def test_several_threads_share_a_worker(sandbox):
    names = [f"{i}.txt" for i in range(12)]
    found = {}
    threads = [threading.Thread(target=lambda n=n: found.update({n: sandbox.parse(TEXT, n).source})) for n in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {name: name for name in names}


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for the process in /proc")
def test_nothing_is_left_behind(tmp_path):
    with Sandbox() as opened:
        opened.parse(TEXT, "a.txt")
        folder, worker = opened._folder, opened._worker._process.pid
    for _ in range(50):
        if not Path(f"/proc/{worker}").exists():
            break
        time.sleep(0.1)
    assert not folder.exists()
    assert not Path(f"/proc/{worker}").exists()
