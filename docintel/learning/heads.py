"""The linear models that judge candidates: their features as matrices, their scores, and how they are stored.

In: annotated documents and a vocabulary; weights. Out: sparse rows of features, scores, and the model folder that
`docintel.extract.work.judging` loads.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from docintel.extract.work.description import MEANT, OPINIONS
from docintel.extract.work.judging import WEIGHTS, Judge
from docintel.extract.work.meanings import shared_meanings
from docintel.extract.work.vocabulary import Vocabulary
from docintel.files import write_whole
from docintel.learning.annotated import Annotated

#: The questions asked of candidates that were chosen.
LABELS = ("issues.category", "issues.modality", "measures.category", "measures.status")
#: Words around a candidate count half as much as those in it, and what the rules say of its label more.
SCALES = dict.fromkeys(
    ("sentence", "sentence_before", "sentence_behind", "topic", "heading", "clause_before", "clause_behind"), 0.5
)
OPINION = 4.0
Floats = npt.NDArray[np.floating[Any]]


@dataclass
class Heads:
    """Linear models: of each question its labels, weights (features, labels) and biases (labels,)."""

    labels: dict[str, list[str]] = field(default_factory=dict)
    weights: dict[str, Floats] = field(default_factory=dict)
    biases: dict[str, Floats] = field(default_factory=dict)

    @classmethod
    def of(cls, judge: Judge) -> "Heads":
        """Those of a judge."""
        return cls(dict(judge.heads), dict(judge.weights), dict(judge.biases))

    def scores(self, head: str, rows: Any) -> Floats:
        """The log-odds of the labels for rows of features: (rows, labels)."""
        found: Floats = rows @ self.weights[head].astype(np.float32) + self.biases[head]
        return found

    def right(self, head: str, scores: Floats, truths: Iterable[str]) -> int:
        """For how many rows of scores the most likely label is the true one."""
        best = scores.argmax(axis=1).tolist()
        return sum(self.labels[head][n] == truth for n, truth in zip(best, truths, strict=True))


def scales(vocabulary: Vocabulary, head: str = "kind") -> Floats:
    """For each feature of a question how much it counts when weights are penalised."""
    names, starts = zip(*vocabulary.offsets.items(), strict=True)
    found = [OPINION if name in OPINIONS else SCALES.get(name, 1.0) for name in names]
    each = np.repeat(found, np.diff([*starts, vocabulary.size]))
    meant = np.repeat([*MEANT.values()], shared_meanings().dim if head in LABELS else 0)
    return np.concatenate([each, meant]).astype(np.float32)


def matrix(vocabulary: Vocabulary, document: Annotated, which: Iterable[int], head: str | None = None) -> Any:
    """A row of features for each of these candidates: sparse, (candidates, features)."""
    numbers = np.array([*which], dtype=np.intp)
    opinions = {head: document.work.opinions(head, numbers.tolist())} if head in OPINIONS else {}
    rows = vocabulary.rows(document.work.grams)
    parts = [*vocabulary.features(rows, document.work.description, numbers, opinions)]
    columns = np.concatenate([part[0] for part in parts])
    lines = np.concatenate([np.repeat(np.arange(len(numbers)), lengths) for _, lengths in parts])
    ones = np.ones(len(columns), dtype=np.float32)
    found = sparse.csr_matrix((ones, (lines, columns)), shape=(len(numbers), vocabulary.size))
    return sparse.hstack([found, document.work.meant(numbers)], format="csr") if head in LABELS else found


def write(
    folder: Path, heads: Heads, vocabulary: bytes, card: Mapping[str, Any], *, is_versioned: bool = False
) -> Path:
    """Write a model folder; the card last, so that a folder with a card is whole.

    Args:
        vocabulary: the entries of its tables, as JSON.
        card: what else it says: `title`, `version`, `thresholds`, …
        is_versioned: name the file of the weights by its digest, so that a model that is there stays whole until the
            new card takes its place.

    Returns:
        The file of the weights.
    """
    stored = BytesIO()
    np.savez_compressed(stored, **{head: values.astype(np.float16) for head, values in heads.weights.items()})  # type: ignore[arg-type]
    path = folder / (f"weights-{sha256(stored.getvalue()).hexdigest()[:12]}.npz" if is_versioned else WEIGHTS)
    write_whole(folder / "vocabulary.json", vocabulary)
    write_whole(path, stored.getvalue())
    first = {name: card[name] for name in ("title", "version")} | ({"weights": path.name} if is_versioned else {})
    biases = {head: [round(float(value), 4) for value in values] for head, values in heads.biases.items()}
    whole = {**first, "labels": heads.labels, "biases": biases, **card}
    write_whole(folder / "model.json", (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode())
    return path


def digest(folder: Path) -> str:
    """A digest of a model folder, and of the network beside it: the same for the same model."""
    found = sha256((folder.parent / "reader" / "model.json").read_bytes())
    for name in ("model.json", "vocabulary.json", WEIGHTS):
        found.update((folder / name).read_bytes())
    return found.hexdigest()[:16]
