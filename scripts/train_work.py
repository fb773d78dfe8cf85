#!/usr/bin/env python
"""Fit models/judging: which candidates are issues and measures, and their categories, modality and status.

In: the annotated documents of `corpora/` but those held back; `--extra-gold GOLD=SOURCES` adds others. Out: the model
folder, and a table of how well issues and measures are found, by the rules alone and judged: on the documents held
back, and on the others by models that did not see the document (`--folds`). Linear models by liblinear, one a label;
the same bytes at every run.
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from annotated import Pair, extra_documents, own_documents
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from docintel.evaluate import matched
from docintel.extract.pipeline import read
from docintel.extract.steps import work_of
from docintel.extract.work.answers import CODES as PAIR_CODES
from docintel.extract.work.answers import Labelled
from docintel.extract.work.answers import columns as pair_columns
from docintel.extract.work.description import OPINIONS, overlaps
from docintel.extract.work.judging import KINDS, TABLES, Vocabulary, choose
from docintel.extract.work.work import Work
from docintel.parse.sandbox import parse
from docintel.schema import Issue, IssueCategory, Modality
from docintel.text.normalize import fold

ROOT = Path(__file__).resolve().parent.parent
PAIR_OFFSETS = dict(zip(PAIR_CODES, np.cumsum([0, *PAIR_CODES.values()]).tolist(), strict=False))
HEADS = ("issues.category", "issues.modality", "measures.category", "measures.status")
#: Inverse strength of the penalty on weights.
INVERSE_PENALTY = {"kind": 0.05, "head": 0.1, "ties": 0.3}
#: The probability from which a pair is tied.
TIED = 0.4
#: Words around a candidate count half as much as those in it, and what the rules say of its label more.
SCALES = dict.fromkeys(
    ("sentence", "sentence_before", "sentence_behind", "topic", "heading", "clause_before", "clause_behind"), 0.5
)
OPINION = 4.0
#: An entry of a table stands in the documents so often at least.
FEWEST = 3
#: A candidate that agrees with an annotated span this well is right, one below the other wrong, between them half so.
RIGHT, WRONG = 0.85, 0.5
THRESHOLDS = np.arange(0.1, 0.45, 0.025)


@dataclass
class Annotated:
    """A document with its candidates and what annotators found."""

    name: str
    work: Work
    gold: dict[str, Any]

    @cached_property
    def agreement(self) -> dict[str, tuple[np.ndarray, np.ndarray, dict[int, Any]]]:
        """By record type: how well each candidate agrees with a record, whether it is its best, and whose."""
        return {kind: self._agreement(kind) for kind in KINDS}

    def _agreement(self, kind: str) -> tuple[np.ndarray, np.ndarray, dict[int, Any]]:
        spans, folded = self.work.spans, self.work.reading.folded
        agrees, is_best, whose = np.zeros(len(spans)), np.zeros(len(spans), dtype=bool), {}
        starts, ends = np.array([(one.start, one.end) for one in spans]).reshape(-1, 2).T
        for record in self.gold[kind]:
            found = []
            for start, end in _places(folded, fold(record["quote"])):
                meets = np.flatnonzero((starts < end) & (ends > start))
                values = overlaps(starts[meets], ends[meets], np.full(len(meets), start), np.full(len(meets), end))
                np.maximum.at(agrees, meets, values)
                away = np.abs(starts[meets] - start) + np.abs(ends[meets] - end)
                found += zip(values.tolist(), (-away).tolist(), meets.tolist(), strict=True)
            if found and max(found)[0] >= WRONG:
                n = max(found)[2]
                is_best[n], whose[n] = True, record
        return agrees, is_best, whose


def _places(text: str, quote: str) -> Iterator[tuple[int, int]]:
    start = text.find(quote)
    while start >= 0:
        yield start, start + len(quote)
        start = text.find(quote, start + 1)


def annotated(source: Path, gold: dict[str, Any]) -> Annotated:
    """Read a document up to the step of the issues."""
    return Annotated(source.name, work_of(read(parse(source), until="issues")), gold)


def vocabulary_of(documents: Sequence[Annotated]) -> tuple[Vocabulary, dict[str, list[Any]]]:
    """The entries that stand in the documents often enough."""
    counts: dict[str, Counter[Any]] = defaultdict(Counter)
    for document in documents:
        for table in TABLES:
            counts[table].update(getattr(document.work.grams, table))
    entries = {table: sorted(one for one, n in count.items() if n >= FEWEST) for table, count in counts.items()}
    return Vocabulary(entries), entries


def scales(vocabulary: Vocabulary) -> np.ndarray:
    """For each feature how much it counts."""
    names, starts = zip(*vocabulary.offsets.items(), strict=True)
    found = [OPINION if name in OPINIONS else SCALES.get(name, 1.0) for name in names]
    return np.repeat(found, np.diff([*starts, vocabulary.size])).astype(np.float32)


def matrix(vocabulary: Vocabulary, document: Annotated, which: Iterable[int], head: str | None = None) -> Any:
    """A row of features for each of these candidates."""
    numbers = np.array([*which], dtype=np.intp)
    opinions = {head: document.work.opinions(head, numbers.tolist())} if head in OPINIONS else {}
    rows = vocabulary.rows(document.work.grams)
    parts = [*vocabulary.features(rows, document.work.description, numbers, opinions)]
    columns = np.concatenate([part[0] for part in parts])
    lines = np.concatenate([np.repeat(np.arange(len(numbers)), lengths) for _, lengths in parts])
    ones = np.ones(len(columns), dtype=np.float32)
    return sparse.csr_matrix((ones, (lines, columns)), shape=(len(numbers), vocabulary.size))


@dataclass
class Fitted:
    """Weights (features, labels) and biases of each head."""

    labels: dict[str, list[str]]
    weights: dict[str, np.ndarray]
    biases: dict[str, np.ndarray]


def fit(
    documents: Sequence[Annotated], features: dict[str, Any], vocabulary: Vocabulary, heads: Sequence[str]
) -> Fitted:
    """Fit models of `kind` and of these heads; `features` are the matrices of the documents by name."""
    scale = scales(vocabulary)
    fitted = Fitted({"kind": list(KINDS)}, {}, {})
    x = sparse.vstack([features[document.name] for document in documents]) @ sparse.diags(scale)
    models = []
    for kind in KINDS:
        agrees, is_best = (np.concatenate([document.agreement[kind][i] for document in documents]) for i in range(2))
        right = is_best | (agrees >= RIGHT)
        models.append(_binary(x, right, INVERSE_PENALTY["kind"], np.where(right | (agrees < WRONG), 1.0, 0.5)))
    _keep(fitted, "kind", models, scale)
    for head in heads:
        kind, field = head.split(".")
        x = sparse.vstack(
            [matrix(vocabulary, document, document.agreement[kind][2], head) for document in documents]
        ) @ sparse.diags(scale)
        y = np.array([record[field] for document in documents for record in document.agreement[kind][2].values()])
        fitted.labels[head] = sorted(set(y.tolist()))
        _keep(fitted, head, [_binary(x, y == label, INVERSE_PENALTY["head"]) for label in fitted.labels[head]], scale)
    return fitted


def fit_ties(documents: Sequence[Annotated]) -> LogisticRegression:
    """Fit what ties measures to issues, on annotated ones."""
    parts = [pairs_of(document) for document in documents]
    x = sparse.vstack([part[0] for part in parts])
    return _binary(x, np.concatenate([part[1] for part in parts]), INVERSE_PENALTY["ties"])


def pairs_of(document: Annotated) -> tuple[Any, np.ndarray]:
    """The features of each measure with each issue, as annotated, and whether the one answers the other."""
    folded = document.work.reading.folded
    spans = {
        kind: [next(_places(folded, fold(record["quote"])), (0, 1)) for record in document.gold[kind]] for kind in KINDS
    }
    evidence = document.work.reading.document.evidence
    issues = [
        Issue(
            evidence=evidence(*span), category=IssueCategory(record["category"]), modality=Modality(record["modality"])
        )
        for span, record in zip(spans["issues"], document.gold["issues"], strict=True)
    ]
    measures = document.gold["measures"]
    said = Labelled(spans["measures"], [one["category"] for one in measures], [one["status"] for one in measures])
    columns = pair_columns(document.work.pairs(issues, said))
    n = columns.shape[1] * columns.shape[2]
    lines, ones = np.tile(np.arange(n), len(columns)), np.ones(columns.size, dtype=np.float32)
    x = sparse.csr_matrix((ones, (lines, columns.ravel())), shape=(n, sum(PAIR_CODES.values())))
    right = np.array([i in one["addresses"] for one in measures for i in range(len(issues))], dtype=bool)
    return x, right


def report_ties(title: str, documents: Sequence[Annotated], model: LogisticRegression, threshold: float) -> None:
    """Print how well annotated measures are tied to annotated issues, by the rules and by the model."""
    tied = PAIR_OFFSETS["tied"] + 1
    hits = {"rules": [0, 0, 0], "model": [0, 0, 0]}
    for document in documents:
        x, right = pairs_of(document)
        said = {"rules": np.asarray(x[:, tied].todense()).ravel() > 0, "model": _scores(model, x) > threshold}
        for name, some in said.items():
            hits[name] = [
                a + int(b) for a, b in zip(hits[name], ((some & right).sum(), some.sum(), right.sum()), strict=True)
            ]
    values = "   ".join(f"{name} F1 {2 * a / max(1, b + c):.3f}" for name, (a, b, c) in hits.items())
    print(f"{title:24} addresses {values}", flush=True)


def _scores(model: LogisticRegression, x: Any) -> np.ndarray:
    found: np.ndarray = x @ model.coef_[0] + model.intercept_[0]
    return found


def _binary(x: Any, right: np.ndarray, c: float, weights: np.ndarray | None = None) -> LogisticRegression:
    return LogisticRegression(C=c, solver="liblinear", random_state=0, max_iter=200).fit(
        x, right, sample_weight=weights
    )


def _keep(fitted: Fitted, head: str, models: Sequence[LogisticRegression], scale: np.ndarray) -> None:
    fitted.weights[head] = np.stack([model.coef_[0] * scale for model in models], axis=1).astype(np.float16)
    fitted.biases[head] = np.array([model.intercept_[0] for model in models], dtype=np.float32)


def quotes(document: Annotated, kind: str, log_odds: np.ndarray, threshold: float) -> list[dict[str, Any]]:
    """What is chosen at a threshold, as records of the annotation guide."""
    text, seen, found = document.work.reading.text, set(), []
    for n in choose(document.work.spans, log_odds, float(np.log(threshold / (1 - threshold)))):
        one = document.work.spans[n]
        quote = text[one.start : one.end]
        if quote not in seen:
            seen.add(quote)
            found.append({"quote": quote})
    return found


class Tally:
    """Hits, finds and records, summed over documents."""

    def __init__(self) -> None:
        self.hits = self.found = self.gold = 0

    def add(self, kind: str, found: Sequence[dict[str, Any]], gold: Sequence[dict[str, Any]]) -> None:
        """Count a document's."""
        self.hits += len(matched(kind, found, gold))
        self.found += len(found)
        self.gold += len(gold)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.hits / max(1, self.found + self.gold)

    def __str__(self) -> str:
        return f"P {self.hits / max(1, self.found):.3f} R {self.hits / max(1, self.gold):.3f} F1 {self.f1:.3f}"


def by_rules(document: Annotated, kind: str) -> list[dict[str, Any]]:
    """What the rules find alone."""
    text, work = document.work.reading.text, document.work
    if kind == "issues":
        return [{"quote": one.evidence.quote} for one in work.proposed_issues]
    return [{"quote": text[segment.start : segment.end]} for segment, _ in work.proposed_measures]


def report(
    title: str, documents: Sequence[Annotated], scored: dict[str, np.ndarray], thresholds: dict[str, float]
) -> None:
    """Print how well documents are read: by the rules, and judged by scores that did not see them."""
    for i, kind in enumerate(KINDS):
        rules, judged = Tally(), Tally()
        for document in documents:
            rules.add(kind, by_rules(document, kind), document.gold[kind])
            judged.add(kind, quotes(document, kind, scored[document.name][:, i], thresholds[kind]), document.gold[kind])
        print(f"{title:24} {kind:9} rules {rules}   judged {judged}", flush=True)


def accuracy(title: str, documents: Sequence[Annotated], fitted: Fitted, vocabulary: Vocabulary) -> None:
    """Print how often the labels of annotated spans are right, by the rules and by the model."""
    for head in HEADS:
        kind, field = head.split(".")
        said = right = n = 0
        for document in documents:
            whose = document.agreement[kind][2]
            if not whose:
                continue
            scores = matrix(vocabulary, document, whose, head) @ fitted.weights[head].astype(np.float32)
            opinions = [OPINIONS[head][n] for n in document.work.opinions(head, whose)] if head in OPINIONS else []
            said += sum(one == record[field] for one, record in zip(opinions, whose.values(), strict=False))
            for row, record in zip(scores + fitted.biases[head], whose.values(), strict=True):
                n += 1
                right += fitted.labels[head][int(row.argmax())] == record[field]
        print(f"{title:24} {head:18} rules {said / max(1, n):.3f}   model {right / max(1, n):.3f}   of {n}", flush=True)


def log_odds(fitted: Fitted, features: Any) -> np.ndarray:
    """(candidates, kinds)."""
    found: np.ndarray = features @ fitted.weights["kind"].astype(np.float32) + fitted.biases["kind"]
    return found


def folds_of(documents: Sequence[Annotated], n: int) -> list[list[Annotated]]:
    """Documents dealt out by the digest of their names, the same at every run."""
    ordered = sorted(documents, key=lambda document: sha256(document.name.encode()).hexdigest())
    return [ordered[i::n] for i in range(n)]


def best_thresholds(documents: Sequence[Annotated], scored: dict[str, np.ndarray]) -> dict[str, float]:
    """For each record type the probability from which candidates are best taken."""
    found = {}
    for i, kind in enumerate(KINDS):
        tallies = []
        for threshold in THRESHOLDS:
            tally = Tally()
            for document in documents:
                chosen = quotes(document, kind, scored[document.name][:, i], float(threshold))
                tally.add(kind, chosen, document.gold[kind])
            tallies.append((tally.f1, float(threshold)))
        found[kind] = round(max(tallies)[1], 3)
    return found


def write(
    folder: Path, fitted: Fitted, entries: dict[str, list[Any]], thresholds: dict[str, float], names: list[str]
) -> None:
    """Write the model folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocabulary.json").write_text(json.dumps(entries, ensure_ascii=False), encoding="utf-8")
    np.savez_compressed(folder / "weights.npz", **fitted.weights)
    card = {
        "title": "Issues and measures judged in context",
        "version": "1",
        "labels": fitted.labels,
        "biases": {head: [round(float(value), 4) for value in values] for head, values in fitted.biases.items()},
        "thresholds": {kind: round(float(np.log(p / (1 - p))), 4) for kind, p in thresholds.items()},
        "documents": len(names),
    }
    (folder / "model.json").write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_all(pairs: Iterable[Pair]) -> list[Annotated]:
    """Read annotated documents up to the step of the issues."""
    return [annotated(source, json.loads(gold.read_text("utf-8"))) for gold, source in pairs]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path, default=ROOT / "corpora")
    parser.add_argument("--extra-gold", action="append", default=[], metavar="GOLD=SOURCES", type=extra_documents)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "judging")
    args = parser.parse_args()
    own, held = map(read_all, own_documents(args.corpora))
    extra = read_all(pair for given in args.extra_gold for pair in given)
    documents = own + extra
    vocabulary, entries = vocabulary_of(documents)
    features = {
        document.name: matrix(vocabulary, document, range(len(document.work.spans))) for document in documents + held
    }
    scored, tied = {}, float(np.log(TIED / (1 - TIED)))
    for part in folds_of(documents, args.folds):
        others = [document for document in documents if document not in part]
        fitted = fit(others, features, vocabulary, ())
        scored |= {document.name: log_odds(fitted, features[document.name]) for document in part}
    thresholds = best_thresholds(documents, scored)
    print("thresholds", thresholds)
    report("corpora, cross-validated", own, scored, thresholds)
    if extra:
        report("extra, cross-validated", extra, scored, thresholds)
        unseen = fit(own, features, vocabulary, HEADS)
        report("extra, not fitted on", extra, {d.name: log_odds(unseen, features[d.name]) for d in extra}, thresholds)
        accuracy("extra, not fitted on", extra, unseen, vocabulary)
        report_ties("extra, not fitted on", extra, fit_ties(own), tied)
    fitted = fit(documents, features, vocabulary, HEADS)
    report("held back", held, {d.name: log_odds(fitted, features[d.name]) for d in held}, thresholds)
    accuracy("held back", held, fitted, vocabulary)
    ties = fit_ties(documents)
    report_ties("held back", held, ties, tied)
    fitted.weights["ties"] = ties.coef_.T.astype(np.float16)
    fitted.biases["ties"] = ties.intercept_
    thresholds["ties"] = TIED
    write(args.out, fitted, entries, thresholds, [document.name for document in documents])


if __name__ == "__main__":
    main()
