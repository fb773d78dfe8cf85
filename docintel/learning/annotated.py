"""Documents with what people found in them, candidate by candidate.

In: the candidates of a document (`Work`) and its gold records. Out: for each candidate how well it agrees with one, and
what that says to a learner. `of_file` and `of_corrected` make them of gold files and of corrected documents.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from docintel.evaluation.extraction import SAME_QUOTE, Score, matched, quote_likeness
from docintel.extract.pipeline import read
from docintel.extract.steps import work_of
from docintel.extract.work.description import overlaps
from docintel.extract.work.judging import KINDS, choose
from docintel.extract.work.work import Work
from docintel.learning.gold import is_corrected, load, rejections
from docintel.parse.sandbox import parse
from docintel.schema import CorrectedDocument
from docintel.schema.serial import record_to_dict
from docintel.text.normalize import fold
from docintel.text.script import TRADITIONAL, to_simplified

#: A candidate that agrees with an annotated span this well is right, one below the other wrong, between them half so.
RIGHT, WRONG = 0.85, 0.5
Bools = npt.NDArray[np.bool_]
Doubles = npt.NDArray[np.float64]
Dict = dict[str, Any]


class Agreement(NamedTuple):
    """How the candidates of a document agree with gold records of one type.

    Attributes:
        agrees: (candidates,), from 0 to 1, with the record each agrees with best.
        is_best: (candidates,), whether no other agrees better with some record.
        whose: of candidates that are best, the record.
    """

    agrees: Doubles
    is_best: Bools
    whose: dict[int, Dict]


class Teaching(NamedTuple):
    """What people said of candidates, of one record type.

    Attributes:
        right: (candidates,), whether each is one.
        weight: (candidates,), how much that counts; 0 where nobody said anything.
    """

    right: Bools
    weight: Doubles


@dataclass
class Annotated:
    """A document with its candidates and what people found.

    Attributes:
        name: tells it from others.
        gold: record type → records in their JSON form.
        rejected: record type → quotes that people say are none.
        complete: `gold` is all there is; else people looked at what stands in it and in `rejected` only.
    """

    name: str
    work: Work
    gold: Mapping[str, Sequence[Dict]]
    rejected: Mapping[str, Sequence[str]] = field(default_factory=lambda: dict.fromkeys(KINDS, ()))
    complete: bool = True

    @cached_property
    def agreement(self) -> dict[str, Agreement]:
        """By record type."""
        return {kind: self._agreement(self.gold[kind]) for kind in KINDS}

    def _agreement(self, records: Iterable[Dict]) -> Agreement:
        spans, folded = self.work.spans, self.work.reading.folded
        agrees, is_best, whose = np.zeros(len(spans)), np.zeros(len(spans), dtype=bool), {}
        starts, ends = np.array([(one.start, one.end) for one in spans]).reshape(-1, 2).T
        for record in records:
            found: list[tuple[float, int, int]] = []
            for start, end in places(folded, fold(record["quote"])):
                meets = np.flatnonzero((starts < end) & (ends > start))
                values = overlaps(starts[meets], ends[meets], np.full(len(meets), start), np.full(len(meets), end))
                np.maximum.at(agrees, meets, values)
                away = np.abs(starts[meets] - start) + np.abs(ends[meets] - end)
                found += zip(values.tolist(), (-away).tolist(), meets.tolist(), strict=True)
            if found and max(found)[0] >= WRONG:
                n = max(found)[2]
                is_best[n], whose[n] = True, record
        return Agreement(agrees, is_best, whose)

    def teaching(self, kind: str) -> Teaching:
        """What is said of each candidate: of all in a complete document, else of those that meet what was looked at."""
        agrees, is_best, _ = self.agreement[kind]
        right = is_best | (agrees >= RIGHT)
        weight = np.where(right | (agrees < WRONG), 1.0, 0.5)
        if not self.complete:
            denied = self._agreement({"quote": quote} for quote in self.rejected[kind]).agrees
            weight[(agrees == 0) & (denied < WRONG)] = 0.0
        return Teaching(right, weight)

    def judged(self, kind: str, found: Sequence[Dict]) -> Sequence[Dict]:
        """Of records that were found those that people looked at: all in a complete document."""
        if self.complete:
            return found
        seen = [record["quote"] for record in self.gold[kind]] + [*self.rejected[kind]]
        return [one for one in found if any(quote_likeness(one["quote"], quote) >= SAME_QUOTE for quote in seen)]


def places(text: str, quote: str) -> Iterator[tuple[int, int]]:
    """Where a text says these words."""
    start = text.find(quote)
    while start >= 0:
        yield start, start + len(quote)
        start = text.find(quote, start + 1)


def of_file(source: Path, gold: Path) -> Annotated:
    """Read a document with a gold file up to the step of the issues."""
    return Annotated(source.name, work_of(read(parse(source), until="issues")), load(gold))


def of_corrected(corrected: CorrectedDocument) -> Annotated:
    """Read a corrected document up to the step of the issues; its ledgers, which nothing judges, are left out."""
    document = corrected.current.document
    work = work_of(read(document, until="issues"))
    simple = to_simplified if document.language == TRADITIONAL else str
    gold = {
        kind: [
            record_to_dict(record) | {"quote": simple(record.evidence.quote)}
            for record in corrected.current.records(kind)
            if work.reading.sentence_at(record.evidence.start) and (corrected.reviewed or is_corrected(record))
        ]
        for kind in KINDS
    }
    rejected = {kind: [simple(quote) for quote in rejections(corrected, kind)] for kind in KINDS}
    return Annotated(document.id, work, gold, rejected, corrected.reviewed)


def folds(documents: Sequence[Annotated], n: int) -> list[list[Annotated]]:
    """Documents dealt out by the digest of their names, the same at every run."""
    ordered = sorted(documents, key=lambda document: sha256(document.name.encode()).hexdigest())
    return [ordered[i::n] for i in range(n)]


def quotes(document: Annotated, log_odds: Doubles, threshold: float) -> list[Dict]:
    """What is chosen by the log-odds of the candidates, as records with nothing but their quote."""
    text = document.work.reading.text
    chosen = (document.work.spans[n] for n in choose(document.work.spans, log_odds, threshold))
    return [{"quote": quote} for quote in dict.fromkeys(text[one.start : one.end] for one in chosen)]


def score(document: Annotated, kind: str, found: Sequence[Dict]) -> Score:
    """Count what was found of a record type against gold, as far as people looked."""
    found, gold = document.judged(kind, found), document.gold[kind]
    return Score(len(matched(kind, found, gold)), len(found), len(gold))
