"""Load `docintel serve` from another process: people who search, people who upload, and how the server bears it.

    python -m scripts.bench_web --minutes 10                       50 search and 5 upload, on 50,000 passages
    python -m scripts.bench_web --library DIR --searchers 20       on a library that is there, without accounts

In: the sample reports that are not held back. Out: a Markdown table of requests, errors, p50, p95 and the longest, the
memory of the server as time goes by, and how many of the reports were read meanwhile. A big library is made as
bench_index makes it: passages joined from sentences of the reports, their vectors predicted.

Whoever searches asks for a clause of the reports, waits a while (`--think`), and asks the next, at times narrowed by a
filter or for documents. Ten seconds from one search to the next, on average, are few for reading twenty hits: fifty
people then send five searches a second. Whoever uploads sends a new report every ten seconds, and looks at how far the
reading is. Run it where nothing else does: it measures what people wait for.
"""

import argparse
import os
import random
import re
import sys
import tempfile
import threading
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path

import httpx
import numpy as np

from docintel.index.encoder import load_encoder
from docintel.library import Library
from docintel.store.catalog import Catalog
from docintel.web.database import Database
from docintel.web.intake.jobs import READING, Jobs
from scripts.bench_index import Predictor, base, build, fill
from scripts.serving import Server, sample_reports

KINDS = ("passage", "passage", "passage", "document")
FILTERS: tuple[dict[str, str], ...] = ({}, {}, {"since": "2022"}, {"type": "speech"}, {"category": "power"})
_UPLOAD_EVERY_S = 10.0
_MEMORY_EVERY_S = 10.0


class Measured:
    """What many threads saw: seconds of each request by what it was, and what went wrong."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.errors: list[str] = []
        self._lock = threading.Lock()

    def ask(self, name: str, browser: httpx.Client, method: str, path: str, **more: object) -> None:
        """Send a request and note it."""
        began = time.perf_counter()
        try:
            answer = browser.request(method, path, **more)  # type: ignore[arg-type]
            wrong = "" if answer.status_code < 400 else f"{answer.status_code} {answer.text[:200]}"
        except httpx.HTTPError as exc:
            wrong = repr(exc)
        with self._lock:
            self.seconds[name].append(time.perf_counter() - began)
            if wrong:
                self.errors.append(f"{name}: {wrong}")


def make_big(folder: Path, passages: int) -> None:
    """Make a library with so many passages."""
    Library(folder).close()
    encoder = load_encoder()
    source = base(encoder)
    fill(folder, source, passages, seed=1)
    predictor = Predictor(source, encoder)
    predictor.name = encoder.name  # so that the server takes the index as it is
    with Catalog(folder / "catalog.sqlite") as catalog:
        print(f"indexing {passages:,} passages …", file=sys.stderr)
        build(folder, predictor, catalog)


def clauses() -> list[str]:
    """What people look for: clauses of the reports."""
    found: set[str] = set()
    for path in sample_reports():
        text = re.sub("<[^>]+>", "", path.read_bytes().decode("utf-8", "ignore"))
        found |= {each.strip() for each in re.split("[，。；：、\\s]", text) if 5 <= len(each.strip()) <= 25}
    return sorted(found)


def search(url: str, measured: Measured, queries: list[str], seed: int, think: float, stop: threading.Event) -> None:
    """A person who searches until the end."""
    rng = random.Random(seed)
    with httpx.Client(base_url=url, timeout=60) as browser:
        while not stop.wait(rng.expovariate(1 / think)):
            asked = {"q": rng.choice(queries), "kind": rng.choice(KINDS)} | rng.choice(FILTERS)
            measured.ask("search", browser, "GET", "/search", params=asked)


def upload(url: str, measured: Measured, seed: int, stop: threading.Event) -> None:
    """A person who uploads a report every ten seconds until the end."""
    rng = random.Random(f"uploads {seed}")
    texts = [path.read_bytes() for path in sample_reports() if path.suffix == ".html"]
    with httpx.Client(base_url=url, timeout=120) as browser:
        headers = {"X-CSRF-Token": browser.get("/api/session").json()["csrf"]}
        number = 0
        while not stop.wait(_UPLOAD_EVERY_S):
            number += 1
            body = rng.choice(texts) + f"<p>{seed}-{number}-{rng.random()}</p>".encode()
            name = {"name": f"报告{seed}-{number}.html"}
            measured.ask("upload", browser, "POST", "/api/intake/files", params=name, content=body, headers=headers)
            measured.ask("progress", browser, "GET", "/intake")


def memory_mb(pid: int) -> int:
    """Memory of a process, in MB: what it holds itself, without files mapped into it."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(r"RssAnon:\s+(\d+)", status)
    return int(found[1]) // 1024 if found else 0


def load(server: Server, asked: argparse.Namespace) -> tuple[Measured, list[int]]:
    """Let the people loose; gives what they saw, and the memory of the server every ten seconds."""
    measured, stop, queries = Measured(), threading.Event(), clauses()
    people = [threading.Thread(target=search, args=(server.url, measured, queries, seed, asked.think, stop))
              for seed in range(asked.searchers)]  # fmt: skip
    people += [threading.Thread(target=upload, args=(server.url, measured, n, stop)) for n in range(asked.uploaders)]
    with httpx.Client(base_url=server.url, timeout=120) as browser:
        browser.get("/search", params={"q": "预热"})
    for each in people:
        each.start()
    memory, end = [], time.monotonic() + 60 * asked.minutes
    while time.monotonic() < end:
        memory.append(memory_mb(server.process.pid))
        time.sleep(min(_MEMORY_EVERY_S, max(0, end - time.monotonic())))
    stop.set()
    for each in people:
        each.join()
    return measured, [*memory, memory_mb(server.process.pid)]


def read_so_far(folder: Path) -> str:
    """How many of the reports that were sent have been read."""
    with Database(folder) as database:
        counts = Jobs(database).counts(READING)
    return ", ".join(f"{state} {count}" for state, count in counts.items() if count) or "none"


def report(measured: Measured, memory: list[int], read: str, asked: argparse.Namespace) -> None:
    """Print what was seen."""
    rate = len(measured.seconds["search"]) / (60 * asked.minutes)
    print(f"{asked.searchers} people search ({rate:.1f}/s), {asked.uploaders} upload, {asked.minutes:g} minutes;")
    print(f"load of the machine in the last minute: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print("| request | count | p50 ms | p95 ms | longest ms |\n| --- | ---: | ---: | ---: | ---: |")
    for name, seconds in sorted(measured.seconds.items()):
        p50, p95 = 1000 * np.percentile(seconds, [50, 95])
        print(f"| {name} | {len(seconds):,} | {p50:.0f} | {p95:.0f} | {1000 * max(seconds):.0f} |")
    print(f"\nReports sent: {read}.")
    print(f"Errors: {len(measured.errors)}. Memory of the server, MB, every {_MEMORY_EVERY_S:g} s: {memory}")


def main() -> int:
    """Measure; gives the exit code: 1 when a request failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, help="a library without accounts; a big one is made when not given")
    parser.add_argument("--make", type=Path, help="only make the big library, in this folder")
    parser.add_argument("--passages", type=int, default=50_000)
    parser.add_argument("--searchers", type=int, default=50)
    parser.add_argument("--uploaders", type=int, default=5)
    parser.add_argument(
        "--think", type=float, default=10.0, help="seconds between two searches of a person, on average"
    )
    parser.add_argument("--minutes", type=float, default=2.0)
    asked = parser.parse_args()
    if asked.make:
        make_big(asked.make, asked.passages)
        return 0
    with ExitStack() as stack:
        folder = asked.library or Path(stack.enter_context(tempfile.TemporaryDirectory()), "library")
        if not asked.library:
            make_big(folder, asked.passages)
        measured, memory = load(stack.enter_context(Server(folder)), asked)
        read = read_so_far(folder)
    report(measured, memory, read, asked)
    for error in measured.errors[:10]:
        print(error, file=sys.stderr)
    return 1 if measured.errors else 0


if __name__ == "__main__":
    sys.exit(main())
