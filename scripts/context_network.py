"""The network of models/context in torch, as `scripts/train_context.py` trains it.

In: rows of characters, and candidates with what is around them. Out: tags of the characters, log-odds of what the
candidates are, and of their labels. `docintel.extract.work.context` computes the same from `models/context`.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from encoder_graph import HIDDEN
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from docintel.config import models_dir
from docintel.extract.work.context import CODE_OFFSETS, DILATIONS, LINE_END, PAIRS, WIDTH, pair
from docintel.extract.work.description import OPINIONS
from docintel.extract.work.judging import KINDS
from docintel.learning.heads import LABELS
from docintel.schema import Modality

#: Every label that there is, by head.
NAMES = {head: sorted(OPINIONS.get(head, Modality)) for head in LABELS}
TAGGER = models_dir() / "tagger"
CHARACTER, PAIR, CODE, UNITS = 128, 64, 64, 192
#: States and means that tell a candidate: four at its ends, six over stretches.
ROLES = 10
#: Of annotated documents: what is dropped while the network trains, and the share of characters that is hidden.
BODY_DROPOUT, HEAD_DROPOUT, TUNED_HIDDEN_SHARE = 0.1, 0.2, 0.06


class Body(nn.Module):
    """Rows of characters to states; `tag` and `sem` are what the teachers of step 1 are answered by."""

    def __init__(self, dropout: float = 0.0) -> None:
        super().__init__()
        self.emb, self.bi = nn.Embedding(LINE_END + 1, CHARACTER), nn.Embedding(PAIRS, PAIR)
        nn.init.normal_(self.bi.weight, std=0.05)
        self.inp = nn.Linear(CHARACTER + PAIR, WIDTH)
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in DILATIONS)
        self.convs = nn.ModuleList(nn.Linear(3 * WIDTH, WIDTH) for _ in DILATIONS)
        for layer in self.convs:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            layer.weight.data *= 0.5
            nn.init.zeros_(layer.bias)
        self.out, self.drop = nn.LayerNorm(WIDTH), nn.Dropout(dropout)
        self.tag, self.sem = nn.Linear(WIDTH, len(tag_names())), nn.Linear(WIDTH, HIDDEN)

    def forward(self, rows: Tensor, hidden: float = 0.0) -> Tensor:
        """The states (texts, characters, WIDTH); a share of the characters is hidden where the network trains."""
        if self.training:
            away = (torch.rand(rows.shape, device=rows.device) < hidden) & (rows != LINE_END)
            rows = rows.masked_fill(away, 0)
        behind = functional.pad(rows[:, 1:], (0, 1), value=LINE_END)
        x = self.inp(torch.cat([self.emb(rows), self.bi(pair(rows, behind))], dim=-1))
        for dilation, norm, layer in zip(DILATIONS, self.norms, self.convs, strict=True):
            padded = functional.pad(norm(x), (0, 0, dilation, dilation))
            three = [padded[:, k : k + x.shape[1]] for k in (0, dilation, 2 * dilation)]
            x = x + self.drop(functional.relu(layer(torch.cat(three, dim=-1))))
        return self.out(x)


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
        x = torch.cat([self.drop(seen), self.codes(codes)], dim=1)
        kind, told = (self.drop(functional.gelu(layer(x), approximate="tanh")) for layer in (self.hid, self.hid2))
        return self.kind(kind), told

    def labels(self, head: str, told: Tensor, said: Tensor) -> Tensor:
        """The scores of labels; `said` are the opinions of the rules where they have any."""
        name = head.replace(".", "_")
        found = self.heads[name](told)
        return found + self.op[name](said) if len(said) else found


class Asked(NamedTuple):
    """The candidates of which a label is known: their numbers, what the rules say if anything, and the label."""

    which: Tensor
    said: Tensor
    label: Tensor


class Example(NamedTuple):
    """A document as the network learns it."""

    name: str
    rows: Tensor  # (characters,)
    tags: Tensor  # (characters,), -1 for none
    stretches: Tensor  # (candidates, 6, 2): from where to where each stands, and what is around it
    codes: Tensor  # (candidates, properties)
    right: Tensor  # (candidates, kinds)
    weight: Tensor  # (candidates, kinds): how much that counts
    asked: dict[str, Asked]


class Network(nn.Module):
    """The whole."""

    def __init__(self, start: Path) -> None:
        super().__init__()
        self.body, self.head = Body(BODY_DROPOUT), Head()
        with np.load(start) as stored:
            self.body.load_state_dict({name: torch.from_numpy(stored[name]) for name in stored})

    def forward(self, batch: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
        """The scores of tags (documents, characters, tags), and of all candidates what `Head` gives."""
        rows = pad_sequence([one.rows for one in batch], batch_first=True, padding_value=LINE_END)
        with halved(rows.device):
            states = self.body(rows, TUNED_HIDDEN_SHARE)
            tags = self.body.tag(states)
        seen = [told_by(some[: len(one.rows)].float(), one.stretches) for some, one in zip(states, batch, strict=True)]
        return tags.float(), *self.head(torch.cat(seen), torch.cat([one.codes for one in batch]))


def told_by(states: Tensor, stretches: Tensor) -> Tensor:
    """What candidates are told by: the states at their ends and beside them, and means (candidates, ROLES * WIDTH)."""
    low, high = stretches.unbind(-1)
    sums = functional.pad(states.cumsum(0), (0, 0, 1, 0))
    means = (sums[high] - sums[low]) / (high - low).clamp(min=1)[..., None]
    start, end = low[:, 0], high[:, 0]
    ends = (start, end - 1, (start - 1).clamp(min=0), end.clamp(max=len(states) - 1))
    return torch.cat([*(states[each] for each in ends), means.flatten(1)], dim=1)


def halved(device: torch.device) -> torch.autocast:
    """Arithmetic in 16 bits on a GPU."""
    return torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda")


def tag_names() -> list[str]:
    """The tags of LAC, in their order."""
    return json.loads((TAGGER / "model.json").read_text("utf-8"))["labels"]
