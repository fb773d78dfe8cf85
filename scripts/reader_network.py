"""The network of models/reader in torch, as `scripts/train_reader.py` trains it.

In: rows of characters, and candidates with what is around them. Out: tags of the characters, log-odds of what the
candidates are, and of their labels. `docintel.extract.language.network` and `work.context` compute the same from
`models/reader`.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from docintel.extract.language.network import DILATIONS, HIDDEN, LINE_END, NEIGHBOURS, STEP, WIDTH, ZERO, hashed
from docintel.extract.language.network import LABELS as TAGS
from docintel.extract.work.context import CODE_OFFSETS
from docintel.extract.work.description import OPINIONS
from docintel.extract.work.judging import KINDS
from docintel.learning.heads import LABELS
from docintel.schema import Modality

#: Every label that there is, by head.
NAMES = {head: sorted(OPINIONS.get(head, Modality)) for head in LABELS}
CHARACTER, NEIGHBOUR, CODE = 128, 64, 64
#: Hidden units that tell what candidates are, all of them, and the labels of those that are chosen.
KIND_UNITS, LABEL_UNITS = 64, 128
#: What a byte counts of what a convolution adds.
ADDED_STEP = 1 / 32
#: The numbers of a state of the wider network that teaches, and the rows of its table of pairs of characters.
TAUGHT, TAUGHT_PAIRS = 256, 1 << 16
#: States and means that tell a candidate: four at its ends, six over stretches.
ROLES = 10
#: Of step 2: what is dropped of what candidates are told by, and the share of characters that is hidden.
HEAD_DROPOUT, TUNED_HIDDEN_SHARE = 0.2, 0.06


class Convolution(torch.autograd.Function):
    """Rows, each with the ones `shift` before and behind it, times weights: nothing stands beyond the ends.

    A third of the time of a matrix product of the three side by side, which would have to be copied together first.
    """

    @staticmethod
    def forward(ctx: Any, rows: Tensor, weight: Tensor, bias: Tensor, shift: int) -> Tensor:
        """(rows, HIDDEN), (3, HIDDEN, HIDDEN) and (HIDDEN,) to (rows, HIDDEN)."""
        ctx.save_for_backward(rows, weight)
        ctx.shift = shift
        found = torch.addmm(bias, rows, weight[1].T)
        found[shift:].addmm_(rows[:-shift], weight[0].T)
        found[:-shift].addmm_(rows[shift:], weight[2].T)
        return found

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        """Its slopes."""
        rows, weight = ctx.saved_tensors
        to, back = slice(ctx.shift, None), slice(None, -ctx.shift)
        of_rows = slope @ weight[1]
        of_rows[back].addmm_(slope[to], weight[0])
        of_rows[to].addmm_(slope[back], weight[2])
        parts = ((to, back), (slice(None), slice(None)), (back, to))
        return of_rows, torch.stack([slope[left].T @ rows[right] for left, right in parts]), slope.sum(0), None


class Rounding(torch.autograd.Function):
    """Values on a grid; slopes pass as if they were not (Bengio et al. 2013, arXiv:1308.3432)."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, step: float) -> Tensor:
        """The next multiples of `step`."""
        return (values * (1 / step)).round_().mul_(step)

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor, None]:
        """As they come."""
        return slope, None


class Body(nn.Module):
    """Rows of characters to what the convolutions compute, of which `tag`, `sem` and `state` make something.

    `tag` and `sem` are what the teachers of step 1 are answered by, `state` is what candidates are told by.

    Attributes:
        rounded: values are those that bytes can tell, as in the graph of `build_reader.py`; numbers in 16 bits tell
            them exactly.
    """

    def __init__(self) -> None:
        super().__init__()
        self.emb = nn.Embedding(LINE_END + 1, CHARACTER)
        self.bi, self.tri = (nn.Embedding(NEIGHBOURS, NEIGHBOUR) for _ in range(2))
        for table in (self.bi, self.tri):
            nn.init.normal_(table.weight, std=0.05)
        self.inp = nn.Linear(CHARACTER + 2 * NEIGHBOUR, HIDDEN)
        spread = 0.4 * (2 / (3 * HIDDEN)) ** 0.5
        self.convs = nn.ParameterList(torch.randn(3, HIDDEN, HIDDEN) * spread for _ in DILATIONS)
        self.biases = nn.ParameterList(torch.zeros(HIDDEN) for _ in DILATIONS)
        self.tag, self.sem = nn.Linear(HIDDEN, TAGS), nn.Linear(HIDDEN, TAUGHT)
        self.state = nn.Linear(HIDDEN, WIDTH)
        nn.init.orthogonal_(self.state.weight)
        self.rounded = False

    def forward(self, rows: Tensor, hidden: float = 0.0) -> Tensor:
        """What the last convolution leaves, (characters, texts, HIDDEN).

        Args:
            hidden: the share of the characters that are not shown where the network trains.
        """
        if self.training:
            rows = rows.masked_fill((torch.rand(rows.shape, device=rows.device) < hidden) & (rows != LINE_END), 0)
        second, third = (functional.pad(rows[k:], (0, 0, 0, k), value=LINE_END) for k in (1, 2))
        parts = (self.emb(rows), self.bi(hashed(rows, second)), self.tri(hashed(rows, second, third)))
        entering = torch.cat(parts, dim=-1).flatten(0, 1)
        x = self._cut(answer(self.inp, entering.bfloat16()), -ZERO, 255 - ZERO, STEP)
        for dilation, weight, bias in zip(DILATIONS, self.convs, self.biases, strict=True):
            made = Convolution.apply(x, weight.bfloat16(), bias.bfloat16(), dilation * rows.shape[1])
            x = self._cut(x + self._cut(made, 0, 255, ADDED_STEP), -ZERO, 255 - ZERO, STEP)
        return x.view(*rows.shape, HIDDEN)

    def states(self, hidden: Tensor) -> Tensor:
        """The states (characters, texts, WIDTH), of what `forward` gives."""
        return self._cut(answer(self.state, hidden), -ZERO, 255 - ZERO, STEP)

    def _cut(self, values: Tensor, low: int, high: int, step: float) -> Tensor:
        """Values between two numbers of steps."""
        values = functional.hardtanh(values, low * step, high * step)
        return Rounding.apply(values, step) if self.rounded else values


def answer(layer: nn.Linear, values: Tensor) -> Tensor:
    """A layer in the precision of its values."""
    return functional.linear(values, layer.weight.to(values.dtype), layer.bias.to(values.dtype))


class Head(nn.Module):
    """States and codes of candidates to log-odds of what they are, and of their labels."""

    def __init__(self) -> None:
        super().__init__()
        self.codes = nn.EmbeddingBag(int(CODE_OFFSETS[-1]), CODE, mode="sum")
        nn.init.normal_(self.codes.weight, std=0.05)
        self.hid, self.hid2 = (nn.Linear(ROLES * WIDTH + CODE, units) for units in (KIND_UNITS, LABEL_UNITS))
        self.kind, self.drop = nn.Linear(KIND_UNITS, len(KINDS)), nn.Dropout(HEAD_DROPOUT)
        own = {head.replace(".", "_"): (len(NAMES[head]), len(OPINIONS.get(head, [0]))) for head in LABELS}
        self.heads = nn.ModuleDict({name: nn.Linear(LABEL_UNITS, labels) for name, (labels, _) in own.items()})
        self.op = nn.ModuleDict({name: nn.Embedding(said, labels) for name, (labels, said) in own.items()})
        for table in self.op.values():
            nn.init.zeros_(table.weight)

    def forward(self, seen: Tensor, codes: Tensor) -> tuple[Tensor, Tensor]:
        """The log-odds of each kind, and the units that labels are told by."""
        x = torch.cat([self.drop(seen), self.codes(codes).bfloat16()], dim=1)
        units = (answer(layer, x).float() for layer in (self.hid, self.hid2))
        kind, told = (self.drop(functional.gelu(each, approximate="tanh")) for each in units)
        return self.kind(kind), told

    def labels(self, head: str, told: Tensor, said: Tensor) -> Tensor:
        """The scores of labels; `said` are the opinions of the rules where they have any."""
        name = head.replace(".", "_")
        found = self.heads[name](told)
        return found + self.op[name](said) if len(said) else found


class Asked(NamedTuple):
    """The candidates of which labels are known: their numbers, what the rules say, and how likely each label is."""

    which: Tensor
    said: Tensor
    label: Tensor


class Example(NamedTuple):
    """A document as the network learns it."""

    name: str
    rows: Tensor  # (characters,)
    stretches: Tensor  # (candidates, 6, 2): from where to where each stands, and what is around it
    codes: Tensor  # (candidates, properties)
    tags: Tensor  # (characters,), -1 for none
    right: Tensor  # (candidates, kinds): how likely each is one
    weight: Tensor  # (candidates, kinds): how much that counts
    asked: dict[str, Asked]


class Network(nn.Module):
    """The whole."""

    def __init__(self, body: Body) -> None:
        super().__init__()
        self.body, self.head = body, Head()

    def forward(self, batch: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
        """The scores of tags (characters, documents, tags), and of all candidates what `Head` gives."""
        rows = pad_sequence([one.rows for one in batch], padding_value=LINE_END)
        hidden = self.body(rows, TUNED_HIDDEN_SHARE)
        tags, states = answer(self.body.tag, hidden), self.body.states(hidden)
        seen = [told_by(states[: len(one.rows), n].float(), one.stretches) for n, one in enumerate(batch)]
        return tags.float(), *self.head(torch.cat(seen), torch.cat([one.codes for one in batch]))


def taught_characters(rows: np.ndarray) -> dict[str, np.ndarray]:
    """Rows of characters as the wider network gets them, each also with the one behind it."""
    wide = rows.astype(np.int64)
    pairs = hashed(wide, np.append(wide[1:], LINE_END)) % TAUGHT_PAIRS
    return {"characters": rows.astype(np.int32), "pairs": pairs.astype(np.int32)}


def told_by(states: Tensor, stretches: Tensor) -> Tensor:
    """What candidates are told by: the states at their ends and beside them, and means (candidates, ROLES * WIDTH)."""
    low, high = stretches.unbind(-1)
    sums = functional.pad(states.T.contiguous().cumsum(1).T, (0, 0, 1, 0))  # along rows: GPUs run down columns slowly
    means = (sums[high] - sums[low]) / (high - low).clamp(min=1)[..., None]
    start, end = low[:, 0], high[:, 0]
    ends = (start, end - 1, (start - 1).clamp(min=0), end.clamp(max=len(states) - 1))
    return torch.cat([*(states[each] for each in ends), means.flatten(1)], dim=1).bfloat16()
