#!/usr/bin/env python
"""Measure encoders: speed against sentence-transformers, cold start, and relevance where judged documents are there.

In: model folders of `scripts/build_encoder.py`, the shipped one by default. Out: a table a folder.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from build_encoder import sample_sentences, save_sentence_transformer, shipped, source

from docintel.config import models_dir
from docintel.index.encoder import Encoder, OnnxEncoder, SentenceTransformerEncoder

GOLD = Path(__file__).parents[2] / "shared" / "gold"
COLD = """
import sys, time
from pathlib import Path
from docintel.index.encoder import OnnxEncoder
OnnxEncoder(Path(sys.argv[1]), threads=1).encode_queries(["整改不到位怎么办"])
print(time.process_time())
"""


class Judged(NamedTuple):
    """Issues, measures, and which measures answer which issue."""

    issues: list[str]
    measures: list[str]
    relevant: np.ndarray  # (issues, measures) bool


def judged(folder: Path) -> Judged:
    """Read the `addresses` links of every document in the folder."""
    issues: list[str] = []
    measures: list[str] = []
    links: list[tuple[int, int]] = []
    for path in sorted(folder.glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        first = len(issues)
        issues += [issue["quote"] for issue in document["issues"]]
        for measure in document["measures"]:
            links += [(first + n, len(measures)) for n in measure.get("addresses", ())]
            measures.append(measure["quote"])
    relevant = np.zeros((len(issues), len(measures)), dtype=bool)
    for issue, measure in links:
        relevant[issue, measure] = True
    return Judged(issues, measures, relevant)


def scores(encoder: Encoder, gold: Judged) -> np.ndarray:
    """Each issue against each measure."""
    return encoder.encode_queries(gold.issues) @ encoder.encode_passages(gold.measures).T


def mean_reciprocal_rank(found: np.ndarray, relevant: np.ndarray) -> float:
    """MRR over the issues that any measure answers; a tie counts as found."""
    answered = relevant.any(axis=1)
    best = np.where(relevant, found, -np.inf).max(axis=1)[answered]
    return float((1 / (1 + (found[answered] > best[:, None]).sum(axis=1))).mean())


def agreement(a: np.ndarray, b: np.ndarray, k: int = 10) -> float:
    """Share of the first k that two rankings have in common."""
    tops = (np.argsort(-matrix, axis=1, kind="stable")[:, :k] for matrix in (a, b))
    return float(np.mean([len(set(x) & set(y)) / k for x, y in zip(*tops, strict=True)]))


def per_second(encode: Callable[[Sequence[str]], object], texts: list[str], rounds: int = 3) -> float:
    """Texts a second, best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        encode(texts)
        best = min(best, time.perf_counter() - start)
    return len(texts) / best


def cold_seconds(folder: Path) -> float:
    """CPU seconds of a fresh process from its start to the first query vector."""
    run = subprocess.run([sys.executable, "-c", COLD, str(folder)], capture_output=True, text=True, check=True)
    return float(run.stdout)


class Reference(NamedTuple):
    """What an encoder is compared with, in float32, run by sentence-transformers."""

    name: str
    encoder: SentenceTransformerEncoder


def references(folder: Path, scratch: Path) -> list[Reference]:
    """The model that the encoder was made from as its authors left it, and the encoder's own weights."""
    out = []
    for name, tensors in (("e5-small, as published", source()[0]), ("the same weights", shipped(folder))):
        target = scratch / folder.name / name.replace(" ", "-")
        save_sentence_transformer(tensors, folder / "tokenizer.json", target)
        out.append(Reference(name, SentenceTransformerEncoder(str(target))))
    return out


def rows(folder: Path, others: list[Reference], gold: Judged | None) -> list[tuple[str, str]]:
    """What the table says about one folder."""
    encoder = OnnxEncoder(folder, threads=1)
    texts = gold.measures if gold else sample_sentences()

    def singly(encoder: Encoder) -> float:
        return per_second(lambda some: [encoder.encode_queries([text]) for text in some], texts[:50])

    many, one = per_second(encoder.encode_passages, texts), singly(encoder)
    table = [
        ("model.onnx", f"{(folder / 'model.onnx').stat().st_size / 1e6:.1f} MB"),
        ("cold start to first query", f"{cold_seconds(folder):.2f} s of CPU"),
        ("sentences/s, one thread", f"{many:.0f} together, {one:.0f} one at a time"),
    ]
    if gold:
        found = scores(encoder, gold)
        table.append(("MRR issue to measure", f"{mean_reciprocal_rank(found, gold.relevant):.4f}"))
    passages = encoder.encode_passages(texts)
    for name, other in others:
        table.append((f"beside {name}, fp32", ""))
        together, alone = per_second(other.encode_passages, texts), singly(other)
        table.append(("  times as fast", f"{many / together:.2f} together, {one / alone:.2f} one at a time"))
        cosine = (passages * other.encode_passages(texts)).sum(axis=1)
        table.append(("  cosine", f"mean {cosine.mean():.4f}, lowest {cosine.min():.4f}"))
        if gold:
            expected = scores(other, gold)
            table += [
                ("  its MRR", f"{mean_reciprocal_rank(expected, gold.relevant):.4f}"),
                ("  top 10 in common", f"{agreement(found, expected):.3f}"),
            ]
    return table


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, help="default: the shipped encoder")
    parser.add_argument("--gold", type=Path, default=GOLD, help="folder of judged documents (skipped when missing)")
    options = parser.parse_args()
    gold = judged(options.gold) if options.gold.is_dir() else None
    import torch

    torch.set_num_threads(1)
    with TemporaryDirectory() as scratch:
        for model in options.folders or [models_dir() / "encoder"]:
            print(model)
            for name, value in rows(model, references(model, Path(scratch)), gold):
                print(f"  {name:<36}{value}")


if __name__ == "__main__":
    main()
