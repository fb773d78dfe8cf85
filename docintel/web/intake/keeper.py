"""Keeps a worker running beside the page.

In: the library's folder. Out: a process that does its jobs; when it dies another takes its place.
"""

import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

_DYING_S = 10
_AGAIN_AFTER_S = 3.0


class Keeper:
    """A worker's process for the time of a `with` block.

    Args:
        library: its folder.
        watched: a folder whose files are read by themselves.
    """

    def __init__(self, library: Path, watched: Path | None = None) -> None:
        self._command = [
            sys.executable,
            "-m",
            "docintel.web.intake",
            str(library),
            *([str(watched)] if watched else []),
        ]
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def __enter__(self) -> "Keeper":
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        with self._lock:
            self._stop.set()
            process = self._process
        if process is not None:
            _close(process)
            with suppress(subprocess.TimeoutExpired):
                process.wait(_DYING_S)
            process.kill()
        self._thread.join(_DYING_S)

    def _keep(self) -> None:
        while True:
            with self._lock:
                if self._stop.is_set():
                    return
                # A group of its own: Ctrl+C is for the page, which then closes the pipe.
                self._process = subprocess.Popen(
                    self._command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
                )
            self._process.wait()
            _close(self._process)
            self._stop.wait(_AGAIN_AFTER_S)


def _close(process: "subprocess.Popen[bytes]") -> None:
    """End the input of a process, which is what tells it to end."""
    assert process.stdin is not None
    with suppress(OSError):
        process.stdin.close()
