"""Threads share memory, and what is free goes back to the system."""

import platform
import re
import subprocess
import sys

import pytest

from docintel import memory

THREADS = """
import ctypes, sys, threading
from docintel.memory import share_heaps
if sys.argv[2] == "shared":
    share_heaps()
libc, ready, done = ctypes.CDLL(None), threading.Barrier(13), threading.Event()
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.fopen.restype, libc.fopen.argtypes = ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_char_p]
libc.malloc_info.argtypes, libc.fclose.argtypes = [ctypes.c_int, ctypes.c_void_p], [ctypes.c_void_p]
def work():
    libc.malloc(4000)
    ready.wait()
    done.wait()
threads = [threading.Thread(target=work) for _ in range(12)]
for each in threads:
    each.start()
ready.wait()
file = libc.fopen(sys.argv[1].encode(), b"w")
libc.malloc_info(0, file)
libc.fclose(file)
done.set()
"""


def heaps(path, how):
    subprocess.run([sys.executable, "-c", THREADS, str(path), how], check=True, timeout=60)
    return len(re.findall("<heap nr=", path.read_text("utf-8")))


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library looks after memory its own way")
def test_threads_take_memory_from_few_heaps(tmp_path):
    assert heaps(tmp_path / "own.xml", "own") > 2
    assert heaps(tmp_path / "shared.xml", "shared") <= 2


HELD = """
from pathlib import Path
from docintel.memory import give_back
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1])
blocks = [bytearray(1000) for _ in range(100_000)]
last = bytearray(1000)
del blocks
held = resident()
give_back()
print(held - resident())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library looks after memory its own way")
def test_what_is_freed_below_what_is_in_use_goes_back():
    pages = subprocess.run([sys.executable, "-c", HELD], check=True, timeout=60, capture_output=True, text=True).stdout
    assert int(pages) > 10_000


@pytest.mark.parametrize("failing", [TypeError, OSError, lambda name: object()], ids=["windows", "missing", "musl"])
def test_another_c_library_is_left_alone(monkeypatch, failing):
    def load(name):
        if isinstance(failing, type):
            raise failing
        return failing(name)

    monkeypatch.setattr(memory.ctypes, "CDLL", load)
    memory._library.cache_clear()
    memory.share_heaps()
    memory.give_back()
    memory._library.cache_clear()
