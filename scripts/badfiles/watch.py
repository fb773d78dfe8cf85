"""Watch over what runs: memory of a tree of processes, time, calls to an address.

In: a command. Out: what it printed, its exit code, and the most memory it held.
"""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_EVERY_S = 0.05


class Memory:
    """The most memory, in MiB, that the children of this process have held together, and one of them alone.

    Use it in a `with` statement. Counts resident pages, shared ones once a process; zero where there is no /proc.
    """

    def __init__(self) -> None:
        self.tree_mb = 0.0
        self.process_mb = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        page = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
        while not self._stop.wait(_EVERY_S):
            sizes = [_resident(pid) * page / (1 << 20) for pid in _descendants(os.getpid())]
            self.tree_mb = max(self.tree_mb, sum(sizes))
            self.process_mb = max(self.process_mb, max(sizes, default=0))


def _descendants(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1])
        except (OSError, IndexError, ValueError):
            continue
        children.setdefault(parent, []).append(int(entry.name))
    found: list[int] = []
    waiting = [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    except (OSError, IndexError, ValueError):
        return 0


class Listener:
    """A local address that counts who calls it."""

    def __init__(self) -> None:
        self.calls = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def address(self) -> str:
        """Where it listens, as a URL."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/x.dtd"

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()

    def _listen(self) -> None:
        try:
            while True:
                self._socket.accept()[0].close()
                self.calls += 1
        except OSError:
            return


@dataclass(frozen=True, slots=True)
class Run:
    """How a command ended; `code` is None when it was stopped for taking too long."""

    code: int | None
    stderr: str
    seconds: float
    tree_mb: float
    process_mb: float


def run_watched(command: Sequence[str], *, environment: Mapping[str, str], timeout_s: float) -> Run:
    """Run a command to its end, or for `timeout_s`."""
    begun = time.monotonic()
    with Memory() as memory:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
        try:
            _, stderr = process.communicate(timeout=timeout_s)
            code: int | None = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            _, stderr = process.communicate()
            code = None
    return Run(code, stderr.decode("utf-8", "replace"), time.monotonic() - begun, memory.tree_mb, memory.process_mb)
