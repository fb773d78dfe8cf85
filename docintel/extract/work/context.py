"""Candidates read in their context: a convolutional network over the characters of a document.

In: a `Reading`, its candidates and the codes of their `Description`. Out: log-odds of each being an issue or a measure,
and of its labels, which `judging` adds to those of its linear model. That model weighs words it has met; this one has
learned what words mean in their places, and where a span begins and ends. Trained by `scripts/train_context.py`.

Six convolutions of three characters each, 1 to 16 apart (van den Oord et al. 2016, WaveNet, arXiv:1609.03499; Strubell
et al. 2017, arXiv:1702.02098), all in bytes, give each character a state of `WIDTH` bytes. A candidate is told by the
states at its ends and beside them, and by the means over it, its sentence, its heading, the first sentence of its
paragraph and its neighbours.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from docintel.config import models_dir
from docintel.errors import ModelError
from docintel.extract.language.characters import code_points
from docintel.extract.language.reading import Reading
from docintel.extract.language.tagger import shared_tagger
from docintel.extract.work.candidates import Candidate, as_array
from docintel.extract.work.description import CODES, heading_of
from docintel.extract.work.groups import Floats, Ints
from docintel.graphs import session

WIDTH, PAIRS = 192, 65_536
#: How far apart the characters stand that each convolution reads.
DILATIONS = (1, 2, 4, 8, 16, 1)
#: The row of a line's end, behind those of the tagger's characters.
LINE_END = 8224
#: A byte of a state tells `(byte - ZERO) * STEP`.
STEP, ZERO = 1 / 16, 128
#: How much each of the two that judge a candidate counts, this network and the linear model.
SHARE = 0.5
#: Where the codes of each property begin.
CODE_OFFSETS = np.cumsum([0, *CODES.values()])
#: So many characters of the first sentence of a paragraph and of the next sentence bear on a candidate.
_NEAR = 60
#: Characters that are read at a time: some KB each.
_AT_ONCE = 4096
#: How far a state sees to either side.
_REACH = sum(DILATIONS)
_BLOCK = 32


def pair(row: Any, behind: Any) -> Any:
    """The hash of rows of characters with those behind them: arrays or tensors of 64-bit integers."""
    return (row * 7919 + behind * 104729) % PAIRS


class Characters(NamedTuple):
    """A text as the network reads it: the row of each character, and of each with the next (PAIRS hashes)."""

    characters: npt.NDArray[np.int32]
    pairs: npt.NDArray[np.int32]

    @classmethod
    def of(cls, text: str) -> "Characters":
        """The rows of a folded text, those of the tagger."""
        rows = shared_tagger().rows(text)
        rows[code_points(text) == ord("\n")] = LINE_END
        wide = rows.astype(np.int64)
        return cls(rows, pair(wide, np.append(wide[1:], LINE_END)).astype(np.int32))

    def part(self, low: int, high: int) -> "Characters":
        """A stretch of it."""
        return Characters(self.characters[low:high], self.pairs[low:high])


@dataclass(frozen=True, slots=True)
class Context:
    """What the network says of the candidates of a document.

    Attributes:
        kind: (candidates, 2), what is added to the log-odds of being an issue and a measure.
        told: (candidates, units), what enters the units that labels are told by.
    """

    network: "Network"
    kind: Floats
    told: Floats

    def labels(self, head: str, which: Ints, said: Ints) -> Floats | float:
        """What is added to the scores of the labels of candidates: (candidates, labels); 0 where it has no say.

        Args:
            said: the rules' opinions of them.
        """
        weights = self.network.head
        if head not in weights:
            return 0.0
        found: Floats = _gelu(self.told[which]) @ weights[head] + weights[f"{head}.bias"]
        return found + weights[f"{head}.said"][said] if f"{head}.said" in weights else found


class Network:
    """A model folder as `scripts/build_context.py` writes it.

    Attributes:
        head: the weights behind the states; labels are in the order of the linear model's.
    """

    def __init__(self, folder: Path) -> None:
        """Load the model.

        Raises:
            ModelError: a file is missing or unreadable.
        """
        try:
            with np.load(folder / "head.npz") as stored:
                self.head: dict[str, Floats] = {name: stored[name].astype(np.float32) for name in stored}
            if len(self.head["codes"]) != CODE_OFFSETS[-1]:
                raise ValueError("it knows other properties of candidates")  # noqa: TRY301
            self._session = session((folder / "model.onnx").read_bytes(), threads=1)
        except Exception as exc:  # zipfile, zlib and onnxruntime raise errors of many kinds
            raise ModelError(
                f"问题和举措的上下文模型无法读取。 The model of context in {folder} cannot be read: {exc}",
                hint="请重新安装 docintel。 Reinstall docintel, or make it anew: python scripts/build_context.py",
            ) from exc

    def read(self, reading: Reading, spans: Sequence[Candidate], codes: Mapping[str, Ints]) -> Context:
        """Read a document with its candidates."""
        start, end, sentence = as_array(spans)[:3]
        ends = np.stack([start, end - 1, np.maximum(start - 1, 0), np.minimum(end, len(reading.folded) - 1)])
        around = surroundings(reading)
        at_ends, inside, of_sentence = np.split(self.head["roles"], [len(ends), len(ends) + 1])
        known = np.zeros((len(spans), self.head["codes"].shape[1]), dtype=np.float32)
        for offset, name in zip(CODE_OFFSETS, CODES, strict=False):
            known += self.head["codes"].take(offset + codes[name], axis=0)
        told = self.head["bias"] + known @ self.head["known"]
        told_of_sentence = np.zeros((len(around), told.shape[1]), dtype=np.float32)
        for low, states in self._states(reading) if spans else ():
            sums = _running_sums(states)
            for role, points in zip(at_ends, ends - low, strict=True):
                here = np.flatnonzero((points >= 0) & (points < len(states)))
                distinct, of = np.unique(points[here], return_inverse=True)
                told[here] += (states[distinct] @ role).take(of, axis=0)
            _add_means(told, sums, start - low, end - low, inside[0])
            for role, (since, till) in zip(of_sentence, (around - low).transpose(1, 2, 0), strict=True):
                _add_means(told_of_sentence, sums, since, till, role)
        told += told_of_sentence[sentence]
        units = told.shape[1] // 2
        return Context(self, _gelu(told[:, :units]) @ self.head["kind"] + self.head["kind.bias"], told[:, units:])

    def _states(self, reading: Reading) -> Iterator[tuple[int, Floats]]:
        """The states of the characters in steps, a part at a time, from which one on; no parts without a sentence."""
        text = Characters.of(reading.folded)
        starts, ends = np.array([(one.start, one.end) for one in reading.sentences]).reshape(-1, 2).T
        for low in range(0, len(reading.folded), _AT_ONCE):
            high, first = min(low + _AT_ONCE, len(reading.folded)), max(0, low - _REACH)
            if ((starts < high) & (ends > low)).any():
                states = self._session.run(None, text.part(first, high + _REACH)._asdict())[0]
                yield low, np.subtract(states[low - first : high - first], ZERO, dtype=np.float32)


def surroundings(reading: Reading) -> Ints:
    """For each sentence where it stands itself, its heading, the first sentence of its block, the ones beside it there.

    Returns:
        (sentences, 5, 2), starts and ends; an end at the start where there is none.
    """
    sentences = reading.sentences
    spans = np.array([(one.start, one.end) for one in sentences], dtype=np.intp).reshape(-1, 2)
    blocks = np.array([one.block for one in sentences], dtype=np.intp)
    near = np.stack([spans[:, 0], np.minimum(spans[:, 1], spans[:, 0] + _NEAR)], axis=1)
    first = np.searchsorted(blocks, blocks)
    same = blocks[1:] == blocks[:-1]
    found = np.zeros((len(spans), 5, 2), dtype=np.intp)
    found[:, 0] = spans
    found[:, 1] = heading_of(reading).T
    found[:, 2] = np.where((first == np.arange(len(first)))[:, None], 0, near[first])
    found[1:, 3] = np.where(same[:, None], spans[:-1], 0)
    found[:-1, 4] = np.where(same[:, None], near[1:], 0)
    return found


def _running_sums(states: Floats) -> Floats:
    """The sum of the rows before each, and of all: (rows + 1, WIDTH).

    In blocks: numpy adds whole rows five times as fast as it runs down columns.
    """
    blocks = -(-len(states) // _BLOCK)
    rows = np.zeros((blocks * _BLOCK + 1, WIDTH), dtype=np.float32)
    rows[1 : len(states) + 1] = states
    by_block = rows[1:].reshape(blocks, _BLOCK, WIDTH)
    for n in range(1, _BLOCK):
        by_block[:, n] += by_block[:, n - 1]
    by_block[1:] += by_block[:-1, -1].cumsum(axis=0)[:, None]
    return rows[: len(states) + 1]


def _add_means(told: Floats, sums: Floats, since: Ints, till: Ints, role: Floats) -> None:
    """Add to each row what the mean of the states from `since` to `till` says, as far as it lies in these sums."""
    low, high = (np.clip(each, 0, len(sums) - 1) for each in (since, till))
    here = np.flatnonzero(high > low)
    means = sums.take(high[here], axis=0) - sums.take(low[here], axis=0)
    means /= (till - since)[here, None].astype(np.float32)
    told[here] += means @ role


def _gelu(values: Floats) -> Floats:
    """Gaussian error linear units, by tanh (Hendrycks & Gimpel 2016, arXiv:1606.08415)."""
    found: Floats = np.tanh(np.float32(0.7978845608) * values * (1 + np.float32(0.044715) * np.square(values)))
    found += 1
    found *= values / 2
    return found


@cache
def shared_network() -> Network:
    """The process's model, loaded at the first call."""
    return Network(models_dir() / "context")
