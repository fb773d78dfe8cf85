"""Fit the confidence of records: a logistic model a record type over the grounds of what was extracted.

In: folders with `reports/` and `gold/*.json`, by default the documents of `corpora` that its manifest holds back from
those who write rules; `--extra-gold GOLD=SOURCES` adds annotated documents from elsewhere. Out:
`models/confidence/weights.json`, and a table of how often records that were said to be so sure were right, each
predicted by a model that did not see its document. `--test GOLD=SOURCES` prints the table for documents not fitted on.

A record is right when gold has it (as `docintel.evaluation.extraction` matches records) with the field that says what
it is: the metric and measure word of a statistic, the canonical name of a unit.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import log
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from annotated import extra_documents, own_documents
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from docintel.evaluation.extraction import matched
from docintel.extract.confidence import features
from docintel.extract.pipeline import read
from docintel.parse.sandbox import parse
from docintel.schema import RECORD_TYPES
from docintel.schema.serial import extraction_to_dict

ROOT = Path(__file__).resolve().parent.parent
#: What must be equal beside the match, for a record to be right.
DECISIVE = {
    "statistics": ("metric", "unit_of_measure"),
    "units": ("canonical",),
    "references": ("canonical",),
    "checks": ("holds",),
}
#: Inverse strength of the penalty on weights: few records are wrong, so a rule must be wrong often to be blamed.
INVERSE_PENALTY = 0.3
#: A record type with fewer samples is fitted on all documents of the corpora.
FEW = 30
BINS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.01)


class Sample(NamedTuple):
    """A record that was extracted: its features, whether it is right, and the document it is from."""

    features: tuple[str, ...]
    right: bool
    document: str


def samples(pairs: Sequence[tuple[Path, Path]]) -> dict[str, list[Sample]]:
    """The records of all documents by type; types that a gold file does not speak of are left out."""
    found: dict[str, list[Sample]] = {kind: [] for kind in RECORD_TYPES}
    for gold_path, source in pairs:
        gold = json.loads(gold_path.read_text("utf-8"))
        extraction = read(parse(source), until="confidence").extraction
        predicted = extraction_to_dict(extraction)
        for kind in set(RECORD_TYPES) & set(gold):
            right = {i for i, j in matched(kind, predicted[kind], gold[kind]) if _same(kind, predicted, gold, i, j)}
            for i, record in enumerate(extraction.records(kind)):
                found[kind].append(Sample(tuple(features(record, extraction)), i in right, gold["doc"]))
    return found


def _same(kind: str, predicted: dict[str, Any], gold: dict[str, Any], i: int, j: int) -> bool:
    return all(predicted[kind][i][name] == gold[kind][j][name] for name in DECISIVE.get(kind, ()))


def fit(kind_samples: Sequence[Sample]) -> tuple[DictVectorizer, LogisticRegression]:
    """The model of one record type."""
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform([dict.fromkeys(sample.features, 1.0) for sample in kind_samples])
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=2000)
    model.fit(matrix, [sample.right for sample in kind_samples])
    return vectorizer, model


def predict(fitted: tuple[DictVectorizer, LogisticRegression], kind_samples: Sequence[Sample]) -> np.ndarray:
    """The probability that each sample is right."""
    vectorizer, model = fitted
    matrix = vectorizer.transform([dict.fromkeys(sample.features, 1.0) for sample in kind_samples])
    return model.predict_proba(matrix)[:, list(model.classes_).index(True)]


def cross_validated(kind_samples: Sequence[Sample]) -> np.ndarray:
    """Probabilities from models that did not see the sample's document."""
    groups = [sample.document for sample in kind_samples]
    out = np.zeros(len(kind_samples))
    for train, test in GroupKFold(min(8, len(set(groups)))).split(groups, groups=groups):
        chosen = [kind_samples[i] for i in train]
        if len({sample.right for sample in chosen}) < 2:
            out[test] = np.mean([sample.right for sample in chosen])
        else:
            out[test] = predict(fit(chosen), [kind_samples[i] for i in test])
    return out


def reliability(name: str, said: np.ndarray, right: np.ndarray) -> Iterator[str]:
    """Rows of the table: of the records said to be so sure, how many are right."""
    for low, high in pairwise(BINS):
        inside = (said >= low) & (said < high)
        if inside.any():
            label = f"{low:.2f}-{min(high, 1.0):.2f}"
            yield f"| {name} | {label} | {inside.sum()} | {said[inside].mean():.3f} | {right[inside].mean():.3f} |"
    error = abs(said.mean() - right.mean())
    yield f"| {name} | all | {len(said)} | {said.mean():.3f} | {right.mean():.3f} | off by {error:.3f} |"


def main() -> None:
    """Fit, print the tables, write the weights."""
    parser = argparse.ArgumentParser(description="Fit the confidence of records.")
    parser.add_argument("--corpora", type=Path, default=ROOT / "corpora")
    parser.add_argument("--extra-gold", action="append", default=[], metavar="GOLD=SOURCES", type=extra_documents)
    parser.add_argument("--test", action="append", default=[], metavar="GOLD=SOURCES", type=extra_documents)
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "confidence" / "weights.json")
    options = parser.parse_args()
    own, held = own_documents(options.corpora)
    extra = [pair for given in options.extra_gold for pair in given]
    fitted_on = samples(held + extra)
    if few := [kind for kind, found in fitted_on.items() if len(found) < FEW]:
        everything = samples(own + held + extra)
        fitted_on |= {kind: everything[kind] for kind in few}
    tested_on = samples([pair for given in options.test for pair in given])
    weights = {}
    print("| records | said | number | mean said | right |\n| --- | --- | ---: | ---: | ---: |")
    for kind, kind_samples in fitted_on.items():
        if len({sample.right for sample in kind_samples}) < 2:  # nothing to tell apart: a rate, by Laplace's rule
            number = sum(sample.right for sample in kind_samples)
            weights[kind] = {"bias": round(log((number + 1) / (len(kind_samples) - number + 1)), 3), "weights": {}}
            continue
        right = np.array([sample.right for sample in kind_samples])
        print("\n".join(reliability(f"{kind}, cross-validated", cross_validated(kind_samples), right)))
        vectorizer, model = fitted = fit(kind_samples)
        names = vectorizer.get_feature_names_out()
        kept = {name: round(float(w), 3) for name, w in zip(names, model.coef_[0], strict=True) if abs(w) >= 0.005}
        weights[kind] = {"bias": round(float(model.intercept_[0]), 3), "weights": kept}
        if tests := tested_on[kind]:
            outcome = np.array([sample.right for sample in tests])
            print("\n".join(reliability(f"{kind}, test", predict(fitted, tests), outcome)))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(weights, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
