#!/usr/bin/env python
"""Train models/reader: the network that reads words and their tags, and judges candidates in their context.

Two teachers know more than people have annotated (Hinton et al. 2015, distillation, arXiv:1503.02531): LAC tells how
likely each tag is at each character, a wider and slower network its states and what it takes candidates for.

1. Learn the language: tags of text in which persons, places, firms and other words stand for one another, drawn anew
   `--texts` times, and states of the text as it is.
2. Learn what the candidates of annotated documents are, and their labels; at each step also what the wider network says
   of candidates in general text, and tags. The weights are the exponential mean of those of the last steps (Polyak &
   Juditsky 1992, averaging).
3. Do 2 three times; the weights up to the states are the mean of all (Wortsman et al. 2022, arXiv:2203.05482). What
   candidates are is told by the first's.
4. Learn their labels anew from these states, as in 2.

In: `--lessons` of `reader_lessons.py`. Out, in `--out`: pretrained.npz (1), weights.npz (4), and a table of the
documents held back: the average precision of issues and of measures, the shares of right labels and of tags as taught.

    python scripts/reader_lessons.py && python scripts/train_reader.py && python scripts/build_reader.py

On an H200 ten minutes, on a CPU days; `--start` goes on from the pretrained weights of an earlier run. Seeds are fixed,
yet a GPU adds in another order at each run.
"""

import argparse
import json
import os
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnxruntime as ort
import torch
from exchanged_text import Exchange, Forced, Text
from lac import Lac
from reader_network import NAMES, TAUGHT, Asked, Body, Example, Head, Network, answer, taught_characters
from sklearn.metrics import average_precision_score
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm import tqdm, trange

from docintel.extract.work.judging import KINDS
from docintel.learning.heads import LABELS

BETAS = (0.9, 0.98)
#: Of each set of texts (general, own, others annotated) so many copies a time; labels kept of each character;
#: characters that the wider network reads at once, and on how many to either side its states rest.
COPIES, KEPT, AT_ONCE, TAUGHT_REACH = (1, 10, 10), 4, 8000, 40
#: Characters of a window, how many at its ends count for nothing; windows of a batch, of new text and of text as it is.
WINDOW, EDGE, NEW, AS_IS = 512, 16, 192, 64
PEAK, PEAK_AGAIN, WARM_UP, HIDDEN_SHARE, STATE_LOSS = 2.5e-3, 1.5e-3, 500, 0.01, 0.7
#: The share of the steps before values are those of bytes.
BEFORE_ROUNDING, BEFORE_ROUNDING_TUNED = 0.6, 0.3
#: Step 2: documents of a step, annotated ones and general ones; how many are of like length; how often it is done.
DOCUMENTS, GENERAL, SORTED, FITS = 4, 5, 32, 3
BODY_RATE, HEAD_RATE = 8e-4, 1.5e-3
KIND_LOSS, LABEL_LOSS, TAG_LOSS, TEXT_LOSS = 2.0, 0.3, 0.2, 1.5
#: The share of steps before the mean begins, and how much of it stays at each.
BEFORE_MEAN, DECAY = 0.7, 0.98
BEFORE_RELABELLED_MEAN, RELABELLED_DECAY = 0.6, 0.99
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Taught(NamedTuple):
    """Text with what LAC says of it: `as_is` of the characters stand first, as they were written.

    Attributes:
        rows: (characters,).
        tags: (characters, KEPT), the likeliest tags.
        likely: (characters, KEPT), how likely each is; 0 beside sentences.
    """

    rows: Tensor
    tags: Tensor
    likely: Tensor
    as_is: int

    def windows(self, low: int, high: int, count: int) -> Tensor:
        """Numbers of characters between two of them, (WINDOW, count)."""
        starts = torch.randint(low, high - WINDOW, (count,), device=DEVICE)
        return starts + torch.arange(WINDOW, device=DEVICE)[:, None]

    def loss(self, scores: Tensor, at: Tensor) -> Tensor:
        """How wrong scores of tags are."""
        right = self.likely[at].float()
        right[:EDGE] = right[-EDGE:] = 0
        return -(right * scores.float().log_softmax(-1).gather(-1, self.tags[at].long())).sum() / right.sum()


def taught(texts: Sequence[Text], teacher: Lac, labels: Sequence[str]) -> Taught:
    """Texts as LAC reads them, but for the names that are known."""
    offsets = np.cumsum([0, *(len(text.rows) for text in texts)])
    starts, ends = (
        np.concatenate([getattr(text, name) + low for text, low in zip(texts, offsets, strict=False)])
        for name in ("starts", "ends")
    )
    ends = np.minimum(ends, starts + WINDOW // 2)
    rows, forced = (
        torch.from_numpy(np.concatenate([getattr(text, name) for text in texts])).to(DEVICE)
        for name in ("rows", "forced")
    )
    tags = torch.zeros(len(rows), KEPT, dtype=torch.uint8, device=DEVICE)
    likely = torch.zeros(len(rows), KEPT, dtype=torch.float16, device=DEVICE)
    for at, every in teacher.likely(rows, starts, ends):
        best, which = every.topk(KEPT, -1)
        tags[at], likely[at] = which.to(torch.uint8), (best / best.sum(-1, keepdim=True)).half()
    known = forced > 0
    tags[known, 0] = torch.tensor(_tag_of_forced(labels), dtype=torch.uint8, device=DEVICE)[forced[known].long()]
    likely[known] = functional.one_hot(torch.tensor(0), KEPT).half().to(DEVICE)
    behind = (known[:-1] & ~known[1:]).nonzero()[:, 0] + 1  # a word that went on begins behind a name
    begun = [labels.index(f"{name[:-2]}-B") if name.endswith("-I") else n for n, name in enumerate(labels)]
    tags[behind] = torch.tensor(begun, dtype=torch.uint8, device=DEVICE)[tags[behind].long()]
    return Taught(rows, tags, likely, len(texts[0].rows))


def _tag_of_forced(labels: Sequence[str]) -> list[int]:
    """By the numbers of `Forced` the tag of a character."""
    found = [0] * (2 * len(Forced) - 1)
    for name, of in (("PER", Forced.PERSON), ("ORG", Forced.UNIT), ("LOC", Forced.PLACE)):
        found[of : of + 2] = [labels.index(f"{name}-{part}") for part in "BI"]
    return found


def states(graph: bytes, rows: Tensor) -> Tensor:
    """What the wider network makes of characters, columns that have a mean of 0 and a spread of 1."""
    every = taught_characters(rows.cpu().numpy())
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    found = torch.empty(len(rows), TAUGHT, dtype=torch.float16)

    def read(low: int) -> None:
        first, high = max(0, low - TAUGHT_REACH), min(low + AT_ONCE, len(rows))
        some = {name: each[first : high + TAUGHT_REACH] for name, each in every.items()}
        found[low:high] = torch.from_numpy(session.run(None, some)[0][low - first : high - first])

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        parts = range(0, len(rows), AT_ONCE)
        for _ in tqdm(pool.map(read, parts), desc="states", total=len(parts)):
            pass
    some = found[:: max(1, len(found) // 50_000)].float()
    return found.sub_(some.mean(0).half()).div_(some.std(0).half()).to(DEVICE)


def begun(embedding: Tensor, weights: Path | None) -> Body:
    """A network with LAC's characters, or as an earlier step 1 left it."""
    torch.manual_seed(1)
    body = Body()
    if weights:
        with np.load(weights) as stored:
            body.load_state_dict({name: torch.from_numpy(stored[name]).float() for name in stored})
    else:
        body.emb.weight.data[:-1], body.emb.weight.data[-1] = embedding, 0
    return body.to(DEVICE)


def pretrain(body: Body, text: Taught, meant: Tensor, steps: int, rate: float = PEAK) -> Body:
    """Step 1."""
    torch.manual_seed(1)
    optimiser = torch.optim.AdamW(
        [{"params": [*body.train().parameters()], "rate": rate}], weight_decay=0.01, betas=BETAS
    )
    for n in trange(steps, desc="language"):
        body.rounded = n >= BEFORE_ROUNDING * steps
        at = torch.cat([text.windows(text.as_is, len(text.rows), NEW), text.windows(0, text.as_is, AS_IS)], dim=1)
        found = body(text.rows[at].long(), HIDDEN_SHARE)
        wrong = functional.mse_loss(answer(body.sem, found[:, NEW:]).float(), meant[at[:, NEW:]].float())
        loss = text.loss(answer(body.tag, found), at) + STATE_LOSS * wrong
        step(optimiser, loss, min(1, (n + 1) / WARM_UP) * (0.5 * (1 + np.cos(np.pi * n / steps)) + 0.002))
    return body


def step(optimiser: torch.optim.Optimizer, loss: Tensor, share: float) -> None:
    """Move the weights once, at a share of their rates."""
    for group in optimiser.param_groups:
        group["lr"] = share * group["rate"]
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_([each for group in optimiser.param_groups for each in group["params"]], 1.0)
    optimiser.step()


def examples(stored: Sequence[dict[str, Any]]) -> list[Example]:
    """Documents as the network learns them."""
    found = []
    for one in stored:
        asked = {head: Asked(*(each.to(DEVICE) for each in known)) for head, known in one["asked"].items()}
        found.append(
            Example(
                **{name: each.to(DEVICE) if isinstance(each, Tensor) else each for name, each in one.items()}
                | {"asked": asked}
            )
        )
    return found


def loss_of(network: Network, batch: Sequence[Example]) -> Tensor:
    """How wrong the network is about kinds, labels and tags."""
    tags, kind, told = network(batch)
    right, weight = (torch.cat([getattr(one, name) for one in batch]) for name in ("right", "weight"))
    wrong = functional.binary_cross_entropy_with_logits(kind, right, reduction="none")
    loss = KIND_LOSS * (wrong * weight).sum() / weight.sum().clamp(min=1)
    units = told.split([len(one.codes) for one in batch])
    for head in batch[0].asked:
        asked = [one.asked[head] for one in batch]
        some = torch.cat([unit[each.which] for unit, each in zip(units, asked, strict=True)])
        label = torch.cat([each.label for each in asked])
        scores = network.head.labels(head, some, torch.cat([each.said for each in asked]))
        loss = loss + LABEL_LOSS * functional.cross_entropy(scores, label, reduction="sum") / (len(label) + 1)
    true = pad_sequence([one.tags for one in batch], padding_value=-1)
    return loss + TAG_LOSS * functional.cross_entropy(tags.flatten(0, 1), true.flatten(), ignore_index=-1)


def some_at_a_time(documents: Sequence[Example], n: int, rng: random.Random) -> Iterator[list[Example]]:
    """`n` documents of like length at a time without an end, all in random order again and again."""
    while True:
        order = rng.sample(documents, len(documents))
        near = [sorted(order[k : k + SORTED], key=lambda one: len(one.rows)) for k in range(0, len(order), SORTED)]
        found = [some[k : k + n] for some in near for k in range(0, len(some), n)]
        yield from rng.sample(found, len(found))


def fit(start: Body, own: Sequence[Example], others: Sequence[Example], text: Taught, steps: int, seed: int) -> Network:
    """Step 2, from annotated documents, from general ones and from text."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    network = Network(deepcopy(start)).to(DEVICE).train()
    rates = ((network.body, BODY_RATE), (network.head, HEAD_RATE))
    groups = [{"params": [*part.parameters()], "rate": rate} for part, rate in rates]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.05, betas=BETAS)
    mean = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(DECAY))
    batches = (some_at_a_time(own, DOCUMENTS, rng), some_at_a_time(others, GENERAL, rng))
    for n, batch, other in zip(trange(steps, desc="candidates"), *batches, strict=False):
        network.body.rounded = n >= BEFORE_ROUNDING_TUNED * steps
        at = text.windows(0, len(text.rows), NEW // 2)
        told = text.loss(answer(network.body.tag, network.body(text.rows[at].long(), HIDDEN_SHARE)), at)
        loss = loss_of(network, batch) + loss_of(network, other) + TEXT_LOSS * told
        step(optimiser, loss, min(1, n / (0.06 * steps)) * (1 - n / steps) + 0.02)
        if n >= BEFORE_MEAN * steps:
            mean.update_parameters(network)
    mean.module.body.rounded = True
    return mean.module.eval()


def united(first: Network, *others: Network) -> Network:
    """The first network with the mean of all bodies (step 3)."""
    with torch.no_grad():
        for mine, *theirs in zip(first.body.parameters(), *(other.body.parameters() for other in others), strict=True):
            mine.copy_(torch.stack([mine, *theirs]).mean(0))
    return first


def relabelled(network: Network, own: Sequence[Example], others: Sequence[Example], steps: int) -> Head:
    """Step 4."""
    torch.manual_seed(0)
    rng = random.Random(0)
    fresh = deepcopy(network).train().requires_grad_(False)
    fresh.head = Head().to(DEVICE)
    optimiser = torch.optim.AdamW(
        [{"params": [*fresh.head.parameters()], "rate": HEAD_RATE}], weight_decay=0.05, betas=BETAS
    )
    mean = AveragedModel(fresh.head, multi_avg_fn=get_ema_multi_avg_fn(RELABELLED_DECAY))
    batches = (some_at_a_time(own, DOCUMENTS, rng), some_at_a_time(others, GENERAL, rng))
    for n, batch, other in zip(trange(steps, desc="labels"), *batches, strict=False):
        step(
            optimiser,
            loss_of(fresh, batch) + loss_of(fresh, other),
            min(1, n / (0.05 * steps)) * (1 - n / steps) + 0.02,
        )
        if n >= BEFORE_RELABELLED_MEAN * steps:
            mean.update_parameters(fresh.head)
    return mean.module.eval()


@torch.no_grad()
def answers(network: Network, documents: Sequence[Example]) -> dict[str, dict[str, np.ndarray]]:
    """By document the log-odds of kinds, as `kind`, and by head whether each label is told rightly, tags as `tags`."""
    found = {}
    labelling = deepcopy(network)
    labelling.head = network.labelling
    for one in documents:
        tags, kind, _ = network([one])
        told = labelling([one])[2]
        known = one.tags >= 0
        right = {"kind": kind, "tags": (tags[:, 0].argmax(1) == one.tags)[known]}
        for head, asked in one.asked.items():
            right[head] = labelling.head.labels(head, told[asked.which], asked.said).argmax(1) == asked.label.argmax(1)
        found[one.name] = {name: each.cpu().numpy() for name, each in right.items()}
    return found


def report(title: str, documents: Sequence[Example], found: dict[str, dict[str, np.ndarray]]) -> None:
    """Print the average precision of kinds, and the share of right labels."""
    right, weight = (torch.cat([getattr(one, of) for one in documents]).cpu().numpy() for of in ("right", "weight"))
    said = {of: np.concatenate([found[one.name][of] for one in documents]) for of in ("kind", "tags", *LABELS)}
    columns = zip(KINDS, right.T, said["kind"].T, weight.T, strict=True)
    values = [f"{kind} {average_precision_score(*two, sample_weight=counts):.3f}" for kind, *two, counts in columns]
    values += [f"{head} {said[head].mean():.3f} of {len(said[head])}" for head in (*LABELS, "tags")]
    print(f"{title:26} {'   '.join(values)}", flush=True)


def save(path: Path, module: nn.Module, **more: str) -> None:
    """Write the weights in 16 bits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path, **{name: value.half().cpu().numpy() for name, value in module.state_dict().items()}, **more
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lessons", type=Path, default=Path(".build/reader/lessons.pt"))
    parser.add_argument("--out", type=Path, default=Path(".build/reader"))
    parser.add_argument("--texts", type=int, default=14, help="texts with other words")
    parser.add_argument("--start", type=Path, help="pretrained.npz of an earlier run, to go on from")
    parser.add_argument("--start-steps", type=int, default=25_000, help="of step 1")
    parser.add_argument("--steps", type=int, default=1200, help="of step 2")
    parser.add_argument("--label-steps", type=int, default=1360, help="of step 4")
    args = parser.parse_args()
    torch.set_flush_denormal(True)  # means of slopes of rare rows fade away, and would take ever longer
    torch.set_float32_matmul_precision("high")
    lessons = torch.load(args.lessons)
    exchange = Exchange.of(lessons["texts"])
    with ThreadPoolExecutor() as pool:
        texts = [exchange.as_is(), *pool.map(lambda seed: exchange.exchanged(seed, COPIES), range(args.texts))]
    text = taught(texts, Lac.of(lessons["lac"]).to(DEVICE), lessons["labels"])
    meant = states(lessons["teacher"], text.rows[: text.as_is])
    body = begun(lessons["lac"]["embedding.weight"], args.start)
    start = pretrain(body, text, meant, args.start_steps, PEAK_AGAIN if args.start else PEAK)
    save(args.out / "pretrained.npz", start)
    own, general, held = (examples(lessons[name]) for name in ("own", "general", "held"))
    network = united(*(fit(start, own, general, text, args.steps, seed) for seed in range(FITS)))
    network.labelling = relabelled(network, own, general, args.label_steps)
    save(args.out / "weights.npz", network, labels=json.dumps(NAMES, ensure_ascii=False))
    report("held back", held, answers(network, held))


if __name__ == "__main__":
    main()
