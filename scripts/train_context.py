#!/usr/bin/env python
"""Train models/context: the network that reads candidates in their context.

Two teachers know more than people have annotated (Hinton et al. 2015, distillation, arXiv:1503.02531). LAC, our tagger,
tells how likely each tag is at each character; a wider and slower network (`--teacher`: models/context of commit
a209dec, which LAC, multilingual-e5-small and the annotated documents taught) tells its states, and what it takes
candidates for.

1. Learn the language: tags and states, on our own documents, on copies of them with other persons and places, and on
   general Chinese text.
2. Learn what the candidates of annotated documents are, and their labels; at each step also what the teacher says of
   candidates in general text. Tags go on being learned. The weights are the exponential mean of those of the last
   steps (Polyak & Juditsky 1992, averaging).

In: the annotated documents of `corpora/` but those held back; `--extra-gold GOLD=SOURCES` adds others, which count
double. What the rules know of candidates is read by the shipped models. Out, in `--out`: pretrained.npz (1),
weights.npz (2), and a table of the documents held back: the average precision of issues and of measures, the shares of
right labels and of tags as taught.

    pip install 'docintel[train]'
    mkdir -p .build && git archive a209dec models/context | tar x -C .build
    python scripts/train_context.py && python scripts/build_context.py

On two cores with AMX 20 minutes for step 1 and 35 for step 2. Seeds are fixed.
"""

import argparse
import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
from annotated import extra_documents, own_documents
from context_network import NAMES, TAGGER, TAUGHT, Asked, Body, Example, Network, answer, tag_names, told_by
from onnx import numpy_helper
from sklearn.metrics import average_precision_score
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm import tqdm, trange
from train_encoder import general_texts

from docintel.extract.language.tagger import MAX_LENGTH
from docintel.extract.language.words import tagged_sentences
from docintel.extract.pipeline import read
from docintel.extract.places.gazetteer import gazetteer
from docintel.extract.steps import work_of
from docintel.extract.work.candidates import as_array
from docintel.extract.work.context import CODE_OFFSETS, LINE_END, SHARE, Characters, surroundings
from docintel.extract.work.description import CODES
from docintel.extract.work.groups import ranges
from docintel.extract.work.judging import KINDS
from docintel.extract.work.work import Work
from docintel.graphs import session
from docintel.learning.annotated import Annotated, of_file
from docintel.learning.heads import LABELS
from docintel.parse import parse_bytes
from docintel.parse.sandbox import parse
from docintel.text.normalize import fold
from docintel.text.sentences import split_sentences

ROOT = Path(__file__).resolve().parent.parent
BETAS = (0.9, 0.98)
#: Step 1: characters that a teacher reads at once, and on how many to either side a state of the wider network rests;
#: copies of each document, characters of a line, lines that stay together, characters of a window, windows of a batch.
AT_ONCE, TAUGHT_REACH = 24_000, 38
COPIES, LONGEST, TOGETHER, WINDOW, WINDOWS = 8, 480, 8, 512, 32
PEAK, WARM_UP, HIDDEN_SHARE = 2e-3, 300, 0.02
#: The share of the steps before values are those of bytes.
BEFORE_ROUNDING = 0.75
#: Step 2: documents of a step, annotated ones and general ones of so many characters each.
DOCUMENTS, GENERAL, GENERAL_LENGTH, SORTED, EXTRA_WEIGHT = 4, 5, 3000, 32, 2.0
BODY_RATE, HEAD_RATE = 8e-4, 1.5e-3
KIND_LOSS, LABEL_LOSS, TAG_LOSS, GENERAL_TAG_LOSS, SMOOTHING = 2.0, 0.3, 0.2, 0.4, 0.05
#: What the teacher says of labels counts where it takes a candidate for one with these log-odds.
LIKELY = -3.0
BEFORE_ROUNDING_TUNED = 0.4
#: The share of steps before the mean begins, and how much of it stays at each.
BEFORE_MEAN, DECAY = 0.7, 0.98
_PLACE = re.compile(r"(?![省市县区州旗])[一-鿿]{2,5}?[省市县区州旗]")


def words_of(text: str) -> Iterator[tuple[str, str]]:
    """The words of a text with their tags, and what stands between them."""
    at = 0
    for word in chain.from_iterable(tagged_sentences(text)):
        yield from ((text[at : word.start], ""), (word.text, word.label))
        at = word.end
    yield text[at:], ""


def is_person(word: str, tag: str) -> bool:
    """Whether a word is a name that another can stand for."""
    return tag == "PER" and 2 <= len(word) <= 4


def exchanged(words: Sequence[tuple[str, str]], persons: list[str], places: list[str], rng: random.Random) -> str:
    """A text with other persons and places, each always for the same."""
    others: dict[str, str] = {}
    out = []
    for word, tag in words:
        place = _PLACE.match(word) if tag in {"LOC", "ORG"} else None
        if place:
            out.append(others.setdefault(place[0], rng.choice(places)) + word[place.end() :])
        else:
            out.append(others.setdefault(word, rng.choice(persons)) if is_person(word, tag) else word)
    return "".join(out)


def lines_of(text: str) -> Iterator[str]:
    """The lines of a text, long ones cut where a sentence ends."""
    for whole in text.splitlines():
        line = whole.strip()
        while len(line) > LONGEST:
            end = max(line.rfind(closer, LONGEST // 2, LONGEST) for closer in "。；！？;") + 1 or LONGEST
            yield line[:end]
            line = line[end:]
        if len(line) > 1:
            yield line


def read_lines(corpora: Path) -> list[str]:
    """What step 1 reads, folded."""
    own = [parse(path).main_text for _, path in own_documents(corpora)[0]]
    general = [*dict.fromkeys(general_texts())]
    *tagged, last = ([*words_of(text)] for text in (*own, "\n".join(general)))
    persons = sorted({word for words in (*tagged, last) for word, tag in words if is_person(word, tag)})
    places = sorted(name for name in gazetteer().by_name if _PLACE.fullmatch(name))
    rng = random.Random(0)
    copies = [exchanged(words, persons, places, rng) for words in tagged for _ in range(COPIES)]
    return [fold(line) for text in (*own, *copies, *general) for line in lines_of(text)]


def alike(lengths: Sequence[int]) -> list[list[int]]:
    """Numbers of texts of like length, as many at a time as fill AT_ONCE with their padding."""
    order, found = sorted(range(len(lengths)), key=lengths.__getitem__), []
    while order:
        found.append(order[-max(1, AT_ONCE // lengths[order[-1]]) :])
        del order[-len(found[-1]) :]
    return found


def marginals(scores: Tensor, lengths: Tensor, transitions: Tensor) -> Tensor:
    """How likely each label is at each character, by the forward-backward algorithm.

    Args:
        scores: (time, sentences, labels).
        lengths: (sentences,), the characters of each.
        transitions: (labels, labels), from the row's to the column's.
    """
    passing, seen = transitions.exp(), (scores - scores.amax(-1, keepdim=True)).exp()
    before = [functional.normalize(seen[0], p=1, dim=-1)]
    for now in seen[1:]:
        before.append(functional.normalize(before[-1] @ passing * now, p=1, dim=-1))
    found, behind = [], torch.ones_like(seen[0])
    for t in reversed(range(len(seen))):
        behind = behind.masked_fill((t >= lengths - 1)[:, None], 1.0)
        found.append(functional.normalize(before[t] * behind, p=1, dim=-1))
        behind = functional.normalize((behind * seen[t]) @ passing.T, p=1, dim=-1)
    return torch.stack(found[::-1])


def taught_tags(text: str, rows: np.ndarray) -> Tensor:
    """How likely LAC finds each tag at each character (characters, tags); zeros beside sentences."""
    teacher = ort.InferenceSession(TAGGER / "model.onnx", providers=["CPUExecutionProvider"])
    transitions = torch.from_numpy(np.load(TAGGER / "transitions.npy"))
    sentences = [range(k, min(k + MAX_LENGTH, b)) for a, b in split_sentences(text) for k in range(a, b, MAX_LENGTH)]
    found = torch.zeros(len(rows), len(transitions), dtype=torch.float16)
    for chosen in tqdm(alike([*map(len, sentences)]), desc="tags"):
        lengths = np.array([len(sentences[n]) for n in chosen], np.int32)
        inside = np.arange(lengths.max()) < lengths[:, None]
        at = np.concatenate([sentences[n] for n in chosen])
        padded = np.zeros(inside.shape, np.int32)
        padded[inside] = rows[at]
        scores = teacher.run(None, {"characters": np.ascontiguousarray(padded.T), "lengths": lengths})[0]
        likely = marginals(torch.from_numpy(scores), torch.from_numpy(lengths), transitions)
        found[at] = likely.swapaxes(0, 1)[torch.from_numpy(inside)].half()
    return found


class Teacher:
    """The wider network, as the program ran it at the commit that it is taken from."""

    def __init__(self, folder: Path) -> None:
        self._session = session((folder / "model.onnx").read_bytes())
        with np.load(folder / "head.npz") as stored:
            self._head = {name: torch.from_numpy(stored[name].astype(np.float32)) for name in stored}

    def states(self, text: Characters) -> Tensor:
        """The states of characters (characters, TAUGHT)."""
        size = len(text.characters)
        found = torch.empty(size, TAUGHT, dtype=torch.float16)
        for low in trange(0, size, AT_ONCE, desc="states", disable=size < AT_ONCE):
            first, high = max(0, low - TAUGHT_REACH), min(low + AT_ONCE, size)
            states = self._session.run(None, text.part(first, high + TAUGHT_REACH)._asdict())[0]
            found[low:high] = torch.from_numpy(states[low - first : high - first])
        return found

    def candidates(self, states: Tensor, stretches: Tensor, codes: Tensor) -> tuple[Tensor, Tensor]:
        """The log-odds of each kind, and what enters the units that labels are told by."""
        by_code = self._head["codes"].view(CODE_OFFSETS[-1], -1)
        told = told_by(states.float(), stretches).float() @ self._head["roles"].flatten(0, 1)
        told += by_code[codes].sum(1) + self._head["bias"]
        kind, other = told.chunk(2, dim=1)
        return self._answer("kind", kind), other

    def labels(self, head: str, told: Tensor, said: Tensor) -> Tensor:
        """How likely each label is of candidates, those of one head; `said` are the opinions of the rules."""
        scores = self._answer(head, told)
        if f"{head}.said" in self._head:
            scores = scores + self._head[f"{head}.said"][said] / SHARE
        return scores.softmax(-1)

    def heads(self) -> list[str]:
        """The heads that it has a say in."""
        return [head for head in LABELS if head in self._head]

    def _answer(self, head: str, told: Tensor) -> Tensor:
        found = functional.gelu(told, approximate="tanh") @ self._head[head] + self._head[f"{head}.bias"]
        return found / SHARE


def standardised(states: Tensor) -> Tensor:
    """Columns that have a mean of 0 and a spread of 1."""
    some = states[:: max(1, len(states) // 50_000)].float()
    return states.sub_(some.mean(0).half()).div_(some.std(0).half())


def windows(bounds: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Numbers of characters, (WINDOW, WINDOWS) at a time without an end; lines in a new order at each round."""
    low = bounds[:-1:TOGETHER]
    high = np.append(low[1:], bounds[-1])
    while True:
        order = rng.permutation(len(low))
        stream = ranges(low[order], high[order])
        whole = rng.permutation(stream[: len(stream) // WINDOW * WINDOW].reshape(-1, WINDOW))
        yield from (whole[k : k + WINDOWS].T for k in range(0, max(1, len(whole) - WINDOWS + 1), WINDOWS))


def pretrain(lines: Sequence[str], teacher: Teacher, rounds: int) -> Body:
    """Step 1."""
    text = "".join(f"{line}\n" for line in lines)
    bounds = np.cumsum([0, *(len(line) + 1 for line in lines)])
    every = Characters.of(text)
    likely, states = taught_tags(text, every.characters), standardised(teacher.states(every))
    rows = torch.from_numpy(every.characters).long()
    torch.manual_seed(1)
    body = Body().train()
    embedding = next(each for each in onnx.load(TAGGER / "model.onnx").graph.initializer if each.name == "embedding")
    body.emb.weight.data[:LINE_END] = torch.from_numpy(numpy_helper.to_array(embedding).copy())
    body.emb.weight.data[LINE_END] = 0
    optimiser = torch.optim.AdamW([{"params": [*body.parameters()], "rate": PEAK}], weight_decay=0.01, betas=BETAS)
    batches, steps = windows(bounds, np.random.default_rng(0)), rounds * len(rows) // (WINDOW * WINDOWS)
    for n, chosen in zip(trange(steps, desc="language"), batches, strict=False):
        body.rounded = n >= BEFORE_ROUNDING * steps
        at = torch.from_numpy(chosen)
        found, right = body(rows[at], HIDDEN_SHARE), likely[at].float()
        tags, meant = answer(body.tag, found), answer(body.sem, found)
        loss = -(right * tags.float().log_softmax(-1)).sum() / right.sum()
        loss = loss + functional.mse_loss(meant.float(), states[at].float())
        step(optimiser, loss, min(1, (n + 1) / WARM_UP) * (0.5 * (1 + np.cos(np.pi * n / steps)) + 0.003))
    return body


def step(optimiser: torch.optim.Optimizer, loss: Tensor, share: float) -> None:
    """Move the weights once, at a share of their rates."""
    for group in optimiser.param_groups:
        group["lr"] = share * group["rate"]
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_([each for group in optimiser.param_groups for each in group["params"]], 1.0)
    optimiser.step()


def tags_of(work: Work) -> Tensor:
    """The tags that LAC gives the characters, -1 beside sentences."""
    numbers = {label: n for n, label in reversed([*enumerate(tag_names())])}
    tags = np.full(len(work.reading.folded), -1)
    for word in work.reading.words:
        tags[word.start : word.end] = numbers.get(f"{word.label}-I", -1)
        tags[word.start] = numbers.get(f"{word.label}-B", -1)
    return torch.from_numpy(tags)


def annotated(document: Annotated, counts: float = 1.0) -> Example:
    """A document that people annotated; `counts` is how much."""
    work = document.work
    right, weight = (np.stack(each, axis=1) for each in zip(*map(document.teaching, KINDS), strict=True))
    asked = {}
    for head, names in NAMES.items():
        kind, field = head.split(".")
        whose = document.agreement[kind].whose
        known = torch.tensor([names.index(record[field]) for record in whose.values()], dtype=torch.long)
        label = functional.one_hot(known, len(names)) * (1 - SMOOTHING) + SMOOTHING / len(names)
        asked[head] = Asked(torch.tensor([*whose], dtype=torch.long), _said(work, head, [*whose]), label)
    taught = (torch.as_tensor(each, dtype=torch.float32) for each in (right, weight * counts))
    seen = _seen(work, Characters.of(work.reading.folded))
    return Example(document.name, *seen, tags_of(work), *taught, asked)


def general(text: str, teacher: Teacher) -> Example:
    """A text of which the teacher tells what its candidates are."""
    work = work_of(read(parse_bytes(text.encode(), "general.txt"), until="issues"))
    text = Characters.of(work.reading.folded)
    rows, stretches, codes = _seen(work, text)
    kind, told = teacher.candidates(teacher.states(text), stretches, codes)
    asked = {}
    for head in teacher.heads():
        which = np.flatnonzero(kind[:, KINDS.index(head.split(".")[0])] > LIKELY)
        said = _said(work, head, which)
        asked[head] = Asked(torch.from_numpy(which), said, teacher.labels(head, told[which], said))
    return Example("", rows, stretches, codes, tags_of(work), kind.sigmoid(), torch.ones_like(kind), asked)


def _seen(work: Work, text: Characters) -> tuple[Tensor, Tensor, Tensor]:
    """What is seen of a document: rows of characters, where its candidates stand, and what is known of them."""
    starts, ends, sentences = as_array(work.spans)[:3]
    own = np.stack([starts, ends], axis=1)[:, None]
    stretches = np.concatenate([own, surroundings(work.reading)[sentences]], axis=1)
    codes = [at + work.description.codes[name] for at, name in zip(CODE_OFFSETS, CODES, strict=False)]
    rows = torch.from_numpy(text.characters).long()
    return rows, torch.from_numpy(stretches).long(), torch.from_numpy(np.stack(codes, axis=1)).long()


def _said(work: Work, head: str, which: Iterable[int]) -> Tensor:
    """What the rules say of candidates."""
    return torch.from_numpy(work.opinions(head, which)).long()


def general_documents() -> list[str]:
    """General text, some thousand characters at a time."""
    found, lines = [], []
    for line in dict.fromkeys(general_texts()):
        lines.append(line)
        if sum(map(len, lines)) > GENERAL_LENGTH:
            found.append("\n".join(lines))
            lines = []
    return found


def loss_of(network: Network, batch: Sequence[Example], tag_loss: float) -> Tensor:
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
    return loss + tag_loss * functional.cross_entropy(tags.flatten(0, 1), true.flatten(), ignore_index=-1)


def some_at_a_time(examples: Sequence[Example], n: int, rng: random.Random) -> Iterator[list[Example]]:
    """`n` documents of like length at a time without an end, all in random order again and again."""
    while True:
        order = rng.sample(examples, len(examples))
        near = [sorted(order[k : k + SORTED], key=lambda one: len(one.rows)) for k in range(0, len(order), SORTED)]
        found = [some[k : k + n] for some in near for k in range(0, len(some), n)]
        yield from rng.sample(found, len(found))


def fit(examples: Sequence[Example], others: Sequence[Example], start: Path, steps: int) -> Network:
    """Step 2, from annotated documents and from general ones."""
    torch.manual_seed(0)
    rng = random.Random(0)
    network = Network(start).train()
    rates = ((network.body, BODY_RATE), (network.head, HEAD_RATE))
    groups = [{"params": [*part.parameters()], "rate": rate} for part, rate in rates]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.05, betas=BETAS)
    mean = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(DECAY))
    batches = (some_at_a_time(examples, DOCUMENTS, rng), some_at_a_time(others, GENERAL, rng))
    for n, batch, other in zip(trange(steps, desc="candidates"), *batches, strict=False):
        network.body.rounded = n >= BEFORE_ROUNDING_TUNED * steps
        loss = loss_of(network, batch, TAG_LOSS) + loss_of(network, other, GENERAL_TAG_LOSS)
        step(optimiser, loss, min(1, n / (0.06 * steps)) * (1 - n / steps) + 0.02)
        if n >= BEFORE_MEAN * steps:
            mean.update_parameters(network)
    mean.module.body.rounded = True
    return mean.module.eval()


@torch.no_grad()
def answers(network: Network, examples: Sequence[Example]) -> dict[str, dict[str, np.ndarray]]:
    """By document the log-odds of kinds, as `kind`, and by head whether each label is told rightly, tags as `tags`."""
    found = {}
    for one in examples:
        tags, kind, told = network([one])
        known = one.tags >= 0
        found[one.name] = {"kind": kind.numpy(), "tags": (tags[:, 0].argmax(1) == one.tags)[known].numpy()}
        for head, asked in one.asked.items():
            best = network.head.labels(head, told[asked.which], asked.said).argmax(1)
            found[one.name][head] = (best == asked.label.argmax(1)).numpy()
    return found


def report(title: str, examples: Sequence[Example], found: dict[str, dict[str, np.ndarray]]) -> None:
    """Print the average precision of kinds, and the share of right labels."""
    if not examples:
        return
    right, weight = (torch.cat([getattr(one, of) for one in examples]).numpy() for of in ("right", "weight"))
    said = {of: np.concatenate([found[one.name][of] for one in examples]) for of in ("kind", "tags", *LABELS)}
    columns = zip(KINDS, right.T, said["kind"].T, weight.T, strict=True)
    values = [f"{kind} {average_precision_score(*two, sample_weight=counts):.3f}" for kind, *two, counts in columns]
    values += [f"{head} {said[head].mean():.3f} of {len(said[head])}" for head in (*LABELS, "tags")]
    print(f"{title:26} {'   '.join(values)}", flush=True)


def save(path: Path, module: nn.Module, **more: str) -> None:
    """Write the weights in 16 bits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    values = {name: value.half().numpy() for name, value in module.state_dict().items()}
    np.savez_compressed(path, **values, **more)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path, default=ROOT / "corpora")
    parser.add_argument("--extra-gold", action="append", default=[], metavar="GOLD=SOURCES", type=extra_documents)
    parser.add_argument("--out", type=Path, default=Path(".build/context"))
    parser.add_argument("--teacher", type=Path, default=Path(".build/models/context"), help="the wider network")
    parser.add_argument("--rounds", type=int, default=8, help="of step 1")
    parser.add_argument("--start", type=Path, metavar="PRETRAINED", help="pretrained.npz, to leave step 1 out")
    parser.add_argument("--steps", type=int, default=1200, help="of step 2")
    args = parser.parse_args()
    torch.set_flush_denormal(True)  # means of slopes of rare rows fade away, and would take ever longer
    teacher, start = Teacher(args.teacher), args.start or args.out / "pretrained.npz"
    if not args.start:
        save(start, pretrain(read_lines(args.corpora), teacher, args.rounds))
    own, held = own_documents(args.corpora)
    held, *sets = (
        [annotated(of_file(path, gold), EXTRA_WEIGHT if n > 1 else 1.0) for gold, path in some]
        for n, some in enumerate((held, own, *args.extra_gold))
    )
    others = [general(text, teacher) for text in tqdm(general_documents(), desc="general text")]
    network = fit([*chain(*sets)], others, start, args.steps)
    save(args.out / "weights.npz", network, labels=json.dumps(NAMES, ensure_ascii=False))
    report("held back", held, answers(network, held))


if __name__ == "__main__":
    main()
