#!/usr/bin/env python
"""Fit models/judging: which candidates are issues and measures, and their categories, modality and status.

In: the annotated documents of `corpora/` but those held back; `--extra-gold GOLD=SOURCES` adds others. Out: the model
folder, and a table of how well issues and measures are found, by the rules alone, by this model, and by it and the
network of models/context, which each count half: on the documents held back, and on the others by models that did not
see the document (`--folds`; `--context` has what the network says of those). Linear models by liblinear, one a label;
the same bytes at every run.
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
from docintel.extract.work.judging import KINDS, TABLES, Vocabulary
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
THRESHOLDS = np.arange(0.1, 0.45, 0.025)
#: From which probability candidates are taken by the linear model alone, and without `--context` by both.
ALONE = {"issues": 0.225, "measures": 0.3}


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
    tied, threshold = PAIR_OFFSETS["tied"] + 1, float(np.log(TIED / (1 - TIED)))
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
    context: Mapping[str, np.ndarray],
    thresholds: dict[str, float],
) -> None:
    """Print how well documents are read: by the rules, by the linear model, and by it and the network together."""
    for kind in KINDS:
        rules = total(score(document, kind, by_rules(document, kind)) for document in documents)
        linear = scored_at(documents, kind, scored, ALONE[kind])
        line = f"{title:24} {kind:9} rules {shown(rules)}   linear {shown(linear)}"
        if all(document.name in context for document in documents):
            both = joined(documents, scored, context)
            line += f"   judged {shown(scored_at(documents, kind, both, thresholds[kind]))}"
        print(line, flush=True)


def joined(
    documents: Sequence[Annotated], scored: dict[str, np.ndarray], context: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """The log-odds by both."""
    return {one.name: SHARE * scored[one.name] + context[one.name] for one in documents}


def context_of(given: Path | None, part: str, documents: Sequence[Annotated]) -> dict[str, np.ndarray]:
    """What the network says of documents that it did not see, from a file of `train_context.py`."""
    if given is None:
        return {}
    found = {}
    with np.load(given) as stored:
        for document in documents:
            name = f"{part}/{document.name}"
            said = stored.get(name, ())
            if len(said) != len(document.work.spans):
                raise SystemExit(f"{given} is of other candidates of {document.name}: run train_context.py anew.")
            found[document.name] = SHARE * said
    return found


def total(scores: Iterable[Score]) -> Score:
    """The sum of scores."""
    return sum(scores, Score())


def scored_at(documents: Sequence[Annotated], kind: str, scored: dict[str, np.ndarray], probability: float) -> Score:
    """How well candidates are taken from a probability on."""
    column, threshold = KINDS.index(kind), float(np.log(probability / (1 - probability)))
    return total(score(one, kind, quotes(one, scored[one.name][:, column], threshold)) for one in documents)


def shown(counted: Score) -> str:
    """A score in words."""
    return f"P {counted.precision:.3f} R {counted.recall:.3f} F1 {counted.f1:.3f}"


def report_unseen(
    own: Sequence[Annotated],
    extra: Sequence[Annotated],
    fitted: Heads,
    features: dict[str, Any],
    context: Path | None,
    thresholds: dict[str, float],
) -> None:
    """Print how well other documents are read by models of `own` alone."""
    scored = {one.name: fitted.scores("kind", features[one.name]) for one in extra}
    report("extra, not fitted on", extra, scored, context_of(context, "own", extra), thresholds)
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
            which = np.array([*whose], dtype=np.intp)
            added = document.work.context.labels(head, which, document.work.opinions(head, whose))
            both += fitted.right(head, scores + added, truths)
            n += len(truths)
        values = "   ".join(
            f"{name} {hits / max(1, n):.3f}" for name, hits in (("rules", said), ("linear", right), ("judged", both))
        )
        print(f"{title:24} {head:18} {values}   of {n}", flush=True)


def best_thresholds(sets: Sequence[Sequence[Annotated]], scored: dict[str, np.ndarray]) -> dict[str, float]:
    """For each record type the probability from which candidates are best taken, every set of documents alike."""
    values = [float(value) for value in THRESHOLDS]
    found = {}
    for kind in KINDS:
        means = [np.mean([scored_at(each, kind, scored, value).f1 for each in sets if each]) for value in values]
        found[kind] = round(values[int(np.argmax(means))], 3)
    return found


def read_all(pairs: Iterable[Pair]) -> list[Annotated]:
    """Read annotated documents up to the step of the issues."""
    return [of_file(source, gold) for gold, source in pairs]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path, default=ROOT / "corpora")
    parser.add_argument("--extra-gold", action="append", default=[], metavar="GOLD=SOURCES", type=extra_documents)
    parser.add_argument("--context", type=Path, help="cross.npz of train_context.py")
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
    context = context_of(args.context, "cross", documents)
    thresholds = dict(ALONE)
    if context:
        varied = {path.name for path in (args.corpora / "varied" / "reports").glob("*")}
        sets = ([one for one in own if one.name in varied], *extras)
        thresholds = best_thresholds(sets, joined(documents, scored, context))
    print("thresholds", thresholds)
    report("corpora, cross-validated", own, scored, context, thresholds)
    for n, some in enumerate(extras, start=1):
        report(f"extra {n}, cross-validated", some, scored, context, thresholds)
    if extra:
        report_unseen(own, extra, fit(own, features, vocabulary, ()), features, args.context, thresholds)
    fitted = fit(documents, features, vocabulary, LABELS)
    scores = {one.name: fitted.scores("kind", features[one.name]) for one in held}
    report("held back", held, scores, {one.name: one.work.context.kind for one in held}, thresholds)
    accuracy("held back", held, fitted, vocabulary)
    ties = fit_ties(documents)
    report_ties("held back", held, ties)
    fitted.weights["kind"] *= np.float16(SHARE)
    fitted.biases["kind"] *= np.float32(SHARE)
    fitted.weights["ties"] = ties.coef_.T.astype(np.float16)
    fitted.biases["ties"] = ties.intercept_
    thresholds |= {"ties": TIED}
    card = {
        "title": "Issues and measures judged in context",
        "version": "1",
        "thresholds": {kind: round(float(np.log(p / (1 - p))), 4) for kind, p in thresholds.items()},
        "documents": len(documents),
    }
    write(args.out, fitted, json.dumps(entries, ensure_ascii=False).encode(), card)


if __name__ == "__main__":
    main()
