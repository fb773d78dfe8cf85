"""Fit how likely a measure is of use against a problem: a logistic model over what suggestions know of a measure.

In: a folder laid out like `corpora`, with `gold/*.json`, `reports/` and `queries/`. Out: `models/ranking/weights.json`,
and the figures of `docintel evaluate suggest` for rankings by models that did not see the query, over five draws of
folds, beside those by relevance alone.

A sample is a measure that a query's suggestions are chosen from; it is of use as far as its grade says (a grade g
counts (2^g − 1)/7, as in nDCG), and of none where nobody judged it.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from docintel.evaluation.judged import GRADES, USEFUL, Query, Task, load_judgements, load_queries
from docintel.evaluation.metrics import bootstrap
from docintel.evaluation.retrieval import KINDS, Pool, figures_of, located
from docintel.gold_library import gold_library
from docintel.learning.gold import pairs
from docintel.suggest.folding import Candidate, suggested
from docintel.suggest.scoring import score
from docintel.suggest.usefulness import Usefulness

ROOT = Path(__file__).resolve().parent.parent
#: Inverse strength of the penalty on weights.
INVERSE_PENALTY = 1.0
FOLDS, DRAWS = 5, 5
SHOWN = 10
FIGURES = ("ndcg@10", "mrr", "p@5", "p@10", KINDS)


class Asked(NamedTuple):
    """A query, what is known to answer it, and the measures that its suggestions are chosen from, with their grades."""

    query: Query
    pool: Pool
    candidates: list[Candidate]
    grades: list[int]

    @property
    def counts(self) -> bool:
        """Whether figures are told of it: not where nothing is known to answer it."""
        return self.query.answerable and any(grade >= USEFUL for grade in self.pool.grades)


def asked_of(corpora: Path) -> list[Asked]:
    """The judged queries for suggestions, each with its candidates."""
    every = load_queries(corpora / "queries")
    with gold_library(pairs(corpora / "gold", corpora / "reports")) as library:
        read = cache(lambda name: library.extraction(name).document)
        judged, _ = located(load_judgements(corpora / "queries", every), lambda name: (read(name).id, read(name).text))
        adviser = library.adviser()
        found = []
        for query in every:
            if query.task is Task.SUGGEST:
                pool = Pool(judged.get(query.id, []))
                candidates = list(adviser.finder(query.query).candidates())
                grades = [pool.of([each.precedent.measure])[0].grade for each in candidates]
                found.append(Asked(query, pool, candidates, grades))
        return found


def fit(asked: Sequence[Asked]) -> Usefulness:
    """The model of these queries: each sample is one of use and one of no use, weighed by its grade."""
    rows = [candidate.features for each in asked for candidate in each.candidates]
    gain = np.array([2.0**grade - 1 for each in asked for grade in each.grades]) / (2.0 ** GRADES[-1] - 1)
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(rows + rows)
    outcome = np.repeat([1, 0], len(rows))
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=5000)
    model.fit(matrix, outcome, sample_weight=np.concatenate([gain, 1 - gain]))
    names = vectorizer.get_feature_names_out()
    weights = {str(name): round(float(weight), 3) for name, weight in zip(names, model.coef_[0], strict=True)}
    return Usefulness(round(float(model.intercept_[0]), 3), weights)


def figures(each: Asked, uses: Sequence[float]) -> dict[str, float]:
    """The figures of a query's suggestions, where its candidates are of so much use."""
    judged = []
    for candidate, use in zip(each.candidates, uses, strict=True):
        merits = replace(candidate.merits, use=use)
        measure = replace(candidate.precedent.measure, score=score(merits))
        judged.append(replace(candidate, merits=merits, precedent=replace(candidate.precedent, measure=measure)))
    hits = [suggestion.precedents[0].measure for suggestion in suggested(judged, SHOWN)]
    return figures_of(hits, each.pool)


def cross_validated(asked: Sequence[Asked]) -> list[dict[str, float]]:
    """The figures of each query that counts, ranked by models that did not see it; means over draws of folds."""
    found: dict[str, list[dict[str, float]]] = {each.query.id: [] for each in asked if each.counts}
    for draw in range(DRAWS):
        order = np.random.default_rng(draw).permutation(len(asked))
        for fold in range(FOLDS):
            held = set(order[fold::FOLDS].tolist())
            model = fit([each for number, each in enumerate(asked) if number not in held])
            for each in (asked[number] for number in held if asked[number].counts):
                found[each.query.id].append(figures(each, [model.probability(one.features) for one in each.candidates]))
    return [{name: float(np.mean([one[name] for one in of])) for name in FIGURES} for of in found.values()]


def table(rows: dict[str, list[dict[str, float]]]) -> Iterator[str]:
    """Means with their intervals, and the gain of the last over the first."""
    yield "| figure | " + " | ".join(rows) + " | gain |"
    yield "| --- |" + " ---: |" * (len(rows) + 1)
    for name in FIGURES:
        values = [[each[name] for each in of] for of in rows.values()]
        gain = bootstrap([last - first for first, last in zip(values[0], values[-1], strict=True)])
        means = [f"{np.mean(of):.3f}" for of in values]
        yield f"| {name} | {' | '.join(means)} | {gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f}) |"


def main() -> None:
    """Fit, print the table, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, default=ROOT / "corpora")
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "ranking" / "weights.json")
    options = parser.parse_args()
    asked = asked_of(options.corpora)
    alone = [figures(each, [one.merits.relevance for one in each.candidates]) for each in asked if each.counts]
    print("\n".join(table({"relevance alone": alone, "learned": cross_validated(asked)})))
    model = fit(asked)
    kept = {"bias": model.bias, "weights": dict(sorted(model.weights.items()))}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
