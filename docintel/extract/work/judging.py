"""Choose among candidates: which are problems, which are actions, and of what kind.

In: a `Description` of the candidates. Out: for each the log-odds of being an issue and of being a measure, the best
selection that does not overlap, and labels. A linear model over words by their role, fitted by `scripts/train_work.py`;
its weights are rows of tables, so a stretch's sum is the difference of two running sums.
"""

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from docintel.config import models_dir
from docintel.errors import ModelError
from docintel.extract.work.candidates import Candidate
from docintel.extract.work.description import POINTS, STRETCHES, Description, Grams, Ints

Floats = npt.NDArray[np.float32]
TABLES = ("words", "pairs", "characters", "tags")


class Vocabulary:
    """Where the weights of each role begin, and which row of it an entry has; row 0 is that of unknown ones."""

    def __init__(self, entries: Mapping[str, Sequence[Any]], flags: Sequence[str]) -> None:
        """From the entries of each table, and the names of the flags."""
        self._rows = {table: {entry: n for n, entry in enumerate(entries[table], 1)} for table in TABLES}
        self.offsets: dict[str, int] = {}
        self.size = 0
        for role, table in {**STRETCHES, **POINTS}.items():
            self.offsets[role] = self.size
            self.size += len(entries[table]) + 1
        self.flags = {flag: self.size + n for n, flag in enumerate(flags)}
        self.size += len(flags)

    def rows(self, grams: Grams) -> dict[str, Ints]:
        """For each table the row of every entry of a document, and of what is no entry at the end."""
        return {
            table: np.fromiter((*(rows.get(entry, 0) for entry in getattr(grams, table)), 0), dtype=np.intp)
            for table, rows in self._rows.items()
        }

    def features(self, rows: Mapping[str, Ints], description: Description, n: int, more: Sequence[str] = ()) -> Ints:
        """The numbers of the features of the candidate `n`, flags that come in addition among them.

        A word that stands there twice is there twice.
        """
        found = [
            self.offsets[role] + rows[table][slice(*description.stretches[role][n])]
            for role, table in STRETCHES.items()
        ]
        points = [self.offsets[role] + rows[table][description.points[role][n]] for role, table in POINTS.items()]
        flags = [self.flags[flag] for flag in (*description.flags[n], *more) if flag in self.flags]
        return np.concatenate([*found, np.array(points + flags, dtype=np.intp)])


class Judge:
    """A model folder as `scripts/train_work.py` writes it.

    Attributes:
        thresholds: record type → the log-odds from which a candidate may be one.
    """

    def __init__(self, folder: Path) -> None:
        """Load the model.

        Raises:
            ModelError: a file is missing or unreadable.
        """
        try:
            card = json.loads((folder / "model.json").read_text("utf-8"))
            words = json.loads((folder / "vocabulary.json").read_text("utf-8"))
            with np.load(folder / "weights.npz") as weights:
                self._weights = {head: weights[head].astype(np.float32) for head in weights}
            entries = {table: words[table] for table in TABLES} | {"pairs": [tuple(pair) for pair in words["pairs"]]}
            self.vocabulary = Vocabulary(entries, words["flags"])
            self._labels: dict[str, list[str]] = card["labels"]
            self._biases = {head: np.array(bias, dtype=np.float32) for head, bias in card["biases"].items()}
            self.thresholds: dict[str, float] = card["thresholds"]
        except (OSError, ValueError, KeyError) as exc:
            raise ModelError(
                f"问题和举措的模型无法读取。 The model of issues and measures in {folder} cannot be read: {exc}",
                hint="请重新安装 docintel。 Reinstall docintel, or make the model anew: python scripts/train_work.py",
            ) from exc

    def log_odds(self, rows: Mapping[str, Ints], description: Description) -> dict[str, Floats]:
        """For each record type the (n,) log-odds that each candidate is one."""
        weights = self._weights["kind"]
        found = np.tile(self._biases["kind"], (len(description.flags), 1))
        for role, table in STRETCHES.items():
            sums = np.cumsum(weights[self.vocabulary.offsets[role] + rows[table]], axis=0)
            low, high = description.stretches[role].T
            found += np.where((high > low)[:, None], sums[high - 1] - np.where((low > 0)[:, None], sums[low - 1], 0), 0)
        for role, table in POINTS.items():
            found += weights[self.vocabulary.offsets[role] + rows[table][description.points[role]]]
        for n, flags in enumerate(description.flags):
            found[n] += weights[[self.vocabulary.flags[flag] for flag in flags if flag in self.vocabulary.flags]].sum(0)
        return {label: found[:, n] for n, label in enumerate(self._labels["kind"])}

    def label(
        self, head: str, rows: Mapping[str, Ints], description: Description, n: int, more: Sequence[str] = ()
    ) -> str:
        """The most likely label of the candidate `n`: of a head (`issues.category`)."""
        features = self.vocabulary.features(rows, description, n, more)
        scores = self._weights[head][features].sum(axis=0) + self._biases[head]
        return self._labels[head][int(scores.argmax())]


def choose(spans: Sequence[Candidate], log_odds: Floats, threshold: float) -> list[int]:
    """The candidates, none overlapping another, whose probabilities exceed the threshold's by most in sum."""
    surplus = 1 / (1 + np.exp(-log_odds)) - 1 / (1 + np.exp(-threshold))
    by_sentence: defaultdict[int, list[int]] = defaultdict(list)
    for n in np.flatnonzero(surplus > 0).tolist():
        by_sentence[spans[n].sentence].append(n)
    return sorted(n for some in by_sentence.values() for n in _best(spans, some, surplus))


def _best(spans: Sequence[Candidate], some: Iterable[int], surplus: Floats) -> list[int]:
    """Weighted interval scheduling: best sums by right ends, then the choices back."""
    ordered = sorted(some, key=lambda n: (spans[n].end, spans[n].start))
    ends = [spans[n].end for n in ordered]
    sums, before = [0.0], []
    for i, n in enumerate(ordered):
        j = bisect_right(ends, spans[n].start, 0, i)
        taken = sums[j] + float(surplus[n])
        before.append(j if taken > sums[-1] else -1)
        sums.append(max(taken, sums[-1]))
    chosen, i = [], len(ordered)
    while i:
        i -= 1
        if before[i] >= 0:
            chosen.append(ordered[i])
            i = before[i]
    return chosen


@cache
def shared_judge() -> Judge:
    """The process's model, loaded at the first call."""
    return Judge(models_dir() / "work")
