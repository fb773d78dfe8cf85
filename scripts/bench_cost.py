#!/usr/bin/env python
"""Measure what reading costs: each model's milliseconds a document and megabytes on disk, and pages a minute.

In: the HTML pages of a folder, ../shared/corpus/ccdi where it is there, else corpora/reports; they are read again and
again until `--pages` are done. Out: two tables in Markdown. One process on one core (`OMP_NUM_THREADS` is set); the
figures are of this machine, so they are good for shares and for sizing, not for comparing machines.
"""

import argparse
import os
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, cycle, islice
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy and onnxruntime are loaded

from docintel.config import models_dir
from docintel.extract.doctype import classify
from docintel.extract.language.words import read_words
from docintel.extract.pipeline import extract
from docintel.extract.steps import STEPS, begin
from docintel.index.encoder import load_encoder
from docintel.index.passages import split_passages
from docintel.parse import parse_bytes
from docintel.schema import Document

ROOT = Path(__file__).parents[1]
PAGES = ROOT.parent / "shared" / "corpus" / "ccdi"
REPORTS = ROOT / "corpora" / "reports"
#: Which steps a model serves; what is not here is rules, or measured by itself.
MODEL_OF_STEP = {"issues": "judging", "measures": "judging", "confidence": "confidence"}


class Costs:
    """Seconds by name."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Count the time of a block."""
        start = time.process_time()
        yield
        self.seconds[name] += time.process_time() - start


def read_once(document: Document, encode: Callable[[list[str]], object], costs: Costs) -> None:
    """Read a document step by step, counting."""
    with costs.of("reader"):
        words = read_words(document.text)
    with costs.of("doctype"):
        classify(document, has_ledger=False)
    with costs.of("rules"):
        draft = begin(document, chain.from_iterable(words.sentences), words.states)
    for name, step in STEPS.items():
        with costs.of(MODEL_OF_STEP.get(name, "rules")):
            step(draft)
    with costs.of("encoder"):
        encode([passage.text for passage in split_passages(draft.extraction)])


#: Where the time of the other models is counted.
WITHIN = {
    "gazetteer": "in the rules",
    "metric": "in the rules",
    "meanings": "in judging",
    "ranking": "in suggestions",
    "font": "in pictures",
}


def megabytes(folder: Path) -> float:
    """What the files of a folder weigh."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=PAGES if PAGES.is_dir() else REPORTS)
    parser.add_argument("--pages", type=int, default=1000, help="pages to read in all")
    options = parser.parse_args()
    files = [(path.name, path.read_bytes()) for path in sorted(options.folder.glob("*.html"))]
    if not files:
        parser.error(f"no HTML pages in {options.folder}")
    documents = [parse_bytes(data, name) for name, data in files]
    encode = load_encoder(threads=1).encode_passages
    for each in documents[:3]:
        read_once(each, encode, Costs())  # loads models and code

    costs = Costs()
    for each in documents:
        read_once(each, encode, costs)
    characters = sum(len(each.text) for each in documents)
    print(f"{len(documents)} documents, {characters / len(documents):,.0f} characters each\n")
    print("| model | ms a document | MB on disk |\n| --- | ---: | ---: |")
    folders = {folder.name: folder for folder in sorted(models_dir().iterdir()) if folder.is_dir()}
    for name in dict.fromkeys([*costs.seconds, *folders]):
        shown = f"{1000 * costs.seconds[name] / len(documents):.1f}" if name in costs.seconds else WITHIN[name]
        size = f"{megabytes(folders[name]):.1f}" if name in folders else "–"
        print(f"| {name} | {shown} | {size} |")

    start = time.process_time()
    for name, data in islice(cycle(files), options.pages):
        extract(parse_bytes(data, name))
    spent = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    speed = 60 * options.pages / spent
    print(f"\n{options.pages:,} pages parsed and extracted: {speed:,.0f} a minute, peak {peak:,.0f} MB")


if __name__ == "__main__":
    main()
