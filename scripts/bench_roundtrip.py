#!/usr/bin/env python
"""How much of a report survives every format: characters, tables, titles, headings, paragraphs, and seconds a page.

In: the reports of `corpora/`, each with an invented ledger, written to every format by `scripts/roundtrip`. Out: a
table, a line a format. Exit status 1 when a digital format loses or adds a character, or scans err in more than 0.5 %.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from docintel.parse.intake import read_documents
from docintel.parse.sandbox import Sandbox
from scripts.roundtrip.content import load_reports
from scripts.roundtrip.formats import FORMATS, Medium, Sample, Workshop
from scripts.roundtrip.scoring import Score, score
from scripts.roundtrip.word import has_office

_MOST_SCAN_ERRORS = 0.005
_err = Console(stderr=True, highlight=False)


def main() -> int:
    """Read the arguments, write, read back, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--formats", default=",".join(FORMATS), help=f"separated by commas, of: {', '.join(FORMATS)}")
    parser.add_argument("--documents", type=int, default=30, help="reports, at most")
    parser.add_argument("--keep", type=Path, help="folder for the files; a temporary one unless named")
    parser.add_argument("--jobs", type=int, default=1, help="files read at once")
    parser.add_argument("--show", type=int, default=0, help="faults printed a format")
    options = parser.parse_args()
    names = options.formats.split(",")
    if unknown := set(names) - FORMATS.keys():
        parser.error(f"no such format: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DOCINTEL_CACHE"] = str(Path(folder, "cache"))  # what was recognised before would take no time
        shop = Workshop(load_reports(options.documents), options.keep or Path(folder))
        scores = dict(measure(shop, names, options.jobs))
    print_table(scores)
    for name, total in scores.items():
        for _, note in sorted(total.notes)[: options.show]:
            print(f"{name}: {note}")
    return 0 if all(is_good(name, total) for name, total in scores.items()) else 1


def measure(shop: Workshop, names: Sequence[str], jobs: int) -> Iterator[tuple[str, Score]]:
    """The score of every format that can be written here."""
    with _Readers(jobs) as readers, Progress(console=_err) as progress:
        task = progress.add_task("", total=len(names) * len(shop.reports))
        for name in names:
            if FORMATS[name].needs_office and not has_office():
                _err.print(f"{name}: left out, LibreOffice (soffice) is not installed")
                progress.advance(task, len(shop.reports))
                continue
            progress.update(task, description=name)
            total = Score()
            for result in readers.map(shop.samples(name)):
                total += result
                progress.advance(task)
            yield name, total


class _Readers:
    """Threads that read samples, each with a sandbox of its own."""

    def __init__(self, jobs: int) -> None:
        self._pool = ThreadPoolExecutor(jobs)
        self._own = local()
        self._sandboxes: list[Sandbox] = []

    def __enter__(self) -> "_Readers":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()
        for sandbox in self._sandboxes:
            sandbox.close()

    def map(self, samples: Sequence[Sample]) -> Iterator[Score]:
        return self._pool.map(self._read, samples)

    def _read(self, sample: Sample) -> Score:
        if not hasattr(self._own, "sandbox"):
            self._own.sandbox = Sandbox()
            self._sandboxes.append(self._own.sandbox)
        begun = time.perf_counter()
        intakes = [intake for path in sample.paths for intake in read_documents(path, self._own.sandbox)]
        return score(sample, intakes, time.perf_counter() - begun)


def is_good(name: str, total: Score) -> bool:
    """Whether a format keeps the promise made for it."""
    if FORMATS[name].medium is Medium.SCAN:
        return total.folded_error_rate <= _MOST_SCAN_ERRORS
    return total.errors == 0


def print_table(scores: dict[str, Score]) -> None:
    """A line a format."""
    table = Table(
        title="Round trip: reports of corpora/ with invented ledgers, written and read back",
        caption="CER: edits to the text as one string, without white space: wrong order counts; folded:"
        " full-width and half-width marks alike. Tables, titles, headings and paragraphs are compared folded, without"
        " white space.",
    )
    columns = "format files pages characters CER folded spaces tables cells titles headings paragraphs s/page good"
    for column in columns.split():
        table.add_column(column, justify="left" if column == "format" else "right")
    for name, each in scores.items():
        table.add_row(
            name,
            str(each.files),
            str(each.pages),
            str(each.characters),
            f"{each.error_rate:.3%}",
            f"{each.folded_error_rate:.3%}",
            str(each.stray_spaces),
            f"{each.tables_right}/{each.tables}",
            f"{each.cells_right}/{each.cells}",
            f"{each.titles_right}/{each.titles}",
            f"{each.headings_right}/{each.headings} +{each.extra_headings}",
            f"{each.paragraphs_right}/{each.paragraphs}",
            f"{each.seconds / max(1, each.pages):.2f}",
            "yes" if is_good(name, each) else "NO",
        )
    Console(width=170).print(table)


if __name__ == "__main__":
    sys.exit(main())
