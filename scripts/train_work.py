#!/usr/bin/env python
"""Fit models/judging: which candidates are issues and measures, and their categories, modality and status.

In: the annotated documents of `corpora/` but those held back; `--extra-gold GOLD=SOURCES` adds others. Out: the model
folder, and a table of how well issues and measures are found, by the rules alone and by this model: on the documents
held back, and on the others by models that did not see the document (`--folds`); on those held back by it and the
network of models/reader too, which count half each. Linear models by liblinear, one a label; the same bytes at every
run.
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from annotated import Pair, extra_documents, own_documents
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from docintel.evaluation.extraction import Score
from docintel.extract.work.answers import CODES as PAIR_CODES
from docintel.extract.work.answers import Labelled
from docintel.extract.work.answers import columns as pair_columns
from docintel.extract.work.context import SHARE
from docintel.extract.work.description import OPINIONS
from docintel.extract.work.judging import KINDS
from docintel.extract.work.vocabulary import TABLES, Vocabulary
from docintel.learning.annotated import Annotated, folds, of_file, places, quotes, score
from docintel.learning.heads import LABELS, Heads, matrix, scales, write
from docintel.schema import Issue, IssueCategory, Modality
from docintel.text.normalize import fold

ROOT = Path(__file__).resolve().parent.parent
PAIR_OFFSETS = dict(zip(PAIR_CODES, np.cumsum([0, *PAIR_CODES.values()]).tolist(), strict=False))
#: Inverse strength of the penalty on weights.
INVERSE_PENALTY = {"kind": 0.05, "head": 0.1, "ties": 0.3}
#: The probability from which a pair is tied.
TIED = 0.4
#: An entry of a table stands in the documents so often at least.
FEWEST = 3
#: From which probability candidates are taken, by the linear model alone and by both.
THRESHOLDS = {"issues": 0.15, "measures": 0.2}


def vocabulary_of(documents: Sequence[Annotated]) -> tuple[Vocabulary, dict[str, list[Any]]]:
    """The entries that stand in the documents often enough."""
    counts: dict[str, Counter[Any]] = defaultdict(Counter)
    for document in documents:
        for table in TABLES:
            counts[table].update(getattr(document.work.grams, table))
    entries = {table: sorted(one for one, n in count.items() if n >= FEWEST) for table, count in counts.items()}
    return Vocabulary(entries), entries


def fit(
    documents: Sequence[Annotated], features: dict[str, Any], vocabulary: Vocabulary, heads: Sequence[str]
) -> Heads:
    """Fit models of `kind` and of these heads; `features` are the matrices of the documents by name."""
    scale = scales(vocabulary)
    fitted = Heads({"kind": list(KINDS)})
    x = sparse.vstack([features[document.name] for document in documents]) @ sparse.diags(scale)
    models = []
    for kind in KINDS:
        right, weight = map(np.concatenate, zip(*(document.teaching(kind) for document in documents), strict=True))
        models.append(_binary(x, right, INVERSE_PENALTY["kind"], weight))
    _keep(fitted, "kind", models, scale)
    for head in heads:
        kind, field = head.split(".")
        scale = scales(vocabulary, head)
        x = sparse.vstack(
            [matrix(vocabulary, document, document.agreement[kind].whose, head) for document in documents]
        ) @ sparse.diags(scale)
        y = np.array([record[field] for document in documents for record in document.agreement[kind].whose.values()])
        fitted.labels[head] = sorted(set(y.tolist()))
        _keep(fitted, head, [_binary(x, y == label, INVERSE_PENALTY["head"]) for label in fitted.labels[head]], scale)
    return fitted


def cross_validated(
    documents: Sequence[Annotated], features: dict[str, Any], vocabulary: Vocabulary, parts: int
) -> dict[str, np.ndarray]:
    """The log-odds of `kind` by models that did not see the document, by its name."""
    scored = {}
    for part in folds(documents, parts):
        fitted = fit([document for document in documents if document not in part], features, vocabulary, ())
        scored |= {document.name: fitted.scores("kind", features[document.name]) for document in part}
    return scored


def fit_ties(documents: Sequence[Annotated]) -> LogisticRegression:
    """Fit what ties measures to issues, on annotated ones."""
    parts = [pairs_of(document) for document in documents]
    x = sparse.vstack([part[0] for part in parts])
    return _binary(x, np.concatenate([part[1] for part in parts]), INVERSE_PENALTY["ties"])


def pairs_of(document: Annotated) -> tuple[Any, np.ndarray]:
    """The features of each measure with each issue, as annotated, and whether the one answers the other."""
    folded = document.work.reading.folded
    spans = {
        kind: [next(places(folded, fold(record["quote"])), (0, 1)) for record in document.gold[kind]] for kind in KINDS
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


def report_ties(title: str, documents: Sequence[Annotated], model: LogisticRegression) -> None:
    """Print how well annotated measures are tied to annotated issues, by the rules and by the model."""
    tied, threshold = PAIR_OFFSETS["tied"] + 1, log_odds(TIED)
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


def _keep(fitted: Heads, head: str, models: Sequence[LogisticRegression], scale: np.ndarray) -> None:
    fitted.weights[head] = np.stack([model.coef_[0] * scale for model in models], axis=1).astype(np.float16)
    fitted.biases[head] = np.array([model.intercept_[0] for model in models], dtype=np.float32)


def by_rules(document: Annotated, kind: str) -> list[dict[str, Any]]:
    """What the rules find alone."""
    text, work = document.work.reading.text, document.work
    if kind == "issues":
        return [{"quote": one.evidence.quote} for one in work.proposed_issues]
    return [{"quote": text[segment.start : segment.end]} for segment, _ in work.proposed_measures]


def report(
    title: str,
    documents: Sequence[Annotated],
    scored: dict[str, np.ndarray],
    *,
    unseen: bool = False,
) -> None:
    """Print how well documents are read: by the rules and by the linear model.

    Args:
        unseen: the network did not see the documents: print how well they are read by both, too.
    """
    for kind in KINDS:
        rules = total(score(document, kind, by_rules(document, kind)) for document in documents)
        linear = scored_at(documents, kind, scored, THRESHOLDS[kind])
        line = f"{title:24} {kind:9} rules {shown(rules)}   linear {shown(linear)}"
        if unseen:
            both = {one.name: SHARE * scored[one.name] + one.work.context.kind for one in documents}
            line += f"   judged {shown(scored_at(documents, kind, both, THRESHOLDS[kind]))}"
        print(line, flush=True)


def log_odds(probability: float) -> float:
    """The logarithm of the odds."""
    return float(np.log(probability / (1 - probability)))


def total(scores: Iterable[Score]) -> Score:
    """The sum of scores."""
    return sum(scores, Score())


def scored_at(documents: Sequence[Annotated], kind: str, scored: dict[str, np.ndarray], probability: float) -> Score:
    """How well candidates are taken from a probability on."""
    column, threshold = KINDS.index(kind), log_odds(probability)
    return total(score(one, kind, quotes(one, scored[one.name][:, column], threshold)) for one in documents)


def shown(counted: Score) -> str:
    """A score in words."""
    return f"P {counted.precision:.3f} R {counted.recall:.3f} F1 {counted.f1:.3f}"


def report_unseen(
    own: Sequence[Annotated], extra: Sequence[Annotated], fitted: Heads, features: dict[str, Any]
) -> None:
    """Print how well other documents are read by models of `own` alone."""
    scored = {one.name: fitted.scores("kind", features[one.name]) for one in extra}
    report("extra, not fitted on", extra, scored)
    report_ties("extra, not fitted on", extra, fit_ties(own))


def accuracy(title: str, documents: Sequence[Annotated], fitted: Heads, vocabulary: Vocabulary) -> None:
    """Print how often the labels of annotated spans are right: by the rules, the linear model, and with the network.

    The shipped network has a say in these documents, so they must be such that it did not see.
    """
    for head in LABELS:
        kind, field = head.split(".")
        said = right = both = n = 0
        for document in documents:
            whose = document.agreement[kind].whose
            if not whose:
                continue
            truths = [record[field] for record in whose.values()]
            opinions = [OPINIONS[head][n] for n in document.work.opinions(head, whose)] if head in OPINIONS else []
            said += sum(one == truth for one, truth in zip(opinions, truths, strict=False))
            scores = fitted.scores(head, matrix(vocabulary, document, whose, head))
            right += fitted.right(head, scores, truths)
            told = document.work.context.told(np.array([*whose], dtype=np.intp))
            added = document.work.context.labels(head, told, document.work.opinions(head, whose))
            both += fitted.right(head, scores + added, truths)
            n += len(truths)
        values = "   ".join(
            f"{name} {hits / max(1, n):.3f}" for name, hits in (("rules", said), ("linear", right), ("judged", both))
        )
        print(f"{title:24} {head:18} {values}   of {n}", flush=True)


def read_all(pairs: Iterable[Pair]) -> list[Annotated]:
    """Read annotated documents up to the step of the issues."""
    return [of_file(source, gold) for gold, source in pairs]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path, default=ROOT / "corpora")
    parser.add_argument("--extra-gold", action="append", default=[], metavar="GOLD=SOURCES", type=extra_documents)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "judging")
    args = parser.parse_args()
    own, held = map(read_all, own_documents(args.corpora))
    extras = [read_all(given) for given in args.extra_gold]
    extra = [document for some in extras for document in some]
    documents = own + extra
    vocabulary, entries = vocabulary_of(documents)
    features = {
        document.name: matrix(vocabulary, document, range(len(document.work.spans))) for document in documents + held
    }
    scored = cross_validated(documents, features, vocabulary, args.folds)
    report("corpora, cross-validated", own, scored)
    for n, some in enumerate(extras, start=1):
        report(f"extra {n}, cross-validated", some, scored)
    if extra:
        report_unseen(own, extra, fit(own, features, vocabulary, ()), features)
    fitted = fit(documents, features, vocabulary, LABELS)
    scores = {one.name: fitted.scores("kind", features[one.name]) for one in held}
    report("held back", held, scores, unseen=True)
    accuracy("held back", held, fitted, vocabulary)
    ties = fit_ties(documents)
    report_ties("held back", held, ties)
    fitted.weights["kind"] *= np.float16(SHARE)
    fitted.biases["kind"] *= np.float32(SHARE)
    fitted.weights["ties"] = ties.coef_.T.astype(np.float16)
    fitted.biases["ties"] = ties.intercept_
    card = {
        "title": "Issues and measures judged in context",
        "version": "1",
        "thresholds": {kind: round(log_odds(p), 4) for kind, p in (THRESHOLDS | {"ties": TIED}).items()},
        "documents": len(documents),
    }
    write(args.out, fitted, json.dumps(entries, ensure_ascii=False).encode(), card)


if __name__ == "__main__":
    main()
