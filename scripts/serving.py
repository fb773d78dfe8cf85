"""A library of sample reports, and `docintel serve` on it in a process of its own: for screenshots, load and tests.

In: a folder. Out: a library in it, with accounts where asked; a server that is up, and gone when its block ends.
"""

import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parents[1]
REPORTS = ROOT / "corpora" / "reports"
_PATIENCE_S = 60


def docintel(*arguments: str | Path, text: str = "") -> str:
    """Run a command of docintel; gives what it said.

    Raises:
        RuntimeError: it failed; with what it said.
    """
    command = [sys.executable, "-m", "docintel", *map(str, arguments)]
    done = subprocess.run(command, check=False, input=text, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def make_library(folder: Path, reports: Iterable[Path], accounts: dict[str, str], password: str) -> None:
    """Read reports into a new library, and give it accounts: name → role."""
    docintel("ingest", *reports, "--library", folder)
    for name, role in accounts.items():
        docintel("accounts", "add", name, "--role", role, "--password-stdin", "--library", folder, text=password)


class Server:
    """`docintel serve` in a process of its own, on a port that was free.

    Attributes:
        said: what it printed.
        url: its address, without a slash at the end.
        process: the process, to be sent signals.
    """

    def __init__(self, folder: Path, *options: str, most_s: float = _PATIENCE_S) -> None:
        command = [sys.executable, "-u", "-m", "docintel", "serve", "--library", str(folder), "--port", "0", *options]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | {"COLUMNS": "200"}
        )
        self.said = ""
        assert self.process.stdout
        while "Ctrl+C" not in self.said:
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError(f"docintel serve did not start: {self.said}")
            self.said += line
        port, scheme = re.search(r":(\d+)/", self.said), "https" if "https://" in self.said else "http"
        assert port
        self.url = f"{scheme}://127.0.0.1:{port[1]}"
        self._reading = threading.Thread(target=self._read, daemon=True)  # a full pipe would stop the server
        self._reading.start()
        self._wait(most_s)

    def __enter__(self) -> "Server":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        self._reading.join()
        if self.process.stdout:
            self.process.stdout.close()

    def _read(self) -> None:
        """Keep what it prints, as long as it runs."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.said += line

    def _wait(self, most_s: float) -> None:
        """Wait until it answers."""
        end = time.monotonic() + most_s
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/static/icon.svg", timeout=5).close()
            except urllib.error.URLError:
                if time.monotonic() > end or self.process.poll() is not None:
                    self.process.kill()
                    raise
                time.sleep(0.1)
            else:
                return


def sample_reports(names: Sequence[str] = ()) -> list[Path]:
    """The sample reports that are not held back; only those whose names begin so, if any are given."""
    documents = json.loads((ROOT / "corpora" / "manifest.json").read_text(encoding="utf-8"))
    paths = [ROOT / "corpora" / each["file"] for each in documents if not each["held_back"]]
    paths = [path for path in paths if path.parent == REPORTS]
    return [path for path in paths if not names or path.name.startswith(tuple(names))]
