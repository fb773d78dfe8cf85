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
from build_encoder import sample_sentences, save_sentence_transformer

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


def rows(folder: Path, reference: SentenceTransformerEncoder, gold: Judged | None) -> list[tuple[str, str]]:
    """What the table says about one folder."""
    encoder = OnnxEncoder(folder, threads=1)
    texts = gold.measures if gold else sample_sentences()
    ours, theirs = per_second(encoder.encode_passages, texts), per_second(reference.encode_passages, texts)
    one = per_second(lambda some: [encoder.encode_queries([text]) for text in some], texts[:50])
    reference_one = per_second(lambda some: [reference.encode_queries([text]) for text in some], texts[:50])
    cosine = (encoder.encode_passages(texts) * reference.encode_passages(texts)).sum(axis=1)
    table = [
        ("model.onnx", f"{(folder / 'model.onnx').stat().st_size / 1e6:.1f} MB"),
        ("sentences/s, one thread", f"{ours:.0f}"),
        ("  sentence-transformers fp32", f"{theirs:.0f}, ratio {ours / theirs:.2f}"),
        ("sentences/s, one at a time", f"{one:.0f}"),
        ("  sentence-transformers fp32", f"{reference_one:.0f}, ratio {one / reference_one:.2f}"),
        ("cold start to first query", f"{cold_seconds(folder):.2f} s of CPU"),
        ("cosine to fp32 in torch", f"mean {cosine.mean():.6f}, lowest {cosine.min():.6f}"),
    ]
    if gold:
        found, expected = scores(encoder, gold), scores(reference, gold)
        table += [
            ("MRR issue to measure", f"{mean_reciprocal_rank(found, gold.relevant):.4f}"),
            ("  sentence-transformers fp32", f"{mean_reciprocal_rank(expected, gold.relevant):.4f}"),
            ("top 10 as in fp32", f"{agreement(found, expected):.3f}"),
        ]
    return table


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, help="default: the shipped encoder")
    parser.add_argument("--gold", type=Path, default=GOLD, help="folder of judged documents (skipped when missing)")
    options = parser.parse_args()
    gold = judged(options.gold) if options.gold.is_dir() else None
    with TemporaryDirectory() as folder:
        save_sentence_transformer(models_dir() / "encoder" / "tokenizer.json", Path(folder, "reference"))
        reference = SentenceTransformerEncoder(str(Path(folder, "reference")))
        import torch  # already loaded by the reference

        torch.set_num_threads(1)
        for model in options.folders or [models_dir() / "encoder"]:
            print(model)
            for name, value in rows(model, reference, gold):
                print(f"  {name:<32}{value}")


if __name__ == "__main__":
    main()
