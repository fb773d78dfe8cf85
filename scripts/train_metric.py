#!/usr/bin/env python
"""Fit models/metric: what a figure counts, where the rules of `patterns/metrics.toml` are weak.

In: the documents of `corpora/` but those held back; `--extra-gold GOLD=SOURCES` adds others. Out: the model folder, and
how many metrics are right, by the rules alone and judged: of each group of documents by models that did not see the
document (`--folds`), and of the documents held back. Only figures that are found and that gold has are counted. One
softmax model; the same bytes at every run.

The rules were written with a look at part of these documents, and are right more often there than anywhere else. So
such a document is shown mostly without what the rules say, and the newer ones, written without a look at the program
(`corpora/features`, `corpora/varied`), count more and are always shown with it: of them the model learns how far to
trust the rules.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256
from io import BytesIO
from math import log
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from annotated import Pair, extra_documents, is_newer, own_documents
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from docintel.evaluation.extraction import matched
from docintel.extract.pipeline import read
from docintel.extract.statistics.judging import SILENT, WEIGHTS, describe, ground, is_settled
from docintel.files import write_whole
from docintel.parse.sandbox import parse
from docintel.schema.serial import record_to_dict

ROOT = Path(__file__).resolve().parent.parent
#: Inverse strength of the penalty on weights.
INVERSE_PENALTY = 0.3
ITERATIONS, TOLERANCE = 80, 1e-3
#: A feature stands at so many figures at least.
FEWEST = 5
#: How much features count when weights are penalised, by role; 1 for others.
SCALES = {
    "rule": 2.0,
    **dict.fromkeys(("type", "value", "ground", "before", "behind", "quote_before", "quote_behind"), 0.7),
    **dict.fromkeys(("clause_before", "clause_behind"), 0.6),
    **dict.fromkeys(("sentence_before", "sentence_behind", "opening"), 0.35),
}
#: How much a document counts that was written without a look at the program.
UNSEEN_WEIGHT = 2.0
#: The part of its weight at which any other document is shown without what the rules say.
WITHOUT_RULES = 0.9
#: How many times likelier than that of the rules another metric must be: where they say nothing, and elsewhere.
MARGINS = {"": log(6), **dict.fromkeys(SILENT, log(2))}


class Figure(NamedTuple):
    """A figure that was found and that gold has: its features, what the rules say of it and by which, and the truth."""

    document: str
    group: str
    features: tuple[str, ...]
    ruled: str
    rule: str
    truth: str


class Fitted(NamedTuple):
    """Weights (features, labels) and biases (labels,), with what the features are."""

    labels: list[str]
    entries: dict[str, int]
    weights: np.ndarray
    biases: np.ndarray

    def told(self, figures: Sequence[Figure]) -> list[str]:
        """The metrics, the rules' own where the model is not surer by the margin."""
        scores = matrix(figures, self.entries) @ self.weights + self.biases
        numbers = {label: n for n, label in enumerate(self.labels)}
        found = []
        for figure, row in zip(figures, scores, strict=True):
            ruled, best = numbers.get(figure.ruled), int(row.argmax())
            margin = MARGINS.get(figure.rule, MARGINS[""])
            keeps = is_settled(figure.ruled, figure.rule) or ruled is None or row[best] - row[ruled] < margin
            found.append(figure.ruled if keeps else self.labels[best])
        return found


def figures_of(pairs: Iterable[Pair], group: str) -> list[Figure]:
    """The figures of documents, as the rules leave them."""
    found = []
    for gold_path, source in pairs:
        gold = json.loads(gold_path.read_text("utf-8"))["statistics"]
        draft = read(parse(source), until="metrics")
        statistics = draft.extraction.statistics
        truths = dict(matched("statistics", [record_to_dict(one) for one in statistics], gold))
        found += [
            Figure(
                source.name,
                group,
                tuple(features),
                str(statistics[n].metric),
                ground(statistics[n], "metric").rule,
                gold[truths[n]]["metric"],
            )
            for n, features in describe(draft.reading, statistics, draft.extraction.doc_type)
            if n in truths
        ]
    return found


def role(feature: str) -> str:
    """The role of a feature."""
    return feature.partition("=")[0]


def matrix(figures: Sequence[Figure], entries: dict[str, int]) -> Any:
    """A row of features for each figure: sparse, (figures, features)."""
    rows = [[entries[name] for name in figure.features if name in entries] for figure in figures]
    columns = np.array([column for row in rows for column in row], dtype=np.intp)
    ends = np.cumsum([0, *map(len, rows)])
    return sparse.csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(figures), len(entries)))


def fit(figures: Sequence[Figure]) -> Fitted:
    """Fit on figures; those of older documents are shown once with what the rules say and once without."""
    counts = Counter(name for figure in figures for name in figure.features)
    entries = {name: n for n, name in enumerate(sorted(name for name, count in counts.items() if count >= FEWEST))}
    scale = np.array([SCALES.get(role(name), 1.0) for name in entries])
    silent = scale * np.array([role(name) != "rule" for name in entries])
    older = [figure for figure in figures if figure.group != "newer"]
    x = sparse.vstack(
        [matrix(figures, entries) @ sparse.diags(scale), matrix(older, entries) @ sparse.diags(silent)]
    ).tocsr()
    weights = [UNSEEN_WEIGHT if figure.group == "newer" else 1 - WITHOUT_RULES for figure in figures]
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=ITERATIONS, tol=TOLERANCE)
    model.fit(x, [figure.truth for figure in [*figures, *older]], sample_weight=weights + [WITHOUT_RULES] * len(older))
    stored = (model.coef_.T * scale[:, None]).round(2) + 0.0
    return Fitted(model.classes_.tolist(), entries, stored, model.intercept_.round(2) + 0.0)


def cross_validated(figures: Sequence[Figure], folds: int) -> list[tuple[Figure, str]]:
    """What models tell that did not see the document; documents are dealt out by the digest of their names."""
    names = sorted({figure.document for figure in figures}, key=lambda name: sha256(name.encode()).hexdigest())
    part = {name: n % folds for n, name in enumerate(names)}
    found: list[tuple[Figure, str]] = []
    for fold in range(folds):
        seen = [figure for figure in figures if part[figure.document] != fold]
        asked = [figure for figure in figures if part[figure.document] == fold]
        found += zip(asked, fit(seen).told(asked), strict=True)
    return found


def report(title: str, told: Sequence[tuple[Figure, str]]) -> dict[str, float]:
    """Print how many metrics are right, by the rules and judged."""
    n = max(1, len(told))
    rules = sum(figure.ruled == figure.truth for figure, _ in told) / n
    judged = sum(metric == figure.truth for figure, metric in told) / n
    print(f"{title:28} rules {rules:.3f}   judged {judged:.3f}   of {len(told)}", flush=True)
    return {"figures": len(told), "rules": round(rules, 3), "judged": round(judged, 3)}


def write(folder: Path, fitted: Fitted, documents: int, reported: dict[str, dict[str, float]]) -> None:
    """Write the model folder; features that weigh nothing are left out."""
    kept = np.abs(fitted.weights).max(axis=1) > 0
    stored = BytesIO()
    np.savez_compressed(stored, metric=fitted.weights[kept].astype(np.float16))
    write_whole(folder / WEIGHTS, stored.getvalue())
    card = {
        "title": "Metrics judged in context",
        "version": "1",
        "command": "python scripts/train_metric.py --extra-gold GOLD=SOURCES",
        "documents": documents,
        "figures": reported,
        "labels": fitted.labels,
        "biases": fitted.biases.tolist(),
        "margins": {rule: round(margin, 4) for rule, margin in MARGINS.items()},
        "features": [name for name, keep in zip(fitted.entries, kept, strict=True) if keep],
    }
    write_whole(folder / "model.json", (json.dumps(card, ensure_ascii=False, separators=(",", ":")) + "\n").encode())


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpora", type=Path, default=ROOT / "corpora")
    parser.add_argument("--extra-gold", action="append", default=[], metavar="GOLD=SOURCES", type=extra_documents)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "metric")
    args = parser.parse_args()
    own, held = own_documents(args.corpora)
    groups = {
        "corpora": [pair for pair in own if not is_newer(args.corpora, pair[0])],
        "newer": [pair for pair in own if is_newer(args.corpora, pair[0])],
        "extra": [pair for given in args.extra_gold for pair in given],
    }
    figures = [figure for group, pairs in groups.items() for figure in figures_of(pairs, group)]
    told = cross_validated(figures, args.folds)
    reported = {
        f"{group}, cross-validated": report(f"{group}, cross-validated", [one for one in told if one[0].group == group])
        for group, pairs in groups.items()
        if pairs
    }
    fitted, asked = fit(figures), figures_of(held, "held back")
    reported["held back"] = report("held back", [*zip(asked, fitted.told(asked), strict=True)])
    args.out.mkdir(parents=True, exist_ok=True)
    write(args.out, fitted, sum(map(len, groups.values())), reported)


if __name__ == "__main__":
    main()
