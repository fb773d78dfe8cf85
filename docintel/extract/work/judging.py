"""Choose among candidates: which are problems, which are actions, and of what kind.

In: a `Description` of the candidates and their `Context`. Out: for each the log-odds of being an issue and of being a
measure, the best selection that does not overlap, and labels. A linear model over words by their role, fitted by
`scripts/train_work.py` and adapted to a library's corrections by `docintel.learning`, with what a network says that has
read them in their context: each counts half.
"""

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
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
from docintel.extract.work.description import MEANT, OPINIONS, Description
from docintel.extract.work.groups import Floats, Ints
from docintel.extract.work.meanings import Remembered, TextMeanings, shared_meanings
from docintel.extract.work.vocabulary import Vocabulary
from docintel.extract.work.weights import WeightsByEntry, sums_of

#: What a candidate may be: the labels of the head `kind`.
KINDS = ("issues", "measures")
#: The file of the weights where the card names no other.
WEIGHTS = "weights.npz"


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
        said: what the meanings of words say of labels.
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
            self.vocabulary = Vocabulary(entries)
            self.heads: dict[str, list[str]] = self.card["labels"]
            self.biases = {head: np.array(bias, dtype=np.float32) for head, bias in self.card["biases"].items()}
            self.thresholds: dict[str, float] = self.card["thresholds"]
            self.ties = Ties(self.weights["ties"][:, 0], self.card["biases"]["ties"][0], self.thresholds["ties"])
            self._check_shapes()
            self._kind = WeightsByEntry(self.weights["kind"], self.vocabulary)
            self._together = {kind: self._side_by_side(_heads_of(kind, self.heads)) for kind in KINDS}
            self.said = self._of_meanings()
        except (OSError, ValueError, KeyError, BadZipFile) as exc:
            raise ModelError(
                f"问题和举措的模型无法读取。 The model of issues and measures in {folder} cannot be read: {exc}",
                hint="请重新安装 docintel。 Reinstall docintel, or make the model anew: python scripts/train_work.py",
            ) from exc

    def __reduce__(self) -> tuple[type["Judge"], tuple[Path]]:
        """Another process loads it from its folder."""
        return Judge, (self.folder,)

    def _check_shapes(self) -> None:
        """See that the weights are those of this vocabulary and these labels."""
        for head, labels in self.heads.items():
            size = self.vocabulary.size + (0 if head == "kind" else len(MEANT) * shared_meanings().dim)
            if self.weights[head].shape != (size, len(labels)) or len(self.biases[head]) != len(labels):
                raise ValueError(f"the weights of {head} are not those of its features and labels")

    def _side_by_side(self, heads: Sequence[str]) -> Floats:
        """The weights of heads as one array, of which theirs become parts."""
        together: Floats = np.concatenate([self.weights[head] for head in heads], axis=1)
        ends = np.cumsum([len(self.heads[head]) for head in heads])
        self.weights |= dict(zip(heads, np.split(together, ends[:-1], axis=1), strict=True))
        return together

    def _of_meanings(self) -> Remembered:
        """What the meaning of a word says of all labels: the mean of that is what a mean of meanings says."""
        meanings, start = shared_meanings(), self.vocabulary.size
        parts = {
            (kind, role): together[start + n * meanings.dim :][: meanings.dim]
            for kind, together in self._together.items()
            for n, role in enumerate(MEANT)
        }
        ends = np.cumsum([0, *(part.shape[1] for part in parts.values())]).tolist()
        self._columns = dict(zip(parts, map(slice, ends, ends[1:]), strict=False))
        weights = np.concatenate([*parts.values()], axis=1)
        return Remembered(lambda words: meanings.of(words) @ weights, ends[-1])

    def log_odds(
        self, rows: Mapping[str, Ints], description: Description, context: Context
    ) -> dict[str, npt.NDArray[np.float64]]:
        """For each record type the (n,) log-odds that each candidate is one."""
        found = self.biases["kind"] + self._kind.scores(rows, description) + context.kind
        return {label: found[:, n] for n, label in enumerate(self.heads["kind"])}

    def scores(
        self,
        kind: str,
        rows: Mapping[str, Ints],
        description: Description,
        which: Ints,
        opinions: Mapping[str, Ints],
        words: TextMeanings,
    ) -> dict[str, Floats]:
        """For each head of a record type (`issues.category`) what speaks for its labels: (candidates, labels).

        Args:
            which: the candidates.
            opinions: the rules' of them, by head.
            words: what `said` tells of the document's.
        """
        sums = sums_of(self._together[kind], self.vocabulary, rows, description, which)
        for role in MEANT:
            sums += words.part(self._columns[kind, role]).means(*description.stretches[role][:, which])
        found: dict[str, Floats] = {}
        end = 0
        for head in _heads_of(kind, self.heads):
            start, end = end, end + len(self.heads[head])
            found[head] = sums[:, start:end] + self.biases[head]
            if head in OPINIONS:
                found[head] += self.weights[head][self.vocabulary.offsets[head] + opinions[head]]
        return found


def _heads_of(kind: str, heads: Iterable[str]) -> list[str]:
    """The heads that label candidates of a record type."""
    return [head for head in heads if head.startswith(f"{kind}.")]


def choose(spans: Sequence[Candidate], log_odds: npt.NDArray[np.floating[Any]], threshold: float) -> list[int]:
    """The candidates, none overlapping another, whose probabilities exceed the threshold's by most in sum."""
    surplus = 1 / (1 + np.exp(-log_odds)) - 1 / (1 + np.exp(-threshold))
    by_sentence: defaultdict[int, list[int]] = defaultdict(list)
    for n in np.flatnonzero(surplus > 0).tolist():
        by_sentence[spans[n].sentence].append(n)
    return sorted(n for some in by_sentence.values() for n in _best(spans, some, surplus))


def _best(spans: Sequence[Candidate], some: Iterable[int], surplus: npt.NDArray[np.floating[Any]]) -> list[int]:
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
    return Judge(models_dir() / "judging")
