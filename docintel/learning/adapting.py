"""Adapt logistic models to a few more samples without forgetting what they were fitted on.

In: features and targets of samples, and the log-odds that the models give them. Out: what to add to their weights. The
models are the prior: the loss of the samples and the squared distance from their weights are minimised together, which
is the maximum a posteriori under a Gaussian around them (Chelba & Acero, "Adaptation of Maximum Entropy Capitalizer:
Little Data Can Help a Lot", Computer Speech & Language 20(4), 2006). A weight that much of the first fit went into is
held the firmer, by the diagonal of its Fisher information (Kirkpatrick et al., "Overcoming catastrophic forgetting in
neural networks", PNAS 114(13), 2017). The first samples are not at hand, so it is estimated on the new ones. Features
that no sample has stay as they were.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import expit

Doubles = npt.NDArray[np.float64]
#: The penalty of the first fit, under which a weight moves that nothing held then.
_RIDGE = 20.0
#: The optimum is near enough when a step gains less than this part of the loss, or after so many steps.
_TOLERANCE, _STEPS = 1e-5, 200


class Lesson(NamedTuple):
    """Samples to adapt to, one binary model a label.

    Attributes:
        rows: sparse features, (samples, features).
        targets: (samples, labels), the probability that each is to have: 1 or 0, or between where nobody judged.
        weight: (samples,), how much each counts.
        log_odds: (samples, labels), what the models give.
    """

    rows: Any
    targets: Doubles
    weight: Doubles
    log_odds: Doubles


class Shift(NamedTuple):
    """What is added to the weights (features, labels) and the biases (labels,) of models."""

    weights: Doubles
    biases: Doubles


def shifted(lesson: Lesson, shift: Shift) -> Doubles:
    """The log-odds of the samples by the models with a shift: (samples, labels)."""
    found: Doubles = lesson.log_odds + lesson.rows @ shift.weights + shift.biases
    return found


def joined(lessons: Sequence[Lesson]) -> Lesson:
    """The samples of several lessons."""
    rows, *others = zip(*lessons, strict=True)
    return Lesson(sparse.vstack(rows, format="csr"), *map(np.concatenate, others))


def log_loss(lesson: Lesson, log_odds: Doubles) -> float:
    """What samples cost that get these log-odds, in sum over labels."""
    return float(lesson.weight @ (np.logaddexp(0, log_odds) - lesson.targets * log_odds).sum(axis=1))


def adapt(lesson: Lesson, firmness: float) -> Shift:
    """The shift of least loss, by L-BFGS.

    Args:
        firmness: how much of the first fit counts, in times of these samples; the more, the less is learned.
    """
    seen = np.flatnonzero(lesson.rows.getnnz(axis=0))
    few = lesson._replace(rows=lesson.rows[:, seen])
    across, labels = few.rows.T.tocsr(), lesson.targets.shape[1]
    penalty = (_RIDGE + firmness * _information(few)).ravel()

    def loss(values: Doubles) -> tuple[float, Doubles]:
        added = values.reshape(-1, labels)
        log_odds = shifted(few, Shift(added[:-1], added[-1]))
        wrong = few.weight[:, None] * (expit(log_odds) - few.targets)
        slope = np.vstack([across @ wrong, wrong.sum(axis=0)]).ravel() + penalty * values
        return log_loss(few, log_odds) + float((penalty * values * values).sum()) / 2, slope

    start = np.zeros((len(seen) + 1) * labels)
    options = {"maxiter": _STEPS, "ftol": _TOLERANCE}
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x.reshape(-1, labels)
    weights = np.zeros((lesson.rows.shape[1], labels))
    weights[seen] = best[:-1]
    return Shift(weights, best[-1])


def _information(lesson: Lesson) -> Doubles:
    """The diagonal of the Fisher information in the samples, of weights and, last, biases: (features + 1, labels)."""
    likely = expit(lesson.log_odds)
    doubt = lesson.weight[:, None] * likely * (1 - likely)
    found: Doubles = np.vstack([lesson.rows.power(2).T @ doubt, doubt.sum(axis=0)])
    return found
