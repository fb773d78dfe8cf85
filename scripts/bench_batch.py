"""What a document costs when many come: throughput, memory, and whether the cost stays flat as a library grows.

    python scripts/bench_batch.py workers --documents 400          # documents/s on 1 and 2 workers, ingest and extract
    python scripts/bench_batch.py grow --documents 20000           # cost per document from 100 to 20,000 documents
    python scripts/bench_batch.py grow --documents 20000 --cheap   # the same but for the encoder, much faster
    python scripts/bench_batch.py workers --engine ray

Documents are generated: sentences of `corpora/reports` put together anew, seeded, so that all of them differ.
They are short (300 characters unless `--characters` says more) because the encoder takes most of the time, about a
millisecond a character on one core. Figures are ratios within one run: on a machine with other work they are comparable
with one another only. So `grow` ends with rounds in which the same documents are stored in the large library and in a
fresh one, in turn: what storing costs at the end and at the start, within seconds of one another. Memory: the peak of
this process, and the peak of the sum of those that it has started, each with what it shares with others.
"""

import argparse
import json
import os
import random
import re
import shutil
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from docintel.batch.extracting import Extracting
from docintel.batch.journal import Journal
from docintel.batch.pool import LocalEngine
from docintel.batch.sources import Source, list_sources
from docintel.batch.work import Engine, Job, Task, Tell, as_tasks
from docintel.index.encoder import Encoder
from docintel.index.vectors import Vectors
from docintel.library import Library
from docintel.library.preparing import PrepareJob
from docintel.parse import DEFAULT_LIMITS
from docintel.parse.sandbox import parse

CORPUS = Path(__file__).resolve().parents[1] / "corpora" / "reports"
#: Documents between two lines of `grow`.
STEPS = (100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 20_000, 50_000, 100_000)
#: At the end of `grow`: rounds, and documents in each.
ROUNDS, A_ROUND = 7, 300
PLACES = ("云溪", "安宁", "平湖", "临江", "青山", "石桥", "东河", "南岭", "西林", "北川")


def sentences() -> list[str]:
    """Sentences of the sample reports, each once."""
    texts = (parse(path).main_text for path in sorted(CORPUS.glob("*.txt")))
    found = (sentence.strip() for text in texts for sentence in re.split(r"(?<=[。！？])|\n", text))
    return list(dict.fromkeys(sentence for sentence in found if 12 <= len(sentence) <= 120))


def write_documents(folder: Path, count: int, characters: int, seed: int = 7) -> None:
    """Write text files, each of a title and sentences with numbers of its own."""
    drawn, rng = sentences(), random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        lines = [f"{rng.choice(PLACES)}县第{number}号情况通报"]
        while sum(map(len, lines)) < characters:
            lines.append(re.sub(r"\d+", lambda _: str(rng.randint(1, 999)), rng.choice(drawn)))
        (folder / f"{number:06}.txt").write_text("\n".join(lines), encoding="utf-8")


class CheapEncoder:
    """Random vectors in the shape of the shipped encoder's: what is left is the cost of everything else."""

    name, dim = "cheap", 384

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode what is looked for."""
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode what is to be found."""
        rows = np.zeros((len(texts), self.dim), np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[:] = np.random.default_rng(zlib.crc32(text.encode())).standard_normal(self.dim, np.float32)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


@dataclass(frozen=True)
class Replaying:
    """An engine that gives what another has read before: what is left is the cost of storing it."""

    events: Sequence[Any]

    def run(self, job: Job[Any], tasks: Sequence[Task], tell: Tell = lambda *_: None) -> Iterator[Any]:
        """Give what was read of these tasks' files."""
        places = {task.source.place: task for task in tasks}
        for event in self.events:
            if task := places.get(event.task.source.place):
                yield replace(event, task=task)


class Memory:
    """The peak of this process and of those it has started, in MiB, looked at twice a second."""

    def __init__(self) -> None:
        self.parent = self.workers = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        import psutil

        own = psutil.Process()
        while not self._stop.wait(0.5):
            self.parent = max(self.parent, own.memory_info().rss / (1 << 20))
            others = 0.0
            for process in own.children(recursive=True):
                try:
                    others += process.memory_info().rss / (1 << 20)
                except psutil.Error:
                    continue
            self.workers = max(self.workers, others)


def processor_seconds() -> tuple[float, float]:
    """What this process has used of the processor, and what those it has started have: other work does not count."""
    import psutil

    own = psutil.Process()
    used = [sum(own.cpu_times()[:2]), sum(own.cpu_times()[2:4])]
    for process in own.children(recursive=True):
        try:
            used[1] += sum(process.cpu_times()[:4])  # with those that it has waited for
        except psutil.Error:
            continue
    return used[0], used[1]


def engine_of(name: str, workers: int) -> Engine:
    """The engine of this name."""
    if name == "ray":
        from docintel.batch.ray_engine import RayEngine

        return RayEngine(None, workers)
    return LocalEngine(workers)


def ingested(library: Library, sources: Sequence[Source], engine: Engine) -> Iterator[float]:
    """The time at which each document was stored."""
    for _, result in library.ingest_each(sources, engine=engine):
        if result:
            assert result.report.document, result.report.message
            yield time.perf_counter()


def extracted(run: Extracting, engine: Engine) -> Iterator[float]:
    """The time at which each document was read."""
    return (time.perf_counter() for _, result in run.run(engine, DEFAULT_LIMITS) if result)


def measure_workers(documents: int, characters: int, engine: str, folder: Path) -> None:
    """Documents a second on 1 and 2 workers, from the start of the run to its end, and the processor time of each."""
    write_documents(folder / "in", documents, characters)
    sources = list_sources(folder / "in")
    for workers in (1, 2):
        for what in ("extract", "ingest"):
            begun, before = time.perf_counter(), sum(processor_seconds())
            with Memory() as memory, ExitStack() as stack:
                if what == "ingest":
                    library = stack.enter_context(Library(folder / f"library{workers}"))
                    done = ingested(library, sources, engine_of(engine, workers))
                else:
                    journal = stack.enter_context(Journal(folder / f"journal{workers}", "1"))
                    done = extracted(Extracting(sources, journal), engine_of(engine, workers))
                for count, _ in enumerate(done, start=1):
                    if count == documents:  # while the workers are there to be asked
                        used = sum(processor_seconds())
                used = max(used, sum(processor_seconds())) - before  # one process encodes at the end
            seconds = time.perf_counter() - begun
            tell(
                engine=engine, what=what, workers=workers, documents=documents, seconds=round(seconds, 1),
                documents_per_s=round(documents / seconds, 2), cpu_ms=round(1000 * used / documents),
                parent_mib=round(memory.parent), workers_mib=round(memory.workers),
            )  # fmt: skip


def measure_growth(
    sources: Sequence[Source], engine: Engine, encoder: Encoder | None, characters: int, folder: Path
) -> None:
    """The cost of a document as the library grows, in one run; the first line has the loading of models in it."""
    documents = len(sources)
    steps = [step for step in STEPS if step < documents] + [documents]
    with Memory() as memory, Library(folder / "library", encoder=encoder) as library:
        last, before, used = 0, time.perf_counter(), processor_seconds()
        for count, at in enumerate(ingested(library, sources, engine), start=1):
            if count != steps[0]:
                continue
            now = processor_seconds()
            writing, reading = (1000 * (here - there) / (count - last) for here, there in zip(now, used, strict=True))
            tell(
                documents=count, documents_per_s=round((count - last) / (at - before), 1),
                writing_cpu_ms=round(writing, 1), reading_cpu_ms=round(reading, 1),
                parent_mib=round(memory.parent), workers_mib=round(memory.workers),
            )  # fmt: skip
            last, before, used = steps.pop(0), at, now
            memory.parent = memory.workers = 0.0
        print(json.dumps(library.info(), ensure_ascii=False, default=str), flush=True)
        compare_with_fresh(library, engine, characters, folder)
    size = sum(path.stat().st_size for path in (folder / "library").rglob("*") if path.is_file())
    tell(bytes_a_document=size // documents)


def compare_with_fresh(library: Library, engine: Engine, characters: int, folder: Path) -> None:
    """Store the same documents in a large library and in a fresh one, in turn; they are read before."""
    write_documents(folder / "more", ROUNDS * A_ROUND, characters, seed=8)
    sources = list_sources(folder / "more")
    replaying = Replaying(list(engine.run(PrepareJob(library, DEFAULT_LIMITS), as_tasks(sources))))
    costs = []
    with Library(folder / "fresh", encoder=library.given["encoder"]) as fresh:
        for number in range(ROUNDS):
            its = sources[number * A_ROUND : (number + 1) * A_ROUND]
            for each in (library, fresh) if number % 2 else (fresh, library):
                begun = time.process_time()
                count = sum(1 for _ in ingested(each, its, replaying))
                costs.append((each is library, 1000 * (time.process_time() - begun) / count))
    end, start = ([cost for large, cost in costs if large is which] for which in (True, False))
    ratios = [late / early for late, early in zip(end, start, strict=True)]
    tell(
        rounds=ROUNDS, storing_cpu_ms_fresh=round(median(start), 2), storing_cpu_ms_large=round(median(end), 2),
        ratios=[round(ratio, 2) for ratio in ratios], ratio=round(median(ratios), 3),
        ratio_of_sums=round(sum(end) / sum(start), 3),
    )  # fmt: skip


def tell(**figures: object) -> None:
    """Print figures as a line of JSON."""
    print(json.dumps(figures, ensure_ascii=False), flush=True)


def _importable() -> Any:
    """This file as a module that worker processes find, too."""
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(Path(__file__).parent), os.environ.get("PYTHONPATH"))))
    return import_module("bench_batch")


def main() -> None:
    """Generate documents, measure, delete them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("workers", "grow"))
    parser.add_argument("--documents", type=int, default=400)
    parser.add_argument("--characters", type=int, default=300, help="of a document")
    parser.add_argument("--engine", choices=("local", "ray"), default="local")
    parser.add_argument("--cheap", action="store_true", help="for grow: random vectors in place of the encoder's")
    parser.add_argument("--workers", type=int, default=2, help="for grow")
    parser.add_argument("--folder", type=Path, help="where to work; a temporary one that is deleted when not given")
    given = parser.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="bench-batch-"))
    try:
        if given.what == "workers":
            measure_workers(given.documents, given.characters, given.engine, folder)
        else:
            write_documents(folder / "in", given.documents, given.characters)
            encoder = _importable().CheapEncoder() if given.cheap else None
            engine = engine_of(given.engine, given.workers)
            measure_growth(list_sources(folder / "in"), engine, encoder, given.characters, folder)
    finally:
        if not given.folder:
            shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
