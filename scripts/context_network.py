"""The network of models/context in torch, as `scripts/train_context.py` trains it.

In: rows of characters, and candidates with what is around them. Out: tags of the characters, log-odds of what the
candidates are, and of their labels. `docintel.extract.work.context` computes the same from `models/context`.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from docintel.config import models_dir
from docintel.extract.work.context import CODE_OFFSETS, DILATIONS, LINE_END, PAIRS, STEP, WIDTH, ZERO, pair
from docintel.extract.work.description import OPINIONS
from docintel.extract.work.judging import KINDS
from docintel.learning.heads import LABELS
from docintel.schema import Modality

#: Every label that there is, by head.
NAMES = {head: sorted(OPINIONS.get(head, Modality)) for head in LABELS}
TAGGER = models_dir() / "tagger"
CHARACTER, PAIR, CODE, UNITS = 128, 64, 64, 128
#: What a byte counts of what a convolution adds.
ADDED_STEP = 1 / 32
#: The numbers of a state of the wider network that teaches.
TAUGHT = 256
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
        """(rows, WIDTH), (3, WIDTH, WIDTH) and (WIDTH,) to (rows, WIDTH)."""
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
    """Rows of characters to states; `tag` and `sem` are what the teachers of step 1 are answered by.

    Attributes:
        rounded: values are those that bytes can tell, as in the graph of `build_context.py`; numbers in 16 bits tell
            them exactly.
    """

    def __init__(self) -> None:
        super().__init__()
        self.emb, self.bi = nn.Embedding(LINE_END + 1, CHARACTER), nn.Embedding(PAIRS, PAIR)
        nn.init.normal_(self.bi.weight, std=0.05)
        self.inp = nn.Linear(CHARACTER + PAIR, WIDTH)
        spread = 0.4 * (2 / (3 * WIDTH)) ** 0.5
        self.convs = nn.ParameterList(torch.randn(3, WIDTH, WIDTH) * spread for _ in DILATIONS)
        self.biases = nn.ParameterList(torch.zeros(WIDTH) for _ in DILATIONS)
        self.tag, self.sem = nn.Linear(WIDTH, len(tag_names())), nn.Linear(WIDTH, TAUGHT)
        self.rounded = False

    def forward(self, rows: Tensor, hidden: float = 0.0) -> Tensor:
        """The states (characters, texts, WIDTH); a share of the characters is hidden where the network trains."""
        if self.training:
            rows = rows.masked_fill((torch.rand(rows.shape) < hidden) & (rows != LINE_END), 0)
        behind = functional.pad(rows[1:], (0, 0, 0, 1), value=LINE_END)
        entering = torch.cat([self.emb(rows), self.bi(pair(rows, behind))], dim=-1).flatten(0, 1)
        x = self._cut(answer(self.inp, entering.bfloat16()), -ZERO, 255 - ZERO, STEP)
        for dilation, weight, bias in zip(DILATIONS, self.convs, self.biases, strict=True):
            made = Convolution.apply(x, weight.bfloat16(), bias.bfloat16(), dilation * rows.shape[1])
            x = self._cut(x + self._cut(made, 0, 255, ADDED_STEP), -ZERO, 255 - ZERO, STEP)
        return x.view(*rows.shape, WIDTH)

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
        self.hid, self.hid2 = (nn.Linear(ROLES * WIDTH + CODE, UNITS) for _ in range(2))
        self.kind, self.drop = nn.Linear(UNITS, len(KINDS)), nn.Dropout(HEAD_DROPOUT)
        own = {head.replace(".", "_"): (len(NAMES[head]), len(OPINIONS.get(head, [0]))) for head in LABELS}
        self.heads = nn.ModuleDict({name: nn.Linear(UNITS, labels) for name, (labels, _) in own.items()})
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

    def __init__(self, start: Path) -> None:
        super().__init__()
        self.body, self.head = Body(), Head()
        with np.load(start) as stored:
            self.body.load_state_dict({name: torch.from_numpy(stored[name]) for name in stored})

    def forward(self, batch: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
        """The scores of tags (characters, documents, tags), and of all candidates what `Head` gives."""
        rows = pad_sequence([one.rows for one in batch], padding_value=LINE_END)
        states = self.body(rows, TUNED_HIDDEN_SHARE)
        tags = answer(self.body.tag, states)
        seen = [told_by(states[: len(one.rows), n].float(), one.stretches) for n, one in enumerate(batch)]
        return tags.float(), *self.head(torch.cat(seen), torch.cat([one.codes for one in batch]))


def told_by(states: Tensor, stretches: Tensor) -> Tensor:
    """What candidates are told by: the states at their ends and beside them, and means (candidates, ROLES * WIDTH)."""
    low, high = stretches.unbind(-1)
    sums = functional.pad(states.cumsum(0), (0, 0, 1, 0))
    means = (sums[high] - sums[low]) / (high - low).clamp(min=1)[..., None]
    start, end = low[:, 0], high[:, 0]
    ends = (start, end - 1, (start - 1).clamp(min=0), end.clamp(max=len(states) - 1))
    return torch.cat([*(states[each] for each in ends), means.flatten(1)], dim=1).bfloat16()


def tag_names() -> list[str]:
    """The tags of LAC, in their order."""
    return json.loads((TAGGER / "model.json").read_text("utf-8"))["labels"]
