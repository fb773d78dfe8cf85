"""Adapting a logistic model: what is new moves it, what held it before keeps it."""

import numpy as np
import pytest
from scipy import sparse

from docintel.learning.adapting import Lesson, adapt, joined, log_loss, shifted


def lesson(rows, targets, log_odds=None):
    rows = sparse.csr_matrix(np.array(rows, dtype=float))
    targets = np.array(targets, dtype=float).reshape(rows.shape[0], -1)
    return Lesson(rows, targets, np.ones(len(targets)), np.zeros_like(targets) if log_odds is None else log_odds)


def test_samples_that_are_as_expected_move_nothing():
    shift = adapt(lesson([[1, 0, 0], [0, 1, 0]], [0.5, 0.5]), 0.0)
    assert not shift.weights.any()
    assert not shift.biases.any()


def test_surprises_move_the_features_that_they_have():
    told = lesson([[1, 0, 0]] * 60 + [[0, 1, 0]] * 60, [1] * 60 + [0] * 60)
    shift = adapt(told, 0.0)
    assert shift.weights[0, 0] > 0.5
    assert shift.weights[1, 0] < -0.5
    assert shift.weights[2, 0] == 0  # no sample has it
    assert log_loss(told, shifted(told, shift)) < log_loss(told, told.log_odds)


def test_the_firmer_the_less_is_learned():
    told = lesson([[1, 0]] * 40, [1] * 40)
    moved = [abs(adapt(told, firmness).weights).sum() for firmness in (0.0, 1.0, 10.0, 1000.0)]
    assert moved == sorted(moved, reverse=True)
    assert moved[-1] < moved[0] / 20


def test_every_label_is_a_model_of_its_own():
    one, other = lesson([[1, 0], [0, 1]] * 20, [1, 0] * 20), lesson([[1, 0], [0, 1]] * 20, [0, 0] * 20)
    both = one._replace(
        targets=np.hstack([one.targets, other.targets]), log_odds=np.hstack([one.log_odds, other.log_odds])
    )
    together = adapt(both, 1.0)
    assert together.weights[:, 0] == pytest.approx(adapt(one, 1.0).weights[:, 0], abs=1e-2)
    assert together.weights[:, 1] == pytest.approx(adapt(other, 1.0).weights[:, 0], abs=1e-2)


def test_lessons_join_sample_by_sample():
    found = joined([lesson([[1, 0]], [1]), lesson([[0, 1], [1, 1]], [0, 1])])
    assert found.rows.toarray().tolist() == [[1, 0], [0, 1], [1, 1]]
    assert found.targets[:, 0].tolist() == [1, 0, 1]
