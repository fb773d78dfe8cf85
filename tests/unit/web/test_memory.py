"""Threads share memory."""

import platform
import re
import subprocess
import sys

import pytest

THREADS = """
import ctypes, sys, threading
from docintel.web.memory import share_heaps
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
