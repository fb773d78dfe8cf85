"""Choose among candidates: which are problems, which are actions, and of what kind.

In: a `Description` of the candidates and their `Context`. Out: for each the log-odds of being an issue and of being a
measure, the best selection that does not overlap, and labels. A linear model over words by their role, fitted by
`scripts/train_work.py` and adapted to a library's corrections by `docintel.learning`, with what a network says that has
read them in their context: each counts half.
"""

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import repeat
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from docintel.config import models_dir
from docintel.errors import ModelError
from docintel.extract.work.answers import Ties
from docintel.extract.work.candidates import Candidate
from docintel.extract.work.context import Context
from docintel.extract.work.description import (
    CODES,
    MEANT,
    OPINIONS,
    POINTS,
    STRETCHES,
    Description,
    Grams,
    Ints,
    ranges,
)
from docintel.extract.work.meanings import shared_meanings

Floats = npt.NDArray[np.float32]
TABLES = ("words", "pairs", "characters", "tags")
#: What a candidate may be: the labels of the head `kind`.
KINDS = ("issues", "measures")
#: The file of the weights where the card names no other.
WEIGHTS = "weights.npz"


class Vocabulary:
    """Where the weights of each role begin, and which row of it an entry has; row 0 is that of unknown ones.

    Attributes:
        offsets: role, property or head with opinions → its first row.
        size: of all rows.
    """

    def __init__(self, entries: Mapping[str, Sequence[Any]]) -> None:
        """From the entries of each table."""
        self._rows = {table: {entry: n for n, entry in enumerate(entries[table], 1)} for table in TABLES}
        sizes = {role: len(entries[table]) + 1 for role, table in {**STRETCHES, **POINTS}.items()}
        sizes |= CODES | {head: len(labels) for head, labels in OPINIONS.items()}
        ends = np.cumsum([0, *sizes.values()]).tolist()
        self.offsets: dict[str, int] = dict(zip(sizes, ends[:-1], strict=True))
        self.size: int = ends[-1]

    def rows(self, grams: Grams) -> dict[str, Ints]:
        """For each table the row of every entry of a document, and at the end of what is no entry."""
        found = {}
        for table, rows in self._rows.items():
            entries = getattr(grams, table)
            found[table] = np.zeros(len(entries) + 1, dtype=np.intp)
            found[table][:-1] = np.fromiter(map(rows.get, entries, repeat(0)), np.intp, len(entries))
        return found

    def features(
        self, rows: Mapping[str, Ints], description: Description, which: Ints, opinions: Mapping[str, Ints]
    ) -> Iterator[tuple[Ints, Ints]]:
        """For each role the features of candidates, one candidate behind another, and how many each has.

        Args:
            which: the candidates.
            opinions: of heads, for each of these candidates.
        """
        for role, table in STRETCHES.items():
            low, high = description.stretches[role][:, which]
            yield self.offsets[role] + rows[table][ranges(low, high)], high - low
        said = [self.offsets[head] + numbers for head, numbers in opinions.items()]
        single = np.column_stack([self.single(rows, description, which), *said])
        yield single.ravel(), np.full(len(single), single.shape[1])

    def single(self, rows: Mapping[str, Ints], description: Description, which: Ints | slice) -> Ints:
        """The features that each candidate has one of: (candidates, features)."""
        points = [self.offsets[role] + rows[table][description.points[role][which]] for role, table in POINTS.items()]
        return np.stack(points + [self.offsets[name] + description.codes[name][which] for name in CODES], axis=1)


class Judge:
    """A model folder as `docintel.learning.heads` writes it.

    Attributes:
        folder: where it lies.
        card: what `model.json` says of it.
        vocabulary: of its features.
        heads: head → its labels.
        weights: head → (features, labels); of those of labels the last rows are those of the meanings of words.
        biases: head → (labels,).
        thresholds: record type → the log-odds from which a candidate may be one.
        ties: what ties a measure to an issue.
    """

    def __init__(self, folder: Path) -> None:
        """Load the model.

        Raises:
            ModelError: a file is missing or unreadable.
        """
        self.folder = folder
        try:
            self.card: dict[str, Any] = json.loads((folder / "model.json").read_text("utf-8"))
            entries = json.loads((folder / "vocabulary.json").read_text("utf-8"))
            with np.load(folder / self.card.get("weights", WEIGHTS)) as weights:
                self.weights = {head: weights[head].astype(np.float32) for head in weights}
            self.vocabulary = Vocabulary(entries | {"pairs": [tuple(pair) for pair in entries["pairs"]]})
            self.heads: dict[str, list[str]] = self.card["labels"]
            self.biases = {head: np.array(bias, dtype=np.float32) for head, bias in self.card["biases"].items()}
            self.thresholds: dict[str, float] = self.card["thresholds"]
            self.ties = Ties(self.weights["ties"][:, 0], self.card["biases"]["ties"][0], self.thresholds["ties"])
            self._check_shapes()
        except (OSError, ValueError, KeyError, BadZipFile) as exc:
            raise ModelError(
                f"问题和举措的模型无法读取。 The model of issues and measures in {folder} cannot be read: {exc}",
                hint="请重新安装 docintel。 Reinstall docintel, or make the model anew: python scripts/train_work.py",
            ) from exc

    def _check_shapes(self) -> None:
        """See that the weights are those of this vocabulary and these labels."""
        for head, labels in self.heads.items():
            size = self.vocabulary.size + (0 if head == "kind" else len(MEANT) * shared_meanings().dim)
            if self.weights[head].shape != (size, len(labels)) or len(self.biases[head]) != len(labels):
                raise ValueError(f"the weights of {head} are not those of its features and labels")

    def log_odds(self, rows: Mapping[str, Ints], description: Description, context: Context) -> dict[str, Floats]:
        """For each record type the (n,) log-odds that each candidate is one.

        Candidates overlap, so a stretch's sum is the difference of two running sums.
        """
        weights, offsets = self.weights["kind"], self.vocabulary.offsets
        found = self.biases["kind"].astype(np.float64)
        for role, table in STRETCHES.items():
            running = np.zeros((len(rows[table]) + 1, weights.shape[1]))
            np.cumsum(weights[offsets[role] + rows[table]], axis=0, out=running[1:])
            low, high = description.stretches[role]
            found = found + running[high] - running[low]
        single = self.vocabulary.single(rows, description, slice(None))
        found = found + weights[single].sum(axis=1) + context.kind
        return {label: found[:, n] for n, label in enumerate(self.heads["kind"])}

    def scores(
        self, head: str, rows: Mapping[str, Ints], description: Description, which: Ints, said: Ints, meant: Floats
    ) -> Floats:
        """What speaks for the labels of candidates, of a head (`issues.category`): (candidates, labels).

        Args:
            said: the rules' opinions.
            meant: what their words mean, as `Work.meant` has it.
        """
        opinions = {head: said} if head in OPINIONS else {}
        found = self._scores(head, self.vocabulary.features(rows, description, which, opinions))
        found += meant @ self.weights[head][self.vocabulary.size :]
        return found

    def _scores(self, head: str, features: Iterable[tuple[Ints, Ints]]) -> Floats:
        """(candidates, labels)."""
        columns, lengths = zip(*features, strict=True)
        sums = _sums(self.weights[head][np.concatenate(columns)], np.concatenate(lengths))
        found: Floats = self.biases[head] + sums.reshape(len(lengths), -1, sums.shape[1]).sum(axis=0)
        return found


def _sums(values: Floats, lengths: Ints) -> Floats:
    """Of rows that stand one group behind another, the sum of each group: (groups, labels)."""
    found = np.zeros((len(lengths), values.shape[1]), dtype=np.float32)
    some = lengths > 0
    if len(values):
        found[some] = np.add.reduceat(values, (np.cumsum(lengths) - lengths)[some])
    return found


def choose(spans: Sequence[Candidate], log_odds: npt.NDArray[np.floating[Any]], threshold: float) -> list[int]:
    """The candidates, none overlapping another, whose probabilities exceed the threshold's by most in sum."""
    surplus = (1 / (1 + np.exp(-log_odds)) - 1 / (1 + np.exp(-threshold))).tolist()
    by_sentence: defaultdict[int, list[int]] = defaultdict(list)
    for n, value in enumerate(surplus):
        if value > 0:
            by_sentence[spans[n].sentence].append(n)
    return sorted(n for some in by_sentence.values() for n in _best(spans, some, surplus))


def _best(spans: Sequence[Candidate], some: Iterable[int], surplus: Sequence[float]) -> list[int]:
    """Weighted interval scheduling: best sums by right ends, then the choices back."""
    ordered = sorted(some, key=lambda n: (spans[n].end, spans[n].start))
    ends = [spans[n].end for n in ordered]
    sums, before = [0.0], []
    for i, n in enumerate(ordered):
        j = bisect_right(ends, spans[n].start, 0, i)
        taken = sums[j] + surplus[n]
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
    return Judge(models_dir() / "judging")
