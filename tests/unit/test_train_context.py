"""What the network of context is taught by: `scripts/train_context.py`."""

import random
from itertools import islice, pairwise, product
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.slow  # sentence-transformers takes seconds to import


@pytest.fixture(scope="module")
def script():
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "scripts")
    import train_context

    yield train_context
    monkeypatch.undo()


def test_marginals_are_those_of_all_paths(script):
    rng = np.random.default_rng(0)
    scores, transitions = rng.normal(size=(4, 2, 3)), rng.normal(size=(3, 3))
    lengths = [4, 2]
    given = (torch.tensor(scores), torch.tensor(lengths), torch.tensor(transitions))
    found = script.marginals(*given).numpy()
    for sentence, length in enumerate(lengths):
        expected = np.zeros((length, 3))
        for path in product(range(3), repeat=length):
            passed = sum(transitions[pair] for pair in pairwise(path))
            weight = np.exp(passed + sum(scores[t, sentence, label] for t, label in enumerate(path)))
            expected[np.arange(length), path] += weight
        expected /= expected.sum(axis=1, keepdims=True)
        assert np.allclose(found[:length, sentence], expected)


def test_a_round_reads_every_window_once_and_keeps_lines_together(script):
    bounds = np.arange(0, 64 * script.WINDOW + 1, script.WINDOW // script.TOGETHER)
    at = next(script.windows(bounds, np.random.default_rng(0)))
    assert sorted(at.ravel()) == list(range(bounds[-1]))
    assert (np.diff(at, axis=1) == 1).all()
    others = next(islice(script.windows(bounds, np.random.default_rng(1)), 1, None))
    assert (at != others).any()


def test_a_person_and_a_place_become_the_same_others_throughout(script):
    words = [
        ("张三", "PER"),
        ("在", "p"),
        ("清河县", "LOC"),
        ("，", "w"),
        ("清河县纪委", "ORG"),
        ("查", "v"),
        ("张三", "PER"),
    ]
    text = script.exchanged(words, ["李四"], ["临江市"], random.Random(0))
    assert text == "李四在临江市，临江市纪委查李四"


def test_a_candidate_is_told_by_its_ends_and_means(script):
    from context_network import told_by

    states = torch.arange(6.0)[:, None].repeat(1, 2)
    stretches = torch.tensor([[[0, 2], [0, 6], [0, 0], [2, 6], [0, 0], [5, 6]]])
    told = told_by(states, stretches)[0, ::2].tolist()
    assert told == [0, 1, 0, 2, 0.5, 2.5, 0, 3.5, 0, 5]
