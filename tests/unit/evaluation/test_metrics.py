"""Figures against values worked out by hand."""

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.evaluation.metrics import bootstrap, ndcg, precision, recall, reciprocal_rank, weighted_kappa

#: Shown grades, known grades, k, and the figure: gains are 2^g − 1 over log2(place + 1).
NDCG = [
    ([3, 0, 2], [3, 2], 10, (7 + 3 / 2) / (7 + 3 / log2(3))),
    ([2, 3], [3, 2], 10, (3 + 7 / log2(3)) / (7 + 3 / log2(3))),
    ([0, 0, 1], [1], 10, (1 / 2) / 1),
    ([0, 0, 1], [1], 2, 0.0),
    ([3], [3, 3, 3], 1, 1.0),  # the ideal is cut at k too
    ([], [3], 10, 0.0),
    ([0], [0, 0], 10, 0.0),
]


@pytest.mark.parametrize(("shown", "known", "k", "expected"), NDCG)
def test_ndcg(shown, known, k, expected):
    assert ndcg(shown, known, k) == pytest.approx(expected)


@given(st.lists(st.integers(0, 3), max_size=15), st.randoms())
def test_ndcg_is_1_for_the_best_order_only(known, random):
    best = sorted(known, reverse=True)
    shown = random.sample(known, len(known))
    assert ndcg(best, known, 10) == (1.0 if any(known) else 0.0)
    assert ndcg(shown, known, 10) <= 1.0
    if ndcg(shown, known, 10) == 1.0:
        assert shown[:10] == best[:10]


@pytest.mark.parametrize(
    ("shown", "known", "expected"),
    [
        ([3, 1, 2, 0], [3, 2, 2, 1], (2 / 3, 2 / 5, 1.0)),
        ([0, 1, 2], [2], (1.0, 1 / 5, 1 / 3)),
        ([1, 1], [1, 1], (0.0, 0.0, 0.0)),  # of the same field is no answer
        ([], [3], (0.0, 0.0, 0.0)),
    ],
)
def test_recall_precision_and_reciprocal_rank(shown, known, expected):
    figures = recall(shown, known, 10, least=2), precision(shown, 5, least=2), reciprocal_rank(shown, least=2)
    assert figures == pytest.approx(expected)


def test_recall_reads_the_first_only():
    assert recall([0] * 10 + [3], [3], 10, least=2) == 0.0


def test_bootstrap_brackets_the_mean_and_repeats():
    values = [0.0, 1.0] * 50
    found = bootstrap(values)
    assert found == bootstrap(values)
    assert found.value == 0.5
    # The mean of 100 fair coins has a standard error of 0.05: 1.96 of it to either side.
    assert found.low == pytest.approx(0.5 - 0.098, abs=0.015)
    assert found.high == pytest.approx(0.5 + 0.098, abs=0.015)


def test_bootstrap_of_equal_values_and_of_none():
    assert tuple(bootstrap([0.25] * 7)) == (0.25, 0.25, 0.25)
    assert tuple(bootstrap([])) == (0.0, 0.0, 0.0)


KAPPA = [
    ([0, 1, 2, 3], [0, 1, 2, 3], 1.0),
    ([0, 3], [3, 0], -1.0),
    ([0, 0, 3, 3], [0, 3, 0, 3], 0.0),  # as by chance
    ([2, 2], [2, 2], 1.0),
    # By chance every pair of 0, 1, 2, 3 and 1, 1, 2, 3 is as likely, and (a − b)² is 2 in the mean; it is 1/4.
    ([0, 1, 2, 3], [1, 1, 2, 3], 1 - (1 / 4) / 2),
    ([0, 1, 2, 3], [3, 1, 2, 3], 1 - (9 / 4) / ((9 + 1 + 4 + 9 + 4 + 0 + 1 + 4 + 1 + 1 + 0 + 1 + 0 + 4 + 1 + 0) / 16)),
]


@pytest.mark.parametrize(("one", "other", "expected"), KAPPA)
def test_weighted_kappa(one, other, expected):
    assert weighted_kappa(one, other, 4) == pytest.approx(expected)
