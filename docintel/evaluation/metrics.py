"""Figures of one ranked answer, and how sure their means are.

In: grades of what was shown, best first, and those of all that is known to answer. Out: numbers from 0 to 1. Pure
functions.
"""

from collections.abc import Sequence
from math import log2
from typing import NamedTuple

import numpy as np

_RESAMPLES = 10_000
_SEED = 20240630
_TAIL = 2.5  # percent on either side: an interval of 95 %


class Interval(NamedTuple):
    """A mean with its 95 % confidence interval."""

    value: float
    low: float
    high: float


def ndcg(shown: Sequence[int], known: Sequence[int], k: int) -> float:
    """Normalised discounted cumulative gain of the first `k`; the gain of grade g is 2^g − 1.

    Args:
        shown: the grades of what was shown, best first.
        known: the grades of all that is known; with no positive one the figure is 0.

    Source: Järvelin and Kekäläinen, Cumulated Gain-Based Evaluation of IR Techniques, TOIS 2002; the gain is that of
    Burges et al., Learning to Rank using Gradient Descent, ICML 2005.
    """
    best = _dcg(sorted(known, reverse=True), k)
    return _dcg(shown, k) / best if best else 0.0


def _dcg(grades: Sequence[int], k: int) -> float:
    return sum(((1 << grade) - 1) / log2(place + 1) for place, grade in enumerate(grades[:k], start=1))


def recall(shown: Sequence[int], known: Sequence[int], k: int, least: int) -> float:
    """Of all that has at least this grade, the share that is among the first `k`; 0 where there is none."""
    there = sum(grade >= least for grade in known)
    return sum(grade >= least for grade in shown[:k]) / there if there else 0.0


def precision(shown: Sequence[int], k: int, least: int) -> float:
    """Of `k`, the share that has at least this grade; what was not shown has not."""
    return sum(grade >= least for grade in shown[:k]) / k


def reciprocal_rank(shown: Sequence[int], least: int) -> float:
    """1 over the place of the first that has at least this grade, counted from 1; 0 when there is none."""
    return next((1 / place for place, grade in enumerate(shown, start=1) if grade >= least), 0.0)


def bootstrap(values: Sequence[float]) -> Interval:
    """The mean of figures, one a query, with the percentile interval over resampled queries; the same each time.

    Given differences, pair by pair, it says whether one system is better than another.

    Source: Sakai, Evaluating Evaluation Metrics based on the Bootstrap, SIGIR 2006.
    """
    if not values:
        return Interval(0.0, 0.0, 0.0)
    figures = np.asarray(values, dtype=np.float64)
    drawn = np.random.default_rng(_SEED).integers(len(figures), size=(_RESAMPLES, len(figures)))
    low, high = np.percentile(figures[drawn].mean(axis=1), [_TAIL, 100 - _TAIL])
    return Interval(float(figures.mean()), float(low), float(high))


def weighted_kappa(one: Sequence[int], other: Sequence[int], grades: int) -> float:
    """Agreement of two judges over the same items beyond chance, 1 for full; a difference weighs by its square.

    Args:
        grades: how many there are; each grade is 0 to `grades` − 1.

    Source: Cohen, Weighted Kappa, Psychological Bulletin 1968.
    """
    counts = np.zeros((grades, grades))
    np.add.at(counts, (np.asarray(one, dtype=int), np.asarray(other, dtype=int)), 1)
    apart = np.subtract.outer(np.arange(grades), np.arange(grades)) ** 2
    by_chance = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / max(1, counts.sum())
    expected = float((apart * by_chance).sum())
    return 1.0 - float((apart * counts).sum()) / expected if expected else 1.0
