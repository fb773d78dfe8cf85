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

Bytes = npt.NDArray[np.uint8]
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
class Seen:
    """Candidates as they stand among the states.

    Attributes:
        states: of the characters, (characters, WIDTH).
        first: (candidates,), the character that each begins with.
        last: the one that it ends with.
        sentence: (candidates,), the number of its sentence.
        codes: (properties, candidates), rows of what is known of them.
    """

    states: Bytes
    first: Ints
    last: Ints
    sentence: Ints
    codes: Ints

    def of(self, which: Ints) -> "Seen":
        """Some of them."""
        return Seen(self.states, self.first[which], self.last[which], self.sentence[which], self.codes[:, which])

    def inside(self) -> Floats:
        """The mean state of each, (candidates, WIDTH); of many, running sums tell it faster."""
        found = np.zeros((len(self.first), WIDTH), dtype=np.float32)
        for n, (first, last) in enumerate(zip(self.first.tolist(), self.last.tolist(), strict=True)):
            size = last + 1 - first
            found[n] = (self.states[first : last + 1].sum(axis=0, dtype=np.int32) - ZERO * size) / np.float32(size)
        return found


@dataclass(frozen=True, slots=True)
class Tower:
    """The weights from what candidates are told by to hidden units.

    Attributes:
        roles: (10, WIDTH, units): of the states of the first and last character, of those before and behind, and of
            means over the candidate and around it.
        codes: (rows, units).
        bias: (units,).
    """

    roles: Floats
    codes: Floats
    bias: Floats

    def told_around(self, around: Floats) -> Floats:
        """What the means around sentences say, (sentences, units), from (sentences, 5, WIDTH)."""
        found: Floats = around.reshape(len(around), 5 * WIDTH) @ np.concatenate(self.roles[5:])
        return found

    def units(self, seen: Seen, inside: Floats, told_around: Floats) -> Floats:
        """The hidden units of candidates, (candidates, units).

        Args:
            inside: the mean state of each.
            told_around: as above, of all sentences.
        """
        first, last, before, behind, within = self.roles[:5]
        told = inside @ within
        told += self.bias
        told += told_around.take(seen.sentence, axis=0)
        for points, step, here, beside in ((seen.first, -1, first, before), (seen.last, 1, last, behind)):
            distinct, of = _distinct(points, len(seen.states))
            neighbours = np.clip(distinct + step, 0, len(seen.states) - 1)
            told += (_numbers(seen.states[distinct]) @ here + _numbers(seen.states[neighbours]) @ beside).take(
                of, axis=0
            )
        for rows in seen.codes:
            told += self.codes.take(rows, axis=0)
        return _gelu(told)


@dataclass(frozen=True, slots=True)
class Context:
    """What the network says of the candidates of a document.

    Attributes:
        network: that says it.
        kind: (candidates, 2), what is added to the log-odds of being an issue and a measure.
        seen: the candidates.
        told_around: what is around sentences says of labels, (sentences, units).
    """

    network: "Network"
    kind: Floats
    seen: Seen
    told_around: Floats

    def told(self, which: Ints) -> Floats:
        """The units that the labels of candidates are told by, (candidates, units)."""
        some = self.seen.of(which)
        return self.network.labels.units(some, some.inside(), self.told_around)

    def labels(self, head: str, told: Floats, said: Ints) -> Floats | float:
        """What is added to the scores of the labels of candidates: (candidates, labels); 0 where it has no say.

        Args:
            told: what `told` gives for them.
            said: the rules' opinions of them.
        """
        weights = self.network.weights
        if head not in weights:
            return 0.0
        found: Floats = told @ weights[head] + weights[f"{head}.bias"]
        return found + weights[f"{head}.said"][said] if f"{head}.said" in weights else found


class Network:
    """A model folder as `scripts/build_context.py` writes it.

    Attributes:
        weights: those behind the states, by name; labels are in the order of the linear model's.
        kind: the tower that tells what candidates are.
        labels: the one that tells the labels of those that are chosen.
    """

    def __init__(self, folder: Path) -> None:
        """Load the model.

        Raises:
            ModelError: a file is missing or unreadable.
        """
        try:
            with np.load(folder / "head.npz") as stored:
                self.weights: dict[str, Floats] = {name: stored[name].astype(np.float32) for name in stored}
            if len(self.weights["codes"]) != CODE_OFFSETS[-1]:
                raise ValueError("it knows other properties of candidates")  # noqa: TRY301
            self.weights["codes"] = self.weights["codes"] @ self.weights.pop("known")
            parts = (np.split(self.weights[name], 2, axis=-1) for name in ("roles", "codes", "bias"))
            self.kind, self.labels = (Tower(*map(np.ascontiguousarray, each)) for each in zip(*parts, strict=True))
            self._session = session((folder / "model.onnx").read_bytes(), threads=1)
        except Exception as exc:  # zipfile, zlib and onnxruntime raise errors of many kinds
            raise ModelError(
                f"问题和举措的上下文模型无法读取。 The model of context in {folder} cannot be read: {exc}",
                hint="请重新安装 docintel。 Reinstall docintel, or make it anew: python scripts/build_context.py",
            ) from exc

    def read(self, reading: Reading, spans: Sequence[Candidate], codes: Mapping[str, Ints]) -> Context:
        """Read a document with its candidates."""
        first, end, sentence = as_array(spans)[:3]
        stretches = surroundings(reading)
        inside, around = (np.zeros((*each.shape, WIDTH), dtype=np.float32) for each in (first, stretches[..., 0]))
        states = np.full((len(reading.folded), WIDTH), ZERO, dtype=np.uint8)
        for low, some in self._states(reading) if spans else ():
            states[low : low + len(some)] = some
            sums = _running_sums(some)
            _add_means(inside, sums, first - low, end - low)
            for n, (since, till) in enumerate((stretches - low).transpose(1, 2, 0)):
                _add_means(around[:, n], sums, since, till)
        rows = np.stack([at + codes[name] for at, name in zip(CODE_OFFSETS, CODES, strict=False)])
        seen = Seen(states, first, end - 1, sentence, rows)
        units = self.kind.units(seen, inside, self.kind.told_around(around))
        kind = units @ self.weights["kind"] + self.weights["kind.bias"]
        return Context(self, kind, seen, self.labels.told_around(around))

    def _states(self, reading: Reading) -> Iterator[tuple[int, Bytes]]:
        """The states of the characters, a part at a time, from which one on; no parts without a sentence."""
        text = Characters.of(reading.folded)
        starts, ends = np.array([(one.start, one.end) for one in reading.sentences]).reshape(-1, 2).T
        for low in range(0, len(reading.folded), _AT_ONCE):
            high, first = min(low + _AT_ONCE, len(reading.folded)), max(0, low - _REACH)
            if ((starts < high) & (ends > low)).any():
                states = self._session.run(None, text.part(first, high + _REACH)._asdict())[0]
                yield low, states[low - first : high - first]


def _distinct(points: Ints, size: int) -> tuple[Ints, Ints]:
    """The numbers below `size` that occur, in order, and where among them each stands: `np.unique` without sorting."""
    occurs = np.zeros(size, dtype=bool)
    occurs[points] = True
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[points]


def _numbers(states: Bytes) -> Floats:
    """States in steps."""
    return np.subtract(states, ZERO, dtype=np.float32)


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


def _running_sums(states: Bytes) -> npt.NDArray[np.int32]:
    """The sum of the rows before each, and of all: (rows + 1, WIDTH).

    In blocks: numpy adds whole rows faster than it runs down columns, and the sums of a block are told by 16 bits.
    """
    blocks = -(-len(states) // _BLOCK)
    inside = np.zeros((blocks, _BLOCK, WIDTH), dtype=np.uint16)
    inside.reshape(-1, WIDTH)[: len(states)] = states
    for n in range(1, _BLOCK):
        inside[:, n] += inside[:, n - 1]
    sums = np.zeros((blocks * _BLOCK + 1, WIDTH), dtype=np.int32)
    before = inside[:, -1].cumsum(axis=0, dtype=np.int32) - inside[:, -1]
    np.add(inside, before[:, None], out=sums[1:].reshape(inside.shape))
    return sums[: len(states) + 1]


def _add_means(means: Floats, sums: npt.NDArray[np.int32], since: Ints, till: Ints) -> None:
    """Add to each row its share of the mean of the states from `since` to `till`, as far as it lies in these sums."""
    low, high = (np.clip(each, 0, len(sums) - 1) for each in (since, till))
    here = np.flatnonzero(high > low)
    low, high = low[here], high[here]
    found = sums.take(high, axis=0)
    found -= sums.take(low, axis=0)
    found -= (ZERO * (high - low)).astype(np.int32)[:, None]
    shares: Floats = found.astype(np.float32)
    shares /= (till - since)[here, None].astype(np.float32)
    means[here] += shares


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
