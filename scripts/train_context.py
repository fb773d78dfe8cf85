#!/usr/bin/env python
"""Train models/context: the network that reads candidates in their context.

1. Learn the language from two teachers (Hinton et al. 2015, distillation, arXiv:1503.02531), on our own documents, on
   copies of them with other persons and places, and on general Chinese text. LAC, our tagger, teaches how likely each
   tag is at each character; multilingual-e5-small with all its twelve layers its last states, token by token.
2. Learn what the candidates of annotated documents are, and their labels, beside the tags of the words. The weights are
   the exponential mean of those of the last steps (Polyak & Juditsky 1992, averaging).
3. The same without each of `--folds` parts of the documents, and on `corpora/` alone, for `train_work.py --context`.

In: the annotated documents of `corpora/` but those held back; `--extra-gold GOLD=SOURCES` adds others, which count
double. Out, in `--out`: pretrained.npz (1), weights.npz (2), cross.npz (3: log-odds of candidates by models that did
not see the document), and a table: the average precision of issues and of measures, and the share of right labels.

    pip install 'docintel[train]'
    python scripts/train_context.py && python scripts/build_context.py

On an H200 two minutes for step 1, once LAC has read the text on the CPU, and 75 seconds for a fit of step 2 beside nine
others. Two cores of a CPU take half a day, with `--seconds 50000`, and two hours a fit. Seeds are fixed, yet step 1
goes by the clock, so runs differ a little.
"""

import argparse
import json
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import onnxruntime as ort
import torch
from annotated import extra_documents, own_documents
from build_encoder import source
from context_network import NAMES, TAGGER, Asked, Body, Example, Network, halved, tag_names
from encoder_graph import POSITIONS
from onnx import numpy_helper
from sklearn.metrics import average_precision_score
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm import tqdm
from train_encoder import PASSAGE, Student, general_texts

from docintel.extract.language.tagger import MAX_LENGTH
from docintel.extract.language.words import tagged_sentences
from docintel.extract.places.gazetteer import gazetteer
from docintel.extract.work.context import (
    CODE_OFFSETS,
    LINE_END,
    Characters,
    surroundings,
)
from docintel.extract.work.description import CODES, ranges
from docintel.extract.work.judging import KINDS
from docintel.learning.annotated import Annotated, folds, of_file
from docintel.learning.heads import LABELS
from docintel.parse.sandbox import parse
from docintel.text.normalize import fold
from docintel.text.sentences import split_sentences

ROOT = Path(__file__).resolve().parent.parent
BETAS = (0.9, 0.98)
#: Step 1: characters or tokens that a teacher reads at once; copies of each document, characters of a line, lines that
#: stay together, characters of a window, windows of a batch.
AT_ONCE = 24_000
COPIES, LONGEST, TOGETHER, WINDOW, WINDOWS = 8, 480, 8, 512, 64
PEAK, WARM_UP, HIDDEN_SHARE = 2e-3, 300, 0.02
#: Step 2.
BODY_RATE, HEAD_RATE = 4e-4, 1e-3
KIND_LOSS, LABEL_LOSS, TAG_LOSS, SMOOTHING = 2.0, 0.3, 0.2, 0.05
DOCUMENTS, SORTED, EXTRA_WEIGHT = 4, 32, 2.0
#: The share of steps before the mean begins, and how much of it stays at each.
BEFORE_MEAN, DECAY = 0.6, 0.98
_PLACE = re.compile(r"(?![省市县区州旗])[一-鿿]{2,5}?[省市县区州旗]")


def words_of(text: str) -> Iterator[tuple[str, str]]:
    """The words of a text with their tags, and what stands between them."""
    at = 0
    for word in (word for sentence in tagged_sentences(text) for word in sentence):
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


def taught_tags(text: str, rows: np.ndarray, device: str) -> Tensor:
    """How likely LAC finds each tag at each character (characters, tags); zeros beside sentences."""
    session = ort.InferenceSession(TAGGER / "model.onnx", providers=["CPUExecutionProvider"])
    transitions = torch.from_numpy(np.load(TAGGER / "transitions.npy")).to(device)
    sentences = [range(k, min(k + MAX_LENGTH, b)) for a, b in split_sentences(text) for k in range(a, b, MAX_LENGTH)]
    found = torch.zeros(len(rows), len(transitions), dtype=torch.float16, device=device)
    for chosen in tqdm(alike([*map(len, sentences)]), desc="tags"):
        lengths = np.array([len(sentences[n]) for n in chosen], np.int32)
        inside = np.arange(lengths.max()) < lengths[:, None]
        at = np.concatenate([sentences[n] for n in chosen])
        padded = np.zeros(inside.shape, np.int32)
        padded[inside] = rows[at]
        scores = session.run(None, {"characters": np.ascontiguousarray(padded.T), "lengths": lengths})[0]
        likely = marginals(*(torch.from_numpy(each).to(device) for each in (scores, lengths)), transitions)
        found[at] = likely.swapaxes(0, 1)[torch.from_numpy(inside)].half()
    return found


def taught_states(lines: Sequence[str], bounds: np.ndarray, device: str) -> tuple[Tensor, Tensor]:
    """Of each character the number of the token that ends there, or -1, and e5's states of tokens, standardised."""
    tensors, tokenizer = source()
    with TemporaryDirectory() as folder:
        tokenizer.save(str(Path(folder) / "tokenizer.json"))
        teacher = Student(tensors, Path(folder) / "tokenizer.json", device)
    tokenizer.enable_truncation(POSITIONS)
    encoded = tokenizer.encode_batch([PASSAGE + line for line in lines])
    ids, token_at, parts, count = [each.ids for each in encoded], np.full(bounds[-1], -1), [], 0
    for chosen in tqdm(alike([*map(len, ids)]), desc="states"):
        with torch.no_grad():
            states = teacher.read([ids[n] for n in chosen])[0].half()
        for n, row in zip(chosen, states, strict=True):
            ends = np.array(encoded[n].offsets)[:, 1] - len(PASSAGE)
            inside = np.flatnonzero(ends > 0)
            token_at[bounds[n] + ends[inside] - 1] = count + np.arange(len(inside))
            parts.append(row[torch.from_numpy(inside).to(device)])
            count += len(inside)
    every = torch.cat(parts)
    some = every[:: max(1, count // 50_000)].float()
    return torch.from_numpy(token_at).to(device), every.sub_(some.mean(0).half()).div_(some.std(0).half())


def windows(bounds: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Numbers of characters, (WINDOWS, WINDOW) at a time without an end; lines in a new order at each round."""
    low = bounds[:-1:TOGETHER]
    high = np.append(low[1:], bounds[-1])
    while True:
        order = rng.permutation(len(low))
        stream = ranges(low[order], high[order])
        whole = rng.permutation(stream[: len(stream) // WINDOW * WINDOW].reshape(-1, WINDOW))
        yield from (whole[k : k + WINDOWS] for k in range(0, len(whole), WINDOWS))


def pretrain(lines: Sequence[str], seconds: float, device: str) -> Body:
    """Step 1."""
    text = "".join(f"{line}\n" for line in lines)
    bounds = np.cumsum([0, *(len(line) + 1 for line in lines)])
    every = Characters.of(text).characters
    likely, (token_at, states) = taught_tags(text, every, device), taught_states(lines, bounds, device)
    rows = torch.from_numpy(every).long().to(device)
    torch.manual_seed(1)
    body = Body()
    embedding = next(each for each in onnx.load(TAGGER / "model.onnx").graph.initializer if each.name == "embedding")
    body.emb.weight.data[:LINE_END] = torch.from_numpy(numpy_helper.to_array(embedding).copy())
    body.emb.weight.data[LINE_END] = 0
    body.to(device).train()
    groups = [{"params": [*body.parameters()], "rate": PEAK}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01, betas=BETAS)
    began, bar = time.monotonic(), tqdm(desc="language")
    for chosen in windows(bounds, np.random.default_rng(0)):
        passed = (time.monotonic() - began) / seconds
        if passed >= 1:
            break
        at = torch.from_numpy(chosen).to(device)
        token, right = token_at[at], likely[at].float()
        with halved(at.device):
            found = body(rows[at], HIDDEN_SHARE)
            tags, meant = body.tag(found), body.sem(found[token >= 0])
        loss = -(right * tags.float().log_softmax(-1)).sum() / right.sum()
        loss = loss + functional.mse_loss(meant.float(), states[token[token >= 0]].float())
        step(optimiser, loss, min(1, bar.n / WARM_UP) * (0.5 * (1 + np.cos(np.pi * passed)) + 0.003))
        bar.update()
    return body


def step(optimiser: torch.optim.Optimizer, loss: Tensor, share: float) -> None:
    """Move the weights once, at a share of their rates."""
    for group in optimiser.param_groups:
        group["lr"] = share * group["rate"]
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_([each for group in optimiser.param_groups for each in group["params"]], 1.0)
    optimiser.step()


def example_of(document: Annotated, device: str, counts: float = 1.0) -> Example:
    """A document to learn from, on the device; `counts` is how much."""
    work, numbers = document.work, {label: n for n, label in reversed([*enumerate(tag_names())])}
    tags = np.full(len(work.reading.folded), -1)
    for word in work.reading.words:
        tags[word.start : word.end] = numbers.get(f"{word.label}-I", -1)
        tags[word.start] = numbers.get(f"{word.label}-B", -1)
    spans = np.array(work.spans, dtype=np.intp).reshape(-1, 5)
    stretches = np.concatenate([spans[:, None, :2], surroundings(work.reading)[spans[:, 2]]], axis=1)
    codes = [at + work.description.codes[name] for at, name in zip(CODE_OFFSETS, CODES, strict=False)]
    right, weight = (np.stack(each, axis=1) for each in zip(*map(document.teaching, KINDS), strict=True))
    asked = {}
    for head, names in NAMES.items():
        kind, field = head.split(".")
        whose = document.agreement[kind].whose
        known = [names.index(record[field]) for record in whose.values()]
        told = ([*whose], work.opinions(head, whose), known)
        asked[head] = Asked(*(torch.as_tensor(each, dtype=torch.long, device=device) for each in told))
    rows = Characters.of(work.reading.folded).characters
    whole = (rows, tags, stretches, np.stack(codes, axis=1))
    taught = (right, weight * counts)
    return Example(
        document.name,
        *(torch.as_tensor(each, dtype=torch.long, device=device) for each in whole),
        *(torch.as_tensor(each, dtype=torch.float32, device=device) for each in taught),
        asked,
    )


def loss_of(network: Network, batch: Sequence[Example]) -> Tensor:
    """How wrong the network is about kinds, labels and tags."""
    tags, kind, told = network(batch)
    right, weight = (torch.cat([getattr(one, name) for one in batch]) for name in ("right", "weight"))
    wrong = functional.binary_cross_entropy_with_logits(kind, right, reduction="none")
    loss = KIND_LOSS * (wrong * weight).sum() / weight.sum().clamp(min=1)
    units = told.split([len(one.codes) for one in batch])
    for head in LABELS:
        asked = [one.asked[head] for one in batch]
        some = torch.cat([unit[each.which] for unit, each in zip(units, asked, strict=True)])
        label = torch.cat([each.label for each in asked])
        scores = network.head.labels(head, some, torch.cat([each.said for each in asked]))
        wrong = functional.cross_entropy(scores, label, reduction="sum", label_smoothing=SMOOTHING)
        loss = loss + LABEL_LOSS * wrong / (len(label) + 1)
    true = pad_sequence([one.tags for one in batch], batch_first=True, padding_value=-1)
    return loss + TAG_LOSS * functional.cross_entropy(tags.flatten(0, 1), true.flatten(), ignore_index=-1)


def some_at_a_time(examples: Sequence[Example], rng: random.Random) -> list[list[Example]]:
    """All documents in random order, those of like length together."""
    order = rng.sample(examples, len(examples))
    near = [sorted(order[k : k + SORTED], key=lambda one: len(one.rows)) for k in range(0, len(order), SORTED)]
    found = [some[k : k + DOCUMENTS] for some in near for k in range(0, len(some), DOCUMENTS)]
    rng.shuffle(found)
    return found


def fit(examples: Sequence[Example], start: Path, epochs: int, title: str) -> Network:
    """Step 2."""
    torch.manual_seed(0)
    rng = random.Random(0)
    network = Network(start).to(examples[0].rows.device).train()
    rates = ((network.body, BODY_RATE), (network.head, HEAD_RATE))
    groups = [{"params": [*part.parameters()], "rate": rate} for part, rate in rates]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.05, betas=BETAS)
    mean = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(DECAY))
    every = [batch for _ in range(epochs) for batch in some_at_a_time(examples, rng)]
    for n, batch in enumerate(tqdm(every, desc=title)):
        passed = n / len(every)
        step(optimiser, loss_of(network, batch), min(1, n / (0.1 * len(every) + 1)) * (1 - passed) + 0.02)
        if n + 1 > BEFORE_MEAN * len(every):
            mean.update_parameters(network)
    return mean.module.eval()


@torch.no_grad()
def answers(network: Network, examples: Sequence[Example]) -> dict[str, dict[str, np.ndarray]]:
    """By document the log-odds of kinds, as `kind`, and by head whether each label is told rightly."""
    found = {}
    for one in examples:
        _, kind, told = network([one])
        found[one.name] = {"kind": kind.cpu().numpy()}
        for head, asked in one.asked.items():
            best = network.head.labels(head, told[asked.which], asked.said).argmax(1)
            found[one.name][head] = (best == asked.label).cpu().numpy()
    return found


def report(title: str, examples: Sequence[Example], found: dict[str, dict[str, np.ndarray]]) -> None:
    """Print the average precision of kinds, and the share of right labels."""
    if not examples:
        return
    right, weight = (torch.cat([getattr(one, of) for one in examples]).cpu().numpy() for of in ("right", "weight"))
    said = {of: np.concatenate([found[one.name][of] for one in examples]) for of in ("kind", *LABELS)}
    columns = zip(KINDS, right.T, said["kind"].T, weight.T, strict=True)
    values = [f"{kind} {average_precision_score(*two, sample_weight=counts):.3f}" for kind, *two, counts in columns]
    values += [f"{head} {said[head].mean():.3f} of {len(said[head])}" for head in LABELS]
    print(f"{title:26} {'   '.join(values)}", flush=True)


def crossed(fitted: Callable[..., Network], sets: Sequence[Sequence[Example]], n: int) -> dict[str, np.ndarray]:
    """Step 3: the log-odds under the names that `train_work.py` reads; the first set are our own documents."""
    unseen, by_own = {}, {}
    for k, part in enumerate(folds([*chain(*sets)], n), start=1):
        names = {one.name for one in part}
        others = [one for one in chain(*sets) if one.name not in names]
        unseen |= answers(fitted(others, title=f"fold {k}"), part)
    if len(sets) > 1:
        by_own = answers(fitted(sets[0], title="corpora alone"), [*chain(*sets[1:])])
    for k, some in enumerate(sets):
        report(f"{f'extra {k}' if k else 'corpora'}, cross-validated", some, unseen)
        if k:
            report(f"extra {k}, not fitted on", some, by_own)
    parts = (("cross", unseen), ("own", by_own))
    return {f"{part}/{name}": answer["kind"] for part, found in parts for name, answer in found.items()}


def save(path: Path, module: nn.Module, **more: str) -> None:
    """Write the weights in 16 bits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    values = {name: value.half().cpu().numpy() for name, value in module.state_dict().items()}
    np.savez_compressed(path, **values, **more)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path, default=ROOT / "corpora")
    parser.add_argument("--extra-gold", action="append", default=[], metavar="GOLD=SOURCES", type=extra_documents)
    parser.add_argument("--out", type=Path, default=Path(".build/context"))
    parser.add_argument("--seconds", type=float, default=100.0, help="of step 1, behind what the teachers take")
    parser.add_argument("--start", type=Path, metavar="PRETRAINED", help="pretrained.npz, to leave step 1 out")
    parser.add_argument("--epochs", type=int, default=26, help="of step 2")
    parser.add_argument("--folds", type=int, default=5, help="0 leaves step 3 out")
    args = parser.parse_args()
    if args.folds == 1:
        parser.error("--folds: one part leaves no documents to learn from; give 0, or 2 and more.")
    torch.set_float32_matmul_precision("high")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    start = args.start or args.out / "pretrained.npz"
    if not args.start:
        save(start, pretrain(read_lines(args.corpora), args.seconds, device))
    own, held = own_documents(args.corpora)
    held, *sets = (
        [example_of(of_file(path, gold), device, EXTRA_WEIGHT if n > 1 else 1.0) for gold, path in some]
        for n, some in enumerate((held, own, *args.extra_gold))
    )
    fitted = partial(fit, start=start, epochs=args.epochs)
    network = fitted([*chain(*sets)], title="fit")
    save(args.out / "weights.npz", network, labels=json.dumps(NAMES, ensure_ascii=False))
    report("held back", held, answers(network, held))
    if args.folds:
        np.savez_compressed(args.out / "cross.npz", **crossed(fitted, sets, args.folds))


if __name__ == "__main__":
    main()
