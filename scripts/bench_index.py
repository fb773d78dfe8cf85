#!/usr/bin/env python
"""Measure the indexes at size: time to build, bytes a passage, recall against exact search, and time of a search.

In: the sample reports that are not held back. Out: Markdown tables, which name the command that made them.

The passages are made, for to encode a million takes a day here. Each joins sentences of the reports, drawn with a seed,
until it is as long as a window of a document. Its vector is predicted from those of its sentences: the mean of these,
weighted by length, moved by one slope, plus a residual drawn from the normal distribution whose covariance that of 1000
joined passages has that were really encoded. So lengths, directions and nearness are those of real passages; the first
table says how far a prediction is from the truth, and how near a query's best are in both. Queries are clauses of the
reports, really encoded. There is no tail of rare words, so each term is in more passages than it would be in life:
times of lexical search are on the high side. The catalog's rows are written straight into its tables: what is read
from documents, and finding their reposts, is not measured here.

Times are of the processor, on one core, so that other jobs on the machine count little. That of a filter is of the
first search with it; the whole search is one of several with the same filter, whose ids the catalog keeps.
"""

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from docintel.index.embedded import EmbeddedIndex
from docintel.index.encoder import Encoder, load_encoder
from docintel.index.segments import Vectors
from docintel.index.words import terms
from docintel.parse.sandbox import parse
from docintel.query import read
from docintel.schema import BlockKind, Filters, HitKind, IssueCategory
from docintel.search import search
from docintel.store import spans
from docintel.store.catalog import Catalog
from docintel.text.normalize import fold
from docintel.text.script import to_simplified
from docintel.text.sentences import split_sentences

ROOT = Path(__file__).parents[1]
CACHE = ROOT / "build" / "bench_index"
KIND = HitKind.PASSAGE
PASSAGES_A_DOCUMENT = 50
POOL = 100  # hits asked of each index, as search does
FEW = 40  # queries for those others that are slow
JOINED = 1000  # passages that are really encoded
ENOUGH = 120  # characters of a passage
REGIONS = [f"青岚市第{number}区" for number in range(40)]
DOC_TYPES = ["case_notice", "speech", "inspection_report", "news", "other"]
CATEGORIES = [IssueCategory.POWER, *[each for each in IssueCategory if each is not IssueCategory.POWER][:3]]
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
FILTERS = {
    "none": Filters(),
    "since 2006 (3 in 4)": Filters(since="2006"),
    "type (1 in 5)": Filters(doc_type="speech"),
    "region (1 in 40)": Filters(region=REGIONS[7]),
    "category (1 in 40, scattered)": Filters(category=str(IssueCategory.POWER)),
    "region and year (1 in 960)": Filters(region=REGIONS[7], since="2010", until="2010"),
}


class Base(NamedTuple):
    """What the passages are made of.

    Attributes:
        sentences: of the reports, each once.
        vectors: theirs, as passages, (sentences, dim).
        joined: indexes of the sentences of some passages.
        truth: vectors of these, really encoded, (JOINED, dim).
        queries: what is looked for.
    """

    sentences: list[str]
    vectors: Vectors
    joined: list[list[int]]
    truth: Vectors
    queries: list[str]


def base(encoder: Encoder) -> Base:
    """Read and encode what the passages are made of, or take it from `build/`."""
    sentences = sorted(set(_sentences()))
    rng = random.Random(1)
    lengths = [len(sentence) for sentence in sentences]
    joined = [join(rng, lengths) for _ in range(JOINED)]
    clauses = sorted({clause for sentence in sentences for clause in re.split("[，。；：、]", sentence)})
    queries = rng.sample([clause for clause in clauses if 5 <= len(clause) <= 25], 300)
    digest = hashlib.sha256("\n".join([encoder.name, *sentences]).encode()).hexdigest()[:16]
    path = CACHE / f"{digest}.npz"
    if not path.exists():
        print(f"encoding {len(sentences)} sentences and {JOINED} passages …", file=sys.stderr)
        vectors = encoder.encode_passages(sentences)
        truth = encoder.encode_passages(["\n".join(sentences[n] for n in some) for some in joined])
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, vectors=vectors, truth=truth)
    kept = np.load(path)
    return Base(sentences, kept["vectors"], joined, kept["truth"], queries)


def _sentences() -> Iterator[str]:
    documents = json.loads((ROOT / "corpora" / "manifest.json").read_text(encoding="utf-8"))
    for each in documents:
        if each["held_back"]:
            continue
        document = parse(ROOT / "corpora" / each["file"])
        for block in document.blocks:
            if block.kind in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM):
                for start, end in split_sentences(fold(document.text), block.start, block.end):
                    sentence = to_simplified(document.text[start:end]).strip()
                    if 15 <= len(sentence) <= ENOUGH and "\n" not in sentence:
                        yield sentence


def join(rng: random.Random, lengths: Sequence[int]) -> list[int]:
    """Draw sentences until they are as long as a passage."""
    chosen: list[int] = []
    while sum(lengths[n] for n in chosen) < ENOUGH:
        chosen.append(rng.randrange(len(lengths)))
    return chosen


class Predictor:
    """An encoder of joined passages; queries are really encoded."""

    def __init__(self, source: Base, real: Encoder) -> None:
        self.name, self.dim = f"predicted {real.name}", real.dim
        self._real, self._source = real, source
        self._number = {sentence: n for n, sentence in enumerate(source.sentences)}
        means = np.stack([self._mean(some) for some in source.joined])
        self._from, self._to = means.mean(axis=0), source.truth.mean(axis=0)
        apart, there = means - self._from, source.truth - self._to
        self._slope = float((apart * there).sum() / (apart * apart).sum())
        residuals = there - self._slope * apart
        self.explained = 1 - float((residuals**2).sum() / (there**2).sum())
        covariance = np.cov(residuals.T)
        floor = 1e-3 * np.trace(covariance) / self.dim  # a sample of unit vectors leaves one direction out
        self._spread = np.linalg.cholesky(covariance + floor * np.eye(self.dim)).astype(np.float32)

    def _mean(self, some: Sequence[int]) -> Vectors:
        weights = np.array([len(self._source.sentences[n]) for n in some], dtype=np.float32)
        return np.asarray(weights @ self._source.vectors[list(some)] / weights.sum())

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """A vector a text; the same text has the same."""
        if not texts:
            return np.empty((0, self.dim), dtype=np.float32)
        means = np.stack([self._mean([self._number[line] for line in text.split("\n")]) for text in texts])
        seed = int.from_bytes(hashlib.sha256("\n\n".join(texts).encode()).digest()[:8], "little")
        noise = np.random.default_rng(seed).standard_normal(means.shape, dtype=np.float32) @ self._spread.T
        rows = self._to + self._slope * (means - self._from) + noise
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Real vectors."""
        return self._real.encode_queries(texts)


# Making the library


def fill(folder: Path, source: Base, count: int, seed: int) -> None:
    """Write a catalog with so many passages."""
    rng = random.Random(seed)
    Catalog(folder / "catalog.sqlite").close()
    db = sqlite3.connect(folder / "catalog.sqlite")
    for number in range(count // PASSAGES_A_DOCUMENT):
        add_document(db, number, source, rng)
    spans.note_passages(db)
    db.commit()
    db.close()


def add_document(db: sqlite3.Connection, number: int, source: Base, rng: random.Random) -> None:
    """Write the rows of a document, its passages and one issue in ten passages."""
    lengths = [len(sentence) for sentence in source.sentences]
    passages = ["\n".join(source.sentences[n] for n in join(rng, lengths)) for _ in range(PASSAGES_A_DOCUMENT)]
    id_ = hashlib.sha256(str(number).encode()).hexdigest()
    published = f"{rng.randrange(2000, 2024)}-{rng.randrange(1, 13):02}-15"
    row = {
        "id": id_, "source": f"{number}.txt", "title": passages[0][:30].replace("\n", ""),
        "doc_type": rng.choice(DOC_TYPES), "publisher": "某网", "published": published, "region": rng.choice(REGIONS),
        "text": "\n\n".join(passages),
        "blocks": "[]", "warnings": "[]", "parser": "text", "extractor": "bench", "ingested_at": "2026", "work": id_,
    }  # fmt: skip
    db.execute(f"INSERT INTO documents ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values()))
    db.execute("INSERT INTO files VALUES (?, ?)", (row["source"], id_))
    at, places = 0, []
    for passage in passages:
        places.append((at, at + len(passage)))
        at += len(passage) + 2
    db.executemany(
        'INSERT INTO passages (document, kind, ordinal, start, "end", context) VALUES (?, ?, ?, ?, ?, ?)',
        [(id_, str(KIND), n, *place, "") for n, place in enumerate(places)],
    )
    db.executemany(
        """INSERT INTO records (document, kind, ordinal, start, "end", category, data)
        VALUES (?, 'issues', ?, ?, ?, ?, '{}')""",
        [(id_, n, places[n][0], places[n][0] + 10, rng.choice(CATEGORIES)) for n in range(0, len(places), 10)],
    )


def build(folder: Path, encoder: Encoder, catalog: Catalog) -> float:
    """Bring the index level with the catalog; gives the seconds of processor that took."""
    start = time.process_time()
    EmbeddedIndex(folder / "index", encoder).catch_up(catalog)
    return time.process_time() - start


def one_more(folder: Path, encoder: Encoder, source: Base, count: int) -> list[float]:
    """Seconds of processor to index one more document, for each of some."""
    rng = random.Random(9)
    db = sqlite3.connect(folder / "catalog.sqlite")
    seconds = []
    with Catalog(folder / "catalog.sqlite") as catalog:
        index = EmbeddedIndex(folder / "index", encoder)
        for number in range(count):
            add_document(db, -1 - number, source, rng)
            db.commit()
            start = time.process_time()
            index.catch_up(catalog)
            seconds.append(time.process_time() - start)
        spans.note_passages(db)
        db.commit()
    db.close()
    return seconds


# Measuring it


class Timer:
    """Milliseconds of processor, by name."""

    def __init__(self) -> None:
        self.readings: dict[str, list[float]] = {}

    def run(self, name: str, call: Callable[[], Any]) -> Any:
        """The call's answer."""
        start = time.process_time()
        answer = call()
        self.readings.setdefault(name, []).append(1000 * (time.process_time() - start))
        return answer

    def cell(self, name: str) -> str:
        """Median and 95th percentile."""
        return " / ".join(f"{value:.1f}" for value in np.percentile(self.readings[name], [50, 95]))


def resident() -> dict[str, int]:
    """Bytes of memory of this process: its own, and of files mapped into it."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return {name: 1024 * int(size) for name, size in re.findall(r"Rss(Anon|File):\s+(\d+)", status)}


class Measuring:
    """An open library whose index is measured."""

    def __init__(self, folder: Path, source: Base, encoder: Encoder, queries: int) -> None:
        self.queries = source.queries[:queries]
        self.vectors = np.concatenate([encoder.encode_queries([query]) for query in self.queries])
        before = resident()
        self.catalog = Catalog(folder / "catalog.sqlite")
        self.index = EmbeddedIndex(folder / "index", encoder)
        self.count = len(self.index)
        self._db = sqlite3.connect(folder / "catalog.sqlite")
        self._before = before

    def _rows(self, query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        return self._db.execute(query, values).fetchall()

    def memory(self) -> dict[str, float]:
        """Bytes a passage that the index and the catalog have added to the process."""
        now = resident()
        return {name: (now[name] - self._before[name]) / self.count for name in now}

    @cached_property
    def _ids(self) -> np.ndarray:
        return np.array(self.index.ids(KIND))

    def blocks(self, allowed: np.ndarray | None = None) -> Iterator[np.ndarray]:
        """The ids, or those allowed, so many at a time as memory bears."""
        ids = self._ids if allowed is None else allowed
        return (ids[at : at + 16_384] for at in range(0, len(ids), 16_384))

    def exact(self, allowed: np.ndarray | None, top_k: int = 10) -> list[set[int]]:
        """The ids of the true neighbours of each query."""
        best: list[list[tuple[float, int]]] = [[] for _ in self.queries]
        for some in self.blocks(allowed):
            scores = self.vectors @ self.index.vectors(some, KIND).T
            for n, row in enumerate(scores):
                top = np.argsort(-row)[:top_k]
                best[n] = sorted([*best[n], *((float(row[k]), int(some[k])) for k in top)], reverse=True)[:top_k]
        return [{id_ for _, id_ in found} for found in best]

    def measure(self, filters: Filters) -> list[str]:
        """The cells of a row: recall, and the times of the parts and of the whole."""
        allowed = self.catalog.passage_ids(KIND, filters)
        truth = self.exact(allowed)
        timer = Timer()
        found = []
        index, among = self.index, {"kind": KIND, "allowed": allowed, "top_k": POOL}
        for query, vector in zip(self.queries, self.vectors, strict=True):
            timer.run("encode", partial(index.encoder.encode_queries, [query]))
            timer.run("filter", partial(spans.passage_ids, self._rows, KIND, filters))
            timer.run("words", partial(index.search_lexical, query, **among))
            near = timer.run("meaning", partial(index.search_vectors, vector, **among))
            timer.run("all", partial(search, self.catalog, index, read(query).also(filters), kind=KIND))
            found.append({id_ for id_, _ in near[:10]})
        shares = [len(a & b) / len(b) for a, b in zip(found, truth, strict=True) if b]
        recall = f"{np.mean(shares):.3f}" if shares else "–"
        return [recall, *(timer.cell(name) for name in ("encode", "filter", "words", "meaning", "all"))]


# Others


class Setting(NamedTuple):
    """What the others are measured on: the folder of the library, its rows, the queries and their vectors."""

    folder: Path
    rows: Vectors
    queries: list[str]
    vectors: Vectors

    def texts(self) -> Iterator[tuple[int, str]]:
        """Every passage with its id."""
        with Catalog(self.folder / "catalog.sqlite") as catalog:
            last = 0
            while batch := catalog.passages_after(last, 2048):
                yield from ((passage.id, passage.text) for passage, _ in batch)
                last = batch[-1][0].id


def rivals(setting: Setting, names: Sequence[str]) -> list[list[str]]:
    """Rows of the table of other engines over the same passages and queries; one that is not installed says so."""
    found = []
    for name in names:
        try:
            found.append([name, *RIVALS[name](setting)])
        except ModuleNotFoundError as exc:
            found.append([name, f"not installed: pip install {exc.name}", "", "", ""])
    return found


def row(timer: Timer, size: str, recall: str = "") -> list[str]:
    """The cells of an engine."""
    return [f"{timer.readings['build'][0] / 1000:.0f}", size, recall, timer.cell("search")]


def faiss_flat(setting: Setting) -> list[str]:
    """FAISS, exact, single precision."""
    import faiss

    timer = Timer()
    index = faiss.IndexFlatIP(setting.rows.shape[1])
    timer.run("build", partial(index.add, setting.rows))
    for vector in setting.vectors:
        timer.run("search", partial(index.search, vector.reshape(1, -1), POOL))
    return row(timer, str(4 * setting.rows.shape[1]), "1")


def fts5(setting: Setting) -> list[str]:
    """SQLite FTS5 over our terms, any of them, by bm25."""
    path = setting.folder / "fts5.sqlite"
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.execute("CREATE VIRTUAL TABLE p USING fts5 (terms, content='', tokenize='unicode61')")
    rows = [(id_, " ".join(terms(text))) for id_, text in setting.texts()]
    timer = Timer()
    timer.run("build", partial(db.executemany, "INSERT INTO p (rowid, terms) VALUES (?, ?)", rows))
    db.commit()
    ask = f"SELECT rowid FROM p WHERE p MATCH ? ORDER BY bm25(p) LIMIT {POOL}"
    for query in setting.queries[:FEW]:
        wanted = " OR ".join(f'"{term}"' for term in sorted(set(terms(query))))
        timer.run("search", lambda wanted=wanted: db.execute(ask, (wanted,)).fetchall())
    size = path.stat().st_size / len(rows)
    path.unlink()
    return row(timer, f"{size:.0f} on disk")


def bm25s(setting: Setting) -> list[str]:
    """bm25s over our terms."""
    import bm25s as library

    corpus = [terms(text) for _, text in setting.texts()]
    retriever = library.BM25(method="lucene", k1=1.2, b=0.75)
    timer = Timer()
    timer.run("build", partial(retriever.index, corpus, show_progress=False))
    size = sum(array.nbytes for array in retriever.scores.values() if hasattr(array, "nbytes")) / len(corpus)
    for query in setting.queries[:FEW]:
        wanted = [sorted(set(terms(query)))]
        timer.run("search", partial(retriever.retrieve, wanted, k=POOL, show_progress=False))
    return row(timer, f"{size:.0f}")


def milvus_lite(setting: Setting) -> list[str]:
    """milvus-lite, its default index by inner product; it has threads of its own, so its times are by the clock."""
    from pymilvus import MilvusClient

    folder = Path(tempfile.mkdtemp(dir=setting.folder))
    client = MilvusClient(str(folder / "milvus.db"))
    client.create_collection("p", dimension=setting.rows.shape[1], metric_type="IP")
    start = time.perf_counter()
    for at in range(0, len(setting.rows), 5000):
        client.insert("p", [{"id": at + n, "vector": each} for n, each in enumerate(setting.rows[at : at + 5000])])
    seconds = time.perf_counter() - start
    truth = np.argsort(-(setting.vectors[:FEW] @ setting.rows.T), axis=1)[:, :10]
    timer, shares = Timer(), []
    for vector, right in zip(setting.vectors[:FEW], truth, strict=True):
        start = time.perf_counter()
        found = client.search("p", data=[vector.tolist()], limit=POOL)[0]
        timer.readings.setdefault("search", []).append(1000 * (time.perf_counter() - start))
        shares.append(len({each["id"] for each in found[:10]} & set(right.tolist())) / 10)
    client.close()
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / len(setting.rows)
    shutil.rmtree(folder, ignore_errors=True)
    return [f"{seconds:.0f}", f"{size:.0f} on disk", f"{np.mean(shares):.3f}", timer.cell("search")]


RIVALS: dict[str, Callable[[Setting], list[str]]] = {
    "faiss-flat": faiss_flat,
    "fts5": fts5,
    "bm25s": bm25s,
    "milvus-lite": milvus_lite,
}


# Telling


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def nearness(source: Base, encoder: Predictor) -> list[list[str]]:
    """How near a query's best are among passages really encoded and among predicted ones."""
    made = encoder.encode_passages(["\n".join(source.sentences[n] for n in some) for some in source.joined])
    queries = encoder.encode_queries(source.queries[:100])
    rows = []
    for name, passages in (("encoded", source.truth), ("predicted", made)):
        scores = np.sort(queries @ passages.T, axis=1)
        rows.append([name, *(f"{value:.4f}" for value in (scores.mean(), scores[:, -10].mean(), scores[:, -1].mean()))])
    return rows


def files(folder: Path, count: int) -> list[list[str]]:
    """Bytes a passage on disk, by what they are."""
    sizes: dict[str, int] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            kind = "lexical" if "lexical" in path.parts else path.suffix.lstrip(".") or path.name
            sizes[kind] = sizes.get(kind, 0) + path.stat().st_size
    return [[kind, f"{size / count:.0f}"] for kind, size in sorted(sizes.items()) if size > count]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rivals", nargs="*", default=["faiss-flat"], choices=sorted(RIVALS), help="beside ours")
    parser.add_argument("--keep", type=Path, help="a folder for the library, used again where it is filled")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if any(os.environ.get(name) != value for name, value in ONE_THREAD.items()):  # read when numpy is imported
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | ONE_THREAD)
    real = load_encoder(threads=1)
    source = base(real)
    encoder = Predictor(source, real)
    if options.measure:
        measure(options.measure, source, encoder, options)
        return
    print(f"`scripts/bench_index.py {' '.join(sys.argv[1:])}`\n")
    print(f"{encoder.explained:.0%} of the variance of encoded passages is predicted; the rest is drawn.\n")
    print(table(["passages", "mean cosine to a query", "tenth", "best"], nearness(source, encoder)), "\n", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        if not (folder / "index" / "manifest.json").exists():
            folder.mkdir(parents=True, exist_ok=True)
            fill(folder, source, options.passages, options.seed)
            with Catalog(folder / "catalog.sqlite") as catalog:
                seconds = build(folder, encoder, catalog)
            each = 1e6 * seconds / options.passages
            print(f"Built in {seconds:.0f} s of processor, encoding left out: {each:.0f} µs a passage.")
            more = one_more(folder, encoder, source, 40)
            print(
                f"One more document of {PASSAGES_A_DOCUMENT} passages:",
                f"{np.median(more):.2f} s, at most {max(more):.2f} s.",
            )
            print(flush=True)
        subprocess.run([sys.executable, __file__, *sys.argv[1:], "--measure", str(folder)], check=True)


def measure(folder: Path, source: Base, encoder: Encoder, options: argparse.Namespace) -> None:
    """Measure a library, in a process that has done nothing else."""
    import faiss

    faiss.omp_set_num_threads(1)
    measuring = Measuring(folder, source, encoder, options.queries)
    for query in measuring.queries:
        search(measuring.catalog, measuring.index, query, kind=KIND)
    memory = measuring.memory()
    print(f"{measuring.count} passages. After {len(measuring.queries)} searches the process has grown by")
    own, mapped = memory["Anon"], memory["File"]
    print(f"{own + mapped:.0f} bytes a passage: {own:.0f} of its own, and {mapped:.0f} of files that are mapped.\n")
    print(table(["on disk", "bytes a passage"], files(folder, measuring.count)), "\n")
    parts = ["encode", "filter (first)", "words", "meaning", "whole search, p50 / p95 ms"]
    head = ["filter", "passages", "recall@10", *parts]
    cells = []
    for name, filters in FILTERS.items():
        allowed = measuring.catalog.passage_ids(KIND, filters)
        passing = measuring.count if allowed is None else len(allowed)
        cells.append([name, str(passing), *measuring.measure(filters)])
    print(table(head, cells), "\n", flush=True)
    if not options.rivals:
        return
    rows = np.concatenate([measuring.index.vectors(some, KIND) for some in measuring.blocks()])
    others = rivals(Setting(folder, rows, measuring.queries, measuring.vectors), options.rivals)
    print(table(["engine", "build s", "bytes a passage", "recall@10", "search, p50 / p95 ms"], others))


if __name__ == "__main__":
    main()
