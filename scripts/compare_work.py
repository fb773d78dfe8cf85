#!/usr/bin/env python
"""Compare ways to find issues and measures on the same folds, and draw how much more documents would help.

In: the annotated documents of `corpora/`; `--extra-gold GOLD=SOURCES` adds others, which are then the ones scored. Out:
F1 of the rules alone, of two plain classifiers of clauses (the encoder's vectors under logistic regression; jieba words
by TF-IDF under a linear SVM) and of the candidates as the linear model judges them, each document by models that did
not see it; `--curve PNG` draws the last on the documents held back against the number of documents learned from.
"""

import argparse
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import jieba
import numpy as np
from annotated import extra_documents, own_documents
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from train_work import (
    ROOT,
    by_rules,
    cross_validated,
    fit,
    read_all,
    scored_at,
    shown,
    total,
    vocabulary_of,
)

from docintel.evaluation.extraction import Score
from docintel.extract.language.segments import clause_start
from docintel.extract.work.judging import KINDS
from docintel.index.encoder import load_encoder
from docintel.learning.annotated import Annotated, folds, score
from docintel.learning.heads import matrix

#: A clause is one of a kind when an annotated record covers this share of it, or lies in it with this share of its own.
COVERED = 0.5
SIZES = (6, 12, 24, 48, 96, 192)
#: Sizes of a smaller ratio are not both named below the curve.
_APART = 1.4


def clauses(document: Annotated) -> list[str]:
    """The clauses of a document without their ordinals."""
    folded = document.work.reading.folded
    return [folded[clause_start(folded, clause) : clause.end] for clause in document.work.reading.clauses]


def truths(document: Annotated, kind: str) -> np.ndarray:
    """Which clauses hold a record, by the candidates that annotated records agree with best."""
    whose = document.agreement[kind].whose
    spans = [(document.work.spans[n].start, document.work.spans[n].end) for n in whose]
    return np.array(
        [
            any(min(end, high) - max(start, low) > COVERED * min(end - start, high - low) for low, high in spans)
            for start, end in document.work.reading.clauses
        ],
        dtype=bool,
    )


#: Learns from (clauses, truths) and says of other clauses which are of the kind.
Classifier = Callable[[list[str], np.ndarray, list[str]], np.ndarray]


def by_words(seen: list[str], right: np.ndarray, unseen: list[str]) -> np.ndarray:
    """TF-IDF over jieba's words, under a linear support vector machine."""
    vectorizer = TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None, sublinear_tf=True)
    model = LinearSVC(C=0.5, class_weight="balanced", random_state=0).fit(vectorizer.fit_transform(seen), right)
    found: np.ndarray = model.predict(vectorizer.transform(unseen))
    return found


class ByVectors:
    """The shipped encoder's vectors of clauses, under logistic regression."""

    def __init__(self) -> None:
        self._encoder = load_encoder()
        self._known: dict[str, np.ndarray] = {}

    def __call__(self, seen: list[str], right: np.ndarray, unseen: list[str]) -> np.ndarray:
        """Learn from the clauses seen, and say which of the others are of the kind."""
        model = LogisticRegression(C=10, class_weight="balanced", max_iter=500).fit(self._vectors(seen), right)
        found: np.ndarray = model.predict(self._vectors(unseen))
        return found

    def _vectors(self, texts: list[str]) -> np.ndarray:
        new = sorted({text for text in texts if text not in self._known})
        if new:
            self._known |= dict(zip(new, self._encoder.encode_passages(new), strict=True))
        return np.stack([self._known[text] for text in texts])


def plain(
    documents: Sequence[Annotated], scored: Sequence[Annotated], kind: str, classify: Classifier, n: int
) -> Score:
    """Score a classifier of clauses, fold by fold."""
    counted = Score()
    for part in folds(documents, n):
        held = [document for document in part if document in scored]
        if not held:
            continue
        others = [document for document in documents if document not in part]
        seen = [clause for document in others for clause in clauses(document)]
        right = np.concatenate([truths(document, kind) for document in others])
        for document in held:
            texts = clauses(document)
            found = classify(seen, right, texts) if texts else np.zeros(0, dtype=bool)
            counted += score(document, kind, [{"quote": text} for text, yes in zip(texts, found, strict=True) if yes])
    return counted


def judged(
    documents: Sequence[Annotated], scored: Sequence[Annotated], features: dict[str, Any], vocabulary: Any, n: int
) -> dict[str, Score]:
    """Score the judged candidates, fold by fold."""
    odds = cross_validated(documents, features, vocabulary, n)
    thresholds = best_thresholds(([d for d in documents if d not in scored] or documents,), odds)
    return {kind: scored_at(scored, kind, odds, thresholds[kind]) for kind in KINDS}


def best_thresholds(sets: Sequence[Sequence[Annotated]], scored: dict[str, np.ndarray]) -> dict[str, float]:
    """For each record type the probability from which candidates are best taken, every set of documents alike."""
    values = np.arange(0.1, 0.45, 0.025).round(3).tolist()
    found = {}
    for kind in KINDS:
        means = [np.mean([scored_at(each, kind, scored, value).f1 for each in sets if each]) for value in values]
        found[kind] = values[int(np.argmax(means))]
    return found


def curve(
    own: Sequence[Annotated], held: Sequence[Annotated], features: dict[str, Any], vocabulary: Any, path: Path
) -> None:
    """Draw F1 on the documents held back against the number of documents learned from."""
    from matplotlib import pyplot

    (ordered,) = folds(own, 1)
    sizes = [size for size in SIZES if size < len(own)] + [len(own)]
    values: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for size in sizes:
        fitted = fit(ordered[:size], features, vocabulary, ())
        odds = {document.name: fitted.scores("kind", features[document.name]) for document in held}
        for kind, probability in {"issues": 0.175, "measures": 0.25}.items():
            values[kind].append(scored_at(held, kind, odds, probability).f1)
    figure, axes = pyplot.subplots(figsize=(6, 4), layout="constrained")
    for kind in KINDS:
        axes.plot(sizes, values[kind], marker="o", label=kind)
        print(f"{kind:9}", "  ".join(f"{size}: {value:.3f}" for size, value in zip(sizes, values[kind], strict=True)))
    axes.set(xscale="log", xlabel="documents learned from", ylabel="F1 on documents held back", ylim=(0, 1))
    apart = [size for size, next_ in pairwise([*sizes, 2 * sizes[-1]]) if next_ > _APART * size]
    axes.set_xticks(apart, [str(size) for size in apart])
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--extra-gold", action="append", default=[], metavar="GOLD=SOURCES", type=extra_documents)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--curve", type=Path, metavar="PNG")
    args = parser.parse_args()
    own, held = map(read_all, own_documents(ROOT / "corpora"))
    extra = read_all(pair for given in args.extra_gold for pair in given)
    documents, scored = own + extra, extra or own
    vocabulary, _ = vocabulary_of(documents)
    features = {
        document.name: matrix(vocabulary, document, range(len(document.work.spans))) for document in documents + held
    }
    ours = judged(documents, scored, features, vocabulary, args.folds)
    vectors = ByVectors()
    for kind in KINDS:
        rules = total(score(document, kind, by_rules(document, kind)) for document in scored)
        print(f"{kind:9} rules alone                        {shown(rules)}")
        for title, classify in (("encoder + logistic regression", vectors), ("TF-IDF + linear SVM", by_words)):
            print(f"{kind:9} {title:34} {shown(plain(documents, scored, kind, classify, args.folds))}", flush=True)
        print(f"{kind:9} {'judged candidates':34} {shown(ours[kind])}", flush=True)
    if args.curve:
        curve(own, held, features, vocabulary, args.curve)


if __name__ == "__main__":
    main()
