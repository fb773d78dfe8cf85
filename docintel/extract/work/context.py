"""Candidates read in their context, by what the network that reads (`language.network`) makes of the characters.

In: a `Reading`, its candidates and the codes of their `Description`. Out: log-odds of each being an issue or a measure,
and of its labels, which `judging` adds to those of its linear model. That model weighs words it has met; the network
has learned what words mean in their places, and where a span begins and ends. A candidate is told by the states at its
ends and beside them, and by the means over it, its sentence, its heading, the first sentence of its paragraph and its
neighbours. Trained by `scripts/train_reader.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from pathlib import Path

import numpy as np
import numpy.typing as npt

from docintel.config import models_dir
from docintel.errors import ModelError
from docintel.extract.language.network import WIDTH, ZERO, Bytes
from docintel.extract.language.reading import Reading
from docintel.extract.work.description import CODES, heading_of
from docintel.extract.work.groups import Floats, Ints

#: How much each of the two that judge a candidate counts, this network and the linear model.
SHARE = 0.5
#: Where the codes of each property begin.
CODE_OFFSETS = np.cumsum([0, *CODES.values()])
#: Properties whose rows are added up beforehand: a look into six tables is cheaper than one into twenty.
JOINED = (
    ("cut",),
    ("type", "speech"),
    ("block", "place", "length"),
    ("covers", "closes", "clause", "clauses"),
    ("digits", "quoted", "told", "act", "statistic", "sanction"),
    ("issue", "measure", "both", "modality"),
)
#: So many characters of the first sentence of a paragraph and of the next sentence bear on a candidate.
_NEAR = 60
#: Characters whose states are held as numbers at a time: some KB each.
_AT_ONCE = 4096
_BLOCK = 32


@dataclass(frozen=True, slots=True)
class Seen:
    """Candidates as they stand among the states.

    Attributes:
        states: of the characters, (characters, WIDTH).
        first: (candidates,), the character that each begins with.
        last: the one that it ends with.
        inside: (candidates, WIDTH), the mean state of each.
        sentence: (candidates,), the number of its sentence.
        codes: (tables, candidates), what is known of them, as `_joined` counts it.
    """

    states: Bytes
    first: Ints
    last: Ints
    inside: Floats
    sentence: Ints
    codes: Ints

    def of(self, which: Ints) -> "Seen":
        """Some of them."""
        first, last, sentence = (each[which] for each in (self.first, self.last, self.sentence))
        return Seen(self.states, first, last, self.inside[which], sentence, self.codes[:, which])


@dataclass(frozen=True, slots=True)
class Tower:
    """The weights from what candidates are told by to hidden units.

    Attributes:
        roles: (10, WIDTH, units): of the states of the first and last character, of those before and behind, and of
            means over the candidate and around it.
        codes: of each of `JOINED`, (rows, units).
        bias: (units,).
    """

    roles: Floats
    codes: Sequence[Floats]
    bias: Floats

    def told_around(self, around: Floats) -> Floats:
        """What the means around sentences say, (sentences, units), from (sentences, 5, WIDTH)."""
        found: Floats = around.reshape(len(around), 5 * WIDTH) @ np.concatenate(self.roles[5:])
        return found

    def units(self, seen: Seen, told_around: Floats) -> Floats:
        """The hidden units of candidates, (candidates, units).

        Args:
            told_around: as above, of all sentences.
        """
        first, last, before, behind, within = self.roles[:5]
        told = seen.inside @ within
        told += self.bias
        told += told_around.take(seen.sentence, axis=0)
        for points, step, here, beside in ((seen.first, -1, first, before), (seen.last, 1, last, behind)):
            distinct, of = _distinct(points, len(seen.states))
            neighbours = np.clip(distinct + step, 0, len(seen.states) - 1)
            told += (_numbers(seen.states[distinct]) @ here + _numbers(seen.states[neighbours]) @ beside).take(
                of, axis=0
            )
        for table, rows in zip(self.codes, seen.codes, strict=True):
            told += table.take(rows, axis=0)
        return _gelu(told)


@dataclass(frozen=True, slots=True)
class Context:
    """What the network says of the candidates of a document.

    Attributes:
        weights: that say it.
        kind: (candidates, 2), what is added to the log-odds of being an issue and a measure.
        seen: the candidates.
        told_around: what is around sentences says of labels, (sentences, units).
    """

    weights: "Weights"
    kind: Floats
    seen: Seen
    told_around: Floats

    def told(self, which: Ints) -> Floats:
        """The units that the labels of candidates are told by, (candidates, units)."""
        return self.weights.labels.units(self.seen.of(which), self.told_around)

    def labels(self, head: str, told: Floats, said: Ints) -> Floats | float:
        """What is added to the scores of the labels of candidates: (candidates, labels); 0 where it has no say.

        Args:
            told: what `told` gives for them.
            said: the rules' opinions of them.
        """
        weights = self.weights.of
        if head not in weights:
            return 0.0
        found: Floats = told @ weights[head] + weights[f"{head}.bias"]
        return found + weights[f"{head}.said"][said] if f"{head}.said" in weights else found


class Weights:
    """Weights behind the states of characters, as `scripts/build_reader.py` writes them.

    Attributes:
        of: by name; labels are in the order of the linear model's.
        kind: the tower that tells what candidates are.
        labels: the one that tells the labels of those that are chosen.
    """

    def __init__(self, path: Path) -> None:
        """Load them.

        Raises:
            ModelError: the file is missing or unreadable.
        """
        try:
            with np.load(path) as stored:
                self.of: dict[str, Floats] = {name: stored[name].astype(np.float32) for name in stored}
            if len(self.of["codes"]) != CODE_OFFSETS[-1]:
                raise ValueError("it knows other properties of candidates")  # noqa: TRY301
            own = len(self.of["kind"])
            parts = (np.split(self.of[name], [own], axis=-1) for name in ("roles", "codes", "bias"))
            self.kind, self.labels = (
                Tower(np.ascontiguousarray(roles), [*_tables(codes)], bias)
                for roles, codes, bias in zip(*parts, strict=True)
            )
        except Exception as exc:  # zipfile, zlib and numpy raise errors of many kinds
            raise ModelError(
                f"问题和举措的上下文模型无法读取。 The model of context {path} cannot be read: {exc}",
                hint="请重新安装 docintel。 Reinstall docintel.",
            ) from exc

    def read(self, reading: Reading, placed: Ints, codes: Ints) -> Context:
        """Read a document with its candidates.

        Args:
            placed: these, as `as_array` gives them.
            codes: of them, as their `Description` has them.
        """
        first, end, sentence = placed[:3]
        stretches = surroundings(reading)
        inside, around = (np.zeros((*each.shape, WIDTH), dtype=np.float32) for each in (first, stretches[..., 0]))
        states = reading.states
        for low in range(0, len(states), _AT_ONCE) if placed.size else ():
            sums = _running_sums(states[low : low + _AT_ONCE])
            _add_means(inside, sums, first - low, end - low)
            for n, (since, till) in enumerate((stretches - low).transpose(1, 2, 0)):
                _add_means(around[:, n], sums, since, till)
        seen = Seen(states, first, end - 1, inside, sentence, _joined(codes))
        units = self.kind.units(seen, self.kind.told_around(around))
        kind = units @ self.of["kind"] + self.of["kind.bias"]
        return Context(self, kind, seen, self.labels.told_around(around))


def _tables(codes: Floats) -> Iterator[Floats]:
    """For each of `JOINED` a row for all that its properties can be together, from rows for each: (rows, units)."""
    of = dict(zip(CODES, np.split(codes, CODE_OFFSETS[1:-1]), strict=True))
    for names in JOINED:
        table = np.zeros((1, codes.shape[1]), dtype=np.float32)
        for name in names:
            table = (table[:, None] + of[name]).reshape(-1, codes.shape[1])
        yield table


def _joined(codes: Ints) -> Ints:
    """The rows of these tables, (tables, candidates), from codes, (properties, candidates)."""
    of = dict(zip(CODES, codes, strict=True))
    return np.stack([reduce(lambda rows, name: rows * CODES[name] + of[name], names, 0 * codes[0]) for names in JOINED])


def _distinct(points: Ints, size: int) -> tuple[Ints, Ints]:
    """The numbers below `size` that occur, in order, and where among them each stands: `np.unique` without a sort."""
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
def shared_weights() -> Weights:
    """The process's weights, loaded at the first call."""
    return Weights(models_dir() / "reader" / "head.npz")
